#include "harness/scan/console_scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "fixtures/fetch/gzip.hpp"
#include "harness/support/data.hpp"
#include "harness/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::shared_ptr<const SignatureSet> signatures() {
  static const auto set = [] {
    std::vector<Error> errors;
    return std::make_shared<const SignatureSet>(read_signatures(data_root() / "expectations/signatures", errors));
  }();
  return set;
}

ScanResult scan(std::string_view text, std::size_t piece = 4096) {
  ConsoleScan console(signatures());
  for (std::size_t at = 0; at < text.size(); at += piece)
    console.feed(text.substr(at, piece));
  return console.finish();
}

const std::string warning =
    "[    2.123456] ------------[ cut here ]------------\n"
    "[    2.123456] WARNING: CPU: 0 PID: 61 at drivers/misc/demo.c:20 demo_init+0x11/0x1000\n"
    "[    2.123500] Call Trace:\n"
    "[    2.123510]  do_one_initcall+0x1/0x2\n"
    "[    2.123999] ---[ end trace 0000000000000000 ]---\n";

std::string moved(std::string text, std::string_view seconds) {
  for (std::size_t at = 0; (at = text.find("2.123", at)) != std::string::npos; ++at)
    text.replace(at, 1, seconds);
  return text;
}

TEST(ConsoleScan, FindsAReportWithItsRows) {
  ScanResult result = scan("[    0.000000] Linux version 6.12.1\n" + warning + "login: ");
  ASSERT_THAT(result.found, SizeIs(1));
  EXPECT_EQ(result.found[0].report.title, "WARNING in demo_init");
  EXPECT_EQ(result.found[0].report.first_line, 1u);
  EXPECT_EQ(result.found[0].report.last_line, 5u);
  EXPECT_EQ(result.rows, 7u);
  EXPECT_EQ(result.boots, 1u);
  EXPECT_TRUE(has_failure(result));
}

TEST(ConsoleScan, CountsBootsAndNoReplays) {
  const std::string banner = "[    0.000000] Linux version 6.12.1\n[    0.004000] x86/fpu: as in each boot\n";
  const std::string boot = banner + "[    0.523456] Run /init as init process\n" + warning;
  const std::string again = banner + "[    0.534567] Run /init as init process\n" + moved(warning, "3");
  const std::string amidst =
      banner + "[    5.000000] clocksource: Switched to clocksource tsc\n" + boot.substr(banner.size());
  ScanResult result = scan(boot + boot + again + again + amidst);
  EXPECT_EQ(result.boots, 2u);
  ASSERT_THAT(result.found, SizeIs(1));
  EXPECT_EQ(result.found[0].count, 2u);
  EXPECT_EQ(scan("Linux version 6.12.1\nbooted\nLinux version 6.12.1\nbooted\n").boots, 2u) << "without a clock";
}

TEST(ConsoleScan, CountsWhatComesAgain) {
  ScanResult result = scan(warning + moved(warning, "3") + moved(warning, "4") + warning);
  ASSERT_THAT(result.found, SizeIs(1));
  EXPECT_EQ(result.found[0].count, 3u) << "the last one is a replay";
}

/// What other tools put ahead of each line, or make of its end.
struct Dress {
  const char* name;
  const char* front;
  const char* end;
  const char* stamp;  // what is left of printk's own
};

class Dressed : public testing::TestWithParam<Dress> {};

TEST_P(Dressed, IsReadAllTheSame) {
  std::string log;
  std::string_view rest = warning;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    log += GetParam().front +
           (std::string_view(GetParam().stamp).empty() ? std::string(line.substr(15)) : std::string(line)) +
           GetParam().end;
  }
  ScanResult result = scan(log, 7);
  ASSERT_THAT(result.found, SizeIs(1));
  EXPECT_EQ(result.found[0].report.title, "WARNING in demo_init");
  EXPECT_THAT(result.found[0].report.lines, SizeIs(5));
}

INSTANTIATE_TEST_SUITE_P(Logs, Dressed,
                         testing::Values(Dress{"plain", "", "\n", "yes"}, Dress{"crlf", "", "\r\n", "yes"},
                                         Dress{"crcrlf", "", "\r\r\n", "yes"},
                                         Dress{"coloured", "\x1b[32m", "\x1b[0m\r\n", "yes"},
                                         Dress{"no_stamps", "", "\n", ""}, Dress{"level", "<4>", "\n", "yes"},
                                         Dress{"github", "2026-11-23T10:00:00.1234567Z ", "\n", "yes"},
                                         Dress{"ts", "Nov 23 10:00:00 ", "\n", "yes"},
                                         Dress{"brackets", "[2026-11-23 10:00:00] ", "\n", "yes"},
                                         Dress{"journal", "Nov 23 10:00:00 myhost kernel: ", "\n", ""},
                                         Dress{"journal_iso", "2026-11-23T10:00:00+0100 myhost kernel: ", "\n", ""},
                                         Dress{"journal_monotonic", "[    2.123456] myhost kernel: ", "\n", ""},
                                         Dress{"journal_unix", "1795514400.123456 myhost kernel: ", "\n", ""},
                                         Dress{"journal_full", "Mon 2026-11-23 10:00:00 UTC myhost kernel: ", "\n", ""},
                                         Dress{"dmesg_T", "[Mon Nov 23 10:00:00 2026] ", "\n", ""},
                                         Dress{"dmesg_e", "[  +0.000012] ", "\n", ""},
                                         Dress{"dmesg_iso", "2026-11-23T10:00:00,123456+00:00 ", "\n", ""},
                                         Dress{"ts_alone", "Nov 23 10:00:00 ", "\n", ""},
                                         Dress{"tio_alone", "[10:00:00.123] ", "\n", ""},
                                         Dress{"lava_alone", "2026-11-23T10:00:00.123456 ", "\n", ""},
                                         Dress{"syslog", "Nov 23 10:00:00 myhost kernel: ", "\n", "yes"}),
                         [](const auto& dress) { return std::string(dress.param.name); });

TEST(ConsoleScan, EndsAReportWhereTheNextBootBegins) {
  const std::string cut = warning.substr(0, warning.find("[    2.123999]"));
  ScanResult result = scan(cut + "[    0.000000] Linux version 6.12.1\n[    0.000001]  more+0x1/0x2\n");
  ASSERT_THAT(result.found, SizeIs(1));
  EXPECT_THAT(result.found[0].report.lines, SizeIs(4));
}

TEST(ConsoleScan, EndsAReportAfterTwoSecondsByTheConsolesOwnClock) {
  const std::string cut = warning.substr(0, warning.find("[    2.123999]"));
  EXPECT_THAT(scan(cut + "[    4.100000]  more+0x1/0x2\n").found.at(0).report.lines, SizeIs(5));
  EXPECT_THAT(scan(cut + "[    4.200000]  more+0x1/0x2\n").found.at(0).report.lines, SizeIs(4));
}

TEST(ConsoleScan, BearsStampsOfAnyLength) {
  for (const char* stamp : {"99999999999999999999.5", "99999999999.999999", "1.99999999999999999999"}) {
    const ScanResult result =
        scan(std::string("[") + stamp + "] BUG: Bad rss-counter state mm:1 type:MM_ANONPAGES val:1\n");
    EXPECT_THAT(result.found, SizeIs(1)) << stamp;
  }
}

TEST(ConsoleScan, TakesWhatIsCutInMidLine) {
  const std::string header = warning.substr(warning.find("[    2.123456] WARN"));
  EXPECT_THAT(scan(header.substr(0, header.find("0x1000") + 3)).found, SizeIs(1));
  EXPECT_THAT(scan(header.substr(0, 30)).found, IsEmpty());
}

TEST(ConsoleScan, IsQuietOnNothingAndOnNoise) {
  EXPECT_EQ(scan("").rows, 0u);
  std::mt19937 random(1);
  std::string noise(4 << 20, '\0');
  for (char& c : noise)
    c = static_cast<char>(random());
  EXPECT_THAT(scan(noise).found, IsEmpty());
  EXPECT_THAT(scan(std::string(32 << 20, 'x')).found, IsEmpty());
}

TEST(ConsoleScan, KeepsALimitedNumberOfTitles) {
  std::string log;
  for (int i = 0; i < 3000; ++i)
    log += "[    2.1] kernel BUG at a.c:1!\n[    2.1] RIP: 0010:function_" +
           std::string(1, static_cast<char>('a' + i % 26)) + std::to_string(i) +
           "x+0x1/0x2\n[    2.1] ---[ end trace 0 ]---\n[    2.1] demo: on\n";
  ScanResult result = scan(log);
  EXPECT_THAT(result.found, SizeIs(1000));
  EXPECT_EQ(result.left_out, 2000u);
}

TEST(ScanLog, ReadsCompressedLogs) {
  TempDir temp;
  const fs::path plain = temp.file("console.log", warning);
  for (const char* tool : {"gzip", "xz", "zstd"}) {
    auto packed =
        run_command({"sh", "-c", std::string(tool) + " -c " + plain.string() + " > " + plain.string() + ".z"});
    ASSERT_TRUE(packed && packed->status.ok()) << tool;
    ScanResult result = scan_log(plain.string() + ".z", signatures(), {});
    EXPECT_FALSE(result.error) << tool;
    EXPECT_THAT(result.found, SizeIs(1)) << tool;
  }
}

TEST(ScanLog, JudgesWhatCouldBeReadOfALogThatIsCut) {
  TempDir temp;
  std::string text = warning;
  for (int i = 0; i < 100'000; ++i)
    text += "[    9.000000] line " + std::to_string(i * 7919) + "\n";
  const std::string packed = gzip_compressed(text);
  const fs::path file = temp.file("console.gz", packed.substr(0, packed.size() / 2));
  ScanResult result = scan_log(file.string(), signatures(), {});
  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->what, HasSubstr("console.gz"));
  EXPECT_THAT(result.found, SizeIs(1));
}

TEST(ScanLog, SaysWhichLogCanNotBeRead) {
  ScanResult result = scan_log("/no/such.log", signatures(), {});
  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->what, HasSubstr("/no/such.log: No such file"));
  EXPECT_FALSE(has_failure(result));
}

}  // namespace
}  // namespace bootgate
