// Selection, applied: which cases of a plan are run.
#pragma once

#include "harness/plan/plan.hpp"

namespace bootgate {

/// Leaves in each job the cases that options.execution.selection selects, and out of the plan the jobs that have none,
/// and the kernels that nobody boots then. A filter that matches no case is a usage error, unless a kernel's Rust
/// samples are still to come.
///
/// A filter with a slash is matched against SUITE/CASE and JOB/CASE, any other against the name of the case. Case k of
/// the booted system of job j is in shard (j+k) mod n. The cases of a boot stay where one of the booted system does.
/// Where the filters match none of those, they stay up to the last one that is matched itself: the job counts as one.
Result<Plan> select_jobs(Plan plan);

/// The same for a job of such a plan, once the cases of its kernel's Rust samples stand behind those that were written.
/// Nothing may be left.
void select_samples(Job& job, const Selection& selection);

/// Kernels that no job boots any more are not built.
void drop_unused_kernels(Plan& plan);

}  // namespace bootgate
