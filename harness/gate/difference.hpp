// Difference: from two sides of a series to the rows of its verdict. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/gate/series.hpp"
#include "harness/gate/side.hpp"
#include "reports/gate_verdict.hpp"

namespace bootgate {

/// Rows, measurements and the configuration's changes. `head_run`: what `head` is the record of, with its consoles.
/// A case that the bench has failed in becomes the verdict's error.
void add_difference(const Side& base, const Side& head, const RunResult& head_run, const Series& series,
                    GateVerdict& verdict);

/// Why nothing can be compared with this base, or nothing: it does not build, or it does not boot. `boot_cases` are the
/// names of the cases that a boot consists of.
std::optional<Error> base_obstacle(const Side& base, const std::vector<std::string>& boot_cases);

struct CaseName {
  std::string job, suite, name;
  bool operator==(const CaseName&) const = default;
};

/// Cases that a second look at the base may still clear: they are broken, and no crash report says so.
std::vector<CaseName> suspects(const GateVerdict& verdict, const Side& head);

/// Cases that failed in base as well, but without a crash report: what was kept of it may be a flake of the host's.
std::vector<CaseName> doubtful(const GateVerdict& verdict, const Side& base);

/// "JOB/CASE", as a filter names them.
std::vector<std::string> filters_of(const std::vector<CaseName>& cases);

/// What the base did when the suspects were tried on it again: what fails there as well, the series did not break.
void forgive(const RunRecord& base_again, const std::vector<CaseName>& asked, GateVerdict& verdict);

/// The same for doubtful cases: what passes there, the series did break. Whether there was any.
bool accuse(const RunRecord& base_again, const std::vector<CaseName>& asked, GateVerdict& verdict);

/// Why it is not known that nothing is broken, or nothing: a case was not reached since another one failed, of which
/// the series is not guilty; or nothing passed.
std::optional<Error> lack_of_proof(const Side& base, const Side& head, const GateVerdict& verdict);

/// What counts first, else in the order in which they were found.
void sort_rows(GateVerdict& verdict);

}  // namespace bootgate
