// SignatureWatch: looks for signatures in every line of a console, and cuts crash reports out of it. Knows nothing of
// processes or clocks: times are given to it.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "expectations/crash_report.hpp"
#include "expectations/record.hpp"
#include "expectations/signatures.hpp"
#include "harness/support/clock.hpp"

namespace bootgate {

class SignatureWatch {
 public:
  explicit SignatureWatch(std::shared_ptr<const SignatureSet> signatures);
  ~SignatureWatch();
  /// A copy goes on by itself: what the console of a clone has shown before it was cloned is known to both.
  SignatureWatch(const SignatureWatch& other);
  SignatureWatch(SignatureWatch&&) noexcept;
  SignatureWatch& operator=(SignatureWatch&&) noexcept;

  /// The next complete console line, with its number.
  void line(std::string_view text, std::size_t number, TimePoint now);
  /// The same, for who has taken the line apart already.
  void line(std::string_view text, const Record& record, std::size_t number, TimePoint now);
  /// True while a report is open: its end marker has not come yet.
  bool collecting() const;
  /// When an open report is to be taken as ended for lack of further lines (2 s after its last one).
  std::optional<TimePoint> quiet_deadline() const;
  /// Ends the reports whose deadline has passed.
  void close_quiet(TimePoint now);
  /// Ends all open reports: the console is at its end.
  void close();
  /// True when take() has something to give.
  bool has_reports() const;
  /// Reports that ended since the last call, in the order of their beginning.
  std::vector<CrashReport> take();
  /// The first match-limit error of a row, if any; it is the bench's.
  const std::optional<Error>& trouble() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bootgate
