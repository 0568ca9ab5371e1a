#include "harness/cli/request.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fixtures/kconfig/recipe.hpp"
#include "harness/cli/resolver.hpp"
#include "harness/plan/run_file.hpp"
#include "harness/plan/selection.hpp"
#include "harness/run/exec_files.hpp"
#include "harness/support/data.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

void name_defaults(RunArguments& arguments) {
  const auto& rootfs = arguments.options.rootfs;
  const bool on_image = rootfs && is_image(*rootfs);
  const bool defaults = arguments.kernels.empty() && arguments.suites.empty() && !on_image;
  arguments.options.defaults = defaults;
  if (arguments.suites.empty()) arguments.suites = {on_image ? "debian" : "boot"};
  if (!defaults) return;
  arguments.kernels = {"debian"};
  arguments.suites.emplace_back("rust");
  arguments.kernels.emplace_back(default_source);
}

/// An axis of the command line takes the place of the file's, in its rows as well.
void keep_axis(Matrix& matrix, std::vector<std::string> AxisValues::*axis) {
  (matrix.axes.*axis).clear();
  for (AxisValues& row : matrix.included)
    (row.*axis).clear();
}

void take_axes(RunArguments& arguments, RunFile& file) {
  RunOptions& options = arguments.options;
  AxisValues given = std::move(options.matrix.axes);
  options.matrix = std::move(file.matrix);
  for (const auto& [option, axis] :
       {std::pair{"accel", &AxisValues::accelerators}, {"profile", &AxisValues::profiles}}) {
    if (!arguments.given.contains(option)) continue;
    keep_axis(options.matrix, axis);
    options.matrix.axes.*axis = std::move(given.*axis);
  }
  if (arguments.given.contains("suite")) {
    keep_axis(options.matrix, &AxisValues::suites);
  } else {
    for (const fs::path& suite : file.suites)
      arguments.suites.push_back(suite.string());
  }
  if (arguments.given.contains("kernel"))
    keep_axis(options.matrix, &AxisValues::kernels);
  else
    options.kernels = std::move(file.kernels);
  if (arguments.given.contains("config"))
    keep_axis(options.matrix, &AxisValues::configs);
  else
    options.configs = std::move(file.configs);
}

void take_options(RunArguments& arguments, RunFile& file) {
  auto take = [&](const char* option, auto& to, auto& from) {
    if (from && !arguments.given.contains(option)) to = std::move(*from);
  };
  RunOptions& options = arguments.options;
  take("append", options.append, file.append);
  take("module", options.modules, file.modules);
  take("fragment", options.build.config.fragments, file.fragments);
  take("set", options.build.config.symbols, file.symbols);
  take("toolchain", options.build.toolchain, file.toolchain);
  take("add", options.added, file.added);
  take("rootfs", options.rootfs, file.rootfs);
  take("memory", options.memory_mib, file.memory_mib);
  take("cpus", options.cpus, file.cpus);
  take("timeout-scale", options.timeout_scale, file.timeout_scale);
  take("filter", options.execution.selection.filters, file.filters);
  take("retry", options.execution.retries, file.retries);
  take("repeat", options.execution.repeats, file.repeats);
  take("isolation", options.execution.isolation, file.isolation);
  take("fail-fast", options.execution.fail_fast, file.fail_fast);
  take("fail-on-flaky", arguments.fail_on_flaky, file.fail_on_flaky);
  take("max-skips", arguments.max_skips, file.max_skips);
  take("known-issues", arguments.known_issues, file.known_issues);
}

void check_configs(const RunOptions& options, std::vector<Error>& errors) {
  const fs::path fragments = data_root() / "fixtures/kconfig";
  std::vector<ConfigRequest> configs = options.configs;
  if (configs.empty()) configs = {ConfigRequest{}};
  for (const ConfigRequest& config : configs)
    if (auto recipe = read_config_recipe(with_more(config, options.build.config), fragments); !recipe)
      errors.push_back(recipe.error());
}

void check_profiles(const RunOptions& options, Definitions& definitions) {
  std::vector<std::string> known;
  for (const Profile& profile : definitions.profiles)
    known.push_back(profile.name);
  for (const std::string& name : options.matrix.axes.profiles) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = did_you_mean(name, known);
    definitions.errors.push_back(usage_error(fmt::format("--profile: there is no '{}'", printable(name)),
                                             near.empty() ? "fixtures/profiles.toml has them all" : near)
                                     .value());
  }
}

/// Of a run that names none: an image is booted with its own.
std::string default_kernel(const RunOptions& options, const std::vector<Suite>& suites) {
  const bool images = std::all_of(suites.begin(), suites.end(),
                                  [&](const Suite& suite) { return is_image(options.rootfs.value_or(suite.rootfs)); });
  return images && !suites.empty() ? "own" : "debian";
}

void name_kernels(const RunArguments& arguments, RunOptions& options, std::vector<Error>& errors) {
  for (const std::string& text : arguments.kernels) {
    auto name = parse_kernel_name(text);
    if (name)
      options.kernels.push_back(std::move(*name));
    else
      errors.push_back(name.error());
  }
}

/// Rows of a run file may lose their meaning by the command line; of the file alone each must have one.
void check_matrix(Request& request) {
  const RunOptions& options = request.arguments.options;
  const std::vector<std::string> configs = config_names(options);
  const Crossing crossing =
      cross({request.definitions.suites, options.kernels, configs, options.matrix, options.defaults, ""});
  request.combinations = crossing.combinations.size();
  if (crossing.combinations.empty())
    request.definitions.errors.push_back({Error::Kind::definition, "nothing is left to boot: all is excluded",
                                          options.matrix.axes.at, "remove an [[exclude]], or let it name more axes"});
  for (const char* axis : {"suite", "kernel", "config", "profile", "accel"})
    if (request.arguments.given.contains(axis)) return;
  for (const SourcePos& row : crossing.idle)
    request.warnings.push_back({Error::Kind::definition, "no combination is changed by this row", row,
                                "remove it, or let it name fewer axes"});
}

bool some_case_resolves(const std::vector<Suite>& suites) {
  auto resolves = [](const Requirement& need) { return need.subject == Requirement::Subject::resolver; };
  return std::any_of(suites.begin(), suites.end(), [&](const Suite& suite) {
    return std::any_of(suite.cases.begin(), suite.cases.end(), [&](const Case& the_case) {
      return std::any_of(the_case.needs.begin(), the_case.needs.end(), resolves);
    });
  });
}

}  // namespace

Request read_request(RunArguments arguments) {
  Request request;
  Definitions& definitions = request.definitions;
  if (arguments.file) {
    RunFileReading reading = read_run_file(*arguments.file, profile_names());
    definitions.errors = std::move(reading.errors);
    request.arguments = std::move(arguments);
    if (!definitions.errors.empty()) return request;
    take_axes(request.arguments, reading.run_file);
    take_options(request.arguments, reading.run_file);
  } else {
    name_defaults(arguments);
    request.arguments = std::move(arguments);
  }
  definitions = read_definitions(request.arguments.suites, request.arguments.known_issues);
  RunOptions& options = request.arguments.options;
  if (!request.arguments.file && request.arguments.kernels.empty())
    request.arguments.kernels = {default_kernel(options, definitions.suites)};
  name_kernels(request.arguments, options, definitions.errors);
  for (KernelName& kernel : options.kernels)
    if (auto known = request.arguments.commits.find(kernel.text); known != request.arguments.commits.end())
      kernel.commit = known->second;
  check_profiles(options, definitions);
  check_configs(options, definitions.errors);
  if (auto checked = check_toolchain_name(options.build.toolchain); !checked)
    definitions.errors.push_back(checked.error());
  if (request.arguments.file && definitions.errors.empty()) check_matrix(request);
  return request;
}

Request read_exec_request(const ExecArguments& arguments) {
  Request request;
  request.arguments = arguments.run;
  if (request.arguments.kernels.empty()) request.arguments.kernels = {"debian"};
  RunOptions& options = request.arguments.options;
  if (arguments.hosts_files) options.build.config.needs = host_root_symbols();
  Definitions& definitions = request.definitions;
  definitions.signatures = std::make_shared<SignatureSet>(load_signatures({}, definitions.errors));
  definitions.profiles = read_profiles(data_root() / "fixtures/profiles.toml", definitions.errors);
  Suite suite;
  suite.name = "exec";
  suite.profiles = {"initrd-only"};
  definitions.suites = {std::move(suite)};
  name_kernels(request.arguments, options, definitions.errors);
  check_profiles(options, definitions);
  check_configs(options, definitions.errors);
  if (auto checked = check_toolchain_name(options.build.toolchain); !checked)
    definitions.errors.push_back(checked.error());
  return request;
}

Result<Plan> plan_request(const Request& request, HostFacts host) {
  const Definitions& definitions = request.definitions;
  if (some_case_resolves(definitions.suites)) host.no_resolver = resolver_obstacle();
  return select_jobs(make_plan(definitions.suites, definitions.profiles, request.arguments.options, std::move(host)));
}

}  // namespace bootgate
