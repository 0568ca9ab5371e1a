// LiteralSet: which of some dozen words a line holds. It decides whether a regex is tried at all, so it must cost next
// to nothing on a line that holds none.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bootgate {

class LiteralSet {
 public:
  /// Words of at least `shortest` bytes.
  explicit LiteralSet(std::span<const std::string> words);

  static constexpr std::size_t shortest = 3;

  /// The indices of the words that `text` holds, ascending, each once, in `found`.
  void find(std::string_view text, std::vector<std::uint32_t>& found) const;

 private:
  using Pair = std::uint16_t;  // two neighbouring bytes

  struct Clue {
    Pair pair = 0;
    std::uint32_t word = 0;
    std::size_t offset = 0;  // of the pair in the word
    char first = 0;          // of the word: most false alarms end there
  };

  bool is_clue(Pair pair) const { return (clue_bits_[pair / 64] >> (pair % 64)) & 1; }
  void check(std::string_view text, std::size_t at, Pair pair, std::vector<std::uint32_t>& found) const;

  std::vector<std::string> words_;
  std::vector<Clue> clues_;                      // sorted by pair
  std::vector<std::uint32_t> first_clues_;       // of each pair that has one
  std::array<std::uint64_t, 1024> clue_bits_{};  // one for each pair
};

}  // namespace bootgate
