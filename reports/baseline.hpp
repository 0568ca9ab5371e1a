// Baseline: what a run is compared with when its history is known, and which changes are no news then.
//
// A job breaks off where a case of it is in error (the bench's doing) or not run. Where a case has failed or met a
// known issue and none is in error, that is the kernel's doing: its boot took the others along. Else it is the bench's,
// or that of --fail-fast. A case that such a job does not have, as a Rust sample whose kernel was not built, counts as
// not run.
//
//   The case before, in the newest run that has its job  | and now            | is told as
//   -----------------------------------------------------+--------------------+------------------------------------------
//   judged                                               | judged             | what became of the newest judgement
//   error or not run, judged earlier                     | judged             | the same: nights that can't tell are
//                                                        |                    | passed over
//   never judged, or gone since a whole job had it not   | judged             | new; a failure is a new one
//   anything                                             | error              | unjudged
//   anything                                             | not run, which is  | nothing: the error, the run or the
//                                                        | not the kernel's   | failure of another job tells of it
//                                                        | doing              |
//   not run, in a job with a failure (nights in which    | not run            | nothing: it was told when the boot
//   the bench broke the job are passed over)             |                    | broke
//   else, and judged                                     | not run, skipped   | gone
//                                                        | or not there       |
#pragma once

#include <set>

#include "reports/compare.hpp"
#include "reports/history_view.hpp"

namespace bootgate {

struct Baseline {
  RunRecord record;           // of each case the newest judgement
  std::set<CaseKey> not_run;  // since a boot that is broken: told when it broke
};

Baseline baseline_of(const HistoryView& view, const RunRecord& run);

/// The bench broke off, or --fail-fast did: what did not run any more says nothing of the kernel.
bool is_the_benchs(const CaseChange& change, const RunRecord& run);

/// The case has not run since a boot broke in an earlier run.
bool is_told(const CaseChange& change, const RunRecord& run, const Baseline& baseline);

}  // namespace bootgate
