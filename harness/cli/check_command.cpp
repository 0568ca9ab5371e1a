#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/commands.hpp"
#include "harness/cli/definitions.hpp"
#include "harness/cli/host.hpp"

namespace bootgate {

int check_command(const CheckArguments& arguments) {
  Definitions definitions =
      read_definitions(arguments.suites.empty() ? project_suites() : arguments.suites, arguments.known_issues);
  for (Error warning : definitions.warnings) {
    warning.what = "warning: " + warning.what;
    fmt::print(stderr, "{}\n", one_line(warning));
  }
  if (!definitions.errors.empty()) return print_errors(definitions.errors);
  for (const Suite& suite : definitions.suites)
    fmt::print("{}: {} cases\n", suite.file.string(), suite.cases.size());
  fmt::print("{} signatures\nknown issues: {}\n{} expectations of Rust samples\n", definitions.signatures->rows.size(),
             definitions.signatures->known.size(), definitions.samples.size());
  return 0;
}

}  // namespace bootgate
