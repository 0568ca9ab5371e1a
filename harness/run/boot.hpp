// Boot: from a job and its files to a running guest, and from a guest to the verdict on its end.
#pragma once

#include <memory>
#include <optional>

#include "harness/run/evidence.hpp"
#include "harness/run/guest.hpp"
#include "harness/run/job_inputs.hpp"
#include "harness/run/judge.hpp"

namespace bootgate {

/// A booted guest that was saved, and from which clones go on.
struct SavedGuest {
  Checkpoint checkpoint;
  GuestPast past;
  MachineSpec spec;
  std::string nonce;
};

/// One machine of a job: each has its own nonce, and leaves its evidence in its own directory.
class Boot {
 public:
  /// `case_index`: of the case that it is for; without one it is the job's own.
  Boot(const JobInputs& inputs, EvidenceFiles files, std::optional<std::size_t> case_index = std::nullopt);

  /// Writes what replays it, and starts the machine, which stands at its first instruction. `clonable`: it can be
  /// saved.
  Result<Machine> start_machine(bool clonable) const;
  /// The same, and lets it run.
  Result<std::unique_ptr<Guest>> start(bool clonable) const;
  /// Goes on from where the guest was saved. Whoever uses the clone introduces it first.
  Result<std::unique_ptr<Guest>> clone(const SavedGuest& saved) const;

  const MachineSpec& spec() const { return spec_; }
  const std::string& nonce() const { return nonce_; }
  const EvidenceFiles& files() const { return files_; }

 private:
  GuestSetup setup() const;

  const JobInputs& inputs_;
  EvidenceFiles files_;
  std::optional<std::size_t> case_index_;
  std::string nonce_;
  MachineSpec spec_;
};

/// Powers the guest off unless a case has ended it on purpose, and judges its end; QEMU stands behind it.
/// `first_report`: the number of crash reports that are charged to a case already. The verdict is a skip where there is
/// no shell that could power it off.
Verdict power_off(Guest& guest, const BootFiles& files, std::size_t first_report);

/// Ends QEMU; a bad end of it is the bench's fault, where the guest's was a good one.
Verdict end_machine(Guest& guest, const EvidenceFiles& evidence, Verdict of_guest);

/// A crash report that no case answers for, from number `first_report` on: the verdict of what awaited `awaited`. It is
/// a pass when there is none.
Verdict judge_reports(const Guest& guest, std::string awaited, std::size_t first_report);

}  // namespace bootgate
