#include "reports/compare.hpp"

#include <gtest/gtest.h>

#include "tests/reports/sample_run.hpp"

namespace bootgate {
namespace {

CaseRecord record(Outcome outcome, std::vector<std::string> crashes = {}) {
  CaseRecord record;
  record.suite = "boot";
  record.name = "a";
  record.verdict.outcome = outcome;
  for (std::string& title : crashes)
    record.verdict.crashes.push_back({std::move(title), "f:g", true});
  return record;
}

RunRecord run_of(std::vector<CaseRecord> cases, std::string job = "job") {
  RunRecord run;
  run.jobs.emplace_back();
  run.jobs[0].name = std::move(job);
  run.jobs[0].cases = std::move(cases);
  return run;
}

Change change(Outcome before, Outcome after) {
  return compare(run_of({record(before)}), run_of({record(after)})).cases.at(0).change;
}

TEST(Compare, WhatPassedAndFailsIsBroken) {
  EXPECT_EQ(change(Outcome::pass, Outcome::fail), Change::broken);
  EXPECT_EQ(change(Outcome::flaky, Outcome::fail), Change::broken);
}

TEST(Compare, AKnownIssueThatFailsOtherwiseIsBroken) {
  EXPECT_EQ(change(Outcome::known, Outcome::fail), Change::broken);
  EXPECT_EQ(change(Outcome::pass, Outcome::known), Change::same);
  EXPECT_EQ(change(Outcome::fail, Outcome::known), Change::same);
}

TEST(Compare, WhatFailedAndPassesIsFixed) {
  EXPECT_EQ(change(Outcome::fail, Outcome::pass), Change::fixed);
  EXPECT_EQ(change(Outcome::known, Outcome::pass), Change::fixed);
}

TEST(Compare, WhatFailsBothTimesIsStillFailing) {
  EXPECT_EQ(change(Outcome::fail, Outcome::fail), Change::still_failing);
}

TEST(Compare, WhatFailsAndPassesAtTimesIsFlakyAndNeverFixed) {
  EXPECT_EQ(change(Outcome::pass, Outcome::flaky), Change::flaky);
  EXPECT_EQ(change(Outcome::fail, Outcome::flaky), Change::flaky);
  EXPECT_EQ(change(Outcome::flaky, Outcome::pass), Change::same);
}

TEST(Compare, APassThatIsSkippedOrNotRunIsGone) {
  EXPECT_EQ(change(Outcome::pass, Outcome::skip), Change::gone);
  EXPECT_EQ(change(Outcome::pass, Outcome::not_run), Change::gone);
  EXPECT_EQ(change(Outcome::fail, Outcome::skip), Change::gone);
  EXPECT_EQ(change(Outcome::skip, Outcome::not_run), Change::same);
}

TEST(Compare, WhatHadNoVerdictIsNewAndMayFail) {
  const Comparison passes = compare(run_of({record(Outcome::skip)}), run_of({record(Outcome::pass)}));
  EXPECT_EQ(passes.cases[0].change, Change::added);
  EXPECT_FALSE(is_new_failure(passes.cases[0]));
  const Comparison fails = compare(run_of({}), run_of({record(Outcome::fail)}));
  EXPECT_EQ(fails.cases[0].change, Change::added);
  EXPECT_TRUE(is_new_failure(fails.cases[0]));
  EXPECT_FALSE(fails.cases[0].before);
}

TEST(Compare, AFailureOfTheBenchJudgesNothing) {
  for (Outcome other : {Outcome::pass, Outcome::fail, Outcome::skip, Outcome::error}) {
    EXPECT_EQ(change(Outcome::error, other), Change::unjudged) << to_string(other);
    EXPECT_EQ(change(other, Outcome::error), Change::unjudged) << to_string(other);
  }
}

TEST(Compare, ASampleThatVanishesIsToldFromOneThatIsSkipped) {
  const Comparison vanished = compare(run_of({record(Outcome::pass)}), run_of({}));
  ASSERT_EQ(vanished.cases.size(), 1u);
  EXPECT_EQ(vanished.cases[0].change, Change::gone);
  EXPECT_TRUE(is_vanished(vanished.cases[0]));
  EXPECT_FALSE(is_vanished(compare(run_of({record(Outcome::pass)}), run_of({record(Outcome::skip)})).cases[0]));
}

TEST(Compare, AWholeJobThatIsMissingIsGoneCaseByCase) {
  EXPECT_EQ(
      count(compare(run_of({record(Outcome::pass)}, "one"), run_of({record(Outcome::pass)}, "two")), Change::gone), 1);
}

TEST(Compare, TheCallersKeyMatchesJobsOfDifferentNames) {
  const JobKey key = [](const JobRecord& job) { return job.name.substr(0, job.name.find('-')); };
  const Comparison comparison =
      compare(run_of({record(Outcome::pass)}, "boot-base"), run_of({record(Outcome::fail)}, "boot-head"), key);
  ASSERT_EQ(comparison.cases.size(), 1u);
  EXPECT_EQ(comparison.cases[0].change, Change::broken);
  EXPECT_EQ(comparison.cases[0].job, "boot");
}

TEST(Compare, ARetryThatPassesForgivesNoCrashTitle) {
  CaseRecord later = record(Outcome::flaky);
  later.earlier.push_back(record(Outcome::fail, {"WARNING in foo"}).verdict);
  const Comparison comparison = compare(run_of({record(Outcome::pass)}), run_of({later}));
  ASSERT_EQ(comparison.crashes.size(), 1u);
  EXPECT_EQ(comparison.crashes[0].crash.title, "WARNING in foo");
  EXPECT_EQ(comparison.crashes[0].name, "a");
}

TEST(Compare, ATitleIsNewOnceForAJob) {
  CaseRecord other = record(Outcome::fail, {"WARNING in foo"});
  other.name = "b";
  const RunRecord after = run_of({record(Outcome::fail, {"WARNING in foo"}), other});
  EXPECT_EQ(compare(run_of({}), after).crashes.size(), 1u);
  EXPECT_EQ(compare(after, after).crashes.size(), 0u);
}

TEST(Compare, ATitleThatAnotherJobHadIsMarked) {
  const RunRecord before = run_of({record(Outcome::fail, {"WARNING in foo"})}, "one");
  const RunRecord after = run_of({record(Outcome::fail, {"WARNING in foo"})}, "two");
  ASSERT_EQ(compare(before, after).crashes.size(), 1u);
  EXPECT_TRUE(compare(before, after).crashes[0].elsewhere);
  EXPECT_FALSE(compare(run_of({}), after).crashes[0].elsewhere);
}

TEST(Compare, ATitleThatDoesNotCountIsNoNewCrash) {
  CaseRecord asked_for = record(Outcome::pass, {"kernel BUG in lkdtm_BUG"});
  asked_for.verdict.crashes[0].counts = false;
  EXPECT_TRUE(compare(run_of({}), run_of({asked_for})).crashes.empty());
}

TEST(Compare, MeasurementsOfBothRunsAreSetSideBySide) {
  RunRecord before = run_of({}), after = run_of({});
  before.jobs[0].measurements = {{"time.login", 0.75}, {"size.kernel", 100}};
  after.jobs[0].measurements = {{"time.login", 0.80}, {"time.init", 0.5}};
  const Comparison comparison = compare(before, after);
  ASSERT_EQ(comparison.measurements.size(), 1u);
  EXPECT_EQ(comparison.measurements[0].name, "time.login");
  EXPECT_EQ(comparison.measurements[0].before, 0.75);
  EXPECT_EQ(comparison.measurements[0].after, 0.80);
}

TEST(RunRecord, KeepsWhatAResultSaysWithoutItsConsoles) {
  RunResult run = sample_run();
  run.jobs[0].facts.insert(run.jobs[0].facts.end(),
                           {{"time.login", "0.731"}, {"size.kernel", "7340032"}, {"time_scale", "4"}});
  run.jobs[0].cases.push_back(sample_flake());
  const RunRecord record = record_of(run);
  const JobRecord& job = record.jobs.at(0);
  EXPECT_EQ(job.name, run.jobs[0].name);
  EXPECT_EQ(fact(job, "qemu.version"), "7.2.22");
  const std::vector<Measurement> measured{{"time.login", 0.731}, {"size.kernel", 7340032}};
  EXPECT_EQ(job.measurements, measured);
  EXPECT_EQ(job.cases.at(1).verdict.crashes, (std::vector<CrashRecord>{{"WARNING in foo_bar", "", true}}));
  EXPECT_EQ(job.cases.at(5).earlier.size(), 2u);
  EXPECT_EQ(job.cases.at(5).earlier[0].reason, "not within 5s: loop: module loaded");
  EXPECT_EQ(count(record).total(), count(run).total());
  EXPECT_EQ(count(record).flaky, 1);
}

TEST(RunRecord, TellsAReportThatCountsFromOneThatWasAskedFor) {
  RunResult run = sample_run();
  CaseResult wanted = sample_failure();
  wanted.outcome = Outcome::pass;
  CaseResult known = sample_failure();
  known.reports[0].known = "an issue";
  CaseResult notice = sample_failure();
  notice.reports[0].severity = Severity::notice;
  run.jobs[0].cases = {wanted, known, notice, sample_failure()};
  const JobRecord job = record_of(run).jobs.at(0);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_FALSE(job.cases.at(i).verdict.crashes.at(0).counts) << i;
  EXPECT_TRUE(job.cases.at(3).verdict.crashes.at(0).counts);
}

TEST(RunRecord, WhatACaseHadAskedForDoesNotCountWhateverItFailsFor) {
  RunResult run = sample_run();
  CaseResult asked = sample_failure();
  asked.reports[0].allowed = true;
  run.jobs[0].cases = {asked};
  EXPECT_FALSE(record_of(run).jobs.at(0).cases.at(0).verdict.crashes.at(0).counts);
}

TEST(RunRecord, MeasuresNothingThatIsNoNumber) {
  for (const char* bad : {"inf", "-inf", "nan", "1e300", "-1", "2e15"}) {
    JobRecord job;
    add_fact(job, "time.login", bad);
    EXPECT_TRUE(job.measurements.empty()) << bad;
    EXPECT_EQ(fact(job, "time.login"), bad);
  }
}

TEST(RunRecord, GuestBytesBecomePrintable) {
  CaseResult hostile = sample_failure();
  hostile.reason = hostile_bytes();
  RunResult run = sample_run();
  run.jobs[0].cases = {hostile};
  const std::string reason = record_of(run).jobs[0].cases[0].verdict.reason;
  EXPECT_EQ(reason.find('\x1b'), std::string::npos);
  EXPECT_NE(reason.find("\\x1b[2J"), std::string::npos);
}

}  // namespace
}  // namespace bootgate
