// Getting inside of a machine: its console on a terminal and through pipes, a machine that is kept, a case that is
// repeated, and the memory of a kernel that has crashed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "harness/support/text.hpp"
#include "tests/boot/boot_run.hpp"
#include "tests/boot/terminal_fixture.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> shell_arguments{"shell", "--accel", "tcg", "--kernel", "debian"};

const char* failing_suite =
    "name = \"mine\"\n\n"
    "[[case]]\nname = \"good\"\nsteps = [{ run = \"true\" }]\n\n"
    "[[case]]\nname = \"bad\"\nsteps = [{ run = \"touch /tmp/was-here; false\" }]\n";

const char* crashing_suite =
    "name = \"mine\"\n\n"
    "[[case]]\nname = \"panics\"\nsteps = [{ run = \"echo c >/proc/sysrq-trigger\", within = \"20s\" }]\n";

constexpr std::string_view leave = "\x01x";

/// Up to a root shell.
void log_in(OnTerminal& terminal) {
  ASSERT_TRUE(terminal.await("Ctrl-A X")) << terminal.screen();
  ASSERT_TRUE(terminal.await("bootgate login: ")) << terminal.screen();
  terminal.type("root\r");
  ASSERT_TRUE(terminal.await("Password: ")) << terminal.screen();
  terminal.type("root\r");
  ASSERT_TRUE(terminal.await("~ # ")) << terminal.screen();
}

TEST(Shell, TypesTheLinesOfAPipeAtThePromptsAndEndsWithTheGuest) {
  BootRun here;
  CommandOptions options;
  options.input = "root\nroot\necho the sum is $((20 + 3))\npoweroff\n";
  options.timeout = 240s;
  const RunSeen seen = here.bootgate(shell_arguments, options);
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  EXPECT_THAT(seen.output, AllOf(HasSubstr("Linux version"), HasSubstr("the sum is 23")));
  EXPECT_THAT(seen.errors, HasSubstr("the guest has powered off"));
}

TEST(Shell, HandsEveryKeyToTheGuestUntilCtrlAX) {
  BootRun here;
  OnTerminal terminal(shell_arguments, here.directory());
  log_in(terminal);
  if (HasFatalFailure()) return;
  // What comes twice is from the tty and from cat: a key between the shell's fork and its child's start would be
  // the shell's own.
  terminal.type("echo begin; cat\r");
  ASSERT_TRUE(terminal.await("\nbegin")) << terminal.screen();
  terminal.type("moo\r");
  for (int copy = 0; copy < 2; ++copy)
    ASSERT_TRUE(terminal.await("moo")) << terminal.screen();
  terminal.type("\x03");
  ASSERT_TRUE(terminal.await("~ # ")) << terminal.screen();
  terminal.type("echo still $((40 + 2))\r");
  ASSERT_TRUE(terminal.await("still 42")) << terminal.screen();
  EXPECT_FALSE(terminal.is_restored());
  terminal.type(leave);
  EXPECT_EQ(terminal.end(), (ExitStatus{0, 0})) << terminal.screen();
  EXPECT_TRUE(terminal.is_restored());
}

TEST(Shell, RestoresTheTerminalWhenItIsTerminated) {
  BootRun here;
  OnTerminal terminal(shell_arguments, here.directory());
  ASSERT_TRUE(terminal.await("Linux version")) << terminal.screen();
  EXPECT_FALSE(terminal.is_restored());
  ::kill(terminal.pid(), SIGTERM);
  EXPECT_EQ(terminal.end(), (ExitStatus{130, 0})) << terminal.screen();
  EXPECT_TRUE(terminal.is_restored());
}

TEST(Shell, RestoresTheTerminalWhenQemuIsKilled) {
  BootRun here;
  OnTerminal terminal(shell_arguments, here.directory());
  ASSERT_TRUE(terminal.await("Linux version")) << terminal.screen();
  const auto qemu = terminal.qemu();
  ASSERT_TRUE(qemu);
  ::kill(*qemu, SIGKILL);
  EXPECT_EQ(terminal.end(), (ExitStatus{3, 0})) << terminal.screen();
  EXPECT_THAT(terminal.screen(), HasSubstr("QEMU ended by itself: killed by SIGKILL"));
  EXPECT_TRUE(terminal.is_restored());
}

TEST(Gdb, SaysHowThePackagedKernelIsReplacedByOneWithSymbols) {
  if (!find_program("gdb")) GTEST_SKIP() << "gdb is not installed: apt install gdb";
  BootRun here;
  const RunSeen seen = here.bootgate({"gdb", "--accel", "tcg", "--kernel", "debian"});
  EXPECT_EQ(seen.status, 2) << seen.output << seen.errors;
  EXPECT_THAT(seen.errors, AllOf(HasSubstr("no vmlinux comes with linux-image-"), HasSubstr("--fragment gdb")));
  EXPECT_FALSE(fs::exists(here.directory() / "bootgate-out"));
}

TEST(Gdb, ThatIsMissingSaysHowItIsInstalled) {
  BootRun here;
  CommandOptions options;
  options.environment = {{"PATH", here.directory().string()}};
  const RunSeen seen = here.bootgate({"gdb", "--accel", "tcg", "--kernel", "debian"}, options);
  EXPECT_EQ(seen.status, 3) << seen.output << seen.errors;
  EXPECT_THAT(seen.errors, AllOf(HasSubstr("gdb not found"), HasSubstr("apt install gdb")));
}

TEST(KeptMachine, StandsAndCanBeEnteredFromTheTerminal) {
  BootRun here;
  here.file("mine.toml", failing_suite);
  OnTerminal terminal({"run", "./mine.toml", "--accel", "tcg", "--kernel", "debian", "--keep-failed"},
                      here.directory());
  ASSERT_TRUE(terminal.await("FAILED  ")) << terminal.screen();
  ASSERT_TRUE(terminal.await("/bad: its machine stands")) << terminal.screen();
  ASSERT_TRUE(terminal.await("target remote ")) << terminal.screen();
  ASSERT_TRUE(terminal.await("Enter lets it go on here")) << terminal.screen();
  terminal.type("\r");
  ASSERT_TRUE(terminal.await("Ctrl-A X")) << terminal.screen();
  // getty shows its prompt anew.
  terminal.type("\r");
  ASSERT_TRUE(terminal.await("login: ")) << terminal.screen();
  terminal.type("root\r");
  ASSERT_TRUE(terminal.await("Password: ")) << terminal.screen();
  terminal.type("root\r");
  ASSERT_TRUE(terminal.await("~ # ")) << terminal.screen();
  terminal.type("ls /tmp\r");
  EXPECT_TRUE(terminal.await("was-here")) << terminal.screen();
  terminal.type(leave);
  EXPECT_EQ(terminal.end(), (ExitStatus{1, 0})) << terminal.screen();
  EXPECT_TRUE(terminal.is_restored());
}

TEST(KeptMachine, IsEnteredByGdb) {
  if (!find_program("gdb")) GTEST_SKIP() << "gdb is not installed: apt install gdb";
  BootRun here;
  here.file("mine.toml", failing_suite);
  OnTerminal terminal({"run", "./mine.toml", "--accel", "tcg", "--kernel", "debian", "--keep-failed"},
                      here.directory());
  ASSERT_TRUE(terminal.await("Ctrl-C ends it")) << terminal.screen();
  const std::string_view screen = terminal.screen();
  const std::size_t start = screen.rfind("target remote ") + 14;
  const std::string socket(screen.substr(start, screen.find('\'', start) - start));
  CommandOptions options;
  options.timeout = 60s;
  auto gdb = run_command({"gdb", "-batch", "-nx", "-ex", "set architecture i386:x86-64", "-ex",
                          "target remote " + socket, "-ex", "printf \"paging %d\\n\", ($cr0 >> 31) & 1"},
                         options);
  ASSERT_TRUE(gdb) << gdb.error().what;
  EXPECT_THAT(gdb->output, HasSubstr("paging 1")) << gdb->errors;
  ::kill(terminal.pid(), SIGINT);
  EXPECT_EQ(terminal.end(), (ExitStatus{1, 0})) << terminal.screen();
}

TEST(KeptMachine, IsNoneWithoutATerminal) {
  BootRun here;
  const RunSeen seen = here.run({here.file("mine.toml", failing_suite).string(), "--keep-failed"});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  EXPECT_THAT(seen.errors, HasSubstr("--keep-failed keeps no machine: there is no terminal to enter it from"));
}

TEST(Replay, RepeatsOneCaseFromAnywhere) {
  BootRun here;
  here.file("mine.toml", failing_suite);
  const RunSeen first = here.run({"./mine.toml", "--retry", "1"});
  ASSERT_EQ(first.with("fail"), std::vector<std::string>{"bad"}) << first.output << first.errors;
  const std::string out = (here.directory() / "bootgate-out").string();
  RunSeen again = here.bootgate({"replay", "latest", "mine/bad", "--out", out});
  here.read_report(again);
  EXPECT_EQ(again.status, 1) << again.output << again.errors;
  EXPECT_THAT(again.with("fail"), ElementsAre("bad"));
  EXPECT_EQ(again.cases.count("good"), 0u);
  EXPECT_THAT(again.output, Not(HasSubstr("2 attempts")));

  // A replay is a run, and can be repeated in its turn.
  RunSeen third = here.bootgate({"replay", "latest", "bad"});
  EXPECT_EQ(third.status, 1) << third.output << third.errors;
}

TEST(Replay, NamesTheNearestOfWhatIsUnknown) {
  BootRun here;
  const RunSeen none = here.bootgate({"replay", "latest", "bad"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.errors, HasSubstr("no run 'latest' in bootgate-out"));
  here.run({here.file("mine.toml", failing_suite).string()});
  const RunSeen run = here.bootgate({"replay", "lastest", "bad"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("did you mean 'latest'?"));
  const RunSeen the_case = here.bootgate({"replay", "latest", "mine/bat"});
  EXPECT_EQ(the_case.status, 2);
  EXPECT_THAT(the_case.errors, AllOf(HasSubstr("no case 'mine/bat'"), HasSubstr("did you mean 'mine/bad'?")));
}

TEST(Vmcore, IsLeftByACrashAndByNothingElse) {
  BootRun here;
  const RunSeen seen =
      here.run({here.file("mine.toml", crashing_suite).string(),
                here.file("other.toml", replaced(failing_suite, "mine", "other")).string(), "--vmcore"});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  std::vector<fs::path> saved;
  for (const auto& entry : fs::recursive_directory_iterator(here.directory() / "bootgate-out"))
    if (entry.path().filename() == "vmcore") saved.push_back(entry.path());
  ASSERT_EQ(saved.size(), 1u);
  EXPECT_EQ(saved[0].parent_path().filename(), "panics");
  EXPECT_THAT(seen.cases.at("panics").text, HasSubstr("vmcore: " + fs::canonical(saved[0]).string()));
  // struct disk_dump_header: a signature, a version, and the names of the system, 65 bytes each.
  const std::string bytes = read_file(saved[0]).value_or("");
  ASSERT_GT(bytes.size(), 1u << 20);
  EXPECT_THAT(bytes, testing::StartsWith("KDUMP   "));
  EXPECT_STREQ(bytes.c_str() + 12 + 2 * 65, seen.properties.at("kernel.release").c_str());
  EXPECT_STREQ(bytes.c_str() + 12 + 4 * 65, "x86_64");
}

TEST(Vmcore, IsLeftByACrashAtPowerOffToo) {
  BootRun here;
  const fs::path power = here.file("power", "#!/bin/sh\necho c >/proc/sysrq-trigger\n");
  const RunSeen seen = here.run({here.file("mine.toml",
                                           "name = \"mine\"\n\n[[case]]\nname = \"good\"\nsteps = [{ run "
                                           "= \"true\" }]\n")
                                     .string(),
                                 "--add", power.string() + ":/lib/bootgate/power", "--vmcore"});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  EXPECT_EQ(seen.cases.at("good").outcome, "pass");
  EXPECT_EQ(seen.cases.at("clean-end").outcome, "fail");
  EXPECT_THAT(seen.cases.at("clean-end").text, HasSubstr("vmcore: "));
}

}  // namespace
}  // namespace bootgate
