#include "harness/gate/bisect.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/gate/case_result.hpp"
#include "tests/gate/tree_fixture.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Mark = TriedCommit::Mark;

class BisectTest : public TreeFixture {
 protected:
  BisectTest() {
    commits_.push_back(id("HEAD"));
    for (int number = 1; number <= 16; ++number) {
      write("init/main.c", "version " + std::to_string(number) + "\n");
      commit("commit " + std::to_string(number));
      commits_.push_back(id("HEAD"));
    }
  }

  std::string id(const std::string& ref) const {
    std::string text = sh("git rev-parse " + ref);
    text.pop_back();
    return text;
  }

  /// Bad from commit number `first_bad` on; those in `skipped` can't be tried.
  Bisection search(int first_bad, std::vector<int> skipped = {}, int patience = 100) {
    auto own = OwnRepository::open(tree().string(), store_, {});
    auto ends = resolve_ends("base", "main", *own);
    EXPECT_TRUE(ends);
    tried_.clear();
    auto try_commit = [&](const std::string& commit, const std::string&) -> Result<TriedCommit> {
      if (static_cast<int>(tried_.size()) == patience) return interrupted_error();
      const auto number = static_cast<int>(std::find(commits_.begin(), commits_.end(), commit) - commits_.begin());
      tried_.push_back(number);
      const bool skip = std::find(skipped.begin(), skipped.end(), number) != skipped.end();
      return TriedCommit{{}, {}, skip ? Mark::skip : number >= first_bad ? Mark::bad : Mark::good, "seen", {}};
    };
    const BisectInputs inputs{*ends, {"boot", "login", ""}, fs::canonical(tree()).string(), "", store_, false, {}};
    return bisect(inputs, {try_commit, [](const std::string&) {}, report_});
  }

  std::vector<std::string> commits_;
  std::vector<int> tried_;
  std::function<Result<>(const Bisection&)> report_;
};

TEST_F(BisectTest, FindsOneOfSixteenInFourSteps) {
  for (int first_bad : {1, 7, 8, 16}) {
    const Bisection found = search(first_bad);
    ASSERT_TRUE(found.bad) << first_bad;
    EXPECT_EQ(found.bad->commit, commits_[static_cast<std::size_t>(first_bad)]);
    EXPECT_EQ(found.good->commit, commits_[static_cast<std::size_t>(first_bad) - 1]);
    EXPECT_EQ(found.bad->subject, "commit " + std::to_string(first_bad));
    EXPECT_EQ(exit_code(found), 0);
    EXPECT_LE(tried_.size(), 5u) << first_bad;
  }
}

TEST_F(BisectTest, SkipsWhatCanNotBeTried) {
  // The eighth is the first that is tried. Which of its neighbours git offers next depends on their ids. Beside the
  // skipped one there are then nine left at worst, which takes four, and an end that was never tried.
  for (const auto& [first_bad, skipped] : {std::pair{3, 8}, {11, 8}, {16, 8}, {5, 3}, {12, 14}}) {
    const Bisection found = search(first_bad, {skipped});
    EXPECT_EQ(found.bad->commit, commits_[static_cast<std::size_t>(first_bad)]);
    EXPECT_EQ(exit_code(found), 0);
    EXPECT_LE(tried_.size(), 7u) << first_bad << ", skipped " << skipped;
  }
}

TEST_F(BisectTest, NamesAllThatASkippedOneHides) {
  const Bisection found = search(8, {7});
  EXPECT_THAT(found.suspected, ElementsAre(commits_[7], commits_[8]));
  EXPECT_EQ(exit_code(found), 3);
  EXPECT_THAT(bisect_text(found), HasSubstr(commits_[7]));
}

TEST_F(BisectTest, GoesOnWhereItWasInterrupted) {
  const Bisection broken_off = search(11, {}, 2);
  ASSERT_TRUE(broken_off.error);
  EXPECT_EQ(exit_code(broken_off), 130);
  const std::vector<int> before = tried_;
  const Bisection found = search(11);
  EXPECT_EQ(found.bad->commit, commits_[11]);
  for (int number : before)
    EXPECT_EQ(std::count(tried_.begin(), tried_.end(), number), 0) << "tried again: " << number;
  // What is done is forgotten: the next question is a new one.
  search(3);
  EXPECT_GE(tried_.size(), 3u);
}

TEST_F(BisectTest, ForgetsNothingThatWasNotTold) {
  report_ = [](const Bisection&) -> Result<> { return bench_error("no space left"); };
  EXPECT_EQ(exit_code(search(11)), 3);
  report_ = [](const Bisection& found) -> Result<> { return found.bad ? Result<>() : bench_error("nothing found"); };
  EXPECT_EQ(exit_code(search(11)), 0);
  EXPECT_THAT(tried_, IsEmpty());
  EXPECT_EQ(exit_code(search(11)), 0);
  EXPECT_FALSE(tried_.empty());
}

TEST_F(BisectTest, TriesAnEndThatIsASideOfItsResult) {
  const Bisection none = search(17);
  ASSERT_TRUE(none.error);
  EXPECT_EQ(none.error->kind, Error::Kind::usage);
  EXPECT_THAT(none.error->what, HasSubstr("the bad end"));
  const Bisection all = search(0);
  ASSERT_TRUE(all.error);
  EXPECT_THAT(all.error->what, HasSubstr("the good end"));
}

TEST_F(BisectTest, WantsTheGoodOneBeforeTheBadOne) {
  auto own = OwnRepository::open(tree().string(), store_, {});
  for (const auto& [good, bad] : {std::pair{"main", "base"}, {"main", "main"}, {"none", "main"}})
    EXPECT_EQ(resolve_ends(good, bad, *own).error().kind, Error::Kind::usage) << good << " " << bad;
}

TEST(Target, MarksACommitByItsRun) {
  auto mark = [](std::vector<CaseResult> cases, const Target& target) {
    RunResult run;
    run.jobs = {{"job", {}, {}, {}, std::move(cases), false, {}}};
    auto tried = mark_of(run, target, {"boot/shell"});
    EXPECT_TRUE(tried);
    return tried ? std::string(to_string(tried->mark)) + ": " + tried->why : tried.error().what;
  };
  const Target login{"boot", "login", ""}, any{}, title{"", "", "WARNING in f"};
  EXPECT_EQ(mark({case_result("login", Outcome::pass)}, login), "good: passes");
  EXPECT_EQ(mark({case_result("login", Outcome::flaky)}, login), "good: passes, at times");
  EXPECT_EQ(mark({case_result("login", Outcome::fail, "not within 8s")}, login), "bad: not within 8s");
  EXPECT_EQ(mark({case_result("login", Outcome::not_run, "no machine")}, login), "skip: it was not tried: no machine");
  EXPECT_EQ(mark({case_result("banner", Outcome::pass)}, login), "skip: there is no such case");
  EXPECT_EQ(mark({case_result("build", Outcome::fail, "Linux does not build")}, any), "skip: Linux does not build");
  EXPECT_EQ(mark({case_result("other", Outcome::fail, "x")}, any), "bad: boot/other: x");
  EXPECT_EQ(mark({case_result("login", Outcome::known, "x")}, login), "skip: a known issue: x");
  EXPECT_EQ(mark({case_result("other", Outcome::skip)}, any), "skip: nothing passes");
  EXPECT_EQ(mark({case_result("other", Outcome::pass)}, any), "good: passes");
  const CaseResult passes = case_result("login", Outcome::pass);
  EXPECT_EQ(mark({passes}, title), "good: no such crash report");
  EXPECT_EQ(mark({case_result("other", Outcome::known)}, title), "skip: nothing passes");
  EXPECT_EQ(mark({passes, case_result("other", Outcome::fail, "x")}, title), "skip: another failure may hide it: x");
  EXPECT_EQ(mark({passes, case_result("other", Outcome::not_run, "y")}, title), "skip: it was not tried: y");
  EXPECT_EQ(mark({passes, case_result("other", Outcome::skip, "y")}, title), "good: no such crash report");
  EXPECT_EQ(mark({passes, case_result("shell", Outcome::skip, "y")}, title), "skip: it was not tried: y");
  EXPECT_EQ(mark({case_result("login", Outcome::fail, "x")}, title), "skip: another failure may hide it: x");
  CaseResult crash = case_result("other", Outcome::fail, "WARNING in f");
  CrashReport report;
  report.title = "WARNING in f";
  crash.reports = {report};
  EXPECT_EQ(mark({crash}, title), "bad: WARNING in f");
}

TEST(Target, SkipsWhatCanNotBeConfigured) {
  RunResult run;
  run.error = definition_error("no endif", {"Kconfig", 3, 1}).value();
  auto tried = mark_of(run, {"boot", "login", ""}, {});
  ASSERT_TRUE(tried);
  EXPECT_EQ(tried->mark, Mark::skip);
  EXPECT_EQ(tried->why, "no endif");
}

TEST(Target, IsNotJudgedByABrokenBench) {
  RunResult run;
  run.jobs = {{"job", {}, {}, {}, {case_result("login", Outcome::error, "no memory")}, false, {}}};
  auto tried = mark_of(run, {"boot", "login", ""}, {});
  ASSERT_FALSE(tried);
  EXPECT_EQ(tried.error().kind, Error::Kind::bench);
}

}  // namespace
}  // namespace bootgate
