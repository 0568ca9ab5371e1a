#include "expectations/rust/rust_source.hpp"

#include "expectations/rust/rust_items.hpp"
#include "expectations/rust/rust_lines.hpp"

namespace bootgate {

RustSource read_rust_source(std::string_view text) {
  const std::vector<RustToken> tokens = rust_tokens(text);
  const RustItems items = find_rust_items(tokens);
  RustSource source;
  source.module_name = items.module_name;
  source.is_driver = items.is_driver;
  if (items.module_name.empty()) return source;
  for (const RustFunction& function : items.functions) {
    const bool of_module = function.owner == items.module_type;
    std::vector<PrintedLine>* lines = nullptr;
    if (of_module && function.name == "init" && (function.trait == "Module" || function.trait == "InPlaceModule"))
      lines = &source.init;
    else if (of_module && function.name == "drop" && (function.trait == "Drop" || function.trait == "PinnedDrop"))
      lines = items.is_driver ? &source.remove : &source.exit;
    else if (function.name == "probe" && function.trait == "Driver")
      lines = &source.probe;
    if (!lines) continue;
    std::vector<PrintedLine> printed = printed_lines(tokens, items, function);
    lines->insert(lines->end(), printed.begin(), printed.end());
  }
  return source;
}

}  // namespace bootgate
