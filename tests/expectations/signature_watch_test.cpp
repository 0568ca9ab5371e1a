#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <set>

#include "expectations/signatures.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::shared_ptr<const SignatureSet> shipped() {
  static const auto set = [] {
    std::vector<Error> errors;
    auto read = std::make_shared<const SignatureSet>(read_signatures(SIGNATURES_DIR, errors));
    for (const Error& error : errors)
      ADD_FAILURE() << one_line(error);
    return read;
  }();
  return set;
}

std::vector<CrashReport> reports_of(std::string_view console) {
  SignatureWatch watch(shipped());
  std::size_t number = 0;
  for (std::string_view line : split(console, '\n'))
    watch.line(line, number++, TimePoint());
  watch.close();
  EXPECT_FALSE(watch.trouble());
  return watch.take();
}

/// What a report is told by, as it stands in the head of a console file.
std::string summary(const CrashReport& report) {
  return fmt::format("TITLE: {}\nID: {}\nSEVERITY: {}\n", report.title, report.id, to_string(report.severity));
}

struct Console {
  std::string head;  // "TITLE: ...\nID: ...\nSEVERITY: ...\n" for each report, in order
  std::string text;
};

Console read_console(const fs::path& file) {
  std::string all = read_file(file).value();
  std::size_t blank = all.starts_with('\n') ? 0 : all.find("\n\n") + 1;
  return {all.substr(0, blank), all.substr(blank + 1)};
}

std::vector<fs::path> console_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(CONSOLES_DIR))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class Consoles : public testing::TestWithParam<fs::path> {};

TEST_P(Consoles, GiveTheReportsOfTheirHead) {
  Console console = read_console(GetParam());
  std::string found;
  for (const CrashReport& report : reports_of(console.text))
    found += summary(report);
  EXPECT_EQ(found, console.head);
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Saved, Consoles, testing::ValuesIn(console_files()), test_name);

TEST(Consoles, CoverEverySignature) {
  std::set<std::string> covered;
  for (const fs::path& file : console_files()) {
    const Console console = read_console(file);
    for (std::string_view line : split(console.head, '\n'))
      if (line.starts_with("ID: ")) covered.emplace(line.substr(4));
  }
  for (const Signature& row : shipped()->rows)
    EXPECT_TRUE(covered.contains(row.id)) << "no console in " CONSOLES_DIR " shows '" << row.id << "'";
}

/// A watch that has seen `lines`, one every 10 ms.
struct Watched {
  SignatureWatch watch{shipped()};
  TimePoint now{};
  std::size_t number = 0;

  explicit Watched(std::initializer_list<std::string_view> lines) {
    for (std::string_view line : lines)
      see(line);
  }
  void see(std::string_view line) { watch.line(line, number++, now += 10ms); }
};

constexpr std::string_view warning =
    "[    2.0] WARNING: CPU: 0 PID: 61 at drivers/misc/demo.c:20 demo_init+0x11/0x1000";

TEST(SignatureWatch, IsQuietOnAHealthyConsole) {
  Watched seen({"[    0.1] Linux version 6.12.107", "[    0.2] Run /init as init process"});
  EXPECT_FALSE(seen.watch.collecting());
  EXPECT_FALSE(seen.watch.quiet_deadline());
  seen.watch.close();
  EXPECT_THAT(seen.watch.take(), IsEmpty());
}

TEST(SignatureWatch, CollectsUntilTheEndMarker) {
  Watched seen({warning});
  EXPECT_TRUE(seen.watch.collecting());
  EXPECT_THAT(seen.watch.take(), IsEmpty());
  seen.see("[    2.1] ---[ end trace 0000000000000000 ]---");
  EXPECT_FALSE(seen.watch.collecting());
  EXPECT_THAT(seen.watch.take(), SizeIs(1));
  EXPECT_THAT(seen.watch.take(), IsEmpty()) << "a report is handed out once";
}

TEST(SignatureWatch, WaitsTwoSecondsBehindTheLastLine) {
  Watched seen({warning});
  EXPECT_EQ(seen.watch.quiet_deadline(), seen.now + 2s);
  seen.see("[    2.1] Modules linked in:");
  EXPECT_EQ(seen.watch.quiet_deadline(), seen.now + 2s);
  seen.watch.close();
  EXPECT_FALSE(seen.watch.quiet_deadline());
  EXPECT_THAT(seen.watch.take(), SizeIs(1));
}

TEST(SignatureWatch, BeginsAtTheCutMark) {
  Watched seen({"one", "two", "[    1.9] ------------[ cut here ]------------", "[    1.9] value is 7", warning});
  seen.watch.close();
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].first_line, 2u);
  EXPECT_THAT(reports[0].lines, ElementsAre(HasSubstr("cut here"), "[    1.9] value is 7", std::string(warning)));
}

TEST(SignatureWatch, BeginsAtItsHeaderWithoutACutMark) {
  Watched seen({"one", "two", warning});
  seen.watch.close();
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].first_line, 2u);
  EXPECT_THAT(reports[0].lines, SizeIs(1));
}

TEST(SignatureWatch, LeavesTheNextLineOut) {
  Watched seen({warning, "[    2.1] Call Trace:", "[    2.2]  <TASK>", "[    2.3]  </TASK>", "/ # ls"});
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].lines.back(), "[    2.3]  </TASK>");
}

TEST(SignatureWatch, KeepsASanitizersWholeFrame) {
  Console console = read_console(fs::path(CONSOLES_DIR) / "kasan-6.12.log");
  auto reports = reports_of(console.text);
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_THAT(reports[0].lines.front(), HasSubstr("===="));
  EXPECT_THAT(reports[0].lines.back(), HasSubstr("===="));
  EXPECT_THAT(reports[0].lines, testing::Contains(HasSubstr("Freed by task")));
}

TEST(SignatureWatch, KeepsTheRegistersBehindAnOops) {
  Console console = read_console(fs::path(CONSOLES_DIR) / "null-deref-6.1.log");
  auto reports = reports_of(console.text);
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_THAT(reports[0].lines.back(), HasSubstr("note: insmod[61] exited with irqs disabled"));
}

TEST(SignatureWatch, CutsAtFourHundredLines) {
  Watched seen({warning});
  for (int i = 0; i < 1000; ++i)
    seen.see("[    2.1]  frame+0x1/0x2");
  EXPECT_FALSE(seen.watch.collecting());
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_THAT(reports[0].lines, SizeIs(400));
}

TEST(SignatureWatch, CutsAt128KiB) {
  Watched seen({warning});
  const std::string line(16 * 1024, 'x');
  for (int i = 0; i < 20; ++i)
    seen.see(line);
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(1));
  std::size_t bytes = 0;
  for (const std::string& kept : reports[0].lines)
    bytes += kept.size();
  EXPECT_LE(bytes, 128u * 1024);
  EXPECT_GT(bytes, 110u * 1024);
}

TEST(SignatureWatch, LooksAtTheLineThatNoLongerFits) {
  Watched seen({warning});
  const std::string line(16 * 1024, 'x');
  for (int i = 0; i < 7; ++i)
    seen.see(line);
  const std::string filler(16 * 1024 - 100, 'x');
  seen.see(filler);
  seen.see("[    2.2] BUG: KASAN: double-free in demo_free+0x1/0x2");
  seen.watch.close();
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_EQ(reports[1].id, "kasan");
}

TEST(SignatureWatch, WaitsForThePanicBehindASanitizersFrame) {
  Watched seen({"[    9.1] BUG: KASAN: double-free in demo_free+0x1/0x2", "[    9.2] ===================="});
  EXPECT_TRUE(seen.watch.collecting());
  seen.see("[    9.3] demo: loaded");
  EXPECT_FALSE(seen.watch.collecting());
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_THAT(reports[0].lines, SizeIs(2));
  EXPECT_EQ(reports[0].severity, Severity::failure);
}

TEST(SignatureWatch, TellsOfAnExceptionThatIsTooExpensive) {
  auto set = std::make_shared<SignatureSet>();
  auto regex = [](const char* text) { return Pattern::compile({text, true, {"demo.toml", 1, 1}}).value(); };
  set->rows.push_back(
      {"demo", "aaa", regex("^a"), Severity::failure, "demo", {}, {regex("(a+)+$")}, {}, {}, {}, {}, {}});
  SignatureWatch watch(set);
  watch.line(std::string(4096, 'a') + "!", 0, TimePoint());
  EXPECT_TRUE(watch.collecting()) << "an exception that could not be tried is no exception";
  ASSERT_TRUE(watch.trouble());
  EXPECT_THAT(watch.trouble()->what, HasSubstr("'(a+)+$' is too expensive"));
}

TEST(SignatureWatch, FindsAHeaderAmongBytesThatAreNoText) {
  using namespace std::string_literals;
  Watched seen({"\0\xff\x1b[31m[    2.0] WARNING: CPU: 0 PID: 6 at a.c:1 demo_init+0x1/0x2"s});
  seen.watch.close();
  EXPECT_THAT(seen.watch.take(), SizeIs(1));
}

TEST(SignatureWatch, ReadsAHundredThousandHealthyLinesAtOnce) {
  SignatureWatch watch(shipped());
  const std::string line =
      "[    0.163541] pci 0000:00:01.1: [8086:7010] type 00 class 0x010180 conventional PCI endpoint";
  // CPU time, which other work on the host doesn't lengthen.
  std::clock_t start = std::clock();
  for (std::size_t i = 0; i < 100'000; ++i)
    watch.line(line, i, TimePoint());
  double spent = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_THAT(watch.take(), IsEmpty());
#ifdef NDEBUG
  EXPECT_LT(spent, 0.5);
#else
  EXPECT_LT(spent, 10);  // sanitizers
#endif
}

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

}  // namespace
}  // namespace bootgate
