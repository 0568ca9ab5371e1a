// Night: one run of a nightly plan, from its first start to its end, however often it was cut off between.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "harness/plan/plan.hpp"
#include "reports/history.hpp"

namespace bootgate {

struct Night {
  std::string name;                            // of its directory
  fs::path directory;                          // below the nights'
  std::string timestamp;                       // of its first start
  std::map<std::string, std::string> commits;  // that refs meant then: kernel -> commit
  std::set<std::string> done;                  // jobs that are recorded, and whose results are there
};

/// A night that was cut off is resumed for so long; later, another one begins. Longer than from one start of the timer
/// to the next: nothing else starts it again.
inline constexpr std::int64_t resumed_for_seconds = 30 * 3600;

/// The lock of a directory of nights: one at a time. An error of the bench when another one holds it.
Result<FileLock> lock_nights(const fs::path& nights);

/// The night that was cut off and is to go on: the newest of the history, if it has the same plan (told by its digest),
/// began within resumed_for_seconds of `now`, and still has its directory. Changes nothing.
Result<std::optional<Night>> unfinished_night(const History& history, const std::string& plan_digest, std::int64_t now);

/// Makes the directory of a new one, with the commits, and puts it into the history. One that was cut off before is
/// marked as that.
Result<Night> begin_night(const fs::path& nights, History& history, const std::string& plan_digest,
                          const std::map<std::string, std::string>& commits, std::int64_t now);

/// Writes the commits of a night that goes on down: those that the first start could not look up are among them.
Result<> keep_commits(const Night& night, const std::string& plan_digest);

/// Records the jobs whose recording has failed, as on a disk that was full for a while. One without cases has no
/// result.
Result<> record_missing(History& history, const std::string& night, const std::vector<JobRecord>& jobs);

/// The result of the whole night, also of what was run before it was cut off. `last_part` is that of its last start,
/// and `unwritten` why not all of it could be written down: where nothing can be read, that is the error.
Result<RunResult> whole_result(const Night& night, const RunResult& last_part, const std::optional<Error>& unwritten);

/// Whether this is the directory of a night, and not that of some other run.
bool is_night(const fs::path& directory);

/// Removes what jobs that were not done have left: they start again.
void remove_halves(const Night& night, const Plan& plan);

}  // namespace bootgate
