#include "harness/gate/gate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/gate/case_result.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A series of two commits, whose runs are made up: by the name of what is run, in turn; the last one stays.
class GateUnitTest : public testing::Test {
 protected:
  GateUnitTest() {
    series_.base = "base";
    series_.head = "head";
    series_.commits = {{"first", "the first", false}, {"head", "the last", false}};
    runs_["base base"] = {run_of({case_result("a", Outcome::pass), case_result("b", Outcome::pass)})};
    runs_["head head"] = runs_["base base"];
  }

  static RunResult run_of(std::vector<CaseResult> cases, const std::string& toolchain = "clang") {
    RunResult run;
    run.jobs = {{"boot-linux", {}, {}, {}, std::move(cases), false, {}}};
    run.jobs[0].facts = {{"build.toolchain_identity", toolchain}};
    return run;
  }
  static RunResult unbuilt() {
    return run_of({case_result("build", Outcome::fail, "does not build"), case_result("a", Outcome::not_run)}, "");
  }

  RunResult next_run(const std::string& what) {
    ran_.push_back(what);
    auto found = runs_.find(what);
    if (found == runs_.end()) return run_of({});
    RunResult run = found->second.front();
    if (found->second.size() > 1) found->second.erase(found->second.begin());
    return run;
  }

  GateVerdict judge(GateOptions options = {}) {
    ran_.clear();
    const GateInputs inputs{series_, "linux", "", store_, dir_.path(), options};
    const GateHost host{[](const TrialRequest&) { return Result<Plan>(Plan{}); },
                        [&](const Plan&, const std::string& what, const fs::path&) { return next_run(what); },
                        [&](const Plan&, const fs::path&) { return next_run("unseen"); },
                        [&](const Plan&, const std::string& what) { return build_(what); }, [](const std::string&) {}};
    return judge_series(inputs, host, {});
  }

  static std::vector<std::string> rows(const GateVerdict& verdict) {
    std::vector<std::string> text;
    for (const GateRow& row : verdict.rows)
      text.push_back(std::string(to_string(row.kind)) + " " + row.subject + ": " + row.what);
    return text;
  }

  TempDir dir_;
  Store store_ = Store::open(dir_.path() / "store").value();
  Series series_;
  std::map<std::string, std::vector<RunResult>> runs_;
  std::vector<std::string> ran_;
  std::function<Result<LeftOut>(const std::string&)> build_ = [](const std::string&) { return LeftOut{}; };
};

TEST_F(GateUnitTest, KeepsTheBase) {
  EXPECT_EQ(exit_code(judge()), 0);
  EXPECT_THAT(ran_, ElementsAre("base base", "head head"));
  EXPECT_EQ(exit_code(judge()), 0);
  EXPECT_THAT(ran_, ElementsAre("head head"));
}

TEST_F(GateUnitTest, KeepsNoBaseThatNothingCanBeComparedWith) {
  runs_["base base"] = {unbuilt(), runs_["base base"].front()};
  EXPECT_EQ(exit_code(judge()), 3);
  EXPECT_EQ(exit_code(judge()), 0);
  EXPECT_THAT(ran_, ElementsAre("base base", "head head"));
}

TEST_F(GateUnitTest, JudgesAKeptBaseAgainWhereTheHeadIsNotBuilt) {
  judge();
  runs_["head head"] = {unbuilt()};
  EXPECT_EQ(exit_code(judge()), 1);
  EXPECT_THAT(ran_, ElementsAre("head head", "base base"));
  // The compiler is to blame.
  runs_["base base"] = {unbuilt()};
  EXPECT_EQ(exit_code(judge()), 3);
}

TEST_F(GateUnitTest, BlamesTheHeadForWhatTheBaseCanBeAskedFor) {
  RunResult refused = run_of({case_result("build", Outcome::not_run), case_result("a", Outcome::not_run)}, "");
  refused.error = usage_error("Linux can't have this configuration", "CONFIG_X").value();
  runs_["head head"] = {refused};
  const GateVerdict verdict = judge();
  EXPECT_THAT(rows(verdict), ElementsAre("broken boot/build: Linux can't have this configuration"));
  EXPECT_EQ(exit_code(verdict), 1);
  // Of the base it is the request's fault.
  runs_["base base"] = {refused};
  EXPECT_EQ(exit_code(judge({GateOptions::Each::no, false, true})), 2);
}

TEST_F(GateUnitTest, DoubtsAFailureThatWasKept) {
  runs_["base base"] = {run_of({case_result("a", Outcome::pass), case_result("b", Outcome::fail, "late")})};
  runs_["head head"] = runs_["base base"];
  EXPECT_EQ(exit_code(judge()), 0);
  runs_["base base again, for what had failed in it before"] = {run_of({case_result("b", Outcome::pass)})};
  runs_["base base again, for what seems broken"] = {run_of({case_result("b", Outcome::pass)})};
  EXPECT_EQ(exit_code(judge()), 1);
  runs_["base base again, for what had failed in it before"] = {run_of({case_result("b", Outcome::fail)})};
  EXPECT_EQ(exit_code(judge()), 0);
}

TEST_F(GateUnitTest, HasNoVerdictOnWhatWasNotReached) {
  runs_["head head"] = {run_of({case_result("a", Outcome::fail), case_result("b", Outcome::not_run)})};
  runs_["base base again, for what seems broken"] = {run_of({case_result("a", Outcome::fail)})};
  const GateVerdict verdict = judge();
  ASSERT_TRUE(verdict.error);
  EXPECT_THAT(verdict.error->what, HasSubstr("boot/b"));
  EXPECT_EQ(exit_code(verdict), 3);
}

TEST_F(GateUnitTest, LooksAtEachCommitsSamples) {
  build_ = [](const std::string& what) -> Result<LeftOut> {
    LeftOut left_out{{"SAMPLE_OLD", "old"}};
    if (what.find("first") != std::string::npos) left_out["SAMPLE_NEW"] = "error: no\n\x1b[31m";
    return left_out;
  };
  const GateVerdict verdict = judge({GateOptions::Each::build, false, false});
  EXPECT_THAT(rows(verdict), ElementsAre("broken commit 1/2 (first the first): CONFIG_SAMPLE_NEW does not compile"));
  EXPECT_EQ(verdict.rows.front().details, "error: no\n\\x1b[31m\n");
}

TEST_F(GateUnitTest, DoesNotBlameTheSeriesForABaseThatCanNotBeBuiltAgain) {
  judge();  // the base's results are kept
  build_ = [](const std::string& what) -> Result<LeftOut> {
    if (what.starts_with("base")) return kernel_error("the build wanted more than 20480 MiB of disk");
    return LeftOut{};
  };
  const GateVerdict verdict = judge({GateOptions::Each::build, false, false});
  ASSERT_TRUE(verdict.error);
  EXPECT_THAT(verdict.error->what, HasSubstr("can't be built again"));
  EXPECT_EQ(exit_code(verdict), 3);
}

TEST_F(GateUnitTest, BlamesACommitThatCanNotBeConfigured) {
  build_ = [](const std::string& what) -> Result<LeftOut> {
    if (what.find("first") != std::string::npos) return definition_error("no endif", {"Kconfig", 3, 1});
    return LeftOut{};
  };
  EXPECT_THAT(rows(judge({GateOptions::Each::build, false, false})),
              ElementsAre("broken commit 1/2 (first the first): no endif"));
}

TEST_F(GateUnitTest, DoesNotTakeAFailedTimingForAGoodOne) {
  RunResult timed = runs_["base base"].front();
  timed.jobs[0].facts.insert(timed.jobs[0].facts.end(), {{"kernel.file", dir_.file("bzImage", "").string()},
                                                         {"time.kernel", "0.1"},
                                                         {"time.init", "0.2"},
                                                         {"time.login", "0.3"}});
  runs_["base base"] = runs_["head head"] = {timed};
  runs_["unseen"] = {timed, timed, run_of({})};
  GateVerdict verdict = judge({GateOptions::Each::no, true, false});
  ASSERT_TRUE(verdict.error);
  EXPECT_THAT(verdict.error->what, HasSubstr("could not be timed"));
  runs_["unseen"] = {timed, run_of({}), timed};
  verdict = judge({GateOptions::Each::no, true, false});
  EXPECT_FALSE(verdict.error);
  EXPECT_THAT(verdict.notes.back(), HasSubstr("none slower"));
  fs::remove(dir_.path() / "bzImage");
  verdict = judge({GateOptions::Each::no, true, false});
  ASSERT_TRUE(verdict.error);
  EXPECT_THAT(verdict.error->what, HasSubstr("not in the store"));
}

}  // namespace
}  // namespace bootgate
