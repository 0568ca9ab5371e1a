// RustSource: the console lines that a kernel module written in Rust prints, read from its source.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bootgate {

struct PrintedLine {
  std::string pattern;    // PCRE2, for one console line without its time stamp
  bool certain = false;   // not under a condition, in a loop, a closure or another macro: it comes whenever its
                          // function ends well
  bool deferred = false;  // no newline ends it: printk holds it back until the next record
  bool device = false;    // from dev_info! and the like: the prefix is the driver's and the device's
  int line = 0;           // of the source, from 1
  bool operator==(const PrintedLine&) const = default;
};

struct RustSource {
  std::string module_name;          // the prefix of its lines; empty: no `module!` was found
  bool is_driver = false;           // a module_..._driver!: it prints nothing without a device
  std::vector<PrintedLine> init;    // of the module's init, in order
  std::vector<PrintedLine> exit;    // of dropping the module's type, which rmmod does
  std::vector<PrintedLine> probe;   // of drivers, once they have a device
  std::vector<PrintedLine> remove;  // of dropping a driver's type, which happens when its device goes
};

/// Reads what init, Drop (or PinnedDrop) and probe print by pr_*! and dev_*!, and what the functions of the file print
/// that they call by name. pr_debug! and dev_dbg! are left out: they print only in kernels with debug assertions.
/// Text that is no Rust gives no lines, or wrong ones; never an error.
RustSource read_rust_source(std::string_view source);

}  // namespace bootgate
