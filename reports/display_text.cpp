#include "reports/display_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {

// A console line may be 16 KiB long. Whole ones are in the console log.
constexpr std::size_t shown_line_length = 240;

Label label(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return {"PASS", ink::green};
    case Outcome::fail: return {"FAIL", ink::red};
    case Outcome::error: return {"ERROR", ink::magenta};
    case Outcome::skip: return {"SKIP", ink::yellow};
    case Outcome::not_run: return {"NOT RUN", ink::dim};
    case Outcome::known: return {"KNOWN", ink::yellow};
    case Outcome::flaky: return {"FLAKY", ink::yellow};
  }
  return {"ERROR", ink::magenta};
}

std::string aligned(const Label& word, bool coloured) {
  return std::string(label_width - word.text.size(), ' ') + painted(word.text, word.colour, coloured);
}

bool is_bad(Outcome outcome) {
  return outcome == Outcome::fail || outcome == Outcome::error;
}

std::string title(const CaseResult& result) {
  return printable(result.suite + "/" + result.name);
}

std::string painted(std::string_view text, std::string_view colour, bool coloured) {
  return coloured ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : std::string(text);
}

std::string short_time(Duration duration) {
  auto ms = duration.count();
  return ms < 10'000 ? fmt::format("{}.{:02}s", ms / 1000, ms % 1000 / 10) : running_time(duration);
}

std::string running_time(Duration duration) {
  auto ms = duration.count();
  if (ms < 60'000) return fmt::format("{}.{}s", ms / 1000, ms % 1000 / 100);
  return fmt::format("{}m{:02}s", ms / 60'000, ms / 1000 % 60);
}

// East Asian and other wide characters begin at U+1100; what is taken for wide and isn't costs a column, while the
// opposite mistake would wrap the line and leave half of it behind.
std::string cut(std::string_view text, std::size_t columns) {
  std::size_t used = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    auto lead = static_cast<unsigned char>(text[end]);
    std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::size_t width = length < 3 || (lead == 0xe1 && static_cast<unsigned char>(text[end + 1]) < 0x84) ? 1 : 2;
    if (used + width > columns) break;
    used += width;
    end += length;
  }
  std::string fitting(text.substr(0, end));
  std::replace(fitting.begin(), fitting.end(), '\t', ' ');
  return fitting;
}

std::string shortened(std::string_view line) {
  std::string text = printable(line.substr(0, shown_line_length));
  return line.size() > shown_line_length ? text + " ..." : text;
}

}  // namespace bootgate
