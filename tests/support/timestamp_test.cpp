#include "harness/support/timestamp.hpp"

#include <gtest/gtest.h>

namespace bootgate {
namespace {

TEST(Timestamp, ATimestampIsReadBack) {
  EXPECT_EQ(utc_timestamp(1'764'122'400), "2025-11-26T02:00:00");
  for (const char* text : {"2025-11-26T02:00:00", "2025-11-26T02:00:00Z", "2025-11-26T02:00:00.123",
                           "2025-11-26T02:00:00.5Z", "2025-11-26T04:00:00+02:00", "2025-11-25T20:30:00-05:30"})
    EXPECT_EQ(utc_seconds(text), 1'764'122'400) << text;
}

TEST(Timestamp, WhatIsNoTimestampIsNone) {
  for (const char* text : {"", "yesterday", "2025-11-26", "2025-13-26T02:00:00", "2025-02-30T02:00:00",
                           "2025-11-26T24:00:00", "2025-11-26T02:00:00 or so", "2025-11-26T02:00:00+2"})
    EXPECT_EQ(utc_seconds(text), std::nullopt) << text;
}

}  // namespace
}  // namespace bootgate
