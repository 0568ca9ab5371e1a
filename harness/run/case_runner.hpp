// Runs one case on a guest: its steps in order, then the crash reports and the taint mask.
#pragma once

#include "harness/plan/suite.hpp"
#include "harness/run/guest.hpp"
#include "harness/run/judge.hpp"
#include "harness/run/result.hpp"

namespace bootgate {

/// What cases leave to the next one on the same machine.
struct CaseContext {
  std::size_t cursor = 0;     // the console line behind the last match: boot cases go on from there
  std::size_t reports = 0;    // crash reports that are charged to a case already
  std::optional<long> taint;  // /proc/sys/kernel/tainted after the last booted case
};

/// The taint mask, or nothing when the guest can't be asked.
std::optional<long> read_taint(Guest& guest);

/// The outcome is never `skip` or `not_run`: who calls decides that.
CaseResult run_case(Guest& guest, const Suite& suite, const Case& the_case, CaseContext& context);

}  // namespace bootgate
