#include "harness/cli/console_keys.hpp"

#include <gtest/gtest.h>

namespace bootgate {
namespace {

using namespace std::chrono_literals;

TEST(ConsoleKeys, AreTheGuestsButForThoseBehindCtrlA) {
  ConsoleKeys keys;
  const ConsoleKeys::Taken taken = keys.take("ls\r\x03\x04");
  EXPECT_EQ(taken.bytes, "ls\r\x03\x04");
  EXPECT_FALSE(taken.leaves || taken.is_break);
}

TEST(ConsoleKeys, LeaveAtCtrlAXAlsoWhereTheTwoComeApart) {
  ConsoleKeys keys;
  EXPECT_FALSE(keys.take("a\x01").leaves);
  const ConsoleKeys::Taken taken = keys.take("xyz");
  EXPECT_TRUE(taken.leaves);
  EXPECT_EQ(taken.bytes, "");
}

TEST(ConsoleKeys, SendCtrlAWhenItIsPressedTwice) {
  ConsoleKeys keys;
  const ConsoleKeys::Taken taken = keys.take("\x01\x01x");
  EXPECT_EQ(taken.bytes, "\x01x");
  EXPECT_FALSE(taken.leaves);
}

TEST(ConsoleKeys, GiveTheKeyBehindABreakBack) {
  ConsoleKeys keys;
  const ConsoleKeys::Taken taken = keys.take("a\x01\x62t");
  EXPECT_EQ(taken.bytes, "a");
  EXPECT_TRUE(taken.is_break);
  EXPECT_EQ(taken.rest, "t");
}

TEST(ConsoleKeys, ForgetACommandThatThereIsNone) {
  ConsoleKeys keys;
  EXPECT_EQ(keys.take("\x01qok").bytes, "ok");
}

class PacedLinesTest : public testing::Test {
 protected:
  void after(Duration duration) { now_ += duration; }
  void console(std::string_view bytes) { lines_.console(bytes, now_); }
  std::optional<std::string> next() { return lines_.next(now_); }

  PacedLines lines_;
  TimePoint now_{1h};
};

TEST_F(PacedLinesTest, WaitForAPromptHoweverLongTheBootIsSilent) {
  lines_.feed("root\n");
  console("[    0.1] booting\r\n");
  after(10min);
  EXPECT_EQ(next(), std::nullopt);
  console("login: ");
  after(100ms);
  EXPECT_EQ(next(), std::nullopt);
  after(50ms);
  EXPECT_EQ(next(), "root\n");
}

TEST_F(PacedLinesTest, GoOneByOneEachWhenTheEchoOfTheLastHasEnded) {
  lines_.feed("root\npassword\n");
  console("login: ");
  after(1s);
  EXPECT_EQ(next(), "root\n");
  console("ro");
  after(1s);
  EXPECT_EQ(next(), std::nullopt);
  console("ot\r\nPassword: ");
  after(150ms);
  EXPECT_EQ(next(), "password\n");
}

// The clocksource is switched about a second after the drivers' start, often just when getty asks.
TEST_F(PacedLinesTest, GoToAPromptThatTheKernelHasPrintedBehind) {
  lines_.feed("root\npassword\n");
  console("login: [    2.561000] tsc: Refined TSC clocksource calibration\r\n");
  after(150ms);
  EXPECT_EQ(next(), "root\n");
  console("[    2.561500] another\r\n");
  after(1s);
  EXPECT_EQ(next(), std::nullopt) << "the kernel's line is no echo";
  console("root\r\n[    2.562000] clocksource: Switched to clocksource tsc\r\n");
  after(1s);
  EXPECT_EQ(next(), std::nullopt) << "the prompt has been answered";
  console("Password: ");
  after(150ms);
  EXPECT_EQ(next(), "password\n");
}

TEST_F(PacedLinesTest, GoToThePromptBehindOneThatEchoesNothing) {
  lines_.feed("secret\nls\npwd\n");
  console("Password: ");
  after(150ms);
  EXPECT_EQ(next(), "secret\n");
  console("\r\n");
  console("~ # ");
  after(150ms);
  EXPECT_EQ(next(), "ls\n");
  console("ls\r\nfile\r\n~ # ");
  after(150ms);
  EXPECT_EQ(next(), "pwd\n");
}

TEST_F(PacedLinesTest, TakeNoHalfOfAKernelsLineForAPrompt) {
  lines_.feed("root\n");
  console("[    0.100000] boo");
  after(10s);
  EXPECT_EQ(next(), std::nullopt);
  console("ting\r\nlogin: ");
  after(150ms);
  EXPECT_EQ(next(), "root\n");
}

TEST_F(PacedLinesTest, GoToWhatReadsWithoutAPrompt) {
  lines_.feed("cat >file\ntext\n");
  console("# ");
  after(1s);
  EXPECT_EQ(next(), "cat >file\n");
  console("cat >file\r\n");
  after(1999ms);
  EXPECT_EQ(next(), std::nullopt);
  after(1ms);
  EXPECT_EQ(next(), "text\n");
}

TEST_F(PacedLinesTest, TakeALineWithoutItsEndForOneAtTheEndOfTheInput) {
  lines_.feed("exit");
  console("# ");
  after(1s);
  EXPECT_EQ(next(), std::nullopt);
  EXPECT_TRUE(lines_.wants_more());
  lines_.end_of_input();
  EXPECT_EQ(next(), "exit");
  EXPECT_FALSE(lines_.wants_more());
  EXPECT_EQ(next(), std::nullopt);
}

}  // namespace
}  // namespace bootgate
