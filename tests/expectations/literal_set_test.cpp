#include "expectations/literal_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::uint32_t> found_in(const LiteralSet& set, std::string_view text) {
  std::vector<std::uint32_t> found{99};
  set.find(text, found);
  return found;
}

TEST(LiteralSet, FindsEachWordWhereverItStands) {
  const std::vector<std::string> words{"BUG: ", "WARNING: ", "soft lockup", "BUG: ", "xyz"};
  const LiteralSet set(words);
  for (std::size_t ahead = 0; ahead < 9; ++ahead) {
    const std::string front(ahead, 'B');
    EXPECT_THAT(found_in(set, front + "BUG: soft lockup"), ElementsAre(0, 2, 3)) << ahead;
    EXPECT_THAT(found_in(set, front + "WARNING: xyz WARNING: "), ElementsAre(1, 4)) << ahead;
    EXPECT_THAT(found_in(set, front + "WARNING:xy"), IsEmpty()) << ahead;
  }
  EXPECT_THAT(found_in(set, ""), IsEmpty());
  EXPECT_THAT(found_in(set, "x"), IsEmpty());
}

TEST(LiteralSet, FindsWhatASearchForEachWordFinds) {
  std::mt19937 random(1);
  auto letters = [&](std::size_t size) {
    std::string text(size, ' ');
    for (char& c : text)
      c = "ab\xff"[random() % 3];
    return text;
  };
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> words;
    for (int i = 0; i < 5; ++i)
      words.push_back(letters(LiteralSet::shortest + random() % 4));
    const std::string text = letters(random() % 30);
    std::vector<std::uint32_t> expected;
    for (std::uint32_t i = 0; i < words.size(); ++i)
      if (text.find(words[i]) != std::string::npos) expected.push_back(i);
    EXPECT_EQ(found_in(LiteralSet(words), text), expected);
  }
}

}  // namespace
}  // namespace bootgate
