// Consoles lose lines and parts of lines. Whatever is lost, a report says what it is, or that it can't be trusted.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "expectations/record.hpp"
#include "expectations/stack_frame.hpp"
#include "harness/support/text.hpp"
#include "tests/expectations/sample.hpp"

namespace bootgate {
namespace {

/// A console without one of its lines, or with half of it.
struct Mutant {
  std::string console;
  std::string lost;  // the part of the line that is gone
  std::size_t row;
};

std::vector<Mutant> mutants(std::string_view console) {
  const std::vector<std::string_view> lines = split(console, '\n');
  std::vector<Mutant> all;
  for (std::size_t row = 0; row < lines.size(); ++row)
    for (std::size_t kept : {std::size_t{0}, lines[row].size() / 2}) {
      Mutant mutant{{}, std::string(lines[row].substr(kept)), row};
      for (std::size_t i = 0; i < lines.size(); ++i)
        if (i != row)
          mutant.console += fmt::format("{}\n", lines[i]);
        else if (kept > 0)
          mutant.console += fmt::format("{}\n", lines[i].substr(0, kept));
      all.push_back(std::move(mutant));
    }
  return all;
}

/// Lines that a title is taken from, besides those of the stack: a report without one of them is another report.
std::vector<bool> naming_rows(const Sample& sample) {
  std::vector<bool> naming;
  for (std::string_view line : split(sample.console, '\n')) {
    const std::string_view message = parse_record(line).message;
    const auto& rows = shipped_signatures()->rows;
    naming.push_back(std::any_of(rows.begin(), rows.end(), [&](const Signature& row) {
      if (row.severity == Severity::benign) return false;
      return row.pattern.find(message).value() || (row.detail && row.detail->find(message).value());
    }));
  }
  return naming;
}

/// The line of a stack that a title blames.
bool is_guilty(const Mutant& mutant, const CrashReport& report) {
  const auto frame = parse_frame(mutant.lost);
  return frame && report.title.ends_with(plain_function_name(frame->symbol));
}

class Mutations : public testing::TestWithParam<fs::path> {};

TEST_P(Mutations, GiveNoFalseVerdict) {
  const Sample sample = read_sample(GetParam());
  const auto whole = reports_of(sample.console);
  const std::vector<bool> naming = naming_rows(sample);
  for (const Mutant& mutant : mutants(sample.console)) {
    const auto reports = reports_of(mutant.console);
    if (!whole.empty() && naming[mutant.row]) continue;
    EXPECT_GE(reports.size(), whole.size()) << "without '" << mutant.lost << "'";
    for (const CrashReport& report : reports)
      EXPECT_TRUE((!whole.empty() && !report.corrupted.empty()) ||
                  std::any_of(whole.begin(), whole.end(),
                              [&](const CrashReport& original) {
                                return original.title == report.title || is_guilty(mutant, original);
                              }))
          << "without '" << mutant.lost << "': " << report.title;
  }
}

INSTANTIATE_TEST_SUITE_P(Saved, Mutations, testing::ValuesIn(sample_files()), sample_test_name);

}  // namespace
}  // namespace bootgate
