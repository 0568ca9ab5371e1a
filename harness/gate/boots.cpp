#include "harness/gate/boots.hpp"

#include <algorithm>

namespace bootgate {

Plan boots_of(Plan plan) {
  auto is_booted = [](const Case& the_case) { return the_case.during == Case::During::booted; };
  for (Job& job : plan.jobs) {
    std::erase_if(job.suite.cases, is_booted);
    job.suite.samples = false;
  }
  std::erase_if(plan.jobs, [](const Job& job) { return job.suite.cases.empty() || !job.skip_reason.empty(); });
  if (plan.jobs.size() > 1) plan.jobs.resize(1);
  return plan;
}

}  // namespace bootgate
