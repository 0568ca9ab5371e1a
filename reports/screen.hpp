// Screen: lines that stay, and below them a block of lines that is rewritten in place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bootgate {

struct TerminalSize {
  std::size_t width = 80;
  std::size_t height = 24;
};

/// What the terminal says of itself now, or the default.
TerminalSize terminal_size(int fd);

/// Errors of writing are ignored: a verdict doesn't hang on a display.
class Screen {
 public:
  explicit Screen(int fd) : fd_(fd) {}
  /// Takes the block away.
  ~Screen() { show("", {}); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// Writes whole lines that stay, and the block anew below them. Lines of the block must be shorter than the screen is
  /// wide, and fewer than it is high.
  void show(std::string_view lines, const std::vector<std::string>& block);
  /// The terminal has another width: lines of the block may have been broken.
  void resized() { is_broken_ = true; }

 private:
  int fd_;
  bool has_block_ = false;
  bool is_broken_ = false;
};

}  // namespace bootgate
