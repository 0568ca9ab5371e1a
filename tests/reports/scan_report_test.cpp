#include "reports/scan_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/junit.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;

FoundReport found(Severity severity, const std::string& known = {}) {
  FoundReport found;
  found.report.id = "warning";
  found.report.title = "WARNING in demo_init";
  found.report.severity = severity;
  found.report.known = known;
  found.report.first_line = 7;
  found.report.last_line = 8;
  found.report.lines = {"WARNING: CPU: 0", " demo_init+0x1/0x2"};
  return found;
}

ScanResult log_of(std::vector<FoundReport> reports) {
  ScanResult log;
  log.name = "console.log";
  log.rows = 100;
  log.boots = 1;
  log.found = std::move(reports);
  return log;
}

TEST(ScanReport, NamesPlaceAndKindOfWhatItFound) {
  FoundReport twice = found(Severity::failure);
  twice.count = 2;
  twice.report.corrupted = "its end is missing";
  EXPECT_EQ(describe(log_of({twice}), false),
            "console.log  100 lines, 1 boot\n\n"
            "  FAIL  WARNING in demo_init\n"
            "        lines 8-9, warning, 2 times, corrupted: its end is missing\n"
            "        | WARNING: CPU: 0\n"
            "        |  demo_init+0x1/0x2\n\n");
}

TEST(ScanReport, ShowsKnownIssuesAndFailsNobodyForThem) {
  const std::vector<ScanResult> logs{log_of({found(Severity::failure, "why (link, who, until 2027-01-31)")})};
  EXPECT_THAT(describe(logs[0], false), HasSubstr("  KNOWN  WARNING in demo_init\n"));
  EXPECT_THAT(describe(logs[0], false), HasSubstr("        known issue: why (link, who, until 2027-01-31)\n"));
  EXPECT_EQ(verdict(logs, false), "CLEAN  no failure in 1 log, 1 known issue\n");
  const RunResult run = as_run(logs);
  EXPECT_EQ(run.jobs.at(0).cases.at(0).outcome, Outcome::known);
  EXPECT_THAT(junit_xml(run, JunitFlavour::rich), HasSubstr("<skipped message=\"known issue: why"));
}

TEST(ScanReport, CountsFailuresAndLetsNoticesBe) {
  const std::vector<ScanResult> logs{log_of({found(Severity::failure), found(Severity::notice)}), log_of({})};
  EXPECT_EQ(verdict(logs, false), "FAILED  1 failure in 2 logs\n");
  EXPECT_EQ(as_run(logs).jobs.at(0).cases.at(1).outcome, Outcome::pass);
}

}  // namespace
}  // namespace bootgate
