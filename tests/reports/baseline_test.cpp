#include "reports/baseline.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/support/timestamp.hpp"
#include "reports/overview.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

Outcome outcome_marked(char mark) {
  switch (mark) {
    case '.': return Outcome::pass;
    case 'F': return Outcome::fail;
    case 'E': return Outcome::error;
    case 's': return Outcome::skip;
    case 'k': return Outcome::known;
    default: return Outcome::not_run;
  }
}

/// "F- " is a job of build, login and sample: one failed, one was not run, and one is not there. A run that is broken
/// has a '!' before them.
RunRecord marked_run(std::string_view marks, const std::string& name) {
  RunRecord run;
  run.name = name;
  run.timestamp = utc_timestamp(1'780'000'000);
  if (marks.starts_with('!')) {
    run.error = "no disk";
    marks.remove_prefix(1);
  }
  JobRecord& job = run.jobs.emplace_back();
  job.name = "job";
  const char* const names[] = {"build", "login", "sample"};
  for (std::size_t i = 0; i < marks.size(); ++i)
    if (marks[i] != ' ') job.cases.push_back({"boot", names[i], {outcome_marked(marks[i]), {}, {}, {}, {}}, {}});
  return run;
}

class Baselines : public ::testing::Test {
 protected:
  Result<> record(RunRecord run) {
    RunRecord start = run;
    start.jobs.clear();
    auto done = history_.begin_run(start, "");
    for (const JobRecord& job : run.jobs)
      if (done) done = history_.add_job(run.name, job);
    return done ? history_.finish_run(run.name, run.error, run.interrupted) : done;
  }
  Overview seen(const std::string& name) const {
    return make_overview(history_.run(name).value().value(), view_history(history_, name).value());
  }

  TempDir dir_;
  History history_ = History::open(dir_.path() / "history.db").value();
};

struct Rule {
  const char* what;
  std::vector<std::string> nights;
  std::vector<std::string> told;  // of the last one
};

std::string finding_of(const Finding& finding) {
  return fmt::format("{}{} {}", to_string(finding.change.change), is_new_failure(finding.change) ? "!" : "",
                     finding.change.name);
}

class EachRule : public Baselines, public ::testing::WithParamInterface<Rule> {};

TEST_P(EachRule, Holds) {
  const Rule& rule = GetParam();
  int number = 0;
  for (const std::string& night : rule.nights)
    ASSERT_TRUE(record(marked_run(night, std::to_string(++number))));
  std::vector<std::string> told;
  for (const Finding& finding : seen(std::to_string(number)).findings)
    told.push_back(finding_of(finding));
  EXPECT_THAT(told, UnorderedElementsAreArray(rule.told)) << rule.what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, EachRule,
    ::testing::Values(
        Rule{"nothing happens", {"...", "..."}, {}},
        Rule{"a boot breaks", {"...", "F--"}, {"broken! build", "gone login", "gone sample"}},
        Rule{"and stays broken", {"...", "F--", "F--"}, {"still failing build"}},
        Rule{"and its samples are not known any more", {"...", "F--", "F- "}, {"still failing build"}},
        Rule{"and is mended", {"...", "F--", "F--", "..."}, {"fixed build"}},
        Rule{"and hid another failure", {"...", "F- ", "F- ", "..F"}, {"fixed build", "broken! sample"}},
        Rule{"and what was taken out meanwhile is gone", {"...", "F--", ".. "}, {"fixed build", "gone sample"}},
        Rule{"a tree can't be fetched", {"...", "E--"}, {"unjudged build"}},
        Rule{"nor its samples known", {"...", "E- "}, {"unjudged build"}},
        Rule{"a QEMU dies", {"...", ".E-"}, {"unjudged login"}},
        Rule{"the bench hides no break of the next night",
             {"...", "E--", "F--"},
             {"broken! build", "gone login", "gone sample"}},
        Rule{"nor tells it again", {"...", "F--", "E--", "F--"}, {"still failing build"}},
        Rule{"nor does a broken run", {"...", "F--", "!---", "F--"}, {"still failing build"}},
        Rule{"which is no break either", {"...", "!---"}, {}},
        Rule{"but may come before one", {"...", "!---", "F--"}, {"broken! build", "gone login", "gone sample"}},
        Rule{"a boot breaks in a night that has an error of its own",
             {"...", "!F--"},
             {"broken! build", "gone login", "gone sample"}},
        Rule{"which is told once", {"...", "!F--", "F--"}, {"still failing build"}},
        Rule{"also of samples that are not known any more",
             {"...", "!F- "},
             {"broken! build", "gone login", "gone sample"}},
        Rule{"once", {"...", "!F- ", "F- "}, {"still failing build"}},
        Rule{"a known issue takes a boot along", {"...", "k--"}, {"gone login", "gone sample"}},
        Rule{"once", {"...", "k--", "k--"}, {}},
        Rule{"also where the boot had failed before", {"...", "F--", "k--", "k--"}, {}},
        Rule{"--fail-fast begins no other case of this job", {"...", ".--"}, {}},
        Rule{"whichever night it is", {"...", ".--", ".- "}, {}},
        Rule{"and hides no break of the next night",
             {"...", ".--", "F--"},
             {"broken! build", "gone login", "gone sample"}},
        Rule{"nor tells it again", {"...", "F--", "---", "F--"}, {"still failing build"}},
        Rule{"the first night had no tree", {"E--", "F--"}, {"new! build"}},
        Rule{"and the second has", {"E--", "..."}, {"new build", "new login", "new sample"}},
        Rule{"or has none either", {"E--", "E--"}, {"unjudged build"}},
        Rule{"a case is taken out", {"...", ".. "}, {"gone sample"}},
        Rule{"which is told once", {"...", ".. ", ".. "}, {}},
        Rule{"also where the bench fails each night", {"E..", "E. ", "E. "}, {"unjudged build"}},
        Rule{"and comes back", {"...", ".. ", "..."}, {"new sample"}},
        Rule{"a case is skipped", {"...", "..s"}, {"gone sample"}}));

JobRecord crashed_job(const std::string& name, const std::vector<std::string>& titles) {
  JobRecord job;
  job.name = name;
  CaseRecord& record = job.cases.emplace_back();
  record.suite = "boot";
  record.name = "login";
  record.verdict.outcome = Outcome::fail;
  record.verdict.cause = Cause::signature;
  record.verdict.reason = titles.front();
  for (const std::string& title : titles)
    record.verdict.crashes.push_back({title, "", true});
  return job;
}

TEST_F(Baselines, EachCrashReportOfACaseIsNewOnce) {
  for (const char* name : {"1", "2", "3"}) {
    RunRecord run = marked_run("...", name);
    run.jobs.push_back(crashed_job("crashing", {"WARNING in foo", "kernel BUG in bar"}));
    ASSERT_TRUE(record(run));
  }
  EXPECT_THAT(seen("2").crashes, IsEmpty());
  EXPECT_THAT(seen("3").crashes, IsEmpty());
}

TEST_F(Baselines, ACrashReportOfAnEarlierAttemptIsKnown) {
  for (const char* name : {"1", "2"}) {
    RunRecord run = marked_run("...", name);
    JobRecord job = crashed_job("crashing", {"WARNING in foo"});
    job.cases[0].earlier = {job.cases[0].verdict};
    job.cases[0].verdict = {Outcome::flaky, {}, {}, {}, {}};
    run.jobs.push_back(job);
    ASSERT_TRUE(record(run));
  }
  EXPECT_THAT(seen("2").crashes, IsEmpty());
}

TEST_F(Baselines, ATitleOfAnotherJobIsNewAndKnownElsewhere) {
  RunRecord first = marked_run("...", "1"), second = marked_run("...", "2");
  first.jobs.push_back(crashed_job("one", {"WARNING in foo"}));
  second.jobs.push_back(crashed_job("two", {"WARNING in foo", "WARNING in new"}));
  ASSERT_TRUE(record(first) && record(second));
  const std::vector<NewCrash> crashes = seen("2").crashes;
  ASSERT_EQ(crashes.size(), 2u);
  EXPECT_TRUE(crashes[0].elsewhere);
  EXPECT_FALSE(crashes[1].elsewhere);
}

TEST_F(Baselines, AReplayIsNoBaseForTheNextNight) {
  ASSERT_TRUE(record(marked_run("...", "1")));
  RunRecord replay = marked_run("..F", "replay");
  replay.timestamp = utc_timestamp(1'780'000'100);
  replay.jobs[0].cases.erase(replay.jobs[0].cases.begin());
  ASSERT_TRUE(history_.add(replay, ""));
  ASSERT_TRUE(record(marked_run("...", "2")));
  EXPECT_EQ(seen("2").before, "1");
  EXPECT_THAT(seen("2").findings, IsEmpty());
}

TEST_F(Baselines, AJobThatIsTakenOutBehindANightThatWasCutOffIsGone) {
  RunRecord whole = marked_run("...", "1"), cut_off = marked_run("...", "2");
  whole.jobs.push_back(whole.jobs[0]);
  whole.jobs[1].name = "taken out";
  cut_off.interrupted = true;
  for (const RunRecord& run : {whole, cut_off, marked_run("...", "3")})
    ASSERT_TRUE(record(run));
  const Overview overview = seen("3");
  EXPECT_EQ(overview.before, "1");
  ASSERT_EQ(overview.findings.size(), 3u);
  for (const Finding& finding : overview.findings)
    EXPECT_EQ(finding.change.change, Change::gone);
}

TEST_F(Baselines, ARunThatIsNotRecordedIsComparedWithTheNewestAsAWhole) {
  ASSERT_TRUE(record(marked_run("...", "1")));
  RunRecord newest = marked_run("...", "2");
  newest.jobs[0].name = "other";
  ASSERT_TRUE(record(newest));
  const HistoryView view = view_history(history_, "not there").value();
  EXPECT_EQ(view.before, "2");
  EXPECT_THAT(view.jobs_before, ElementsAre("other"));
}

TEST(TwoRuns, WhatTheBenchBrokeOffIsNotGone) {
  const RunRecord before = marked_run("...", "1");
  for (const char* marks : {"!.--", "!. ", "E--", ".E-"}) {
    const Overview overview = make_overview(before, marked_run(marks, "2"));
    for (const Finding& finding : overview.findings)
      EXPECT_NE(finding.change.change, Change::gone) << marks;
    EXPECT_TRUE(is_quiet(overview)) << marks;
  }
  RunRecord cut_off = marked_run(".", "2");
  cut_off.interrupted = true;
  EXPECT_THAT(make_overview(before, cut_off).findings, IsEmpty());
  RunRecord broken_too = marked_run("F--", "2");
  EXPECT_EQ(make_overview(before, broken_too).findings.size(), 3u) << "that is the kernel's";
  broken_too.interrupted = true;
  EXPECT_EQ(make_overview(before, broken_too).findings.size(), 1u) << "what would have followed can't be told";
}

TEST(TwoRuns, OneThatBrokeOffCanNotBeJudged) {
  RunRecord whole = marked_run("...", "1"), half = marked_run("..", "2"), worse = marked_run("..F", "3");
  EXPECT_EQ(comparison_status(whole, make_overview(whole, whole)), 0);
  half.interrupted = true;
  EXPECT_EQ(comparison_status(whole, make_overview(whole, half)), 3);
  EXPECT_EQ(comparison_status(half, make_overview(half, whole)), 3);
  EXPECT_EQ(comparison_status(whole, make_overview(whole, marked_run("!...", "2"))), 3);
  EXPECT_EQ(comparison_status(whole, make_overview(whole, worse)), 1);
}

}  // namespace
}  // namespace bootgate
