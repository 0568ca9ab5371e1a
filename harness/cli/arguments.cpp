#include "harness/cli/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "fixtures/kconfig/recipe.hpp"
#include "harness/cli/exec_help.hpp"
#include "harness/cli/option_groups.hpp"
#include "harness/cli/result_arguments.hpp"
#include "harness/cli/series_arguments.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

constexpr const char* one_machine_footer =
    "The machine is that of the first job that `bootgate plan` shows for these\n"
    "options, without KERNEL that of the packaged kernel.\n";

/// What --kernel takes.
std::string kernel_forms() {
  return fmt::format(
      "  debian                            the packaged kernel\n"
      "  own                               that of the image that is booted\n"
      "  arch/x86/boot/bzImage             an image\n"
      "  .                                 a directory in which a kernel was built\n"
      "{}",
      kernel_sources);
}

// Each command keeps what its options write to until the parser calls it back.

void declare_run(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("run", "Boot a kernel and run suites on it");
  auto raw = std::make_shared<RawRun>();
  declare_run_options(*command, *raw);
  command->footer(
      fmt::format("KERNEL is one of the following, and may be given several times:\n"
                  "{}"
                  "Without KERNEL and SUITE the packaged kernel is booted, while Linux 6.12 is\n"
                  "built with LLVM and Rust; then that is booted, and its Rust samples are tried.",
                  kernel_forms()));
  command->callback([raw, command, &chosen] { chosen = sorted_out(*raw, *command); });
}

void declare_plan(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("plan", "Show what run would do");
  auto raw = std::make_shared<RawRun>();
  declare_run_options(*command, *raw);
  auto plan = std::make_shared<PlanArguments>();
  command->add_flag("--json", plan->json, "For programs");
  command->footer("KERNEL is one of\n" + kernel_forms());
  command->callback([raw, plan, command, &chosen] {
    plan->run = sorted_out(*raw, *command);
    chosen = *plan;
  });
}

void declare_build(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("build", "Build a kernel from source, and boot nothing");
  auto build = std::make_shared<BuildArguments>();
  auto config = std::make_shared<std::string>();
  command->get_formatter()->column_width(30);
  command->add_option("kernel", build->kernel, "What to build: see below")->required()->option_text("KERNEL");
  describe(command->add_option("--config", *config, config_help), "How a kernel is built", "CONFIG");
  declare_build_options(*command, build->request, build->kernel_org);
  const char* heading = "What is built";
  describe(command->add_option("--target", build->request.targets, "One more of make's: bindeb-pkg, ..."), heading,
           "TARGET");
  describe(command->add_flag("--samples", build->request.rust_samples, "Every Rust sample of the tree, as a module"),
           heading);
  describe(command->add_option("--out", build->out, "Copy the results there"), heading, "DIR");
  describe(command->add_flag("--refresh", build->refresh, "Ask for newer sources"), heading);
  describe(command->add_flag("-q,--quiet", build->quiet, "Show only errors"), heading);
  command->footer(fmt::format("KERNEL is one of\n{}", kernel_sources));
  command->callback([build, config, &chosen] {
    if (!config->empty()) build->request.config = with_more(config_request(*config), build->request.config);
    chosen = *build;
  });
}

void declare_scan(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("scan", "Judge saved consoles, without a machine");
  command->get_formatter()->column_width(30);
  auto scan = std::make_shared<ScanArguments>();
  auto flavour = std::make_shared<std::string>();
  scan->logs = {"-"};
  command->add_option("log", scan->logs, "Plain or compressed; - is standard input (default)")->option_text("LOG...");
  command->add_option("--vmlinux", scan->vmlinux, "Decodes stacks: the kernel's, with debug info")->option_text("FILE");
  command->add_option("--modules", scan->modules, "And those of its modules: lib/modules/RELEASE")->option_text("DIR");
  declare_known_issues(*command, scan->known_issues);
  command->add_flag("--json", scan->json, "For programs");
  declare_junit(*command, scan->junit, *flavour, "The reports as JUnit XML");
  command->add_flag("-q,--quiet", scan->quiet, "Show only logs with a failure, and the summary");
  command->footer(
      "A console is judged as in a run: crash reports are cut out, and titled.\n"
      "Exit status: 0 nothing was found, 1 a failure was, 2 usage, 3 a log can't be\n"
      "read.");
  command->callback([scan, flavour, &chosen] {
    scan->flavour = junit_flavour(*flavour);
    chosen = *scan;
  });
}

void declare_check(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("check", "Validate suites, run files and signatures, without a machine");
  auto check = std::make_shared<CheckArguments>();
  command->add_option("suite", check->suites, "Names, or files (default: all of the project's)")
      ->option_text("SUITE...");
  declare_known_issues(*command, check->known_issues);
  command->callback([check, &chosen] { chosen = *check; });
}

void declare_doctor(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("doctor", "What this host has and lacks, and what mends it");
  command->callback([&chosen] { chosen = DoctorArguments{}; });
}

void declare_shell(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("shell", "Enter a run's machine: its console on your terminal");
  auto raw = std::make_shared<RawRun>();
  declare_one_machine(*command, *raw);
  command->footer(
      fmt::format("{}"
                  "Ctrl-A X ends it. Without a terminal each line of standard input is typed\n"
                  "when the guest stands at a prompt; the end is that of the guest.\n"
                  "Exit status: 0 the guest or you ended it, 3 QEMU failed, 130 interrupted.\n\n"
                  "KERNEL is one of\n{}",
                  one_machine_footer, kernel_forms()));
  command->callback([raw, command, &chosen] { chosen = ShellArguments{sorted_out(*raw, *command)}; });
}

void declare_gdb(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("gdb", "Debug a run's machine from its first instruction on");
  auto raw = std::make_shared<RawRun>();
  declare_one_machine(*command, *raw);
  auto gdb = std::make_shared<GdbArguments>();
  describe(command->add_option("--break", gdb->breakpoints, "Run until there, as in --break start_kernel"),
           "The debugger", "SYMBOL");
  describe(command->add_option("--out", raw->run.out, "Where the guest's console goes"), "The debugger", "DIR");
  command->footer(
      fmt::format("{}"
                  "What stands behind -- are arguments of gdb's, as in -- -batch -ex lx-dmesg. The\n"
                  "kernel needs debug info: --fragment gdb. The exit status is gdb's.\n\n"
                  "KERNEL is one of\n{}",
                  one_machine_footer, kernel_forms()));
  command->callback([raw, gdb, command, &chosen] {
    gdb->run = sorted_out(*raw, *command);
    chosen = *gdb;
  });
}

void declare_ssh(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("ssh", "Boot a whole system, and log in: ssh [-- COMMAND...]");
  auto raw = std::make_shared<RawRun>();
  declare_one_machine(*command, *raw);
  auto ssh = std::make_shared<SshArguments>();
  describe(command->add_option("--user", ssh->user, "root (default), or another one of the image's"), "The login",
           "USER");
  describe(command->add_option("--out", raw->run.out, "Where the guest's console goes"), "The login", "DIR");
  command->footer(
      "Without --kernel it is the image's own; without --rootfs Debian's, of the suite\n"
      "debian, whose boot cases must pass before ssh is started. The machine ends\n"
      "with ssh, and the image stays as it was. The exit status is that of ssh.\n\n"
      "KERNEL is one of\n" +
      kernel_forms());
  command->callback([raw, ssh, command, &chosen] {
    ssh->run = sorted_out(*raw, *command);
    chosen = *ssh;
  });
}

void declare_replay(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("replay", "Repeat one case of an earlier run");
  command->get_formatter()->column_width(30);
  auto replay = std::make_shared<ReplayArguments>();
  command->add_option("run", replay->run, "latest, or a directory below bootgate-out")->required()->option_text("RUN");
  command->add_option("case", replay->case_name, "CASE, SUITE/CASE or JOB/CASE")->required()->option_text("CASE");
  command->add_option("--out", replay->out, "Where runs are kept (default: bootgate-out)")->option_text("DIR");
  command->add_flag("-q,--quiet", replay->quiet, "Show only what failed, and the summary");
  declare_inside(*command, replay->keep_failed, replay->vmcore);
  command->callback([replay, &chosen] { chosen = *replay; });
}

void declare_exec(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("exec", "Boot a kernel for one command: exec -- COMMAND...");
  auto raw = std::make_shared<RawRun>();
  auto exec = std::make_shared<ExecArguments>();
  auto root = std::make_shared<std::string>(), timeout = std::make_shared<std::string>();
  command->get_formatter()->column_width(30);
  describe(command->add_option("--root", *root, "Its files: busybox (default), or this host's")
               ->check(CLI::IsMember({"busybox", "host"})),
           "The command", "busybox|host");
  describe(command->add_option("--timeout", *timeout, "For boot and command; 90s, 10m"), "The command", "DURATION");
  describe(command->add_option("--outcome", exec->outcome, "Who decided the exit status: see below"), "The command",
           "FILE");
  describe(command->add_flag("-v,--verbose", exec->verbose, "The kernel's console on standard error"), "The command");
  declare_what_is_booted(*command, *raw, false);
  describe(command->add_option("--config", raw->configs, config_help), "How a kernel is built", "CONFIG");
  declare_build_options(*command, raw->run.options.build, raw->run.options.kernel_org);
  declare_machine(*command, *raw);
  command->footer(fmt::format("{}{}", exec_help, kernel_sources));
  command->callback([raw, exec, root, timeout, command, &chosen] {
    exec->run = sorted_out(*raw, *command);
    exec->hosts_files = *root == "host";
    if (exec->run.kernels.size() > 1) throw CLI::ValidationError("--kernel", "one command runs on one kernel");
    if (!timeout->empty() && !(exec->timeout = parse_duration(*timeout)))
      throw CLI::ValidationError("--timeout " + *timeout, "want a duration like 90s or 10m");
    chosen = *exec;
  });
}

void declare_all(CLI::App& app, Arguments& chosen) {
  app.set_version_flag("--version", "bootgate " BOOTGATE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "The launcher ./bootgate also knows:\n"
      "  selftest [--quick]    Build and run the project's own tests\n"
      "  --yes, --no-install   Install missing packages unasked, or never\n\n"
      "Exit status: 0 all passed, 1 a case failed, 2 usage or definition,\n"
      "3 test bench, 130 interrupted.");

  declare_run(app, chosen);
  declare_plan(app, chosen);
  declare_build(app, chosen);
  declare_scan(app, chosen);
  declare_check(app, chosen);
  declare_doctor(app, chosen);
  declare_shell(app, chosen);
  declare_ssh(app, chosen);
  declare_gdb(app, chosen);
  declare_replay(app, chosen);
  declare_exec(app, chosen);
  declare_gate(app, chosen);
  declare_bisect(app, chosen);
  declare_compare(app, chosen);
  declare_history(app, chosen);
  declare_report(app, chosen);
  declare_nightly(app, chosen);
  // Of its own: the commands share one. Their descriptions are whole lines.
  auto formatter = std::make_shared<CLI::Formatter>();
  formatter->column_width(14);
  app.formatter(formatter);
}

/// CLI11 would only say that a command is required.
std::optional<std::string> unknown_command(const CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(command->get_name());
  if (word.starts_with('-') || std::find(known.begin(), known.end(), word) != known.end()) return std::nullopt;
  std::string near = did_you_mean(word, known);
  return fmt::format("bootgate: no command '{}'\n  {}\n", printable(word),
                     near.empty() ? "see: bootgate --help" : near);
}

/// `git bisect run` takes every status from 1 to 127 for a verdict on the commit, and gives up from 128 on.
int status_of_mistake(int argc, const char* const* argv) {
  if (argc < 2 || std::string_view(argv[1]) != "bisect") return 2;
  const bool by_itself = std::any_of(
      argv, argv + argc, [](std::string_view word) { return word == "--good" || word.starts_with("--good="); });
  return by_itself ? 2 : 128;
}

}  // namespace

Arguments parse_arguments(int argc, const char* const* argv) {
  CLI::App app("Boots Linux kernels in QEMU, and tells whether they work.", "bootgate");
  Arguments chosen;
  declare_all(app, chosen);
  if (auto unknown = unknown_command(app, argc > 1 ? argv[1] : "-")) return EndArguments{2, *unknown};
  // What stands behind -- is another program's, to the letter: CLI11 would take words like "[a,b]" apart.
  const std::string_view name = argc > 1 ? argv[1] : "";
  const int ours = name == "ssh" || name == "gdb" || name == "exec"
                       ? static_cast<int>(std::find(argv, argv + argc, std::string_view("--")) - argv)
                       : argc;
  try {
    app.parse(ours, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    std::ostringstream text;
    app.exit(success, text, text);
    return EndArguments{0, text.str()};
  } catch (const CLI::ParseError& error) {
    return EndArguments{status_of_mistake(argc, argv),
                        fmt::format("bootgate: {}\n  see: bootgate {}--help\n", error.what(),
                                    app.get_subcommands().empty() ? "" : app.get_subcommands()[0]->get_name() + " ")};
  }
  if (auto* run = std::get_if<RunArguments>(&chosen)) run->words.assign(argv + 2, argv + argc);
  if (auto* gdb = std::get_if<GdbArguments>(&chosen); gdb && ours < argc)
    gdb->gdb_arguments.assign(argv + ours + 1, argv + argc);
  if (auto* ssh = std::get_if<SshArguments>(&chosen); ssh && ours < argc)
    ssh->words.assign(argv + ours + 1, argv + argc);
  if (auto* exec = std::get_if<ExecArguments>(&chosen)) {
    if (ours + 1 >= argc)
      return EndArguments{2, "bootgate: no command\n  put it behind --: bootgate exec -- uname -r\n"};
    exec->words.assign(argv + ours + 1, argv + argc);
  }
  return chosen;
}

}  // namespace bootgate
