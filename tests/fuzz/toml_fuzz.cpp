// Any file may be given as a suite, as a run file, as signatures, as known issues, as profiles or as the expectation of
// a sample: it is read, or its mistakes are told.
#include <algorithm>

#include "expectations/known_issues.hpp"
#include "expectations/signatures.hpp"
#include "harness/plan/profile.hpp"
#include "harness/plan/read_sample.hpp"
#include "harness/plan/read_suite.hpp"
#include "harness/plan/run_file.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

void check_errors(const std::vector<Error>& errors) {
  for (const Error& error : errors) {
    require(!error.what.empty(), "a mistake is told");
    (void)render(error);
    (void)one_line(error);
  }
}

void check(std::string_view text) {
  static const TempDir dir;
  const fs::path file = dir.file("fuzz.toml", text);
  const SuiteReading suite = read_suite(file, {{"initrd-only"}, {"oops"}});
  check_errors(suite.errors);
  check_errors(suite.warnings);
  if (suite.errors.empty()) require(!suite.suite.name.empty(), "a good suite has a name");
  check_errors(read_run_file(file, {"initrd-only"}).errors);
  std::vector<Error> errors;
  (void)read_signatures(dir.path(), errors);
  (void)read_known_issues(file, 2026y / 11 / 23, errors);
  (void)read_profiles(file, errors);
  check_errors(errors);
  const SampleReading sample = read_samples(dir.path());
  check_errors(sample.errors);
}

}  // namespace
}  // namespace bootgate

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  bootgate::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
