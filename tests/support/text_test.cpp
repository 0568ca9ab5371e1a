#include "harness/support/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> keys = {"expect", "expect-regex", "run", "send", "absent"};

TEST(Nearest, FindsTheTypingError) {
  EXPECT_EQ(nearest("expct", keys), "expect");
  EXPECT_EQ(nearest("expect_regex", keys), "expect-regex");
  EXPECT_EQ(nearest("rn", keys), "run");
}

TEST(Nearest, StaysSilentWhenNothingIsNear) {
  EXPECT_FALSE(nearest("timeout", keys));
  EXPECT_FALSE(nearest("x", keys)) << "everything is near a single letter";
  EXPECT_FALSE(nearest("", keys));
  EXPECT_FALSE(nearest("expect", {}));
}

TEST(DidYouMean, IsAQuestionOrNothing) {
  EXPECT_EQ(did_you_mean("expct", keys), "did you mean 'expect'?");
  EXPECT_EQ(did_you_mean("timeout", keys), "");
}

TEST(Printable, KeepsPlainTextTabsAndUtf8) {
  EXPECT_EQ(printable("a\tb"), "a\tb");
  EXPECT_EQ(printable("größe → 😀"), "größe → 😀");
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable("]]> <&\""), "]]> <&\"") << "escaping for XML is up to the XML writer";
}

TEST(Printable, EscapesControlCharacters) {
  EXPECT_EQ(printable(std::string_view("\0\x1b[31m\r\n\x7f", 9)), R"(\x00\x1b[31m\x0d\x0a\x7f)");
  EXPECT_EQ(printable("\xc2\x9b"), R"(\xc2\x9b)") << "C1: CSI in one character";
}

TEST(Printable, EscapesBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("\xff"), R"(\xff)");
  EXPECT_EQ(printable("\xc3"), R"(\xc3)") << "cut off";
  EXPECT_EQ(printable("\xc0\xaf"), R"(\xc0\xaf)") << "overlong";
  EXPECT_EQ(printable("\xed\xa0\x80"), R"(\xed\xa0\x80)") << "a surrogate";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), R"(\xf4\x90\x80\x80)") << "beyond U+10FFFF";
  EXPECT_EQ(printable("\xc3(x"), R"(\xc3(x)") << "the byte behind a broken sequence is read again";
}

TEST(Printable, EscapesWhatXmlForbidsAndWhatReordersText) {
  EXPECT_EQ(printable("\xef\xbf\xbe"), R"(\xef\xbf\xbe)") << "U+FFFE";
  EXPECT_EQ(printable("\xe2\x80\xae"), R"(\xe2\x80\xae)") << "right-to-left override";
}

TEST(ShellQuoted, LeavesPlainWordsAlone) {
  EXPECT_EQ(shell_quoted("/usr/bin/qemu-system-x86_64"), "/usr/bin/qemu-system-x86_64");
  EXPECT_EQ(shell_quoted("a=b,c:d%2"), "a=b,c:d%2");
}

TEST(ShellQuoted, QuotesEverythingElse) {
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("it's"), R"('it'\''s')");
  EXPECT_EQ(shell_quoted("$(x)\n"), "'$(x)\n'");
  EXPECT_EQ(shell_quoted("~"), "'~'");
}

TEST(ShellCommand, JoinsQuotedWords) {
  const std::vector<std::string> argv = {"echo", "a b", "c"};
  EXPECT_EQ(shell_command(argv), "echo 'a b' c");
  EXPECT_EQ(shell_command({}), "");
}

TEST(Wrapped, BreaksAtBlanksAndIndentsWhatFollows) {
  EXPECT_EQ(wrapped("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(wrapped("one two", 80, 2), "one two");
  EXPECT_EQ(wrapped("", 80, 2), "");
}

TEST(Wrapped, LeavesALongWordWhole) {
  EXPECT_EQ(wrapped("a longword b", 4, 0), "a\nlongword\nb");
}

TEST(Split, GivesThePartsBetweenSeparators) {
  EXPECT_THAT(split("a:b::c", ':'), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(split("a\nb\n", '\n'), ElementsAre("a", "b")) << "a last line end ends the last line";
  EXPECT_THAT(split("", ':'), IsEmpty());
  EXPECT_THAT(split(":", ':'), ElementsAre(""));
}

TEST(Trimmed, TakesWhiteSpaceFromBothEnds) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(trimmed("x"), "x");
}

}  // namespace
}  // namespace bootgate
