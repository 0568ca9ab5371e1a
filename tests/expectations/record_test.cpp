#include "expectations/record.hpp"

#include <gtest/gtest.h>

namespace bootgate {
namespace {

struct Parts {
  const char* line;
  const char* stamp;
  const char* caller;
  const char* message;
};

class Records : public testing::TestWithParam<Parts> {};

TEST_P(Records, AreTakenApart) {
  const Record record = parse_record(GetParam().line);
  EXPECT_EQ(record.stamp, GetParam().stamp);
  EXPECT_EQ(record.caller, GetParam().caller);
  EXPECT_EQ(record.message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Known, Records,
    testing::Values(Parts{"[    2.123456] BUG: x", "2.123456", "", "BUG: x"},
                    Parts{"[12345.123456][  T61] BUG: x", "12345.123456", "T61", "BUG: x"},
                    Parts{"[    2.123456][    C0]  indented", "2.123456", "C0", " indented"},
                    Parts{"<4>[    2.123456] BUG: x", "2.123456", "", "BUG: x"},
                    Parts{"login: [    2.123456] BUG: x", "2.123456", "", "BUG: x"},
                    Parts{"2026-11-23T10:00:00.123Z [    2.123456] BUG: x", "2.123456", "", "BUG: x"},
                    Parts{"[2026-11-23 10:00:00] [    2.123456] BUG: x", "2.123456", "", "BUG: x"},
                    Parts{"Nov 23 10:00:00 host kernel: BUG: x", "", "", "BUG: x"},
                    Parts{"2026-11-23T10:00:00+00:00 host kernel: [    2.123456] BUG: x", "2.123456", "", "BUG: x"},
                    Parts{"[    2.123456] [ BUG: Invalid wait context ]", "2.123456", "",
                          "[ BUG: Invalid wait context ]"},
                    Parts{"[ BUG: Invalid wait context ]", "", "", "[ BUG: Invalid wait context ]"},
                    Parts{"[    2.123456] pci [8086:7010] type", "2.123456", "", "pci [8086:7010] type"},
                    Parts{"the kernel: all of it", "", "", "the kernel: all of it"},
                    Parts{"[  T61] no stamp", "", "", "[  T61] no stamp"}, Parts{"[ 2.", "", "", "[ 2."},
                    Parts{"[", "", "", "["}, Parts{"", "", "", ""}));

}  // namespace
}  // namespace bootgate
