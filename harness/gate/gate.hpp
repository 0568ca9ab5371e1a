// The gate: base and head of a series, built, run and compared. The verdict is the difference.
#pragma once

#include <map>

#include "harness/gate/series.hpp"
#include "harness/plan/plan.hpp"
#include "harness/run/result.hpp"
#include "reports/gate_verdict.hpp"

namespace bootgate {

struct GateOptions {
  enum class Each { no, build, boot };
  Each each = Each::no;     // also every commit between base and head
  bool timing = false;      // time boots of both, also without a suspicion
  bool fresh_base = false;  // judge the base again, though its results are kept
};

/// A plan to try one commit.
struct TrialRequest {
  std::string commit;
  bool is_base = false;              // somebody has vouched for it
  std::vector<std::string> filters;  // as in Execution; empty: those that were asked for
  int repeats = 0;                   // 0: as was asked for
};

/// By symbol.
using LeftOut = std::map<std::string, std::string>;

/// What a gate asks of who started it: plans, and runs that somebody may watch.
struct GateHost {
  std::function<Result<Plan>(const TrialRequest& request)> plan_for;
  /// Runs it. `what`: "base 0123456789ab".
  std::function<RunResult(const Plan& plan, const std::string& what, const fs::path& directory)> run;
  /// The same, and nobody watches.
  std::function<RunResult(const Plan& plan, const fs::path& directory)> run_unseen;
  /// Builds its kernels only. Of symbols whose code does not compile, and which were left out: the compiler's words.
  std::function<Result<LeftOut>(const Plan& plan, const std::string& what)> build;
  std::function<void(const std::string&)> tell;
};

struct GateInputs {
  const Series& series;
  std::string tree;        // as it was named
  std::string conditions;  // all that a base's results depend on besides its commit and the compiler
  const Store& store;
  fs::path directory;  // of this gate's evidence
  GateOptions options;
};

/// Base first, unless its results are kept; then, if asked for, each commit; then the head. What failed in the head
/// alone is tried again on the base before it counts, unless a crash report says that it failed.
GateVerdict judge_series(const GateInputs& inputs, const GateHost& host, std::stop_token stop);

}  // namespace bootgate
