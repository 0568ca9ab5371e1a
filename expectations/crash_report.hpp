// CrashReport: what the kernel said when it failed, cut out of the console.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bootgate {

/// What a hit means. `fatal`: the machine is lost. `failure`: the case fails. `notice`: reported, and nothing more.
/// `benign`: it only looks like a failure, and no report is made of it.
enum class Severity { benign, notice, failure, fatal };

std::string_view to_string(Severity severity);

/// A splat with its stable title, in the form known from syzbot ("WARNING in F"): no line numbers, addresses, CPUs,
/// pids.
struct CrashReport {
  std::string id;  // of the signature that found it
  std::string title;
  Severity severity = Severity::failure;
  std::size_t first_line = 0;        // number of its first console line, from 0
  std::size_t last_line = 0;         // of its last one
  std::vector<std::string> lines;    // as on the console, without line ends, and without what others printed in between
  std::vector<std::string> decoded;  // the lines, with places in the source; empty: see `undecoded`
  std::string undecoded;             // why they are not decoded, where that is worth saying
  std::string fingerprint;           // the first five functions of its stack, "a:b:c"; empty without a stack
  std::string corrupted;             // why its title and stack can't be trusted; empty: they can
  std::string known;                 // the known issue that it is, in a line: nobody fails for it
  std::string expired;               // the known issue that it was until that expired
  bool allowed = false;              // the case had asked for it, whatever else it failed for
};

/// It fails a case, unless the case allows it.
inline bool is_failure(const CrashReport& report) {
  return report.severity >= Severity::failure && report.known.empty();
}

/// What a person is shown: decoded, where that could be done.
inline const std::vector<std::string>& shown_lines(const CrashReport& report) {
  return report.decoded.empty() ? report.lines : report.decoded;
}

/// The guilty function: the first of the report's trace (see trace_of) that matches none of `skipped` (names, with *
/// for anything).
std::optional<std::string> guilty_function(std::span<const std::string> lines, std::span<const std::string> skipped);

/// The first five functions of the trace that match none of `skipped`: the same failure reached in the same way has
/// the same fingerprint.
std::string stack_fingerprint(std::span<const std::string> lines, std::span<const std::string> skipped);

/// A title without what differs from one boot to the next: addresses become ADDR, other numbers NUM.
std::string masked_title(std::string_view title);

}  // namespace bootgate
