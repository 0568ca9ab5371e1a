#include "harness/run/result.hpp"

#include <gtest/gtest.h>

namespace bootgate {
namespace {

RunResult run_of(std::initializer_list<Outcome> outcomes) {
  RunResult run;
  run.jobs.emplace_back();
  for (Outcome outcome : outcomes) {
    run.jobs[0].cases.emplace_back();
    run.jobs[0].cases.back().outcome = outcome;
  }
  return run;
}

using enum Outcome;

TEST(ExitCode, IsZeroOnlyWhenSomethingPassedAndNothingElseHappened) {
  EXPECT_EQ(exit_code(run_of({pass, pass})), 0);
  EXPECT_EQ(exit_code(run_of({pass, skip})), 0);
  EXPECT_EQ(exit_code(run_of({})), 3);
  EXPECT_EQ(exit_code(run_of({skip, skip})), 3);
  EXPECT_EQ(exit_code(run_of({pass, not_run})), 3);
}

TEST(ExitCode, IsOneForTheKernelAndThreeForTheBench) {
  EXPECT_EQ(exit_code(run_of({pass, fail, not_run})), 1);
  EXPECT_EQ(exit_code(run_of({pass, error})), 3);
  EXPECT_EQ(exit_code(run_of({fail, error})), 3);
}

TEST(ExitCode, IsOneForAFlakyCaseWhereThatIsAgreed) {
  EXPECT_EQ(exit_code(run_of({pass, flaky})), 0);
  EXPECT_EQ(exit_code(run_of({pass, flaky}), {}, true), 1);
  EXPECT_EQ(exit_code(run_of({pass}), {}, true), 0);
  EXPECT_EQ(exit_code(run_of({flaky, error}), {}, true), 3);
}

TEST(ExitCode, CountsSkipsAgainstTheLimit) {
  EXPECT_EQ(exit_code(run_of({pass, skip}), 0), 3);
  EXPECT_EQ(exit_code(run_of({pass, skip}), 1), 0);
}

TEST(ExitCode, IsTheErrorsOwnWhenTheRunBrokeOff) {
  RunResult run = run_of({pass});
  run.error = Error{Error::Kind::usage, "no such kernel", {}, {}};
  EXPECT_EQ(exit_code(run), 2);
  run.interrupted = true;
  EXPECT_EQ(exit_code(run), 130);
}

TEST(Tally, CountsEveryOutcome) {
  Tally tally = count(run_of({pass, pass, fail, error, skip, not_run}));
  EXPECT_EQ(tally.pass, 2);
  EXPECT_EQ(tally.fail, 1);
  EXPECT_EQ(tally.error, 1);
  EXPECT_EQ(tally.skip, 1);
  EXPECT_EQ(tally.not_run, 1);
  EXPECT_EQ(tally.total(), 6);
}

}  // namespace
}  // namespace bootgate
