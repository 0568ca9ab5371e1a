#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/machine/machine_spec.hpp"

namespace bootgate {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

MachineSpec example() {
  MachineSpec spec;
  spec.qemu = "/usr/bin/qemu-system-x86_64";
  spec.profile.memory_mib = 512;
  spec.kernel = "/k/bzImage";
  spec.initramfs = "/k/initramfs.cpio.gz";
  spec.kernel_command_line = "console=ttyS0";
  spec.console_log = "/out/console.log";
  return spec;
}

/// The argument behind `flag`, or "" when it isn't there.
std::string value_of(const std::vector<std::string>& argv, const std::string& flag) {
  auto found = std::find(argv.begin(), argv.end(), flag);
  return found == argv.end() || found + 1 == argv.end() ? "" : *(found + 1);
}

TEST(QemuArgv, IsTheMachineThatTheDesignDescribes) {
  EXPECT_THAT(qemu_argv(example(), {5, 6}),
              testing::ElementsAre("/usr/bin/qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
                                   "-machine", "pc", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", "512M",
                                   "-no-reboot", "-no-shutdown", "-kernel", "/k/bzImage", "-initrd",
                                   "/k/initramfs.cpio.gz", "-append", "console=ttyS0", "-sandbox",
                                   "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
                                   "-chardev", "stdio,id=console,signal=off,logfile=/out/console.log", "-device",
                                   "isa-serial,chardev=console,index=0", "-chardev", "socket,id=control,fd=5",
                                   "-device", "isa-serial,chardev=control,index=1", "-chardev", "socket,id=qmp,fd=6",
                                   "-mon", "chardev=qmp,mode=control", "-S"));
}

TEST(QemuArgv, MakesOurFileTheMemoryOfAMachineThatIsToBeCloned) {
  MachineWiring wiring{5, 6, 7, false};
  auto argv = qemu_argv(example(), wiring);
  EXPECT_EQ(value_of(argv, "-machine"), "pc,memory-backend=ram");
  EXPECT_EQ(value_of(argv, "-object"), "memory-backend-file,id=ram,size=512M,mem-path=/proc/self/fd/7,share=on");
  EXPECT_THAT(argv, Not(Contains("-incoming")));
}

TEST(QemuArgv, LetsACloneWriteToNoMemoryButItsOwn) {
  auto argv = qemu_argv(example(), {5, 6, 7, true});
  EXPECT_THAT(value_of(argv, "-object"), testing::EndsWith(",share=off"));
  EXPECT_EQ(value_of(argv, "-incoming"), "defer");
}

TEST(QemuArgv, GivesACloneItsInitramfsOnlyWhereItMayBootAgain) {
  MachineSpec spec = example();
  EXPECT_EQ(value_of(qemu_argv(spec, {5, 6, 7, true}), "-initrd"), "");
  spec.reboots = true;
  EXPECT_EQ(value_of(qemu_argv(spec, {5, 6, 7, true}), "-initrd"), "/k/initramfs.cpio.gz");
}

TEST(QemuArgv, CutsTheNetworkOffUnlessACaseNeedsIt) {
  MachineSpec spec = example();
  EXPECT_EQ(value_of(qemu_argv(spec, {5, 6}), "-netdev"), "");
  spec.profile.network = "virtio-net-pci";
  EXPECT_THAT(value_of(qemu_argv(spec, {5, 6}), "-netdev"), HasSubstr("restrict=on"));
  spec.has_internet = true;
  EXPECT_THAT(value_of(qemu_argv(spec, {5, 6}), "-netdev"), HasSubstr("restrict=off"));
}

TEST(QemuArgv, TakesTheHostsCpuUnderKvm) {
  MachineSpec spec = example();
  spec.accelerator = Accelerator::Kind::kvm;
  spec.profile.cpus = 4;
  auto argv = qemu_argv(spec, {5, 6});
  EXPECT_EQ(value_of(argv, "-accel"), "kvm");
  EXPECT_EQ(value_of(argv, "-cpu"), "host");
  EXPECT_EQ(value_of(argv, "-smp"), "4");
}

TEST(QemuArgv, RunsSeveralCpusOfTcgOnOneThread) {
  MachineSpec spec = example();
  spec.profile.cpus = 2;
  EXPECT_EQ(value_of(qemu_argv(spec, {5, 6}), "-accel"), "tcg,thread=single");
}

TEST(QemuArgv, SharesADirectoryForReadingOnly) {
  MachineSpec spec = example();
  EXPECT_THAT(qemu_argv(spec, {5, 6}), Not(Contains("-fsdev")));
  spec.shared_directory = "/a,b";
  auto argv = qemu_argv(spec, {5, 6});
  EXPECT_EQ(value_of(argv, "-fsdev"), "local,id=host,path=/a,,b,security_model=none,readonly=on,multidevs=remap");
  EXPECT_THAT(argv, Contains("virtio-9p-pci,fsdev=host,mount_tag=host"));
}

TEST(QemuArgv, DoublesCommasInPathsOfOptions) {
  MachineSpec spec = example();
  spec.console_log = "/out/a,b/console.log";
  spec.acpi_tables = {"/store/x,y/table.aml"};
  auto argv = qemu_argv(spec, {5, 6});
  EXPECT_THAT(argv, Contains(HasSubstr("logfile=/out/a,,b/console.log")));
  EXPECT_EQ(value_of(argv, "-acpitable"), "file=/store/x,,y/table.aml");
}

TEST(QemuArgv, PutsTheUsersArgumentsLast) {
  MachineSpec spec = example();
  spec.extra_arguments = {"-device", "pci-testdev"};
  auto argv = qemu_argv(spec, {5, 6});
  EXPECT_EQ(argv.back(), "pci-testdev");
}

TEST(ReplayArgv, RunsOnATerminalWithoutOurDescriptors) {
  auto argv = replay_argv(example());
  EXPECT_THAT(argv, Not(Contains("-S")));
  EXPECT_THAT(argv, Not(Contains("-no-shutdown")));
  EXPECT_THAT(argv, Not(Contains(HasSubstr("fd="))));
  EXPECT_EQ(value_of(argv, "-append"), "console=ttyS0");
}

TEST(KernelCommandLine, AlwaysTurnsOffKaslrAndNamesTheConsole) {
  std::string line = kernel_command_line({"abc", 1, {}});
  EXPECT_TRUE(line.starts_with("nokaslr console=ttyS0 ")) << line;
  EXPECT_THAT(line, HasSubstr(" bootgate_nonce=abc"));
  EXPECT_THAT(line, HasSubstr(" panic=-1 "));
  EXPECT_THAT(line, Not(HasSubstr("quiet")));
}

TEST(KernelCommandLine, ScalesTheKernelsDetectorsWithinWhatTheKernelTakes) {
  EXPECT_THAT(kernel_command_line({"n", 1, {}}),
              HasSubstr("hung_task_timeout_secs=20 watchdog_thresh=5 rcupdate.rcu_cpu_stall_timeout=10"));
  EXPECT_THAT(kernel_command_line({"n", 4, {}}),
              HasSubstr("hung_task_timeout_secs=80 watchdog_thresh=20 rcupdate.rcu_cpu_stall_timeout=40"));
  EXPECT_THAT(kernel_command_line({"n", 100, {}}), HasSubstr("watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=300"));
  EXPECT_THAT(kernel_command_line({"n", 0.01, {}}),
              HasSubstr("hung_task_timeout_secs=1 watchdog_thresh=1 rcupdate.rcu_cpu_stall_timeout=3"));
}

TEST(KernelCommandLine, LetsTheUserHaveTheLastWord) {
  EXPECT_TRUE(kernel_command_line({"n", 1, {"panic=0", "debug"}}).ends_with(" panic=0 debug"));
}

TEST(KernelCommandLine, LetsWarningsThroughWhereTheConsoleIsTerse) {
  KernelParameters parameters{"n", 1, {}};
  EXPECT_THAT(kernel_command_line(parameters), HasSubstr(" ignore_loglevel "));
  parameters.terse = true;
  EXPECT_THAT(kernel_command_line(parameters), testing::AllOf(HasSubstr(" loglevel=5 "), HasSubstr("earlyprintk=ttyS0"),
                                                              Not(HasSubstr("ignore_loglevel"))));
}

}  // namespace
}  // namespace bootgate
