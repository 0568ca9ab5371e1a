// CaseMachine: the machine that one case of the booted system has for itself: a clone of the booted one, or a boot.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/run/bring_up.hpp"

namespace bootgate {

/// What such machines are made of.
struct CaseMachineSource {
  const JobInputs& inputs;
  const KernelFacts& kernel;
  const SavedGuest* saved = nullptr;  // none: each gets a boot
  std::string no_clones;              // why, then
  std::optional<long> taint;          // of the saved guest
};

struct CaseMachine {
  std::unique_ptr<Guest> guest;
  CaseContext context;
  bool is_clone = false;
  std::string what;  // "a clone", "a fresh boot", "a fresh boot: REASON" in place of a clone
  EvidenceFiles files;
  /// It never took commands, and this is the case's result. There may be a guest nevertheless.
  std::optional<CaseResult> failure;
};

/// A clone that can't be made or does not answer is replaced by a fresh boot, with the reason. A kernel that crashes
/// while it comes up is a failure, on either.
CaseMachine make_case_machine(const CaseMachineSource& source, const EvidenceFiles& files, std::size_t case_index);

}  // namespace bootgate
