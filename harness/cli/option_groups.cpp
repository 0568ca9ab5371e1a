#include "harness/cli/option_groups.hpp"

#include <fmt/format.h>

#include <charconv>

#include "fixtures/kconfig/recipe.hpp"
#include "harness/support/size.hpp"

namespace bootgate {
namespace {

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

}  // namespace

const char* const kernel_sources =
    "  ~/linux, tree:.                   a source tree, built elsewhere\n"
    "  git:REPOSITORY@REF                a commit of a local or remote repository\n"
    "  linux-6.12.tar.xz, https://...    a tarball\n"
    "  kernel.org/6.12.107               a release\n"
    "  debian:trixie/linux-source-6.12   Debian's packaged source\n";

void describe(CLI::Option* option, const char* heading, const char* value) {
  option->group(heading)->allow_extra_args(false);
  if (*value) option->option_text(value);
}

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
                   const char* heading) {
  describe(app.add_option("--junit", file, what), heading, "FILE");
  describe(app.add_option("--junit-flavour", flavour, "strict validates against junit-10.xsd")
               ->check(CLI::IsMember({"rich", "strict"})),
           heading, "rich|strict");
}

JunitFlavour junit_flavour(const std::string& name) {
  return name == "strict" ? JunitFlavour::strict : JunitFlavour::rich;
}

void declare_known_issues(CLI::App& app, fs::path& file, const char* heading) {
  describe(app.add_option("--known-issues", file, "Yours, instead of expectations/known-issues.toml"), heading, "FILE");
}

void declare_what_is_booted(CLI::App& app, RawRun& raw, bool suites) {
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
  describe(app.add_option("--profile", options.matrix.axes.profiles, "A shape of fixtures/profiles.toml"), heading,
           "NAME");
  describe(app.add_option("--memory", raw.memory, "512M, 2G (default: the profile's)"), heading, "SIZE");
  describe(app.add_option("--cpus", options.cpus, "(default: the profile's)")->check(CLI::Range(1, 255)), heading, "N");
  describe(app.add_option("--accel", options.matrix.axes.accelerators, "auto (default): KVM where it proves to work")
               ->check(CLI::IsMember({"auto", "kvm", "tcg"})),
           heading, "auto|kvm|tcg");
  describe(app.add_option("--qemu", raw.run.qemu, "(default: qemu-system-x86_64)"), heading, "PROGRAM");
  describe(app.add_option("--qemu-arg", options.qemu_arguments, "One more, as --qemu-arg=-device"), heading,
           "ARGUMENT");
}

void declare_inside(CLI::App& app, bool& keep_failed, bool& vmcore) {
  const char* heading = "When a case fails";
  describe(app.add_flag("--keep-failed", keep_failed, "Hold the first one's machine, to be entered"), heading);
  describe(app.add_flag("--vmcore", vmcore, "Save the guest's memory when its kernel crashes"), heading);
}

void declare_machine_options(CLI::App& app, RawRun& raw) {
  app.add_option("suite", raw.run.suites, "Names, or files (default: boot)")->option_text("SUITE...");
  app.get_formatter()->column_width(30);
  declare_what_is_booted(app, raw);
  describe(app.add_option("--config", raw.configs, config_help), "How a kernel is built", "CONFIG");
  declare_build_options(app, raw.run.options.build, raw.run.options.kernel_org);
  declare_machine(app, raw);
}

void declare_one_machine(CLI::App& app, RawRun& raw) {
  declare_machine_options(app, raw);
  const char* heading = "Which machine";
  describe(app.add_option("--filter", raw.run.options.execution.selection.filters,
                          "Where there are several jobs: a glob of JOB/CASE"),
           heading, "GLOB");
  describe(app.add_flag("-q,--quiet", raw.run.quiet, "Show no progress"), heading);
}

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

}  // namespace bootgate
