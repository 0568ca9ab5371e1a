#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "harness/cli/commands.hpp"
#include "harness/cli/definitions.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/signals.hpp"
#include "harness/symbols/stack_decoder.hpp"
#include "reports/junit.hpp"
#include "reports/scan_report.hpp"
#include "reports/terminal.hpp"

namespace bootgate {
namespace {

Result<> write_junit(const fs::path& file, std::span<const ScanResult> logs, JunitFlavour flavour) {
  if (file.has_parent_path())
    if (auto made = make_directories(file.parent_path()); !made) return made;
  return write_file_atomically(file, junit_xml(as_run(logs), flavour));
}

/// The decoder that was asked for, if any.
Result<std::optional<StackDecoder>> open_decoder(const ScanArguments& arguments) {
  if (arguments.vmlinux.empty()) {
    if (!arguments.modules.empty()) return usage_error("--modules decodes nothing without --vmlinux");
    return std::nullopt;
  }
  SymbolFiles files{arguments.vmlinux, {}};
  if (!arguments.modules.empty()) files.modules = arguments.modules;
  auto opened = StackDecoder::open(files);
  if (!opened) return tl::unexpected(opened.error());
  return std::optional<StackDecoder>(std::move(*opened));
}

/// A report counts even where the rest of a log could not be read.
int exit_status(std::span<const ScanResult> logs, const std::vector<Error>& errors) {
  for (const Error& error : errors)
    if (error.kind == Error::Kind::interrupted) return exit_code(error.kind);
  if (std::any_of(logs.begin(), logs.end(), has_failure)) return 1;
  return errors.empty() ? 0 : exit_code(errors.front().kind);
}

}  // namespace

int scan_command(const ScanArguments& arguments) {
  std::vector<Error> errors;
  auto signatures = std::make_shared<const SignatureSet>(load_signatures(arguments.known_issues, errors));
  if (!errors.empty()) return print_errors(errors);
  auto decoder = open_decoder(arguments);
  if (!decoder) return print_errors({decoder.error()});
  std::stop_source stop;
  stop_on_signals(stop);
  const bool colour = terminal_options(STDOUT_FILENO, false).colour;
  std::vector<ScanResult> logs;
  for (const std::string& name : arguments.logs) {
    logs.push_back(scan_log(name, signatures, stop.get_token()));
    ScanResult& log = logs.back();
    for (FoundReport& found : log.found)
      if (*decoder) (*decoder)->decode(found.report);
    const bool shown = !arguments.json && (log.rows > 0 || !log.error) && (!arguments.quiet || has_failure(log));
    if (shown) fmt::print("{}", describe(log, colour));
    if (log.error) errors.push_back(*log.error);
    if (stop.stop_requested()) break;
  }
  if (arguments.json)
    fmt::print("{}\n", dump_json(to_json(logs), true));
  else
    fmt::print("{}", verdict(logs, colour));
  std::fflush(stdout);
  print_errors(errors);
  if (arguments.junit)
    if (auto written = write_junit(*arguments.junit, logs, arguments.flavour); !written)
      return print_errors({written.error()});
  return exit_status(logs, errors);
}

}  // namespace bootgate
