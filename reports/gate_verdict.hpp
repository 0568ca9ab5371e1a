// GateVerdict: what a series did to its base, as plain data: the gate writes it, reports read it.
#pragma once

#include "fixtures/build/make_output.hpp"
#include "harness/run/result.hpp"
#include "reports/compare.hpp"

namespace bootgate {

/// A row of the verdict's table. `gone` is what base had and the series has not: a sample, or a case that is skipped
/// now. `slower` is a phase of the boot.
struct GateRow {
  enum class Kind { broken, gone, slower, flaky, still_failing, fixed, added };
  Kind kind = Kind::broken;
  std::string subject;  // "boot/login", "init/main.c:12", "commit 2/3"; printable
  std::string what;     // one line; printable
  std::string job;      // empty: of no job
  std::string details;  // more lines: the compiler's words, the console; printable
};

std::string_view to_string(GateRow::Kind kind);

/// It counts against the series.
bool counts(const GateRow& row);

/// A symbol of the kernel's configuration that the series changes; empty: unset.
struct ConfigChange {
  std::string symbol;
  std::string before;
  std::string after;
};

struct GateCommit {
  std::string id;
  std::string subject;
};

struct GateVerdict {
  std::string tree;    // as it was named
  std::string series;  // "v6.12..topic"
  std::string base;    // commit ids
  std::string head;
  std::vector<GateCommit> commits;
  std::string timestamp;      // UTC, of its start
  fs::path directory;         // of its evidence
  std::vector<GateRow> rows;  // what counts first
  int same = 0;               // cases that passed on both sides
  std::vector<ConfigChange> config;
  std::vector<MeasurementChange> measurements;  // boot times and sizes, of one boot each
  std::vector<std::string> notes;               // what else there is to know of how it was judged
  std::optional<Error> error;                   // the bench's: then there is no verdict
  bool interrupted = false;
  Duration took{};
};

/// 0 the series broke nothing, 1 it did, 2 and 3 by the error, 130 interrupted.
int exit_code(const GateVerdict& verdict);

/// "3 broken, 1 fixed, 40 as before".
std::string tally_text(const GateVerdict& verdict);

}  // namespace bootgate
