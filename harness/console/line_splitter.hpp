// LineSplitter: console bytes in, lines out. A pure state machine: it works on any pieces the bytes come in.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace bootgate {

/// The offset behind a printk stamp ("[    1.234567] ", "[    1.234567][   T12] ") that starts at `from`, or npos.
std::size_t skip_kernel_stamp(std::string_view text, std::size_t from = 0);

/// Where in `text` a kernel stamp starts, at `from` or behind it, or npos.
std::size_t find_kernel_stamp(std::string_view text, std::size_t from = 0);

/// Drops what steers terminals (CSI, OSC and charset sequences, NUL, BEL, XON, XOFF, DEL), ends lines at \n, \r\n,
/// \r\r\n and at a lone \r, and cuts lines longer than 16 KiB. A kernel record that was printed into the middle of a
/// line, such as a prompt, becomes a line of its own.
class LineSplitter {
 public:
  static constexpr std::size_t longest_line = 16 * 1024;

  /// Gets each line that the bytes complete, in order; the text lives as long as the call. `row` counts the "\n"
  /// before its end: an editor shows the line at row + 1.
  using OnLine = std::function<void(std::string_view text, std::size_t row)>;

  void feed(std::string_view bytes, const OnLine& on_line);

  /// Takes the unfinished line for a line: no more bytes come.
  void finish(const OnLine& on_line);

  /// The unfinished line: where prompts stand. When kernel records were printed right behind a prompt, it is that
  /// prompt still: whoever printed it waits for an answer.
  std::string_view tail() const;

 private:
  enum class State { text, carriage_return, escape, csi, osc, osc_escape, charset };

  std::string_view take_plain(std::string_view bytes, const OnLine& on_line);
  void append(std::string_view plain, const OnLine& on_line);
  void text(char c, const OnLine& on_line);
  void escape(char c);
  void end_line(const OnLine& on_line);
  void emit(std::string_view line, const OnLine& on_line);

  State state_ = State::text;
  std::size_t escape_length_ = 0;
  std::string line_;
  std::size_t row_ = 0;
  std::string clobbered_;  // user text that a kernel record was printed behind
};

}  // namespace bootgate
