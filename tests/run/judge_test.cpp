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
