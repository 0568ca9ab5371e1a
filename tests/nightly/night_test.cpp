#include "harness/nightly/night.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/support/timestamp.hpp"
#include "reports/result_files.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t start = 1'780'000'000;

class Nights : public ::testing::Test {
 protected:
  History open() const { return History::open(nights() / "history.db").value(); }
  fs::path nights() const { return dir_.path() / "nights"; }
  Night begin(History& history, std::int64_t now, const std::string& plan = "plan") const {
    return begin_night(nights(), history, plan, {{"git:/linux@master", "0123"}}, now).value();
  }
  TempDir dir_;
};

JobRecord job(const std::string& name) {
  JobRecord job;
  job.name = name;
  return job;
}

TEST_F(Nights, ANightThatWasCutOffGoesOnWithItsCommits) {
  {
    History history = open();
    const Night night = begin(history, start);
    ASSERT_TRUE(history.add_job(night.name, job("first")));
    // A power cut may leave these empty, or nothing of them.
    ASSERT_TRUE(history.add_job(night.name, job("empty")));
    ASSERT_TRUE(history.add_job(night.name, job("lost")));
    dir_.file("nights/" + night.name + "/first/result.json", "{}");
    dir_.file("nights/" + night.name + "/empty/result.json", "");
  }
  const History history = open();
  const auto night = unfinished_night(history, "plan", start + 3600).value();
  ASSERT_TRUE(night);
  EXPECT_EQ(night->name, "20260528-202640");
  EXPECT_EQ(night->directory, nights() / night->name);
  EXPECT_EQ(night->timestamp, utc_timestamp(start));
  EXPECT_THAT(night->done, ElementsAre("first"));
  EXPECT_EQ(night->commits.at("git:/linux@master"), "0123");
}

TEST_F(Nights, AnotherPlanOrAnotherDayIsAnotherNight) {
  History history = open();
  const Night night = begin(history, start);
  EXPECT_FALSE(unfinished_night(history, "other", start + 3600).value());
  EXPECT_FALSE(unfinished_night(history, "plan", start + resumed_for_seconds + 1).value());
  EXPECT_FALSE(unfinished_night(history, "plan", start - 60).value()) << "the clock went back";
  EXPECT_TRUE(unfinished_night(history, "plan", start + 60).value());
  fs::remove_all(night.directory);
  EXPECT_FALSE(unfinished_night(history, "plan", start + 60).value()) << "its directory is gone";
}

TEST_F(Nights, PinsThatAreLookedUpLaterAreKept) {
  History history = open();
  Night night = begin(history, start);
  night.commits.emplace("git:/other@master", "4567");
  ASSERT_TRUE(keep_commits(night, "plan"));
  EXPECT_EQ(unfinished_night(history, "plan", start + 60).value()->commits, night.commits);
}

TEST_F(Nights, WaitsForTheTimersNextStart) {
  EXPECT_GT(resumed_for_seconds, 24 * 3600 + 3600);
}

TEST_F(Nights, JobsThatWereNotRecordedAreRecordedAtTheEnd) {
  History history = open();
  const Night night = begin(history, start);
  JobRecord done = job("done");
  done.cases.resize(1);
  done.cases[0].name = "login";
  ASSERT_TRUE(history.add_job(night.name, done));
  done.name = "missing";
  ASSERT_TRUE(record_missing(history, night.name, {job("not begun"), done}));
  EXPECT_THAT(history.jobs_of(night.name).value(), ElementsAre("done", "missing"));
}

TEST_F(Nights, AnImportHidesNoNightThatWasCutOff) {
  History history = open();
  const Night night = begin(history, start);
  RunRecord other;
  other.name = "other";
  other.timestamp = utc_timestamp(start + 600);
  ASSERT_TRUE(history.add(other, ""));
  ASSERT_TRUE(unfinished_night(history, "plan", start + 3600).value());
  begin(history, start + 86'400, "another plan");
  EXPECT_EQ(history.run(night.name).value()->error, "it was cut off");
}

TEST_F(Nights, ADirectoryOfAReplayIsNone) {
  History history = open();
  EXPECT_TRUE(is_night(begin(history, start).directory));
  dir_.file("nights/replay/run.json", "{}");
  EXPECT_FALSE(is_night(nights() / "replay"));
  EXPECT_FALSE(is_night({}));
}

TEST_F(Nights, OneThatIsFinishedDoesNotGoOn) {
  History history = open();
  const Night night = begin(history, start);
  ASSERT_TRUE(history.finish_run(night.name, "", false));
  EXPECT_FALSE(unfinished_night(history, "plan", start + 60).value());
}

TEST_F(Nights, ANewNightMarksTheOldOneAsCutOff) {
  History history = open();
  const Night old = begin(history, start);
  const Night next = begin(history, start + 86'400, "other");
  const auto runs = history.runs(2).value();
  EXPECT_EQ(runs.at(0).name, next.name);
  EXPECT_TRUE(runs.at(1).finished);
  EXPECT_TRUE(runs.at(1).interrupted);
  EXPECT_EQ(runs.at(1).error, "it was cut off");
}

TEST_F(Nights, TwoInOneSecondHaveDirectoriesOfTheirOwn) {
  History history = open();
  EXPECT_EQ(begin(history, start).name, "20260528-202640");
  EXPECT_EQ(begin(history, start).name, "20260528-202640-2");
  EXPECT_EQ(history.runs(1).value().at(0).name, "20260528-202640-2");
}

TEST_F(Nights, ADirectoryThatCanNotBeMadeIsTheBenchs) {
  History history = History::open(dir_.path() / "history.db").value();
  auto night = begin_night(dir_.path() / "missing", history, "plan", {}, start);
  ASSERT_FALSE(night);
  EXPECT_EQ(night.error().kind, Error::Kind::bench);
  EXPECT_THAT(history.runs(1).value(), ::testing::IsEmpty());
}

TEST_F(Nights, OnlyOneRunsAtATime) {
  auto first = lock_nights(nights());
  ASSERT_TRUE(first);
  // A lock of flock(2) is the open file's, so that this process can collide with itself.
  auto second = lock_nights(nights());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, Error::Kind::bench);
  EXPECT_THAT(second.error().what, HasSubstr("another night is running"));
  first = tl::unexpected(Error{});
  EXPECT_TRUE(lock_nights(nights()));
}

TEST_F(Nights, TheResultIsThatOfAllItsParts) {
  History history = open();
  const Night night = begin(history, start);
  dir_.file("nights/" + night.name + "/first/result.json", R"({"cases": [{"name": "a", "outcome": "pass"}]})");
  RunResult last_part;
  last_part.timestamp = utc_timestamp(start + 3600);
  last_part.jobs.resize(1);
  last_part.jobs[0].name = "second";
  last_part.error = Error{Error::Kind::bench, "no disk", {}, {}};
  ResultFiles files(night.directory, {"first"});
  files.on(RunDone{last_part});
  const RunResult whole = whole_result(night, last_part, std::nullopt).value();
  ASSERT_EQ(whole.jobs.size(), 2u);
  EXPECT_EQ(whole.jobs[0].cases.size(), 1u);
  EXPECT_EQ(whole.timestamp, night.timestamp);
  ASSERT_TRUE(whole.error);
  EXPECT_EQ(whole.error->what, "no disk");
}

TEST_F(Nights, AResultThatCanNotBeReadIsTheBenchs) {
  History history = open();
  const Night night = begin(history, start);
  // That is no substitute: it has no consoles.
  dir_.file("nights/" + night.name + "/junit.xml", R"(<testsuite name="t"><testcase name="a"/></testsuite>)");
  const auto lost = whole_result(night, {}, std::nullopt);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, Error::Kind::bench);
  const auto unwritten = whole_result(night, {}, Error{Error::Kind::bench, "can't write: no space", {}, {}});
  ASSERT_FALSE(unwritten);
  EXPECT_EQ(unwritten.error().what, "can't write: no space");
}

TEST_F(Nights, WhatHalfJobsHaveLeftGoes) {
  Night night;
  night.directory = dir_.path();
  night.done = {"first"};
  Plan plan;
  plan.jobs.resize(2);
  plan.jobs[0].name = "first";
  plan.jobs[1].name = "second";
  dir_.file("first/console.log", "x");
  dir_.file("second/console.log", "x");
  dir_.file("night.json", "{}");
  remove_halves(night, plan);
  EXPECT_TRUE(fs::exists(dir_.path() / "first/console.log"));
  EXPECT_FALSE(fs::exists(dir_.path() / "second"));
  EXPECT_TRUE(fs::exists(dir_.path() / "night.json"));
}

}  // namespace
}  // namespace bootgate
