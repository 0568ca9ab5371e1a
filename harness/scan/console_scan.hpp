// ConsoleScan: judges a saved console with the code that watches live ones.
#pragma once

#include <stop_token>
#include <unordered_set>

#include "expectations/record.hpp"
#include "expectations/signature_watch.hpp"
#include "harness/console/line_splitter.hpp"

namespace bootgate {

/// A crash report, and how often one of its title came.
struct FoundReport {
  CrashReport report;  // the first one; its lines are numbered as an editor's rows, from 0
  std::size_t count = 1;
};

struct ScanResult {
  std::string name;  // of the log
  std::uint64_t bytes = 0;
  std::size_t rows = 0;
  std::size_t boots = 0;           // kernel banners, but for those of a replay
  std::vector<FoundReport> found;  // in the order of the console, one for each title
  std::size_t left_out = 0;        // further titles than are kept
  std::optional<Error> error;      // the log could not be read to its end, or a signature is too expensive
};

/// True when a report is in it that is more than a notice or a known issue.
bool has_failure(const ScanResult& result);

/// Takes a console of any size in any pieces. Memory doesn't grow with it: so many titles are kept, and a report has
/// 128 KiB at most.
class ConsoleScan {
 public:
  explicit ConsoleScan(std::shared_ptr<const SignatureSet> signatures);

  void feed(std::string_view bytes);
  ScanResult finish();

 private:
  void line(std::string_view text, std::size_t row);
  void count_boot(const Record& record);
  void take_reports();

  LineSplitter splitter_;
  LineSplitter::OnLine on_line_;
  SignatureWatch watch_;
  TimePoint now_{};                        // by the time stamps of the console
  std::size_t to_look_at_ = 0;             // records of the latest boot: is it a replay?
  std::unordered_set<std::size_t> boots_;  // by some records of each
  std::size_t kept_bytes_ = 0;
  ScanResult result_;
};

/// Scans a file, or standard input for "-"; compressed ones too.
ScanResult scan_log(const std::string& name, std::shared_ptr<const SignatureSet> signatures,
                    const std::stop_token& stop);

}  // namespace bootgate
