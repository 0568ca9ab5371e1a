#include "harness/run/attempts.hpp"

#include <gtest/gtest.h>

namespace bootgate {
namespace {

using enum Outcome;

CaseResult attempt(Outcome outcome, Cause cause = Cause::none, std::string reason = {}) {
  CaseResult result;
  result.outcome = outcome;
  result.cause = cause;
  result.reason = std::move(reason);
  return result;
}

CaseResult late(std::string reason = "late") {
  return attempt(fail, Cause::deadline, std::move(reason));
}

CaseResult crash(std::string title = "WARNING in f") {
  return attempt(fail, Cause::signature, std::move(title));
}

Execution with(int repeats, int retries) {
  Execution execution;
  execution.repeats = repeats;
  execution.retries = retries;
  return execution;
}

bool another(const Execution& execution, std::vector<CaseResult> attempts) {
  return wants_another(execution, attempts);
}

TEST(WantsAnother, IsOneAttemptUnlessAskedForMore) {
  EXPECT_TRUE(another(with(1, 0), {}));
  EXPECT_FALSE(another(with(1, 0), {attempt(pass)}));
  EXPECT_FALSE(another(with(1, 0), {late()}));
}

TEST(WantsAnother, RetriesWhatFailedAndNothingElse) {
  EXPECT_TRUE(another(with(1, 2), {late()}));
  EXPECT_TRUE(another(with(1, 2), {attempt(error, Cause::bench)}));
  EXPECT_TRUE(another(with(1, 2), {late(), late()}));
  EXPECT_FALSE(another(with(1, 2), {late(), late(), late()}));
  EXPECT_FALSE(another(with(1, 2), {late(), attempt(pass)}));
  EXPECT_FALSE(another(with(1, 2), {attempt(skip)}));
  EXPECT_FALSE(another(with(1, 2), {attempt(known, Cause::signature)}));
}

TEST(WantsAnother, NeverForgivesACrash) {
  EXPECT_FALSE(another(with(1, 2), {crash()}));
  EXPECT_FALSE(another(with(1, 2), {late(), crash()}));
}

TEST(WantsAnother, RepeatsWhateverCameBefore) {
  EXPECT_TRUE(another(with(3, 0), {attempt(pass)}));
  EXPECT_TRUE(another(with(3, 0), {crash(), late()}));
  EXPECT_FALSE(another(with(3, 0), {attempt(pass), crash(), late()}));
}

TEST(WantsAnother, EndsWithAnInterruption) {
  EXPECT_FALSE(another(with(3, 3), {attempt(error, Cause::stopped)}));
  EXPECT_FALSE(another(with(3, 3), {attempt(not_run)}));
}

TEST(Combined, IsTheOnlyAttemptAsItIs) {
  CaseResult result = combined({late("x")});
  EXPECT_EQ(result.outcome, fail);
  EXPECT_EQ(result.reason, "x");
  EXPECT_TRUE(result.earlier.empty());
}

TEST(Combined, IsFlakyWhenAttemptsDiffer) {
  CaseResult result = combined({late("first"), late("second"), attempt(pass)});
  EXPECT_EQ(result.outcome, flaky);
  EXPECT_EQ(result.reason, "first");
  ASSERT_EQ(result.earlier.size(), 2u);
  EXPECT_EQ(result.earlier[0].reason, "first");
  EXPECT_EQ(result.earlier[1].reason, "second");
  EXPECT_EQ(combined({attempt(pass), late()}).outcome, flaky);
}

TEST(Combined, IsTheFirstCrashWhateverElseCame) {
  CaseResult result = combined({attempt(pass), crash("first"), crash("second"), attempt(pass)});
  EXPECT_EQ(result.outcome, fail);
  EXPECT_EQ(result.reason, "first");
  EXPECT_EQ(result.earlier.size(), 3u);
}

TEST(Combined, IsWhatTheyAgreeOn) {
  EXPECT_EQ(combined({attempt(pass), attempt(pass)}).outcome, pass);
  CaseResult result = combined({late("a"), attempt(error, Cause::bench, "b")});
  EXPECT_EQ(result.outcome, error);
  EXPECT_EQ(result.reason, "b");
  EXPECT_EQ(result.earlier.size(), 1u);
}

TEST(Combined, LeavesOutWhatSaysNothing) {
  EXPECT_EQ(combined({late("x"), attempt(not_run)}).reason, "x");
  EXPECT_EQ(combined({attempt(pass), attempt(error, Cause::stopped)}).outcome, pass);
  EXPECT_EQ(combined({attempt(not_run), attempt(not_run)}).outcome, not_run);
}

TEST(Combined, KeepsAKnownIssueKnown) {
  EXPECT_EQ(combined({attempt(known, Cause::signature), attempt(known, Cause::signature)}).outcome, known);
}

}  // namespace
}  // namespace bootgate
