#include "harness/support/process.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>

#include "harness/support/text.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string everything_from(int fd) {
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = ::read(fd, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  return text;
}

/// Starts a shell that writes to a pipe, and gives back the pipe's end to read from.
struct Shell {
  Result<Child> child = bench_error("not started");
  UniqueFd output;

  explicit Shell(const std::string& script, SpawnSpec spec = {}) {
    auto pipe = make_pipe().value();
    spec.argv = {"sh", "-c", script};
    spec.standard_output = pipe.second.get();
    child = spawn(spec);
    output = std::move(pipe.first);
  }
};

SpawnSpec spec_of(std::vector<std::string> argv) {
  SpawnSpec spec;
  spec.argv = std::move(argv);
  return spec;
}

CommandOptions stopped_by(const std::stop_source& stop) {
  CommandOptions options;
  options.stop = stop.get_token();
  return options;
}

bool is_gone(pid_t pid) {
  return ::kill(pid, 0) != 0 && errno == ESRCH;
}

TEST(DescribeExitStatus, NamesStatusOrSignal) {
  EXPECT_EQ(describe(ExitStatus{3, 0}), "exit status 3");
  EXPECT_EQ(describe(ExitStatus{0, SIGKILL}), "killed by SIGKILL");
  EXPECT_EQ(describe(ExitStatus{0, 60}), "killed by signal 60");
}

TEST(Spawn, ReportsTheExitStatus) {
  Shell shell("exit 7");
  ASSERT_TRUE(shell.child) << shell.child.error().what;
  EXPECT_EQ(shell.child->wait(), (ExitStatus{7, 0}));
  EXPECT_EQ(shell.child->wait(), (ExitStatus{7, 0})) << "asked again";
}

TEST(Spawn, LeavesAChildInOurGroupWhereThatIsWanted) {
  SpawnSpec ours;
  ours.own_group = false;
  for (const auto& [spec, group] : {std::pair{SpawnSpec{}, pid_t{0}}, {ours, ::getpgrp()}}) {
    Shell shell("read -r _ _ _ _ group _ </proc/$$/stat; echo $group; sleep 100", spec);
    char buffer[16] = {};
    ASSERT_GT(::read(shell.output.get(), buffer, sizeof buffer - 1), 0);
    EXPECT_EQ(std::atoi(buffer), group ? group : shell.child->pid());
    shell.child->signal(SIGKILL);
    EXPECT_EQ(shell.child->wait(), (ExitStatus{0, SIGKILL}));
  }
}

TEST(Spawn, ReportsTheSignal) {
  Shell shell("kill -SEGV $$");
  EXPECT_EQ(shell.child->wait(), (ExitStatus{0, SIGSEGV}));
}

TEST(Spawn, SaysWhichProgramIsMissing) {
  auto child = spawn(spec_of({"no-such-program-anywhere"}));
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().what, "program not found: no-such-program-anywhere");
}

TEST(Spawn, SaysWhyAProgramCannotBeStarted) {
  TempDir dir;
  fs::path file = dir.file("broken", "#!/no/such/interpreter\n");
  fs::permissions(file, fs::perms::owner_all);
  auto child = spawn(spec_of({file.string()}));
  ASSERT_FALSE(child);
  EXPECT_THAT(child.error().what, HasSubstr("can't start " + file.string()));
}

TEST(Spawn, GivesTheChildNoDescriptorButThoseNamed) {
  auto kept = make_pipe().value();
  auto other = make_pipe().value();
  SpawnSpec spec;
  spec.inherited = {kept.second.get()};
  Shell shell(fmt::format("ls /proc/self/fd; echo through >&{}", kept.second.get()), spec);
  kept.second.reset();
  std::string listing = everything_from(shell.output.get());
  EXPECT_EQ(everything_from(kept.first.get()), "through\n");
  for (std::string_view fd : split(listing, '\n'))
    EXPECT_NE(std::string(fd), std::to_string(other.first.get())) << listing;
}

TEST(Spawn, ReadsFromNothingUnlessToldOtherwise) {
  Shell shell("cat; echo end");
  EXPECT_EQ(everything_from(shell.output.get()), "end\n");
}

TEST(Spawn, SetsDirectoryAndEnvironment) {
  TempDir dir;
  SpawnSpec spec;
  spec.directory = dir.path();
  spec.environment = {{"BOOTGATE_TEST", "a value"}};
  Shell shell("pwd -P; echo \"$BOOTGATE_TEST\"", spec);
  EXPECT_EQ(everything_from(shell.output.get()), fs::canonical(dir.path()).string() + "\na value\n");
}

TEST(Spawn, ReplacesAVariableOfOurs) {
  ::setenv("BOOTGATE_TEST", "ours", 1);
  SpawnSpec spec;
  spec.environment = {{"BOOTGATE_TEST", "theirs"}, {"A_NAME_THAT_IS_LONGER_THAN_MOST_VARIABLES", "1"}};
  Shell shell("env | grep -E '^(BOOTGATE_TEST|A_NAME_THAT_.*)='", spec);
  EXPECT_EQ(everything_from(shell.output.get()), "BOOTGATE_TEST=theirs\nA_NAME_THAT_IS_LONGER_THAN_MOST_VARIABLES=1\n");
  ::unsetenv("BOOTGATE_TEST");
}

TEST(Spawn, LeavesNoSignalBlockedOrIgnored) {
  Shell shell("grep -E '^Sig(Blk|Ign)' /proc/self/status");
  EXPECT_EQ(everything_from(shell.output.get()), "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Spawn, ChildDoesNotDieWithTheThreadThatAskedForIt) {
  std::optional<Shell> shell;
  std::thread([&] { shell.emplace("read line; echo still here"); }).join();
  EXPECT_EQ(everything_from(shell->output.get()), "still here\n");
}

TEST(Child, PidfdIsReadableWhenItHasEnded) {
  Shell shell("exit 0");
  pollfd ended{shell.child->pidfd(), POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 10'000), 1);
  EXPECT_EQ(shell.child->wait_for(0ms), (ExitStatus{0, 0}));
}

TEST(Child, WaitForComesBackWithoutAStatusWhileItRuns) {
  Shell shell("exec sleep 600");
  EXPECT_EQ(shell.child->wait_for(1ms), std::nullopt);
  shell.child->signal(SIGTERM);
  EXPECT_EQ(shell.child->wait(), (ExitStatus{0, SIGTERM}));
}

TEST(Child, SignalReachesItsWholeGroup) {
  Shell shell("sleep 600 & echo $!; wait");
  char line[32] = {};
  ASSERT_GT(::read(shell.output.get(), line, sizeof line - 1), 0);
  shell.child->signal(SIGKILL);
  shell.child->wait();
  // The pipe's last writer was the grandchild: its end comes only with it.
  EXPECT_EQ(everything_from(shell.output.get()), "");
}

TEST(Child, IsKilledAndReapedWhenDestroyed) {
  pid_t pid = 0;
  {
    Shell shell("exec sleep 600");
    pid = shell.child->pid();
    ASSERT_FALSE(is_gone(pid));
  }
  EXPECT_TRUE(is_gone(pid));
}

TEST(Child, IsNoLongerSignalledOnceReaped) {
  Shell shell("exit 0");
  shell.child->wait();
  shell.child->signal(SIGKILL);  // the pid may be somebody else's by now
  EXPECT_EQ(shell.child->wait(), (ExitStatus{0, 0}));
}

TEST(Child, MovesOwnership) {
  Shell first("exec sleep 600"), second("exec sleep 600");
  pid_t pid = second.child->pid();
  Child moved(std::move(*first.child));
  moved = std::move(*second.child);
  EXPECT_EQ(moved.pid(), pid);
  moved.signal(SIGTERM);
  EXPECT_EQ(moved.wait(), (ExitStatus{0, SIGTERM}));
}

/// Run by the next test in a process of its own, which is killed without a chance to clean up.
TEST(Child, DISABLED_PlaysBootgate) {
  SpawnSpec spec = spec_of({"sh", "-c", "echo up; exec sleep 600"});
  spec.standard_output = STDOUT_FILENO;
  auto child = spawn(spec);
  ::pause();
}

TEST(Child, DiesWithItsParent) {
  auto pipe = make_pipe().value();
  SpawnSpec spec = spec_of({fs::read_symlink("/proc/self/exe").string(), "--gtest_also_run_disabled_tests",
                            "--gtest_filter=Child.DISABLED_PlaysBootgate", "--gtest_brief=1"});
  spec.standard_output = pipe.second.get();
  auto parent = spawn(spec);
  ASSERT_TRUE(parent) << parent.error().what;
  pipe.second.reset();
  std::string text;
  char byte;
  while (!text.ends_with("up\n") && ::read(pipe.first.get(), &byte, 1) == 1)
    text += byte;
  ASSERT_THAT(text, testing::EndsWith("up\n"));
  // To the one process, not to its group: its child must notice by itself.
  ::kill(parent->pid(), SIGKILL);
  parent->wait();
  EXPECT_EQ(everything_from(pipe.first.get()), "") << "the pipe ends only when the child is gone";
}

TEST(RunCommand, CollectsBothStreamsAndTheStatus) {
  auto result = run_command({"sh", "-c", "echo out; echo err >&2; exit 4"});
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->errors, "err\n");
  EXPECT_EQ(result->status, (ExitStatus{4, 0}));
}

TEST(RunCommand, DrainsMoreThanAPipeHolds) {
  auto result = run_command({"sh", "-c", "head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output.size(), 1'000'000u);
  EXPECT_EQ(result->errors.size(), 1'000'000u);
}

TEST(RunCommand, FeedsItsInput) {
  const std::string input(300'000, 'x');
  CommandOptions options;
  options.input = input;
  EXPECT_EQ(run_command({"cat"}, options).value().output, input);
}

TEST(RunCommand, KillsWhatTakesTooLong) {
  CommandOptions options;
  options.timeout = 20ms;
  auto result = run_command({"sleep", "600"}, options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().what, "sleep did not end within 20ms");
  EXPECT_EQ(result.error().kind, Error::Kind::bench);
}

TEST(RunCommand, EndsWhenStopped) {
  std::stop_source stop;
  CommandOptions options = stopped_by(stop);
  options.on_errors = [&](std::string_view) { stop.request_stop(); };
  auto result = run_command({"sh", "-c", "echo ready >&2; exec sleep 600"}, options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Error::Kind::interrupted);
}

TEST(RunCommand, LetsWhatItStopsClearUp) {
  TempDir dir;
  std::stop_source stop;
  CommandOptions options = stopped_by(stop);
  options.directory = dir.path();
  options.grace = 30s;
  options.on_output = [&](std::string_view) { stop.request_stop(); };
  ASSERT_FALSE(run_command({"sh", "-c", "trap 'touch cleared; exit' TERM; echo ready; sleep 600 & wait"}, options));
  EXPECT_TRUE(fs::exists(dir.path() / "cleared"));
}

TEST(RunCommand, KillsWhatWillNotBeStopped) {
  std::stop_source stop;
  CommandOptions options = stopped_by(stop);
  options.grace = 10ms;
  options.on_output = [&](std::string_view) { stop.request_stop(); };
  EXPECT_FALSE(run_command({"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"}, options));
}

/// A sandbox: its end comes a moment after that of bwrap, in a session of its own.
TEST(RunCommand, ReturnsWhenNobodyWritesAnyMore) {
  TempDir dir;
  std::stop_source stop;
  CommandOptions options = stopped_by(stop);
  options.directory = dir.path();
  options.on_output = [&](std::string_view) { stop.request_stop(); };
  ASSERT_FALSE(run_command({"sh", "-c", "setsid sh -c 'echo ready; sleep 0.2; touch last' & sleep 600"}, options));
  EXPECT_TRUE(fs::exists(dir.path() / "last"));
}

TEST(RunCommand, EndsAtOnceWhenStoppedBefore) {
  std::stop_source stop;
  stop.request_stop();
  auto result = run_command({"sleep", "600"}, stopped_by(stop));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Error::Kind::interrupted);
}

TEST(RunCommand, ShowsErrorsAsTheyCome) {
  std::string seen;
  CommandOptions options;
  options.on_errors = [&](std::string_view text) { seen += text; };
  auto result = run_command({"sh", "-c", "echo one >&2; echo two >&2"}, options);
  ASSERT_TRUE(result);
  EXPECT_EQ(seen, "one\ntwo\n");
}

TEST(RunChecked, ReturnsTheOutput) {
  EXPECT_EQ(run_checked({"echo", "hello"}).value(), "hello\n");
}

TEST(RunChecked, QuotesWhatTheCommandComplainedOf) {
  auto output = run_checked({"sh", "-c", "echo it broke >&2; exit 9"});
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().what, "sh -c 'echo it broke >&2; exit 9': exit status 9");
  EXPECT_EQ(output.error().hint, "it broke");
  output = run_checked({"sh", "-c", "printf 'red: \\033[31m\\nand more\\n' >&2; exit 9"});
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().hint, "red: \\x1b[31m\nand more") << "nothing that steers a terminal";
}

TEST(RunChecked, QuotesOnlyTheEndOfALongComplaint) {
  auto output = run_checked({"sh", "-c", "yes lines | head -n 5000 >&2; echo last >&2; exit 1"});
  ASSERT_FALSE(output);
  EXPECT_LE(output.error().hint.size(), 2000u);
  EXPECT_THAT(output.error().hint, testing::EndsWith("last"));
}

TEST(FindProgram, LooksInPath) {
  auto shell = find_program("sh");
  ASSERT_TRUE(shell);
  EXPECT_TRUE(shell->is_absolute());
  EXPECT_FALSE(find_program("no-such-program-anywhere"));
}

TEST(FindProgram, LooksInSbinTooAsUsersPathsLackIt) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nowhere", 1);
  auto found = find_program("ldconfig");
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->string(), testing::EndsWith("sbin/ldconfig"));
}

TEST(FindProgram, TakesAPathAsItIs) {
  TempDir dir;
  fs::path file = dir.file("tool", "#!/bin/sh\n");
  EXPECT_FALSE(find_program(file.string())) << "it can't be run";
  fs::permissions(file, fs::perms::owner_all);
  EXPECT_EQ(find_program(file.string()), file);
}

TEST(RunCommand, KeepsTheEndOfWhatWasHeard) {
  CommandOptions options;
  std::size_t heard = 0;
  options.on_output = [&](std::string_view bytes) { heard += bytes.size(); };
  auto done = run_command({"sh", "-c", "head -c 20000000 /dev/zero; echo end"}, options);
  ASSERT_TRUE(done);
  EXPECT_EQ(heard, 20000004u);
  EXPECT_LT(done->output.size(), 4u << 20);
  EXPECT_TRUE(done->output.ends_with("end\n"));
}

}  // namespace
}  // namespace bootgate
