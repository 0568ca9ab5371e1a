#include "reports/overview_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"
#include "reports/display_text.hpp"

namespace bootgate {
namespace {

constexpr std::size_t reason_width = 90;
/// A night in which all is broken is told by its first lines.
constexpr std::size_t shown_of_a_kind = 40;

Label label(const Finding& finding) {
  if (is_new_failure(finding.change) && finding.change.change == Change::added) return {"NEW, FAILS", ink::red};
  switch (finding.change.change) {
    case Change::broken: return {"BROKEN", ink::red};
    case Change::fixed: return {"FIXED", ink::green};
    case Change::still_failing: return {"STILL FAILS", ink::red};
    case Change::flaky: return {"FLAKY", ink::yellow};
    case Change::added: return {"NEW", ink::green};
    case Change::gone: return {"GONE", ink::yellow};
    case Change::unjudged: return {"UNJUDGED", ink::magenta};
    case Change::same: break;
  }
  return {"SAME", ink::dim};
}

std::string text_of(const Mark& mark) {
  return mark.commit.empty() ? mark.run : fmt::format("{} ({})", mark.run, mark.commit);
}

/// What is said of it in one line, beside its name.
std::string reason_of(const Finding& finding) {
  const CaseChange& change = finding.change;
  if (is_vanished(change)) return "there is no such case any more";
  if (!change.after) return {};
  const AttemptRecord& verdict = change.after->verdict;
  if (change.change == Change::gone)
    return fmt::format("{}{}", verdict.outcome == Outcome::skip ? "skipped" : "not run",
                       verdict.reason.empty() ? "" : ": " + verdict.reason);
  if (change.change == Change::unjudged && verdict.outcome != Outcome::error) return "the bench had failed before";
  return verdict.reason;
}

/// "good in A, bad since B", "fails in 3 of 64 attempts".
std::vector<std::string> facts_of(const Finding& finding) {
  std::vector<std::string> facts;
  const bool fails = finding.change.after && finding.change.after->verdict.outcome == Outcome::fail;
  if (fails && finding.first_bad && finding.runs > 1)
    facts.push_back(
        finding.last_good
            ? fmt::format("good in {}, bad since {}", text_of(*finding.last_good), text_of(*finding.first_bad))
            : fmt::format("bad since {}, and never good before", text_of(*finding.first_bad)));
  if (finding.change.change == Change::flaky && finding.runs > 1)
    facts.push_back(fmt::format("failed in {} of {} attempts, in {} runs", finding.failed_attempts, finding.attempts,
                                finding.runs));
  // Twice: broken and mended. More often it is no single commit's doing.
  if (fails && finding.turns > 2)
    facts.push_back(fmt::format("unsteady: it has changed {} times in {} runs", finding.turns, finding.runs));
  return facts;
}

std::string finding_text(const Finding& finding, bool coloured) {
  const Label word = label(finding);
  const CaseChange& change = finding.change;
  std::string text = fmt::format("{}{}  {}/{}  ({})\n", painted(word.text, word.colour, coloured),
                                 std::string(11 - std::min<std::size_t>(11, word.text.size()), ' '), change.suite,
                                 change.name, change.job);
  const std::string indent(13, ' ');
  if (const std::string reason = reason_of(finding); !reason.empty())
    text += fmt::format("{}{}\n", indent, cut(reason, reason_width));
  for (const std::string& fact : facts_of(finding))
    text += fmt::format("{}{}\n", indent, fact);
  if (!finding.bisect.empty()) text += fmt::format("{}{}\n", indent, finding.bisect);
  return text;
}

/// A boot that breaks takes all its later cases along: they are told of in one breath.
bool was_not_run(const Finding& finding) {
  return finding.change.change == Change::gone && finding.change.after &&
         finding.change.after->verdict.outcome == Outcome::not_run;
}

struct Split {
  std::vector<const Finding*> told;                  // one by one
  std::vector<std::pair<std::string, int>> not_run;  // job, cases
};

Split split_findings(const Overview& overview) {
  Split split;
  for (const Finding& finding : overview.findings) {
    if (!was_not_run(finding)) {
      split.told.push_back(&finding);
      continue;
    }
    auto known = std::find_if(split.not_run.begin(), split.not_run.end(),
                              [&](const auto& job) { return job.first == finding.change.job; });
    if (known == split.not_run.end()) known = split.not_run.insert(known, {finding.change.job, 0});
    ++known->second;
  }
  return split;
}

std::string crash_text(const NewCrash& crash, bool coloured) {
  return fmt::format("{}   {}\n             in {}/{}  ({}){}\n", painted("NEW CRASH", ink::red, coloured),
                     cut(crash.crash.title, reason_width), crash.suite, crash.name, crash.job,
                     crash.elsewhere ? ", known from another job" : "");
}

std::string drift_text(const DriftFinding& drift, bool coloured) {
  const bool worse = drift.verdict.drift == Drift::up;
  const bool of_time = is_time({drift.name, 0});
  const std::string_view word = of_time ? (worse ? "SLOWER" : "FASTER") : (worse ? "LARGER" : "SMALLER");
  return fmt::format("{}{}  {}  ({})\n             since {}\n",
                     painted(word, worse ? ink::yellow : ink::green, coloured), std::string(11 - word.size(), ' '),
                     describe(drift), drift.job, text_of(drift.since));
}

std::string measurement_text(const MeasurementChange& change) {
  const double part = change.before > 0 ? (change.after / change.before - 1) * 100 : 0;
  return fmt::format("  {:<18} {:>12} -> {:>12}  {:+.1f} %  {}\n", change.name, measured(change.name, change.before),
                     measured(change.name, change.after), part, change.job);
}

/// Markdown reads none of this as markup, and no renderer as HTML.
std::string escaped_markdown(std::string_view text) {
  std::string safe;
  for (char c : printable(text)) {
    if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '&')
      safe += "&amp;";
    else if (std::string_view("\\`*_{}[]()#+!|~@").find(c) != std::string_view::npos)
      safe += fmt::format("&#{};", static_cast<int>(c));
    else
      safe += c;
  }
  return safe;
}

/// In a code span nothing but a backtick means anything, and in a table the bar.
std::string code(std::string_view text) {
  std::string safe;
  for (char c : printable(text))
    safe += c == '`' ? '\'' : c;
  for (std::size_t at = 0; (at = safe.find('|', at)) != std::string::npos; at += 2)
    safe.insert(at, "\\");
  return "`" + safe + "`";
}

std::string markdown_row(const Finding& finding) {
  std::string facts;
  for (const std::string& fact : facts_of(finding))
    facts += (facts.empty() ? "" : "; ") + fact;
  const std::string reason = cut(reason_of(finding), reason_width);
  return fmt::format("| {} | {} | {} | {}{}{} |\n", label(finding).text,
                     code(finding.change.suite + "/" + finding.change.name), code(finding.change.job),
                     escaped_markdown(reason), reason.empty() || facts.empty() ? "" : "<br>", escaped_markdown(facts));
}

Json json_of(const std::optional<Mark>& mark) {
  if (!mark) return {};
  return Json::Object{{"run", mark->run}, {"timestamp", mark->timestamp}, {"commit", mark->commit}};
}

Json json_of(const std::optional<CaseRecord>& record) {
  if (!record) return {};
  return Json::Object{{"outcome", std::string(to_string(record->verdict.outcome))}, {"reason", record->verdict.reason}};
}

Json json_of(const Finding& finding) {
  Json::Array strip;
  for (Outcome outcome : finding.strip)
    strip.emplace_back(std::string(to_string(outcome)));
  return Json::Object{{"change", std::string(to_string(finding.change.change))},
                      {"job", finding.change.job},
                      {"suite", finding.change.suite},
                      {"case", finding.change.name},
                      {"before", json_of(finding.change.before)},
                      {"after", json_of(finding.change.after)},
                      {"last_good", json_of(finding.last_good)},
                      {"first_bad", json_of(finding.first_bad)},
                      {"runs", finding.runs},
                      {"attempts", finding.attempts},
                      {"failed_attempts", finding.failed_attempts},
                      {"turns", finding.turns},
                      {"outcomes", std::move(strip)},
                      {"bisect", finding.bisect}};
}

Json json_of(const DriftFinding& drift) {
  return Json::Object{{"job", drift.job},
                      {"name", drift.name},
                      {"drift", drift.verdict.drift == Drift::up ? "up" : "down"},
                      {"usual", drift.verdict.usual},
                      {"newest", drift.verdict.newest},
                      {"limit", drift.verdict.limit},
                      {"since", json_of(std::optional(drift.since))}};
}

template <class Items, class Write>
Json array_of(const Items& items, Write write) {
  Json::Array array;
  for (const auto& item : items)
    array.push_back(write(item));
  return array;
}

}  // namespace

std::string mail_subject(const Overview& overview) {
  return fmt::format("{}: {}", overview.run.name.empty() ? "bootgate" : overview.run.name, headline(overview));
}

std::string overview_text(const Overview& overview, bool coloured) {
  std::string text = mail_subject(overview) + "\n";
  if (overview.before) text += fmt::format("compared with {}\n", *overview.before);
  if (!overview.run.error.empty()) text += fmt::format("the test bench failed: {}\n", overview.run.error);
  if (overview.run.interrupted) text += "it was interrupted\n";
  const bool has_news = !overview.crashes.empty() || !overview.findings.empty() || !overview.drifts.empty();
  if (has_news) text += "\n";
  for (const NewCrash& crash : overview.crashes)
    text += crash_text(crash, coloured);
  const Split split = split_findings(overview);
  std::size_t of_this_kind = 0;
  for (std::size_t i = 0; i < split.told.size(); ++i) {
    const Finding& finding = *split.told[i];
    const bool goes_on = i > 0 && split.told[i - 1]->change.change == finding.change.change;
    of_this_kind = goes_on ? of_this_kind + 1 : 0;
    if (of_this_kind < shown_of_a_kind) text += finding_text(finding, coloured);
    if (of_this_kind == shown_of_a_kind) text += fmt::format("             and more: {}\n", label(finding).text);
  }
  for (const auto& [job, cases] : split.not_run)
    text += fmt::format("{}         {} not run any more  ({})\n", painted("GONE", ink::yellow, coloured),
                        cases == 1 ? "a case was" : fmt::format("{} cases were", cases), job);
  for (const DriftFinding& drift : overview.drifts)
    text += drift_text(drift, coloured);
  if (!overview.measurements.empty()) text += "\n";
  for (const MeasurementChange& change : overview.measurements)
    text += measurement_text(change);
  return text;
}

std::string overview_markdown(const Overview& overview) {
  std::string text = fmt::format("## {}\n\n", escaped_markdown(mail_subject(overview)));
  if (!overview.run.error.empty())
    text += fmt::format("**The test bench failed:** {}\n\n", escaped_markdown(overview.run.error));
  if (!overview.findings.empty()) text += "| | case | job | |\n|---|---|---|---|\n";
  const Split split = split_findings(overview);
  for (std::size_t i = 0; i < std::min(split.told.size(), shown_of_a_kind); ++i)
    text += markdown_row(*split.told[i]);
  for (const auto& [job, cases] : split.not_run)
    text += fmt::format("| GONE | {} cases, not run any more | {} | |\n", cases, code(job));
  if (split.told.size() > shown_of_a_kind) text += fmt::format("\nand {} more\n", split.told.size() - shown_of_a_kind);
  if (!overview.crashes.empty()) text += "\n### New crash reports\n\n";
  for (const NewCrash& crash : overview.crashes)
    text += fmt::format("- {} in {} ({})\n", code(crash.crash.title), code(crash.suite + "/" + crash.name),
                        code(crash.job));
  if (!overview.drifts.empty()) text += "\n### Boot times and sizes\n\n";
  for (const DriftFinding& drift : overview.drifts)
    text += fmt::format("- {} ({}), since {}\n", escaped_markdown(describe(drift)), code(drift.job),
                        escaped_markdown(text_of(drift.since)));
  std::string commands;
  for (const Finding& finding : overview.findings)
    if (!finding.bisect.empty()) commands += printable(finding.bisect) + "\n";
  if (!commands.empty()) text += fmt::format("\n### To find the commit\n\n```sh\n{}```\n", commands);
  return text;
}

Json to_json(const Overview& overview) {
  const Tally tally = count(overview.run);
  return Json::Object{
      {"run", overview.run.name},
      {"timestamp", overview.run.timestamp},
      {"before", overview.before ? Json(*overview.before) : Json()},
      {"error", overview.run.error},
      {"interrupted", overview.run.interrupted},
      {"quiet", is_quiet(overview)},
      {"count", Json::Object{{"pass", tally.pass},
                             {"fail", tally.fail},
                             {"error", tally.error},
                             {"skip", tally.skip},
                             {"not_run", tally.not_run},
                             {"known", tally.known},
                             {"flaky", tally.flaky}}},
      {"changes", array_of(overview.findings, [](const Finding& finding) { return json_of(finding); })},
      {"crashes", array_of(overview.crashes,
                           [](const NewCrash& crash) {
                             return Json::Object{{"title", crash.crash.title}, {"fingerprint", crash.crash.fingerprint},
                                                 {"job", crash.job},           {"suite", crash.suite},
                                                 {"case", crash.name},         {"elsewhere", crash.elsewhere}};
                           })},
      {"drifts", array_of(overview.drifts, [](const DriftFinding& drift) { return json_of(drift); })},
      {"measurements", array_of(overview.measurements, [](const MeasurementChange& change) {
         return Json::Object{
             {"job", change.job}, {"name", change.name}, {"before", change.before}, {"after", change.after}};
       })}};
}

}  // namespace bootgate
