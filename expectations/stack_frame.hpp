// StackFrame: one function of a call trace, as printk's %pB and %pS write it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bootgate {

struct StackFrame {
  std::string symbol;        // as printed: "do_one_initcall.isra.0", "_RNvCs..._4core9panicking"
  std::uint64_t offset = 0;  // into the function, and
  std::uint64_t size = 0;    // the function's size, in bytes: two functions of one name differ in it
  std::string module;        // empty: the kernel itself
  bool certain = true;       // false for "? name": the address merely lay on the stack
  bool is_rip = false;       // where the CPU was, rather than where a call returns to
};

/// The frame that a line holds: " name+0x1f/0x40 [module]", "RIP: 0010:name+0x1f/0x40". Registers of user space
/// (RIP: 0033:) are none.
std::optional<StackFrame> parse_frame(std::string_view line);

/// The name that people use: without the compiler's suffixes (.isra.0, .cold) and the wrappers of system calls
/// (__x64_sys_read -> sys_read); of Rust's mangled names the path.
std::string plain_function_name(std::string_view symbol);

/// The certain frames of a report: its first kernel-mode RIP ahead of the call trace, then the first trace.
std::vector<StackFrame> trace_of(std::span<const std::string> lines);

/// Lines of the first trace, or the RIP ahead of it, are missing or cut: a title may name the wrong function.
bool has_cut_stack(std::span<const std::string> lines);

}  // namespace bootgate
