// Any bytes are a console: split into lines, watched for signatures, cut into reports. The first byte says in what
// pieces they come, which must make no difference.
#include <cstdlib>
#include <memory>
#include <string>

#include "harness/scan/console_scan.hpp"
#include "harness/support/text.hpp"
#include "tests/fuzz/require.hpp"

namespace bootgate {
namespace {

std::shared_ptr<const SignatureSet> signatures() {
  static const auto set = [] {
    std::vector<Error> errors;
    auto read = std::make_shared<const SignatureSet>(read_signatures(SIGNATURES_DIR, errors));
    require(errors.empty(), "the signatures can be read");
    return read;
  }();
  return set;
}

ScanResult scan(std::string_view console, std::size_t piece) {
  ConsoleScan scan(signatures());
  for (std::size_t at = 0; at < console.size(); at += piece)
    scan.feed(console.substr(at, piece));
  return scan.finish();
}

std::string summary(const ScanResult& result) {
  std::string text = std::to_string(result.rows) + " " + std::to_string(result.boots) + "\n";
  for (const FoundReport& found : result.found)
    text += found.report.title + "\n" + std::to_string(found.count) + " " + std::to_string(found.report.first_line) +
            "-" + std::to_string(found.report.last_line) + " " + found.report.corrupted + "\n";
  return text;
}

void check(std::string_view bytes) {
  const std::size_t piece = static_cast<unsigned char>(bytes[0]) + std::size_t{1};
  const ScanResult whole = scan(bytes.substr(1), bytes.size());
  require(!whole.error, "no signature is too expensive");
  require(summary(whole) == summary(scan(bytes.substr(1), piece)), "pieces make no difference");
  for (const FoundReport& found : whole.found) {
    const CrashReport& report = found.report;
    require(!report.lines.empty() && !report.title.empty(), "a report has lines and a title");
    require(report.first_line <= report.last_line && report.last_line <= whole.rows, "a report lies in its console");
    require(report.lines.size() <= 420, "a report has a limit");
    require(report.severity != Severity::benign, "what is benign is no report");
  }
}

}  // namespace
}  // namespace bootgate

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size > 0) bootgate::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
