#include "tests/reports/virtual_screen.hpp"

#include <algorithm>

namespace bootgate {

void VirtualScreen::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const char c = bytes.front();
    std::size_t taken = 1;
    if (c == '\x1b') {
      taken = bytes.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
      taken = taken == std::string_view::npos ? bytes.size() : taken + 1;
      control(bytes.substr(1, taken - 1));
    } else if (c == '\r') {
      column_ = 0;
    } else if (c == '\n') {
      // As a terminal's driver does it: with a return.
      column_ = 0;
      line_feed();
    } else {
      put(c);
    }
    bytes.remove_prefix(taken);
  }
}

void VirtualScreen::put(char c) {
  if (c < ' ' || c > '~') unknown_ += c;
  if (column_ == width_ && !wraps_) column_ = width_ - 1;
  if (column_ == width_) {
    rows_[row_].goes_on = true;
    column_ = 0;
    line_feed();
  }
  std::string& text = rows_[row_].text;
  text.resize(std::max(text.size(), column_ + 1), ' ');
  text[column_++] = c;
}

void VirtualScreen::line_feed() {
  if (++row_ == rows_.size()) rows_.emplace_back();
}

void VirtualScreen::control(std::string_view sequence) {
  if (sequence == "[K" || sequence == "[J") {
    // As tmux does it: what was on the screen is in its history then.
    if (sequence == "[J" && column_ == 0 && row_ == top()) {
      const std::vector<Row> screen(rows_.begin() + static_cast<std::ptrdiff_t>(top()), rows_.end());
      rows_.insert(rows_.end(), screen.begin(), screen.end());
      row_ += screen.size();
    }
    rows_[row_].text.resize(std::min(rows_[row_].text.size(), column_));
    if (column_ == 0) rows_[row_].goes_on = false;
    if (sequence == "[J")
      for (std::size_t i = row_ + 1; i < rows_.size(); ++i)
        rows_[i] = {};
  } else if (sequence.back() == 'A') {
    const auto up = static_cast<std::size_t>(std::stoi(std::string(sequence.substr(1))));
    row_ = std::max(row_ < up ? 0 : row_ - up, top());
  } else if (sequence == "[?7l" || sequence == "[?7h") {
    wraps_ = sequence.back() == 'h';
  } else if (sequence.back() != 'm') {
    unknown_ += sequence;
  }
}

void VirtualScreen::resize(std::size_t width, std::size_t height) {
  std::vector<Row> rows;
  std::size_t cursor_row = 0;
  std::size_t cursor_column = 0;
  for (std::size_t i = 0; i < rows_.size();) {
    std::string line;
    std::size_t cursor = std::string::npos;
    bool goes_on = true;
    for (; goes_on && i < rows_.size(); ++i) {
      if (i == row_) cursor = line.size() + column_;
      line += rows_[i].text;
      goes_on = rows_[i].goes_on;
    }
    if (cursor != std::string::npos) {
      cursor_row = rows.size() + cursor / width;
      cursor_column = cursor % width;
    }
    do {
      rows.push_back({line.substr(0, width), line.size() > width});
      line.erase(0, width);
    } while (!line.empty());
  }
  rows_ = std::move(rows);
  rows_.resize(std::max(rows_.size(), cursor_row + 1));
  // Empty rows at the end go first where there are too many, as in most terminals.
  while (rows_.size() > cursor_row + 1 && rows_.back().text.empty())
    rows_.pop_back();
  row_ = cursor_row;
  column_ = cursor_column;
  width_ = width;
  height_ = height;
}

std::vector<std::string> VirtualScreen::lines() const {
  std::vector<std::string> lines;
  for (const Row& row : rows_)
    lines.push_back(row.text);
  while (!lines.empty() && lines.back().empty())
    lines.pop_back();
  return lines;
}

std::string VirtualScreen::text() const {
  std::string text;
  for (const std::string& line : lines())
    text += line + "\n";
  return text;
}

}  // namespace bootgate
