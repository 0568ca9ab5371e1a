#include "harness/nightly/retention.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/support/timestamp.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t now = 1'780'000'000;
constexpr std::int64_t day = 24 * 3600;
constexpr std::uintmax_t mib = 1 << 20;

/// Newest first, of 100 MiB each: "1" is a day old.
std::vector<KeptNight> nights(int count) {
  std::vector<KeptNight> all;
  for (int i = 1; i <= count; ++i)
    all.push_back({std::to_string(i), {}, now - i * day, 100 * mib});
  return all;
}

std::vector<std::string> removed(std::vector<KeptNight> all, const std::set<std::string>& wanted, const Keep& keep) {
  std::vector<std::string> names;
  for (const KeptNight& night : superfluous(std::move(all), wanted, keep, now))
    names.push_back(night.name);
  return names;
}

TEST(Retention, WithoutALimitAllStay) {
  EXPECT_THAT(removed(nights(5), {}, {}), IsEmpty());
}

TEST(Retention, WhatIsTooOldGoesOldestFirst) {
  EXPECT_THAT(removed(nights(5), {}, {.days = 3, .mib = {}}), ElementsAre("5", "4"));
}

TEST(Retention, WhatIsTooMuchGoesOldestFirst) {
  EXPECT_THAT(removed(nights(5), {}, {.days = {}, .mib = 300}), ElementsAre("5", "4"));
  EXPECT_THAT(removed(nights(5), {}, {.days = {}, .mib = 299}), ElementsAre("5", "4", "3"));
}

TEST(Retention, TheNewestAndTheLastGoodOneStayWhateverTheirAgeAndSize) {
  EXPECT_THAT(removed(nights(5), {"4"}, {.days = 1, .mib = 1}), ElementsAre("5", "3", "2"));
  EXPECT_THAT(removed(nights(1), {}, {.days = {}, .mib = 1}), IsEmpty());
}

JobRecord job(const std::string& name, Outcome outcome) {
  JobRecord job;
  job.name = name;
  job.cases.resize(1);
  job.cases[0].verdict.outcome = outcome;
  return job;
}

class GoodNights : public ::testing::Test {
 protected:
  void add(const std::string& name, std::vector<JobRecord> jobs, RunKind kind = RunKind::night) {
    RunRecord run;
    run.name = name;
    run.timestamp = utc_timestamp(now + std::stoi(name));
    run.jobs = std::move(jobs);
    ASSERT_TRUE(history_.add(run, "", kind));
    all_.insert(name);
  }
  void add_whole(const std::string& name, Outcome first, Outcome second) {
    add(name, {job("first", first), job("second", second)});
  }
  TempDir dir_;
  History history_ = History::open(dir_.path() / "history.db").value();
  std::set<std::string> all_;
};

TEST_F(GoodNights, AreWholeOrGoodInOneJob) {
  add_whole("1", Outcome::pass, Outcome::pass);
  add_whole("2", Outcome::pass, Outcome::pass);
  add_whole("3", Outcome::pass, Outcome::fail);
  add_whole("4", Outcome::fail, Outcome::error);
  add_whole("5", Outcome::skip, Outcome::not_run);
  EXPECT_THAT(history_.last_good_nights(all_).value(), ElementsAre("2", "3")) << "2 is whole, 3 had the first job good";
}

TEST_F(GoodNights, AreThoseOfAJobThatTheNewestNightLacks) {
  add("1", {job("rare", Outcome::pass), job("usual", Outcome::pass)});
  add("2", {job("usual", Outcome::pass)});
  EXPECT_THAT(history_.last_good_nights(all_).value(), ElementsAre("1", "2"));
}

TEST_F(GoodNights, AreNoImports) {
  add("1", {job("usual", Outcome::pass)});
  add("2", {job("usual", Outcome::pass)}, RunKind::import);
  add("3", {job("usual", Outcome::fail)});
  EXPECT_THAT(history_.last_good_nights(all_).value(), ElementsAre("1"));
}

TEST_F(GoodNights, AreAmongThoseThatAreThere) {
  add("1", {job("usual", Outcome::pass)});
  add("2", {job("usual", Outcome::pass)});
  EXPECT_THAT(history_.last_good_nights({"1"}).value(), ElementsAre("1"));
}

TEST(Retention, OnlyNightsOfThatDirectoryCanBeRemoved) {
  TempDir dir;
  History history = History::open(dir.path() / "history.db").value();
  auto add = [&](const std::string& name, const fs::path& directory) {
    RunRecord run;
    run.name = name;
    run.timestamp = utc_timestamp(now);
    ASSERT_TRUE(history.add(run, directory.string(), name == "import" ? RunKind::import : RunKind::night));
  };
  dir.file("nights/a/console.log", std::string(3000, 'x'));
  dir.file("elsewhere/b/console.log", "x");
  dir.file("nights/c/console.log", "x");
  add("a", dir.path() / "nights/a");
  add("b", dir.path() / "elsewhere/b");
  add("other", dir.path() / "nights/c");  // not that night's own
  dir.file("nights/import/console.log", "x");
  add("import", dir.path() / "nights/import");
  add("gone", dir.path() / "nights/gone");
  add("up", dir.path() / "nights/..");
  const auto kept = kept_nights(history, dir.path() / "nights").value();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].name, "a");
  EXPECT_EQ(kept[0].bytes, 3000u);
}

}  // namespace
}  // namespace bootgate
