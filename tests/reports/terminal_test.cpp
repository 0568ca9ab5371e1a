#include "reports/terminal.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/reports/terminal_fixture.hpp"

namespace bootgate {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class WholeRun : public TerminalOutput {
 protected:
  std::string whole_run() {
    Terminal terminal(options_);
    RunResult run = sample_run();
    terminal.on(sample_start());
    terminal.on(Progress{"unpacking linux-image-6.1"});
    terminal.on(JobStarted{0, run.jobs[0]});
    for (std::size_t i = 0; i < run.jobs[0].cases.size(); ++i) {
      terminal.on(CaseStarted{0, i});
      terminal.on(ConsoleLine{0, {}, hostile_bytes()});
      terminal.on(CaseDone{0, i, run.jobs[0].cases[i]});
    }
    terminal.on(JobDone{0, run.jobs[0]});
    now_ += Duration(2500);
    terminal.on(RunDone{run});
    return written();
  }
};

constexpr std::string_view mount_a_failed = R"(   FAIL  boot/mount-a  1.20s

         WARNING in foo_bar
         at suites/boot.toml:31
         run `mount -a`
         exit status 255, wanted 0

         WARNING in foo_bar
         | WARNING: CPU: 0 PID: 1
         | RIP: foo_bar

         console
         | [    0.100000] first
         | [    0.200000] last

         evidence  bootgate-out/1/debian-busybox-initrd_only-tcg

)";

constexpr std::string_view login_in_error = R"(  ERROR  boot/login    0.31s

         QEMU: killed by SIGKILL

         evidence  bootgate-out/1/debian-busybox-initrd_only-tcg

)";

constexpr std::string_view sample_summary = R"(
ERROR  1 passed, 1 failed, 1 error, 1 skipped, 1 not run in 2.50s
junit     bootgate-out/latest/junit.xml
)";

TEST_F(WholeRun, InALogIsPlainLines) {
  options_.junit = "bootgate-out/latest/junit.xml";
  std::string expected = R"(kernel  debian
accel   tcg: KVM guests hang on this host
cases   5 in 1 job
unpacking linux-image-6.1

debian-busybox-initrd_only-tcg
   PASS  boot/banner   0.31s
)";
  expected += mount_a_failed;
  expected += login_in_error;
  expected += R"(   SKIP  boot/rust     needs config:RUST
NOT RUN  boot/shell    boot/login failed
)";
  expected += sample_summary;
  EXPECT_EQ(whole_run(), expected);
}

TEST_F(WholeRun, QuietShowsFailuresAndTheSummaryOnly) {
  options_.quiet = true;
  options_.junit = "bootgate-out/latest/junit.xml";
  EXPECT_EQ(whole_run(), std::string(mount_a_failed) + std::string(login_in_error) + std::string(sample_summary));
}

TEST_F(TerminalOutput, SaysThatSamplesAreStillToCome) {
  RunStarted started = sample_start();
  started.outline.jobs[0].samples = true;
  Terminal terminal(options_);
  terminal.on(started);
  EXPECT_THAT(written(), HasSubstr("cases   5 in 1 job, and one for each Rust sample\n"));
}

TEST_F(WholeRun, ColoursTheWordsOnly) {
  options_.colour = true;
  std::string text = whole_run();
  EXPECT_THAT(text, HasSubstr("   \x1b[32mPASS\x1b[0m  boot/banner   0.31s\n"));
  EXPECT_THAT(text, HasSubstr("   \x1b[1;31mFAIL\x1b[0m  boot/mount-a  1.20s\n"));
}

TEST_F(TerminalOutput, ProgressOfOneThingComesTwiceAMinuteInALog) {
  Terminal terminal(options_);
  terminal.on(sample_start());
  written();
  terminal.on(Progress{"downloading linux: 8 of 142 MiB"});
  terminal.on(Progress{"downloading linux: 16 of 142 MiB"});
  EXPECT_EQ(written(), "downloading linux: 8 of 142 MiB\n");
  now_ += Duration(30'000);
  terminal.on(Progress{"downloading linux: 24 of 142 MiB"});
  terminal.on(Progress{"unpacking linux"});
  EXPECT_EQ(written(), "downloading linux: 24 of 142 MiB\nunpacking linux\n");
}

TEST_F(TerminalOutput, GuestBytesNeverArriveRaw) {
  options_.live = true;
  size_.width = 4000;
  Terminal terminal(options_);
  CaseResult result = sample_failure();
  result.name = result.reason = hostile_bytes();
  result.details = hostile_bytes() + "\n" + hostile_bytes();
  result.excerpt = result.reports[0].lines = {hostile_bytes()};
  result.reports[0].title = result.machine = hostile_bytes();
  result.earlier = {result};
  CaseResult fresh = sample_case("login", Outcome::flaky);
  fresh.machine = "a fresh boot: " + hostile_bytes();
  fresh.earlier = {result};
  RunStarted started = sample_start();
  started.kernel = started.accelerator = started.outline.jobs[0].name = started.outline.jobs[0].cases[0].name =
      hostile_bytes();
  RunResult run = sample_run();
  run.error = Error{Error::Kind::bench, hostile_bytes(), std::nullopt, hostile_bytes()};
  terminal.on(started);
  terminal.on(Progress{hostile_bytes()});
  terminal.on(JobStarted{0, started.outline.jobs[0]});
  terminal.on(CaseStarted{0, 0});
  now_ += Duration(100);
  terminal.on(ConsoleLine{0, {}, hostile_bytes()});
  terminal.on(CaseStarted{0, 1});
  terminal.on(ConsoleLine{0, 1, hostile_bytes()});
  terminal.on(CaseDone{0, 2, fresh});
  terminal.on(CaseDone{0, 3, result});
  now_ += Duration(100);
  terminal.tick();
  terminal.on(CaseDone{0, 0, result});
  terminal.on(BuildRunning{{hostile_bytes(), 1, 0, Duration(1000)}});
  run.jobs[0].cases[2] = fresh;
  run.jobs[0].cases[3] = result;
  terminal.on(RunDone{run});

  std::string text = written();
  EXPECT_THAT(text, HasSubstr(R"(| a\x00\x1b[2J\x1b]0;t\x07\xff\xe2\x82 ]]> <&"\x0d\x7f\xc2\x9bz)"));
  // What the display itself writes: returns, erasures, and the way back to the first live line.
  for (std::size_t at = 0; (at = text.find('\x1b', at)) != std::string::npos;)
    text.erase(at, text.find_first_of("KJAlh", at) + 1 - at);
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  for (char c : text)
    EXPECT_TRUE(c >= ' ' && c < '\x7f') << static_cast<int>(c);
}

TEST_F(TerminalOutput, BuildsComeTwiceAMinuteInALog) {
  Terminal terminal(options_);
  terminal.on(sample_start());
  written();
  terminal.on(BuildRunning{{"Linux 6.12", 5, 0, Duration(9000)}});
  terminal.on(BuildRunning{{"Linux 7.2", 6, 0, Duration(9000)}});
  terminal.on(BuildRunning{{"Linux 6.12", 7, 0, Duration(9000)}});
  EXPECT_EQ(written(), "building Linux 6.12  5 done, 9s\nbuilding Linux 7.2  6 done, 9s\n");
  now_ += Duration(30'000);
  terminal.on(BuildRunning{{"Linux 6.12", 8, 0, Duration(39'000)}});
  EXPECT_EQ(written(), "building Linux 6.12  8 done, 39s\n");
}

TEST_F(TerminalOutput, LongReportsAndConsolesAreShortened) {
  Terminal terminal(options_);
  CaseResult result = sample_failure();
  result.excerpt.clear();
  for (int i = 0; i < 100; ++i)
    result.excerpt.push_back("line " + std::to_string(i));
  result.reports[0].lines = result.excerpt;
  result.details = std::string(1000, 'x');
  terminal.on(sample_start());
  terminal.on(CaseDone{0, 0, result});
  std::string text = written();
  EXPECT_THAT(text, HasSubstr("console (20 of 100 lines)\n         | line 80\n"));
  EXPECT_THAT(text, HasSubstr("WARNING in foo_bar (30 of 100 lines)\n         | line 0\n"));
  EXPECT_THAT(text, HasSubstr(std::string(240, 'x') + " ...\n"));
}

TEST_F(TerminalOutput, SummarySaysWhatTheRunIsWorth) {
  auto summary = [this](RunResult run) {
    Terminal terminal(options_);
    terminal.on(RunStarted{});
    written();
    terminal.on(RunDone{std::move(run)});
    return written();
  };
  RunResult run = sample_run();
  auto only = [&](std::initializer_list<Outcome> outcomes) {
    run.jobs[0].cases.clear();
    for (Outcome outcome : outcomes)
      run.jobs[0].cases.push_back(sample_case("x", outcome));
    return summary(run);
  };
  EXPECT_EQ(only({Outcome::pass, Outcome::pass}), "\nPASSED  2 passed in 0.00s\n");
  EXPECT_EQ(only({Outcome::pass, Outcome::fail}), "\nFAILED  1 passed, 1 failed in 0.00s\n");
  EXPECT_EQ(only({Outcome::skip}), "\nNOTHING PASSED  1 skipped in 0.00s\n");
  EXPECT_EQ(only({Outcome::pass, Outcome::known}), "\nPASSED  1 passed, 1 known issue in 0.00s\n");
  EXPECT_EQ(only({}), "\nNOTHING PASSED  no case in 0.00s\n");
  run.interrupted = true;
  EXPECT_EQ(only({Outcome::pass}), "\nINTERRUPTED  1 passed in 0.00s\n");
  run.interrupted = false;
  run.error = Error{Error::Kind::bench, "no QEMU", std::nullopt, "install it"};
  EXPECT_EQ(only({}), "\nbootgate: no QEMU\n  install it\nERROR  no case in 0.00s\n");
}

/// A real pseudo-terminal, since isatty and its width are what is asked.
class PseudoTerminal : public ::testing::Test {
 protected:
  void SetUp() override {
    master_ = UniqueFd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(master_ && ::grantpt(master_.get()) == 0 && ::unlockpt(master_.get()) == 0);
    char name[64] = {};
    ASSERT_EQ(::ptsname_r(master_.get(), name, sizeof name), 0);
    slave_ = UniqueFd(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(slave_);
    ::setenv("TERM", "xterm", 1);
    ::unsetenv("NO_COLOR");
  }
  UniqueFd master_, slave_;
};

TEST_F(PseudoTerminal, IsLiveColouredAndAsWideAsItIs) {
  winsize size{24, 132, 0, 0};
  ASSERT_EQ(::ioctl(master_.get(), TIOCSWINSZ, &size), 0);
  TerminalOptions options = terminal_options(slave_.get(), false);
  EXPECT_TRUE(options.live);
  EXPECT_TRUE(options.colour);
  EXPECT_EQ(options.size().width, 132u);
  EXPECT_EQ(options.size().height, 24u);
  size.ws_col = 60;
  ASSERT_EQ(::ioctl(master_.get(), TIOCSWINSZ, &size), 0);
  EXPECT_EQ(options.size().width, 60u) << "it was resized";
}

TEST_F(PseudoTerminal, WithoutASizeIsEightyWide) {
  EXPECT_EQ(terminal_options(slave_.get(), false).size().width, 80u);
}

TEST_F(PseudoTerminal, RespectsNoColor) {
  ::setenv("NO_COLOR", "1", 1);
  TerminalOptions options = terminal_options(slave_.get(), false);
  EXPECT_TRUE(options.live);
  EXPECT_FALSE(options.colour);
}

TEST_F(PseudoTerminal, ThatIsDumbGetsPlainLines) {
  ::setenv("TERM", "dumb", 1);
  TerminalOptions options = terminal_options(slave_.get(), false);
  EXPECT_FALSE(options.live);
  EXPECT_FALSE(options.colour);
}

TEST_F(PseudoTerminal, QuietHasNoLiveLine) {
  EXPECT_FALSE(terminal_options(slave_.get(), true).live);
}

TEST(TerminalOptions, AFileIsNeitherLiveNorColoured) {
  UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  TerminalOptions options = terminal_options(null.get(), false);
  EXPECT_FALSE(options.live);
  EXPECT_FALSE(options.colour);
}

}  // namespace
}  // namespace bootgate
