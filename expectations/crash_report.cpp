#include "expectations/crash_report.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "expectations/stack_frame.hpp"

namespace bootgate {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}
bool is_word(char c) {
  return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

constexpr std::size_t fingerprint_frames = 5;

/// The first `most` functions of the trace that may be guilty.
std::vector<std::string> suspects(std::span<const std::string> lines, std::span<const std::string> skipped,
                                  std::size_t most) {
  std::vector<std::string> names;
  for (const StackFrame& frame : trace_of(lines)) {
    if (names.size() == most) break;
    std::string name = plain_function_name(frame.symbol);
    bool skip = std::any_of(skipped.begin(), skipped.end(), [&](const std::string& pattern) {
      return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
    });
    if (!skip) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::benign: return "benign";
    case Severity::notice: return "notice";
    case Severity::failure: return "failure";
    case Severity::fatal: return "fatal";
  }
  return "failure";
}

std::optional<std::string> guilty_function(std::span<const std::string> lines, std::span<const std::string> skipped) {
  auto names = suspects(lines, skipped, 1);
  return names.empty() ? std::nullopt : std::optional(std::move(names.front()));
}

std::string stack_fingerprint(std::span<const std::string> lines, std::span<const std::string> skipped) {
  return fmt::format("{}", fmt::join(suspects(lines, skipped, fingerprint_frames), ":"));
}

std::string masked_title(std::string_view title) {
  std::string masked;
  for (std::size_t i = 0; i < title.size();) {
    bool word_start = i == 0 || !is_word(title[i - 1]);
    bool prefixed = title.substr(i).starts_with("0x");
    std::size_t digits = i + (prefixed ? 2 : 0), end = digits;
    while (end < title.size() && is_hex(title[end]))
      ++end;
    bool whole = end == title.size() || !is_word(title[end]);
    bool decimal = end > digits && title.substr(digits, end - digits).find_first_not_of("0123456789") == title.npos;
    // Eight digits and more are an address; shorter words may be names ("decade", "face").
    if (word_start && whole && (prefixed ? end > digits : end - digits >= 8)) {
      masked += "ADDR";
      i = end;
    } else if (word_start && whole && decimal) {
      masked += "NUM";
      i = end;
    } else {
      masked += title[i++];
    }
  }
  return masked;
}

}  // namespace bootgate
