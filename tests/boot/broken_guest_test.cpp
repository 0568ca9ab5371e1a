// Each case of suites/boot.toml is broken in the guest, and exactly that case fails. A case that passes whatever the
// guest does proves nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/support/data.hpp"
#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Waits in vain must not take the minutes that a slow but healthy guest is given.
const std::vector<std::string> impatient = {"--timeout-scale", "0.2"};

class BrokenGuest : public testing::Test {
 protected:
  /// Runs with one of the guest's files replaced.
  RunSeen run_with(const std::string& guest_path, const std::string& text, std::vector<std::string> more = {}) {
    fs::path file = here_.file("replacement", text);
    more.insert(more.end(), {"--add", file.string() + ":" + guest_path});
    return here_.run(more);
  }

  /// A command of rcS' own, run when everything is mounted and made.
  RunSeen run_with_late_command(const std::string& command, std::vector<std::string> more = {}) {
    return run_with("/etc/init.d/rcS", guest_file("etc/init.d/rcS") + command + "\n", std::move(more));
  }

  static void expect_only_failure(const RunSeen& seen, const std::string& name, bool later_not_run) {
    EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
    EXPECT_THAT(seen.with("fail"), ElementsAre(name)) << seen.output;
    EXPECT_THAT(seen.with("error"), IsEmpty());
    if (later_not_run)
      EXPECT_EQ(seen.cases.at("power-off").outcome, "skip");
    else
      EXPECT_THAT(seen.with("skip"), IsEmpty());
  }

  BootRun here_;
};

TEST_F(BrokenGuest, BannerFailsWhenTheKernelSaysNothing) {
  // The decompressor finds a damaged payload and halts: there is a bzImage, and no Linux in it.
  RunSeen healthy = here_.run();
  ASSERT_EQ(healthy.status, 0);
  std::string image = read_file(healthy.properties["kernel.file"]).value_or("");
  ASSERT_GT(image.size(), 4'000'000u);
  for (std::size_t i = 3'000'000; i < 3'100'000; ++i)
    image[i] = 'x';
  fs::path damaged = here_.file("bzImage", image);
  RunSeen seen = here_.run({"--kernel", damaged.string(), "--timeout-scale", "0.1"});
  expect_only_failure(seen, "banner", true);
}

TEST_F(BrokenGuest, InitStartedFailsWhenAnotherProgramIsInit) {
  RunSeen seen = run_with("/init", "#!/bin/sh\nexec sleep 100000\n", impatient);
  expect_only_failure(seen, "init-started", true);
  EXPECT_THAT(seen.cases["init-started"].type, AnyOf("deadline", "silence"));
}

TEST_F(BrokenGuest, InitStartedFailsWithoutOurNonce) {
  RunSeen seen = run_with("/etc/init.d/rcS",
                          replaced(guest_file("etc/init.d/rcS"), "$bootgate_nonce", "0123456789abcdef"), impatient);
  expect_only_failure(seen, "init-started", true);
}

TEST_F(BrokenGuest, MountAFailsWhenALineOfFstabCannotBeMounted) {
  RunSeen seen = run_with("/etc/fstab", guest_file("etc/fstab") + "nodev /mnt nosuchfs defaults 0 0\n");
  expect_only_failure(seen, "mount-a", true);
}

TEST_F(BrokenGuest, MdevSFailsWhenMdevDoes) {
  RunSeen seen =
      run_with("/etc/init.d/rcS", replaced(guest_file("etc/init.d/rcS"), "mdev -s\n", "mdev -s; (exit 3)\n"));
  expect_only_failure(seen, "mdev-s", true);
}

TEST_F(BrokenGuest, MdevSFailsWhenDevWasNotEmpty) {
  RunSeen seen =
      run_with("/etc/init.d/rcS", replaced(guest_file("etc/init.d/rcS"), "set -- ", "mknod /dev/zero c 1 5\nset -- "));
  expect_only_failure(seen, "mdev-s", true);
}

TEST_F(BrokenGuest, LoginPromptFailsWithoutAGetty) {
  RunSeen seen = run_with("/etc/inittab", replaced(guest_file("etc/inittab"), "ttyS0::", "#ttyS0::"), impatient);
  expect_only_failure(seen, "login-prompt", true);
}

TEST_F(BrokenGuest, LoginFailsWhenThePasswordIsAnother) {
  RunSeen seen = run_with("/etc/shadow", replaced(guest_file("etc/shadow"), "root:$5$", "root:$5$x"));
  expect_only_failure(seen, "login", true);
  EXPECT_THAT(seen.cases["login"].message, HasSubstr("refused"));
}

TEST_F(BrokenGuest, LoginFailsWhenTheShellDoesNotAnswer) {
  RunSeen seen = run_with("/etc/profile", "echo '# '; exec sleep 100000\n", {"--timeout-scale", "0.3"});
  expect_only_failure(seen, "login", true);
}

TEST_F(BrokenGuest, ShellFailsWhenItComputesWrong) {
  RunSeen seen = run_with("/etc/profile", guest_file("etc/profile") + "id() { echo nobody; }\n", impatient);
  expect_only_failure(seen, "shell", true);
}

TEST_F(BrokenGuest, FstabMountedFailsWhenOneIsUnmountedAgain) {
  RunSeen seen = run_with_late_command("umount /tmp");
  expect_only_failure(seen, "fstab-mounted", false);
  EXPECT_THAT(seen.cases["fstab-mounted"].text, HasSubstr("/tmp: tmpfs in fstab, nothing in /proc/mounts"));
}

TEST_F(BrokenGuest, DevTmpfsFailsWhenTheKernelMadeTheNodes) {
  // fstab's line is kept true by a ramfs in both: only what kind of file system /dev is differs.
  RunSeen seen =
      run_with("/etc/fstab", replaced(guest_file("etc/fstab"), "tmpfs  /dev   tmpfs ", "ramfs  /dev   ramfs "));
  expect_only_failure(seen, "dev-tmpfs", false);
}

TEST_F(BrokenGuest, DevNodesFailsWhenANodeIsMissing) {
  RunSeen seen = run_with_late_command("rm /dev/full");
  expect_only_failure(seen, "dev-nodes", false);
  EXPECT_THAT(seen.cases["dev-nodes"].text, HasSubstr("no node for full (c 1:7)"));
}

TEST_F(BrokenGuest, DevNodesFailsWhenANodeHasWrongNumbers) {
  RunSeen seen = run_with_late_command("rm /dev/full; mknod /dev/full c 99 7");
  expect_only_failure(seen, "dev-nodes", false);
}

TEST_F(BrokenGuest, NoTaintFailsOnATaintedKernel) {
  RunSeen seen = run_with_late_command("echo 64 >/proc/sys/kernel/tainted");
  expect_only_failure(seen, "no-taint", false);
}

TEST_F(BrokenGuest, PowerOffFailsWhenTheGuestResetsInstead) {
  RunSeen seen = run_with("/lib/bootgate/power", "#!/bin/sh\nexec reboot\n");
  EXPECT_EQ(seen.status, 1);
  EXPECT_THAT(seen.with("fail"), ElementsAre("clean-end", "power-off"));
  EXPECT_THAT(seen.cases["power-off"].message, HasSubstr("reset itself"));
}

TEST_F(BrokenGuest, PowerOffFailsWhenTheMachineStaysOn) {
  // Without ACPI a PC can't be switched off: the kernel halts, and says so.
  RunSeen seen = here_.run({"--append", "acpi=off", "--timeout-scale", "0.2"});
  EXPECT_EQ(seen.status, 1);
  EXPECT_THAT(seen.with("fail"), ElementsAre("clean-end", "power-off"));
  EXPECT_EQ(seen.cases["power-off"].type, "deadline");
}

TEST_F(BrokenGuest, CleanEndFailsWhenTheKernelComplainsBehindTheLastCase) {
  fs::path suite = here_.file("late.toml", R"(
name = "late"
[[case]]
name = "fine"
steps = [{ run = "true" }]
)");
  RunSeen seen = run_with("/lib/bootgate/power",
                          "#!/bin/sh\n"
                          "echo 'WARNING: CPU: 0 PID: 1 at kernel/x.c:1 late_warning+0x1/0x2' >/dev/kmsg\n"
                          "echo '---[ end trace 0000000000000000 ]---' >/dev/kmsg\n"
                          "exec poweroff -f\n",
                          {suite.string()});
  EXPECT_EQ(seen.status, 1) << seen.output;
  EXPECT_EQ(seen.cases["fine"].outcome, "pass");
  EXPECT_EQ(seen.cases["clean-end"].outcome, "fail");
  EXPECT_EQ(seen.cases["clean-end"].message, "WARNING in late_warning");
}

// --- guests that go wrong as a whole ---------------------------------------------------------------------------------

TEST_F(BrokenGuest, ThatPanicsIsAFailureWithThePanicAsItsTitle) {
  RunSeen seen = run_with("/init", "#!/bin/sh\nexit 7\n");
  expect_only_failure(seen, "init-started", true);
  EXPECT_THAT(seen.cases["init-started"].message, HasSubstr("Attempted to kill init"));
  EXPECT_EQ(seen.cases["init-started"].type, "signature");
  EXPECT_THAT(seen.cases["init-started"].text, HasSubstr("Kernel panic - not syncing"));
}

TEST_F(BrokenGuest, ThatFindsNoRootIsAFailure) {
  RunSeen seen = here_.run({"--append", "rdinit=/nonexistent"});
  expect_only_failure(seen, "init-started", true);
  EXPECT_EQ(seen.cases["init-started"].type, "signature");
}

TEST_F(BrokenGuest, ThatRebootsIsAFailure) {
  RunSeen seen = run_with("/init", "#!/bin/sh\nexec reboot -f\n");
  expect_only_failure(seen, "init-started", true);
  EXPECT_THAT(seen.cases["init-started"].message, HasSubstr("reset itself"));
}

TEST_F(BrokenGuest, ThatPowersOffEarlyIsAFailure) {
  RunSeen seen = run_with("/init", "#!/bin/sh\nexec poweroff -f\n");
  expect_only_failure(seen, "init-started", true);
  EXPECT_THAT(seen.cases["init-started"].message, HasSubstr("powered itself off"));
}

TEST_F(BrokenGuest, ThatHangsIsAskedForItsStateBeforeItIsEnded) {
  RunSeen seen = run_with("/init", "#!/bin/sh\nexec sleep 100000\n", impatient);
  expect_only_failure(seen, "init-started", true);
  std::string diagnosis, console;
  for (const auto& entry : fs::recursive_directory_iterator(here_.directory() / "bootgate-out")) {
    if (entry.path().filename() == "diagnosis.txt") diagnosis = read_file(entry.path()).value_or("");
    if (entry.path().filename() == "console.log") console = read_file(entry.path()).value_or("");
  }
  EXPECT_THAT(diagnosis, HasSubstr("RIP="));
  EXPECT_THAT(console, HasSubstr("sysrq: Show State"));
  EXPECT_THAT(console, HasSubstr("NMI"));
}

TEST_F(BrokenGuest, ThatFloodsTheConsoleIsNoPass) {
  RunSeen seen =
      run_with("/init", "#!/bin/sh\nwhile :; do echo flood flood flood flood flood flood flood; done\n", impatient);
  expect_only_failure(seen, "init-started", true);
}

TEST_F(BrokenGuest, ThatPrintsAnyBytesIsReportedInLegalXml) {
  RunSeen seen = run_with_late_command(
      "printf 'nul \\000 esc \\033[2J\\033]0;x\\007 ff \\377 half \\342\\202 cdata ]]> amp & lt < quote \" del "
      "\\177\\n' >/dev/console\n"
      "printf 'c1 \\302\\233 bom \\357\\277\\277 \\r\\r\\n' >/dev/console; umount /tmp");
  expect_only_failure(seen, "fstab-mounted", false);
  fs::path junit = here_.file("copy.xml", seen.junit);
  auto lint = run_command({"xmllint", "--noout", junit.string()});
  ASSERT_TRUE(lint);
  EXPECT_TRUE(lint->status.ok()) << lint->errors;
  EXPECT_EQ(seen.output.find('\033'), std::string::npos) << "terminal sequences of the guest reached the terminal";
}

TEST_F(BrokenGuest, ThatLosesItsControlLoopFailsOnlyThatCase) {
  fs::path suite = here_.file("control.toml", R"(
name = "control"
[[case]]
name = "kills-the-loop"
steps = [{ run = "kill -9 $$; sleep 100" }]
[[case]]
name = "survives"
steps = [{ run = "exit 3", status = 3 }, { run = "set -e; false", status = 1 }, { run = "echo \"", status = 2 },
         { run = "exec true" }, { run = "printf 'a\nb'", output-regex = '^b$' }]
)");
  RunSeen seen = here_.run({suite.string()});
  EXPECT_EQ(seen.status, 1) << seen.output;
  EXPECT_EQ(seen.cases["kills-the-loop"].type, "control_lost");
  EXPECT_EQ(seen.cases["survives"].outcome, "pass") << seen.cases["survives"].message;
}

}  // namespace
}  // namespace bootgate
