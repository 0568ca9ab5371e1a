// Groups of options that several commands have, declared with CLI11 (with arguments.cpp and series_arguments.cpp, the
// wall around it).
#pragma once

#include <CLI/CLI.hpp>

#include "harness/cli/arguments.hpp"

namespace bootgate {

/// The forms of KERNEL that are built from source.
extern const char* const kernel_sources;

/// What options of the command line are before they are checked and sorted into RunArguments.
struct RawRun {
  RunArguments run;
  std::vector<std::string> added;
  std::vector<std::string> configs;
  std::string rootfs;
  std::string memory;
  std::string max_memory;
  std::string isolation = "clone";
  std::string shard;
  std::string flavour;
};

/// Sorts an option under a heading of --help, and names its value there. A list takes one value each time it is given:
/// CLI11 would let it swallow the suites behind it.
void describe(CLI::Option* option, const char* heading, const char* value = "");

inline constexpr const char* config_help = "lean (default), lean+debug, defconfig, or a file";

/// How a kernel is built from source, besides --config.
void declare_build_options(CLI::App& app, KernelRequest& request, std::string& kernel_org);
void declare_junit(CLI::App& app, std::optional<fs::path>& file, std::string& flavour, const char* what,
                   const char* heading = "Options");
JunitFlavour junit_flavour(const std::string& name);
void declare_known_issues(CLI::App& app, fs::path& file, const char* heading = "Options");
void declare_what_is_booted(CLI::App& app, RawRun& raw, bool suites = true);
void declare_machine(CLI::App& app, RawRun& raw);
/// What becomes of a machine that fails.
void declare_inside(CLI::App& app, bool& keep_failed, bool& vmcore);
/// What a machine is made of.
void declare_machine_options(CLI::App& app, RawRun& raw);
/// The same for a command that starts one machine, and runs no cases on it.
void declare_one_machine(CLI::App& app, RawRun& raw);
void declare_run_options(CLI::App& app, RawRun& raw);

/// Nothing for an empty text. Throws CLI::ValidationError, which names the option.
std::optional<int> memory_option(const char* option, const std::string& text);

/// Checks what was given, and looks it up. Throws CLI::ValidationError.
RunArguments sorted_out(RawRun raw, const CLI::App& app);

}  // namespace bootgate
