#include "harness/cli/arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>

#include "fixtures/kconfig/recipe.hpp"
#include "harness/cli/exec_help.hpp"
#include "harness/support/size.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

const char* kernel_sources =
    "  ~/linux, tree:.                   a source tree, built elsewhere\n"
    "  git:REPOSITORY@REF                a commit of a local or remote repository\n"
    "  linux-6.12.tar.xz, https://...    a tarball\n"
    "  kernel.org/6.12.107               a release\n"
    "  debian:trixie/linux-source-6.12   Debian's packaged source\n";

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

/// "2/3".
std::optional<Selection> parse_shard(const std::string& text) {
  constexpr int most = 1000;
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  auto number = [&](std::string_view digits) {
    int value = 0;
    auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return failure == std::errc{} && end == digits.data() + digits.size() ? value : 0;
  };
  Selection selection;
  selection.shard = number(std::string_view(text).substr(0, slash));
  selection.shards = number(std::string_view(text).substr(slash + 1));
  const bool good = selection.shard >= 1 && selection.shard <= selection.shards && selection.shards <= most;
  return good ? std::optional(selection) : std::nullopt;
}

/// Sorts an option under a heading of --help, and names its value there. A list takes one value each time it is given:
/// CLI11 would let it swallow the suites behind it.
void describe(CLI::Option* option, const char* heading, const char* value = "") {
  option->group(heading)->allow_extra_args(false);
  if (*value) option->option_text(value);
}

constexpr const char* config_help = "lean (default), lean+debug, defconfig, or a file";

/// How a kernel is built from source, besides --config.
void declare_build_options(CLI::App& app, KernelRequest& request, std::string& kernel_org) {
  const char* heading = "How a kernel is built";
  describe(app.add_option("--fragment", request.config.fragments, "On top: a name of fixtures/kconfig, or a file"),
           heading, "FRAGMENT");
  describe(app.add_option("--set", request.config.symbols, "One symbol, as in --set KASAN=y"), heading, "SYMBOL=VALUE");
  describe(app.add_option("--toolchain", request.toolchain, "auto, host, debian:SUITE, debian:SUITE+backports"),
           heading, "TOOLCHAIN");
  describe(app.add_flag_callback(
               "--gcc", [&request] { request.llvm = false; }, "Build with GCC instead of LLVM"),
           heading);
  describe(app.add_option("--kernel-org", kernel_org, "A mirror of kernel.org's /pub/linux/kernel"), heading, "URL");
}

void declare_junit(CLI::App& app, std::optional<fs::path>& file, std::string& flavour, const char* what,
                   const char* heading = "Options") {
  describe(app.add_option("--junit", file, what), heading, "FILE");
  describe(app.add_option("--junit-flavour", flavour, "strict validates against junit-10.xsd")
               ->check(CLI::IsMember({"rich", "strict"})),
           heading, "rich|strict");
}

JunitFlavour junit_flavour(const std::string& name) {
  return name == "strict" ? JunitFlavour::strict : JunitFlavour::rich;
}

void declare_known_issues(CLI::App& app, fs::path& file, const char* heading = "Options") {
  describe(app.add_option("--known-issues", file, "Yours, instead of expectations/known-issues.toml"), heading, "FILE");
}

void declare_what_is_booted(CLI::App& app, RawRun& raw, bool suites = true) {
  const char* heading = "What is booted";
  RunOptions& options = raw.run.options;
  if (suites)
    describe(app.add_option("--file", raw.run.file, "A run file: kernels x configs x suites and more"), heading,
             "FILE");
  describe(app.add_option("--kernel", raw.run.kernels, "What to boot, or to build and boot: see below"), heading,
           "KERNEL");
  describe(app.add_option("--append", options.append, "More kernel parameters"), heading, "PARAMETERS");
  if (suites) {
    describe(app.add_option("--rootfs", raw.rootfs, "busybox, debian:SUITE, dqib:DIR, an archive"), heading, "ROOTFS");
    describe(app.add_flag("--no-initramfs", options.no_initramfs, "The kernel mounts the disk itself"), heading);
  }
  describe(app.add_option("--add", raw.added, "A file of yours in our initramfs"), heading, "FILE:PATH");
  describe(app.add_option("--module", options.modules, "A kernel module, and what it needs"), heading, "NAME");
  describe(app.add_option("--modules", options.modules_dir, "The kernel's lib/modules/RELEASE"), heading, "DIR");
  describe(app.add_flag("--refresh", raw.run.refresh, "Ask for newer packages and sources"), heading);
  describe(app.add_option("--busybox", options.busybox, "host, a tarball, a tree, debian:SUITE/busybox"), heading,
           "BUSYBOX");
}

void declare_machine(CLI::App& app, RawRun& raw) {
  const char* heading = "The machine";
  RunOptions& options = raw.run.options;
  describe(app.add_option("--memory", raw.memory, "512M, 2G (default: the profile's)"), heading, "SIZE");
  describe(app.add_option("--cpus", options.cpus, "(default: the profile's)")->check(CLI::Range(1, 255)), heading, "N");
  describe(app.add_option("--accel", options.matrix.axes.accelerators, "auto (default): KVM where it proves to work")
               ->check(CLI::IsMember({"auto", "kvm", "tcg"})),
           heading, "auto|kvm|tcg");
  describe(app.add_option("--qemu", raw.run.qemu, "(default: qemu-system-x86_64)"), heading, "PROGRAM");
  describe(app.add_option("--qemu-arg", options.qemu_arguments, "One more, as --qemu-arg=-device"), heading,
           "ARGUMENT");
}

/// What becomes of a machine that fails.
void declare_inside(CLI::App& app, bool& keep_failed, bool& vmcore) {
  const char* heading = "When a case fails";
  describe(app.add_flag("--keep-failed", keep_failed, "Hold the first one's machine, to be entered"), heading);
  describe(app.add_flag("--vmcore", vmcore, "Save the guest's memory when its kernel crashes"), heading);
}

void declare_cases(CLI::App& app, RawRun& raw) {
  const char* heading = "Which cases";
  Execution& execution = raw.run.options.execution;
  describe(app.add_option("--filter", execution.selection.filters, "Cases: a name, a glob of SUITE/CASE or JOB/CASE"),
           heading, "GLOB");
  describe(app.add_option("--shard", raw.shard, "Part I of N; each case is in exactly one"), heading, "I/N");
  describe(app.add_option("--repeat", execution.repeats, "Each case N times")->check(CLI::Range(1, most_repeats)),
           heading, "N");
  describe(app.add_option("--retry", execution.retries, "N more attempts of what fails; a pass is flaky")
               ->check(CLI::Range(0, most_retries)),
           heading, "N");
  describe(app.add_flag("--fail-fast", execution.fail_fast, "End at the first failure"), heading);
  describe(app.add_option("--shuffle", execution.shuffle, "By chance (default: the longest case first)"), heading,
           "SEED");
}

void declare_side_by_side(CLI::App& app, RawRun& raw) {
  const char* heading = "Side by side";
  Execution& execution = raw.run.options.execution;
  describe(app.add_option("-j,--jobs", execution.machines, "Machines at once (default: as CPUs allow)")
               ->check(CLI::Range(1, 1024)),
           heading, "N");
  describe(app.add_option("--max-memory", raw.max_memory, "Of all machines together (default: what is free)"), heading,
           "SIZE");
  describe(app.add_option("--isolation", raw.isolation, "What a case starts on (default: clone)")
               ->check(CLI::IsMember({"clone", "boot"})),
           heading, "clone|boot");
}

void declare_verdict(CLI::App& app, RawRun& raw) {
  const char* heading = "The verdict";
  describe(app.add_option("--timeout-scale", raw.run.options.timeout_scale, "Multiplies every duration of a suite")
               ->check(CLI::Range(0.001, 1000.0)),
           heading, "X");
  describe(app.add_option("--max-skips", raw.run.max_skips, "More skipped cases are no success")
               ->check(CLI::NonNegativeNumber),
           heading, "N");
  describe(app.add_flag("--fail-on-flaky", raw.run.fail_on_flaky, "A flaky case is a failure"), heading);
  declare_known_issues(app, raw.run.known_issues, heading);
}

void declare_reports(CLI::App& app, RawRun& raw) {
  const char* heading = "Reports";
  describe(app.add_option("--out", raw.run.out, "Where runs are kept (default: bootgate-out)"), heading, "DIR");
  declare_junit(app, raw.run.junit, raw.flavour, "A second place for the JUnit file", heading);
  describe(app.add_option("--trace", raw.run.trace, "A timeline for ui.perfetto.dev or chrome://tracing"), heading,
           "FILE");
  describe(app.add_flag("-q,--quiet", raw.run.quiet, "Show only what failed, and the summary"), heading);
}

/// What a machine is made of.
void declare_machine_options(CLI::App& app, RawRun& raw) {
  app.add_option("suite", raw.run.suites, "Names, or files (default: boot)")->option_text("SUITE...");
  app.get_formatter()->column_width(30);
  declare_what_is_booted(app, raw);
  describe(app.add_option("--config", raw.configs, config_help), "How a kernel is built", "CONFIG");
  declare_build_options(app, raw.run.options.build, raw.run.options.kernel_org);
  declare_machine(app, raw);
}

/// The same for a command that starts one machine, and runs no cases on it.
void declare_one_machine(CLI::App& app, RawRun& raw) {
  declare_machine_options(app, raw);
  const char* heading = "Which machine";
  describe(app.add_option("--filter", raw.run.options.execution.selection.filters,
                          "Where there are several jobs: a glob of JOB/CASE"),
           heading, "GLOB");
  describe(app.add_flag("-q,--quiet", raw.run.quiet, "Show no progress"), heading);
}

constexpr const char* one_machine_footer =
    "The machine is that of the first job that `bootgate plan` shows for these\n"
    "options, without KERNEL that of the packaged kernel.\n";

void declare_run_options(CLI::App& app, RawRun& raw) {
  declare_machine_options(app, raw);
  declare_cases(app, raw);
  declare_inside(app, raw.run.keep_failed, raw.run.options.vmcore);
  declare_side_by_side(app, raw);
  declare_verdict(app, raw);
  declare_reports(app, raw);
}

std::optional<int> memory_option(const char* option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  auto memory = parse_mib(text);
  if (!memory) throw CLI::ValidationError(fmt::format("{} {}", option, text), "want a size like 512M or 2G");
  return memory;
}

RunArguments sorted_out(RawRun raw, const CLI::App& app) {
  RunOptions& options = raw.run.options;
  for (const std::string& text : raw.added) {
    auto added = parse_added_file(text);
    if (!added) throw CLI::ValidationError("--add " + text, "want FILE:PATH with an absolute PATH");
    options.added.push_back(*added);
  }
  if (!raw.rootfs.empty()) {
    auto rootfs = parse_rootfs_name(raw.rootfs);
    if (!rootfs) throw CLI::ValidationError("--rootfs", rootfs.error().what + "\n" + rootfs.error().hint);
    options.rootfs = *rootfs;
  }
  for (const std::string& config : raw.configs)
    options.configs.push_back(config_request(config));
  options.memory_mib = memory_option("--memory", raw.memory);
  options.execution.memory_mib = memory_option("--max-memory", raw.max_memory);
  options.execution.isolation = raw.isolation == "boot" ? Isolation::boot : Isolation::clone;
  if (!raw.shard.empty()) {
    auto shard = parse_shard(raw.shard);
    if (!shard) throw CLI::ValidationError("--shard " + raw.shard, "want I/N with 1 <= I <= N <= 1000, as in 2/3");
    shard->filters = std::move(options.execution.selection.filters);
    options.execution.selection = std::move(*shard);
  }
  raw.run.flavour = junit_flavour(raw.flavour);
  for (const CLI::Option* option : app.get_options())
    if (option->count() > 0) raw.run.given.insert(option->get_single_name());
  return raw.run;
}

// Each command keeps what its options write to until the parser calls it back.

void declare_run(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("run", "Boot a kernel and run suites on it");
  auto raw = std::make_shared<RawRun>();
  declare_run_options(*command, *raw);
  command->footer(
      fmt::format("KERNEL is one of the following, and may be given several times:\n"
                  "  debian                            the packaged kernel\n"
                  "  own                               that of the image that is booted\n"
                  "  arch/x86/boot/bzImage             an image\n"
                  "  .                                 a directory in which a kernel was built\n"
                  "{}"
                  "Without KERNEL and SUITE the packaged kernel is booted, while Linux 6.12 is\n"
                  "built with LLVM and Rust; then that is booted, and its Rust samples are tried.",
                  kernel_sources));
  command->callback([raw, command, &chosen] { chosen = sorted_out(*raw, *command); });
}

void declare_plan(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("plan", "Show what run would do");
  auto raw = std::make_shared<RawRun>();
  declare_run_options(*command, *raw);
  auto plan = std::make_shared<PlanArguments>();
  command->add_flag("--json", plan->json, "For programs");
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
  command->add_option("log", scan->logs, "Files, plain or compressed; - is standard input (the default)")
      ->option_text("LOG...");
  command->add_option("--vmlinux", scan->vmlinux, "Decodes stacks: the kernel's, with debug info")->option_text("FILE");
  command->add_option("--modules", scan->modules, "And those of its modules: lib/modules/RELEASE")->option_text("DIR");
  declare_known_issues(*command, scan->known_issues);
  command->add_flag("--json", scan->json, "For programs");
  declare_junit(*command, scan->junit, *flavour, "The reports as JUnit XML");
  command->add_flag("-q,--quiet", scan->quiet, "Show only logs with a failure, and the summary");
  command->footer(
      "A console is judged as in a run: crash reports are cut out, and titled.\n"
      "Exit status: 0 nothing was found, 1 a failure was, 2 usage, 3 a log can't be read.");
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
                  "Exit status: 0 the guest or you ended it, 3 QEMU failed, 130 interrupted.",
                  one_machine_footer));
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
                  "kernel needs debug info: --fragment gdb. The exit status is gdb's.",
                  one_machine_footer));
  command->callback([raw, gdb, command, &chosen] {
    gdb->run = sorted_out(*raw, *command);
    chosen = *gdb;
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
  describe(command->add_option("--root", *root, "The command's files: busybox (default), or this host's")
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

}  // namespace

Arguments parse_arguments(int argc, const char* const* argv) {
  CLI::App app("Boots Linux kernels in QEMU, and tells whether they work.", "bootgate");
  app.set_version_flag("--version", "bootgate " BOOTGATE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "The launcher ./bootgate also knows:\n"
      "  selftest [--quick]          Build and run the project's own tests\n"
      "  --yes, --no-install         Install missing packages unasked, or never\n\n"
      "Exit status: 0 all passed, 1 a case failed, 2 usage or definition,\n"
      "3 test bench, 130 interrupted.");

  Arguments chosen;
  declare_run(app, chosen);
  declare_plan(app, chosen);
  declare_build(app, chosen);
  declare_scan(app, chosen);
  declare_check(app, chosen);
  declare_doctor(app, chosen);
  declare_shell(app, chosen);
  declare_gdb(app, chosen);
  declare_replay(app, chosen);
  declare_exec(app, chosen);
  if (auto unknown = unknown_command(app, argc > 1 ? argv[1] : "-")) return EndArguments{2, *unknown};
  // What stands behind -- is another program's, to the letter: CLI11 would take words like "[a,b]" apart.
  const std::string_view name = argc > 1 ? argv[1] : "";
  const int ours = name == "gdb" || name == "exec"
                       ? static_cast<int>(std::find(argv, argv + argc, std::string_view("--")) - argv)
                       : argc;
  try {
    app.parse(ours, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    std::ostringstream text;
    app.exit(success, text, text);
    return EndArguments{0, text.str()};
  } catch (const CLI::ParseError& error) {
    return EndArguments{2,
                        fmt::format("bootgate: {}\n  see: bootgate {}--help\n", error.what(),
                                    app.get_subcommands().empty() ? "" : app.get_subcommands()[0]->get_name() + " ")};
  }
  if (auto* run = std::get_if<RunArguments>(&chosen)) run->words.assign(argv + 2, argv + argc);
  if (auto* gdb = std::get_if<GdbArguments>(&chosen); gdb && ours < argc)
    gdb->gdb_arguments.assign(argv + ours + 1, argv + argc);
  if (auto* exec = std::get_if<ExecArguments>(&chosen)) {
    if (ours + 1 >= argc)
      return EndArguments{2, "bootgate: no command\n  put it behind --: bootgate exec -- uname -r\n"};
    exec->words.assign(argv + ours + 1, argv + argc);
  }
  return chosen;
}

}  // namespace bootgate
