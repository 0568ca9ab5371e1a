#include "harness/console/line_splitter.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// Real sequences are short. Without a bound, one stray ESC ] would swallow the rest of the console.
constexpr std::size_t longest_escape = 256;

/// By byte value: neither a line end nor a part of what steers terminals.
constexpr std::array<bool, 256> plain_bytes = [] {
  std::array<bool, 256> plain{};
  plain.fill(true);
  for (unsigned char special : {'\n', '\r', '\x1b', '\0', '\a', '\x11', '\x13', '\x7f'})
    plain[special] = false;
  return plain;
}();

/// An object rather than a function, so that algorithms inline it.
constexpr auto is_plain = [](char c) { return plain_bytes[static_cast<unsigned char>(c)]; };

/// How many bytes at the start are neither line ends nor anything that steers terminals. Eight are looked at in a time:
/// consoles of gigabytes are scanned, and nearly all bytes are plain.
std::size_t plain_length(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
  auto has_zero = [](std::uint64_t word) { return (word - ones) & ~word & highs; };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    // Below 0x20, or 0x7f. Among these are harmless ones, such as tabs.
    const std::uint64_t suspects = ((word - ones * 0x20) & ~word & highs) | has_zero(word ^ ones * 0x7f);
    if (suspects && !std::all_of(text.begin() + at, text.begin() + at + 8, is_plain)) break;
  }
  return static_cast<std::size_t>(std::find_if_not(text.begin() + at, text.end(), is_plain) - text.begin());
}

std::size_t line_end_length(std::string_view text) {
  return text.starts_with('\n') ? 1 : text.starts_with("\r\n") ? 2 : 0;
}

/// Of the sequence that the text starts with, as "\e[0;1;39m", when it is whole and short: systemd colours each line.
std::size_t csi_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  for (std::size_t at = 2; at < std::min<std::size_t>(text.size(), 16); ++at)
    if (text[at] >= 0x40 && text[at] <= 0x7e) return at + 1;
  return 0;
}

}  // namespace

std::size_t skip_kernel_stamp(std::string_view text, std::size_t from) {
  std::size_t i = from;
  auto take = [&](auto accepted) {
    std::size_t start = i;
    while (i < text.size() && accepted(text[i]))
      ++i;
    return i - start;
  };
  auto blank = [](char c) { return c == ' '; };
  if (i >= text.size() || text[i] != '[') return std::string_view::npos;
  ++i;
  take(blank);
  if (take(is_digit) == 0 || i >= text.size() || text[i] != '.') return std::string_view::npos;
  ++i;
  if (take(is_digit) != 6 || i >= text.size() || text[i] != ']') return std::string_view::npos;
  ++i;
  // CONFIG_PRINTK_CALLER: the task or the CPU that printed.
  if (std::size_t caller = i; caller < text.size() && text[caller] == '[') {
    ++i;
    take(blank);
    bool named = i < text.size() && (text[i] == 'T' || text[i] == 'C');
    if (named) ++i;
    if (named && take(is_digit) > 0 && i < text.size() && text[i] == ']')
      ++i;
    else
      i = caller;
  }
  if (i < text.size() && text[i] == ' ') ++i;
  return i;
}

std::size_t find_kernel_stamp(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('[', from); at != std::string_view::npos; at = text.find('[', at + 1)) {
    if (skip_kernel_stamp(text, at) != std::string_view::npos) return at;
  }
  return std::string_view::npos;
}

void LineSplitter::feed(std::string_view bytes, const OnLine& on_line) {
  while (!bytes.empty()) {
    if (state_ == State::text) bytes = take_plain(bytes, on_line);
    if (bytes.empty()) return;
    if (state_ == State::text || state_ == State::carriage_return)
      text(bytes.front(), on_line);
    else
      escape(bytes.front());
    bytes.remove_prefix(1);
  }
}

/// What is left where neither plain bytes, nor a line end, nor a whole CSI sequence follow. A line that is whole needs
/// no copy.
std::string_view LineSplitter::take_plain(std::string_view bytes, const OnLine& on_line) {
  for (;;) {
    const std::size_t length = plain_length(bytes);
    const std::string_view plain = bytes.substr(0, length);
    bytes.remove_prefix(length);
    const std::size_t end = line_end_length(bytes);
    if (end > 0 && line_.empty() && length < longest_line) {
      emit(plain, on_line);
    } else {
      append(plain, on_line);
      if (end > 0) end_line(on_line);
    }
    const std::size_t known = end > 0 ? end : csi_length(bytes);
    if (known == 0) return bytes;
    if (end > 0) ++row_;
    bytes.remove_prefix(known);
  }
}

void LineSplitter::append(std::string_view plain, const OnLine& on_line) {
  while (line_.size() + plain.size() >= longest_line) {
    const std::size_t fits = longest_line - line_.size();
    line_ += plain.substr(0, fits);
    plain.remove_prefix(fits);
    end_line(on_line);
  }
  line_ += plain;
}

void LineSplitter::finish(const OnLine& on_line) {
  state_ = State::text;
  if (!line_.empty()) end_line(on_line);
}

void LineSplitter::text(char c, const OnLine& on_line) {
  if (c == '\0' || c == '\a' || c == '\x11' || c == '\x13' || c == '\x7f') return;
  if (c == '\r') {
    state_ = State::carriage_return;
    return;
  }
  bool lone_return = state_ == State::carriage_return && c != '\n';
  state_ = State::text;
  if (lone_return && !line_.empty()) end_line(on_line);
  if (c == '\n') {
    end_line(on_line);
    ++row_;
  } else if (c == '\x1b') {
    state_ = State::escape;
    escape_length_ = 0;
  } else {
    append({&c, 1}, on_line);
  }
}

void LineSplitter::escape(char c) {
  if (++escape_length_ > longest_escape) {
    state_ = State::text;
    return;
  }
  switch (state_) {
    case State::escape:
      if (c == '[')
        state_ = State::csi;
      else if (c == ']' || c == 'P' || c == '^' || c == '_' || c == 'X')
        state_ = State::osc;  // operating system command, and the other strings that end with ST
      else if (c == '(' || c == ')' || c == '*' || c == '+' || c == '#' || c == ' ' || c == '%')
        state_ = State::charset;
      else
        state_ = State::text;
      break;
    case State::csi:
      if (c >= 0x40 && c <= 0x7e) state_ = State::text;
      break;
    case State::osc:
      if (c == '\a') state_ = State::text;
      if (c == '\x1b') state_ = State::osc_escape;
      break;
    case State::osc_escape:
    case State::charset:
    default: state_ = State::text;
  }
}

void LineSplitter::end_line(const OnLine& on_line) {
  emit(line_, on_line);
  line_.clear();
}

void LineSplitter::emit(std::string_view line, const OnLine& on_line) {
  std::size_t stamp = find_kernel_stamp(line);
  if (stamp == std::string_view::npos) {
    clobbered_.clear();
    return on_line(line, row_);
  }
  if (stamp > 0) {
    clobbered_ = line.substr(0, stamp);
    on_line(clobbered_, row_);
  }
  // Line ends get lost, too: of two records in one line, the second may be the fault. A stamp right before another is
  // of whoever saved the console.
  while (stamp != std::string_view::npos) {
    const std::size_t next = find_kernel_stamp(line, stamp + 1);
    if (next == std::string_view::npos || skip_kernel_stamp(line, stamp) < next)
      on_line(line.substr(stamp, next - stamp), row_);
    stamp = next;
  }
}

std::string_view LineSplitter::tail() const {
  if (line_.empty()) return clobbered_;
  std::size_t stamp = find_kernel_stamp(line_);
  if (stamp == 0) return clobbered_;
  return std::string_view(line_).substr(0, stamp);
}

}  // namespace bootgate
