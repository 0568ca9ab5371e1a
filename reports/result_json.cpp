#include "reports/result_json.hpp"

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

std::int64_t integer(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  const auto* number = member ? std::get_if<std::int64_t>(&member->value) : nullptr;
  return number ? *number : 0;
}

const Json::Array& array(const Json& json, std::string_view name) {
  static const Json::Array none;
  const Json* member = json.find(name);
  const auto* items = member ? std::get_if<Json::Array>(&member->value) : nullptr;
  return items ? *items : none;
}

std::vector<std::pair<std::string, std::string>> pairs(const Json& json, std::string_view name) {
  std::vector<std::pair<std::string, std::string>> values;
  const Json* member = json.find(name);
  if (const auto* members = member ? std::get_if<Json::Object>(&member->value) : nullptr)
    for (const auto& [key, value] : *members)
      values.emplace_back(key, value.text());
  return values;
}

std::vector<std::string> lines(const Json& json, std::string_view name) {
  std::vector<std::string> all;
  for (const Json& line : array(json, name))
    all.emplace_back(line.text());
  return all;
}

/// Members that say nothing are left out: most cases have few.
void add(Json::Object& members, const char* name, std::string_view value) {
  if (!value.empty()) members.emplace_back(name, printable(value));
}

void add(Json::Object& members, const char* name, const std::vector<std::string>& values) {
  Json::Array items;
  for (const std::string& value : values)
    items.emplace_back(printable(value));
  if (!items.empty()) members.emplace_back(name, std::move(items));
}

/// Lines that we have written ourselves, with guest bytes in them. The last one ends as it did.
std::string printable_text(std::string_view text) {
  std::string safe = printable_lines(text);
  if (!text.ends_with('\n') && !safe.empty()) safe.pop_back();
  return safe;
}

Json::Object object_of(const std::vector<std::pair<std::string, std::string>>& values) {
  Json::Object members;
  for (const auto& [name, value] : values)
    members.emplace_back(printable(name), printable(value));
  return members;
}

Json to_json(const CrashReport& report) {
  Json::Object members{{"id", report.id},
                       {"title", printable(report.title)},
                       {"severity", std::string(to_string(report.severity))},
                       {"first_line", static_cast<std::int64_t>(report.first_line)},
                       {"last_line", static_cast<std::int64_t>(report.last_line)}};
  add(members, "lines", report.lines);
  add(members, "decoded", report.decoded);
  add(members, "undecoded", report.undecoded);
  add(members, "fingerprint", report.fingerprint);
  add(members, "corrupted", report.corrupted);
  add(members, "known", report.known);
  add(members, "expired", report.expired);
  if (report.allowed) members.emplace_back("allowed", true);
  return members;
}

Severity severity_from(std::string_view name) {
  for (Severity severity : {Severity::benign, Severity::notice, Severity::fatal})
    if (to_string(severity) == name) return severity;
  return Severity::failure;
}

CrashReport report_from(const Json& json) {
  CrashReport report;
  report.id = text_at(json, "id");
  report.title = text_at(json, "title");
  report.severity = severity_from(text_at(json, "severity"));
  report.first_line = static_cast<std::size_t>(integer(json, "first_line"));
  report.last_line = static_cast<std::size_t>(integer(json, "last_line"));
  report.lines = lines(json, "lines");
  report.decoded = lines(json, "decoded");
  report.undecoded = text_at(json, "undecoded");
  report.fingerprint = text_at(json, "fingerprint");
  report.corrupted = text_at(json, "corrupted");
  report.known = text_at(json, "known");
  report.expired = text_at(json, "expired");
  const Json* allowed = json.find("allowed");
  report.allowed = allowed && allowed->flag();
  return report;
}

Json to_json(const CaseResult& result) {
  Json::Object members{{"suite", result.suite},
                       {"name", result.name},
                       {"outcome", std::string(to_string(result.outcome))},
                       {"cause", std::string(to_string(result.cause))},
                       {"took", static_cast<std::int64_t>(result.took.count())}};
  add(members, "reason", result.reason);
  if (!result.details.empty()) members.emplace_back("details", printable_text(result.details));
  if (result.step)
    members.emplace_back("step", Json::Object{{"file", printable(result.step->file)},
                                              {"line", result.step->line},
                                              {"column", result.step->column}});
  add(members, "excerpt", result.excerpt);
  add(members, "note", result.note);
  add(members, "machine", result.machine);
  if (!result.records.empty())
    members.emplace_back("records", object_of({result.records.begin(), result.records.end()}));
  Json::Array reports, earlier;
  for (const CrashReport& report : result.reports)
    reports.push_back(to_json(report));
  for (const CaseResult& attempt : result.earlier)
    earlier.push_back(to_json(attempt));
  if (!reports.empty()) members.emplace_back("reports", std::move(reports));
  if (!earlier.empty()) members.emplace_back("earlier", std::move(earlier));
  return members;
}

CaseResult case_from(const Json& json) {
  CaseResult result;
  result.suite = text_at(json, "suite");
  result.name = text_at(json, "name");
  result.outcome = outcome_from(text_at(json, "outcome"));
  result.cause = cause_from(text_at(json, "cause"));
  result.took = Duration(integer(json, "took"));
  result.reason = text_at(json, "reason");
  result.details = text_at(json, "details");
  if (const Json* step = json.find("step"))
    result.step = SourcePos{text_at(*step, "file"), static_cast<int>(integer(*step, "line")),
                            static_cast<int>(integer(*step, "column"))};
  result.excerpt = lines(json, "excerpt");
  result.note = text_at(json, "note");
  result.machine = text_at(json, "machine");
  for (auto& [name, value] : pairs(json, "records"))
    result.records.emplace_back(std::move(name), std::move(value));
  for (const Json& report : array(json, "reports"))
    result.reports.push_back(report_from(report));
  // An attempt has none of its own: a hostile file can't nest them.
  for (const Json& attempt : array(json, "earlier")) {
    CaseResult& earlier = result.earlier.emplace_back();
    Json flat = attempt;
    if (auto* members = std::get_if<Json::Object>(&flat.value))
      std::erase_if(*members, [](const auto& member) { return member.first == "earlier"; });
    earlier = case_from(flat);
  }
  return result;
}

}  // namespace

Outcome outcome_from(std::string_view name) {
  for (Outcome outcome :
       {Outcome::pass, Outcome::fail, Outcome::skip, Outcome::not_run, Outcome::known, Outcome::flaky})
    if (to_string(outcome) == name) return outcome;
  return Outcome::error;
}

Cause cause_from(std::string_view name) {
  for (Cause cause : {Cause::mismatch, Cause::signature, Cause::deadline, Cause::silence, Cause::exited, Cause::power,
                      Cause::control_lost, Cause::taint, Cause::console, Cause::bench, Cause::stopped})
    if (to_string(cause) == name) return cause;
  return Cause::none;
}

Json to_json(const JobResult& job) {
  Json::Array cases;
  for (const CaseResult& result : job.cases)
    cases.push_back(to_json(result));
  return Json::Object{{"name", job.name},
                      {"directory", job.directory.string()},
                      {"timestamp", job.timestamp},
                      {"took", static_cast<std::int64_t>(job.took.count())},
                      {"facts", object_of(job.facts)},
                      {"cases", std::move(cases)}};
}

Json to_json(const RunResult& run) {
  Json::Array jobs;
  for (const JobResult& job : run.jobs)
    jobs.push_back(to_json(job));
  return Json::Object{{"timestamp", run.timestamp},
                      {"interrupted", run.interrupted},
                      {"error", run.error ? Json(printable(one_line(*run.error))) : Json()},
                      {"jobs", std::move(jobs)}};
}

JobResult job_from_json(const Json& json) {
  JobResult job;
  job.name = text_at(json, "name");
  job.directory = text_at(json, "directory");
  job.timestamp = text_at(json, "timestamp");
  job.took = Duration(integer(json, "took"));
  job.facts = pairs(json, "facts");
  for (const Json& result : array(json, "cases"))
    job.cases.push_back(case_from(result));
  return job;
}

}  // namespace bootgate
