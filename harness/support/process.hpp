// Processes: the only place that starts one, and the wall around Boost.Process.
//
// Boost.Process v1 is used as a thin spawn layer: its pipes lack O_CLOEXEC (a child that starts meanwhile then holds
// another one's write end, and end-of-file comes late) and its wait_for installs a SIGCHLD handler. So descriptors are
// ours, and the end of a child is seen on its pidfd.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "harness/support/clock.hpp"
#include "harness/support/error.hpp"
#include "harness/support/fd.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

/// How a process ended.
struct ExitStatus {
  int code = 0;    // exit code, when `signal` is 0
  int signal = 0;  // the signal that killed it
  bool ok() const { return code == 0 && signal == 0; }
  bool operator==(const ExitStatus&) const = default;
};

/// "exit status 3" or "killed by SIGKILL".
std::string describe(const ExitStatus& status);

/// Changes to our own environment: a variable is set, or without a value removed.
using EnvironmentChanges = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// What to start. Descriptors stay the caller's; -1 means /dev/null.
struct SpawnSpec {
  std::vector<std::string> argv;   // argv[0] is looked up in PATH when it holds no slash
  fs::path directory;              // empty: the current one
  EnvironmentChanges environment;  // of ours
  int standard_input = -1;
  int standard_output = -1;
  int standard_error = -1;
  std::vector<int> inherited;  // kept open in the child, under the same numbers
  bool own_group = true;       // false: it stays in ours, and so at our terminal, with its Ctrl-C and Ctrl-Z
};

/// A child, in a process group of its own unless its spec says otherwise. It is killed when bootgate ends, however that
/// ends (PR_SET_PDEATHSIG), and when this object is destroyed.
class Child {
 public:
  Child(Child&&) noexcept;
  Child& operator=(Child&&) noexcept;
  ~Child();

  pid_t pid() const { return pid_; }
  /// Readable once the child has ended: for poll(2).
  int pidfd() const { return pidfd_.get(); }
  /// To the whole group, where it has its own; nothing happens once the child was waited for.
  void signal(int signal_number);
  /// Blocks until the child has ended, and reaps it.
  ExitStatus wait();
  /// The status when the child has ended, or nothing at once or after `timeout`.
  std::optional<ExitStatus> wait_for(Duration timeout);

 private:
  friend Result<Child> spawn(const SpawnSpec&);
  Child(pid_t pid, UniqueFd pidfd, bool own_group) : pid_(pid), pidfd_(std::move(pidfd)), own_group_(own_group) {}
  pid_t pid_ = -1;
  UniqueFd pidfd_;
  bool own_group_ = true;
  std::optional<ExitStatus> status_;
};

/// Starts a process. Every child is started by one thread that lives as long as bootgate does: PR_SET_PDEATHSIG fires
/// when the *thread* that forked ends. An error says which program, and why.
Result<Child> spawn(const SpawnSpec& spec);

struct CommandResult {
  ExitStatus status;
  std::string output;  // standard output
  std::string errors;  // standard error
};

struct CommandOptions {
  fs::path directory;
  EnvironmentChanges environment;
  std::string input;
  std::optional<Duration> timeout;  // then it is ended, which is an error
  std::stop_token stop;             // the same, with an error of kind `interrupted`
  Duration grace{2000};             // from SIGTERM to SIGKILL, when it is ended so
  /// Called with each piece of standard output, or of standard error, as it comes; for progress.
  std::function<void(std::string_view)> on_output;
  std::function<void(std::string_view)> on_errors;
  std::vector<int> inherited{};  // as in SpawnSpec
};

/// Runs a command to its end and collects what it wrote. A status other than 0 is no error here: see `run_checked`.
Result<CommandResult> run_command(const std::vector<std::string>& argv, const CommandOptions& options = {});

/// What it complained of, printable, as errors quote it: the last lines of its standard error.
std::string complaints(const CommandResult& result);

/// The same as run_command; a status other than 0 is an error that quotes its complaints.
Result<std::string> run_checked(const std::vector<std::string>& argv, const CommandOptions& options = {});

/// The full path of a program in PATH (and in /usr/sbin and /sbin, which users' PATH may lack), or nothing.
std::optional<fs::path> find_program(std::string_view name);

}  // namespace bootgate
