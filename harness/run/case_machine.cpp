#include "harness/run/case_machine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/case_result.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// A clone answers within milliseconds; one that does not by then is taken for lost.
constexpr Duration clone_patience = 10s;

CaseResult failure_of(Verdict verdict) {
  CaseResult result;
  take(std::move(verdict), result);
  return result;
}

/// Why the clone can't be used, or nothing. A crash is the kernel's: it is the case's failure.
std::optional<std::string> clone(const CaseMachineSource& source, const Boot& boot, CaseMachine& machine) {
  auto guest = boot.clone(*source.saved);
  if (!guest) return one_line(guest.error());
  Guest& clone = **guest;
  clone.begin_case({});
  const Duration within = clone.scaled_by_job(clone_patience);
  const End end = clone.introduce(Clock::now() + within);
  const bool answered = end == End::matched;
  const bool kernels_fault = end == End::signature || end == End::power;
  if (!answered && !kernels_fault && end != End::stopped)
    return judge(end, clone, "an answer of the clone", within, 0).reason;
  if (!answered) machine.failure = failure_of(judge(end, clone, "an answer of the clone", within, 0));
  machine.what = "a clone";
  machine.context.cursor = clone.console().lines().size();
  machine.context.taint = source.taint;
  machine.guest = std::move(*guest);
  return std::nullopt;
}

void boot_afresh(const CaseMachineSource& source, Boot& boot, CaseMachine& machine) {
  BroughtUp up = bring_up(boot, source.inputs, source.kernel, false);
  machine.guest = std::move(up.guest);
  machine.context = up.context;
  if (up.lost.empty()) return;
  auto bad = std::find_if(up.cases.begin(), up.cases.end(), [](const CaseResult& result) { return !was_done(result); });
  machine.failure = !up.ready.passed() ? failure_of(up.ready) : bad != up.cases.end() ? *bad : not_run(up.lost);
}

}  // namespace

CaseMachine make_case_machine(const CaseMachineSource& source, const EvidenceFiles& files, std::size_t case_index) {
  CaseMachine machine;
  machine.files = files;
  Boot boot(source.inputs, files, case_index);
  std::string reason = source.no_clones;
  if (source.saved) {
    auto useless = clone(source, boot, machine);
    if (!useless) return machine;
    machine = {};
    machine.files = files;
    reason = *useless;
  }
  if (source.inputs.stop.stop_requested()) {
    machine.failure = bench_failure(interrupted_error().value());
    return machine;
  }
  machine.what = reason.empty() ? "a fresh boot" : "a fresh boot: " + reason;
  boot_afresh(source, boot, machine);
  return machine;
}

}  // namespace bootgate
