// to_json(Plan): what `bootgate plan --json` prints for programs.
#include <algorithm>

#include "fixtures/kconfig/recipe.hpp"
#include "harness/plan/plan.hpp"

namespace bootgate {
namespace {

template <class Text>
Json texts_json(const std::vector<Text>& texts) {
  Json::Array items;
  for (const Text& text : texts)
    items.push_back(text);
  return items;
}

Json or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
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
                      {"during", the_case.during == Case::During::boot ? "boot" : "booted"},
                      {"required", the_case.required},
                      {"requires", needs},
                      {"allow", texts_json(the_case.allow)},
                      {"taint", the_case.taint},
                      {"steps", steps}};
}

Json config_json(const KernelRequest& request) {
  return Json::Object{{"name", config_name(request.config)},
                      {"symbols", texts_json(request.config.symbols)},
                      {"needs", texts_json(request.config.needs)},
                      {"rust_samples", request.rust_samples},
                      {"llvm", request.llvm},
                      {"toolchain", request.toolchain}};
}

Json job_json(const Job& job, const PlannedKernel& kernel, const std::vector<std::string>& command) {
  Json::Array cases;
  for (const Case& the_case : job.suite.cases)
    cases.push_back(case_json(the_case));
  return Json::Object{{"name", job.name},
                      {"suite", job.suite.name},
                      {"suite_file", job.suite.file.string()},
                      {"kernel", job.kernel},
                      {"config", job.builds ? config_json(kernel.request) : Json()},
                      {"busybox", kernel.busybox},
                      {"rootfs", job.rootfs.text},
                      {"profile", job.profile.name},
                      {"cpus", job.profile.cpus},
                      {"memory_mib", job.profile.memory_mib},
                      {"accelerator", std::string(to_string(job.accelerator.kind))},
                      {"accelerator_reason", job.accelerator.reason},
                      {"skip_reason", or_null(job.skip_reason)},
                      {"time_scale", job.time_scale},
                      {"silence_ms", milliseconds(job.suite.silence)},
                      {"limit_ms", milliseconds(job.suite.limit)},
                      {"samples", job.suite.samples},
                      {"all_cases", static_cast<std::int64_t>(std::max(job.seen.all, job.suite.cases.size()))},
                      {"qemu_command", texts_json(command)},
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

Json execution_json(const Execution& execution) {
  auto number = [](const std::optional<int>& value) { return value ? Json(*value) : Json(); };
  return Json::Object{{"isolation", execution.isolation == Isolation::clone ? "clone" : "boot"},
                      {"machines", number(execution.machines)},
                      {"memory_mib", number(execution.memory_mib)},
                      {"filters", texts_json(execution.selection.filters)},
                      {"shard", execution.selection.shard},
                      {"shards", execution.selection.shards},
                      {"retries", execution.retries},
                      {"repeats", execution.repeats},
                      {"fail_fast", execution.fail_fast},
                      {"shuffle", execution.shuffle ? Json(std::to_string(*execution.shuffle)) : Json()}};
}

}  // namespace

Json to_json(const Plan& plan, const PlannedCommands& commands) {
  Json::Array jobs;
  const std::vector<std::string> none;
  for (std::size_t i = 0; i < plan.jobs.size(); ++i) {
    const Job& job = plan.jobs[i];
    jobs.push_back(job_json(job, plan.kernels.at(job.kernel_index), commands.empty() ? none : commands.at(i)));
  }
  return Json::Object{{"qemu", plan.host.qemu.string()},
                      {"qemu_version", plan.host.qemu_version},
                      {"accelerator", std::string(to_string(plan.host.accelerator.kind))},
                      {"accelerator_reason", plan.host.accelerator.reason},
                      {"options", options_json(plan.options)},
                      {"execution", execution_json(plan.options.execution)},
                      {"all_cases", static_cast<std::int64_t>(plan.all_cases)},
                      {"excluded", texts_json(plan.excluded)},
                      {"left_out", texts_json(plan.left_out)},
                      {"jobs", jobs}};
}

}  // namespace bootgate
