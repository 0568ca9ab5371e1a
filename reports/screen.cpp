#include "reports/screen.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <tuple>
#include <utility>

#include "harness/support/fd.hpp"

namespace bootgate {
namespace {

constexpr std::string_view erase_line = "\x1b[K", erase_below = "\x1b[J";
/// Lines stay one row each even when the terminal has become narrower since it was asked.
constexpr std::string_view wrap_off = "\x1b[?7l", wrap_on = "\x1b[?7h";
/// The blank is for tmux: to it, an erasure from the first column of the screen is a cleared screen, which it keeps in
/// its history. The line is erased as a whole, so that a terminal forgets that it went on in the next one.
constexpr std::string_view erase_block = "\r \x1b[J\r\x1b[K";

/// The cursor is left where the block begins: a terminal that breaks lines anew when it is resized moves it along with
/// its line, and so the next block comes over this one whatever has become of it.
std::string painting(const std::vector<std::string>& block) {
  std::string text = fmt::format("\r{}", wrap_off);
  for (std::size_t i = 0; i < block.size(); ++i)
    text += fmt::format("{}{}{}", i == 0 ? "" : "\r\n", block[i], erase_line);
  text += fmt::format("{}{}\r", erase_below, wrap_on);
  if (block.size() > 1) text += fmt::format("\x1b[{}A", block.size() - 1);
  return text;
}

}  // namespace

TerminalSize terminal_size(int fd) {
  TerminalSize size;
  winsize told{};
  if (::ioctl(fd, TIOCGWINSZ, &told) != 0) return size;
  if (told.ws_col > 0) size.width = told.ws_col;
  if (told.ws_row > 0) size.height = told.ws_row;
  return size;
}

void Screen::show(std::string_view lines, const std::vector<std::string>& block) {
  std::string text;
  const bool had_block = std::exchange(has_block_, !block.empty());
  const bool broken = std::exchange(is_broken_, false);
  // A block over a block needs no erasure, which might be seen.
  if (had_block && (broken || !lines.empty() || block.empty())) text += erase_block;
  text += lines;
  if (has_block_) text += painting(block);
  // In one piece, so that no half of it is seen.
  if (!text.empty()) std::ignore = write_all(fd_, text);
}

}  // namespace bootgate
