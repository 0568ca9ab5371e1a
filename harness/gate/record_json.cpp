#include "harness/gate/record_json.hpp"

#include <algorithm>
#include <array>

namespace bootgate {
namespace {

/// Of what is written; another number is not read.
constexpr std::int64_t layout = 1;

std::int64_t number_at(const Json& json, std::string_view name) {
  const Json* value = json.find(name);
  const auto* number = value ? std::get_if<std::int64_t>(&value->value) : nullptr;
  return number ? *number : 0;
}

double real_at(const Json& json, std::string_view name) {
  const Json* value = json.find(name);
  const auto* real = value ? std::get_if<double>(&value->value) : nullptr;
  return real ? *real : static_cast<double>(number_at(json, name));
}

template <class Read>
void read_list(const Json& json, std::string_view name, Read read) {
  const Json* value = json.find(name);
  if (const auto* list = value ? std::get_if<Json::Array>(&value->value) : nullptr)
    for (const Json& item : *list)
      read(item);
}

template <class Item>
Json list_of(const std::vector<Item>& items, Json (*one)(const Item&)) {
  Json::Array list;
  std::transform(items.begin(), items.end(), std::back_inserter(list), one);
  return list;
}

template <class Value, std::size_t n>
Value value_named(std::string_view name, const std::array<Value, n>& values, Value otherwise) {
  const auto found = std::find_if(values.begin(), values.end(), [&](Value value) { return to_string(value) == name; });
  return found == values.end() ? otherwise : *found;
}

constexpr std::array outcomes{Outcome::pass,    Outcome::fail,  Outcome::error, Outcome::skip,
                              Outcome::not_run, Outcome::known, Outcome::flaky};
constexpr std::array causes{Cause::none,    Cause::mismatch, Cause::signature, Cause::deadline,
                            Cause::silence, Cause::exited,   Cause::power,     Cause::control_lost,
                            Cause::taint,   Cause::console,  Cause::bench,     Cause::stopped};

Json crash_json(const CrashRecord& crash) {
  return Json::Object{{"title", crash.title}, {"fingerprint", crash.fingerprint}, {"counts", crash.counts}};
}

Json attempt_json(const AttemptRecord& attempt) {
  return Json::Object{{"outcome", std::string(to_string(attempt.outcome))},
                      {"cause", std::string(to_string(attempt.cause))},
                      {"reason", attempt.reason},
                      {"took_ms", std::int64_t{attempt.took.count()}},
                      {"crashes", list_of(attempt.crashes, crash_json)}};
}

Json case_json(const CaseRecord& record) {
  return Json::Object{{"suite", record.suite},
                      {"name", record.name},
                      {"verdict", attempt_json(record.verdict)},
                      {"earlier", list_of(record.earlier, attempt_json)}};
}

Json measurement_json(const Measurement& measurement) {
  return Json::Object{{"name", measurement.name}, {"value", measurement.value}};
}

Json job_json(const JobRecord& job) {
  Json::Object facts;
  for (const auto& [name, value] : job.facts)
    facts.emplace_back(name, value);
  return Json::Object{{"name", job.name},
                      {"directory", job.directory},
                      {"timestamp", job.timestamp},
                      {"took_ms", std::int64_t{job.took.count()}},
                      {"facts", std::move(facts)},
                      {"measurements", list_of(job.measurements, measurement_json)},
                      {"cases", list_of(job.cases, case_json)}};
}

Json warning_json(const BuildWarning& warning) {
  return Json::Object{{"file", warning.file}, {"line", warning.line}, {"text", warning.text}};
}

AttemptRecord read_attempt(const Json& json) {
  AttemptRecord attempt;
  attempt.outcome = value_named(text_at(json, "outcome"), outcomes, Outcome::error);
  attempt.cause = value_named(text_at(json, "cause"), causes, Cause::bench);
  attempt.reason = text_at(json, "reason");
  attempt.took = Duration(number_at(json, "took_ms"));
  read_list(json, "crashes", [&](const Json& crash) {
    const Json* counts = crash.find("counts");
    attempt.crashes.push_back({text_at(crash, "title"), text_at(crash, "fingerprint"), counts && counts->flag()});
  });
  return attempt;
}

CaseRecord read_case(const Json& json) {
  CaseRecord record;
  record.suite = text_at(json, "suite");
  record.name = text_at(json, "name");
  if (const Json* verdict = json.find("verdict")) record.verdict = read_attempt(*verdict);
  read_list(json, "earlier", [&](const Json& attempt) { record.earlier.push_back(read_attempt(attempt)); });
  return record;
}

JobRecord read_job(const Json& json) {
  JobRecord job;
  job.name = text_at(json, "name");
  job.directory = text_at(json, "directory");
  job.timestamp = text_at(json, "timestamp");
  job.took = Duration(number_at(json, "took_ms"));
  const Json* facts = json.find("facts");
  if (const auto* members = facts ? std::get_if<Json::Object>(&facts->value) : nullptr)
    for (const auto& [name, value] : *members)
      job.facts.emplace_back(name, std::string(value.text()));
  read_list(json, "measurements", [&](const Json& one) {
    job.measurements.push_back({text_at(one, "name"), real_at(one, "value")});
  });
  read_list(json, "cases", [&](const Json& record) { job.cases.push_back(read_case(record)); });
  return job;
}

}  // namespace

Json to_json(const Side& side) {
  Json::Object config;
  for (const auto& [symbol, value] : side.config)
    config.emplace_back(symbol, value);
  return Json::Object{{"layout", layout},
                      {"commit", side.commit},
                      {"timestamp", side.run.timestamp},
                      {"jobs", list_of(side.run.jobs, job_json)},
                      {"toolchain", side.toolchain},
                      {"warnings", list_of(side.warnings, warning_json)},
                      {"config", std::move(config)}};
}

std::optional<Side> read_side(const Json& json) {
  if (number_at(json, "layout") != layout) return std::nullopt;
  Side side;
  side.commit = text_at(json, "commit");
  side.run.timestamp = text_at(json, "timestamp");
  read_list(json, "jobs", [&](const Json& job) { side.run.jobs.push_back(read_job(job)); });
  side.toolchain = text_at(json, "toolchain");
  read_list(json, "warnings", [&](const Json& one) {
    side.warnings.push_back({text_at(one, "file"), static_cast<int>(number_at(one, "line")), text_at(one, "text")});
  });
  const Json* config = json.find("config");
  if (const auto* symbols = config ? std::get_if<Json::Object>(&config->value) : nullptr)
    for (const auto& [symbol, value] : *symbols)
      side.config.emplace(symbol, std::string(value.text()));
  return side;
}

}  // namespace bootgate
