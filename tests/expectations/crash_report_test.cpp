#include "expectations/crash_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootgate {
namespace {

TEST(CrashReport, MasksAddressesButNoWords) {
  EXPECT_EQ(masked_title("at 0x1f and ffff888002d4c5a8"), "at ADDR and ADDR");
  EXPECT_EQ(masked_title("kernel BUG in add_face"), "kernel BUG in add_face");
  EXPECT_EQ(masked_title("decade facade"), "decade facade");
}

TEST(CrashReport, MasksNumbersButNoNames) {
  EXPECT_EQ(masked_title("init[1] on CPU#3, 10 of 10000"), "init[NUM] on CPU#NUM, NUM of NUM");
  EXPECT_EQ(masked_title("WARNING in cfg80211_init"), "WARNING in cfg80211_init");
  EXPECT_EQ(masked_title("at 0x"), "at 0x");
}

TEST(CrashReport, BlamesNoFrameThatIsUncertain) {
  std::vector<std::string> lines = {"Call Trace:", " ? stale+0x1/0x2", " dump_stack_lvl+0x1/0x2",
                                    " guilty.isra.0+0x1/0x2", " caller+0x1/0x2"};
  std::vector<std::string> skipped = {"dump_stack*"};
  EXPECT_EQ(guilty_function(lines, skipped), "guilty");
}

TEST(CrashReport, BlamesNotWhatAnInterruptCameInto) {
  std::vector<std::string> lines = {"Call Trace:", " <IRQ>", " guilty+0x1/0x2", " </IRQ>", "RIP: 0010:idle+0x1/0x2"};
  EXPECT_EQ(guilty_function(lines, {}), "guilty");
  lines.front() = "RIP: 0010:first+0x1/0x2";
  EXPECT_EQ(guilty_function(lines, {}), "first");
}

TEST(CrashReport, BlamesNoUserSpace) {
  std::vector<std::string> lines = {"RIP: 0033:user+0x1/0x2", "Call Trace:", " __x64_sys_read+0x1/0x2"};
  EXPECT_EQ(guilty_function(lines, {}), "sys_read");
  EXPECT_EQ(guilty_function(std::vector<std::string>{"nothing"}, {}), std::nullopt);
}

TEST(CrashReport, HasTheFingerprintOfItsFirstFiveFunctions) {
  std::vector<std::string> lines = {"RIP: 0010:a+0x1/0x2", "Call Trace:",  " <TASK>",    " skipped+0x1/0x2",
                                    " b.cold+0x1/0x2",     " ? c+0x1/0x2", " d+0x1/0x2", " e+0x1/0x2",
                                    " f+0x1/0x2",          " g+0x1/0x2"};
  EXPECT_EQ(stack_fingerprint(lines, std::vector<std::string>{"skipped"}), "a:b:d:e:f");
  EXPECT_EQ(stack_fingerprint(std::vector<std::string>{"Call Trace:", "</TASK>"}, {}), "");
}

}  // namespace
}  // namespace bootgate
