#include "harness/cli/arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace bootgate {
namespace {

/// What options of the command line are before they are checked and sorted into RunArguments.
struct RawRun {
  RunArguments run;
  std::vector<std::string> added;
  std::vector<std::string> append;
  std::string memory;
  std::string flavour = "rich";
};

std::optional<AddedFile> parse_added(const std::string& text) {
  std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size() || text[colon + 1] != '/')
    return std::nullopt;
  return AddedFile{text.substr(0, colon), text.substr(colon + 1)};
}

/// "512M", "2G", or mebibytes without a unit.
std::optional<int> parse_memory(const std::string& text) {
  std::size_t digits = text.find_first_not_of("0123456789");
  std::string number = text.substr(0, digits), unit = digits == std::string::npos ? "M" : text.substr(digits);
  if (number.empty() || number.size() > 6) return std::nullopt;
  int value = std::stoi(number);
  if (unit == "G" || unit == "g")
    value *= 1024;
  else if (unit != "M" && unit != "m")
    return std::nullopt;
  return value > 0 ? std::optional(value) : std::nullopt;
}

void declare_run_options(CLI::App& app, RawRun& raw) {
  RunOptions& options = raw.run.options;
  app.add_option("suite", options.suites, "Suites, by name or file (default: boot)")->capture_default_str();
  app.add_option("--kernel", options.kernel, "debian (the packaged one), or a bzImage")->group("What is booted");
  app.add_option("--rootfs", options.rootfs, "An initramfs of your own: FILE.cpio[.gz|.zst|.xz]")
      ->group("What is booted");
  app.add_option("--module", options.modules, "A kernel module for the initramfs, with what it needs")
      ->group("What is booted");
  app.add_option("--modules", options.modules_dir, "The lib/modules/RELEASE tree of the kernel")
      ->group("What is booted");
  app.add_option("--add", raw.added, "FILE:PATH: a file of yours in the initramfs")->group("What is booted");
  app.add_option("--append", raw.append, "More kernel parameters")->group("What is booted")->allow_extra_args(false);
  app.add_flag("--refresh", raw.run.refresh, "Ask apt again for the packaged kernel")->group("What is booted");
  app.add_option("--memory", raw.memory, "Of the machine: 512M, 2G (default: the profile's)")->group("The machine");
  app.add_option("--cpus", options.cpus, "Of the machine (default: the profile's)")
      ->check(CLI::Range(1, 255))
      ->group("The machine");
  app.add_option("--accel", raw.run.accelerator, "auto, kvm or tcg")
      ->check(CLI::IsMember({"auto", "kvm", "tcg"}))
      ->group("The machine");
  app.add_option("--qemu", raw.run.qemu, "The QEMU program")->group("The machine");
  app.add_option("--qemu-arg", options.qemu_arguments, "One more argument for QEMU, as --qemu-arg=-device")
      ->group("The machine")
      ->allow_extra_args(false);
  app.add_option("--timeout-scale", options.timeout_scale, "Multiplies every duration of a suite")
      ->check(CLI::Range(0.001, 1000.0))
      ->group("The verdict");
  app.add_option("--max-skips", raw.run.max_skips, "More skipped cases than this are no success")
      ->check(CLI::NonNegativeNumber)
      ->group("The verdict");
  app.add_option("--out", raw.run.out, "Where runs leave their directories")->group("Reports")->capture_default_str();
  app.add_option("--junit", raw.run.junit, "A second place for the JUnit file")->group("Reports");
  app.add_option("--junit-flavour", raw.flavour, "rich, or strict (junit-10.xsd)")
      ->check(CLI::IsMember({"rich", "strict"}))
      ->group("Reports");
  app.add_flag("-q,--quiet", raw.run.quiet, "Show only what failed, and the summary")->group("Reports");
}

/// The message of the first option that is wrong, or nothing.
std::optional<std::string> sort_out(RawRun& raw) {
  RunOptions& options = raw.run.options;
  for (const std::string& text : raw.added) {
    auto added = parse_added(text);
    if (!added) return fmt::format("--add {}: want FILE:PATH with an absolute PATH", text);
    options.added.push_back(*added);
  }
  options.append = raw.append;
  if (!raw.memory.empty()) {
    options.memory_mib = parse_memory(raw.memory);
    if (!options.memory_mib) return fmt::format("--memory {}: want a size like 512M or 2G", raw.memory);
  }
  raw.run.flavour = raw.flavour == "strict" ? JunitFlavour::strict : JunitFlavour::rich;
  return std::nullopt;
}

}  // namespace

Arguments parse_arguments(int argc, const char* const* argv) {
  CLI::App app("Boots Linux kernels in QEMU, and tells whether they work.", "bootgate");
  app.set_version_flag("--version", "bootgate " BOOTGATE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Also, by the launcher: ./bootgate selftest runs the project's own tests.\n"
      "Exit status: 0 all passed, 1 a case failed, 2 usage or definition, 3 test bench, 130 interrupted.");

  RawRun run, plan;
  PlanArguments plan_arguments;
  CheckArguments check;
  CLI::App* run_command = app.add_subcommand("run", "Boot a kernel and run suites on it");
  declare_run_options(*run_command, run);
  CLI::App* plan_command = app.add_subcommand("plan", "Show what run would do");
  declare_run_options(*plan_command, plan);
  plan_command->add_flag("--json", plan_arguments.json, "For programs");
  CLI::App* check_command = app.add_subcommand("check", "Validate suites and signatures, without a machine");
  check_command->add_option("suite", check.suites, "Suites, by name or file (default: all of the project)");
  CLI::App* doctor_command = app.add_subcommand("doctor", "What this host has and lacks, and what mends it");

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    std::ostringstream text;
    app.exit(success, text, text);
    return EndArguments{0, text.str()};
  } catch (const CLI::ParseError& error) {
    return EndArguments{2,
                        fmt::format("bootgate: {}\n  see: bootgate {}--help\n", error.what(),
                                    app.get_subcommands().empty() ? "" : app.get_subcommands()[0]->get_name() + " ")};
  }
  RawRun& raw = plan_command->parsed() ? plan : run;
  if (auto mistake = sort_out(raw)) return EndArguments{2, fmt::format("bootgate: {}\n", *mistake)};
  if (run_command->parsed()) return run.run;
  if (plan_command->parsed()) {
    plan_arguments.run = plan.run;
    return plan_arguments;
  }
  if (doctor_command->parsed()) return DoctorArguments{};
  return check;
}

}  // namespace bootgate
