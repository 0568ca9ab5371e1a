#include "harness/gate/boot_timing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootgate {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Boots whose kernel takes `to_init` seconds to reach init, with a little noise.
std::vector<PhaseTimes> boots(double to_init, int count = 8) {
  std::vector<PhaseTimes> all;
  for (int i = 0; i < count; ++i)
    all.push_back({{"start to kernel", 0.27}, {"kernel to init", to_init + 0.02 * (i % 3)}, {"init to login", 0.05}});
  return all;
}

TEST(BootTiming, ReadsPhasesOffTheFactsOfAJob) {
  RunResult run;
  run.jobs = {
      {"a", {}, {}, {{"time.kernel", "0.300"}}, {}, false, {}},
      {"b", {}, {}, {{"time.kernel", "0.270"}, {"time.init", "0.710"}, {"time.login", "0.750"}}, {}, false, {}}};
  const PhaseTimes times = phase_times(run);
  ASSERT_THAT(times, SizeIs(3));
  EXPECT_NEAR(times.at("kernel to init"), 0.44, 1e-9);
  EXPECT_NEAR(times.at("init to login"), 0.04, 1e-9);
}

TEST(BootTiming, FindsASecond) {
  EXPECT_TRUE(is_suspicious(boots(0.5)[0], boots(1.5)[0]));
  const std::vector<GateRow> rows = slower_phases(boots(0.5), boots(1.5));
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].subject, "kernel to init");
  EXPECT_EQ(rows[0].kind, GateRow::Kind::slower);
  EXPECT_THAT(rows[0].what, HasSubstr("0.520 -> 1.520 s"));
}

TEST(BootTiming, DoesNotTakeNoiseForIt) {
  EXPECT_FALSE(is_suspicious(boots(0.5)[0], boots(0.52)[0]));
  EXPECT_THAT(slower_phases(boots(0.5), boots(0.5)), IsEmpty());
  EXPECT_THAT(slower_phases(boots(0.5), boots(0.53)), IsEmpty()) << "too little to matter";
  EXPECT_THAT(slower_phases(boots(0.5, 2), boots(1.5, 2)), IsEmpty()) << "two boots may be chance";
  EXPECT_THAT(slower_phases(boots(1.5), boots(0.5)), IsEmpty()) << "faster is no failure";
}

}  // namespace
}  // namespace bootgate
