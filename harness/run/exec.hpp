// Exec: boots a guest for one command, and passes its input, outputs and status through.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "expectations/signatures.hpp"
#include "harness/console/exec_channel.hpp"
#include "harness/run/exec_files.hpp"

namespace bootgate {

struct ExecInputs {
  const Plan& plan;  // of one job
  const ExecFiles& files;
  GuestCommand command;
  bool hosts_files = false;         // the command's root is the host's
  bool verbose = false;             // the console on standard error
  std::optional<Duration> timeout;  // for all of it; not scaled
  fs::path directory;               // for the console's log
  std::shared_ptr<const SignatureSet> signatures;
  std::stop_token stop;
};

/// How it ended, and what the kernel had to say.
struct ExecResult {
  /// `command`: by itself. `kernel`: it crashed, or never came so far. `reader_gone`: nobody reads our output any more.
  enum class End { command, kernel, timeout, reader_gone };
  End end = End::command;
  int status = 0;                    // of the command
  std::string reason;                // of the other ends, in a line
  std::vector<CrashReport> reports;  // failures only
  std::vector<std::string> console;  // its last lines, where it is the kernel that ended it
};

/// An error is the bench's, or Ctrl-C.
Result<ExecResult> exec(const ExecInputs& inputs);

}  // namespace bootgate
