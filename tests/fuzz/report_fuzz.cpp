// The text of a report: stack frames, names of Rust, titles, and bytes that are made printable.
#include <string>
#include <vector>

#include "expectations/crash_report.hpp"
#include "expectations/demangle.hpp"
#include "expectations/record.hpp"
#include "expectations/stack_frame.hpp"
#include "harness/support/text.hpp"
#include "tests/fuzz/require.hpp"

namespace bootgate {
namespace {

/// Nothing that steers a terminal or breaks XML.
bool is_plain(std::string_view text) {
  for (unsigned char c : text)
    if ((c < 0x20 && c != '\t') || c == 0x7f) return false;
  return true;
}

void check(std::string_view bytes) {
  std::vector<std::string> lines;
  for (std::string_view line : split(bytes, '\n')) {
    const Record record = parse_record(line);
    require(record.message.data() + record.message.size() == line.data() + line.size(),
            "a record's message ends with its line");
    if (auto frame = parse_frame(line)) {
      require(!frame->symbol.empty() && line.find(frame->symbol) != line.npos, "a frame's symbol stands in its line");
      (void)plain_function_name(frame->symbol);
    }
    (void)demangled_rust(line);
    const std::string title = masked_title(line);
    require(masked_title(title) == title, "what is masked stays as it is");
    const std::string safe = printable(line);
    require(is_plain(safe), "what is printable steers no terminal");
    require(printable(safe) == safe, "what is printable stays as it is");
    lines.emplace_back(line);
  }
  (void)stack_fingerprint(lines, {});
  (void)has_cut_stack(lines);
}

}  // namespace
}  // namespace bootgate

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  bootgate::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
