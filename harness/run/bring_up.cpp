#include "harness/run/bring_up.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/case_result.hpp"
#include "harness/run/failed_machine.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// A root that isn't ours has no command loop that could say when it is up.
constexpr Duration foreign_quiet = 150ms;
constexpr Duration foreign_patience = 2s;

/// Its last step powers the machine off, and proves it.
bool ends_machine(const Case& the_case) {
  return !the_case.steps.empty() && std::holds_alternative<Power>(the_case.steps.back().what);
}

/// Of a machine that nobody has ended on purpose.
Verdict judge_end(const Guest& guest, std::string awaited, std::size_t first_report) {
  return judge(guest.qemu_exit() ? End::exited : End::power, guest, std::move(awaited), {}, first_report);
}

class BringUp {
 public:
  BringUp(Boot& boot, const JobInputs& inputs, const KernelFacts& kernel, const BringUpWatch& watch)
      : boot_(boot), inputs_(inputs), kernel_(kernel), watch_(watch) {}

  BroughtUp run(bool clonable) {
    auto guest = boot_.start(clonable);
    if (guest)
      result_.guest = std::move(*guest);
    else
      blame(guest.error());
    const std::vector<Case>& cases = inputs_.job.suite.cases;
    for (std::size_t i = 0; i < cases.size() && is_of_boot(cases[i]); ++i)
      run(i);
    const bool others_follow = std::any_of(cases.begin(), cases.end(), [](const Case& c) { return !is_of_boot(c); });
    if (result_.lost.empty() && others_follow) await_commands();
    if (!result_.ready.passed() && result_.guest) look_after_end();
    return std::move(result_);
  }

 private:
  /// The machine was not even started: the first case says why.
  void blame(const Error& error) {
    CaseResult failure = bench_failure(error);
    result_.lost = failure.reason;
    result_.ready = {failure.outcome, failure.cause, failure.reason, {}};
    if (!is_of_boot(inputs_.job.suite.cases.front())) return;
    result_.ready = {};
    finish(std::move(failure));
  }

  void run(std::size_t index) {
    const Case& the_case = inputs_.job.suite.cases[index];
    if (index < result_.cases.size()) return;
    if (!result_.lost.empty()) return finish(not_run(inputs_.stop.stop_requested() ? "interrupted" : result_.lost));
    if (watch_.started) watch_.started(index);
    if (auto reason = unmet(the_case.needs, kernel_, inputs_.job, inputs_.plan.host))
      return finish(skipped(the_case, *reason));
    CaseResult outcome = run_case(*result_.guest, inputs_.job.suite, the_case, result_.context);
    if (!was_done(outcome)) {
      look_after(result_.guest, {the_case.name, outcome.outcome, outcome.cause, outcome.reports, outcome.details},
                 boot_.files(), inputs_);
      result_.lost = fmt::format("{}: {}", the_case.name, outcome.reason);
    } else if (!result_.guest->alive()) {
      result_.lost = fmt::format("the machine ended in {}", the_case.name);
      if (!ends_machine(the_case))
        result_.ready = judge_end(*result_.guest, fmt::format("behind {}", the_case.name), result_.context.reports);
    }
    finish(std::move(outcome));
  }

  void finish(CaseResult outcome) {
    outcome.machine = "the booting machine";
    result_.cases.push_back(std::move(outcome));
    if (watch_.done) watch_.done(result_.cases.size() - 1, result_.cases.back());
  }

  void await_commands() {
    Guest& guest = *result_.guest;
    const Duration within = guest.scaled_by_job(boot_patience);
    const TimePoint start = Clock::now();
    guest.begin_case({});
    auto is_up = [&] {
      if (inputs_.files.has_control) return guest.control_ready();
      return Clock::now() - guest.console().last_byte() >= foreign_quiet || Clock::now() - start >= foreign_patience;
    };
    result_.ready = judge(guest.wait(is_up, start + within, false), guest, "booting", within, result_.context.reports);
    if (result_.ready.passed()) look_back(result_);
    if (!result_.ready.passed() && result_.lost.empty())
      result_.lost = fmt::format("the boot failed: {}", result_.ready.reason);
  }

  /// What no case answers for is a failure of the job's end.
  void look_after_end() {
    result_.reports = result_.guest->reports_since(result_.context.reports);
    look_after(result_.guest,
               {clean_end_case, result_.ready.outcome, result_.ready.cause, result_.reports, result_.ready.details},
               boot_.files(), inputs_);
  }

  Boot& boot_;
  const JobInputs& inputs_;
  const KernelFacts& kernel_;
  const BringUpWatch& watch_;
  BroughtUp result_;
};

}  // namespace

BroughtUp bring_up(Boot& boot, const JobInputs& inputs, const KernelFacts& kernel, bool clonable,
                   const BringUpWatch& watch) {
  return BringUp(boot, inputs, kernel, watch).run(clonable);
}

void look_back(BroughtUp& up) {
  Guest& guest = *up.guest;
  guest.settle();
  up.ready = judge_reports(guest, "behind the boot", up.context.reports);
  if (up.ready.passed() && !guest.alive()) up.ready = judge_end(guest, "behind the boot", up.context.reports);
  if (!up.ready.passed()) up.lost = fmt::format("the boot failed: {}", up.ready.reason);
}

}  // namespace bootgate
