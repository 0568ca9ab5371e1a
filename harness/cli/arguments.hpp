// The command line, parsed: what each command was asked for.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "harness/cli/report_files.hpp"
#include "harness/gate/gate.hpp"
#include "harness/gate/target.hpp"
#include "harness/plan/plan.hpp"
#include "reports/junit.hpp"

namespace bootgate {

struct RunArguments {
  std::optional<fs::path> file;      // a run file; what is `given` here takes the place of what it says
  std::set<std::string> given;       // long names of the options on the command line: "kernel", "retry"
  std::vector<std::string> kernels;  // as named; empty: the default ones
  std::vector<std::string> suites;   // names or files; empty: the default ones
  RunOptions options;
  std::string qemu;
  fs::path out = "bootgate-out";
  std::optional<fs::path> junit;  // besides the one in the run's directory
  JunitFlavour flavour = JunitFlavour::rich;
  std::optional<fs::path> trace;  // a timeline
  std::optional<int> max_skips;
  bool fail_on_flaky = false;
  fs::path known_issues;  // empty: the project's
  bool quiet = false;
  bool refresh = false;
  bool keep_failed = false;
  std::vector<std::string> words;  // the command line behind `run`, for `replay`
  std::map<std::string, std::string> commits;  // kernels of git that are pinned: as named -> commit
};

struct PlanArguments {
  RunArguments run;
  bool json = false;
};

struct BuildArguments {
  std::string kernel;
  KernelRequest request;
  std::string kernel_org = kernel_org_url;
  fs::path out;  // where the results are copied; empty: they stay in the store
  bool refresh = false;
  bool quiet = false;
};

struct ScanArguments {
  std::vector<std::string> logs;  // files, or "-"
  fs::path vmlinux;               // decodes stacks, with
  fs::path modules;               // its lib/modules/RELEASE; both may be empty
  fs::path known_issues;          // empty: the project's
  bool json = false;
  std::optional<fs::path> junit;
  JunitFlavour flavour = JunitFlavour::rich;
  bool quiet = false;
};

struct CheckArguments {
  std::vector<std::string> suites;  // and run files; empty: all of the project
  fs::path known_issues;            // empty: the project's
};

struct DoctorArguments {};

struct ShellArguments {
  RunArguments run;
};

struct SshArguments {
  RunArguments run;
  std::string user = "root";
  std::vector<std::string> words;  // of the command; empty: a login shell
};

struct GdbArguments {
  RunArguments run;
  std::vector<std::string> breakpoints;
  std::vector<std::string> gdb_arguments;
};

struct ReplayArguments {
  std::string run;        // "latest", a directory below `out`, or a path
  std::string case_name;  // CASE, SUITE/CASE or JOB/CASE
  fs::path out = "bootgate-out";
  bool keep_failed = false;
  bool vmcore = false;
  bool quiet = false;
};

struct ExecArguments {
  RunArguments run;                // its kernel, and what goes with it
  std::vector<std::string> words;  // the command; one word is a line for a shell
  bool hosts_files = false;        // --root host
  std::optional<Duration> timeout;
  fs::path outcome;  // where it is written who decided the exit status; empty: nowhere
  bool verbose = false;
};

struct GateArguments {
  RunArguments run;  // how base and head are tried
  SeriesRequest series;
  GateOptions options;
  fs::path rules;                                     // empty: the project's
  std::optional<BuildLimits> limits = BuildLimits{};  // of the series' builds; nothing: it is trusted
  std::optional<fs::path> json;
  std::optional<fs::path> markdown;
};

struct BisectArguments {
  RunArguments run;  // how commits are tried
  fs::path tree = ".";
  std::string good;  // refs; both empty: HEAD alone is judged, for `git bisect run`
  std::string bad;
  Target target;
  bool restart = false;
  std::optional<fs::path> json;
};

struct CompareArguments {
  std::string before, after;  // see find_stored_run
  fs::path out = "bootgate-out";
  std::optional<fs::path> history;
  bool json = false;
};

struct HistoryArguments {
  fs::path history = "nights/history.db";
  std::string case_name;              // CASE, SUITE/CASE or JOB/CASE; empty: the runs are listed
  std::vector<std::string> imported;  // directories of runs, and JUnit files
  int last = 60;                      // runs
  bool json = false;
};

struct ReportArguments {
  std::string run = "latest";  // see find_stored_run
  fs::path out = "bootgate-out";
  std::optional<fs::path> history;
  ReportRequest reports;
};

struct NightlyArguments {
  fs::path plan;  // a run file
  fs::path out = "nights";
  std::optional<int> machines;  // at once
  std::string qemu;
  ReportRequest reports;  // besides those in the night's directory
  bool dry_run = false;
  bool quiet = false;
};

/// The program ends at once with this: --help, --version, or a mistake, whose text is for standard error.
struct EndArguments {
  int status = 0;
  std::string text;
};

using Arguments = std::variant<RunArguments, PlanArguments, BuildArguments, ScanArguments, CheckArguments,
                               DoctorArguments, ShellArguments, SshArguments, GdbArguments, ReplayArguments,
                               ExecArguments, GateArguments, BisectArguments, CompareArguments, HistoryArguments,
                               ReportArguments, NightlyArguments, EndArguments>;

Arguments parse_arguments(int argc, const char* const* argv);

}  // namespace bootgate
