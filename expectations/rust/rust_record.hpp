// RustRecords: the printk records that print macros make, as console lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expectations/rust/rust_source.hpp"

namespace bootgate {

/// What a print macro is.
struct PrintMacro {
  bool device = false;     // dev_*!
  bool continues = false;  // pr_cont!
  bool silent = false;     // pr_debug!, dev_dbg!
};

/// Whether a macro of this name prints, and how; nothing for any other.
const PrintMacro* find_print_macro(std::string_view name);

class RustRecords {
 public:
  explicit RustRecords(std::string module_name) : module_name_(std::move(module_name)) {}

  void add(const PrintMacro& macro, std::string_view format, bool certain, int line);
  std::size_t size() const { return drafts_.size(); }
  std::vector<PrintedLine> lines() const;

 private:
  struct Draft {
    std::string prefix;
    std::vector<std::string> pieces;  // behind the first one: those of pr_cont!
    bool complete = false;
    bool open_end = false;
    PrintedLine line;
  };

  std::string module_name_;
  std::vector<Draft> drafts_;
};

}  // namespace bootgate
