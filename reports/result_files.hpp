// ResultFiles: the whole result of a run in its directory, a file for each job as soon as that is done. What reports
// and the history are made of, also after a kill.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/event.hpp"
#include "harness/support/json.hpp"

namespace bootgate {

/// Writes DIRECTORY/run.json (the jobs by name) when the run starts and when it ends, and DIRECTORY/JOB/result.json
/// whenever a job is done.
class ResultFiles : public EventSink {
 public:
  /// `earlier`: jobs whose results are there already, from before the run was cut off.
  explicit ResultFiles(fs::path directory, std::vector<std::string> earlier = {})
      : directory_(std::move(directory)), earlier_(std::move(earlier)) {}
  void on(const Event& event) override;
  /// Why a file does not hold what it should, if so. One that could be written later has no error any more.
  std::optional<Error> error() const;

 private:
  void write_run(const RunResult& run, bool finished);
  void write_job(const JobResult& job);
  void write(const fs::path& file, const Json& json);

  fs::path directory_;
  std::vector<std::string> earlier_;
  std::map<fs::path, Error> errors_;
};

struct SavedRun {
  RunResult result;       // a job that was not finished has no case
  bool finished = false;  // else it was killed
};

bool has_result_files(const fs::path& directory);

/// Whether this job's result is there and can be read.
bool has_job_result(const fs::path& directory, const std::string& job);

/// The result of the run in this directory; the jobs' directories are those that they have now. A usage error when
/// there is none.
Result<SavedRun> read_result_files(const fs::path& directory);

}  // namespace bootgate
