// Comparison: what became of each case between two runs. Pure: it decides nothing about noise (see statistics.hpp).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reports/run_record.hpp"

namespace bootgate {

/// A case's way from one run to another.
enum class Change {
  broken,         // good before, and fails; or a known issue before, and fails otherwise
  fixed,          // failed before, or was a known issue, and passes
  still_failing,  // failed before, and fails
  flaky,          // failed and passed in the attempts of the later run
  added,          // had no verdict before (there was no such case, or it was skipped or not run), and has one
  gone,           // had a verdict before, and is skipped, not run, or not there any more
  unjudged,       // the test bench failed in one of the runs: nothing can be told
  same,           // good, or known, or without a verdict both times
};

std::string_view to_string(Change change);

struct CaseChange {
  Change change = Change::same;
  std::string job;  // its key
  std::string suite;
  std::string name;
  std::optional<CaseRecord> before;  // nothing: there was no such case
  std::optional<CaseRecord> after;   // nothing: there is none any more. A Rust sample vanishes so
};

/// It fails, and did not before: `broken`, or `added` and failing.
bool is_new_failure(const CaseChange& change);
/// `gone`, and not even skipped.
bool is_vanished(const CaseChange& change);

/// A title that counts, in some attempt of the later run, which the same job has not had in any of the earlier one: no
/// retry that passes takes it back.
struct NewCrash {
  std::string job;
  std::string suite;
  std::string name;
  CrashRecord crash;
  bool elsewhere = false;  // another job of the earlier run has had it
};

/// A measurement that both runs have.
struct MeasurementChange {
  std::string job;
  std::string name;
  double before = 0;
  double after = 0;
};

struct Comparison {
  std::vector<CaseChange> cases;  // those of the later run in its order, then those that are not there any more
  std::vector<NewCrash> crashes;  // each title once in a job
  std::vector<MeasurementChange> measurements;
};

/// What tells that two jobs are the same one. Where the kernel's name is part of a job's and differs between the runs
/// (base and head of a gate), the caller's key leaves it out.
using JobKey = std::function<std::string(const JobRecord&)>;

/// JobRecord::name.
std::string job_name(const JobRecord& job);

Comparison compare(const RunRecord& before, const RunRecord& after, const JobKey& key = job_name);

/// How many cases went this way.
int count(const Comparison& comparison, Change change);

}  // namespace bootgate
