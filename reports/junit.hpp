// JUnit XML, kept complete on disk at every moment of a run (the wall around pugixml).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/run/event.hpp"

namespace bootgate {

/// `strict` validates against junit-10.xsd of the Jenkins xUnit plugin. `rich` adds what that schema forbids and other
/// readers use: properties, `file` and `line` on a testcase.
enum class JunitFlavour { strict, rich };

/// The document: testsuites > testsuite (a job) > testcase. Legal XML 1.0 whatever the guest printed.
std::string junit_xml(const RunResult& run, JunitFlavour flavour);

/// Rewrites `file` after every case. From the start of the run on, it holds every case; one without a result yet is an
/// error in it, so that the report of a killed run can't be taken for a good one.
class JunitReport : public EventSink {
 public:
  JunitReport(fs::path file, JunitFlavour flavour) : file_(std::move(file)), flavour_(flavour) {}
  void on(const Event& event) override;
  /// Why the file does not hold the last state of the run, if so; the run is then one of a broken bench.
  const std::optional<Error>& error() const { return error_; }

 private:
  void write();

  fs::path file_;
  JunitFlavour flavour_;
  RunResult run_;
  std::optional<Error> error_;
};

}  // namespace bootgate
