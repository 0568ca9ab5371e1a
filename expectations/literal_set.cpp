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

/// How common a byte is on consoles, roughly: bytes in the order of their number on that of a boot, halved every eight.
unsigned commonness(char c) {
  constexpr std::string_view common = " 0eitraosnlfc:dpm1ubg2P_yxChIS4A6-v.9k857M[],R3B()TE=wDNOFUKLq/zX'HVGQWj+@";
  constexpr unsigned most = 1u << (common.size() / 8);
  const std::size_t rank = common.find(c);
  return rank == common.npos ? 1 : most >> (rank / 8);
}

/// Where the three bytes of the word are whose two pairs are the rarest: that gives the fewest false alarms.
std::size_t rarest_place(std::string_view word) {
  std::size_t best = 0;
  unsigned least = ~0u;
  for (std::size_t i = 0; i + LiteralSet::shortest <= word.size(); ++i) {
    const unsigned sum = commonness(word[i + 1]) * (commonness(word[i]) + commonness(word[i + 2]));
    if (sum < least) {
      least = sum;
      best = i;
    }
  }
  return best;
}

}  // namespace

LiteralSet::LiteralSet(std::span<const std::string> words)
    : words_(words.begin(), words.end()), first_clues_(std::size_t{1} << 16) {
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
  for (std::size_t i = clues_.size(); i-- > 0;)
    first_clues_[clues_[i].pair] = static_cast<std::uint32_t>(i);
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
  const auto end = clues_.end();
  for (auto clue = clues_.begin() + first_clues_[pair]; clue != end && clue->pair == pair; ++clue)
    if (at >= clue->offset && text[at - clue->offset] == clue->first &&
        text.substr(at - clue->offset).starts_with(words_[clue->word]))
      found.push_back(clue->word);
}

}  // namespace bootgate
