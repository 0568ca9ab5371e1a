#include "reports/compare.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace bootgate {
namespace {

/// What an outcome says of the kernel.
enum class Standing { good, flaky, bad, known, nothing, bench };

Standing standing_of(const std::optional<CaseRecord>& record) {
  if (!record) return Standing::nothing;
  switch (record->verdict.outcome) {
    case Outcome::pass: return Standing::good;
    case Outcome::flaky: return Standing::flaky;
    case Outcome::fail: return Standing::bad;
    case Outcome::known: return Standing::known;
    case Outcome::skip:
    case Outcome::not_run: return Standing::nothing;
    case Outcome::error: return Standing::bench;
  }
  return Standing::bench;
}

Change change_between(Standing before, Standing after) {
  if (before == Standing::bench || after == Standing::bench) return Change::unjudged;
  if (after == Standing::nothing) return before == Standing::nothing ? Change::same : Change::gone;
  if (after == Standing::flaky) return Change::flaky;
  if (before == Standing::nothing) return Change::added;
  if (after == Standing::bad) return before == Standing::bad ? Change::still_failing : Change::broken;
  const bool failed = before == Standing::bad || before == Standing::known;
  return failed && after == Standing::good ? Change::fixed : Change::same;
}

struct KeyedCase {
  CaseKey key;
  const CaseRecord* record = nullptr;
};

std::vector<KeyedCase> keyed_cases(const RunRecord& run, const JobKey& key) {
  std::vector<KeyedCase> cases;
  for (const JobRecord& job : run.jobs)
    for (const CaseRecord& record : job.cases)
      cases.push_back({{key(job), record.suite, record.name}, &record});
  return cases;
}

CaseChange change_of(const CaseKey& key, const CaseRecord* before, const CaseRecord* after) {
  CaseChange change;
  std::tie(change.job, change.suite, change.name) = key;
  if (before) change.before = *before;
  if (after) change.after = *after;
  change.change = change_between(standing_of(change.before), standing_of(change.after));
  return change;
}

std::vector<CaseChange> case_changes(const RunRecord& before, const RunRecord& after, const JobKey& key) {
  std::map<CaseKey, const CaseRecord*> earlier;
  const std::vector<KeyedCase> all_before = keyed_cases(before, key);
  for (const KeyedCase& one : all_before)
    earlier.emplace(one.key, one.record);
  std::vector<CaseChange> changes;
  std::set<CaseKey> seen;
  for (const KeyedCase& one : keyed_cases(after, key)) {
    if (!seen.insert(one.key).second) continue;
    auto known = earlier.find(one.key);
    changes.push_back(change_of(one.key, known == earlier.end() ? nullptr : known->second, one.record));
  }
  for (const KeyedCase& one : all_before)
    if (seen.insert(one.key).second) changes.push_back(change_of(one.key, one.record, nullptr));
  return changes;
}

/// Of all attempts.
std::vector<CrashRecord> crashes_that_count(const CaseRecord& record) {
  std::vector<CrashRecord> crashes;
  auto take = [&](const AttemptRecord& attempt) {
    for (const CrashRecord& crash : attempt.crashes)
      if (crash.counts) crashes.push_back(crash);
  };
  std::for_each(record.earlier.begin(), record.earlier.end(), take);
  take(record.verdict);
  return crashes;
}

std::vector<NewCrash> new_crashes(const RunRecord& before, const RunRecord& after, const JobKey& key) {
  std::set<std::pair<std::string, std::string>> known;  // job, title
  std::set<std::string> anywhere;
  for (const KeyedCase& one : keyed_cases(before, key))
    for (const CrashRecord& crash : crashes_that_count(*one.record)) {
      known.emplace(std::get<0>(one.key), crash.title);
      anywhere.insert(crash.title);
    }
  std::vector<NewCrash> crashes;
  for (const KeyedCase& one : keyed_cases(after, key))
    for (CrashRecord& crash : crashes_that_count(*one.record)) {
      const auto& [job, suite, name] = one.key;
      if (!known.emplace(job, crash.title).second) continue;
      const bool elsewhere = anywhere.contains(crash.title);
      crashes.push_back({job, suite, name, std::move(crash), elsewhere});
    }
  return crashes;
}

std::vector<MeasurementChange> measurement_changes(const RunRecord& before, const RunRecord& after, const JobKey& key) {
  std::map<std::pair<std::string, std::string>, double> earlier;
  for (const JobRecord& job : before.jobs)
    for (const Measurement& measurement : job.measurements)
      earlier.emplace(std::pair(key(job), measurement.name), measurement.value);
  std::vector<MeasurementChange> changes;
  for (const JobRecord& job : after.jobs)
    for (const Measurement& measurement : job.measurements)
      if (auto known = earlier.find({key(job), measurement.name}); known != earlier.end())
        changes.push_back({key(job), measurement.name, known->second, measurement.value});
  return changes;
}

}  // namespace

std::string_view to_string(Change change) {
  switch (change) {
    case Change::broken: return "broken";
    case Change::fixed: return "fixed";
    case Change::still_failing: return "still failing";
    case Change::flaky: return "flaky";
    case Change::added: return "new";
    case Change::gone: return "gone";
    case Change::unjudged: return "unjudged";
    case Change::same: return "same";
  }
  return "unjudged";
}

bool is_new_failure(const CaseChange& change) {
  if (change.change == Change::broken) return true;
  return change.change == Change::added && change.after && change.after->verdict.outcome == Outcome::fail;
}

bool is_vanished(const CaseChange& change) {
  return change.change == Change::gone && !change.after;
}

std::string job_name(const JobRecord& job) {
  return job.name;
}

Comparison compare(const RunRecord& before, const RunRecord& after, const JobKey& key) {
  return {case_changes(before, after, key), new_crashes(before, after, key), measurement_changes(before, after, key)};
}

int count(const Comparison& comparison, Change change) {
  return static_cast<int>(std::count_if(comparison.cases.begin(), comparison.cases.end(),
                                        [&](const CaseChange& one) { return one.change == change; }));
}

}  // namespace bootgate
