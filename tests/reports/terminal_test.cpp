#include "reports/terminal.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/reports/sample_run.hpp"

namespace bootgate {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

/// A display that writes into a file, on a clock that stands still until it is moved.
class TerminalOutput : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = make_temp_dir(fs::temp_directory_path(), "terminal").value();
    fd_ = UniqueFd(::open((dir_ / "out").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    options_.fd = fd_.get();
    options_.now = [this] { return now_; };
  }
  void TearDown() override { fs::remove_all(dir_); }

  /// What was written since the last call.
  std::string written() {
    std::string all = read_file(dir_ / "out").value();
    std::string fresh = all.substr(seen_);
    seen_ = all.size();
    return fresh;
  }
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

  fs::path dir_;
  UniqueFd fd_;
  std::size_t seen_ = 0;
  TimePoint now_ = TimePoint(std::chrono::hours(1));
  TerminalOptions options_;
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

TEST_F(TerminalOutput, InALogIsPlainLines) {
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

TEST_F(TerminalOutput, QuietShowsFailuresAndTheSummaryOnly) {
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

TEST_F(TerminalOutput, ColoursTheWordsOnly) {
  options_.colour = true;
  std::string text = whole_run();
  EXPECT_THAT(text, HasSubstr("   \x1b[32mPASS\x1b[0m  boot/banner   0.31s\n"));
  EXPECT_THAT(text, HasSubstr("   \x1b[1;31mFAIL\x1b[0m  boot/mount-a  1.20s\n"));
}

TEST_F(TerminalOutput, LiveLineShowsCaseTimeAndConsole) {
  options_.live = true;
  Terminal terminal(options_);
  terminal.on(sample_start());
  terminal.on(JobStarted{0, sample_start().outline.jobs[0]});
  terminal.on(CaseStarted{0, 1});
  written();
  now_ += Duration(1200);
  terminal.on(ConsoleLine{0, {}, "[    0.5] Freeing unused kernel memory"});
  EXPECT_EQ(written(), "\r         boot/mount-a 2/5  1.20s  [    0.5] Freeing unused kernel memory\x1b[K");
  terminal.on(CaseDone{0, 1, sample_case("mount-a", Outcome::pass)});
  EXPECT_EQ(written(), "\r\x1b[K   PASS  boot/mount-a  0.31s\n");
}

TEST_F(TerminalOutput, LiveLineIsCutToTheWidth) {
  options_.live = true;
  options_.width = 41;
  Terminal terminal(options_);
  terminal.on(sample_start());
  terminal.on(CaseStarted{0, 1});
  now_ += Duration(1200);
  written();
  terminal.on(ConsoleLine{0, {}, "0123456789"});
  EXPECT_EQ(written(), "\r         boot/mount-a 2/5  1.20s  012345\x1b[K");
  now_ += Duration(100);
  terminal.on(ConsoleLine{0, {}, "abc\t\xe6\xbc\xa2\xe5\xad\x97"});
  EXPECT_EQ(written(), "\r         boot/mount-a 2/5  1.30s  abc \xe6\xbc\xa2\x1b[K") << "wide letters take two columns";
}

TEST_F(TerminalOutput, LiveLineIsPaintedTwentyTimesASecondAtMost) {
  options_.live = true;
  Terminal terminal(options_);
  terminal.on(sample_start());
  terminal.on(CaseStarted{0, 0});
  written();
  int paints = 0;
  for (int ms = 0; ms < 1000; ++ms) {
    now_ += Duration(1);
    terminal.on(ConsoleLine{0, {}, "flood"});
    paints += written().empty() ? 0 : 1;
  }
  EXPECT_LE(paints, 20);
  EXPECT_GE(paints, 19);
}

TEST_F(TerminalOutput, TimeGoesOnWithoutEvents) {
  options_.live = true;
  Terminal terminal(options_);
  terminal.on(sample_start());
  terminal.tick();
  terminal.on(CaseStarted{0, 0});
  written();
  now_ += Duration(12'345);
  terminal.tick();
  EXPECT_EQ(written(), "\r         boot/banner 1/5  12.3s\x1b[K");
}

TEST_F(TerminalOutput, ProgressIsLiveOnATerminal) {
  options_.live = true;
  Terminal terminal(options_);
  terminal.on(sample_start());
  written();
  terminal.on(Progress{"unpacking"});
  EXPECT_EQ(written(), "\r         unpacking  0.00s\x1b[K");
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

TEST_F(TerminalOutput, LiveLineIsGoneWhenTheDisplayEnds) {
  options_.live = true;
  {
    Terminal terminal(options_);
    terminal.on(sample_start());
    terminal.on(CaseStarted{0, 0});
  }
  EXPECT_THAT(written(), EndsWith("\r\x1b[K"));
}

TEST_F(TerminalOutput, GuestBytesNeverArriveRaw) {
  options_.live = true;
  options_.width = 4000;
  Terminal terminal(options_);
  CaseResult result = sample_failure();
  result.name = result.reason = hostile_bytes();
  result.details = hostile_bytes() + "\n" + hostile_bytes();
  result.excerpt = result.reports[0].lines = {hostile_bytes()};
  result.reports[0].title = hostile_bytes();
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
  terminal.on(CaseDone{0, 0, result});
  terminal.on(RunDone{run});

  std::string text = written();
  EXPECT_THAT(text, HasSubstr(R"(| a\x00\x1b[2J\x1b]0;t\x07\xff\xe2\x82 ]]> <&"\x0d\x7f\xc2\x9bz)"));
  // What the display itself writes: one return and one erasure per live line.
  for (std::size_t at = 0; (at = text.find('\x1b', at)) != std::string::npos;)
    text.erase(at, std::string("\x1b[K").size());
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  for (char c : text)
    EXPECT_TRUE(c >= ' ' && c < '\x7f') << static_cast<int>(c);
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
  terminal.on(CaseDone{0, 1, result});
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
  EXPECT_EQ(options.width, 132u);
}

TEST_F(PseudoTerminal, WithoutASizeIsEightyWide) {
  EXPECT_EQ(terminal_options(slave_.get(), false).width, 80u);
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
