// Trace: where the time of a run went, as a timeline that Perfetto and chrome://tracing open.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/event.hpp"
#include "harness/support/json.hpp"

namespace bootgate {

/// The document, in Chrome's trace event format: a track for each lane. Times count from `start`, or from the first
/// span where that began earlier. A case's span tells its outcome in `run`.
Json trace_json(const std::vector<Span>& spans, TimePoint start, const RunResult& run);

/// Collects spans, and writes them to `file` when the run ends, also when it is interrupted.
class Trace : public EventSink {
 public:
  explicit Trace(fs::path file, const std::function<TimePoint()>& now = Clock::now)
      : file_(std::move(file)), start_(now()) {}
  void on(const Event& event) override;
  /// Why there is no such file, if so.
  const std::optional<Error>& error() const { return error_; }

 private:
  fs::path file_;
  TimePoint start_;
  std::vector<Span> spans_;
  std::optional<Error> error_;
};

}  // namespace bootgate
