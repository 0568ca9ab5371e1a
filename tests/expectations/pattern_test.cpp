#include "expectations/pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <ctime>
#include <thread>

namespace bootgate {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Pattern literal(const std::string& text) {
  return Pattern::compile({text, false, {}}).value();
}
Pattern regex(const std::string& text) {
  return Pattern::compile({text, true, {}}).value();
}

/// Where in the line a regex is said to be bad; it starts at column 11.
int bad_column(const std::string& text) {
  auto pattern = Pattern::compile({text, true, {"boot.toml", 3, 11}});
  return pattern ? 0 : pattern.error().at.value().column;
}

bool matches(const Pattern& pattern, const std::string& subject) {
  return pattern.find(subject).value().has_value();
}

TEST(Pattern, TakesALiteralByItsBytes) {
  Pattern pattern = literal("a.c [1]");
  auto match = pattern.find("xa.c [1]y").value();
  ASSERT_TRUE(match);
  EXPECT_EQ(match->start, 1u);
  EXPECT_EQ(match->end, 8u);
  EXPECT_FALSE(matches(pattern, "abc [1]"));
}

TEST(Pattern, SaysWhereARegexMatched) {
  auto match = regex("b+").find("aabbbc").value();
  ASSERT_TRUE(match);
  EXPECT_EQ(match->start, 2u);
  EXPECT_EQ(match->end, 5u);
}

TEST(Pattern, KeepsItsTextAndPlace) {
  PatternText text{"login: ", true, {"boot.toml", 3, 11}};
  EXPECT_EQ(Pattern::compile(text).value().text(), text);
}

TEST(Pattern, PointsAtTheColumnThatIsBad) {
  EXPECT_EQ(bad_column("abc(def"), 11 + 7);  // what is missing is missed at the end
  EXPECT_EQ(bad_column("ab)c"), 11 + 2);
  EXPECT_EQ(bad_column("ab**"), 11 + 3);
  EXPECT_EQ(bad_column("*a"), 11);
}

TEST(Pattern, NamesTheFileAndTheReasonOfABadRegex) {
  auto pattern = Pattern::compile({"abc(def", true, {"boot.toml", 3, 11}});
  ASSERT_FALSE(pattern);
  EXPECT_EQ(pattern.error().kind, Error::Kind::definition);
  EXPECT_EQ(pattern.error().at->file, "boot.toml");
  EXPECT_EQ(pattern.error().at->line, 3);
  EXPECT_THAT(pattern.error().what, HasSubstr("bad regex: missing closing parenthesis"));
}

TEST(Pattern, KeepsAnUnknownPlaceUnknown) {
  auto pattern = Pattern::compile({"(", true, {"boot.toml", 0, 0}});
  ASSERT_FALSE(pattern);
  EXPECT_EQ(pattern.error().at->column, 0);
}

TEST(Pattern, RefusesWhatMatchesEveryLine) {
  for (const char* text : {"a*", "(?:x|)", "^", "$", "(?=a)|b?"}) {
    auto pattern = Pattern::compile({text, true, {"boot.toml", 3, 11}});
    ASSERT_FALSE(pattern) << text;
    EXPECT_EQ(pattern.error().kind, Error::Kind::definition);
    EXPECT_THAT(pattern.error().what, HasSubstr("matches the empty text")) << text;
  }
  EXPECT_FALSE(Pattern::compile({"", false, {}}));
  EXPECT_FALSE(Pattern::compile({"", true, {}}));
}

TEST(Pattern, RefusesEscapesThatCutCharacters) {
  EXPECT_FALSE(Pattern::compile({R"(a\Cb)", true, {}}));
  EXPECT_FALSE(Pattern::compile({"(*UTF)a", true, {}}));
}

TEST(Pattern, GivesUpOnAnExpensiveRegexAtOnce) {
  Pattern pattern = Pattern::compile({"(a+)+$", true, {"boot.toml", 3, 11}}).value();
  const std::string subject = std::string(16 * 1024, 'a') + "!";
  const std::clock_t start = std::clock();
  auto match = pattern.find(subject);
  const std::clock_t spent = std::clock() - start;
  ASSERT_FALSE(match) << "it must not read as 'no match'";
  EXPECT_EQ(match.error().kind, Error::Kind::definition);
  EXPECT_THAT(match.error().what, HasSubstr("'(a+)+$' is too expensive"));
  EXPECT_EQ(match.error().at->line, 3);
  EXPECT_LT(spent, CLOCKS_PER_SEC / 2) << "of CPU time";
}

/// What happens on hosts that forbid JIT.
TEST(Pattern, GivesUpWithoutJitToo) {
  const std::string subject = std::string(16 * 1024, 'a') + "!";
  for (const char* text : {"(*NO_JIT)(a+)+$", "(*NO_JIT)^(?:a|b)*?(?:(a)|c)+$"}) {
    auto match = regex(text).find(subject);
    ASSERT_FALSE(match) << text;
    EXPECT_THAT(match.error().what, HasSubstr("is too expensive"));
  }
  EXPECT_TRUE(matches(regex("(*NO_JIT)Kernel (?<what>panic)"), "Kernel panic"));
}

TEST(Pattern, MatchesAmongBytesThatAreNoText) {
  const std::string subject = "\0\xff\xfe\0Kernel panic\0\xc3"s;
  EXPECT_TRUE(matches(literal("Kernel panic"), subject));
  EXPECT_TRUE(matches(literal("\0Kernel"s), subject));
  EXPECT_TRUE(matches(regex("Kernel (?<what>panic)"), subject));
  EXPECT_TRUE(matches(regex(R"(^\x00\xff.*\xc3$)"), subject));
  EXPECT_FALSE(matches(regex("^Kernel"), subject));
}

TEST(Pattern, NamesGroupsInTheOrderOfThePattern) {
  auto match = regex(R"((?<zeta>\w+) (?<alpha>\w+)(?: (?<middle>\d+))?(\w*))").find("one two").value();
  ASSERT_TRUE(match);
  EXPECT_THAT(match->captures, ElementsAre(Pair("zeta", "one"), Pair("alpha", "two")));
}

TEST(Pattern, KnowsItsGroups) {
  EXPECT_THAT(regex(R"((?<zeta>a)(b)(?<alpha>c))").group_names(), ElementsAre("zeta", "alpha"));
  EXPECT_THAT(literal("(?<zeta>a)").group_names(), testing::IsEmpty());
}

TEST(Pattern, KeepsAGroupThatMatchedNothing) {
  auto match = regex("a(?<empty>b*)c").find("ac").value();
  ASSERT_TRUE(match);
  EXPECT_THAT(match->captures, ElementsAre(Pair("empty", "")));
}

TEST(Pattern, HasRoomForTheGroupsOfEveryPattern) {
  Pattern one = regex("(?<only>a)");
  std::string many;
  for (int i = 0; i < 200; ++i)
    many += "(a)";
  Pattern two_hundred = regex(many + "(?<last>b)");
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(one.find("a").value().value().captures, ElementsAre(Pair("only", "a")));
    auto match = two_hundred.find(std::string(200, 'a') + "b").value();
    ASSERT_TRUE(match);
    EXPECT_THAT(match->captures, ElementsAre(Pair("last", "b")));
  }
}

TEST(Pattern, ServesSeveralThreads) {
  Pattern pattern = regex(R"(^line (?<number>\d+) (?:a|b)+c$)");
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([&, copy = pattern, thread] {
        for (int i = 0; i < 1000; ++i) {
          const std::string number = std::to_string(thread * 1000 + i);
          auto match = copy.find("line " + number + " ababc").value();
          if (match && match->captures.at(0).second == number) ++right;
        }
      });
  }
  EXPECT_EQ(right, 4000);
}

}  // namespace
}  // namespace bootgate
