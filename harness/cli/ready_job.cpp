#include "harness/cli/ready_job.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "harness/cli/host.hpp"
#include "harness/run/sample_job.hpp"
#include "reports/terminal.hpp"

namespace bootgate {
namespace {

/// The first one that this host can run.
Result<std::size_t> choose_job(const Plan& plan) {
  for (std::size_t i = 0; i < plan.jobs.size(); ++i) {
    if (!plan.jobs[i].skip_reason.empty()) continue;
    if (plan.jobs.size() > 1)
      fmt::print(stderr, "bootgate: {} of {} jobs; another one: --filter 'JOB/*'\n", plan.jobs[i].name,
                 plan.jobs.size());
    return i;
  }
  return bench_error(fmt::format("this host can't run {}: {}", plan.jobs.front().name, plan.jobs.front().skip_reason));
}

}  // namespace

Request read_machine_request(RunArguments arguments) {
  // Without a word nothing is built; an image is booted with its own kernel.
  const auto& rootfs = arguments.options.rootfs;
  const bool on_image = rootfs && is_image(*rootfs);
  if (!arguments.file && arguments.kernels.empty() && arguments.suites.empty() && !on_image)
    arguments.kernels = {"debian"};
  return read_request(std::move(arguments));
}

Result<ReadyJob> make_ready(const Request& request, std::stop_token stop) {
  Terminal display(terminal_options(STDERR_FILENO, request.arguments.quiet));
  EmitEvent emit = [&](const Event& event) { display.on(event); };
  auto store = Store::open();
  if (!store) return tl::unexpected(store.error());
  auto host = probe_host(request.arguments, *store, emit, stop);
  if (!host) return tl::unexpected(host.error());
  auto planned = plan_request(request, *host);
  if (!planned) return tl::unexpected(planned.error());
  auto plan = std::make_unique<const Plan>(std::move(*planned));
  auto index = choose_job(*plan);
  if (!index) return tl::unexpected(index.error());
  Job job = plan->jobs[*index];
  auto kernel = supply_kernel(plan->kernels[job.kernel_index], {*plan, *store, request.arguments.refresh}, emit, stop);
  if (!kernel) return tl::unexpected(kernel.error());
  if (job.suite.samples) job.suite = with_samples(job.suite, kernel->samples, request.definitions.samples);
  auto files =
      make_boot_files(job, plan->options, *kernel, *store, fixture_options(request.arguments.refresh, emit, stop));
  if (!files) return tl::unexpected(files.error());
  JobInputs inputs{*plan,
                   std::move(job),
                   *index,
                   std::move(*files),
                   {},
                   request.definitions.signatures,
                   [](const Event&) {},
                   std::move(stop)};
  return ReadyJob{std::move(plan), std::move(inputs)};
}

}  // namespace bootgate
