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
    testing::Values(
        Parts{"[    2.123456] BUG: x", "2.123456", "", "BUG: x"},
        Parts{"[12345.123456][  T61] BUG: x", "12345.123456", "T61", "BUG: x"},
        Parts{"[    2.123456][    C0]  indented", "2.123456", "C0", " indented"},
        Parts{"<4>[    2.123456] BUG: x", "2.123456", "", "BUG: x"},
        Parts{"login: [    2.123456] BUG: x", "2.123456", "", "BUG: x"},
        Parts{"2026-11-23T10:00:00.123Z [    2.123456] BUG: x", "2.123456", "", "BUG: x"},
        Parts{"[2026-11-23 10:00:00] [    2.123456] BUG: x", "2.123456", "", "BUG: x"},
        Parts{"Nov 23 10:00:00 host kernel: BUG: x", "", "", "BUG: x"},
        Parts{"2026-11-23T10:00:00+00:00 host kernel: [    2.123456] BUG: x", "2.123456", "", "BUG: x"},
        Parts{"[    2.123456] host kernel:  <TASK>", "2.123456", "", " <TASK>"},
        Parts{"[Mon Nov 23 10:00:00 2026] BUG: x", "", "", "BUG: x"}, Parts{"[Nov23 10:00] BUG: x", "", "", "BUG: x"},
        Parts{"[  +0.000012]  <TASK>", "", "", " <TASK>"},
        Parts{"[    2.123456 <    0.000012>] BUG: x", "", "", "BUG: x"},
        Parts{"[<    0.000012>] BUG: x", "", "", "BUG: x"}, Parts{"[10:00:00.123]  <TASK>", "", "", " <TASK>"},
        Parts{"[2026-11-23 10:00:00] BUG: x", "", "", "BUG: x"}, Parts{"Nov 23 10:00:00  <TASK>", "", "", " <TASK>"},
        Parts{"Nov  3 10:00:00 BUG: x", "", "", "BUG: x"},
        Parts{"2026-11-23T10:00:00,123456+00:00 BUG: x", "", "", "BUG: x"},
        Parts{"2026-11-23 10:00:00.123 +0100 BUG: x", "", "", "BUG: x"},
        Parts{"Mon 2026-11-23 10:00:00 UTC host kernel: BUG: x", "", "", "BUG: x"},
        Parts{"10:00:00 BUG: x", "", "", "BUG: x"}, Parts{"1795514400.123456 BUG: x", "", "", "BUG: x"},
        Parts{"1795514400.123456 host kernel: BUG: x", "", "", "BUG: x"},
        Parts{"[  OK  ] Started it", "", "", "[  OK  ] Started it"},
        Parts{"[8086:7010] type 00", "", "", "[8086:7010] type 00"},
        Parts{"0000:00:03.0: BAR 0", "", "", "0000:00:03.0: BAR 0"},
        Parts{"6.12.117 #1 Not tainted", "", "", "6.12.117 #1 Not tainted"},
        Parts{"Monitor 10:00 is on", "", "", "Monitor 10:00 is on"}, Parts{"10:00:00", "", "", ""},
        Parts{"[Mon Nov 23", "", "", "[Mon Nov 23"}, Parts{"[10:00]x", "", "", "[10:00]x"},
        Parts{"[    2.123456] [ BUG: Invalid wait context ]", "2.123456", "", "[ BUG: Invalid wait context ]"},
        Parts{"[ BUG: Invalid wait context ]", "", "", "[ BUG: Invalid wait context ]"},
        Parts{"[    2.123456] pci [8086:7010] type", "2.123456", "", "pci [8086:7010] type"},
        Parts{"the kernel: all of it", "", "", "the kernel: all of it"},
        Parts{"[  T61] no stamp", "", "", "[  T61] no stamp"}, Parts{"[ 2.", "", "", "[ 2."}, Parts{"[", "", "", "["},
        Parts{"", "", "", ""}));

}  // namespace
}  // namespace bootgate
