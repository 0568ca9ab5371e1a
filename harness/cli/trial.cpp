#include "harness/cli/trial.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "harness/cli/host.hpp"
#include "harness/cli/watched_run.hpp"
#include "harness/gate/conditions.hpp"
#include "harness/support/sha256.hpp"
#include "reports/terminal.hpp"

namespace bootgate {
namespace {

std::string name_of(const fs::path& tree) {
  std::error_code none;
  const fs::path full = fs::canonical(tree, none);
  return full.filename() == ".git" ? full.parent_path().filename().string() : full.stem().string();
}

}  // namespace

void say(const std::string& what) {
  fmt::print(stderr, "bootgate: {}\n", what);
}

Trial::Trial(Request request, HostFacts host, std::string name, const std::optional<BuildLimits>& limits,
             const Store& store, std::stop_token stop)
    : request_(std::move(request)),
      host_(std::move(host)),
      tree_(std::move(name)),
      limits_(limits),
      store_(store),
      stop_(std::move(stop)) {
  for (const Suite& suite : request_.definitions.suites)
    conditions_ += sha256(read_file(suite.file).value_or(""));
  if (!request_.arguments.known_issues.empty())
    conditions_ += sha256(read_file(request_.arguments.known_issues).value_or(""));
  // The commit isn't among what a plan says of itself here.
  if (auto planned = plan({})) conditions_ += conditions_of(*planned, *request_.definitions.signatures);
}

tl::expected<Trial, std::vector<Error>> Trial::prepare(RunArguments arguments, const fs::path& tree,
                                                       const std::vector<std::string>& suites,
                                                       const std::optional<BuildLimits>& limits, const Store& store,
                                                       std::stop_token stop) {
  std::error_code none;
  const fs::path place = fs::canonical(tree, none);
  arguments.suites = suites;
  arguments.kernels = {"git:" + place.string() + "@HEAD"};
  Request request = read_request(std::move(arguments));
  if (!request.definitions.errors.empty()) return tl::unexpected(request.definitions.errors);
  print_warnings(request.definitions.warnings);
  Terminal display(terminal_options(STDERR_FILENO, request.arguments.quiet));
  auto host = probe_host(
      request.arguments, store, [&](const Event& event) { display.on(event); }, stop);
  if (!host) return tl::unexpected(std::vector<Error>{host.error()});
  Trial trial(std::move(request), std::move(*host), name_of(tree), limits, store, std::move(stop));
  // Mistakes such as a filter that matches nothing are the same for every commit.
  if (auto planned = trial.plan({}); !planned) return tl::unexpected(std::vector<Error>{planned.error()});
  return trial;
}

Result<Plan> Trial::plan(const TrialRequest& wanted) const {
  Request request = request_;
  RunOptions& options = request.arguments.options;
  // Jobs of one suite have the same name on every commit, which is how they are compared.
  options.kernels.front().text = tree_;
  options.kernels.front().ref = wanted.commit;
  if (!wanted.is_base) options.build.limits = limits_;
  options.build.limits_among_strangers = limits_.value_or(BuildLimits{});
  if (!wanted.filters.empty()) options.execution.selection.filters = wanted.filters;
  if (wanted.repeats > 0) options.execution.repeats = wanted.repeats;
  return plan_request(request, host_);
}

RunResult Trial::run(const Plan& plan, const std::string& what, const fs::path& directory) const {
  fmt::print("\n== {} ==\n", what);
  std::fflush(stdout);
  const Definitions& definitions = request_.definitions;
  return run_watched({{plan, store_, definitions.signatures, definitions.samples, directory, false, nullptr},
                      request_.arguments.quiet},
                     stop_);
}

RunResult Trial::run_unseen(const Plan& plan, const fs::path& directory) const {
  const Definitions& definitions = request_.definitions;
  return run_plan(
      {plan, store_, definitions.signatures, definitions.samples, directory, false, nullptr}, [](const Event&) {},
      stop_);
}

Result<LeftOut> Trial::build(const Plan& plan, const std::string& what) const {
  Terminal display(terminal_options(STDERR_FILENO, request_.arguments.quiet));
  const EmitEvent emit = [&](const Event& event) { display.on(event); };
  emit(Progress{what});
  LeftOut left_out;
  for (const PlannedKernel& kernel : plan.kernels) {
    auto supplied = supply_kernel(kernel, {plan, store_, false}, emit, stop_);
    if (!supplied) return tl::unexpected(supplied.error());
    left_out.insert(supplied->image.left_out.begin(), supplied->image.left_out.end());
  }
  return left_out;
}

}  // namespace bootgate
