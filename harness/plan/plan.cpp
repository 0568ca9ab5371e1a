#include "harness/plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "fixtures/kconfig/recipe.hpp"

namespace bootgate {
namespace {

constexpr const char* default_busybox_source = "debian:trixie/busybox";

/// A word of a directory's name: what is no letter, digit or dot becomes "_", so that "-" stands between words only.
std::string word(std::string_view text) {
  constexpr std::size_t longest = 45;  // five of them and an accelerator stay below NAME_MAX
  std::string name;
  for (char c : text.substr(0, longest)) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    name += plain ? c : '_';
  }
  return name.empty() || name.starts_with('.') ? "_" + name : name;
}

std::string file_word(const std::string& path) {
  return word(fs::path(path).filename().string());
}

Profile shaped(Profile profile, const RunOptions& options) {
  profile.memory_mib = options.memory_mib.value_or(profile.memory_mib);
  profile.cpus = options.cpus.value_or(profile.cpus);
  // Where the kernel leaves its notes for who reads its memory (docs/specs/vmcoreinfo.rst of QEMU).
  if (options.vmcore) profile.devices.emplace_back("vmcoreinfo");
  return profile;
}

/// Of each part of a config that is a file only the file's name.
std::string config_word(const ConfigRequest& config) {
  ConfigRequest names;
  names.base = fs::path(config.base).filename().string();
  for (const std::string& fragment : config.fragments)
    names.fragments.push_back(fs::path(fragment).filename().string());
  return word(config_name(names));
}

/// What a suite needs of a kernel that is built for it.
void ask_for(const Suite& suite, KernelRequest& request) {
  request.rust_samples = request.rust_samples || suite.samples;
  std::vector<std::string>& needs = request.config.needs;
  for (const Case& the_case : suite.cases)
    for (const Requirement& need : the_case.needs)
      if (need.subject == Requirement::Subject::config &&
          std::find(needs.begin(), needs.end(), need.name) == needs.end())
        needs.push_back(need.name);
}

/// Two suites of one name, or two kernels of one file name, must not share a directory.
void make_names_unique(std::vector<Job>& jobs) {
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const std::string plain = jobs[i].name;
    auto taken = [&](const std::string& name) {
      return std::any_of(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(i),
                         [&](const Job& job) { return job.name == name; });
    };
    for (int number = 2; taken(jobs[i].name); ++number)
      jobs[i].name = fmt::format("{}-{}", plain, number);
  }
}

/// Turns combinations into jobs, and into the kernels that they boot.
class Planner {
 public:
  Planner(const std::vector<Suite>& suites, const std::vector<Profile>& profiles, RunOptions options, HostFacts host)
      : suites_(suites), profiles_(profiles) {
    if (options.configs.empty()) options.configs = {ConfigRequest{}};
    config_names_ = config_names(options);
    plan_.options = std::move(options);
    plan_.host = std::move(host);
  }

  Plan plan() {
    const RunOptions& options = plan_.options;
    const MatrixInputs inputs{suites_,        options.kernels,  config_names_,
                              options.matrix, options.defaults, std::string(to_string(plan_.host.accelerator.kind))};
    const Crossing crossing = cross(inputs);
    for (const Combination& combination : crossing.combinations)
      add(combination, inputs);
    make_names_unique(plan_.jobs);
    for (const Combination& combination : crossing.excluded) {
      std::string name = job(combination).name;
      if (std::find(plan_.excluded.begin(), plan_.excluded.end(), name) == plan_.excluded.end())
        plan_.excluded.push_back(std::move(name));
    }
    for (std::size_t i = 0; i < plan_.jobs.size(); ++i) {
      plan_.jobs[i].number = i;
      plan_.all_cases += plan_.jobs[i].suite.cases.size();
    }
    return std::move(plan_);
  }

 private:
  struct SameKernel {
    std::size_t kernel;
    std::string config;
    std::string image;
    bool operator==(const SameKernel&) const = default;
  };

  struct Same {
    std::size_t kernel;
    std::size_t suite;
    std::string profile;
    Accelerator::Kind accelerator;
    bool operator==(const Same&) const = default;
  };

  void add(const Combination& combination, const MatrixInputs& inputs) {
    Job made = job(combination);
    made.kernel_index = planned_kernel(combination, made.rootfs);
    // `auto` and what it means here are the same job.
    const Same same{made.kernel_index, combination.suite, combination.profile, made.accelerator.kind};
    if (std::find(made_.begin(), made_.end(), same) != made_.end()) return;
    made_.push_back(same);
    KernelRequest& request = plan_.kernels[made.kernel_index].request;
    ask_for(made.suite, request);
    if (is_image(made.rootfs)) request.config.whole_system = true;
    for (const TimeoutRow& row : plan_.options.matrix.timeouts) {
      if (!matches(row.where, combination, inputs)) continue;
      made.time_scale *= row.scale;
      made.suite.limit = row.limit.value_or(made.suite.limit);
    }
    plan_.jobs.push_back(std::move(made));
  }

  ConfigRequest config(const Combination& combination) const {
    auto name = std::find(config_names_.begin(), config_names_.end(), combination.config);
    assert(name != config_names_.end());
    const auto place = static_cast<std::size_t>(name - config_names_.begin());
    return with_more(plan_.options.configs[place], plan_.options.build.config);
  }

  std::size_t planned_kernel(const Combination& combination, const RootfsName& rootfs) {
    const KernelName& name = plan_.options.kernels[combination.kernel];
    const RootfsName image = name.kind == KernelName::Kind::own ? rootfs : RootfsName{};
    const SameKernel key{combination.kernel, combination.config, image.text};
    auto found = std::find(kernels_.begin(), kernels_.end(), key);
    if (found != kernels_.end()) return static_cast<std::size_t>(found - kernels_.begin());
    kernels_.push_back(key);
    PlannedKernel planned{name, plan_.options.build, plan_.options.busybox, image};
    if (planned.busybox.empty()) planned.busybox = is_source(name) ? default_busybox_source : "host";
    if (is_source(name)) planned.request.config = config(combination);
    plan_.kernels.push_back(std::move(planned));
    return kernels_.size() - 1;
  }

  void accelerate(Job& job, const std::string& asked_for) const {
    const HostFacts& host = plan_.host;
    const std::string& of_profile = job.profile.accelerator;
    const std::string& wanted = asked_for == "auto" && !of_profile.empty() ? of_profile : asked_for;
    job.accelerator = host.accelerator;
    if (wanted != "auto" && wanted != to_string(host.accelerator.kind))
      job.accelerator = {wanted == "kvm" ? Accelerator::Kind::kvm : Accelerator::Kind::tcg,
                         wanted == asked_for ? "asked for" : "the profile's"};
    if (!of_profile.empty() && wanted != of_profile)
      job.skip_reason =
          fmt::format("the profile {} is made for {}, and {} was asked for", job.profile.name, of_profile, wanted);
    else if (job.accelerator.kind == Accelerator::Kind::kvm)
      job.skip_reason = host.no_kvm;
    job.time_scale =
        (job.accelerator.kind == Accelerator::Kind::tcg ? tcg_time_scale : 1) * plan_.options.timeout_scale;
  }

  Job job(const Combination& combination) const {
    const RunOptions& options = plan_.options;
    auto profile = std::find_if(profiles_.begin(), profiles_.end(),
                                [&](const Profile& p) { return p.name == combination.profile; });
    // Leaving a job out in silence would be a pass of something never run.
    assert(profile != profiles_.end());
    const KernelName& kernel = options.kernels[combination.kernel];
    Job job;
    job.suite = suites_[combination.suite];
    job.kernel = kernel.text;
    job.builds = is_source(kernel);
    job.rootfs = options.rootfs.value_or(job.suite.rootfs);
    job.profile = shaped(*profile, options);
    accelerate(job, combination.accelerator);
    std::string config_part;
    if (job.builds) {
      const ConfigRequest wanted = config(combination);
      job.config = config_name(wanted);
      if (options.configs.size() > 1 || job.config != config_name(ConfigRequest{}))
        config_part = config_word(wanted) + "-";
    }
    job.name = fmt::format("{}-{}-{}{}-{}-{}", word(job.suite.name), file_word(job.kernel), config_part,
                           file_word(job.rootfs.text), word(job.profile.name), to_string(job.accelerator.kind));
    return job;
  }

  const std::vector<Suite>& suites_;
  const std::vector<Profile>& profiles_;
  Plan plan_;
  std::vector<std::string> config_names_;
  std::vector<SameKernel> kernels_;  // of each in the plan
  std::vector<Same> made_;
};

}  // namespace

std::string_view to_string(Accelerator::Kind kind) {
  return kind == Accelerator::Kind::kvm ? "kvm" : "tcg";
}

std::vector<std::string> config_names(const RunOptions& options) {
  std::vector<std::string> names;
  for (const ConfigRequest& config : options.configs)
    names.push_back(config_name(config));
  return names;
}

Plan make_plan(std::vector<Suite> suites, const std::vector<Profile>& profiles, RunOptions options, HostFacts host) {
  return Planner(suites, profiles, std::move(options), std::move(host)).plan();
}

std::vector<std::string> boot_cases_of(const Plan& plan) {
  std::vector<std::string> names;
  for (const Job& job : plan.jobs)
    for (const Case& the_case : job.suite.cases)
      if (the_case.during == Case::During::boot) names.push_back(the_case.name);
  return names;
}

}  // namespace bootgate
