#include "reports/bisect_report.hpp"

#include <fmt/format.h>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

std::string side_text(const char* side, const TriedCommit& tried) {
  std::string text = fmt::format("  {:<5} {}  {}\n", side, tried.commit.substr(0, 12), tried.why);
  for (std::string_view line : split(tried.evidence, '\n'))
    text += line.empty() ? "" : fmt::format("        | {}\n", line);
  return text;
}

Json tried_json(const TriedCommit& tried) {
  return Json::Object{{"commit", tried.commit},
                      {"subject", tried.subject},
                      {"mark", std::string(to_string(tried.mark))},
                      {"why", tried.why},
                      {"evidence", tried.evidence}};
}

}  // namespace

std::string_view to_string(TriedCommit::Mark mark) {
  switch (mark) {
    case TriedCommit::Mark::good: return "good";
    case TriedCommit::Mark::bad: return "bad";
    case TriedCommit::Mark::skip: return "skip";
  }
  return "skip";
}

int exit_code(const Bisection& bisection) {
  if (bisection.error) return exit_code(bisection.error->kind);
  return bisection.bad && bisection.suspected.empty() ? 0 : exit_code(Error::Kind::bench);
}

std::string bisect_text(const Bisection& bisection) {
  std::string text = "\n";
  for (const TriedCommit& tried : bisection.tried)
    text += fmt::format("  {:<5} {}  {}{}\n", to_string(tried.mark), tried.commit.substr(0, 12), tried.subject,
                        tried.mark == TriedCommit::Mark::skip ? ": " + tried.why : "");
  if (bisection.error || !bisection.bad) return text;
  if (!bisection.suspected.empty()) {
    text += "\nThe first bad commit is one of these; the others could not be tried:\n";
    for (const std::string& commit : bisection.suspected)
      text += fmt::format("  {}\n", commit);
    return text;
  }
  text += fmt::format("\n{} is the first bad commit: {}\n", bisection.bad->commit, bisection.bad->subject);
  if (bisection.good) text += side_text("good", *bisection.good);
  return text + side_text("bad", *bisection.bad);
}

Json bisect_json(const Bisection& bisection) {
  Json::Array tried, suspected(bisection.suspected.begin(), bisection.suspected.end());
  for (const TriedCommit& one : bisection.tried)
    tried.push_back(tried_json(one));
  Json::Object json{{"target", bisection.target},
                    {"exit_status", exit_code(bisection)},
                    {"first_bad", bisection.bad && bisection.suspected.empty() ? tried_json(*bisection.bad) : Json()},
                    {"last_good", bisection.good ? tried_json(*bisection.good) : Json()},
                    {"suspected", std::move(suspected)},
                    {"tried", std::move(tried)}};
  if (bisection.error) json.emplace_back("error", one_line(*bisection.error));
  return json;
}

}  // namespace bootgate
