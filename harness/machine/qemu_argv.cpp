#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "harness/machine/machine_spec.hpp"

namespace bootgate {
namespace {

using Arguments = std::vector<std::string>;

void add(Arguments& argv, std::initializer_list<std::string> more) {
  argv.insert(argv.end(), more);
}

void add_shape(Arguments& argv, const MachineSpec& spec, const MachineWiring& wiring) {
  const Profile& profile = spec.profile;
  bool kvm = spec.accelerator == Accelerator::Kind::kvm;
  // Multi-threaded TCG of QEMU 7.2 makes SMP guests panic: its fault, not the kernel's.
  std::string accel = kvm ? "kvm" : profile.cpus > 1 ? "tcg,thread=single" : "tcg";
  add(argv, {"-nodefaults", "-no-user-config", "-display", "none"});
  add(argv, {"-machine", profile.machine + (wiring.memory >= 0 ? ",memory-backend=ram" : "")});
  if (wiring.memory >= 0)
    add(argv, {"-object", fmt::format("memory-backend-file,id=ram,size={}M,mem-path=/proc/self/fd/{},share={}",
                                      profile.memory_mib, wiring.memory, wiring.is_clone ? "off" : "on")});
  add(argv, {"-accel", accel, "-cpu", kvm ? profile.cpu_kvm : profile.cpu_tcg});
  add(argv, {"-smp", std::to_string(profile.cpus), "-m", fmt::format("{}M", profile.memory_mib)});
  // A panic or a power-off leaves the machine stopped, with its memory, until we have looked at it.
  add(argv, {"-no-reboot", "-no-shutdown"});
  if (!profile.network.empty()) {
    // Port 0: the host chooses one. Where the guest is to be cut off, only that port leads in.
    add(argv, {"-netdev",
               fmt::format("user,id=net,restrict={},hostfwd=tcp:127.0.0.1:0-:22", spec.has_internet ? "off" : "on")});
    add(argv, {"-device", profile.network + ",netdev=net"});
  }
  for (const std::string& device : profile.devices)
    add(argv, {"-device", device});
}

void add_kernel(Arguments& argv, const MachineSpec& spec, bool is_clone) {
  for (const fs::path& table : spec.acpi_tables)
    add(argv, {"-acpitable", "file=" + option_value(table)});
  add(argv, {"-kernel", spec.kernel.string()});
  // A clone has unpacked it long since, unless it may boot again. The kernel stays: it makes QEMU load the same ROM.
  if (!spec.initramfs.empty() && (!is_clone || spec.reboots)) add(argv, {"-initrd", spec.initramfs.string()});
  add(argv, {"-append", spec.kernel_command_line});
}

void add_disks(Arguments& argv, const std::vector<Disk>& disks) {
  for (std::size_t i = 0; i < disks.size(); ++i) {
    const std::string name = fmt::format("disk{}", i);
    add(argv, {"-blockdev", blockdev(disks[i], name), "-device", fmt::format("{},drive={}", disks[i].device, name)});
  }
}

/// What the user who runs us can't read stays unreadable, whoever asks in the guest: nothing is mapped, or kept beside.
void add_shared_directory(Arguments& argv, const MachineSpec& spec) {
  if (spec.shared_directory.empty()) return;
  // Below a root there are several file systems, whose inode numbers are alike.
  add(argv, {"-fsdev", fmt::format("local,id=host,path={},security_model=none,readonly=on,multidevs=remap",
                                   option_value(spec.shared_directory))});
  add(argv, {"-device", "virtio-9p-pci,fsdev=host,mount_tag=host"});
}

}  // namespace

std::string option_value(const fs::path& path) {
  std::string value;
  for (char c : path.string())
    value += c == ',' ? ",," : std::string(1, c);
  return value;
}

std::vector<std::string> qemu_argv(const MachineSpec& spec, const MachineWiring& wiring) {
  Arguments argv{spec.qemu.string()};
  add_shape(argv, spec, wiring);
  add_kernel(argv, spec, wiring.is_clone);
  add_disks(argv, spec.disks);
  add_shared_directory(argv, spec);
  add(argv, {"-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"});
  // Pipes, not a socket, for ttyS0: QEMU writes a few bytes at a time, which fills a socket's queue after 288 of them.
  add(argv, {"-chardev", fmt::format("stdio,id=console,signal=off,logfile={}", option_value(spec.console_log))});
  add(argv, {"-device", "isa-serial,chardev=console,index=0"});
  add(argv, {"-chardev", fmt::format("socket,id=control,fd={}", wiring.control)});
  add(argv, {"-device", "isa-serial,chardev=control,index=1"});
  add(argv, {"-chardev", fmt::format("socket,id=qmp,fd={}", wiring.qmp), "-mon", "chardev=qmp,mode=control", "-S"});
  if (wiring.is_clone) add(argv, {"-incoming", "defer"});
  argv.insert(argv.end(), spec.extra_arguments.begin(), spec.extra_arguments.end());
  return argv;
}

std::vector<std::string> replay_argv(const MachineSpec& spec, const std::vector<DiskFile>& disks) {
  Arguments argv{spec.qemu.string()};
  add_shape(argv, spec, {});
  std::erase(argv, "-no-shutdown");  // nobody is there to quit a stopped machine
  add_kernel(argv, spec, false);
  for (std::size_t i = 0; i < disks.size(); ++i) {
    add(argv, {"-drive",
               fmt::format("id=disk{},if=none,format={},file={}", i, disks[i].format, option_value(disks[i].file))});
    add(argv, {"-device", fmt::format("{},drive=disk{}", disks[i].device, i)});
  }
  add(argv, {"-chardev", "stdio,id=console,signal=off,mux=on", "-mon", "chardev=console"});
  add(argv, {"-device", "isa-serial,chardev=console,index=0"});
  add(argv, {"-chardev", "null,id=control", "-device", "isa-serial,chardev=control,index=1"});
  argv.insert(argv.end(), spec.extra_arguments.begin(), spec.extra_arguments.end());
  return argv;
}

std::string kernel_command_line(const KernelParameters& parameters) {
  auto seconds = [&](double at_full_speed) { return std::max(1L, std::lround(at_full_speed * parameters.time_scale)); };
  std::vector<std::string> words{
      "nokaslr",
      "console=ttyS0",
      // Without it, whatever dies before the console driver dies in silence.
      "earlyprintk=ttyS0,115200",
      // Of the levels, 4 is that of a WARNING, of stack traces, and of what has none (kern_levels.h).
      parameters.terse ? "loglevel=5" : "ignore_loglevel",
      "printk.time=1",
      // Lines that user space writes to /dev/kmsg are rate limited otherwise.
      "printk.devkmsg=on",
      "panic=-1",
      // For the diagnosis of a hang: sysrq by serial break, and a backtrace on an NMI.
      "sysrq_always_enabled",
      "unknown_nmi_panic",
      fmt::format("sysctl.kernel.hung_task_timeout_secs={}", seconds(20)),
      // A soft lockup is reported after twice this time. The kernel takes at most 60.
      fmt::format("watchdog_thresh={}", std::min(60L, seconds(5))),
      // The kernel takes 3 to 300.
      fmt::format("rcupdate.rcu_cpu_stall_timeout={}", std::clamp(seconds(10), 3L, 300L)),
      // No dot in the name: the kernel hands unknown parameters without one to init as its environment.
      fmt::format("bootgate_nonce={}", parameters.nonce),
  };
  words.insert(words.end(), parameters.append.begin(), parameters.append.end());
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace bootgate
