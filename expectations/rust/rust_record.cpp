#include "expectations/rust/rust_record.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "expectations/rust/rust_format.hpp"

namespace bootgate {
namespace {

std::map<std::string, PrintMacro, std::less<>> make_print_macros() {
  std::map<std::string, PrintMacro, std::less<>> macros;
  for (const char* level : {"emerg", "alert", "crit", "err", "warn", "notice", "info"}) {
    // What comes once comes after each load: the mark is in the module's own data (do_once_lite of print.rs).
    for (const char* once : {"", "_once"}) {
      macros["pr_" + std::string(level) + once] = {};
      macros["dev_" + std::string(level) + once] = {true, false, false};
    }
  }
  macros["pr_cont"] = {false, true, false};
  macros["pr_debug"] = {false, false, true};
  macros["dev_dbg"] = {true, false, true};
  return macros;
}

/// A pattern that says nothing matches every line.
bool says_nothing(const std::string& prefix, const std::string& piece) {
  return prefix.size() <= 1 && (piece.empty() || piece == ".*");
}

}  // namespace

const PrintMacro* find_print_macro(std::string_view name) {
  static const auto macros = make_print_macros();
  auto found = macros.find(name);
  return found == macros.end() ? nullptr : &found->second;
}

void RustRecords::add(const PrintMacro& macro, std::string_view format, bool certain, int line) {
  bool first = true;
  for (FormatLine& text : format_lines(format)) {
    // Each console line of a record has its time stamp, but only the first one has the prefix.
    std::string prefix = "^";
    if (first && macro.device) prefix = "^\\S.*: ";
    if (first && !macro.device && !macro.continues) prefix += regex_escaped(module_name_) + ": ";
    // dev_*! always ends its record (dev_vprintk_emit passes a dev_info, and LOG_NEWLINE follows).
    const bool complete = text.complete || macro.device;
    if (first && macro.continues && !drafts_.empty() && !drafts_.back().complete && !drafts_.back().open_end) {
      drafts_.back().pieces.push_back(text.pattern);
      drafts_.back().complete = complete;
      drafts_.back().open_end = text.open_end;
    } else if (!says_nothing(prefix, text.pattern)) {
      drafts_.push_back({prefix, {text.pattern}, complete, text.open_end, {"", certain, false, macro.device, line}});
    }
    first = false;
  }
}

std::vector<PrintedLine> RustRecords::lines() const {
  std::vector<PrintedLine> lines;
  for (const Draft& draft : drafts_) {
    PrintedLine line = draft.line;
    // Another CPU's record may come between the pieces of a continued line, and then the rest stands on its own.
    std::string pattern;
    for (auto piece = draft.pieces.rbegin(); piece != std::prev(draft.pieces.rend()); ++piece)
      pattern = "(?:" + *piece + pattern + ")?";
    line.pattern = draft.prefix + draft.pieces.front() + pattern + (draft.open_end ? "" : "$");
    line.deferred = !draft.complete;
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace bootgate
