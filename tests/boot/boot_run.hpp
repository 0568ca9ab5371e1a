// One run of the program under test, as a user sees it: its exit status, what it printed, and its JUnit file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/support/files.hpp"
#include "harness/support/process.hpp"

namespace bootgate {

struct CaseSeen {
  std::string outcome;  // "pass", "fail", "error", "skip"
  std::string type;     // of the failure or error
  std::string message;
  std::string text;
};

struct RunSeen {
  int status = -1;
  std::string output;
  std::string errors;
  std::string junit;                      // the file's bytes
  std::map<std::string, CaseSeen> cases;  // by name
  std::map<std::string, std::string> properties;
  /// Names of the cases with that outcome, sorted.
  std::vector<std::string> with(const std::string& outcome) const;
};

/// A directory of its own for each test, with short cuts to run the program in it.
class BootRun {
 public:
  BootRun();
  ~BootRun();

  /// `bootgate ARGUMENTS`, in the directory.
  RunSeen bootgate(std::vector<std::string> arguments, const CommandOptions& options = {}) const;
  /// `bootgate run` under TCG, with the report read.
  RunSeen run(std::vector<std::string> arguments = {}) const;
  /// The report of the latest run.
  void read_report(RunSeen& seen) const;

  /// Writes a file here, executable when it begins with "#!". Its path.
  fs::path file(const std::string& name, const std::string& text) const;
  const fs::path& directory() const { return directory_; }

 private:
  fs::path directory_;
};

/// `words`, and options that name one kernel to build for all tests: with debug info, and with what the host's files as
/// root need. A whole system's drivers are not in it: they are as much again.
std::vector<std::string> with_built_kernel(std::vector<std::string> words);

/// The program itself.
fs::path program();

/// One of the guest's own files, to be changed and added back.
std::string guest_file(const std::string& path);

/// `text` with `from` replaced by `to`; the test fails when it isn't there.
std::string replaced(std::string text, const std::string& from, const std::string& to);

}  // namespace bootgate
