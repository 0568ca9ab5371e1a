#include "harness/console/line_splitter.hpp"

#include <utility>

namespace bootgate {
namespace {

/// Real sequences are short. Without a bound, one stray ESC ] would swallow the rest of the console.
constexpr std::size_t longest_escape = 256;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
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

std::size_t find_kernel_stamp(std::string_view text) {
  for (std::size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1)) {
    if (skip_kernel_stamp(text, at) != std::string_view::npos) return at;
  }
  return std::string_view::npos;
}

std::vector<std::string> LineSplitter::feed(std::string_view bytes) {
  std::vector<std::string> lines;
  for (char c : bytes) {
    if (state_ == State::text || state_ == State::carriage_return)
      text(c, lines);
    else
      escape(c);
  }
  return lines;
}

void LineSplitter::text(char c, std::vector<std::string>& lines) {
  if (c == '\0' || c == '\a' || c == '\x11' || c == '\x13' || c == '\x7f') return;
  if (c == '\r') {
    state_ = State::carriage_return;
    return;
  }
  bool lone_return = state_ == State::carriage_return && c != '\n';
  state_ = State::text;
  if (lone_return && !line_.empty()) end_line(lines);
  if (c == '\n') {
    end_line(lines);
  } else if (c == '\x1b') {
    state_ = State::escape;
    escape_length_ = 0;
  } else {
    line_ += c;
    if (line_.size() >= longest_line) end_line(lines);
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

void LineSplitter::end_line(std::vector<std::string>& lines) {
  std::string line = std::exchange(line_, {});
  std::size_t stamp = find_kernel_stamp(line);
  if (stamp == std::string::npos) {
    clobbered_.clear();
    lines.push_back(std::move(line));
    return;
  }
  if (stamp > 0) {
    clobbered_ = line.substr(0, stamp);
    lines.push_back(clobbered_);
  }
  lines.push_back(line.substr(stamp));
}

std::string_view LineSplitter::tail() const {
  if (line_.empty()) return clobbered_;
  std::size_t stamp = find_kernel_stamp(line_);
  if (stamp == 0) return clobbered_;
  return std::string_view(line_).substr(0, stamp);
}

}  // namespace bootgate
