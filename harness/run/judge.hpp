// Judge: from how a wait ended to a verdict. Pure: the truth table of a run is this one file.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/run/guest.hpp"
#include "harness/run/result.hpp"

namespace bootgate {

/// What became of a step or of a case.
struct Verdict {
  Outcome outcome = Outcome::pass;
  Cause cause = Cause::none;
  std::string reason;   // one line
  std::string details;  // more lines, or empty
  bool passed() const { return outcome == Outcome::pass; }
};

/// The witnesses of a wait that ended otherwise than it should.
struct EndFacts {
  End end = End::deadline;
  std::string awaited;                // "expect 'Linux version'"
  Duration within{};                  // as scaled
  std::optional<CrashReport> report;  // the first that is not allowed
  std::string forbidden_line;
  std::optional<std::string> power;  // the reason of QMP's SHUTDOWN event
  std::optional<ExitStatus> qemu_exit;
  std::string qemu_errors;
  std::optional<Error> trouble;
  std::optional<std::string> starvation;  // of a wait whose time was up although it was extended
};

Verdict judge(const EndFacts& facts);

/// The same, with the witnesses taken from the guest. `first_report`: the number of reports before this case.
Verdict judge(End end, const Guest& guest, std::string awaited, Duration within, std::size_t first_report);

/// What the known issues among the reports of a case make of its verdict. Without one it stays as it is. With one, a
/// pass is `known`; so is a failure that the issue explains: any, where it is fatal to the machine, and else the taint
/// flag.
Verdict weigh_known_issues(Verdict verdict, std::span<const CrashReport> reports);

Verdict failed(Cause cause, std::string reason, std::string details = {});

}  // namespace bootgate
