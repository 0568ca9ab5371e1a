#include "harness/plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

constexpr std::size_t page_width = 80;
constexpr const char* default_busybox_source = "debian:trixie/busybox";

/// A word of a directory's name: what is no letter, digit or dot becomes "_", so that "-" stands between words only.
std::string word(std::string_view text) {
  constexpr std::size_t longest = 50;  // five of them stay below NAME_MAX
  std::string name;
  for (char c : text.substr(0, longest)) {
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
                     word(fs::path(job.rootfs).filename().string()), word(job.profile.name),
                     to_string(job.accelerator.kind));
}

PlannedKernel planned_kernel(const KernelName& name, const RunOptions& options) {
  PlannedKernel planned{name, options.build, options.busybox};
  if (planned.busybox.empty()) planned.busybox = is_source(name) ? default_busybox_source : "host";
  return planned;
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

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

/// At most `most` characters of valid UTF-8, the last three of them dots when it was more.
std::string cut(std::string text, std::size_t most) {
  if (width(text) <= most) return text;
  while (width(text) > most - 3 || continues_character(text.back()))
    text.pop_back();
  return text + "...";
}

/// The same, but it is the end that is kept: that of a path says more.
std::string cut_front(std::string text, std::size_t most) {
  if (width(text) <= most) return text;
  while (width(text) > most - 3 || continues_character(text.front()))
    text.erase(0, 1);
  return "..." + text;
}

/// Lines of whole words, from the second one on indented.
std::string paragraph(const std::string& text) {
  constexpr std::size_t indent = 2;
  const std::string broken = wrapped(text, page_width - indent, indent);
  std::string lines;
  for (std::string_view line : split(broken, '\n'))
    lines += cut(std::string(line), page_width) + "\n";
  return lines;
}

std::string row(std::string_view label, std::string_view value) {
  return fmt::format("  {:<8} {}\n", label, cut_front(printable(value), page_width - 11));
}

std::string_view during(const Case& the_case) {
  return the_case.during == Case::During::boot ? "boot" : "booted";
}

std::string describe(const Case& the_case) {
  auto line = [](std::string text) { return cut(std::move(text), page_width) + "\n"; };
  std::string text =
      line(fmt::format("  {:<8} {:<20} {}", during(the_case), the_case.name, printable(the_case.description)));
  for (const Requirement& need : the_case.needs)
    text += line(fmt::format("  {:<8} {:<20} needs {}", "", "", printable(need.text)));
  return text;
}

/// "lean + debug + what cases need, LLVM, toolchain auto".
std::string build_text(const KernelRequest& request) {
  std::string text = request.config.base;
  for (const std::string& more : request.config.fragments)
    text += " + " + more;
  for (const std::string& more : request.config.symbols)
    text += " + " + more;
  for (const std::string& symbol : request.config.needs)
    text += " + " + symbol;
  if (request.rust_samples) text += " + Rust samples";
  return text + fmt::format(", {}, toolchain {}", request.llvm ? "LLVM" : "GCC", request.toolchain);
}

std::string describe(const Job& job, const PlannedKernel& kernel) {
  const Profile& profile = job.profile;
  std::string text = fmt::format("\n{}\n", cut(job.name, page_width));
  text += row("kernel", job.kernel);
  if (is_source(kernel.name)) text += row("config", build_text(kernel.request));
  text += row("rootfs", job.rootfs);
  text += row("profile", fmt::format("{}: {} CPU{}, {} MiB", profile.name, profile.cpus, profile.cpus > 1 ? "s" : "",
                                     profile.memory_mib));
  text += row("times", fmt::format("x {:.3g}, {} in all", job.time_scale,
                                   format_duration(scaled(job.suite.limit, job.time_scale))));
  for (const Case& the_case : job.suite.cases)
    text += describe(the_case);
  if (job.suite.samples) text += row("samples", "a case for each Rust sample that the kernel's tree has");
  return text;
}

template <class Text>
Json texts_json(const std::vector<Text>& texts) {
  Json::Array items;
  for (const Text& text : texts)
    items.push_back(text);
  return items;
}

Json milliseconds(Duration duration) {
  return std::int64_t{duration.count()};
}

Json case_json(const Case& the_case) {
  Json::Array needs, steps;
  for (const Requirement& need : the_case.needs)
    needs.push_back(need.text);
  for (const Step& step : the_case.steps)
    steps.push_back(
        Json::Object{{"what", describe(step)}, {"line", step.at.line}, {"within_ms", milliseconds(step.within)}});
  return Json::Object{{"name", the_case.name},
                      {"description", the_case.description},
                      {"during", std::string(during(the_case))},
                      {"required", the_case.required},
                      {"requires", needs},
                      {"allow", texts_json(the_case.allow)},
                      {"taint", the_case.taint},
                      {"steps", steps}};
}

Json job_json(const Job& job, const PlannedKernel& kernel) {
  Json::Array cases;
  for (const Case& the_case : job.suite.cases)
    cases.push_back(case_json(the_case));
  return Json::Object{{"name", job.name},
                      {"suite", job.suite.name},
                      {"suite_file", job.suite.file.string()},
                      {"kernel", job.kernel},
                      {"config", is_source(kernel.name) ? Json(build_text(kernel.request)) : Json()},
                      {"busybox", kernel.busybox},
                      {"rootfs", job.rootfs},
                      {"profile", job.profile.name},
                      {"cpus", job.profile.cpus},
                      {"memory_mib", job.profile.memory_mib},
                      {"accelerator", std::string(to_string(job.accelerator.kind))},
                      {"time_scale", job.time_scale},
                      {"silence_ms", milliseconds(job.suite.silence)},
                      {"limit_ms", milliseconds(job.suite.limit)},
                      {"samples", job.suite.samples},
                      {"cases", cases}};
}

Json options_json(const RunOptions& options) {
  Json::Array added;
  for (const InitramfsFile& file : options.added)
    added.push_back(Json::Object{{"source", file.source.string()}, {"target", file.target}});
  return Json::Object{{"modules_dir", options.modules_dir ? Json(options.modules_dir->string()) : Json()},
                      {"modules", texts_json(options.modules)},
                      {"added", added},
                      {"append", texts_json(options.append)},
                      {"qemu_arguments", texts_json(options.qemu_arguments)}};
}

}  // namespace

std::string_view to_string(Accelerator::Kind kind) {
  return kind == Accelerator::Kind::kvm ? "kvm" : "tcg";
}

Plan make_plan(std::vector<Suite> suites, const std::vector<Profile>& profiles, RunOptions options, HostFacts host) {
  Plan plan;
  const double accelerator_scale = host.accelerator.kind == Accelerator::Kind::tcg ? tcg_time_scale : 1;
  for (const KernelName& kernel : options.kernels) {
    PlannedKernel planned = planned_kernel(kernel, options);
    for (const Suite& suite : suites) {
      if (options.defaults && suite.samples && !is_source(kernel)) continue;
      ask_for(suite, planned.request);
      for (const std::string& name : suite.profiles) {
        auto profile = std::find_if(profiles.begin(), profiles.end(), [&](const Profile& p) { return p.name == name; });
        // Leaving a job out in silence would be a pass of something never run.
        assert(profile != profiles.end());
        Job job;
        job.suite = suite;
        job.kernel = kernel.text;
        job.kernel_index = plan.kernels.size();
        job.builds = is_source(kernel);
        job.rootfs = options.rootfs.empty() ? suite.rootfs : options.rootfs;
        job.profile = shaped(*profile, options);
        job.accelerator = host.accelerator;
        job.time_scale = accelerator_scale * options.timeout_scale;
        job.name = job_name(job);
        plan.jobs.push_back(std::move(job));
      }
    }
    plan.kernels.push_back(std::move(planned));
  }
  make_names_unique(plan.jobs);
  plan.options = std::move(options);
  plan.host = std::move(host);
  return plan;
}

std::string describe(const Plan& plan) {
  const HostFacts& host = plan.host;
  std::string text = paragraph(fmt::format("QEMU {}, {}: {}", printable(host.qemu_version),
                                           to_string(host.accelerator.kind), printable(host.accelerator.reason)));
  for (const Job& job : plan.jobs)
    text += describe(job, plan.kernels.at(job.kernel_index));
  return text;
}

Json to_json(const Plan& plan) {
  Json::Array jobs;
  for (const Job& job : plan.jobs)
    jobs.push_back(job_json(job, plan.kernels.at(job.kernel_index)));
  return Json::Object{{"qemu", plan.host.qemu.string()},
                      {"qemu_version", plan.host.qemu_version},
                      {"accelerator", std::string(to_string(plan.host.accelerator.kind))},
                      {"accelerator_reason", plan.host.accelerator.reason},
                      {"options", options_json(plan.options)},
                      {"jobs", jobs}};
}

}  // namespace bootgate
