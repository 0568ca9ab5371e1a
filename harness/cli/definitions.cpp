#include "harness/cli/definitions.hpp"

#include <algorithm>

#include "harness/plan/read_suite.hpp"
#include "harness/support/data.hpp"

namespace bootgate {

namespace {

template <class Reading>
void take_messages(Definitions& definitions, const Reading& reading) {
  definitions.errors.insert(definitions.errors.end(), reading.errors.begin(), reading.errors.end());
  definitions.warnings.insert(definitions.warnings.end(), reading.warnings.begin(), reading.warnings.end());
}

}  // namespace

Definitions read_definitions(const std::vector<std::string>& suites) {
  Definitions definitions;
  SignatureSet signatures = read_signatures(data_root() / "expectations/signatures", definitions.errors);
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
