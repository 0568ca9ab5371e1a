#include "reports/result_log.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "tests/reports/terminal_fixture.hpp"

namespace bootgate {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

/// A log that can't be rewritten.
class LogOutput : public TerminalOutput {
 protected:
  void start(Terminal& terminal, const RunStarted& started) {
    started_ = started;
    terminal.on(started);
    for (std::size_t i = 0; i < started.outline.jobs.size(); ++i)
      terminal.on(JobStarted{i, started.outline.jobs[i]});
    written();
  }
  RunStarted started_;
};

TEST_F(LogOutput, ACaseWaitsForThoseBeforeIt) {
  Terminal terminal(options_);
  start(terminal, jobs_of({3}));
  terminal.on(case_done(0, 2));
  terminal.on(case_done(0, 1));
  EXPECT_EQ(written(), "");
  terminal.on(case_done(0, 0));
  EXPECT_EQ(written(), "   PASS  boot/a  0.31s\n   PASS  boot/b  0.31s\n   PASS  boot/c  0.31s\n");
}

TEST_F(LogOutput, AJobWaitsForTheOneBeforeIt) {
  Terminal terminal(options_);
  start(terminal, jobs_of({2, 1}));
  terminal.on(case_done(1, 0));
  terminal.on(job_done(started_, 1));
  terminal.on(case_done(0, 0));
  terminal.on(case_done(0, 1));
  EXPECT_EQ(written(), "   PASS  boot/a  0.31s\n   PASS  boot/b  0.31s\n") << "the job may still have a word to say";
  terminal.on(job_done(started_, 0));
  EXPECT_EQ(written(), "\njob-1\n   PASS  boot/a  0.31s\n");
}

TEST_F(LogOutput, AJobThatStartedFirstIsNotNamedBeforeItsTurn) {
  Terminal terminal(options_);
  terminal.on(jobs_of({1, 1}));
  written();
  terminal.on(JobStarted{1, jobs_of({1, 1}).outline.jobs[1]});
  EXPECT_EQ(written(), "");
  terminal.on(JobStarted{0, jobs_of({1, 1}).outline.jobs[0]});
  EXPECT_EQ(written(), "\njob-0\n");
}

TEST_F(LogOutput, CasesThatNeverComeHoldNothingUp) {
  Terminal terminal(options_);
  start(terminal, jobs_of({3, 1}));
  terminal.on(case_done(1, 0));
  terminal.on(case_done(0, 2));
  JobDone done{0, started_.outline.jobs[0]};
  done.result.cases.clear();
  terminal.on(done);
  EXPECT_EQ(written(), "   PASS  boot/c  0.31s\n\njob-1\n   PASS  boot/a  0.31s\n");
}

TEST_F(LogOutput, ACaseThatComesAfterItsJobsEndIsTold) {
  Terminal terminal(options_);
  start(terminal, jobs_of({1}));
  JobDone done{0, started_.outline.jobs[0]};
  done.result.cases.clear();
  terminal.on(done);
  terminal.on(case_done(0, 0));
  EXPECT_EQ(written(), "   PASS  boot/a  0.31s\n");
}

TEST_F(LogOutput, AJobsEndTellsOfCasesThatHadNoEventOfTheirOwn) {
  Terminal terminal(options_);
  start(terminal, jobs_of({2}));
  terminal.on(case_done(0, 0));
  JobDone done = job_done(started_, 0);
  done.result.cases[1].outcome = Outcome::not_run;
  done.result.cases[1].reason = "the machine is lost";
  terminal.on(done);
  EXPECT_EQ(written(), "   PASS  boot/a  0.31s\nNOT RUN  boot/b  the machine is lost\n");
}

TEST_F(LogOutput, AJobThatWasSkippedAsAWholeIsOneLine) {
  Terminal terminal(options_);
  start(terminal, jobs_of({3, 2}));
  for (std::size_t job : {0u, 1u}) {
    JobDone done = job_done(started_, job);
    for (CaseResult& result : done.result.cases) {
      result.outcome = Outcome::skip;
      result.reason = "KVM does not work here";
    }
    if (job == 1) done.result.cases[1].reason = "no such module";
    terminal.on(done);
  }
  EXPECT_EQ(written(),
            "   SKIP  boot/*  3 cases: KVM does not work here\n"
            "\njob-1\n   SKIP  boot/a  KVM does not work here\n   SKIP  boot/b  no such module\n");
}

TEST_F(LogOutput, AVerdictThatChangesIsToldAgain) {
  Terminal terminal(options_);
  start(terminal, jobs_of({1}));
  terminal.on(case_done(0, 0));
  terminal.on(case_done(0, 0));
  EXPECT_EQ(written(), "   PASS  boot/a  0.31s\n");
  terminal.on(case_done(0, 0, Outcome::error, "the disk is full"));
  EXPECT_THAT(written(), HasSubstr("  ERROR  boot/a  0.31s\n\n         the disk is full\n"));
}

TEST_F(LogOutput, AnInterruptedRunTellsWhatItHasInOrder) {
  Terminal terminal(options_);
  start(terminal, jobs_of({3, 2, 2}));
  terminal.on(case_done(2, 1));
  terminal.on(case_done(0, 1));
  RunDone done{started_.outline};
  done.result.interrupted = true;
  done.result.jobs[0].cases[1].outcome = done.result.jobs[2].cases[1].outcome = Outcome::pass;
  done.result.jobs[0].cases[2].reason = "interrupted";
  terminal.on(done);
  std::string text = written();
  EXPECT_THAT(text, HasSubstr("   PASS  boot/b  0.31s\nNOT RUN  boot/c  interrupted\n"));
  EXPECT_LT(text.find("job-1"), text.find("job-2"));
  EXPECT_THAT(text, EndsWith("\nINTERRUPTED  2 passed, 5 not run in 0.00s\n"));
}

TEST_F(LogOutput, JobsThatNeverStartedAreNotToldOf) {
  Terminal terminal(options_);
  terminal.on(jobs_of({1, 2}));
  terminal.on(JobStarted{0, jobs_of({1, 2}).outline.jobs[0]});
  written();
  RunDone done{jobs_of({1, 2}).outline};
  done.result.interrupted = true;
  terminal.on(done);
  EXPECT_THAT(written(), Not(HasSubstr("job-1")));
}

TEST_F(LogOutput, ARunThatFailedBeforeItsFirstJobHasOnlyASummary) {
  Terminal terminal(options_);
  terminal.on(jobs_of({1}));
  written();
  RunDone done;
  done.result.error = Error{Error::Kind::bench, "no QEMU", std::nullopt, ""};
  terminal.on(done);
  EXPECT_EQ(written(), "\nbootgate: no QEMU\nERROR  no case in 0.00s\n");
}

TEST_F(LogOutput, IsTheSameInWhateverOrderCasesEnd) {
  const RunStarted started = jobs_of({5, 1, 7, 4});
  auto text_of = [&](std::mt19937* random) {
    options_.fd = fd_.get();
    Terminal terminal(options_);
    start(terminal, started);
    std::vector<Event> events;
    for (std::size_t job = 0; job < started.outline.jobs.size(); ++job)
      for (std::size_t i = 0; i < started.outline.jobs[job].cases.size(); ++i)
        events.push_back(case_done(job, i));
    if (random) std::shuffle(events.begin(), events.end(), *random);
    std::vector<std::size_t> left{5, 1, 7, 4};
    std::string text;
    for (const Event& event : events) {
      terminal.on(event);
      const std::size_t job = std::get<CaseDone>(event).job;
      if (--left[job] == 0) terminal.on(job_done(started, job));
      std::string more = written();
      EXPECT_TRUE(more.empty() || more.ends_with('\n')) << more;
      text += more;
    }
    return text;
  };
  const std::string in_order = text_of(nullptr);
  EXPECT_THAT(in_order, HasSubstr("\njob-3\n   PASS  boot/a  0.31s\n"));
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    ASSERT_EQ(text_of(&random), in_order) << "seed " << seed;
  }
}

TEST_F(LogOutput, AFailureBehindASlowCaseIsToldOnceAfterAWhile) {
  Terminal terminal(options_);
  start(terminal, jobs_of({2, 1}));
  const CaseDone failed = case_done(1, 0, Outcome::fail, "WARNING in foo");
  terminal.on(failed);
  now_ += Duration(29'000);
  terminal.tick();
  EXPECT_EQ(written(), "");
  now_ += Duration(1000);
  terminal.tick();
  EXPECT_EQ(written(),
            "1 of 3 cases, 1 failed, 2 running\n"
            "FAIL in the meantime: boot/a of job-1: WARNING in foo\n");
  now_ += Duration(29'000);
  terminal.tick();
  EXPECT_EQ(written(), "");
  terminal.on(job_done(started_, 0));
  terminal.on(job_done(started_, 1, {failed}));
  EXPECT_THAT(written(), HasSubstr("\njob-1\n   FAIL  boot/a  0.31s\n\n         WARNING in foo\n"));
}

TEST_F(LogOutput, HowFarARunIsIsToldTwiceAMinuteWhileResultsWait) {
  Terminal terminal(options_);
  start(terminal, jobs_of({3}));
  now_ += Duration(60'000);
  terminal.tick();
  EXPECT_EQ(written(), "") << "there is nothing that is kept back";
  terminal.on(case_done(0, 1));
  EXPECT_EQ(written(), "1 of 3 cases, 1 running\n");
  terminal.on(Estimate{Duration(94'000), 1});
  now_ += Duration(30'000);
  terminal.tick();
  EXPECT_EQ(written(), "1 of 3 cases, 1 running, about 1m 04s left\n");
}

TEST_F(LogOutput, QuietTellsOfAFailureBehindASlowCaseToo) {
  options_.quiet = true;
  Terminal terminal(options_);
  start(terminal, jobs_of({2}));
  terminal.on(case_done(0, 1, Outcome::error, "no memory"));
  now_ += Duration(30'000);
  terminal.tick();
  EXPECT_EQ(written(), "ERROR in the meantime: boot/b of job-0: no memory\n");
}

TEST_F(LogOutput, AFlakySaysHowOftenItWasTriedAndWhatWentWrong) {
  Terminal terminal(options_);
  start(terminal, jobs_of({1}));
  CaseDone done{0, 0, sample_flake()};
  terminal.on(done);
  EXPECT_EQ(written(), "  FLAKY  boot/loop-device  0.31s  (3 attempts; first: not within 5s: loop: module loaded)\n");
}

TEST_F(LogOutput, AFlakyThatFailedLaterNamesTheAttempt) {
  Terminal terminal(options_);
  start(terminal, jobs_of({1}));
  CaseDone done{0, 0, sample_flake()};
  done.result.earlier[0].outcome = Outcome::pass;
  terminal.on(done);
  EXPECT_THAT(written(), HasSubstr("(3 attempts; attempt 2: QEMU: killed by SIGKILL)\n"));
}

TEST_F(LogOutput, ACaseThatFailedEveryTimeShowsItsAttempts) {
  Terminal terminal(options_);
  start(terminal, jobs_of({1}));
  CaseDone done{0, 0, sample_flake()};
  done.result.outcome = Outcome::fail;
  done.result.reason = "no such line";
  terminal.on(done);
  EXPECT_THAT(written(), HasSubstr("         no such line\n"
                                   "         attempt 1: fail: not within 5s: loop: module loaded\n"
                                   "         attempt 2: error: QEMU: killed by SIGKILL\n"));
}

TEST_F(LogOutput, AFreshBootInsteadOfACloneSaysWhyOnce) {
  Terminal terminal(options_);
  start(terminal, jobs_of({4}));
  const std::string reason = "a fresh boot: the checkpoint failed: nvme can't migrate";
  for (std::size_t i = 0; i < 4; ++i) {
    CaseDone done = case_done(0, i);
    done.result.machine = i == 2 ? "a clone" : reason;
    terminal.on(done);
  }
  EXPECT_EQ(written(),
            "   PASS  boot/a  0.31s  (fresh boot: the checkpoint failed: nvme can't migrate)\n"
            "   PASS  boot/b  0.31s  (fresh boot)\n"
            "   PASS  boot/c  0.31s\n"
            "   PASS  boot/d  0.31s  (fresh boot)\n");
}

TEST_F(LogOutput, ALongReasonForAFreshBootIsCut) {
  Terminal terminal(options_);
  start(terminal, jobs_of({1}));
  CaseDone done = case_done(0, 0);
  done.result.machine = "a fresh boot: " + std::string(200, 'x');
  terminal.on(done);
  EXPECT_EQ(written(), "   PASS  boot/a  0.31s  (fresh boot: " + std::string(50, 'x') + "...)\n");
}

}  // namespace
}  // namespace bootgate
