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

bool is_provoked(const Sample& sample) {
  static const auto provoked =
      Pattern::compile({"^# Provoked on Linux \\d+[.]\\d+[.]?\\d* in QEMU: \\S", true, {}}).value();
  return provoked.find(sample.notes).value().has_value();
}

/// Who wants to know whether a console is right looks there.
TEST(Samples, SayWhereTheyAreFrom) {
  const auto booted = Pattern::compile({"^# Booted on Linux \\d+[.]\\d+.* in QEMU[,:] ", true, {}}).value();
  const auto by_hand = Pattern::compile({"^# By hand: [a-z][a-z_/0-9-]+[.](c|h|rs):\\d+", true, {}}).value();
  for (const fs::path& file : sample_files()) {
    const Sample sample = read_sample(file);
    const bool healthy =
        sample.head.empty() && (sample.notes.starts_with("# By hand: ") || booted.find(sample.notes).value());
    EXPECT_TRUE(healthy || is_provoked(sample) || by_hand.find(sample.notes).value())
        << file << " begins with: " << sample.notes;
  }
}

std::set<std::string> ids_of(const Sample& sample) {
  std::set<std::string> ids;
  for (std::string_view line : split(sample.head, '\n'))
    if (line.starts_with("ID: ")) ids.emplace(line.substr(4));
  return ids;
}

/// What is written by hand shows what its writer expects of the kernel. These show what it does.
TEST(Samples, ShowManySignaturesOnALiveKernel) {
  std::set<std::string> provoked;
  for (const fs::path& file : sample_files())
    if (const Sample sample = read_sample(file); is_provoked(sample)) provoked.merge(ids_of(sample));
  EXPECT_GE(provoked.size(), 25u);
  RecordProperty("provoked", static_cast<int>(provoked.size()));
}

TEST(Samples, CoverEverySignature) {
  std::set<std::string> covered;
  for (const fs::path& file : sample_files())
    covered.merge(ids_of(read_sample(file)));
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

/// What one row says of a console, without what only another one knows: a panic behind a warning makes it fatal.
std::string verdict(const std::vector<CrashReport>& reports) {
  std::string text;
  for (const CrashReport& report : reports)
    text += report.id + ": " + report.title + "\n";
  return text;
}

bool is_of(const Sample& sample, const Signature& row) {
  return row.severity == Severity::benign ? sample.head.empty() : ids_of(sample).contains(row.id);
}

TEST(Samples, NeedNoRowOfAnother) {
  std::vector<Sample> samples;
  for (const fs::path& file : sample_files())
    samples.push_back(read_sample(file));
  for (const Signature& removed : shipped_signatures()->rows) {
    auto fewer = std::make_shared<SignatureSet>(*shipped_signatures());
    std::erase_if(fewer->rows, [&](const Signature& row) { return row.id == removed.id; });
    for (const Sample& sample : samples) {
      // A row that hits no line has no part in the verdict.
      if (!shows(sample, removed) || is_of(sample, removed)) continue;
      const auto reports = reports_of(sample.console, fewer);
      if (removed.continues) {
        EXPECT_EQ(verdict(reports), verdict(reports_of(sample.console))) << "without " << removed.id;
        continue;
      }
      std::string found;
      for (const CrashReport& report : reports)
        found += summary(report);
      EXPECT_EQ(found, sample.head) << "without " << removed.id;
    }
  }
}

}  // namespace
}  // namespace bootgate
