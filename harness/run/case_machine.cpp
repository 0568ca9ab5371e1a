#include "harness/run/case_machine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/case_result.hpp"
#include "harness/run/failed_machine.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// A clone answers within milliseconds; one that does not by then is taken for lost.
constexpr Duration clone_patience = 10s;

/// Why the clone can't be used, or nothing. What only the kernel can have done is the case's failure.
std::optional<std::string> clone(const CaseMachineSource& source, const Boot& boot, CaseMachine& machine) {
  auto guest = boot.clone(*source.saved);
  if (!guest) return one_line(guest.error());
  Guest& clone = **guest;
  clone.begin_case({});
  const Duration within = clone.scaled_by_job(clone_patience);
  const End end = clone.introduce(Clock::now() + within);
  if (end != End::matched) {
    CaseResult failure;
    take(judge(end, clone, "an answer of the clone", within, 0), failure);
    const bool kernels_fault = end == End::signature || end == End::power || end == End::flood;
    if (!kernels_fault && end != End::stopped) {
      keep_diagnosis(clone, machine.files, source.inputs);
      return failure.reason;
    }
    machine.failure = std::move(failure);
  }
  machine.what = "a clone";
  machine.is_clone = true;
  machine.context.taint = source.taint;
  machine.guest = std::move(*guest);
  return std::nullopt;
}

void boot_afresh(const CaseMachineSource& source, Boot& boot, CaseMachine& machine) {
  BroughtUp up = bring_up(boot, source.inputs, source.kernel, false);
  machine.guest = std::move(up.guest);
  machine.context = up.context;
  if (up.lost.empty()) return;
  CaseResult failure = not_run(up.lost);
  auto bad = std::find_if(up.cases.begin(), up.cases.end(), [](const CaseResult& result) { return !was_done(result); });
  if (!up.ready.passed())
    take(std::move(up.ready), failure);
  else if (bad != up.cases.end())
    failure = std::move(*bad);
  machine.failure = std::move(failure);
}

}  // namespace

CaseMachine make_case_machine(const CaseMachineSource& source, const EvidenceFiles& files, std::size_t case_index) {
  CaseMachine machine;
  machine.files = files;
  machine.what = "a fresh boot";
  const Boot first(source.inputs, files, case_index);
  if (source.saved && first.spec().has_internet) {
    // A lease is for good: a guest that was cut off when it asked has neither a route nor a name server.
    machine.what += ": its network leads out";
  } else if (source.saved) {
    auto useless = clone(source, first, machine);
    if (!useless) return machine;
    machine.what += ": " + *useless;
    // What the clone has left stays.
    machine.files.directory /= "fresh-boot";
  } else if (!source.no_clones.empty()) {
    machine.what += ": " + source.no_clones;
  }
  if (source.inputs.stop.stop_requested()) {
    machine.failure = bench_failure(interrupted_error().value());
    return machine;
  }
  Boot boot(source.inputs, machine.files, case_index);
  boot_afresh(source, boot, machine);
  return machine;
}

}  // namespace bootgate
