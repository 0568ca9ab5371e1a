// ResultLog: results in the order of the plan, whatever the order they come in.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/event.hpp"

namespace bootgate {

struct ResultLogOptions {
  bool coloured = false;
  bool quiet = false;  // only what failed
};

/// How far a run is.
struct RunProgress {
  std::size_t cases = 0;  // of the jobs that are known so far
  std::size_t done = 0;
  std::size_t failed = 0;  // or in error
};

/// A case is told once all cases before it are done, or are known not to come; its job's name stands above the first.
class ResultLog {
 public:
  explicit ResultLog(ResultLogOptions options) : options_(options) {}

  void on(const Event& event);
  /// The lines that are due and were not taken yet.
  std::string take() { return std::exchange(due_, {}); }

  /// A result whose turn has not come.
  struct Waiting {
    std::size_t job = 0;
    std::size_t index = 0;
    const JobResult* outline = nullptr;  // of its job
    const CaseResult* result = nullptr;
  };
  bool waits() const;
  /// Those that are bad, in the order of the plan. What they point at lasts until the next event.
  std::vector<Waiting> waiting_failures() const;
  RunProgress progress() const;

 private:
  struct JobLog {
    JobResult outline;
    bool begun = false;
    bool ended = false;
    bool headed = false;
    std::size_t next = 0;                       // the case whose turn it is
    std::map<std::size_t, CaseResult> waiting;  // results to tell
    std::map<std::size_t, Outcome> outcomes;    // of all cases that are done
    std::string told_machine;
  };

  void begin(std::size_t job, const JobResult& outline);
  void add(std::size_t job, std::size_t index, const CaseResult& result);
  void end(const RunResult& run);
  void widen_names(const JobResult& job);
  void tell_what_is_due();
  /// Whether the job is told to its end.
  bool tell(JobLog& job);
  void tell(JobLog& job, const CaseResult& result);
  bool was_skipped_as_a_whole(const JobLog& job) const;
  void tell_of_skipped(JobLog& job);

  ResultLogOptions options_;
  std::vector<JobLog> jobs_;
  std::size_t turn_ = 0;  // of jobs
  bool ended_ = false;    // nothing will come any more
  std::size_t name_width_ = 0;
  std::string due_;
};

}  // namespace bootgate
