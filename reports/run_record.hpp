// RunRecord: what of a run is worth keeping for years, and what two runs are compared by. A RunResult without its
// consoles: the history yields the same.
#pragma once

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/run/result.hpp"

namespace bootgate {

/// A crash report that some attempt of a case has made.
struct CrashRecord {
  std::string title;
  std::string fingerprint;  // may be empty
  /// It counts against the kernel: no notice, no known issue, and not one that the case had asked for.
  bool counts = true;
  bool operator==(const CrashRecord&) const = default;
};

struct AttemptRecord {
  Outcome outcome = Outcome::not_run;
  Cause cause = Cause::none;
  std::string reason;
  Duration took{};
  std::vector<CrashRecord> crashes;
  bool operator==(const AttemptRecord&) const = default;
};

struct CaseRecord {
  std::string suite;
  std::string name;
  AttemptRecord verdict;
  std::vector<AttemptRecord> earlier;  // attempts before the one that the verdict is of
  bool operator==(const CaseRecord&) const = default;
};

/// What the names of measurements begin with.
constexpr std::string_view time_prefix = "time.", size_prefix = "size.";

/// A number that a job was measured by: "time.login" in seconds since QEMU's start, "size.kernel" in bytes.
struct Measurement {
  std::string name;
  double value = 0;
  bool operator==(const Measurement&) const = default;
};

/// No boot takes so many seconds, and no kernel so many bytes.
inline constexpr double most_measured = 1e15;

/// Whether it counts seconds; else it counts bytes.
bool is_time(const Measurement& measurement);

/// What a case is told by, from run to run: its job, its suite and its name.
using CaseKey = std::tuple<std::string, std::string, std::string>;

struct JobRecord {
  std::string name;       // stable over runs
  std::string directory;  // of its evidence; empty: there is none
  std::string timestamp;  // UTC, of its start
  Duration took{};
  std::vector<std::pair<std::string, std::string>> facts;  // kernel.release, kernel.origin, accelerator, ...
  std::vector<Measurement> measurements;
  std::vector<CaseRecord> cases;
  bool operator==(const JobRecord&) const = default;
};

struct RunRecord {
  std::string name;       // of its directory: "20261126-031500"
  std::string timestamp;  // UTC, of its start
  std::vector<JobRecord> jobs;
  std::string error;  // what failed outside of every case; empty: nothing
  bool interrupted = false;
  bool operator==(const RunRecord&) const = default;
};

/// `name` stays empty: a result doesn't know it. Guest bytes become printable.
RunRecord record_of(const RunResult& run);

/// Notes a fact; one that is a number to watch is a measurement as well. The value becomes printable.
void add_fact(JobRecord& job, const std::string& name, std::string_view value);

/// The value of a fact, or an empty text.
std::string_view fact(const JobRecord& job, std::string_view name);

/// The fact with the words by which `bootgate bisect` boots what the job did, as a shell reads them.
inline constexpr std::string_view bisect_options_fact = "bisect.options";

/// The commit in a fact "kernel.origin" of a kernel that was built from one: 12 digits. Else an empty text.
std::string commit_in(std::string_view origin);

/// How many cases ended in each way.
Tally count(const JobRecord& job);
Tally count(const RunRecord& run);

}  // namespace bootgate
