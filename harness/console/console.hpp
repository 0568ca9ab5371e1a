// Console: everything that came over ttyS0, as numbered lines with host times. It never forgets and is never rescanned:
// whoever waits keeps the number of the next line to look at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/console/line_splitter.hpp"
#include "harness/support/clock.hpp"

namespace bootgate {

struct ConsoleText {
  std::string text;  // without line end and terminal sequences; any other bytes as they came
  TimePoint at;      // when its last byte was read
};

class Console {
 public:
  /// Keeping more than this is a flood: nothing that boots says so much, and it would fill our memory. Counted are the
  /// bytes, and what each line costs besides: a flood may well consist of empty lines.
  static constexpr std::size_t flood_limit = 64u * 1024 * 1024;

  explicit Console(TimePoint start) : last_byte_(start) {}

  /// Silence counts from here on.
  void restart_clock(TimePoint now) { last_byte_ = now; }

  /// Bytes behind the flood limit are counted and dropped.
  void feed(std::string_view bytes, TimePoint now);

  const std::vector<ConsoleText>& lines() const { return lines_; }
  /// The unfinished line; see LineSplitter::tail.
  std::string_view tail() const { return splitter_.tail(); }
  /// When the last byte came, or the start when none has.
  TimePoint last_byte() const { return last_byte_; }
  std::size_t bytes() const { return bytes_; }
  bool flooded() const { return bytes_ + lines_.size() * sizeof(ConsoleText) > flood_limit; }

 private:
  LineSplitter splitter_;
  std::vector<ConsoleText> lines_;
  TimePoint last_byte_;
  std::size_t bytes_ = 0;
};

}  // namespace bootgate
