#include "harness/cli/definitions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/plan/read_suite.hpp"
#include "harness/plan/run_file.hpp"
#include "harness/support/data.hpp"
#include "harness/support/text.hpp"

namespace bootgate {

namespace {

template <class Reading>
void take_messages(Definitions& definitions, const Reading& reading) {
  definitions.errors.insert(definitions.errors.end(), reading.errors.begin(), reading.errors.end());
  definitions.warnings.insert(definitions.warnings.end(), reading.warnings.begin(), reading.warnings.end());
}

}  // namespace

SignatureSet load_signatures(const fs::path& known_issues, std::vector<Error>& errors) {
  const fs::path expectations = data_root() / "expectations";
  SignatureSet set = read_signatures(expectations / "signatures", errors);
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  set.known =
      read_known_issues(known_issues.empty() ? expectations / "known-issues.toml" : known_issues, today, errors);
  return set;
}

std::vector<std::string> profile_names() {
  std::vector<Error> told_later;  // by read_definitions
  std::vector<std::string> names;
  for (const Profile& profile : read_profiles(data_root() / "fixtures/profiles.toml", told_later))
    names.push_back(profile.name);
  return names;
}

Definitions read_definitions(const std::vector<std::string>& suites, const fs::path& known_issues) {
  Definitions definitions;
  SignatureSet signatures = load_signatures(known_issues, definitions.errors);
  for (const KnownIssue& issue : signatures.known)
    if (issue.expired)
      definitions.warnings.push_back({Error::Kind::definition, fmt::format("expired: {}", describe(issue)), issue.at,
                                      "remove it, or give it a later date; what it is about fails again"});
  definitions.profiles = read_profiles(data_root() / "fixtures/profiles.toml", definitions.errors);
  SampleReading samples = read_samples(data_root() / "expectations/rust_samples");
  take_messages(definitions, samples);
  definitions.samples = std::move(samples.expectations);
  KnownNames known;
  for (const Signature& signature : signatures.rows)
    known.signatures.push_back(signature.id);
  for (const Profile& profile : definitions.profiles)
    known.profiles.push_back(profile.name);
  definitions.signatures = std::make_shared<SignatureSet>(std::move(signatures));

  for (const std::string& name : suites) {
    auto file = find_suite(name);
    if (!file) {
      definitions.errors.push_back(file.error());
      continue;
    }
    if (is_run_file(*file)) {
      definitions.errors.push_back({Error::Kind::usage, fmt::format("{} is a run file, and no suite", file->string()),
                                    std::nullopt,
                                    fmt::format("run it: bootgate run --file {}", shell_quoted(file->string()))});
      continue;
    }
    SuiteReading reading = read_suite(*file, known);
    take_messages(definitions, reading);
    definitions.suites.push_back(std::move(reading.suite));
  }
  return definitions;
}

std::vector<std::string> project_suites() {
  std::vector<std::string> files;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(data_root() / "suites", failure))
    if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace bootgate
