// JUnit XML, kept complete on disk at every moment of a run (the wall around pugixml).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/event.hpp"
#include "reports/run_record.hpp"

namespace bootgate {

/// `strict` validates against junit-10.xsd of the Jenkins xUnit plugin. `rich` adds what that schema forbids or few
/// know and other readers use: properties, `file` and `line` on a testcase, and surefire's elements for attempts.
enum class JunitFlavour { strict, rich };

/// The document: testsuites > testsuite (a job) > testcase. Legal XML 1.0 whatever the guest printed.
std::string junit_xml(const RunResult& run, JunitFlavour flavour);

/// The run that a JUnit file tells of, ours or another tool's. What the file can't tell apart is taken for the plainer:
/// a known issue for a skip. A usage error for what is no JUnit.
Result<RunRecord> read_junit(const fs::path& file);

/// Rewrites `file` as cases end, a few times a second at most, and whenever a job or the run ends. From the start of
/// the run on, it holds every case; one without a result yet is an error in it, so that the report of a killed run
/// can't be taken for a good one.
class JunitReport : public EventSink {
 public:
  JunitReport(fs::path file, JunitFlavour flavour, std::function<TimePoint()> now = Clock::now)
      : file_(std::move(file)), flavour_(flavour), now_(std::move(now)) {}
  void on(const Event& event) override;
  /// Writes what had to wait: for when no event came for a while.
  void tick();
  /// Why the file does not hold the last state of the run, if so; the run is then one of a broken bench.
  const std::optional<Error>& error() const { return error_; }

 private:
  enum class Urgency { none, soon, now };
  /// Takes the event up: how soon must the file hold it?
  Urgency take(const Event& event);
  void write();

  fs::path file_;
  JunitFlavour flavour_;
  std::function<TimePoint()> now_;
  RunResult run_;
  bool behind_ = false;     // the file is
  TimePoint next_write_{};  // not before
  std::optional<Error> error_;
};

}  // namespace bootgate
