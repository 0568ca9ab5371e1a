#include "harness/plan/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Case a_case(std::string name, Case::During during = Case::During::booted) {
  Case made;
  made.name = std::move(name);
  made.during = during;
  return made;
}

Job a_job(const std::string& suite, const std::vector<std::string>& boot, const std::vector<std::string>& booted) {
  Job job;
  job.name = suite + "-debian-busybox-smp-tcg";
  job.suite.name = suite;
  for (const std::string& name : boot)
    job.suite.cases.push_back(a_case(name, Case::During::boot));
  for (const std::string& name : booted)
    job.suite.cases.push_back(a_case(name));
  return job;
}

Plan plan_of(std::vector<Job> jobs, Selection selection) {
  Plan plan;
  plan.jobs = std::move(jobs);
  for (std::size_t i = 0; i < plan.jobs.size(); ++i) {
    plan.jobs[i].number = plan.jobs[i].kernel_index = i;
    plan.kernels.push_back({});
    plan.kernels.back().name.text = "kernel of " + plan.jobs[i].suite.name;
  }
  plan.options.execution.selection = std::move(selection);
  return plan;
}

std::vector<std::string> case_names(const Job& job) {
  std::vector<std::string> names;
  for (const Case& the_case : job.suite.cases)
    names.push_back(the_case.name);
  return names;
}

/// "suite/case" of all that is left.
std::vector<std::string> selected(std::vector<Job> jobs, Selection selection) {
  std::vector<std::string> names;
  auto plan = select_jobs(plan_of(std::move(jobs), std::move(selection)));
  EXPECT_TRUE(plan) << (plan ? "" : plan.error().what);
  if (!plan) return names;
  for (const Job& job : plan->jobs)
    for (const std::string& name : case_names(job))
      names.push_back(job.suite.name + "/" + name);
  return names;
}

Selection filters(std::vector<std::string> globs) {
  return {std::move(globs), 1, 1};
}

const Job boot = a_job("boot", {"banner", "login", "shell"}, {"fstab", "taint"});
const Job mine = a_job("mine", {}, {"fstab", "loop-device", "loop-mount"});

TEST(Selection, WithoutFiltersEverythingIsRun) {
  EXPECT_THAT(selected({boot, mine}, {}),
              ElementsAre("boot/banner", "boot/login", "boot/shell", "boot/fstab", "boot/taint", "mine/fstab",
                          "mine/loop-device", "mine/loop-mount"));
}

TEST(Selection, AWordIsTheNameOfACase) {
  EXPECT_THAT(selected({mine}, filters({"fstab"})), ElementsAre("mine/fstab"));
  EXPECT_FALSE(select_jobs(plan_of({mine}, filters({"loop"}))));
}

TEST(Selection, AGlobWithoutASlashIsAboutNamesOfCases) {
  EXPECT_THAT(selected({mine}, filters({"loop-*"})), ElementsAre("mine/loop-device", "mine/loop-mount"));
  EXPECT_THAT(selected({mine}, filters({"[fl]*-m?unt"})), ElementsAre("mine/loop-mount"));
}

TEST(Selection, AGlobWithASlashIsAboutSuiteOrJob) {
  EXPECT_THAT(selected({boot, mine}, filters({"mine/f*"})), ElementsAre("mine/fstab"));
  EXPECT_THAT(selected({boot, mine}, filters({"mine-debian-*-tcg/*mount"})), ElementsAre("mine/loop-mount"));
  EXPECT_FALSE(select_jobs(plan_of({boot, mine}, filters({"ine/fstab"})))) << "all of it must match";
}

TEST(Selection, FiltersAddUp) {
  EXPECT_THAT(selected({mine}, filters({"loop-mount", "mine/fstab"})), ElementsAre("mine/fstab", "mine/loop-mount"));
}

TEST(Selection, ABootComesWithEachOfItsCases) {
  EXPECT_THAT(selected({boot, mine}, filters({"boot/taint"})),
              ElementsAre("boot/banner", "boot/login", "boot/shell", "boot/taint"));
}

TEST(Selection, ACaseOfABootComesWithThoseBeforeIt) {
  EXPECT_THAT(selected({boot, mine}, filters({"login"})), ElementsAre("boot/banner", "boot/login"));
}

TEST(Selection, AJobWithoutACaseIsLeftOutWithItsKernel) {
  auto plan = select_jobs(plan_of({boot, mine}, filters({"loop-*"})));
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->left_out, ElementsAre(boot.name));
  ASSERT_EQ(plan->jobs.size(), 1u);
  ASSERT_EQ(plan->kernels.size(), 1u);
  EXPECT_EQ(plan->kernels.at(plan->jobs[0].kernel_index).name.text, "kernel of mine");
  EXPECT_EQ(plan->jobs[0].seen.all, 3u);
}

TEST(Selection, AFilterThatMatchesNothingIsAUsageError) {
  auto plan = select_jobs(plan_of({boot, mine}, filters({"fstab", "lopo-device"})));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, Error::Kind::usage);
  EXPECT_THAT(plan.error().what, HasSubstr("lopo-device"));
  EXPECT_THAT(plan.error().hint, HasSubstr("loop-device"));
}

TEST(Selection, SamplesToComeMayMatchAFilter) {
  Job samples = a_job("rust", {"banner"}, {});
  samples.suite.samples = true;
  auto plan = select_jobs(plan_of({boot, samples}, filters({"rust_minimal"})));
  ASSERT_TRUE(plan) << plan.error().what;
  ASSERT_EQ(plan->jobs.size(), 1u);
  EXPECT_THAT(case_names(plan->jobs[0]), ElementsAre("banner")) << "as long as nobody knows";
  for (const char* name : {"rust_print", "rust_minimal"})
    plan->jobs[0].suite.cases.push_back(a_case(name));
  Job without = plan->jobs[0];
  select_samples(plan->jobs[0], filters({"rust_minimal"}));
  EXPECT_THAT(case_names(plan->jobs[0]), ElementsAre("banner", "rust_minimal"));
  EXPECT_EQ(plan->jobs[0].seen.all, 3u);
  select_samples(without, filters({"other"}));
  EXPECT_THAT(case_names(without), IsEmpty());
}

/// How many shards each case is in. `samples` stand behind the last job's cases at run time.
std::map<std::string, int> shards_of(const std::vector<Job>& jobs, int shards,
                                     const std::vector<std::string>& globs = {},
                                     const std::vector<std::string>& samples = {}) {
  std::map<std::string, int> counts;
  for (int shard = 1; shard <= shards; ++shard) {
    const Selection selection{globs, shard, shards};
    auto plan = select_jobs(plan_of(jobs, selection));
    EXPECT_TRUE(plan);
    for (Job& job : plan->jobs) {
      for (const std::string& sample : samples)
        if (job.suite.samples) job.suite.cases.push_back(a_case(sample));
      if (job.suite.samples) select_samples(job, selection);
      for (const std::string& name : case_names(job))
        ++counts[job.suite.name + "/" + name];
    }
  }
  return counts;
}

TEST(Shard, EachCaseOfTheBootedSystemIsInExactlyOne) {
  Job samples = a_job("rust", {}, {"first", "second"});
  samples.suite.samples = true;
  for (int shards : {1, 2, 3, 5, 20}) {
    auto counts = shards_of({boot, mine, samples}, shards, {}, {"rust_a", "rust_b", "rust_c"});
    for (const char* name : {"boot/fstab", "boot/taint", "mine/fstab", "mine/loop-device", "mine/loop-mount",
                             "rust/first", "rust/second", "rust/rust_a", "rust/rust_b", "rust/rust_c"})
      EXPECT_EQ(counts[name], 1) << name << " of " << shards;
    EXPECT_EQ(counts["boot/banner"], std::min(shards, 2)) << "where one of its job's others is";
    EXPECT_EQ(counts["boot/banner"], counts["boot/shell"]);
  }
}

TEST(Shard, CasesAreSpreadEvenly) {
  Job many = a_job("many", {}, std::vector<std::string>(10, "x"));
  for (int shard : {1, 2})
    EXPECT_EQ(selected({many}, Selection{{}, shard, 2}).size(), 5u);
  // One case each: without the job's number all of them would be in the first shard.
  std::vector<Job> singles(4, a_job("single", {}, {"x"}));
  for (int shard : {1, 2})
    EXPECT_EQ(selected(singles, Selection{{}, shard, 2}).size(), 2u);
}

TEST(Shard, AJobOfNothingButABootIsOneUnit) {
  Job only_boot = a_job("early", {"banner", "init"}, {});
  auto counts = shards_of({boot, only_boot}, 3);
  EXPECT_EQ(counts["early/banner"], 1);
  EXPECT_EQ(counts["early/init"], 1);
}

TEST(Shard, ACaseOfABootThatIsAskedForIsInExactlyOne) {
  auto counts = shards_of({mine, boot}, 3, {"login"});
  EXPECT_EQ(counts["boot/banner"], 1);
  EXPECT_EQ(counts["boot/login"], 1);
  EXPECT_EQ(counts.size(), 2u);
}

TEST(Shard, DoesNotDependOnTheFilter) {
  const Selection all{{}, 2, 2}, one{{"loop-device"}, 2, 2};
  const std::vector<std::string> in_all = selected({mine}, all);
  EXPECT_EQ(selected({mine}, one).size() == 1, std::count(in_all.begin(), in_all.end(), "mine/loop-device") == 1);
  EXPECT_EQ(shards_of({mine}, 2, {"loop-device"})["mine/loop-device"], 1);
}

}  // namespace
}  // namespace bootgate
