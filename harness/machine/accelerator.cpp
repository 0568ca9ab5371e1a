#include "harness/machine/accelerator.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/machine/machine.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// A kernel that is going to boot under KVM does so in a second or two, on a busy host too.
constexpr Duration probe_time = 5s;
constexpr std::string_view works = "works";

/// Why the device can't be used, or nothing.
std::optional<std::string> device_trouble(const fs::path& device) {
  UniqueFd fd(::open(device.c_str(), O_RDWR | O_CLOEXEC));
  if (fd) return std::nullopt;
  if (errno == EACCES || errno == EPERM)
    return fmt::format("no permission for {} (usermod -aG kvm {})", device.string(),
                       ::getlogin() ? ::getlogin() : "USER");
  return fmt::format("{}: {}", device.string(), std::strerror(errno));
}

/// Boots the known-good kernel. The answer is `works`, or why not.
Result<std::string> boot_under_kvm(const ProbeFiles& files, const QemuProgram& qemu, const fs::path& directory,
                                   std::stop_token stop) {
  MachineSpec spec;
  spec.qemu = qemu.path;
  spec.accelerator = Accelerator::Kind::kvm;
  spec.kernel = files.kernel;
  spec.initramfs = files.initramfs;
  spec.kernel_command_line = kernel_command_line({"probe", 1, {}});
  spec.console_log = directory / "console.log";
  auto machine = Machine::start(spec, stop);
  if (!machine && machine.error().kind == Error::Kind::interrupted) return tl::unexpected(machine.error());
  if (!machine) return one_line(machine.error());
  if (auto resumed = machine->resume(); !resumed) {
    if (resumed.error().kind == Error::Kind::interrupted) return tl::unexpected(resumed.error());
    return one_line(resumed.error());
  }
  const TimePoint deadline = Clock::now() + probe_time;
  std::string console;
  while (Clock::now() < deadline) {
    MachineOutput output = machine->poll(deadline);
    if (output.stopped) return interrupted_error();
    console += output.console;
    if (console.find("bootgate: probe init started") != std::string::npos) return std::string(works);
    if (machine->exited()) {
      auto said = split(trimmed(machine->errors()), '\n');
      return fmt::format("QEMU ended ({}){}{}", describe(*machine->exited()), said.empty() ? "" : ": ",
                         said.empty() ? "" : printable(said.back()));
    }
  }
  return fmt::format("the guest did not reach init within {} ({} bytes of console)", format_duration(probe_time),
                     console.size());
}

Result<std::string> probe(const AcceleratorRequest& request, const QemuProgram& qemu, const Store& store) {
  auto boot_id = read_file("/proc/sys/kernel/random/boot_id");
  std::string key = store_key(fmt::format("{} {} {}", boot_id.value_or(""), qemu.path.string(), qemu.version));
  auto entry = store.obtain("kvm-probe", key, {}, [&](const fs::path& directory) -> Result<> {
    auto files = request.probe_files();
    if (!files && files.error().kind == Error::Kind::interrupted) return tl::unexpected(files.error());
    if (!files) return bench_error("no known-good kernel to try it with: " + one_line(files.error()));
    if (request.progress) request.progress("trying KVM with a known-good kernel");
    auto answer = boot_under_kvm(*files, qemu, directory, request.stop);
    if (!answer) return tl::unexpected(answer.error());
    return write_file_atomically(directory / "verdict", *answer);
  });
  if (!entry) return tl::unexpected(entry.error());
  return read_file(*entry / "verdict");
}

}  // namespace

Result<Accelerator> choose_accelerator(const AcceleratorRequest& request, const QemuProgram& qemu, const Store& store) {
  using Kind = Accelerator::Kind;
  if (request.wanted == "kvm") return Accelerator{Kind::kvm, "asked for"};
  if (request.wanted == "tcg") return Accelerator{Kind::tcg, "asked for"};
  if (auto trouble = device_trouble(request.kvm_device)) return Accelerator{Kind::tcg, "no KVM: " + *trouble};
  auto verdict = probe(request, qemu, store);
  if (!verdict && verdict.error().kind == Error::Kind::interrupted) return tl::unexpected(verdict.error());
  if (!verdict) return Accelerator{Kind::tcg, "KVM not tried: " + one_line(verdict.error())};
  if (*verdict == works) return Accelerator{Kind::kvm, "a known-good kernel boots under it"};
  return Accelerator{Kind::tcg, "KVM does not work here: " + *verdict};
}

}  // namespace bootgate
