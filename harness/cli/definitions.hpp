// Everything that is written in TOML, read and checked before anything else happens.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "expectations/signatures.hpp"
#include "harness/plan/profile.hpp"
#include "harness/plan/read_sample.hpp"
#include "harness/plan/suite.hpp"

namespace bootgate {

struct Definitions {
  std::shared_ptr<const SignatureSet> signatures;
  std::vector<SampleExpectation> samples;
  std::vector<Profile> profiles;
  std::vector<Suite> suites;
  std::vector<Error> errors;
  std::vector<Error> warnings;
};

/// The project's signatures, and the known issues of this file; empty: the project's.
SignatureSet load_signatures(const fs::path& known_issues, std::vector<Error>& errors);

/// Reads the signatures, the samples' expectations, the profiles and these suites (by name or file).
Definitions read_definitions(const std::vector<std::string>& suites, const fs::path& known_issues);

/// The machine shapes that there are, for what is read before the definitions.
std::vector<std::string> profile_names();

/// The files of all suites of the project, sorted.
std::vector<std::string> project_suites();

}  // namespace bootgate
