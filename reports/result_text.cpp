#include "reports/result_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"
#include "reports/display_text.hpp"

namespace bootgate {
namespace {

constexpr std::size_t shown_console_lines = 20;
constexpr std::size_t shown_report_lines = 30;
constexpr std::size_t shown_attempts = 10;
/// Of a remark behind a case, which has one line.
constexpr std::size_t remark_width = 50;

constexpr std::string_view fresh_boot = "a fresh boot: ";

std::string indented(const std::vector<std::string_view>& lines, std::string_view indent) {
  std::string text;
  for (std::string_view line : lines)
    text += fmt::format("{}{}\n", indent, shortened(line));
  return text;
}

/// Splats say at their head what is wrong; of a console excerpt the end counts.
std::vector<std::string_view> head(const std::vector<std::string>& lines, std::size_t limit) {
  return {lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(limit, lines.size()))};
}

std::vector<std::string_view> tail(const std::vector<std::string>& lines, std::size_t limit) {
  return {lines.end() - static_cast<std::ptrdiff_t>(std::min(limit, lines.size())), lines.end()};
}

std::string left_out(std::size_t lines, std::size_t limit) {
  return lines > limit ? fmt::format(" ({} of {} lines)", limit, lines) : std::string();
}

std::string remark(std::string_view text) {
  std::string safe = printable(text);
  std::string fitting = cut(safe, remark_width);
  return fitting.size() < safe.size() ? fitting + "..." : safe;
}

/// "2 attempts; first: no such line", of the first one that went wrong.
std::string attempts_remark(const CaseResult& result) {
  std::string text = fmt::format("{} attempts", result.earlier.size() + 1);
  auto bad = std::find_if(result.earlier.begin(), result.earlier.end(),
                          [](const CaseResult& attempt) { return is_bad(attempt.outcome); });
  if (bad == result.earlier.end()) return text;
  const auto number = bad - result.earlier.begin() + 1;
  return fmt::format("{}; {}: {}", text, number == 1 ? "first" : fmt::format("attempt {}", number),
                     remark(bad->reason));
}

std::string machine_remark(const CaseResult& result, std::string_view told) {
  if (result.machine == told) return "fresh boot";
  return "fresh boot: " + remark(std::string_view(result.machine).substr(fresh_boot.size()));
}

/// What stands behind the time of a case that ran.
std::string remarks(const CaseResult& result, const CaseTextStyle& style) {
  std::string text;
  auto add = [&](std::string_view what) { text += fmt::format("  ({})", what); };
  if (!result.note.empty()) add(printable(result.note));
  if (!result.earlier.empty()) add(attempts_remark(result));
  if (is_fresh_boot(result)) add(machine_remark(result, style.told_machine));
  return text;
}

std::string attempts_text(const CaseResult& result) {
  std::string text;
  for (std::size_t i = 0; i < std::min(result.earlier.size(), shown_attempts); ++i) {
    const CaseResult& attempt = result.earlier[i];
    text += fmt::format("         attempt {}: {}{}\n", i + 1, to_string(attempt.outcome),
                        attempt.reason.empty() ? "" : ": " + shortened(attempt.reason));
  }
  return text;
}

std::string reports_text(const CaseResult& result, bool coloured) {
  std::string text;
  for (const CrashReport& report : result.reports) {
    const std::vector<std::string>& lines = shown_lines(report);
    text += fmt::format("\n         {}{}\n", painted(shortened(report.title), ink::red, coloured),
                        left_out(lines.size(), shown_report_lines));
    if (!report.expired.empty())
      text += fmt::format("         a known issue that has expired: {}\n", shortened(report.expired));
    text += indented(head(lines, shown_report_lines), "         | ");
  }
  return text;
}

std::string failure_text(const CaseResult& result, const CaseTextStyle& style) {
  std::string text = fmt::format("\n         {}\n", painted(shortened(result.reason), ink::bold, style.coloured));
  if (result.step) text += fmt::format("         at {}:{}\n", printable(result.step->file), result.step->line);
  text += indented(split(trimmed(result.details), '\n'), "         ");
  text += attempts_text(result);
  text += reports_text(result, style.coloured);
  if (!result.excerpt.empty()) {
    text += fmt::format("\n         console{}\n", left_out(result.excerpt.size(), shown_console_lines));
    text += indented(tail(result.excerpt, shown_console_lines), "         | ");
  }
  if (!style.evidence.empty()) text += fmt::format("\n         evidence  {}\n", printable(style.evidence.string()));
  return text + "\n";
}

std::string counts(const Tally& tally) {
  std::string text;
  auto add = [&](int number, std::string_view what) {
    if (number > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, what);
  };
  add(tally.pass, "passed");
  add(tally.fail, "failed");
  add(tally.error, tally.error == 1 ? "error" : "errors");
  add(tally.skip, "skipped");
  add(tally.known, tally.known == 1 ? "known issue" : "known issues");
  add(tally.flaky, "flaky");
  add(tally.not_run, "not run");
  return text.empty() ? "no case" : text;
}

/// One word for how the run ended.
Label verdict(const RunResult& run) {
  Tally tally = count(run);
  if (run.interrupted) return {"INTERRUPTED", ink::yellow};
  if (run.error || tally.error > 0) return label(Outcome::error);
  if (tally.fail > 0) return {"FAILED", ink::red};
  if (tally.pass + tally.flaky == 0) return {"NOTHING PASSED", ink::red};
  if (tally.not_run > 0) return {"NOT RUN", ink::red};
  return {"PASSED", ink::green};
}

}  // namespace

bool is_fresh_boot(const CaseResult& result) {
  return result.machine.starts_with(fresh_boot);
}

std::string case_text(const CaseResult& result, const CaseTextStyle& style) {
  const bool bad = is_bad(result.outcome);
  const bool ran = bad || result.outcome == Outcome::pass || result.outcome == Outcome::flaky;
  std::string text =
      fmt::format("{}  {:<{}}  {}{}\n", aligned(label(result.outcome), style.coloured), title(result), style.name_width,
                  ran ? short_time(result.took) : printable(result.reason), ran ? remarks(result, style) : "");
  return bad ? text + failure_text(result, style) : text;
}

std::string summary_text(const RunResult& run, Duration took, const SummaryStyle& style) {
  std::string text = "\n";
  if (run.error) {
    std::string rendered = render(*run.error);
    text += indented(split(rendered, '\n'), "");
  }
  const Label word = verdict(run);
  text += fmt::format("{}  {} in {}\n", painted(word.text, word.colour, style.coloured), counts(count(run)),
                      short_time(took));
  if (!style.junit.empty()) text += fmt::format("junit     {}\n", printable(style.junit.string()));
  return text;
}

}  // namespace bootgate
