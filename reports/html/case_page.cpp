#include "reports/html/case_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/evidence.hpp"
#include "harness/support/text.hpp"
#include "reports/display_text.hpp"
#include "reports/html/console_view.hpp"
#include "reports/html/markup.hpp"

namespace bootgate {
namespace {

constexpr std::size_t strip_length = 30;

std::string_view sign(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return "\u2713";
    case Outcome::fail: return "\u2717";
    case Outcome::error: return "!";
    case Outcome::flaky: return "~";
    case Outcome::known: return "k";
    case Outcome::skip: return "s";
    case Outcome::not_run: return "\u00b7";
  }
  return "!";
}

std::string strip_item(Outcome outcome, std::string_view says) {
  return fmt::format("<li class=\"{}\" title=\"{}\">{}<span class=\"hidden-text\"> {}</span></li>", css_class(outcome),
                     html_escaped(says), sign(outcome), html_escaped(says));
}

std::string history_section(const CaseHistory* history) {
  if (!history || history->points.size() < 2) return {};
  std::string text = "<h2>From run to run</h2>\n<ol class=\"strip\">";
  const std::size_t first = history->points.size() > strip_length ? history->points.size() - strip_length : 0;
  for (std::size_t i = first; i < history->points.size(); ++i) {
    const CasePoint& point = history->points[i];
    text += strip_item(point.verdict.outcome,
                       fmt::format("{}: {}{}{}", point.run, to_string(point.verdict.outcome),
                                   point.commit.empty() ? "" : " " + point.commit,
                                   point.verdict.reason.empty() ? "" : ", " + cut(point.verdict.reason, 80)));
  }
  return text + "</ol>\n";
}

/// `heading`: its level below what it is a part of.
std::string report_section(const CrashReport& report, const char* heading) {
  std::string text = element(heading, report.title);
  if (!report.known.empty()) text += fmt::format("<p>A known issue: {}</p>\n", html_escaped(report.known));
  if (!report.corrupted.empty()) text += fmt::format("<p>Not to be trusted: {}</p>\n", html_escaped(report.corrupted));
  std::string lines;
  for (const std::string& line : shown_lines(report))
    lines += html_escaped(line) + "\n";
  return text + fmt::format("<pre tabindex=\"0\">{}</pre>\n", lines);
}

std::string verdict_section(const CaseResult& result, const char* heading) {
  std::string text;
  if (!result.reason.empty()) text += element("p", result.reason);
  if (!result.details.empty()) text += fmt::format("<pre tabindex=\"0\">{}</pre>\n", html_escaped(result.details));
  if (result.step)
    text += fmt::format("<p class=\"soft\">at {}:{}</p>\n", html_escaped(result.step->file), result.step->line);
  if (!result.note.empty()) text += fmt::format("<p class=\"soft\">{}</p>\n", html_escaped(result.note));
  for (const auto& [name, value] : result.records)
    text += fmt::format("<p>{} = {}</p>\n", html_escaped(name), element("code", value));
  for (const CrashReport& report : result.reports)
    text += report_section(report, heading);
  return text;
}

std::string excerpt_section(const CaseResult& result) {
  if (result.excerpt.empty()) return {};
  std::string lines;
  for (const std::string& line : result.excerpt)
    lines += html_escaped(line) + "\n";
  return fmt::format(
      "<details><summary>What it said on the console, {} lines</summary><pre tabindex=\"0\">{}</pre>"
      "</details>\n",
      result.excerpt.size(), lines);
}

std::string attempts_section(const CaseResult& result) {
  if (result.earlier.empty()) return {};
  std::string text = fmt::format("<h2>Attempts: {}</h2>\n", result.earlier.size() + 1);
  for (std::size_t i = 0; i < result.earlier.size(); ++i) {
    const CaseResult& attempt = result.earlier[i];
    text += fmt::format("<h3>{} {}</h3>\n", i + 1, outcome_word(attempt.outcome));
    text += verdict_section(attempt, "h4") + excerpt_section(attempt);
  }
  return text;
}

std::string again_section(const CasePageInputs& inputs) {
  std::string text;
  if (!inputs.run_directory.empty())
    text += command_block(fmt::format("bootgate replay {} {}", shell_quoted(inputs.run_directory.string()),
                                      shell_quoted(inputs.job.name + "/" + inputs.result.name)));
  const EvidenceFiles files{inputs.job.directory};
  if (std::error_code none; !inputs.job.directory.empty() && fs::exists(files.replay(), none))
    text += "<p class=\"soft\">The machine alone, on your terminal:</p>\n" +
            command_block(shell_quoted(files.replay().string()));
  if (inputs.finding && !inputs.finding->bisect.empty())
    text += "<p class=\"soft\">The commit that broke it:</p>\n" + command_block(inputs.finding->bisect);
  return text.empty() ? text : "<h2>Again</h2>\n" + text;
}

}  // namespace

std::string case_page(const CasePageInputs& inputs) {
  const CaseResult& result = inputs.result;
  std::string body = fmt::format("<p>{} <span class=\"soft\">in {}{}</span> <a href=\"{}\">{}</a></p>\n",
                                 outcome_word(result.outcome), format_seconds(result.took) + " s",
                                 result.machine.empty() ? "" : ", on " + html_escaped(result.machine), inputs.job_file,
                                 html_escaped(inputs.job.name));
  if (inputs.finding)
    body += fmt::format("<p><span class=\"word {}\">{}</span></p>\n", css_class(inputs.finding->change),
                        html_escaped(change_word(inputs.finding->change)));
  body += verdict_section(result, "h2") + excerpt_section(result) + history_section(inputs.history);
  body += attempts_section(result) + again_section(inputs);
  const ConsoleFile console = console_of(inputs.job, result);
  body += "<h2 id=\"console\">Console</h2>\n" + console_view(console, lines_of(result, console.lines));
  return html_page({result.suite + "/" + result.name, body, ""});
}

std::string outcome_word(Outcome outcome) {
  const std::string text = outcome == Outcome::not_run ? "not run" : std::string(to_string(outcome));
  return fmt::format("<span class=\"word {}\">{}</span>", css_class(outcome), text);
}

std::string_view css_class(Outcome outcome) {
  // "skip" is the link's that leads past the navigation.
  return outcome == Outcome::skip ? "skip-outcome" : to_string(outcome);
}

std::string_view css_class(const CaseChange& change) {
  if (is_new_failure(change) || change.change == Change::still_failing) return "fail";
  switch (change.change) {
    case Change::fixed:
    case Change::added: return "pass";
    case Change::flaky:
    case Change::gone: return "flaky";
    case Change::unjudged: return "error";
    default: return "not_run";
  }
}

std::string change_word(const CaseChange& change) {
  return std::string(to_string(change.change)) +
         (change.change == Change::added && is_new_failure(change) ? ", fails" : "");
}

std::string strip(std::span<const Outcome> outcomes) {
  if (outcomes.size() < 2) return {};
  std::string text = "<ol class=\"strip\">";
  for (Outcome outcome : outcomes.last(std::min(outcomes.size(), strip_length)))
    text += strip_item(outcome, to_string(outcome));
  return text + "</ol>";
}

std::string command_block(const std::string& command) {
  return fmt::format(
      "<div class=\"command\"><pre>{}</pre><button type=\"button\" class=\"copy\" hidden>Copy</button></div>\n",
      html_escaped(command));
}

}  // namespace bootgate
