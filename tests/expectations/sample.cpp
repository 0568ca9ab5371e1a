#include "tests/expectations/sample.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {

std::shared_ptr<const SignatureSet> shipped_signatures() {
  static const auto set = [] {
    std::vector<Error> errors;
    auto read = std::make_shared<const SignatureSet>(read_signatures(SIGNATURES_DIR, errors));
    for (const Error& error : errors)
      ADD_FAILURE() << one_line(error);
    return read;
  }();
  return set;
}

Sample read_sample(const fs::path& file) {
  std::string all = read_file(SAMPLES_DIR / file).value();
  std::size_t head = 0;
  while (all.compare(head, 2, "# ") == 0)
    head = all.find('\n', head) + 1;
  const std::size_t blank = all[head] == '\n' ? head : all.find("\n\n", head) + 1;
  return {all.substr(0, head), all.substr(head, blank - head), all.substr(blank + 1)};
}

std::vector<fs::path> sample_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(SAMPLES_DIR))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string sample_test_name(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

std::vector<CrashReport> reports_of(std::string_view console, std::shared_ptr<const SignatureSet> signatures) {
  SignatureWatch watch(std::move(signatures));
  std::size_t number = 0;
  for (std::string_view line : split(console, '\n'))
    watch.line(line, number++, TimePoint());
  watch.close();
  EXPECT_FALSE(watch.trouble());
  return watch.take();
}

std::string summary(const CrashReport& report) {
  std::string text =
      fmt::format("TITLE: {}\nID: {}\nSEVERITY: {}\n", report.title, report.id, to_string(report.severity));
  if (!report.corrupted.empty()) text += fmt::format("CORRUPTED: {}\n", report.corrupted);
  if (!report.fingerprint.empty()) text += fmt::format("FINGERPRINT: {}\n", report.fingerprint);
  return text + fmt::format("EXTENT: {}-{}, {} of {} lines\n", report.first_line + 1, report.last_line + 1,
                            report.lines.size(), report.last_line - report.first_line + 1);
}

}  // namespace bootgate
