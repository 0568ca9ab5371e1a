#include "harness/run/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootgate {
namespace {

using testing::HasSubstr;

EndFacts facts(End end) {
  EndFacts facts;
  facts.end = end;
  facts.awaited = "expect 'x'";
  facts.within = std::chrono::seconds(30);
  return facts;
}

TEST(Judge, PassesOnlyWhatMatched) {
  for (End end : {End::signature, End::forbidden, End::deadline, End::limit, End::silence, End::power, End::exited,
                  End::control_lost, End::flood, End::trouble, End::stopped})
    EXPECT_FALSE(judge(facts(end)).passed()) << static_cast<int>(end);
  EXPECT_TRUE(judge(facts(End::matched)).passed());
}

TEST(Judge, BlamesTheBenchForWhatTheGuestCannotDo) {
  for (End end : {End::exited, End::trouble, End::stopped})
    EXPECT_EQ(judge(facts(end)).outcome, Outcome::error);
  for (End end : {End::signature, End::forbidden, End::deadline, End::limit, End::silence, End::power,
                  End::control_lost, End::flood})
    EXPECT_EQ(judge(facts(end)).outcome, Outcome::fail);
}

CrashReport report_of(Severity severity) {
  CrashReport report;
  report.title = "WARNING in f";
  report.severity = severity;
  report.known = "why (link)";
  return report;
}

TEST(Judge, MakesAKnownIssueOfAPass) {
  const std::vector<CrashReport> reports{report_of(Severity::failure)};
  const Verdict verdict = weigh_known_issues({}, reports);
  EXPECT_EQ(verdict.outcome, Outcome::known);
  EXPECT_EQ(verdict.reason, "known issue: WARNING in f: why (link)");
  EXPECT_EQ(weigh_known_issues({}, {}).outcome, Outcome::pass);
}

TEST(Judge, LetsAKnownIssueExplainOnlyWhatItMakes) {
  const std::vector<CrashReport> warning{report_of(Severity::failure)}, death{report_of(Severity::fatal)};
  const auto outcome = [](Cause cause, const std::vector<CrashReport>& reports) {
    return weigh_known_issues(failed(cause, "it failed"), reports).outcome;
  };
  EXPECT_EQ(outcome(Cause::taint, warning), Outcome::known);
  EXPECT_EQ(outcome(Cause::mismatch, warning), Outcome::fail);
  EXPECT_EQ(outcome(Cause::deadline, warning), Outcome::fail);
  EXPECT_EQ(outcome(Cause::power, death), Outcome::known);
  EXPECT_EQ(outcome(Cause::mismatch, death), Outcome::known);
  // Another report, that nobody knows.
  EXPECT_EQ(outcome(Cause::signature, death), Outcome::fail);
  EXPECT_EQ(weigh_known_issues({Outcome::error, Cause::exited, "QEMU ended", {}}, death).outcome, Outcome::error);
}

TEST(Judge, TakesTheTitleOfTheCrashReport) {
  EndFacts crash = facts(End::signature);
  crash.report.emplace().title = "BUG: NULL deref in f";
  EXPECT_EQ(judge(crash).reason, "BUG: NULL deref in f");
  EXPECT_EQ(judge(crash).cause, Cause::signature);
}

TEST(Judge, NamesTheStepAndItsTime) {
  EXPECT_EQ(judge(facts(End::deadline)).reason, "not within 30s: expect 'x'");
}

TEST(Judge, TellsAResetFromAPowerOff) {
  EndFacts power = facts(End::power);
  power.power = "guest-reset";
  EXPECT_THAT(judge(power).reason, HasSubstr("reset itself"));
  power.power = "guest-shutdown";
  EXPECT_THAT(judge(power).reason, HasSubstr("powered itself off"));
}

TEST(Judge, EscapesWhatTheGuestPrinted) {
  EndFacts line = facts(End::forbidden);
  line.forbidden_line = "\x1b[2Jx";
  EXPECT_THAT(judge(line).reason, HasSubstr("\\x1b[2Jx"));
}

}  // namespace
}  // namespace bootgate
