// Every kind of mistake, and what is said about it: bad/NAME.toml and bad/NAME.expected.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/support/data.hpp"
#include "tests/plan/reading.hpp"
#include "tests/support/update.hpp"

namespace bootgate {
namespace {

std::vector<std::string> bad_suites() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator("."))
    if (entry.path().extension() == ".toml") names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string diagnosis(const std::string& name) {
  SuiteReading reading = read_suite(name, known_names());
  std::string text;
  for (const Error& error : reading.errors)
    text += render(error);
  for (const Error& warning : reading.warnings)
    text += "warning: " + one_line(warning) + "\n";
  return text;
}

/// Works in bad/, so that messages name files without a directory.
class BadSuites : public testing::Test {
 protected:
  void SetUp() override { fs::current_path(data_root() / "tests/plan/bad"); }
  void TearDown() override { fs::current_path(before_); }
  fs::path before_ = fs::current_path();
};

TEST_F(BadSuites, AreDiagnosedAsExpected) {
  ASSERT_GT(bad_suites().size(), 10u);
  for (const std::string& name : bad_suites()) {
    fs::path expected = fs::path(name).replace_extension(".expected");
    std::string found = diagnosis(name);
    EXPECT_NE(found, "") << name << " is a good suite";
    if (update_expected) {
      ASSERT_TRUE(write_file_atomically(expected, found));
    }
    EXPECT_EQ(found, read_file(expected).value_or("(no such file)")) << name;
  }
}

}  // namespace
}  // namespace bootgate
