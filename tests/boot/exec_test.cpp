// One command on the packaged kernel, as a shell sees it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// `bootgate exec --accel tcg ARGUMENTS`, in a directory of its own.
class Exec {
 public:
  RunSeen run(std::vector<std::string> arguments, const CommandOptions& options = {}) const {
    std::vector<std::string> all{"exec", "--accel", "tcg"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return here_.bootgate(std::move(all), options);
  }
  std::string outcome() const { return read_file(here_.directory() / "outcome").value_or(""); }
  const BootRun& here() const { return here_; }

 private:
  BootRun here_;
};

TEST(Exec, PassesOutputsAndStatusThrough) {
  Exec exec;
  // The first run of a session may say that it downloads the kernel.
  EXPECT_EQ(exec.run({"--", "true"}).status, 0);
  RunSeen seen = exec.run({"--outcome", "outcome", "--", R"(printf 'a\0\r\n\377'; echo oh >&2; exit 3)"});
  EXPECT_EQ(seen.status, 3);
  EXPECT_EQ(seen.output, std::string("a\0\r\n\xff", 5));
  EXPECT_EQ(seen.errors, "oh\n");
  EXPECT_EQ(exec.outcome(), "command 3\n");
}

TEST(Exec, PassesWordsAsTheyAre) {
  Exec exec;
  RunSeen seen = exec.run({"--", "printf", "<%s>\n", "", "a  b", "it's \"$HOME\"", "two\nlines", "[x,y]", "--", "-v"});
  EXPECT_EQ(seen.status, 0) << seen.errors;
  EXPECT_EQ(seen.output, "<>\n<a  b>\n<it's \"$HOME\">\n<two\nlines>\n<[x,y]>\n<-->\n<-v>\n");
}

TEST(Exec, PassesMoreInputAndOutputThanFitsOnTheWay) {
  Exec exec;
  CommandOptions options;
  for (int i = 0; i < 300'000; ++i)
    options.input += static_cast<char>(i * 7 % 251);
  RunSeen seen = exec.run({"--", "cat"}, options);
  EXPECT_EQ(seen.status, 0) << seen.errors;
  EXPECT_TRUE(seen.output == options.input) << seen.output.size();
}

TEST(Exec, EndsAsAShellDoesOnSignalsAndMissingCommands) {
  Exec exec;
  EXPECT_EQ(exec.run({"--", "kill -SEGV $$"}).status, 128 + SIGSEGV);
  RunSeen seen = exec.run({"--", "no-such-command", "x"});
  EXPECT_EQ(seen.status, 127);
  EXPECT_EQ(seen.errors, "bootgate exec: no-such-command: not found\n");
}

TEST(Exec, SaysThatACommandCannotBeExecuted) {
  Exec exec;
  RunSeen seen = exec.run({"--", "/etc/passwd", "x"});
  EXPECT_EQ(seen.status, 126);
  EXPECT_EQ(seen.errors, "bootgate exec: /etc/passwd: Permission denied\n");
}

TEST(Exec, PassesACommandThatIsLongerThanItsWindow) {
  Exec exec;
  std::vector<std::string> words{"--", "echo"};
  std::string expected;
  for (int i = 0; i < 4000; ++i) {
    words.push_back("a-word-that-is-long-enough-to-make-up-200-kilobytes-" + std::to_string(i));
    expected += (i > 0 ? " " : "") + words.back();
  }
  RunSeen seen = exec.run(words);
  EXPECT_EQ(seen.status, 0) << seen.errors;
  EXPECT_TRUE(seen.output == expected + "\n") << seen.output.size();
}

TEST(Exec, RunsWithoutAnyStandardInput) {
  auto seen = run_command({"sh", "-c", "exec \"$0\" exec --accel tcg -- cat <&-", program().string()});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->status.code, 0) << seen->errors;
  EXPECT_EQ(seen->output, "");
}

TEST(Exec, EndsWithItsReader) {
  auto seen =
      run_command({"sh", "-c", "{ \"$0\" exec --accel tcg -- yes; echo $? >&2; } | head -n 1", program().string()});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->output, "y\n");
  EXPECT_EQ(seen->errors, "141\n");
}

TEST(Exec, GoesOnWhileTheKernelReportsWithoutEnd) {
  Exec exec;
  RunSeen seen = exec.run({"--timeout", "120s", "--",
                           "while :; do echo '<3>BUG: sleeping function called from invalid context at made/up.c:1' "
                           ">/dev/kmsg; sleep 1; done & sleep 5; echo done"});
  EXPECT_EQ(seen.status, 1) << seen.errors;
  EXPECT_EQ(seen.output, "done\n");
  EXPECT_THAT(seen.errors, StartsWith("bootgate: BUG: sleeping function called from invalid context"));
}

TEST(Exec, DoesNotWaitForWhatIsLeftInTheBackground) {
  Exec exec;
  RunSeen seen = exec.run({"--timeout", "120s", "--", "sleep 1000 & echo done"});
  EXPECT_EQ(seen.status, 0) << seen.errors;
  EXPECT_EQ(seen.output, "done\n");
}

TEST(Exec, HasTheFilesAndModulesThatAreGiven) {
  Exec exec;
  fs::path mine = exec.here().file("mine.sh", "#!/bin/sh\nmodprobe dummy && grep -c ^dummy /proc/modules\n");
  RunSeen seen = exec.run({"--add", mine.string() + ":/bin/mine", "--module", "dummy", "--", "mine"});
  EXPECT_EQ(seen.status, 0) << seen.errors;
  EXPECT_EQ(seen.output, "1\n");
  seen = exec.run({"--add", exec.here().file("other.sh", "#!/bin/sh\necho other\n").string() + ":/tmp/other", "--",
                   "/tmp/other", "x"});
  EXPECT_EQ(seen.output, "other\n") << seen.errors;
  seen = exec.run({"--add", mine.string() + ":/run/mine", "--", "true"});
  EXPECT_EQ(seen.status, 2);
  EXPECT_THAT(seen.errors, HasSubstr("nobody would see /run/mine: the guest mounts its own /run"));
}

TEST(Exec, TellsAPanicFromTheCommandsStatus) {
  Exec exec;
  RunSeen seen = exec.run({"--outcome", "outcome", "--", "echo before; sleep 1; echo c >/proc/sysrq-trigger"});
  EXPECT_EQ(seen.status, 1);
  EXPECT_EQ(seen.output, "before\n");
  EXPECT_THAT(seen.errors, AllOf(StartsWith("bootgate: "), HasSubstr("sysrq triggered crash"), HasSubstr("  | ")));
  EXPECT_THAT(exec.outcome(), AllOf(StartsWith("kernel "), HasSubstr("sysrq triggered crash")));
}

TEST(Exec, IsNoSuccessWhereTheKernelReportsAFailure) {
  Exec exec;
  const std::string warning =
      "for line in '------------[ cut here ]------------' 'WARNING: CPU: 0 PID: 1 at made/up.c:1 made_up+0x1/0x2' "
      "'---[ end trace 0000000000000000 ]---'; do echo \"<4>$line\" >/dev/kmsg; done; echo done; exit ";
  RunSeen seen = exec.run({"--outcome", "outcome", "--", warning + "0"});
  EXPECT_EQ(seen.status, 1);
  EXPECT_EQ(seen.output, "done\n");
  EXPECT_THAT(seen.errors, StartsWith("bootgate: WARNING in made_up\n  | "));
  EXPECT_EQ(exec.outcome(), "kernel WARNING in made_up\n");
  seen = exec.run({"--outcome", "outcome", "--", warning + "3"});
  EXPECT_EQ(seen.status, 3);
  EXPECT_THAT(seen.errors, StartsWith("bootgate: WARNING in made_up\n"));
  EXPECT_EQ(exec.outcome(), "command 3\n");
}

TEST(Exec, SaysWhyAKernelDoesNotComeUp) {
  Exec exec;
  RunSeen seen = exec.run({"--append", "rdinit=/nowhere init=/nowhere", "--", "true"});
  EXPECT_EQ(seen.status, 1);
  EXPECT_THAT(seen.errors, HasSubstr("panic"));
}

TEST(Exec, EndsAtItsTimeout) {
  Exec exec;
  RunSeen seen = exec.run({"--timeout", "40s", "--outcome", "outcome", "--", "echo started; sleep 1000"});
  EXPECT_EQ(seen.status, 124) << seen.errors;
  EXPECT_EQ(seen.output, "started\n");
  EXPECT_EQ(exec.outcome(), "timeout\n");
}

TEST(Exec, SaysThatTheTimeWasUpAtBootAlso) {
  Exec exec;
  RunSeen seen = exec.run({"--timeout", "100ms", "--outcome", "outcome", "--", "true"});
  EXPECT_EQ(seen.status, 124) << seen.errors;
  EXPECT_EQ(exec.outcome(), "timeout\n");
  EXPECT_THAT(seen.errors, HasSubstr("the command was not started after 100ms"));
}

TEST(Exec, DoesNotWaitForAWriterInTheBackground) {
  Exec exec;
  RunSeen seen = exec.run({"--timeout", "120s", "--", "yes & echo oh >&2; exit 5"});
  EXPECT_EQ(seen.status, 5) << seen.errors;
  EXPECT_EQ(seen.errors, "oh\n");
}

TEST(Exec, SaysThatItsOutputCouldNotBeWritten) {
  Exec exec;
  auto seen = run_command({"sh", "-c", "exec \"$0\" exec --accel tcg -- 'echo hello' >/dev/full", program().string()});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->status.code, 3);
  EXPECT_THAT(seen->errors, HasSubstr("can't write the command's output: No space left on device"));
}

TEST(Exec, NamesTheSymbolThatAKernelLacksForTheHostsFiles) {
  Exec exec;
  RunSeen seen = exec.run({"--root", "host", "--", "true"});
  // Whether Debian's kernel for clouds has 9p depends on the release.
  if (seen.status == 0) GTEST_SKIP() << "this packaged kernel has 9p";
  EXPECT_EQ(seen.status, 2);
  EXPECT_THAT(seen.errors, HasSubstr("CONFIG_NET_9P_VIRTIO"));
}

TEST(Exec, StreamsAndIsEndedByCtrlC) {
  Exec exec;
  auto output = make_pipe();
  SpawnSpec spec;
  spec.argv = {program().string(), "exec", "--accel", "tcg", "--", "echo first; sleep 1000"};
  spec.directory = exec.here().directory();
  spec.standard_output = output->second.get();
  auto child = spawn(spec);
  ASSERT_TRUE(child);
  output->second.reset();
  char buffer[64];
  EXPECT_EQ(::read(output->first.get(), buffer, sizeof buffer), 6);  // while the command goes on
  child->signal(SIGINT);
  EXPECT_EQ(child->wait(), (ExitStatus{130, 0}));
}

TEST(Exec, WantsACommandBehindDashes) {
  Exec exec;
  RunSeen seen = exec.run({});
  EXPECT_EQ(seen.status, 2);
  EXPECT_THAT(seen.errors, HasSubstr("bootgate exec -- uname -r"));
}

}  // namespace
}  // namespace bootgate
