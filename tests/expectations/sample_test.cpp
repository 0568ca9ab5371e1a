// Each sample gives the reports that stand in its head.
#include "tests/expectations/sample.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "expectations/record.hpp"
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
    ASSERT_TRUE(write_file_atomically(GetParam(), sample.notes + found + "\n" + sample.console));
  else
    EXPECT_EQ(found, sample.head);
}

INSTANTIATE_TEST_SUITE_P(Saved, Samples, testing::ValuesIn(sample_files()), sample_test_name);

/// Who wants to know whether a console is right looks there.
TEST(Samples, SayWhereTheyAreFrom) {
  const auto provoked = Pattern::compile({"^# (Provoked|Booted) on Linux [67]", true, {}}).value();
  const auto by_hand = Pattern::compile({"^# By hand: .*[a-z_/0-9-]+[.](c|h|rs)\\b", true, {}}).value();
  for (const fs::path& file : sample_files()) {
    const Sample sample = read_sample(file);
    const bool healthy = sample.head.empty() && sample.notes.starts_with("# By hand: ");
    EXPECT_TRUE(healthy || provoked.find(sample.notes).value() || by_hand.find(sample.notes).value())
        << file << " begins with: " << sample.notes;
  }
}

TEST(Samples, CoverEverySignature) {
  std::set<std::string> covered;
  for (const fs::path& file : sample_files()) {
    const Sample sample = read_sample(file);
    for (std::string_view line : split(sample.head, '\n'))
      if (line.starts_with("ID: ")) covered.emplace(line.substr(4));
  }
  for (const Signature& row : shipped_signatures()->rows)
    EXPECT_TRUE(row.severity == Severity::benign || covered.contains(row.id))
        << "no console in " SAMPLES_DIR " shows '" << row.id << "'";
}

bool shows(const Sample& sample, const Signature& row) {
  for (std::string_view line : split(sample.console, '\n')) {
    const std::string_view message = parse_record(line).message;
    if (message.find(row.literal) != std::string_view::npos && row.pattern.find(message).value()) return true;
  }
  return false;
}

TEST(Samples, HaveALineForEveryBenignRow) {
  const auto files = sample_files();
  for (const Signature& row : shipped_signatures()->rows)
    EXPECT_TRUE(
        row.severity != Severity::benign ||
        std::any_of(files.begin(), files.end(), [&](const fs::path& file) { return shows(read_sample(file), row); }))
        << row.id;
}

/// Those that continue a report also make it fatal: a warning with a panic behind it needs both rows.
TEST(Samples, NeedNoRowOfAnother) {
  std::vector<Sample> samples;
  for (const fs::path& file : sample_files())
    samples.push_back(read_sample(file));
  for (const Signature& removed : shipped_signatures()->rows) {
    if (removed.continues || removed.severity == Severity::benign) continue;
    auto fewer = std::make_shared<SignatureSet>(*shipped_signatures());
    std::erase_if(fewer->rows, [&](const Signature& row) { return row.id == removed.id; });
    for (const Sample& sample : samples) {
      if (sample.head.find("ID: " + removed.id + "\n") != std::string::npos) continue;
      std::string found;
      for (const CrashReport& report : reports_of(sample.console, fewer))
        found += summary(report);
      EXPECT_EQ(found, sample.head) << "without " << removed.id;
    }
  }
}

}  // namespace
}  // namespace bootgate
