// OpenReport: a crash report while it is cut out of the console, line by line.
//
// Where printk names the caller, lines of other tasks and CPUs are kept out, and several reports can be open at once.
// Where it doesn't, all that stands between the first and the last line belongs, but for lines of user space.
#pragma once

#include <span>

#include "expectations/crash_report.hpp"
#include "expectations/record.hpp"
#include "expectations/signatures.hpp"
#include "harness/support/clock.hpp"

namespace bootgate {

/// A line that a signature has hit.
struct SignatureHit {
  const Signature* signature;
  Captures captures;
};

struct WatchedLine {
  std::string_view text;
  Record record;
  std::size_t number;
  TimePoint at;
};

struct LineAhead {
  std::string text;
  std::string caller;
  bool stamped;
  std::size_t number;
};

class OpenReport {
 public:
  /// `ahead` are lines before the header that belong to it: "cut here", and what stands between.
  OpenReport(SignatureHit hit, const WatchedLine& header, std::span<const LineAhead> ahead, bool replayed);

  /// It has all its lines already.
  bool is_complete() const { return signature_->single_line; }

  /// Whether the line can be this report's, by who has printed it.
  bool concerns(const Record& record) const;

  enum class Taken { goes_on, was_last, refused };
  /// `refused`: the line has ended the report and is none of it. `hit` is the line's own, if any.
  Taken take(const WatchedLine& line, const SignatureHit* hit);

  TimePoint last_line_at() const { return last_; }
  std::size_t last_line() const { return report_.last_line; }
  /// It was on this console before (dmesg, /dev/kmsg): the same record with the same time stamp.
  bool replayed() const { return replayed_; }
  /// The first match-limit error of its `detail`.
  const std::optional<Error>& trouble() const { return trouble_; }

  CrashReport finish(const std::vector<std::string>& skipped_frames) &&;

 private:
  bool belongs(const Record& record, const SignatureHit* hit) const;
  void append(const WatchedLine& line);
  void look_for_detail(std::string_view message);
  bool ends_with(const Record& record);
  std::string title(const std::vector<std::string>& skipped_frames) const;
  const std::string* capture(std::string_view name) const;
  bool lacks_named_function() const;
  std::optional<std::string> function(const std::vector<std::string>& skipped_frames) const;
  std::string corruption(const std::vector<std::string>& skipped_frames) const;

  const Signature* signature_;
  Captures captures_;
  std::string caller_;
  bool stamped_;
  bool replayed_;
  CrashReport report_;
  std::size_t bytes_ = 0;
  TimePoint last_{};
  bool has_detail_ = false;
  bool trace_began_ = false;
  bool body_ended_ = false;    // only what goes_on() belongs to it now
  bool has_end_ = false;       // its end marker has come
  bool tail_ = false;          // see Signature::tail
  bool asked_others_ = false;  // other CPUs print their stacks on its behalf
  std::optional<Error> trouble_;
};

}  // namespace bootgate
