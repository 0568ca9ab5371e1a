#include "expectations/literal_set.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace bootgate {
namespace {

std::uint16_t pair_at(std::string_view text, std::size_t at) {
  std::uint16_t pair = 0;
  std::memcpy(&pair, text.data() + at, sizeof pair);
  return pair;
}

/// How common a byte is on consoles, roughly: the rarest part of a word gives the fewest false alarms.
int commonness(char c) {
  constexpr std::string_view very_common = " 0123456789aeinorst", rare = "jqxzJKQVWXYZ!#&@{}~|\"$?;";
  if (very_common.find(c) != std::string_view::npos) return 6;
  if (rare.find(c) != std::string_view::npos) return 1;
  return c >= 'a' && c <= 'z' ? 4 : 2;
}

/// Where the rarest three bytes of the word are.
std::size_t rarest_place(std::string_view word) {
  std::size_t best = 0;
  int least = 100;
  for (std::size_t i = 0; i + LiteralSet::shortest <= word.size(); ++i) {
    const int sum = commonness(word[i]) + 2 * commonness(word[i + 1]) + commonness(word[i + 2]);
    if (sum < least) {
      least = sum;
      best = i;
    }
  }
  return best;
}

}  // namespace

LiteralSet::LiteralSet(std::span<const std::string> words) : words_(words.begin(), words.end()) {
  for (std::uint32_t i = 0; i < words_.size(); ++i) {
    assert(words_[i].size() >= shortest);
    // Of two neighbouring pairs, one is at an even place of any text: only those are looked at.
    const std::size_t place = rarest_place(words_[i]);
    for (std::size_t offset : {place, place + 1}) {
      const Pair pair = pair_at(words_[i], offset);
      clues_.push_back({pair, i, offset, words_[i].front()});
      clue_bits_[pair / 64] |= std::uint64_t{1} << (pair % 64);
    }
  }
  std::sort(clues_.begin(), clues_.end(), [](const Clue& a, const Clue& b) { return a.pair < b.pair; });
}

void LiteralSet::find(std::string_view text, std::vector<std::uint32_t>& found) const {
  found.clear();
  for (std::size_t at = 0; at + 2 <= text.size(); at += 2)
    if (const Pair pair = pair_at(text, at); is_clue(pair)) check(text, at, pair, found);
  if (found.size() < 2) return;
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
}

void LiteralSet::check(std::string_view text, std::size_t at, Pair pair, std::vector<std::uint32_t>& found) const {
  auto clue =
      std::lower_bound(clues_.begin(), clues_.end(), pair, [](const Clue& a, Pair wanted) { return a.pair < wanted; });
  for (; clue != clues_.end() && clue->pair == pair; ++clue)
    if (at >= clue->offset && text[at - clue->offset] == clue->first &&
        text.substr(at - clue->offset).starts_with(words_[clue->word]))
      found.push_back(clue->word);
}

}  // namespace bootgate
