#include "harness/console/control.hpp"

#include <gtest/gtest.h>

namespace bootgate {
namespace {

TEST(Control, IntroducesACloneAndTakesNoOldAnswerForIts) {
  Control control("new");
  EXPECT_EQ(control.introduce(1700000000, "5eed"), "clone 'new 1700000000 5eed'\n");
  control.feed("\n@bootgate:old:ready@\n");
  EXPECT_FALSE(control.ready());
  control.feed("\n@bootgate:new:ready@\n");
  EXPECT_TRUE(control.ready());
  EXPECT_FALSE(control.lost());
}

TEST(Control, IsReadyOnceTheLoopSaysSoWithOurNonce) {
  Control control("abc");
  control.feed("\n@bootgate:other:ready@\n");
  EXPECT_FALSE(control.ready());
  control.feed("\n@bootgate:abc:rea");
  control.feed("dy@\n");
  EXPECT_TRUE(control.ready());
}

TEST(Control, GivesOutputAndStatusOfACommand) {
  Control control("abc");
  EXPECT_EQ(control.request("echo hi"), "1 'echo hi'\n");
  control.feed("hi\nthere\n\n@bootgate:abc:1:3:sync@\n");
  auto answer = control.take_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->output, "hi\nthere");
  EXPECT_EQ(answer->status, 3);
  EXPECT_TRUE(answer->synced);
  EXPECT_FALSE(control.take_answer()) << "an answer is given once";
  EXPECT_EQ(control.sync_line(), "bootgate: abc sync 1");
}

TEST(Control, KeepsOutputWithoutALineEnd) {
  Control control("n");
  control.request("printf x");
  control.feed("x\n@bootgate:n:1:0:nosync@\n");
  auto answer = control.take_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->output, "x");
  EXPECT_FALSE(answer->synced);
}

TEST(Control, FindsAMarkerThatComesByteByByte) {
  Control control("n");
  control.request("true");
  for (char c : std::string_view("out\n\n@bootgate:n:1:0:sync@\n"))
    control.feed(std::string_view(&c, 1));
  auto answer = control.take_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->output, "out");
}

TEST(Control, IgnoresTheMarkerOfAnEarlierCommand) {
  Control control("n");
  control.request("slow");
  control.request("next");
  control.feed("late\n@bootgate:n:1:0:sync@\nmine\n\n@bootgate:n:2:5:sync@\n");
  auto answer = control.take_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->output, "mine");
  EXPECT_EQ(answer->status, 5);
}

TEST(Control, CannotBeFooledByOutputWithoutTheNonce) {
  Control control("secret");
  control.request("echo");
  control.feed("\n@bootgate:guess:1:0:sync@\n\n@bootgate:secret:1:x:sync@\n\n@bootgate:secret:1:0@\n");
  EXPECT_FALSE(control.take_answer());
}

TEST(Control, IsLostWhenTheLoopStartsAnewUnderACommand) {
  Control control("n");
  control.feed("\n@bootgate:n:ready@\n");
  EXPECT_FALSE(control.lost());
  control.request("kill $PPID");
  control.feed("\n@bootgate:n:ready@\n");
  EXPECT_TRUE(control.lost());
  control.request("true");
  EXPECT_FALSE(control.lost()) << "the next command finds a new loop";
}

TEST(Control, QuotesCommandsForOneLine) {
  Control control("n");
  EXPECT_EQ(control.request("a 'b'\nc"), "1 'a '\\''b'\\'''\"$nl\"'c'\n");
}

TEST(Control, BoundsTheOutputItKeeps) {
  Control control("n");
  control.request("yes");
  const std::string piece(100'000, 'y');
  for (int i = 0; i < 20; ++i)
    control.feed(piece);
  control.feed("\n@bootgate:n:1:0:sync@\n");
  auto answer = control.take_answer();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->truncated);
  EXPECT_LT(answer->output.size(), Control::output_limit + 100);
}

TEST(ConsoleShell, SplitsItsMarkersSoThatAnEchoDoesNotMatch) {
  ConsoleShell shell("n");
  EXPECT_EQ(shell.handshake().find("@bootgate"), std::string::npos);
  EXPECT_EQ(shell.request("true").find("@bootgate"), std::string::npos);
}

TEST(ConsoleShell, CollectsLinesBetweenItsMarkersAndNoKernelRecords) {
  ConsoleShell shell("n");
  shell.line("# @bootgate:n:ready@");
  EXPECT_TRUE(shell.ready());
  shell.request("ls");
  for (const char* line :
       {"# # ", "@bootgate:n:1:begin@", "one", "[    1.234567] kernel", "two", "", "@bootgate:n:1:2:sync@"})
    shell.line(line);
  auto answer = shell.take_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->output, "one\ntwo");
  EXPECT_EQ(answer->status, 2);
  EXPECT_TRUE(answer->synced);
}

TEST(ConsoleShell, SendsALongCommandInPiecesThatATtyTakes) {
  ConsoleShell shell("n");
  std::string text = shell.request(std::string(20'000, '\''));
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find('\n', at);
    longest = std::max(longest, end - at);
    at = end + 1;
  }
  EXPECT_LT(longest, 4095u);
}

}  // namespace
}  // namespace bootgate
