#include "reports/kcidb.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "tests/reports/sample_run.hpp"

namespace bootgate {
namespace {

const Json::Array& array(const Json& json, std::string_view name) {
  return std::get<Json::Array>(json.find(name)->value);
}

RunRecord sample_record() {
  RunResult run = sample_run();
  run.jobs[0].facts = {
      {"kernel.sha256", std::string(64, 'a')},
      {"kernel.release", "6.12.1"},
      {"kernel.origin", "commit 0123456789ab (master of https://example.org/linux.git), built with host"},
      {"build.toolchain", "host: clang 19"}};
  run.jobs.push_back(run.jobs[0]);
  run.jobs[1].name = "second";
  run.jobs[1].cases = {sample_flake(), sample_flake()};
  RunRecord record = record_of(run);
  record.name = "20261126-020000";
  return record;
}

TEST(Kcidb, HasACheckoutAndABuildForEachKernelAndATestForEachCase) {
  const Json json = kcidb_json(sample_record(), "bootgate");
  EXPECT_EQ(dump_json(*json.find("version")), R"({"major":5,"minor":3})");
  ASSERT_EQ(array(json, "checkouts").size(), 1u) << "two jobs booted the same kernel";
  const Json& checkout = array(json, "checkouts")[0];
  EXPECT_EQ(checkout.find("git_repository_url")->text(), "https://example.org/linux.git");
  EXPECT_EQ(checkout.find("git_repository_branch")->text(), "master");
  EXPECT_EQ(checkout.find("start_time")->text(), "2026-11-23T01:20:00+00:00");
  ASSERT_EQ(array(json, "builds").size(), 1u);
  EXPECT_EQ(array(json, "builds")[0].find("status")->text(), "PASS");
  EXPECT_EQ(array(json, "tests").size(), 7u);
}

TEST(Kcidb, EachOutcomeHasItsStatus) {
  const Json json = kcidb_json(sample_record(), "bootgate");
  std::vector<std::string> found;
  for (const Json& test : array(json, "tests"))
    found.emplace_back(test.find("status")->text());
  EXPECT_EQ(found, (std::vector<std::string>{"PASS", "FAIL", "ERROR", "SKIP", "MISS", "PASS", "PASS"}));
}

TEST(Kcidb, IdsArePlainUniqueAndReferToEachOther) {
  const Json json = kcidb_json(sample_record(), "my_ci");
  const std::regex id("^[a-z0-9_]+:.+$"), path("^[.a-zA-Z0-9_-]*$");
  std::set<std::string> builds, tests;
  for (const Json& build : array(json, "builds"))
    builds.emplace(build.find("id")->text());
  for (const Json& test : array(json, "tests")) {
    const std::string name(test.find("id")->text());
    EXPECT_TRUE(std::regex_match(name, id)) << name;
    EXPECT_TRUE(tests.insert(name).second) << name;
    EXPECT_TRUE(builds.contains(std::string(test.find("build_id")->text())));
    EXPECT_TRUE(std::regex_match(std::string(test.find("path")->text()), path));
    EXPECT_EQ(test.find("origin")->text(), "my_ci");
  }
}

TEST(Kcidb, APinnedKernelHasItsBranchAndItsWholeHash) {
  RunRecord run = sample_record();
  run.jobs[0].facts.emplace_back("kernel.commit", std::string(40, '0'));
  const Json json = kcidb_json(run, "bootgate");
  EXPECT_EQ(array(json, "checkouts")[0].find("git_repository_branch")->text(), "master");
  EXPECT_EQ(array(json, "checkouts")[0].find("git_commit_hash")->text(), std::string(40, '0'));
  run.jobs[0].facts = {{"kernel.origin", "commit 0123456789ab (0123456789abcdef of /linux), built with host"}};
  const Json other = kcidb_json(run, "bootgate");
  EXPECT_FALSE(array(other, "checkouts")[0].find("git_repository_branch")) << "a commit is no branch";
}

TEST(Kcidb, OnlyACaseThatIsTheBuildTellsOfIt) {
  RunRecord run = sample_record();
  run.jobs.resize(1);
  run.jobs[0].facts.clear();
  run.jobs[0].cases[0].verdict.outcome = Outcome::fail;
  EXPECT_EQ(array(kcidb_json(run, "bootgate"), "builds")[0].find("status")->text(), "MISS");
  run.jobs[0].cases[0].name = "build";
  EXPECT_EQ(array(kcidb_json(run, "bootgate"), "builds")[0].find("status")->text(), "FAIL");
}

TEST(Kcidb, AnOriginIsAWord) {
  EXPECT_TRUE(is_kcidb_origin("my_ci2"));
  for (const char* bad : {"", "My", "a b", "a:b", "a-b"})
    EXPECT_FALSE(is_kcidb_origin(bad)) << bad;
}

}  // namespace
}  // namespace bootgate
