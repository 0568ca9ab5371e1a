// The samples of expectations/samples: consoles with the reports that they must give, which stand above them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "expectations/signature_watch.hpp"

namespace bootgate {

/// The project's own signatures.
std::shared_ptr<const SignatureSet> shipped_signatures();

struct Sample {
  std::string notes;  // lines that begin with "# ": who prints it
  std::string head;   // then, up to the first empty line: see summary()
  std::string console;
};

Sample read_sample(const fs::path& file);

/// The samples, sorted by name.
std::vector<fs::path> sample_files();

/// A name for the test of a sample.
std::string sample_test_name(const testing::TestParamInfo<fs::path>& info);

/// The reports of a console that is at its end, by the project's signatures or others.
std::vector<CrashReport> reports_of(std::string_view console,
                                    std::shared_ptr<const SignatureSet> signatures = shipped_signatures());

/// What a report is told by, as it stands in the head of a sample.
std::string summary(const CrashReport& report);

}  // namespace bootgate
