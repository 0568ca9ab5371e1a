#include "reports/live_block.hpp"

#include <gmock/gmock.h>

#include "tests/reports/terminal_fixture.hpp"
#include "tests/reports/virtual_screen.hpp"

namespace bootgate {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A terminal, and what is seen on it.
class LiveOutput : public TerminalOutput {
 protected:
  void SetUp() override {
    TerminalOutput::SetUp();
    options_.live = true;
  }
  void start(Terminal& terminal, const RunStarted& started) {
    terminal.on(started);
    for (std::size_t i = 0; i < started.outline.jobs.size(); ++i)
      terminal.on(JobStarted{i, started.outline.jobs[i]});
  }
  /// The lines of the block, as they are when some time has gone by.
  std::vector<std::string> block(Terminal& terminal) {
    now_ += Duration(1000);
    terminal.tick();
    return shown();
  }
  /// What stands below the log.
  std::vector<std::string> shown() {
    screen_.write(written());
    EXPECT_EQ(screen_.unknown(), "");
    std::vector<std::string> lines = screen_.lines();
    std::size_t log = 0;
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (!lines[i].starts_with("         ") && !lines[i].ends_with(")")) log = i + 1;
    return {lines.begin() + static_cast<std::ptrdiff_t>(log), lines.end()};
  }
  VirtualScreen screen_{size_.width, size_.height};
};

TEST_F(LiveOutput, HasALineForEachMachineAndOneForTheRun) {
  Terminal terminal(options_);
  start(terminal, jobs_of({3, 1}));
  terminal.on(CaseStarted{0, 1});
  terminal.on(ConsoleLine{0, {}, "login:"});
  terminal.on(CaseDone(case_done(0, 0)));
  terminal.on(Estimate{Duration(16'000), 2});
  EXPECT_THAT(
      block(terminal),
      ElementsAre("         boot/b 2/3  0   1.0s  login:",  //
                  "         job-1           1.0s  booting", "         1 of 4 cases, 2 running, about 15s left"));
}

TEST_F(LiveOutput, TimeLeftCountsDownBetweenEstimates) {
  Terminal terminal(options_);
  start(terminal, jobs_of({1}));
  terminal.on(Estimate{Duration(3000), 1});
  EXPECT_THAT(block(terminal).back(), EndsWith("about 2s left"));
  EXPECT_THAT(block(terminal).back(), EndsWith("about 1s left"));
  EXPECT_EQ(block(terminal).back(), "         0 of 1 cases, 1 running") << "it takes longer";
  terminal.on(Estimate{Duration(9000), 1});
  EXPECT_THAT(block(terminal).back(), EndsWith("about 8s left"));
  terminal.on(Estimate{std::nullopt, 1});
  EXPECT_EQ(block(terminal).back(), "         0 of 1 cases, 1 running");
}

TEST_F(LiveOutput, ConsoleLinesGoToTheirMachines) {
  Terminal terminal(options_);
  start(terminal, jobs_of({3}));
  terminal.on(CaseStarted{0, 0});
  terminal.on(CaseStarted{0, 1});
  terminal.on(CaseStarted{0, 2});
  terminal.on(ConsoleLine{0, 2, "of c"});
  terminal.on(ConsoleLine{0, 0, "of\ta"});
  terminal.on(ConsoleLine{0, 1, "of b"});
  EXPECT_THAT(block(terminal), ElementsAre("         boot/a 1/3   1.0s  of a",  //
                                           "         boot/b 2/3   1.0s  of b",  //
                                           "         boot/c 3/3   1.0s  of c",  //
                                           "         0 of 3 cases, 3 running"));
  terminal.on(ConsoleLine{0, {}, "of the boot"});
  EXPECT_THAT(block(terminal), ::testing::Contains("         job-0        0.0s  of the boot").Times(0));
  EXPECT_THAT(shown(), ::testing::Contains("         job-0        1.0s  of the boot"));
}

TEST_F(LiveOutput, ACaseTakesThePlaceOfTheOneBeforeIt) {
  Terminal terminal(options_);
  start(terminal, jobs_of({4}));
  terminal.on(CaseStarted{0, 0});
  terminal.on(ConsoleLine{0, 0, "of a"});
  terminal.on(CaseStarted{0, 1});
  terminal.on(ConsoleLine{0, 1, "of b"});
  terminal.on(case_done(0, 0));
  terminal.on(CaseStarted{0, 3});
  EXPECT_THAT(block(terminal), ElementsAre("         boot/d 4/4   1.0s",  //
                                           "         boot/b 2/4   1.0s  of b", "         1 of 4 cases, 2 running"));
}

TEST_F(LiveOutput, ALineDoesNotGoBetweenTwoCases) {
  Terminal terminal(options_);
  start(terminal, jobs_of({2}));
  terminal.on(CaseStarted{0, 0});
  terminal.on(case_done(0, 0));
  now_ += Duration(100);
  terminal.tick();
  EXPECT_THAT(shown(), ElementsAre("         boot/a 1/2   0.1s", "         1 of 2 cases, 1 running"));
  EXPECT_THAT(block(terminal), ElementsAre("         1 of 2 cases")) << "nothing came after it";
}

TEST_F(LiveOutput, OnlyOneMachineOfAJobStaysBetweenCases) {
  Terminal terminal(options_);
  start(terminal, jobs_of({3}));
  terminal.on(CaseStarted{0, 0});
  terminal.on(CaseStarted{0, 1});
  terminal.on(case_done(0, 0));
  terminal.on(case_done(0, 1));
  now_ += Duration(100);
  terminal.tick();
  EXPECT_THAT(shown(), ElementsAre("         boot/a 1/3   0.1s", "         2 of 3 cases, 1 running"));
}

TEST_F(LiveOutput, JobsThatRunAtOnceAreToldApart) {
  RunStarted started = jobs_of({2, 2});
  started.outline.jobs[0].name = "boot-linux_6.12-busybox-tcg";
  started.outline.jobs[1].name = "boot-linux_7.2-busybox-tcg";
  Terminal terminal(options_);
  start(terminal, started);
  terminal.on(CaseStarted{0, 0});
  terminal.on(CaseStarted{1, 0});
  EXPECT_THAT(block(terminal), ElementsAre("         boot/a 1/2  linux_6.12   1.0s",  //
                                           "         boot/a 1/2  linux_7.2    1.0s",  //
                                           "         0 of 4 cases, 2 running"));
  terminal.on(job_done(started, 0));
  EXPECT_THAT(block(terminal), ElementsAre("         boot/a 1/2   2.0s", "         2 of 4 cases, 1 running"));
}

TEST(DistinguishingParts, AreThoseThatNotAllHave) {
  EXPECT_THAT(distinguishing_parts({"boot-a-busybox-x-tcg", "boot-b-busybox-y-tcg"}), ElementsAre("a-x", "b-y"));
  EXPECT_THAT(distinguishing_parts({"boot-a-tcg", "rust-a-tcg"}), ElementsAre("", ""));
  EXPECT_THAT(distinguishing_parts({"boot-a-tcg"}), ElementsAre(""));
  EXPECT_THAT(distinguishing_parts({"boot", "rust-a"}), ElementsAre("boot", "rust-a")) << "nothing to compare";
  EXPECT_THAT(distinguishing_parts({}), IsEmpty());
}

TEST_F(LiveOutput, AnotherAttemptSaysSo) {
  Terminal terminal(options_);
  start(terminal, jobs_of({1}));
  terminal.on(CaseStarted{0, 0});
  now_ += Duration(5000);
  terminal.on(CaseStarted{0, 0, 2});
  EXPECT_THAT(block(terminal),
              ElementsAre("         boot/a 1/1, attempt 2   1.0s", "         0 of 1 cases, 1 running"));
}

TEST_F(LiveOutput, AFailureBehindASlowCaseIsSeenAtOnce) {
  Terminal terminal(options_);
  start(terminal, jobs_of({2, 1}));
  terminal.on(CaseStarted{0, 0});
  terminal.on(CaseStarted{1, 0});
  now_ += Duration(100);
  const CaseDone failed = case_done(1, 0, Outcome::fail, "WARNING in foo");
  terminal.on(failed);
  terminal.on(job_done(jobs_of({2, 1}), 1, {failed}));
  EXPECT_THAT(block(terminal), ElementsAre("   FAIL  boot/a  WARNING in foo  (job-1)",  //
                                           "         boot/a 1/2   1.1s",                //
                                           "         1 of 3 cases, 1 failed, 1 running"));
  terminal.on(case_done(0, 0));
  terminal.on(case_done(0, 1));
  terminal.on(job_done(jobs_of({2, 1}), 0));
  shown();
  EXPECT_THAT(screen_.text(), HasSubstr("   PASS  boot/b  0.31s\n\njob-1\n   FAIL  boot/a  0.31s\n\n"));
  EXPECT_THAT(screen_.text(), Not(HasSubstr("(job-1)"))) << "its turn has come";
}

TEST_F(LiveOutput, ManyMachinesAreCounted) {
  size_ = {80, 40};
  screen_ = VirtualScreen(80, 40);
  Terminal terminal(options_);
  start(terminal, jobs_of({20}));
  for (std::size_t i = 0; i < 15; ++i)
    terminal.on(CaseStarted{0, i});
  std::vector<std::string> lines = block(terminal);
  ASSERT_EQ(lines.size(), 12u);
  EXPECT_EQ(lines[9], "         boot/j 10/20   1.0s");
  EXPECT_EQ(lines[10], "         and 5 more");
  EXPECT_EQ(lines[11], "         0 of 20 cases, 15 running");
}

TEST_F(LiveOutput, TakesHalfOfTheScreenAtMost) {
  for (std::size_t height = 1; height < 20; ++height) {
    size_ = {80, height};
    Terminal terminal(options_);
    start(terminal, jobs_of({20, 20}));
    for (std::size_t i = 0; i < 10; ++i) {
      terminal.on(CaseStarted{0, i});
      terminal.on(case_done(1, i, Outcome::fail, "broken"));
    }
    terminal.on(Progress{"unpacking"});
    written();
    now_ += Duration(1000);
    terminal.tick();
    std::string painted = written();
    const auto rows = static_cast<std::size_t>(std::count(painted.begin(), painted.end(), '\n')) + 1;
    EXPECT_LE(rows, std::max<std::size_t>(height / 2, 2)) << "of " << height;
    EXPECT_THAT(painted, HasSubstr("10 of 40 cases, 10 failed, 11 running"));
  }
}

/// The log is the same as in a file, whatever was shown below it: on any terminal, also on one that is resized.
TEST_F(LiveOutput, LeavesNothingBehind) {
  RunStarted started = jobs_of({8, 3});
  auto whole_run = [&](const std::function<void(std::size_t)>& after_event) {
    Terminal terminal(options_);
    if (options_.live) terminal.on(Progress{"on the first line of an empty screen"});
    start(terminal, started);
    std::size_t n = 0;
    auto on = [&](const Event& event) {
      now_ += Duration(70);
      terminal.on(event);
      after_event(n++);
    };
    for (std::size_t i : {3, 1, 0, 5, 7, 2, 4, 6})
      on(CaseStarted{0, i});
    if (options_.live) on(Progress{"unpacking linux-image-6.1 from somewhere that has quite a long name indeed"});
    const CaseDone failed = case_done(1, 1, Outcome::fail, "a reason");
    on(case_done(1, 0));
    on(failed);
    on(case_done(1, 2));
    for (std::size_t i : {7, 6, 0, 1, 2, 3, 5, 4}) {
      on(ConsoleLine{0, i, "[    0.123456] a console line that is longer than most of these terminals are wide"});
      on(case_done(0, i));
    }
    RunDone done;
    for (std::size_t job : {0, 1}) {
      const JobDone job_end = job_done(started, job, {failed});
      on(job_end);
      done.result.jobs.push_back(job_end.result);
    }
    on(done);
  };
  options_.live = false;
  whole_run([](std::size_t) {});
  // How long it took differs.
  auto without_time = [](const std::string& text) { return text.substr(0, text.rfind(" in ")); };
  const std::string log = without_time(written());
  EXPECT_THAT(log, EndsWith("\nFAILED  10 passed, 1 failed"));

  options_.live = true;
  for (std::size_t width = 2; width < 100; width += width < 20 ? 1 : 13) {
    size_ = {width, 12};
    VirtualScreen narrow(width, 12);
    whole_run([&](std::size_t) { narrow.write(written()); });
    narrow.write(written());
    narrow.resize(1000, 12);
    EXPECT_EQ(without_time(narrow.text()), log) << "width " << width;
    EXPECT_EQ(narrow.unknown(), "");
  }
  // It was asked before it was resized, and is narrower than it said.
  size_ = {90, 30};
  VirtualScreen late(50, 30);
  whole_run([&](std::size_t) { late.write(written()); });
  late.write(written());
  late.resize(1000, 30);
  EXPECT_EQ(without_time(late.text()), log);
  for (std::size_t step : {1, 2, 3, 5}) {
    size_ = {90, 30};
    VirtualScreen resized(90, 30);
    whole_run([&](std::size_t n) {
      resized.write(written());
      if (n % step != 0) return;
      size_ = {46 + n * 37 % 45, 30};
      resized.resize(size_.width, size_.height);
    });
    resized.write(written());
    resized.resize(1000, 30);
    EXPECT_EQ(without_time(resized.text()), log) << "resized at each event of " << step;
  }
}

TEST_F(LiveOutput, LinesThatWereBrokenAreSeveralAgain) {
  Terminal terminal(options_);
  start(terminal, jobs_of({2}));
  for (std::size_t i : {0, 1}) {
    terminal.on(CaseStarted{0, i});
    terminal.on(ConsoleLine{0, i, "a line that is long enough to be broken in two"});
  }
  block(terminal);
  size_.width = 40;
  screen_.resize(40, 24);
  block(terminal);
  screen_.resize(80, 24);
  EXPECT_THAT(shown(), ElementsAre("         boot/a 1/2   2.0s  a line that",  //
                                   "         boot/b 2/2   2.0s  a line that",  //
                                   "         0 of 2 cases, 2 running"));
}

TEST_F(LiveOutput, WidthIsAskedForAtEachPaint) {
  Terminal terminal(options_);
  start(terminal, jobs_of({1}));
  terminal.on(CaseStarted{0, 0});
  terminal.on(ConsoleLine{0, {}, "0123456789"});
  EXPECT_THAT(block(terminal),
              ElementsAre("         boot/a 1/1   1.0s  0123456789", "         0 of 1 cases, 1 running"));
  size_.width = 34;
  EXPECT_THAT(block(terminal), ElementsAre("         boot/a 1/1   2.0s  01234", "         0 of 1 cases, 1 running"));
}

TEST_F(LiveOutput, WideLettersTakeTwoColumns) {
  size_.width = 41;
  Terminal terminal(options_);
  start(terminal, jobs_of({1}));
  terminal.on(CaseStarted{0, 0});
  written();
  now_ += Duration(100);
  terminal.on(ConsoleLine{0, {}, "abcdefgh\t\xe6\xbc\xa2\xe5\xad\x97"});
  EXPECT_THAT(written(), HasSubstr("abcdefgh \xe6\xbc\xa2\x1b[K"));
}

TEST_F(LiveOutput, IsPaintedTwentyTimesASecondAtMost) {
  Terminal terminal(options_);
  start(terminal, jobs_of({1}));
  terminal.on(CaseStarted{0, 0});
  written();
  int paints = 0;
  for (int ms = 0; ms < 1000; ++ms) {
    now_ += Duration(1);
    terminal.on(ConsoleLine{0, {}, "flood"});
    paints += written().empty() ? 0 : 1;
  }
  EXPECT_LE(paints, 20);
  EXPECT_GE(paints, 19);
}

TEST_F(LiveOutput, PreparationsAreShownWhileTheyAreHeardOf) {
  Terminal terminal(options_);
  terminal.on(Progress{"trying KVM"});
  EXPECT_THAT(block(terminal), ElementsAre("         trying KVM  1.0s"));
  terminal.on(jobs_of({1}));
  EXPECT_THAT(block(terminal), ElementsAre("         0 of 1 cases"));
  terminal.on(BuildRunning{{"Linux 6.12", 5, 100, Duration(9000)}});
  terminal.on(Progress{"downloading busybox: 1 of 2 MiB"});
  now_ += Duration(4000);
  terminal.on(Progress{"downloading busybox: 2 of 2 MiB"});
  EXPECT_THAT(block(terminal), ElementsAre("         building Linux 6.12  [#-------------------]  5 of 100",
                                           "         downloading busybox: 2 of 2 MiB  5.0s",  //
                                           "         0 of 1 cases"));
  terminal.on(JobStarted{0, jobs_of({1}).outline.jobs[0]});
  EXPECT_THAT(block(terminal), ElementsAre("         job-0   1.0s  booting", "         0 of 1 cases, 1 running"));
  terminal.on(BuildRunning{{"Linux 7.2", 5, 0, Duration(9000)}});
  EXPECT_THAT(block(terminal), ::testing::Contains("         building Linux 7.2  5 done, 9s"));
  now_ += Duration(30'000);
  EXPECT_THAT(block(terminal), ElementsAre("         job-0  33.0s  booting", "         0 of 1 cases, 1 running"));
}

TEST_F(LiveOutput, IsGoneWhenTheRunIsDone) {
  Terminal terminal(options_);
  start(terminal, jobs_of({2}));
  terminal.on(CaseStarted{0, 0});
  RunDone done{jobs_of({2}).outline};
  done.result.interrupted = true;
  terminal.on(done);
  terminal.tick();
  screen_.write(written());
  EXPECT_EQ(screen_.lines().back(), "INTERRUPTED  2 not run in 0.00s");
}

TEST_F(LiveOutput, IsGoneWhenTheDisplayEnds) {
  {
    Terminal terminal(options_);
    start(terminal, jobs_of({2}));
    terminal.on(CaseStarted{0, 0});
    EXPECT_THAT(block(terminal), Not(IsEmpty()));
  }
  EXPECT_THAT(shown(), IsEmpty());
}

TEST_F(LiveOutput, ColoursTheWordOfAFailureOnly) {
  options_.colour = true;
  Terminal terminal(options_);
  start(terminal, jobs_of({2}));
  terminal.on(CaseStarted{0, 0});
  written();
  now_ += Duration(100);
  terminal.on(case_done(0, 1, Outcome::fail, "broken"));
  EXPECT_THAT(written(), HasSubstr("   \x1b[1;31mFAIL\x1b[0m  boot/b  broken  (job-0)\x1b[K"));
}

}  // namespace
}  // namespace bootgate
