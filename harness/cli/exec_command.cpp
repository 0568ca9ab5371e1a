#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/request.hpp"
#include "harness/cli/scratch_directory.hpp"
#include "harness/cli/signals.hpp"
#include "harness/run/evidence.hpp"
#include "harness/run/exec.hpp"
#include "harness/support/text.hpp"
#include "reports/terminal.hpp"

namespace bootgate {
namespace {

/// As timeout(1) ends, and a shell when a signal has killed its command.
constexpr int timeout_status = 124;
constexpr int reader_gone_status = 128 + SIGPIPE;

constexpr std::size_t most_report_lines = 40;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// What a login shell would have, there or here.
std::vector<std::string> environment(bool hosts_files) {
  if (!hosts_files) return {"PATH=/sbin:/usr/sbin:/bin:/usr/bin", "HOME=/root", "TERM=" + variable("TERM")};
  std::vector<std::string> all;
  for (const char* name : {"HOME", "USER", "LOGNAME", "SHELL", "TERM", "TZ", "LANG", "LC_ALL", "LC_CTYPE"})
    if (std::getenv(name)) all.push_back(fmt::format("{}={}", name, variable(name)));
  // The command is root: what only root has in its path is for it too.
  all.push_back(fmt::format("PATH={}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin", variable("PATH")));
  return all;
}

Result<GuestCommand> guest_command(const ExecArguments& arguments, const std::string& modules) {
  GuestCommand command;
  command.words = arguments.words;
  if (command.words.size() == 1) command.words = {"/bin/sh", "-c", arguments.words.front()};
  command.environment = environment(arguments.hosts_files);
  if (arguments.hosts_files) {
    std::error_code failure;
    command.directory = fs::current_path(failure).string();
    if (failure) return usage_error(fmt::format("no current directory: {}", failure.message()));
    command.modules = modules;
  }
  if (!ExecChannel({}).set_command(command)) return usage_error("the command is too long");
  return command;
}

struct Prepared {
  Plan plan;
  ExecFiles files;
};

/// What takes its time here, downloads and builds, is shown meanwhile, and is off the screen when the command writes.
Result<Prepared> prepare(const ExecArguments& arguments, const Request& request, const fs::path& scratch,
                         const std::stop_token& stop) {
  Terminal display(terminal_options(STDERR_FILENO, false));
  const EmitEvent emit = [&](const Event& event) {
    if (std::holds_alternative<Progress>(event) || std::holds_alternative<BuildRunning>(event)) display.on(event);
  };
  auto store = Store::open();
  if (!store) return tl::unexpected(store.error());
  auto host = probe_host(request.arguments, *store, emit, stop);
  if (!host) return tl::unexpected(host.error());
  const Definitions& definitions = request.definitions;
  Plan plan = make_plan(definitions.suites, definitions.profiles, request.arguments.options, std::move(*host));
  if (const std::string& reason = plan.jobs.front().skip_reason; !reason.empty()) return bench_error(reason);
  auto kernel = supply_kernel(plan.kernels.front(), {plan, *store, request.arguments.refresh}, emit, stop);
  if (!kernel) return tl::unexpected(kernel.error());
  auto files = make_exec_files(plan, *kernel, arguments.hosts_files, *store, scratch);
  if (!files) return tl::unexpected(files.error());
  return Prepared{std::move(plan), std::move(*files)};
}

Result<ExecResult> boot_and_run(const ExecArguments& arguments, const Request& request, const fs::path& scratch,
                                const std::stop_token& stop) {
  auto prepared = prepare(arguments, request, scratch, stop);
  if (!prepared) return tl::unexpected(prepared.error());
  auto command = guest_command(arguments, prepared->files.modules);
  if (!command) return tl::unexpected(command.error());
  return exec({prepared->plan, prepared->files, *command, arguments.hosts_files, arguments.verbose, arguments.timeout,
               scratch, request.definitions.signatures, stop});
}

void print_report(const CrashReport& report) {
  fmt::print(stderr, "bootgate: {}\n", printable(report.title));
  const std::vector<std::string>& lines = shown_lines(report);
  for (std::size_t i = 0; i < std::min(lines.size(), most_report_lines); ++i)
    fmt::print(stderr, "  | {}\n", printable(lines[i]));
  if (lines.size() > most_report_lines) fmt::print(stderr, "  | ... {} more lines\n", lines.size() - most_report_lines);
}

void print_findings(const ExecResult& result, const fs::path& scratch) {
  for (const CrashReport& report : result.reports)
    print_report(report);
  if (result.end == ExecResult::End::timeout) fmt::print(stderr, "bootgate: {}\n", result.reason);
  if (result.end != ExecResult::End::kernel) return;
  if (result.reports.empty()) {
    fmt::print(stderr, "bootgate: {}\n", result.reason);
    for (const std::string& line : result.console)
      fmt::print(stderr, "  | {}\n", line);
    fmt::print(stderr, "  all that the kernel says: bootgate exec --verbose ...\n");
  }
  fmt::print(stderr, "  console {}\n", EvidenceFiles{scratch}.console().string());
}

/// The status to end with, and who decided it.
std::pair<int, std::string> verdict(const ExecResult& result) {
  switch (result.end) {
    case ExecResult::End::kernel:
      return {1, "kernel " + (result.reports.empty() ? result.reason : printable(result.reports.front().title))};
    case ExecResult::End::timeout: return {timeout_status, "timeout"};
    case ExecResult::End::reader_gone: return {reader_gone_status, "interrupted"};
    case ExecResult::End::command: break;
  }
  // A command that went well on a kernel that did not is no success.
  if (result.status == 0 && !result.reports.empty()) return {1, "kernel " + printable(result.reports.front().title)};
  return {result.status, fmt::format("command {}", result.status)};
}

/// An unpacked kernel tells nobody anything.
void keep_console(ScratchDirectory& scratch) {
  std::error_code none;
  fs::remove(scratch.path() / "vmlinux", none);
  scratch.keep();
}

int told(const ExecArguments& arguments, int status, const std::string& who) {
  if (arguments.outcome.empty()) return status;
  if (auto written = write_file_atomically(arguments.outcome, who + "\n"); !written)
    return print_errors({written.error()});
  return status;
}

}  // namespace

int exec_command(const ExecArguments& arguments) {
  std::stop_source stop;
  stop_on_signals(stop);
  const Request request = read_exec_request(arguments);
  if (const std::vector<Error>& errors = request.definitions.errors; !errors.empty())
    return told(arguments, print_errors(errors), "usage " + errors.front().what);
  // For the console's log, and an unpacked kernel.
  auto scratch = ScratchDirectory::make("bootgate-exec-");
  if (!scratch) return told(arguments, print_errors({scratch.error()}), "bench " + scratch.error().what);

  auto result = boot_and_run(arguments, request, scratch->path(), stop.get_token());
  if (!result) {
    const Error& error = result.error();
    if (error.kind == Error::Kind::interrupted) return told(arguments, exit_code(error.kind), "interrupted");
    const char* who = error.kind == Error::Kind::kernel ? "kernel " : exit_code(error.kind) == 2 ? "usage " : "bench ";
    return told(arguments, print_errors({error}), who + error.what);
  }
  if (result->end == ExecResult::End::kernel) keep_console(*scratch);
  print_findings(*result, scratch->path());
  const auto [status, who] = verdict(*result);
  return told(arguments, status, who);
}

}  // namespace bootgate
