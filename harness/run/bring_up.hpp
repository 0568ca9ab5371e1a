// BringUp: from a job to a booted guest, through the cases of its boot.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/boot.hpp"
#include "harness/run/case_runner.hpp"
#include "harness/run/result.hpp"

namespace bootgate {

struct BroughtUp {
  std::unique_ptr<Guest> guest;      // none where QEMU could not be started
  std::vector<CaseResult> cases;     // those of the boot, in the order of the suite
  Verdict ready;                     // behind the last of them: does the guest take commands?
  std::vector<CrashReport> reports;  // behind the cases, where `ready` is no pass
  CaseContext context;
  std::string lost;  // why nothing can be run on it; empty: it can
};

/// Who is told of the cases as they run; both may be empty. The number is the case's in the suite.
struct BringUpWatch {
  std::function<void(std::size_t)> started;
  std::function<void(std::size_t, const CaseResult&)> done;
};

/// Starts a machine and walks the cases of the boot in their order; behind the first that fails, none is run. The guest
/// is then waited for until it takes commands, where cases of the booted system are to follow. What hangs is asked for
/// its state.
BroughtUp bring_up(Boot& boot, const JobInputs& inputs, const KernelFacts& kernel, bool clonable,
                   const BringUpWatch& watch = {});

/// Whether the booted guest is still what it should be: alive, and without a crash report that no case answers for.
/// Otherwise it is lost.
void look_back(BroughtUp& up);

/// How long a boot may take until its guest takes commands; not yet scaled.
inline constexpr Duration boot_patience = std::chrono::seconds(60);

}  // namespace bootgate
