#include "harness/plan/plan.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace bootgate {
namespace {

/// A word that may be a directory's name: what is no letter or digit becomes "_".
std::string word(std::string_view text) {
  std::string name;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    name += plain ? c : '_';
  }
  return name.empty() || name.starts_with('.') ? "_" + name : name;
}

Profile shaped(Profile profile, const RunOptions& options) {
  profile.memory_mib = options.memory_mib.value_or(profile.memory_mib);
  profile.cpus = options.cpus.value_or(profile.cpus);
  return profile;
}

std::string job_name(const Job& job) {
  return fmt::format("{}-{}-{}-{}-{}", word(job.suite.name), word(fs::path(job.kernel).filename().string()),
                     word(fs::path(job.rootfs).filename().string()), word(job.profile.name), to_string(job.accelerator.kind));
}

/// Two suites of one name, or two kernels of one file name, must not share a directory.
void make_names_unique(std::vector<Job>& jobs) {
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const std::string plain = jobs[i].name;
    auto taken = [&](const std::string& name) {
      return std::any_of(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(i), [&](const Job& job) { return job.name == name; });
    };
    for (int number = 2; taken(jobs[i].name); ++number) jobs[i].name = fmt::format("{}-{}", plain, number);
  }
}

Json needs_json(const Case& the_case) {
  Json::Array needs;
  for (const Requirement& need : the_case.needs) needs.push_back(need.text);
  return needs;
}

Json case_json(const Case& the_case) {
  Json::Array steps;
  for (const Step& step : the_case.steps) steps.push_back(describe(step));
  return Json::Object{{"name", the_case.name},
                      {"description", the_case.description},
                      {"during", the_case.during == Case::During::boot ? "boot" : "booted"},
                      {"requires", needs_json(the_case)},
                      {"steps", steps}};
}

}  // namespace

std::string_view to_string(Accelerator::Kind kind) { return kind == Accelerator::Kind::kvm ? "kvm" : "tcg"; }

Plan make_plan(std::vector<Suite> suites, const std::vector<Profile>& profiles, RunOptions options, HostFacts host) {
  Plan plan;
  const double accelerator_scale = host.accelerator.kind == Accelerator::Kind::tcg ? tcg_time_scale : 1;
  for (Suite& suite : suites) {
    for (const std::string& name : suite.profiles) {
      auto profile = std::find_if(profiles.begin(), profiles.end(), [&](const Profile& p) { return p.name == name; });
      if (profile == profiles.end()) continue;
      Job job;
      job.suite = suite;
      job.kernel = options.kernel;
      job.rootfs = options.rootfs.empty() ? suite.rootfs : options.rootfs;
      job.profile = shaped(*profile, options);
      job.accelerator = host.accelerator;
      job.time_scale = accelerator_scale * options.timeout_scale;
      job.name = job_name(job);
      plan.jobs.push_back(std::move(job));
    }
  }
  make_names_unique(plan.jobs);
  plan.options = std::move(options);
  plan.host = std::move(host);
  return plan;
}

std::string describe(const Plan& plan) {
  std::string text = fmt::format("QEMU {}, {}: {}\n", plan.host.qemu_version, to_string(plan.host.accelerator.kind),
                                 plan.host.accelerator.reason);
  for (const Job& job : plan.jobs) {
    text += fmt::format("\n{}\n  kernel {}, rootfs {}, profile {} ({} CPU, {} MiB), times x {}\n", job.name, job.kernel,
                        job.rootfs, job.profile.name, job.profile.cpus, job.profile.memory_mib, job.time_scale);
    for (const Case& the_case : job.suite.cases) {
      text += fmt::format("  {:<7} {:<20} {}\n", the_case.during == Case::During::boot ? "boot" : "booted", the_case.name,
                          the_case.description);
      for (const Requirement& need : the_case.needs) text += fmt::format("  {:<7} {:<20} needs {}\n", "", "", need.text);
    }
  }
  return text;
}

Json to_json(const Plan& plan) {
  Json::Array jobs;
  for (const Job& job : plan.jobs) {
    Json::Array cases;
    for (const Case& the_case : job.suite.cases) cases.push_back(case_json(the_case));
    jobs.push_back(Json::Object{{"name", job.name},
                                {"suite", job.suite.name},
                                {"kernel", job.kernel},
                                {"rootfs", job.rootfs},
                                {"profile", job.profile.name},
                                {"cpus", job.profile.cpus},
                                {"memory_mib", job.profile.memory_mib},
                                {"accelerator", std::string(to_string(job.accelerator.kind))},
                                {"time_scale", job.time_scale},
                                {"cases", cases}});
  }
  return Json::Object{{"qemu", plan.host.qemu.string()},
                      {"qemu_version", plan.host.qemu_version},
                      {"accelerator_reason", plan.host.accelerator.reason},
                      {"jobs", jobs}};
}

}  // namespace bootgate
