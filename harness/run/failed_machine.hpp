// What is done with a machine on which something failed, before it is ended.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "harness/run/evidence.hpp"
#include "harness/run/job_inputs.hpp"

namespace bootgate {

class Guest;

struct MachineFailure {
  std::string_view case_name;
  Outcome outcome = Outcome::fail;  // a known issue's machine is not kept
  Cause cause = Cause::none;
  std::span<const CrashReport> reports;
  std::string& details;  // of the verdict: what was saved is added
};

/// Saves its memory where its kernel crashed (--vmcore), and hands it to the keeper (--keep-failed): then `guest` is
/// gone. Otherwise what hangs is asked for its state, which a person who enters it would rather find untouched.
void look_after(std::unique_ptr<Guest>& guest, MachineFailure failure, const EvidenceFiles& files,
                const JobInputs& inputs);

/// Asks a guest that hangs what it does, and keeps that with the evidence.
void keep_diagnosis(Guest& guest, const EvidenceFiles& files, const JobInputs& inputs);

}  // namespace bootgate
