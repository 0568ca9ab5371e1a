#include "harness/cli/console_keys.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

constexpr char control_a = 'A' & 0x1f;

/// As long as a login prompt must stand to count as one.
constexpr Duration prompt_quiet = 150ms;
/// What reads without a prompt (cat) gets its lines nevertheless.
constexpr Duration any_quiet = 2s;

}  // namespace

ConsoleKeys::Taken ConsoleKeys::take(std::string_view keys) {
  Taken taken;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const char key = keys[i];
    if (!is_command_ && key != control_a) {
      taken.bytes += key;
    } else if (!is_command_) {
      is_command_ = true;
    } else {
      is_command_ = false;
      if (key == control_a) taken.bytes += key;
      taken.leaves = key == 'x' || key == 'X';
      taken.is_break = key == 'b' || key == 'B';
      taken.rest = keys.substr(i + 1);
      if (taken.leaves || taken.is_break) return taken;
    }
  }
  taken.rest = {};
  return taken;
}

void PacedLines::console(std::string_view bytes, TimePoint now) {
  if (bytes.empty()) return;
  last_byte_ = now;
  // The end of a kernel's line is no answer: behind a prompt it leaves that in place.
  console_.feed(bytes, [&](std::string_view line, std::size_t) {
    answered_ = answered_ || (skip_kernel_stamp(line) == std::string_view::npos && line != prompt_);
  });
  line_ended_ = line_ended_ || bytes.find('\n') != std::string_view::npos;
  answered_ = answered_ || (line_ended_ && console_.tail() != prompt_);
}

std::optional<std::string> PacedLines::next(TimePoint now) {
  const std::size_t end = waiting_.find('\n');
  if (waiting_.empty() || (end == std::string::npos && !ended_)) return std::nullopt;
  const bool is_asked = !console_.tail().empty() && answered_ && now - last_byte_ >= prompt_quiet;
  const bool at_rest = !is_first_ && now - last_byte_ >= any_quiet;
  if (!is_asked && !at_rest) return std::nullopt;
  std::string line = waiting_.substr(0, end == std::string::npos ? end : end + 1);
  waiting_.erase(0, line.size());
  is_first_ = false;
  answered_ = line_ended_ = false;
  prompt_ = console_.tail();
  last_byte_ = now;
  return line;
}

}  // namespace bootgate
