// RunFile: run.toml, which crosses suites, kernels, configs, profiles and accelerators.
#pragma once

#include "harness/plan/plan.hpp"

namespace bootgate {

/// How long the evidence of nights is kept; nothing: for ever, and as much as there is.
struct Keep {
  std::optional<int> days;
  std::optional<int> mib;  // of all nights together
};

/// What a run file says. The axes and rows are looked up, with what they name relative to the file. The rest are
/// options of `bootgate run` of the same names; nothing where the file says nothing.
struct RunFile {
  fs::path file;
  std::string description;
  Matrix matrix;
  std::vector<fs::path> suites;  // all that the axis and rows name; so are kernels and configs
  std::vector<KernelName> kernels;
  std::vector<ConfigRequest> configs;
  Keep keep;

  std::optional<std::vector<std::string>> append, modules, fragments, symbols, filters;
  std::optional<std::vector<InitramfsFile>> added;
  std::optional<RootfsName> rootfs;
  std::optional<std::string> toolchain;
  std::optional<fs::path> known_issues;
  std::optional<int> memory_mib, cpus, max_skips, retries, repeats;
  std::optional<double> timeout_scale;
  std::optional<Isolation> isolation;
  std::optional<bool> fail_fast, fail_on_flaky;
};

struct RunFileReading {
  RunFile run_file;
  std::vector<Error> errors;
};

/// Reads and validates a run file; `profiles` are the names that there are.
RunFileReading read_run_file(const fs::path& file, const std::vector<std::string>& profiles);

/// Told from a suite by its keys. A file that can't be read is none.
bool is_run_file(const fs::path& file);

}  // namespace bootgate
