// A healthy kernel passes, and leaves what a run is supposed to leave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "harness/support/text.hpp"
#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::vector<std::string> all_cases = {"banner",       "clean-end", "dev-nodes",    "dev-tmpfs", "fstab-mounted",
                                            "init-started", "login",     "login-prompt", "mdev-s",    "mount-a",
                                            "no-taint",     "power-off", "shell"};

TEST(Boot, PassesEveryCaseOnAPackagedKernel) {
  BootRun here;
  RunSeen seen = here.run();
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  EXPECT_EQ(seen.with("pass"), all_cases);
  EXPECT_THAT(seen.properties["kernel.release"], Not(IsEmpty()));
  EXPECT_EQ(seen.properties["kernel.sha256"].size(), 64u);
  EXPECT_EQ(seen.properties["accelerator"], "tcg");
  EXPECT_THAT(seen.properties["kernel.command_line"], HasSubstr("nokaslr console=ttyS0"));
  for (const char* phase : {"time.first_byte", "time.kernel", "time.init", "time.login"})
    EXPECT_GT(std::atof(seen.properties[phase].c_str()), 0) << phase;
}

TEST(Boot, LeavesItsEvidence) {
  BootRun here;
  RunSeen seen = here.run();
  ASSERT_EQ(seen.status, 0) << seen.output << seen.errors;
  fs::path latest = fs::canonical(here.directory() / "bootgate-out/latest");
  fs::path job;
  for (const auto& entry : fs::directory_iterator(latest))
    if (entry.is_directory()) job = entry.path();
  EXPECT_THAT(read_file(job / "console.log").value_or(""), HasSubstr("Linux version"));
  EXPECT_THAT(read_file(job / "console.txt").value_or(""), HasSubstr("Linux version"));
  EXPECT_THAT(read_file(job / "kernel.config").value_or(""), HasSubstr("CONFIG_64BIT=y"));
  EXPECT_THAT(read_file(job / "facts.json").value_or(""), HasSubstr("kernel.sha256"));
}

TEST(Boot, CanBeReplayedByHand) {
  BootRun here;
  ASSERT_EQ(here.run().status, 0);
  fs::path latest = fs::canonical(here.directory() / "bootgate-out/latest");
  fs::path replay;
  for (const auto& entry : fs::recursive_directory_iterator(latest))
    if (entry.path().filename() == "replay.sh") replay = entry.path();
  auto input = make_pipe(), output = make_pipe();
  SpawnSpec spec;
  spec.argv = {replay.string()};
  spec.standard_input = input->first.get();
  spec.standard_output = output->second.get();
  auto child = spawn(spec);
  ASSERT_TRUE(child);
  output->second.reset();
  std::string console;
  char buffer[4096];
  while (console.find("Linux version") == std::string::npos) {
    ssize_t n = ::read(output->first.get(), buffer, sizeof buffer);
    ASSERT_GT(n, 0) << console;
    console.append(buffer, static_cast<std::size_t>(n));
  }
  // Ctrl-A X, QEMU's way out.
  ASSERT_TRUE(write_all(input->second.get(), "\x01x"));
  while (::read(output->first.get(), buffer, sizeof buffer) > 0) {
  }
  EXPECT_EQ(child->wait(), (ExitStatus{0, 0}));
}

TEST(Boot, RecordsNamedGroups) {
  BootRun here;
  RunSeen seen = here.run();
  EXPECT_THAT(seen.junit, HasSubstr(seen.properties["kernel.release"]));
  EXPECT_THAT(seen.junit, HasSubstr("devices"));
}

TEST(Boot, EndsCleanlyAlsoWhereNoCaseUsedTheShell) {
  BootRun here;
  fs::path suite = here.file("banner.toml", R"toml(
name = "banner"
[[case]]
name   = "banner"
during = "boot"
steps  = [{ expect = "Linux version" }]
)toml");
  RunSeen seen = here.run({suite.string()});
  EXPECT_EQ(seen.cases["clean-end"].outcome, "pass") << seen.cases["clean-end"].message;
}

TEST(Boot, SaysWhenItWasTheJobsTimeThatEndedAStep) {
  BootRun here;
  fs::path suite = here.file("short.toml", R"toml(
name  = "short"
limit = "2s"
[[case]]
name   = "never"
during = "boot"
steps  = [{ expect = "this never comes", within = "1h" }]
)toml");
  RunSeen seen = here.run({suite.string(), "--timeout-scale", "0.5"});
  EXPECT_EQ(seen.cases["never"].outcome, "fail");
  EXPECT_THAT(seen.cases["never"].message, testing::HasSubstr("the machine's time was up"));
}

TEST(Boot, TakesABzImageByPath) {
  BootRun here;
  RunSeen first = here.run();
  ASSERT_EQ(first.status, 0) << first.output << first.errors;
  RunSeen second = here.run({"--kernel", first.properties["kernel.file"]});
  EXPECT_EQ(second.status, 0) << second.output << second.errors;
  EXPECT_EQ(second.properties["kernel.sha256"], first.properties["kernel.sha256"]);
  EXPECT_EQ(second.properties["kernel.origin"], "file");
}

TEST(Boot, RunsTwiceAtOnceInOneDirectory) {
  BootRun here;
  ASSERT_EQ(here.run().status, 0);  // the fixtures are there now
  RunSeen one, two;
  std::thread other([&] { one = here.bootgate({"run", "--kernel", "debian", "--accel", "tcg"}); });
  two = here.bootgate({"run", "--kernel", "debian", "--accel", "tcg"});
  other.join();
  EXPECT_EQ(one.status, 0) << one.output << one.errors;
  EXPECT_EQ(two.status, 0) << two.output << two.errors;
  int reports = 0;
  for (const auto& entry : fs::directory_iterator(here.directory() / "bootgate-out"))
    if (!entry.is_symlink() && fs::exists(entry.path() / "junit.xml")) ++reports;
  EXPECT_EQ(reports, 3);
}

TEST(Boot, LoadsAModuleWithWhatItNeeds) {
  BootRun here;
  // virtio_net needs net_failover, which needs failover.
  fs::path suite = here.file("modules.toml", R"(
name = "modules"
[[case]]
name = "load"
steps = [{ run = "modprobe virtio_net" }, { run = "cat /proc/modules", output-regex = '^virtio_net ' },
         { run = "cat /proc/modules", output-regex = '^failover ' }]
)");
  RunSeen seen = here.run({suite.string(), "--module", "virtio_net"});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
}

TEST(Boot, GivesTheMachineWhatIsAskedFor) {
  BootRun here;
  fs::path suite = here.file("shape.toml", R"(
name = "shape"
[[case]]
name = "shape"
steps = [{ run = "nproc", output-regex = '^2$' }, { run = "cat /proc/cmdline", output = "my.parameter=1" },
         { run = "cat /sys/bus/pci/devices/*/device", output = "0x0005" },
         { run = "sed -n 's/MemTotal: *//p' /proc/meminfo", output-regex = '^(7|8)\d{5} kB' },
         { run = "cat /my/file", output = "mine" }]
)");
  fs::path mine = here.file("mine.txt", "mine\n");
  RunSeen seen = here.run({suite.string(), "--cpus", "2", "--memory", "880M", "--append", "my.parameter=1",
                           "--qemu-arg=-device", "--qemu-arg=pci-testdev", "--add", mine.string() + ":/my/file"});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
}

}  // namespace
}  // namespace bootgate
