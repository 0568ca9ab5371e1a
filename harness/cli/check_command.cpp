#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/commands.hpp"
#include "harness/cli/definitions.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/request.hpp"
#include "harness/plan/run_file.hpp"

namespace bootgate {
namespace {

/// The run file's own mistakes, and those of the suites that it names.
int check_run_file(const std::string& file, const fs::path& known_issues) {
  RunArguments arguments;
  arguments.file = file;
  if (!known_issues.empty()) {
    arguments.known_issues = known_issues;
    arguments.given.insert("known-issues");
  }
  const Request request = read_request(std::move(arguments));
  print_warnings(request.definitions.warnings);
  print_warnings(request.warnings);
  if (!request.definitions.errors.empty()) return print_errors(request.definitions.errors);
  fmt::print("{}: {} job{}\n", file, request.combinations, request.combinations == 1 ? "" : "s");
  return 0;
}

int check_definitions(const std::vector<std::string>& suites, const fs::path& known_issues) {
  const Definitions definitions = read_definitions(suites, known_issues);
  print_warnings(definitions.warnings);
  if (!definitions.errors.empty()) return print_errors(definitions.errors);
  for (const Suite& suite : definitions.suites)
    fmt::print("{}: {} cases\n", suite.file.string(), suite.cases.size());
  fmt::print("{} signatures\nknown issues: {}\n{} expectations of Rust samples\n", definitions.signatures->rows.size(),
             definitions.signatures->known.size(), definitions.samples.size());
  return 0;
}

}  // namespace

int check_command(const CheckArguments& arguments) {
  std::vector<std::string> suites;
  int status = 0;
  for (const std::string& name : arguments.suites.empty() ? project_suites() : arguments.suites) {
    if (is_run_file(name))
      status = std::max(status, check_run_file(name, arguments.known_issues));
    else
      suites.push_back(name);
  }
  if (suites.empty() && !arguments.suites.empty()) return status;
  return std::max(status, check_definitions(suites, arguments.known_issues));
}

}  // namespace bootgate
