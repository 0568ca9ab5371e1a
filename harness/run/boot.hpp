// Boot: from a job and its files to a running guest, and from a guest to the verdict on its end.
#pragma once

#include <memory>

#include "harness/run/evidence.hpp"
#include "harness/run/guest.hpp"
#include "harness/run/job_runner.hpp"
#include "harness/run/judge.hpp"

namespace bootgate {

/// One boot of a job: each has its own nonce, and leaves its evidence in its own directory.
class Boot {
 public:
  Boot(const JobInputs& inputs, EvidenceFiles files, EmitEvent emit, std::stop_token stop);

  /// Writes what replays it, starts the machine and lets it run.
  Result<std::unique_ptr<Guest>> start();

  const MachineSpec& spec() const { return spec_; }
  const std::string& nonce() const { return nonce_; }
  const EvidenceFiles& files() const { return files_; }

 private:
  Result<> prepare();

  const JobInputs& inputs_;
  EvidenceFiles files_;
  EmitEvent emit_;
  std::stop_token stop_;
  std::string nonce_;
  MachineSpec spec_;
};

/// Powers the guest off unless it has ended already, ends QEMU, and judges the end. `first_report`: the number of crash
/// reports that are charged to a case already. The verdict is a skip where there is no shell that could power it off.
Verdict end_guest(Guest& guest, const BootFiles& files, const EvidenceFiles& evidence, std::size_t first_report);

}  // namespace bootgate
