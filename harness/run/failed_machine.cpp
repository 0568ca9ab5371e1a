#include "harness/run/failed_machine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/machine/vmcore.hpp"
#include "harness/run/case_result.hpp"
#include "harness/run/diagnosis.hpp"
#include "harness/run/machine_keeper.hpp"

namespace bootgate {
namespace {

bool is_crash(const CrashReport& report) {
  return is_failure(report) && report.severity == Severity::fatal;
}

/// What there is to say of it.
std::string save_memory(Guest& guest, const EvidenceFiles& files, const JobInputs& inputs) {
  if (guest.qemu_exit()) return "no vmcore: QEMU has ended";
  inputs.emit(Progress{"saving the guest's memory"});
  auto saved = save_vmcore(guest.machine(), inputs.files.kernel.release, files.vmcore());
  if (!saved) return "no vmcore: " + one_line(saved.error());
  const auto& vmlinux = inputs.files.kernel.vmlinux;
  if (!vmlinux) return fmt::format("vmcore: {}", files.vmcore().string());
  return fmt::format("vmcore: crash {} {}", vmlinux->string(), files.vmcore().string());
}

}  // namespace

void look_after(std::unique_ptr<Guest>& guest, MachineFailure failure, const EvidenceFiles& files,
                const JobInputs& inputs) {
  if (inputs.stop.stop_requested()) return;
  const bool crashed = std::any_of(failure.reports.begin(), failure.reports.end(), is_crash);
  if (inputs.plan.options.vmcore && crashed) {
    if (!failure.details.empty() && !failure.details.ends_with('\n')) failure.details += '\n';
    failure.details += save_memory(*guest, files, inputs) + "\n";
  }
  const bool failed = failure.outcome == Outcome::fail || failure.outcome == Outcome::error;
  if (failed && inputs.keeper &&
      inputs.keeper->keep(guest, fmt::format("{}/{}", inputs.job.name, failure.case_name),
                          inputs.job.profile.memory_mib, inputs.files.kernel.vmlinux))
    return;
  if (waited_in_vain(failure.cause)) keep_diagnosis(*guest, files, inputs);
}

void keep_diagnosis(Guest& guest, const EvidenceFiles& files, const JobInputs& inputs) {
  if (!guest.alive() || inputs.stop.stop_requested()) return;
  inputs.emit(Progress{"what was awaited has not come: collecting the guest's state"});
  (void)write_file_atomically(files.diagnosis(), diagnose(guest));
}

}  // namespace bootgate
