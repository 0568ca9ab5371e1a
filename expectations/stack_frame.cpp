#include "expectations/stack_frame.hpp"

#include <algorithm>
#include <charconv>

#include "expectations/demangle.hpp"
#include "expectations/record.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

bool is_symbol_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '$';
}

/// Takes "0x1f" from the start of `text`.
std::optional<std::uint64_t> take_hex(std::string_view& text) {
  if (!text.starts_with("0x")) return std::nullopt;
  std::uint64_t value = 0;
  auto parsed = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
  if (parsed.ec != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  return value;
}

/// " [name]", or " [name 0123abcd...]" with a build id (CONFIG_STACKTRACE_BUILD_ID).
std::string module_in(std::string_view text) {
  if (!text.starts_with(" [")) return {};
  const std::size_t end = text.find_first_of(" ]", 2);
  return end == std::string_view::npos ? std::string() : std::string(text.substr(2, end - 2));
}

bool begins_trace(std::string_view line) {
  return contains(line, "Call Trace:") || contains(line, "backtrace:") || contains(line, "backtrace (crc ");
}

/// The line that says "Call Trace:" may be the one that is lost.
bool is_in_trace(std::string_view line) {
  return begins_trace(line) || contains(line, " <IRQ>") || contains(line, " <TASK>");
}

/// Lines behind which another stack begins: whose allocation it was, what a lock's holder did.
bool ends_trace(std::string_view line) {
  return contains(line, "</TASK>") || contains(line, "llocated by ") || contains(line, "reed by ") ||
         begins_trace(line);
}

/// " demo_ini", " ? vfs_read+0x1" or " name+0x11/": what is left of a line of a trace.
bool is_cut_frame(std::string_view message) {
  if (!message.starts_with(' ')) return false;
  message.remove_prefix(message.find_first_not_of(' ') == std::string_view::npos ? message.size()
                                                                                 : message.find_first_not_of(' '));
  if (message.starts_with("? ")) message.remove_prefix(2);
  const std::size_t end = std::min(message.find_first_of("+/ \r"), message.size());
  // A kernel without KALLSYMS prints addresses.
  if (end == 0 || message.starts_with("0x") || message.starts_with("[<")) return false;
  if (!std::all_of(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(end), is_symbol_char)) return false;
  const bool one_word = message.find(' ') == std::string_view::npos;
  return one_word && !parse_frame(message);
}

/// arch/x86/include/asm/segment.h: __USER_CS and __USER32_CS.
bool is_of_user(std::string_view rip) {
  return rip.starts_with("RIP: 0033:") || rip.starts_with("RIP: 0023:");
}

}  // namespace

std::optional<StackFrame> parse_frame(std::string_view line) {
  const std::size_t plus = line.find("+0x");
  if (plus == std::string_view::npos) return std::nullopt;
  std::size_t start = plus;
  while (start > 0 && is_symbol_char(line[start - 1]))
    --start;
  std::string_view rest = line.substr(plus + 1);
  auto offset = take_hex(rest);
  if (start == plus || !offset || !rest.starts_with('/')) return std::nullopt;
  rest.remove_prefix(1);
  auto size = take_hex(rest);
  if (!size) return std::nullopt;
  StackFrame frame{std::string(line.substr(start, plus - start)), *offset, *size, module_in(rest), true, false};
  const std::string_view ahead = line.substr(0, start);
  frame.certain = !contains(ahead, "? ");
  frame.is_rip = contains(ahead, "RIP:");
  if (frame.is_rip && !contains(ahead, "RIP: 0010:")) return std::nullopt;
  return frame;
}

std::string plain_function_name(std::string_view symbol) {
  symbol = symbol.substr(0, symbol.find('.'));
  if (auto path = demangled_rust(symbol)) return *path;
  for (std::string_view prefix : {"__x64_", "__ia32_", "__se_", "__do_"})
    if (symbol.starts_with(prefix) && symbol.substr(prefix.size()).starts_with("sys_"))
      symbol.remove_prefix(prefix.size());
  return std::string(symbol);
}

std::vector<StackFrame> trace_of(std::span<const std::string> lines) {
  std::vector<StackFrame> frames;
  bool in_trace = false, from_trace = false;
  for (const std::string& line : lines) {
    if (from_trace && ends_trace(line)) break;
    if (is_in_trace(line)) in_trace = true;
    auto frame = parse_frame(line);
    // Inside a trace, a RIP is where an interrupt came in (show_regs_if_on_stack).
    if (!frame || !frame->certain || frame->is_rip == in_trace) continue;
    if (!in_trace && !frames.empty()) continue;  // the same registers once more
    from_trace = in_trace;
    frames.push_back(std::move(*frame));
  }
  return frames;
}

bool has_cut_stack(std::span<const std::string> lines) {
  bool in_trace = false, has_rip = false;
  for (const std::string& line : lines) {
    const std::string_view message = parse_record(line).message;
    if (in_trace && ends_trace(line)) break;
    if (is_in_trace(line)) in_trace = true;
    // show_regs prints RIP first, of user space too.
    // A call of nowhere has no name there: "RIP: 0010:0x0".
    if (message.starts_with("RIP: "))
      has_rip = has_rip || parse_frame(line) || is_of_user(message) || message.starts_with("RIP: 0010:0x");
    if (!in_trace && !has_rip && message.starts_with("RSP: 00")) return true;
    if (in_trace && is_cut_frame(message)) return true;
  }
  return false;
}

}  // namespace bootgate
