// Each sample gives the reports that stand in its head.
#include "tests/expectations/sample.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/support/text.hpp"
#include "tests/support/update.hpp"

namespace bootgate {
namespace {

class Samples : public testing::TestWithParam<fs::path> {};

TEST_P(Samples, GiveTheReportsOfTheirHead) {
  const Sample sample = read_sample(GetParam());
  std::string found;
  for (const CrashReport& report : reports_of(sample.console))
    found += summary(report);
  if (update_expected && found != sample.head)
    ASSERT_TRUE(write_file_atomically(GetParam(), found + "\n" + sample.console));
  else
    EXPECT_EQ(found, sample.head);
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Saved, Samples, testing::ValuesIn(sample_files()), test_name);

TEST(Samples, CoverEverySignature) {
  std::set<std::string> covered;
  for (const fs::path& file : sample_files()) {
    const Sample sample = read_sample(file);
    for (std::string_view line : split(sample.head, '\n'))
      if (line.starts_with("ID: ")) covered.emplace(line.substr(4));
  }
  for (const Signature& row : shipped_signatures()->rows)
    EXPECT_TRUE(covered.contains(row.id)) << "no console in " SAMPLES_DIR " shows '" << row.id << "'";
}

}  // namespace
}  // namespace bootgate
