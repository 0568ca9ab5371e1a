#include <fmt/format.h>

#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/replayed_run.hpp"
#include "harness/cli/saved_request.hpp"
#include "reports/reported_case.hpp"

namespace bootgate {

int replay_command(const ReplayArguments& arguments) {
  auto run = find_run(arguments.run, arguments.out);
  if (!run) return print_errors({run.error()});
  auto request = read_saved_request(*run);
  if (!request) return print_errors({request.error()});
  auto cases = read_reported_cases(*run / "junit.xml");
  if (!cases) return print_errors({cases.error()});
  auto the_case = find_case(*cases, arguments.case_name);
  if (!the_case) return print_errors({the_case.error()});
  auto again = replayed_run(*request, *the_case);
  if (!again) return print_errors({again.error()});
  again->out = run->parent_path();
  again->keep_failed = again->keep_failed || arguments.keep_failed;
  again->options.vmcore = again->options.vmcore || arguments.vmcore;
  again->quiet = arguments.quiet;
  std::error_code failure;
  fs::current_path(request->directory, failure);
  if (failure)
    return print_errors(
        {usage_error(fmt::format("the directory that the run was started in is gone: {}", request->directory.string()))
             .value()});
  return run_command(*again);
}

}  // namespace bootgate
