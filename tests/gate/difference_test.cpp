#include "harness/gate/difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/gate/record_json.hpp"
#include "tests/gate/case_result.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

CaseResult crash(const std::string& name, const std::string& title) {
  CaseResult result = case_result(name, Outcome::fail, title);
  result.cause = Cause::signature;
  CrashReport report;
  report.title = title;
  report.lines = {"Oops: 0000 [#1]"};
  result.reports = {report};
  return result;
}

RunResult run_of(std::vector<CaseResult> cases) {
  RunResult run;
  run.jobs = {{"boot-linux", {}, {}, {}, std::move(cases), false, {}}};
  return run;
}

GateVerdict verdict_of(const RunResult& base, const RunResult& head) {
  GateVerdict verdict;
  add_difference(side_of("base", base), side_of("head", head), head, {}, verdict);
  return verdict;
}

std::vector<std::string> rows(const GateVerdict& verdict) {
  std::vector<std::string> text;
  for (const GateRow& row : verdict.rows)
    text.push_back(std::string(to_string(row.kind)) + " " + row.subject);
  return text;
}

TEST(Difference, HasAWordForEachWayACaseCanGo) {
  const GateVerdict verdict = verdict_of(
      run_of({case_result("a", Outcome::pass), case_result("b", Outcome::fail), case_result("c", Outcome::fail),
              case_result("d", Outcome::pass), case_result("e", Outcome::pass), case_result("f", Outcome::pass)}),
      run_of({case_result("a", Outcome::fail, "not within 8s"), case_result("b", Outcome::pass),
              case_result("c", Outcome::fail), case_result("d", Outcome::skip, "needs MODULES"),
              case_result("e", Outcome::flaky), case_result("g", Outcome::pass)}));
  EXPECT_THAT(rows(verdict), ElementsAre("broken boot/a", "fixed boot/b", "still failing boot/c", "gone boot/d",
                                         "flaky boot/e", "new boot/g", "gone boot/f"));
  EXPECT_EQ(exit_code(verdict), 1);
}

TEST(Difference, OfTheSameResultsIsNothing) {
  const RunResult run = run_of({case_result("a", Outcome::pass), case_result("b", Outcome::skip)});
  const GateVerdict verdict = verdict_of(run, run);
  EXPECT_THAT(verdict.rows, IsEmpty());
  EXPECT_EQ(verdict.same, 1);
  EXPECT_EQ(exit_code(verdict), 0);
}

TEST(Difference, DoesNotTellOfWhatWasNotReached) {
  const GateVerdict verdict =
      verdict_of(run_of({case_result("a", Outcome::pass), case_result("b", Outcome::pass)}),
                 run_of({crash("a", "BUG: unable to handle page fault in f"), case_result("b", Outcome::not_run)}));
  EXPECT_THAT(rows(verdict), ElementsAre("broken boot/a"));
  EXPECT_THAT(verdict.rows.front().details, HasSubstr("Oops"));
}

TEST(Difference, TellsOnceThatTheKernelDoesNotBuild) {
  auto job = [](const std::string& name, std::vector<CaseResult> cases) {
    return JobResult{name, {}, {}, {}, std::move(cases), false, {}};
  };
  RunResult base, head;
  base.jobs = {job("boot-linux", {case_result("build", Outcome::pass), case_result("login", Outcome::pass)}),
               job("rust-linux", {case_result("build", Outcome::pass), case_result("rust_minimal", Outcome::pass)})};
  head.jobs = {job("boot-linux", {case_result("build", Outcome::fail), case_result("login", Outcome::not_run)}),
               job("rust-linux", {case_result("build", Outcome::fail)})};
  EXPECT_THAT(rows(verdict_of(base, head)), ElementsAre("broken boot/build"));
}

TEST(Difference, CountsANewCrashOfACaseThatFailedBefore) {
  const GateVerdict verdict = verdict_of(run_of({crash("a", "WARNING in f")}), run_of({crash("a", "WARNING in g")}));
  EXPECT_THAT(rows(verdict), ElementsAre("still failing boot/a", "broken boot/a"));
  EXPECT_EQ(exit_code(verdict), 1);
  EXPECT_EQ(exit_code(verdict_of(run_of({crash("a", "WARNING in f")}), run_of({crash("a", "WARNING in f")}))), 0);
}

TEST(Difference, IsNoneWhereTheBenchHasFailed) {
  const GateVerdict verdict =
      verdict_of(run_of({case_result("a", Outcome::pass)}), run_of({case_result("a", Outcome::error, "no memory")}));
  ASSERT_TRUE(verdict.error);
  EXPECT_EQ(exit_code(verdict), 3);
}

TEST(Difference, LooksAgainAtWhatNoCrashReportTells) {
  const RunResult base =
      run_of({case_result("a", Outcome::pass), case_result("b", Outcome::pass), case_result("c", Outcome::pass)});
  const RunResult head =
      run_of({case_result("a", Outcome::fail), crash("b", "WARNING in f"), case_result("c", Outcome::fail)});
  GateVerdict verdict = verdict_of(base, head);
  const std::vector<CaseName> asked = suspects(verdict, side_of("head", head));
  EXPECT_THAT(filters_of(asked), ElementsAre("boot-linux/a", "boot-linux/c"));
  forgive(record_of(run_of({case_result("a", Outcome::flaky), case_result("c", Outcome::pass)})), asked, verdict);
  EXPECT_THAT(rows(verdict), ElementsAre("flaky boot/a", "broken boot/b", "broken boot/c"));
  forgive(record_of(run_of({case_result("c", Outcome::fail)})), asked, verdict);
  sort_rows(verdict);
  EXPECT_THAT(rows(verdict), ElementsAre("broken boot/b", "flaky boot/a", "still failing boot/c"));
}

TEST(Difference, NeverForgivesACrash) {
  const RunResult base = run_of({case_result("a", Outcome::pass), case_result("clean-end", Outcome::pass)});
  const RunResult head = run_of({crash("a", "WARNING in f"), case_result("clean-end", Outcome::fail)});
  GateVerdict verdict = verdict_of(base, head);
  const std::vector<CaseName> asked = suspects(verdict, side_of("head", head));
  // The whole job is tried again, and some of its cases were not asked about.
  forgive(record_of(run_of({case_result("a", Outcome::fail), case_result("clean-end", Outcome::fail)})), asked,
          verdict);
  EXPECT_THAT(rows(verdict), ElementsAre("broken boot/a", "still failing boot/clean-end"));
}

TEST(Difference, DoesNotMissWhatHadFailedBefore) {
  const RunResult base =
      run_of({case_result("a", Outcome::fail), case_result("b", Outcome::known), case_result("c", Outcome::flaky)});
  const RunResult head =
      run_of({case_result("a", Outcome::skip), case_result("b", Outcome::skip), case_result("c", Outcome::skip)});
  EXPECT_THAT(rows(verdict_of(base, head)), ElementsAre("gone boot/c"));
}

TEST(Difference, ProvesNothingWithoutAPass) {
  const RunResult base = run_of({case_result("a", Outcome::pass), case_result("b", Outcome::fail)});
  const RunResult head = run_of({case_result("a", Outcome::known), case_result("b", Outcome::fail)});
  EXPECT_TRUE(lack_of_proof(side_of("base", base), side_of("head", head), verdict_of(base, head)));
  EXPECT_FALSE(lack_of_proof(side_of("base", base), side_of("head", base), verdict_of(base, base)));
}

TEST(Difference, HasWarningsOfTouchedFilesOnly) {
  Side base, head;
  base.warnings = {{"init/main.c", 12, "unused variable 'x'"}, {"mm/slub.c", 3, "old"}};
  head.warnings = {{"init/main.c", 14, "unused variable 'x'"},
                   {"init/main.c", 20, "unused variable 'x'"},
                   {"kernel/fork.c", 1, "not of this series"},
                   {"mm/slub.c", 9, "old"}};
  Series series;
  series.touched = {"init/main.c", "mm/slub.c"};
  GateVerdict verdict;
  add_difference(base, head, {}, series, verdict);
  EXPECT_THAT(rows(verdict), ElementsAre("broken init/main.c:20"));
}

TEST(Difference, ShowsWhatBecameOfTheConfiguration) {
  Side base, head;
  base.config = {{"A", "y"}, {"B", "m"}, {"C", "1"}};
  head.config = {{"A", "y"}, {"C", "2"}, {"D", "y"}};
  GateVerdict verdict;
  add_difference(base, head, {}, {}, verdict);
  std::vector<std::string> changes;
  for (const ConfigChange& change : verdict.config)
    changes.push_back(change.symbol + " " + change.before + ">" + change.after);
  EXPECT_THAT(changes, ElementsAre("B m>", "C 1>2", "D >y"));
  EXPECT_EQ(exit_code(verdict), 0) << "a symbol is no failure";
}

TEST(BaseObstacle, IsAKernelThatDoesNotBuildOrBoot) {
  auto obstacle = [](std::vector<CaseResult> cases) {
    return base_obstacle(side_of("0123456789abcdef", run_of(std::move(cases))), {"banner", "login"});
  };
  EXPECT_FALSE(obstacle({case_result("banner", Outcome::pass), case_result("other", Outcome::fail)}));
  EXPECT_THAT(obstacle({case_result("build", Outcome::fail)})->what, HasSubstr("does not build"));
  EXPECT_THAT(obstacle({case_result("banner", Outcome::pass), case_result("login", Outcome::fail)})->what,
              HasSubstr("does not boot"));
  EXPECT_TRUE(obstacle({case_result("banner", Outcome::not_run)}));
  EXPECT_EQ(obstacle({case_result("build", Outcome::fail)})->kind, Error::Kind::bench);
}

TEST(Side, IsReadAsItWasWritten) {
  RunResult run = run_of({crash("a", "WARNING in f"), case_result("b", Outcome::flaky, "once")});
  run.timestamp = "2026-01-02T03:04:05";
  run.jobs[0].cases[1].earlier = {case_result("b", Outcome::fail, "late")};
  run.jobs[0].facts = {{"time.login", "0.731"}, {"kernel.release", "6.12.1"}};
  Side side = side_of("0123", run);
  side.toolchain = "host clang";
  side.warnings = {{"init/main.c", 12, "unused"}};
  side.config = {{"A", "y"}, {"NAME", "\"text\""}};
  auto read = read_side(*parse_json(dump_json(to_json(side))));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->run, side.run);
  EXPECT_EQ(read->commit, side.commit);
  EXPECT_EQ(read->toolchain, side.toolchain);
  EXPECT_EQ(read->warnings, side.warnings);
  EXPECT_EQ(read->config, side.config);
  EXPECT_FALSE(read_side(Json(Json::Object{{"layout", 0}})));
}

}  // namespace
}  // namespace bootgate
