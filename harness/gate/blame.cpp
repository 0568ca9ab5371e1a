#include "harness/gate/blame.hpp"

#include <algorithm>

namespace bootgate {

void blame_the_tree(RunResult& run) {
  if (!run.error || !is_users(*run.error)) return;
  bool blamed = false;
  for (JobResult& job : run.jobs) {
    auto was_tried = [](const CaseResult& result) { return result.outcome != Outcome::not_run; };
    if (job.cases.empty() || std::any_of(job.cases.begin(), job.cases.end(), was_tried)) continue;
    CaseResult& first = job.cases.front();
    first.outcome = Outcome::fail;
    first.cause = Cause::mismatch;
    first.reason =
        run.error->at ? one_line(Error{run.error->kind, run.error->what, run.error->at, {}}) : run.error->what;
    first.details = run.error->hint;
    blamed = true;
  }
  if (blamed) run.error.reset();
}

}  // namespace bootgate
