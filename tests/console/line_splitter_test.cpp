#include "harness/console/line_splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/console/console.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using Lines = std::vector<std::string>;

/// Lines of pieces of this many bytes: no boundary between two reads may change what comes out.
Lines split_in_pieces(std::string_view bytes, std::size_t size) {
  LineSplitter splitter;
  Lines lines;
  for (std::size_t at = 0; at < bytes.size(); at += size)
    splitter.feed(bytes.substr(at, size), [&](std::string_view line, std::size_t) { lines.emplace_back(line); });
  return lines;
}

void ignore(std::string_view, std::size_t) {}

Lines split_whole(std::string_view bytes) {
  return split_in_pieces(bytes, bytes.size());
}

Lines split_bytewise(std::string_view bytes) {
  return split_in_pieces(bytes, 1);
}

TEST(LineSplitter, EndsLinesAtEveryKindOfLineEnd) {
  EXPECT_THAT(split_whole("a\nb\r\nc\r\r\nd"), ElementsAre("a", "b", "c"));
}

TEST(LineSplitter, TakesALoneCarriageReturnForALineEnd) {
  EXPECT_THAT(split_whole("10%\r20%\r30%\n"), ElementsAre("10%", "20%", "30%"));
}

TEST(LineSplitter, DoesNotCareHowTheBytesCome) {
  std::string all;
  for (int c = 0; c < 256; ++c)
    all += "some plain text ahead of it" + std::string(1, static_cast<char>(c)) + "and\tbehind\r\n\x1b[31mred\x1b[0m\n";
  const Lines whole = split_whole(all);
  for (std::size_t size : {1, 2, 3, 7, 8, 9, 31, 64, 1000})
    EXPECT_EQ(split_in_pieces(all, size), whole) << size;
}

TEST(LineSplitter, CountsTheRowsOfTheFile) {
  LineSplitter splitter;
  std::vector<std::pair<std::string, std::size_t>> seen;
  auto note = [&](std::string_view line, std::size_t row) { seen.emplace_back(line, row); };
  splitter.feed("a\n10%\r20%\r\nprompt [    1.547123] record\n\nlast", note);
  splitter.finish(note);
  EXPECT_THAT(seen, ElementsAre(Pair("a", 0), Pair("10%", 1), Pair("20%", 1), Pair("prompt ", 2),
                                Pair("[    1.547123] record", 2), Pair("", 3), Pair("last", 4)));
}

TEST(LineSplitter, KeepsEmptyLines) {
  EXPECT_THAT(split_whole("\n\r\n"), ElementsAre("", ""));
}

TEST(LineSplitter, DropsTerminalSequences) {
  EXPECT_THAT(split_whole("\x1b[1;31mred\x1b[0m\x1b]0;title\x07text\x1b]0;t\x1b\\more\x1b(B\x1b"
                          "7\n"),
              ElementsAre("redtextmore"));
}

TEST(LineSplitter, DropsNulBellAndFlowControl) {
  EXPECT_THAT(split_whole(std::string_view("a\0b\x07"
                                           "c\x11"
                                           "d\x13"
                                           "e\x7f\n",
                                           11)),
              ElementsAre("abcde"));
}

TEST(LineSplitter, KeepsOtherBytesAsTheyAre) {
  EXPECT_THAT(split_whole("\xff\xc3]]>\n"), ElementsAre("\xff\xc3]]>"));
}

TEST(LineSplitter, DoesNotCareInWhichPiecesTheBytesCome) {
  std::string_view bytes = "x\r\r\n\x1b[6n[    1.234567] k\x1b]0;t\x1b\\\nlogin: [    1.5] no\r\n\xe2\x82\xac\n";
  EXPECT_EQ(split_bytewise(bytes), split_whole(bytes));
}

TEST(LineSplitter, GivesUpOnASequenceWithoutEnd) {
  std::string endless = "\x1b]0;" + std::string(300, 'x') + "\nkernel panic\n";
  EXPECT_THAT(split_whole(endless), testing::Contains("kernel panic"));
}

TEST(LineSplitter, CutsALineThatNeverEnds) {
  Lines lines = split_whole(std::string(LineSplitter::longest_line + 10, 'x') + "\n");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].size(), LineSplitter::longest_line);
  EXPECT_EQ(lines[1].size(), 10u);
}

TEST(LineSplitter, MakesARecordInTheMiddleOfALineALineOfItsOwn) {
  EXPECT_THAT(split_whole("half a li[    1.234567][   T12] WARNING: x\nne\n"),
              ElementsAre("half a li", "[    1.234567][   T12] WARNING: x", "ne"));
}

TEST(LineSplitter, MakesEachRecordALineWhereLineEndsWereLost) {
  EXPECT_THAT(split_whole("[    1.000000] one[    2.000000] two[    3.000000][   T1] three\n"),
              ElementsAre("[    1.000000] one", "[    2.000000] two", "[    3.000000][   T1] three"));
  EXPECT_THAT(split_whole("[  900.000000] [    2.000000] two\n"), ElementsAre("[    2.000000] two"));
}

TEST(LineSplitter, LeavesBracketsThatAreNoStampAlone) {
  EXPECT_THAT(split_whole("a [1.2] b [x] [ 12.34567] [99]\n"), ElementsAre("a [1.2] b [x] [ 12.34567] [99]"));
}

TEST(LineSplitter, ShowsThePromptAsTail) {
  LineSplitter splitter;
  splitter.feed("Welcome\r\nbootgate login: ", ignore);
  EXPECT_EQ(splitter.tail(), "bootgate login: ");
}

TEST(LineSplitter, RemembersAPromptThatTheKernelPrintedBehind) {
  LineSplitter splitter;
  splitter.feed("bootgate login: [    1.547123] tsc: Refined clocksource\r\n", ignore);
  EXPECT_EQ(splitter.tail(), "bootgate login: ");
  splitter.feed("[    1.600000] one more record\n", ignore);
  EXPECT_EQ(splitter.tail(), "bootgate login: ");
}

TEST(LineSplitter, ForgetsThatPromptOnceUserSpaceGoesOn) {
  LineSplitter splitter;
  splitter.feed("bootgate login: [    1.547123] tsc: Refined clocksource\r\nroot\r\n", ignore);
  EXPECT_EQ(splitter.tail(), "");
}

TEST(LineSplitter, DoesNotTakeAHalfRecordForAPrompt) {
  LineSplitter splitter;
  splitter.feed("# [    1.547123] usb 1-1: login:", ignore);
  EXPECT_EQ(splitter.tail(), "# ");
}

TEST(KernelStamp, IsSkippedWithTheCallerWhereThereIsOne) {
  EXPECT_EQ(skip_kernel_stamp("[    0.000000] x"), 15u);
  EXPECT_EQ(skip_kernel_stamp("[12345.678901][ T1234] x"), 23u);
  EXPECT_EQ(skip_kernel_stamp("[    1.000000][    C0] x"), 23u);
  EXPECT_EQ(skip_kernel_stamp("[    1.000000][oops] x"), 14u);
  EXPECT_EQ(skip_kernel_stamp("x [    0.000000] y"), std::string_view::npos);
  EXPECT_EQ(skip_kernel_stamp("[    0.000000"), std::string_view::npos);
  EXPECT_EQ(skip_kernel_stamp(""), std::string_view::npos);
}

TEST(Console, StopsKeepingAtTheFloodLimitAndSaysSo) {
  Console console{TimePoint{}};
  const std::string line(1023, 'x');
  for (int i = 0; i < 50'000; ++i)
    console.feed(line + "\n", TimePoint{});
  EXPECT_FALSE(console.flooded());
  for (int i = 0; i < 50'000; ++i)
    console.feed(line + "\n", TimePoint{});
  EXPECT_TRUE(console.flooded());
  EXPECT_LT(console.lines().size(), 70'000u);
}

TEST(Console, TakesEmptyLinesForAFloodToo) {
  Console console{TimePoint{}};
  for (int i = 0; i < 100; ++i)
    console.feed(std::string(65536, '\n'), TimePoint{});
  EXPECT_TRUE(console.flooded());
  EXPECT_LT(console.lines().size(), 2'000'000u);
}

TEST(Console, NotesWhenTheLastByteCame) {
  Console console{TimePoint{}};
  console.feed("a\n", TimePoint{} + Duration(5));
  console.feed("", TimePoint{} + Duration(9));
  EXPECT_EQ(console.last_byte(), TimePoint{} + Duration(5));
  EXPECT_THAT(console.lines(), testing::SizeIs(1));
  EXPECT_EQ(console.lines()[0].at, TimePoint{} + Duration(5));
}

}  // namespace
}  // namespace bootgate
