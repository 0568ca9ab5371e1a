#include "harness/support/clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootgate {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("10m"), 10min);
  EXPECT_EQ(parse_duration("2h"), 2h);
}

TEST(ParseDuration, RefusesANumberWithoutUnit) {
  EXPECT_FALSE(parse_duration("30"));
  EXPECT_FALSE(parse_duration(""));
  EXPECT_FALSE(parse_duration("s"));
}

TEST(ParseDuration, RefusesUnknownUnitsAndTrailingText) {
  EXPECT_FALSE(parse_duration("30sec"));
  EXPECT_FALSE(parse_duration("30 s"));
  EXPECT_FALSE(parse_duration("1m30s"));
  EXPECT_FALSE(parse_duration("1d"));
  EXPECT_FALSE(parse_duration("30S"));
}

TEST(ParseDuration, RefusesWhatIsNotPositive) {
  EXPECT_FALSE(parse_duration("0s"));
  EXPECT_FALSE(parse_duration("-1s"));
  EXPECT_FALSE(parse_duration("0.1ms")) << "rounds to nothing";
}

TEST(ParseDuration, RefusesWhatWouldOverflow) {
  EXPECT_FALSE(parse_duration("1e300h"));
  EXPECT_FALSE(parse_duration("infs"));
  EXPECT_FALSE(parse_duration("nans"));
  EXPECT_FALSE(parse_duration("99999999999999999999h"));
}

TEST(FormatDuration, TakesTheShortestForm) {
  EXPECT_EQ(format_duration(250ms), "250ms");
  EXPECT_EQ(format_duration(30s), "30s");
  EXPECT_EQ(format_duration(1500ms), "1.5s");
  EXPECT_EQ(format_duration(10min), "10m");
  EXPECT_EQ(format_duration(90s), "90s");
}

TEST(FormatDuration, IsReadBackAsTheSame) {
  for (Duration duration :
       {Duration(1), Duration(999), Duration(1001), Duration(60'000), Duration(61'500), Duration(2h)})
    EXPECT_EQ(parse_duration(format_duration(duration)), duration) << format_duration(duration);
}

TEST(Scaled, MultipliesAndRounds) {
  EXPECT_EQ(scaled(30s, 4), 120s);
  EXPECT_EQ(scaled(3ms, 0.5), 2ms);
}

TEST(Scaled, IsNeverZero) {
  EXPECT_EQ(scaled(1ms, 0.0001), 1ms);
}

TEST(FormatSeconds, HasThreeDecimals) {
  EXPECT_EQ(format_seconds(731ms), "0.731");
  EXPECT_EQ(format_seconds(12'045ms), "12.045");
}

TEST(UtcTimestamp, IsIso8601WithoutZone) {
  EXPECT_THAT(utc_timestamp(), testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"));
}

}  // namespace
}  // namespace bootgate
