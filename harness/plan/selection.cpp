#include "harness/plan/selection.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

bool is_booted(const Case& the_case) {
  return the_case.during == Case::During::booted;
}

bool matches(const std::string& filter, const Job& job, const Case& the_case) {
  auto fits = [&](const std::string& text) { return ::fnmatch(filter.c_str(), text.c_str(), 0) == 0; };
  if (filter.find('/') == std::string::npos) return fits(the_case.name);
  return fits(job.suite.name + "/" + the_case.name) || fits(job.name + "/" + the_case.name);
}

/// Whether a case that nobody knows yet may match: the name of a suite or job holds no slash.
bool may_match_unknown(const std::string& filter, const Job& job) {
  const std::size_t slash = filter.rfind('/');
  if (slash == std::string::npos) return true;
  const std::string before = filter.substr(0, slash);
  return ::fnmatch(before.c_str(), job.suite.name.c_str(), 0) == 0 ||
         ::fnmatch(before.c_str(), job.name.c_str(), 0) == 0;
}

bool awaits_samples(const Selection& selection, const Job& job) {
  return job.suite.samples &&
         (selection.filters.empty() || std::any_of(selection.filters.begin(), selection.filters.end(),
                                                   [&](const std::string& f) { return may_match_unknown(f, job); }));
}

bool is_wanted(const Selection& selection, const Job& job, const Case& the_case) {
  return selection.filters.empty() || std::any_of(selection.filters.begin(), selection.filters.end(),
                                                  [&](const std::string& f) { return matches(f, job, the_case); });
}

bool in_shard(const Selection& selection, const Job& job, std::size_t booted_case) {
  const auto shards = static_cast<std::size_t>(selection.shards);
  return (job.number + booted_case) % shards == static_cast<std::size_t>(selection.shard - 1);
}

/// Decides on the cases that were not seen before.
void select_new(Job& job, const Selection& selection) {
  CasesSeen& seen = job.seen;
  const auto first = job.suite.cases.begin() + static_cast<std::ptrdiff_t>(seen.kept);
  seen.all += static_cast<std::size_t>(job.suite.cases.end() - first);
  auto unwanted = [&](const Case& the_case) {
    if (!is_booted(the_case)) return false;
    const std::size_t number = seen.booted++;
    if (!is_wanted(selection, job, the_case)) return true;
    seen.booted_matches = true;
    return !in_shard(selection, job, number);
  };
  std::vector<Case> kept;  // std::remove_if doesn't promise the order of its calls
  for (auto the_case = first; the_case != job.suite.cases.end(); ++the_case)
    if (!unwanted(*the_case)) kept.push_back(std::move(*the_case));
  job.suite.cases.erase(first, job.suite.cases.end());
  for (Case& the_case : kept)
    job.suite.cases.push_back(std::move(the_case));
}

/// Without a case of the booted system, the boot is run for its own cases, or not at all.
void select_boot(Job& job, const Selection& selection) {
  std::vector<Case>& cases = job.suite.cases;
  if (std::any_of(cases.begin(), cases.end(), is_booted)) return;
  std::size_t left = 0;
  if (!job.seen.booted_matches && in_shard(selection, job, 0))
    for (std::size_t i = 0; i < cases.size(); ++i)
      if (is_wanted(selection, job, cases[i])) left = i + 1;
  cases.resize(left);
}

Result<> check_filters(const Plan& plan) {
  std::vector<std::string> names;
  for (const Job& job : plan.jobs) {
    for (const Case& the_case : job.suite.cases)
      names.insert(names.end(), {the_case.name, job.suite.name + "/" + the_case.name});
  }
  for (const std::string& filter : plan.options.execution.selection.filters) {
    auto in_job = [&](const Job& job) {
      if (job.suite.samples && may_match_unknown(filter, job)) return true;
      return std::any_of(job.suite.cases.begin(), job.suite.cases.end(),
                         [&](const Case& the_case) { return matches(filter, job, the_case); });
    };
    if (std::any_of(plan.jobs.begin(), plan.jobs.end(), in_job)) continue;
    std::string near = did_you_mean(filter, names);
    return usage_error(
        fmt::format("no case matches the filter '{}'", printable(filter)),
        near.empty() ? "the same command with plan instead of run, and no filter, lists all cases" : near);
  }
  return {};
}

}  // namespace

void drop_unused_kernels(Plan& plan) {
  std::vector<PlannedKernel> used;
  std::vector<std::optional<std::size_t>> place(plan.kernels.size());
  for (std::size_t i = 0; i < plan.kernels.size(); ++i) {
    if (std::none_of(plan.jobs.begin(), plan.jobs.end(), [&](const Job& job) { return job.kernel_index == i; }))
      continue;
    place[i] = used.size();
    used.push_back(std::move(plan.kernels[i]));
  }
  for (Job& job : plan.jobs)
    job.kernel_index = *place[job.kernel_index];
  plan.kernels = std::move(used);
}

Result<Plan> select_jobs(Plan plan) {
  if (auto checked = check_filters(plan); !checked) return tl::unexpected(checked.error());
  const Selection& selection = plan.options.execution.selection;
  std::vector<Job> jobs;
  for (Job& job : plan.jobs) {
    select_new(job, selection);
    const bool more_to_come = awaits_samples(selection, job);
    if (!more_to_come) select_boot(job, selection);
    job.seen.kept = job.suite.cases.size();
    if (job.suite.cases.empty() && !more_to_come)
      plan.left_out.push_back(job.name);
    else
      jobs.push_back(std::move(job));
  }
  plan.jobs = std::move(jobs);
  drop_unused_kernels(plan);
  return plan;
}

void select_samples(Job& job, const Selection& selection) {
  select_new(job, selection);
  select_boot(job, selection);
  job.seen.kept = job.suite.cases.size();
}

}  // namespace bootgate
