#include "reports/scan_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"
#include "reports/display_text.hpp"

namespace bootgate {
namespace {

constexpr std::size_t most_lines = 30;
constexpr std::size_t shown_line_length = 240;

std::string plural(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string where(const FoundReport& found) {
  const CrashReport& report = found.report;
  std::string text = report.first_line == report.last_line
                         ? fmt::format("line {}", report.first_line + 1)
                         : fmt::format("lines {}-{}", report.first_line + 1, report.last_line + 1);
  text += fmt::format(", {}", report.id);
  if (found.count > 1) text += fmt::format(", {} times", found.count);
  if (!report.corrupted.empty()) text += fmt::format(", corrupted: {}", report.corrupted);
  return text;
}

std::string label(const CrashReport& report, bool colour) {
  if (is_failure(report)) return painted("FAIL", ink::red, colour);
  return painted(report.known.empty() ? "NOTE" : "KNOWN", ink::yellow, colour);
}

std::string block(const FoundReport& found, bool colour) {
  const CrashReport& report = found.report;
  std::string text =
      fmt::format("  {}  {}\n        {}\n", label(report, colour), printable(report.title), where(found));
  if (!report.known.empty()) text += fmt::format("        known issue: {}\n", report.known);
  if (!report.expired.empty()) text += fmt::format("        a known issue that has expired: {}\n", report.expired);
  if (!report.undecoded.empty()) text += fmt::format("        not decoded: {}\n", printable(report.undecoded));
  const std::vector<std::string>& lines = shown_lines(report);
  for (std::size_t i = 0; i < std::min(lines.size(), most_lines); ++i)
    text += fmt::format("        | {}\n", printable(std::string_view(lines[i]).substr(0, shown_line_length)));
  if (lines.size() > most_lines) text += fmt::format("        ({} more)\n", plural(lines.size() - most_lines, "line"));
  return text + "\n";
}

std::size_t failures_of(const ScanResult& log) {
  return log.left_out +
         static_cast<std::size_t>(std::count_if(log.found.begin(), log.found.end(),
                                                [](const auto& found) { return is_failure(found.report); }));
}

Json::Array lines_json(const std::vector<std::string>& lines) {
  Json::Array list;
  for (const std::string& line : lines)
    list.emplace_back(printable(line));
  return list;
}

Json report_json(const FoundReport& found) {
  const CrashReport& report = found.report;
  return Json::Object{{"title", printable(report.title)},
                      {"id", report.id},
                      {"severity", std::string(to_string(report.severity))},
                      {"count", static_cast<std::int64_t>(found.count)},
                      {"first_line", static_cast<std::int64_t>(report.first_line + 1)},
                      {"last_line", static_cast<std::int64_t>(report.last_line + 1)},
                      {"fingerprint", report.fingerprint},
                      {"corrupted", report.corrupted},
                      {"known", report.known},
                      {"expired", report.expired},
                      {"lines", lines_json(report.lines)},
                      {"decoded", lines_json(report.decoded)},
                      {"undecoded", printable(report.undecoded)}};
}

CaseResult as_case(const FoundReport& found) {
  CaseResult result;
  result.suite = "scan";
  result.name = found.report.title;
  result.outcome = is_failure(found.report) ? Outcome::fail : Outcome::pass;
  if (is_failure(found.report)) {
    result.cause = Cause::signature;
    result.reason = found.report.title;
    result.details = where(found);
  }
  if (!found.report.known.empty()) {
    result.outcome = Outcome::known;
    result.reason = fmt::format("known issue: {}", found.report.known);
  }
  result.reports = {found.report};
  return result;
}

}  // namespace

std::string describe(const ScanResult& log, bool colour) {
  std::string text =
      fmt::format("{}  {}, {}\n", printable(log.name), plural(log.rows, "line"), plural(log.boots, "boot"));
  if (!log.found.empty()) text += "\n";
  for (const FoundReport& found : log.found)
    text += block(found, colour);
  if (log.left_out > 0) text += fmt::format("  and {} more reports, with other titles\n\n", log.left_out);
  return text;
}

std::string verdict(std::span<const ScanResult> logs, bool colour) {
  std::size_t failures = 0;
  std::size_t known = 0;
  bool broken = false;
  for (const ScanResult& log : logs) {
    failures += failures_of(log);
    known += static_cast<std::size_t>(std::count_if(log.found.begin(), log.found.end(),
                                                    [](const auto& found) { return !found.report.known.empty(); }));
    broken = broken || log.error;
  }
  std::string where = plural(logs.size(), "log");
  if (known > 0) where += fmt::format(", {}", plural(known, "known issue"));
  if (failures > 0)
    return fmt::format("{}  {} in {}\n", painted("FAILED", ink::red, colour), plural(failures, "failure"), where);
  if (broken) return fmt::format("{}  not all of {} could be read\n", painted("ERROR", ink::magenta, colour), where);
  return fmt::format("{}  no failure in {}\n", painted("CLEAN", ink::green, colour), where);
}

Json to_json(std::span<const ScanResult> logs) {
  Json::Array list;
  for (const ScanResult& log : logs) {
    Json::Array reports;
    for (const FoundReport& found : log.found)
      reports.push_back(report_json(found));
    Json::Object members{{"name", printable(log.name)},
                         {"bytes", static_cast<std::int64_t>(log.bytes)},
                         {"lines", static_cast<std::int64_t>(log.rows)},
                         {"boots", static_cast<std::int64_t>(log.boots)},
                         {"reports", std::move(reports)},
                         {"reports_left_out", static_cast<std::int64_t>(log.left_out)}};
    if (log.error) members.emplace_back("error", one_line(*log.error));
    list.emplace_back(std::move(members));
  }
  return Json::Object{{"logs", std::move(list)}};
}

RunResult as_run(std::span<const ScanResult> logs) {
  RunResult run;
  run.timestamp = utc_timestamp();
  for (const ScanResult& log : logs) {
    JobResult job;
    job.name = log.name;
    job.timestamp = run.timestamp;
    for (const FoundReport& found : log.found)
      job.cases.push_back(as_case(found));
    CaseResult whole;
    whole.suite = "scan";
    whole.name = "read to its end";
    whole.outcome = log.error ? Outcome::error : Outcome::pass;
    whole.cause = log.error ? Cause::bench : Cause::none;
    if (log.error) whole.reason = one_line(*log.error);
    job.cases.push_back(std::move(whole));
    run.jobs.push_back(std::move(job));
  }
  return run;
}

}  // namespace bootgate
