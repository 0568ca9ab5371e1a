// Evidence: what a job leaves in its directory, so that a person can see what happened and do it again.
#pragma once

#include <string>

#include "harness/machine/machine_spec.hpp"
#include "harness/run/result.hpp"

namespace bootgate {

/// The files of a job's directory.
struct EvidenceFiles {
  fs::path directory;
  fs::path console() const { return directory / "console.log"; }        // every byte of ttyS0, written by QEMU
  fs::path timed_console() const { return directory / "console.txt"; }  // printable lines with host times
  fs::path replay() const { return directory / "replay.sh"; }
  fs::path kernel_config() const { return directory / "kernel.config"; }
  fs::path qemu_errors() const { return directory / "qemu.stderr"; }
  fs::path diagnosis() const { return directory / "diagnosis.txt"; }
  fs::path vmcore() const { return directory / "vmcore"; }  // the guest's memory
};

/// An executable script that boots the same machine on the terminal. `image`: what its first disk begins as.
Result<> write_replay(const EvidenceFiles& files, const MachineSpec& spec,
                      const std::optional<fs::path>& image = std::nullopt);

/// crash-N.txt for each report of each case, and facts.json.
Result<> write_findings(const EvidenceFiles& files, const JobResult& result);

}  // namespace bootgate
