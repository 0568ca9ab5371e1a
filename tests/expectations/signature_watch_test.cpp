#include "expectations/signature_watch.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <set>

#include "harness/support/text.hpp"
#include "tests/expectations/sample.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A watch that has seen `lines`, one every 10 ms.
struct Watched {
  SignatureWatch watch{shipped_signatures()};
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
  EXPECT_TRUE(seen.watch.collecting()) << "registers may come yet";
  seen.see("[    2.4] demo: loaded");
  EXPECT_FALSE(seen.watch.collecting());
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].lines.back(), "[    2.3]  </TASK>");
}

TEST(SignatureWatch, GivesALateEndMarkerToTheReportThatHasEnded) {
  Watched seen({warning, "[    2.1] Call Trace:", "[    2.1]  <TASK>", "[    2.1]  demo_init+0x11/0x1000",
                "[    2.1]  </TASK>", "[    2.2] usb 1-1: new device",
                "[    2.3] ---[ end trace 0000000000000000 ]---"});
  seen.watch.close();
  EXPECT_THAT(seen.watch.take(), SizeIs(1));
}

TEST(SignatureWatch, KeepsASanitizersWholeFrame) {
  const Sample sample = read_sample("kasan-6.12.log");
  auto reports = reports_of(sample.console);
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_THAT(reports[0].lines.front(), HasSubstr("===="));
  EXPECT_THAT(reports[0].lines.back(), HasSubstr("===="));
  EXPECT_THAT(reports[0].lines, testing::Contains(HasSubstr("Freed by task")));
}

TEST(SignatureWatch, KeepsTheRegistersBehindAnOops) {
  const Sample sample = read_sample("null-deref-6.1.log");
  auto reports = reports_of(sample.console);
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
  const std::string line = "[    2.1] " + std::string(16 * 1024 - 10, 'x');
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
  const std::string line = "[    2.1] " + std::string(16 * 1024 - 10, 'x');
  for (int i = 0; i < 7; ++i)
    seen.see(line);
  const std::string filler = "[    2.1] " + std::string(16 * 1024 - 110, 'x');
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

std::shared_ptr<const SignatureSet> one_row(const char* pattern, std::vector<const char*> exceptions = {}) {
  auto regex = [](const char* text) { return Pattern::compile({text, true, {"demo.toml", 1, 1}}).value(); };
  Signature row{"demo", "aaa", regex(pattern), Severity::failure, "demo", {}, {}, {}, {}, {}, {}, {}, {}, {}, 1,
                {},     {}};
  for (const char* exception : exceptions)
    row.except.push_back(regex(exception));
  auto set = std::make_shared<SignatureSet>();
  set->rows.push_back(std::move(row));
  return set;
}

TEST(SignatureWatch, TellsOfAnExceptionThatIsTooExpensive) {
  SignatureWatch watch(one_row("^a", {"(a+)+$"}));
  watch.line(std::string(4096, 'a') + "!", 0, TimePoint());
  EXPECT_TRUE(watch.collecting()) << "an exception that could not be tried is no exception";
  ASSERT_TRUE(watch.trouble());
  EXPECT_THAT(watch.trouble()->what, HasSubstr("'(a+)+$' is too expensive"));
}

/// Lines are as long as 16 KiB, and a hostile console has them: a pattern whose time grows with the square of their
/// length would stop the watch.
TEST(SignatureWatch, HasNoShippedPatternThatIsTooExpensive) {
  constexpr std::size_t most = 16 * 1024;
  const auto shipped = shipped_signatures();
  for (const Signature& row : shipped->rows)
    for (std::string_view filler : {"a", "9", ":", "a ", "a: ", "- ", "_.", "<", "'", "(a)", "0x9 "}) {
      std::string around;
      while (around.size() + row.literal.size() + filler.size() < most / 2)
        around += filler;
      for (const std::string& line : {around + row.literal + around, around + around + row.literal,
                                      row.literal + around + around, around + " " + row.literal}) {
        SignatureWatch watch(shipped);
        watch.line(line, 0, TimePoint());
        watch.line(line, 1, TimePoint());
        watch.close();
        EXPECT_FALSE(watch.trouble()) << row.id << " with '" << filler << "': " << one_line(*watch.trouble());
        if (watch.trouble()) break;
      }
    }
}

TEST(SignatureWatch, TriesAPatternNoMoreThatIsTooExpensive) {
  SignatureWatch watch(one_row("(a+)+$"));
  watch.line("aaaa", 0, TimePoint());
  EXPECT_TRUE(watch.collecting());
  watch.close();
  watch.line(std::string(4096, 'a') + "!", 1, TimePoint());
  ASSERT_TRUE(watch.trouble());
  EXPECT_THAT(watch.trouble()->what, HasSubstr("'(a+)+$' is too expensive"));
  watch.line("aaaa", 2, TimePoint());
  EXPECT_FALSE(watch.collecting()) << "a million such lines would take an hour";
}

TEST(SignatureWatch, KeepsOtherCallersOut) {
  Watched seen({"[    2.100000][   T61] WARNING: CPU: 0 PID: 61 at a.c:1 demo_init+0x1/0x2",
                "[    2.100001][   T70] random: crng init done", "[    2.100002][   T61] Call Trace:",
                "[    2.100003][   T70] BUG: kernel NULL pointer dereference, address: 0000000000000008",
                "[    2.100004][   T61]  mine+0x1/0x2", "[    2.100005][   T70] RIP: 0010:theirs+0x1/0x2",
                "[    2.100006][   T61] ---[ end trace 0000000000000000 ]---",
                "[    2.100007][   T70] ---[ end trace 0000000000000000 ]---"});
  seen.watch.close();
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_EQ(reports[0].title, "WARNING in demo_init");
  EXPECT_THAT(reports[0].lines, SizeIs(4));
  EXPECT_EQ(reports[0].last_line, 6u);
  EXPECT_EQ(reports[1].title, "BUG: kernel NULL pointer dereference in theirs");
  EXPECT_THAT(reports[1].lines, SizeIs(3));
}

TEST(SignatureWatch, TakesTheStacksThatOtherCpusPrintOnItsBehalf) {
  Watched seen({"[    9.100000][    C0] rcu: INFO: rcu_sched self-detected stall on CPU",
                "[    9.100001][    C0] Sending NMI from CPU 0 to CPUs 1:",
                "[    9.100002][    C1] NMI backtrace for cpu 1", "[    9.100003][   T70] unrelated"});
  seen.watch.close();
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_THAT(reports[0].lines, SizeIs(3));
}

TEST(SignatureWatch, KeepsUserSpaceOut) {
  Watched seen({warning, "login: root", "[    2.1] Call Trace:", "BUG: not even this", "[    2.2]  demo+0x1/0x2"});
  seen.watch.close();
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_THAT(reports[0].lines, SizeIs(3));
}

TEST(SignatureWatch, SeesNoSecondFailureInAReplay) {
  constexpr std::string_view header = "[    2.123456] WARNING: CPU: 0 PID: 61 at a.c:1 demo_init+0x1/0x2";
  constexpr std::string_view end = "[    2.123999] ---[ end trace 0000000000000000 ]---";
  Watched seen({header, end, "# dmesg", header, end});
  seen.see("[    3.123456] WARNING: CPU: 0 PID: 61 at a.c:1 demo_init+0x1/0x2");
  seen.watch.close();
  auto reports = seen.watch.take();
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_EQ(reports[1].first_line, 5u);
}

TEST(SignatureWatch, DistrustsReportsThatAreCut) {
  Watched seen({"[    9.1] BUG: KASAN: double-free in demo_free+0x1/0x2", "[    9.2] Call Trace:"});
  seen.watch.close();
  EXPECT_EQ(seen.watch.take().at(0).corrupted, "its call trace has no frames");
  seen.see("[    9.3] BUG: KASAN: double-free in demo_free+0x1/0x2");
  seen.watch.close();
  EXPECT_EQ(seen.watch.take().at(0).corrupted, "its end is missing");
  seen.see(warning);
  seen.see("** 17 printk messages dropped **");
  seen.see("[    9.4] ** 17 printk messages dropped **");
  seen.watch.close();
  EXPECT_EQ(seen.watch.take().at(0).corrupted, "records in it were lost");
}

TEST(SignatureWatch, FindsAHeaderAmongBytesThatAreNoText) {
  using namespace std::string_literals;
  Watched seen({"\0\xff\x1b[31m[    2.0] WARNING: CPU: 0 PID: 6 at a.c:1 demo_init+0x1/0x2"s});
  seen.watch.close();
  EXPECT_THAT(seen.watch.take(), SizeIs(1));
}

TEST(SignatureWatch, ReadsAHundredThousandHealthyLinesAtOnce) {
  SignatureWatch watch(shipped_signatures());
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

}  // namespace
}  // namespace bootgate
