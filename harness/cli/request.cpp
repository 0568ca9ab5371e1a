#include "harness/cli/request.hpp"

namespace bootgate {

Request read_request(const RunArguments& arguments) {
  std::vector<std::string> kernels = arguments.kernels, suites = arguments.suites;
  const bool defaults = kernels.empty() && suites.empty();
  if (defaults) suites = {"boot", "rust"};
  if (suites.empty()) suites = {"boot"};
  if (kernels.empty())
    kernels = defaults ? std::vector<std::string>{"debian", default_source} : std::vector<std::string>{"debian"};
  Request request{arguments.options, read_definitions(suites, arguments.known_issues)};
  request.options.defaults = defaults;
  for (const std::string& text : kernels) {
    auto name = parse_kernel_name(text);
    if (name)
      request.options.kernels.push_back(std::move(*name));
    else
      request.definitions.errors.push_back(name.error());
  }
  if (auto checked = check_toolchain_name(request.options.build.toolchain); !checked)
    request.definitions.errors.push_back(checked.error());
  return request;
}

}  // namespace bootgate
