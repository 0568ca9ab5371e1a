#include "harness/cli/replayed_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

std::string in_suite(const ReportedCase& the_case) {
  return the_case.suite + "/" + the_case.name;
}

std::string in_job(const ReportedCase& the_case) {
  return the_case.job + "/" + the_case.name;
}

/// Every name that a case of the run goes by, in the form that was asked in.
std::vector<std::string> names_of(std::span<const ReportedCase> cases, bool with_slash) {
  std::vector<std::string> names;
  for (const ReportedCase& the_case : cases) {
    if (with_slash) names.insert(names.end(), {in_suite(the_case), in_job(the_case)});
    if (!with_slash) names.push_back(the_case.name);
  }
  return names;
}

/// A glob that matches this text alone.
std::string glob_quoted(std::string_view text) {
  std::string glob;
  for (char c : text) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) glob += '\\';
    glob += c;
  }
  return glob;
}

}  // namespace

Result<ReportedCase> find_case(std::span<const ReportedCase> cases, const std::string& name) {
  std::vector<ReportedCase> found, failed;
  for (const ReportedCase& the_case : cases) {
    if (name != the_case.name && name != in_suite(the_case) && name != in_job(the_case)) continue;
    found.push_back(the_case);
    if (the_case.failed) failed.push_back(the_case);
  }
  if (found.empty())
    return usage_error(fmt::format("the run has no case '{}'", printable(name)),
                       did_you_mean(name, names_of(cases, name.find('/') != std::string::npos)));
  if (failed.size() == 1) return failed.front();
  if (found.size() == 1) return found.front();
  std::vector<std::string> names;
  for (const ReportedCase& the_case : failed.empty() ? found : failed)
    names.push_back(in_job(the_case));
  return usage_error(fmt::format("'{}' is a case of several jobs", printable(name)),
                     fmt::format("name one of\n{}", fmt::join(names, "\n")));
}

Result<RunArguments> replayed_run(const SavedRequest& request, const ReportedCase& the_case) {
  std::vector<const char*> words{"bootgate", "run"};
  for (const std::string& word : request.words)
    words.push_back(word.c_str());
  const Arguments parsed = parse_arguments(static_cast<int>(words.size()), words.data());
  if (const auto* end = std::get_if<EndArguments>(&parsed))
    return usage_error("this bootgate does not know the options of that run", std::string(trimmed(end->text)));
  auto arguments = std::get<RunArguments>(parsed);
  arguments.commits = request.commits;
  Execution& execution = arguments.options.execution;
  const bool of_job = the_case.name == build_case || the_case.name == clean_end_case;
  execution.selection = {{glob_quoted(the_case.job) + "/" + (of_job ? "*" : glob_quoted(the_case.name))}, 1, 1};
  execution.repeats = 1;
  execution.retries = 0;
  execution.fail_fast = false;
  // Nor does a run file say otherwise.
  arguments.given.insert({"filter", "repeat", "retry", "fail-fast"});
  arguments.refresh = false;
  arguments.max_skips.reset();
  arguments.given.insert("max-skips");
  arguments.junit.reset();
  arguments.trace.reset();
  return arguments;
}

}  // namespace bootgate
