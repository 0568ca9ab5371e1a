#include "harness/run/job_facts.hpp"

#include <fmt/format.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <cstdlib>

#include "harness/support/data.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// Bytes of what is booted: how a kernel grows from night to night.
void add_size(Facts& facts, const char* name, const fs::path& file) {
  std::error_code failure;
  const auto size = fs::file_size(file, failure);
  if (!failure) facts.emplace_back(name, std::to_string(size));
}

/// A suite that stands nowhere but in a file of the user's.
std::string suite_word(const Suite& suite) {
  std::error_code none;
  const fs::path file = fs::absolute(suite.file, none);
  const bool ours = suite.file.empty() || file.parent_path() == data_root() / "suites";
  return ours ? suite.name : file.string();
}

/// `bisect` takes what a suite has, kernels that are built and machines; what a run adds to a guest it doesn't.
bool bisect_can_boot(const RunOptions& options, const Job& job) {
  const std::vector<std::string>& profiles = job.suite.profiles;
  return !options.rootfs && !options.no_initramfs && !options.modules_dir && options.modules.empty() &&
         options.added.empty() && options.busybox.empty() &&
         std::find(profiles.begin(), profiles.end(), job.profile.name) != profiles.end();
}

}  // namespace

std::optional<std::string> trial_options(const Plan& plan, const Job& job) {
  const RunOptions& options = plan.options;
  if (!bisect_can_boot(options, job)) return std::nullopt;
  std::string words;
  auto say = [&](const char* option, std::string_view value) {
    words += fmt::format(" {} {}", option, shell_quoted(value));
  };
  say("--suite", suite_word(job.suite));
  if (job.builds && job.config != config_name(ConfigRequest{})) say("--config", job.config);
  for (const std::string& symbol : options.build.config.symbols)
    say("--set", symbol);
  if (options.build.toolchain != KernelRequest{}.toolchain) say("--toolchain", options.build.toolchain);
  if (!options.build.llvm) words += " --gcc";
  for (const std::string& parameters : options.append)
    say("--append", parameters);
  if (options.memory_mib) say("--memory", fmt::format("{}M", *options.memory_mib));
  if (options.cpus) say("--cpus", std::to_string(*options.cpus));
  for (const std::string& argument : options.qemu_arguments)
    words += " " + shell_quoted("--qemu-arg=" + argument);
  const auto& accelerators = options.matrix.axes.accelerators;
  const bool asked_for =
      std::any_of(accelerators.begin(), accelerators.end(), [](const std::string& one) { return one != "auto"; });
  if (asked_for || job.accelerator.kind != plan.host.accelerator.kind) say("--accel", to_string(job.accelerator.kind));
  const double scale = job.time_scale / (job.accelerator.kind == Accelerator::Kind::tcg ? tcg_time_scale : 1);
  if (scale != 1) say("--timeout-scale", fmt::format("{:g}", scale));
  return words.substr(1);
}

Facts facts_of(const Guest& guest) {
  Facts facts;
  auto phase = [&](const char* name, const std::optional<Duration>& at) {
    if (at) facts.emplace_back(name, format_seconds(*at));
  };
  phase("time.first_byte", guest.phases().first_byte);
  phase("time.kernel", guest.phases().kernel);
  phase("time.init", guest.phases().init);
  phase("time.login", guest.phases().login);
  facts.emplace_back("console.bytes", std::to_string(guest.console().bytes()));
  return facts;
}

Facts facts_of(const JobInputs& inputs, const Boot& boot) {
  const KernelImage& kernel = inputs.files.kernel;
  const Job& job = inputs.job;
  Facts facts{{"kernel.release", kernel.release},
              {"kernel.version", kernel.version},
              {"kernel.origin", kernel.origin},
              {"kernel.file", kernel.image.string()},
              {"kernel.sha256", kernel.sha256}};
  facts.insert(facts.end(), inputs.files.facts.begin(), inputs.files.facts.end());
  auto fact = [&](std::string name, std::string value) { facts.emplace_back(std::move(name), std::move(value)); };
  if (inputs.files.initramfs) fact("initramfs.sha256", inputs.files.initramfs->sha256);
  add_size(facts, "size.kernel", kernel.image);
  if (inputs.files.initramfs) add_size(facts, "size.initramfs", inputs.files.initramfs->file);
  fact("qemu.version", inputs.plan.host.qemu_version);
  fact("accelerator", std::string(to_string(job.accelerator.kind)));
  fact("accelerator.reason", job.accelerator.reason);
  fact("profile", job.profile.name);
  fact("machine", fmt::format("{}, {} CPU, {} MiB", job.profile.machine, job.profile.cpus, job.profile.memory_mib));
  fact("kernel.command_line", boot.spec().kernel_command_line);
  fact("nonce", boot.nonce());
  if (auto options = trial_options(inputs.plan, job)) fact("bisect.options", std::move(*options));
  fact("time_scale", fmt::format("{}", job.time_scale));
  double load = 0;
  if (::getloadavg(&load, 1) == 1) fact("host.load", fmt::format("{:.2f}", load));
  fact("host.cpus", std::to_string(::get_nprocs()));
  return facts;
}

}  // namespace bootgate
