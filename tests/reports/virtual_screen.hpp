// VirtualScreen: what a terminal shows of the bytes it got; lines are broken anew when it is resized.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bootgate {

/// ASCII only. Control characters and sequences that Terminal has no need of are noted as `unknown`.
class VirtualScreen {
 public:
  VirtualScreen(std::size_t width, std::size_t height) : width_(width), height_(height) {}

  void write(std::string_view bytes);
  void resize(std::size_t width, std::size_t height);

  /// All lines, those that have been scrolled away too, without empty ones at the end.
  std::vector<std::string> lines() const;
  /// The same in one text.
  std::string text() const;
  const std::string& unknown() const { return unknown_; }

 private:
  struct Row {
    std::string text;
    bool goes_on = false;  // in the next row
  };
  void put(char c);
  void line_feed();
  void control(std::string_view sequence);
  std::size_t top() const { return rows_.size() > height_ ? rows_.size() - height_ : 0; }

  std::size_t width_;
  std::size_t height_;
  std::vector<Row> rows_{1};
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  bool wraps_ = true;
  std::string unknown_;
};

}  // namespace bootgate
