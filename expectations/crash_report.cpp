#include "expectations/crash_report.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace bootgate {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}
bool is_word(char c) {
  return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// "do_one_initcall.isra.0" -> "do_one_initcall", "__x64_sys_read" -> "sys_read"
std::string plain_name(std::string_view symbol) {
  symbol = symbol.substr(0, symbol.find('.'));
  for (std::string_view prefix : {"__x64_", "__ia32_", "__se_", "__do_"}) {
    if (symbol.starts_with(prefix) && symbol.substr(prefix.size()).starts_with("sys_"))
      symbol.remove_prefix(prefix.size());
  }
  return std::string(symbol);
}

/// The symbol of "symbol+0x1f/0x40" that ends right before `plus`, or an empty one.
std::string_view symbol_before(std::string_view text, std::size_t plus) {
  std::size_t start = plus;
  while (start > 0 && (is_word(text[start - 1]) || text[start - 1] == '.' || text[start - 1] == '$'))
    --start;
  return text.substr(start, plus - start);
}

std::optional<std::string> frame(std::string_view line) {
  std::size_t plus = line.find("+0x");
  if (plus == std::string_view::npos || line.find("/0x", plus) == std::string_view::npos) return std::nullopt;
  std::string_view symbol = symbol_before(line, plus);
  if (symbol.empty()) return std::nullopt;
  // A "?" before a frame says that the address merely lay on the stack.
  if (line.substr(0, plus - symbol.size()).find("? ") != std::string_view::npos) return std::nullopt;
  return plain_name(symbol);
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::notice: return "notice";
    case Severity::failure: return "failure";
    case Severity::fatal: return "fatal";
  }
  return "failure";
}

std::optional<std::string> guilty_function(std::span<const std::string> lines, std::span<const std::string> skipped) {
  auto is_skipped = [&](const std::string& name) {
    return std::any_of(skipped.begin(), skipped.end(),
                       [&](const std::string& skip) { return ::fnmatch(skip.c_str(), name.c_str(), 0) == 0; });
  };
  bool in_trace = false;
  for (const std::string& line : lines) {
    if (line.find("Call Trace:") != std::string::npos || line.find("stack backtrace:") != std::string::npos)
      in_trace = true;
    // Selector 0033 is user space: those are the registers of the system call. Inside a trace, a RIP is where an
    // interrupt came in (show_regs_if_on_stack).
    bool registers = line.find("RIP:") != std::string::npos;
    bool kernel_rip = line.find("RIP: 0010:") != std::string::npos;
    if (in_trace ? registers : !kernel_rip) continue;
    auto name = frame(line);
    if (name && !is_skipped(*name)) return name;
  }
  return std::nullopt;
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
