#include "harness/cli/request.hpp"

#include "fixtures/kconfig/recipe.hpp"
#include "harness/plan/selection.hpp"
#include "harness/support/data.hpp"

namespace bootgate {
namespace {

void name_defaults(RunArguments& arguments) {
  const bool defaults = arguments.kernels.empty() && arguments.suites.empty();
  arguments.options.defaults = defaults;
  if (arguments.suites.empty()) arguments.suites = {"boot"};
  if (arguments.kernels.empty()) arguments.kernels = {"debian"};
  if (!defaults) return;
  arguments.suites.emplace_back("rust");
  arguments.kernels.emplace_back(default_source);
}

void check_configs(const RunOptions& options, std::vector<Error>& errors) {
  const fs::path fragments = data_root() / "fixtures/kconfig";
  std::vector<std::string> configs = options.configs;
  if (configs.empty()) configs = {config_name(ConfigRequest{})};
  for (const std::string& config : configs)
    if (auto recipe = read_config_recipe(with_more(config_request(config), options.build.config), fragments); !recipe)
      errors.push_back(recipe.error());
}

}  // namespace

Request read_request(RunArguments arguments) {
  name_defaults(arguments);
  Request request{std::move(arguments), {}};
  RunOptions& options = request.arguments.options;
  request.definitions = read_definitions(request.arguments.suites, request.arguments.known_issues);
  std::vector<Error>& errors = request.definitions.errors;
  for (const std::string& text : request.arguments.kernels) {
    auto name = parse_kernel_name(text);
    if (name)
      options.kernels.push_back(std::move(*name));
    else
      errors.push_back(name.error());
  }
  check_configs(options, errors);
  if (auto checked = check_toolchain_name(options.build.toolchain); !checked) errors.push_back(checked.error());
  return request;
}

Result<Plan> plan_request(const Request& request, HostFacts host) {
  const Definitions& definitions = request.definitions;
  return select_jobs(make_plan(definitions.suites, definitions.profiles, request.arguments.options, std::move(host)));
}

}  // namespace bootgate
