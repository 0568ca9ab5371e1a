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
  std::size_t start = 0;  // of what is left of the line, or of the one behind it
  bool cut = false;
};

constexpr std::size_t most_rows = 500;

std::vector<Mutant> mutants(std::string_view console) {
  const std::vector<std::string_view> lines = split(console, '\n');
  std::vector<Mutant> all;
  // Each mutant is a console: of long ones, which are healthy, every second or third line is enough.
  for (std::size_t row = 0; row < lines.size(); row += 1 + lines.size() / most_rows)
    for (std::size_t kept : {std::size_t{0}, lines[row].size() / 2}) {
      Mutant mutant{{}, std::string(lines[row].substr(kept)), row};
      mutant.cut = kept > 0;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i == row) mutant.start = mutant.console.size();
        if (i != row)
          mutant.console += fmt::format("{}\n", lines[i]);
        else if (kept > 0)
          mutant.console += fmt::format("{}\n", lines[i].substr(0, kept));
      }
      all.push_back(std::move(mutant));
    }
  return all;
}

bool heads(const Sample& sample, const Signature& row) {
  return sample.head.find("ID: " + row.id + "\n") != std::string::npos;
}

/// The row whose header the line is, if it is one.
const Signature* row_of(std::string_view line) {
  const std::string_view message = parse_record(line).message;
  for (const Signature& row : shipped_signatures()->rows)
    if (message.find(row.literal) != std::string_view::npos && row.pattern.find(message).value())
      return row.severity == Severity::benign ? nullptr : &row;
  return nullptr;
}

/// Lines that a title is taken from, besides those of the stack.
bool is_naming(const Sample& sample, std::string_view line) {
  if (row_of(line)) return true;
  const auto& rows = shipped_signatures()->rows;
  return std::any_of(rows.begin(), rows.end(), [&](const Signature& row) {
    return row.detail && heads(sample, row) && row.detail->find(parse_record(line).message).value();
  });
}

/// The line of a stack that a title blames.
bool is_guilty(const Mutant& mutant, const CrashReport& report) {
  const auto frame = parse_frame(mutant.lost);
  return frame && report.title.ends_with(plain_function_name(frame->symbol));
}

std::string_view blamed(std::string_view title) {
  const std::size_t in = title.rfind(" in ");
  return in == std::string_view::npos ? std::string_view() : title.substr(in + 4);
}

/// Without the words that were lost, and with all of the function's name.
bool tells_less(std::string_view title, std::string_view original) {
  std::size_t told = 0;
  for (char c : original)
    if (told < title.size() && title[told] == c) ++told;
  return told == title.size() && (blamed(title).empty() || blamed(title) == blamed(original));
}

bool is_same(const CrashReport& report, const CrashReport& original, const Mutant& mutant) {
  return report.title == original.title || is_guilty(mutant, original);
}

/// Where it names a report, another row may know it by what is left: an oops by its number.
bool is_same_or_less(const CrashReport& report, const CrashReport& original, const Mutant& mutant) {
  return is_same(report, original, mutant) || report.id != original.id || tells_less(report.title, original.title);
}

/// Healthy consoles have such a word, too.
bool is_common(const std::string& literal) {
  const auto& rows = shipped_signatures()->rows;
  return std::any_of(rows.begin(), rows.end(),
                     [&](const Signature& row) { return row.severity == Severity::benign && row.literal == literal; });
}

/// Something of it is still there that no healthy console has.
bool is_evident(const Mutant& mutant, const Signature* row) {
  const std::string_view rest = std::string_view(mutant.console).substr(mutant.start);
  const std::string_view left = rest.substr(0, rest.find('\n'));
  return (row && mutant.cut && !is_common(row->literal) && left.find(row->literal) != std::string_view::npos) ||
         rest.find("---[ end ") != std::string_view::npos;
}

class Mutations : public testing::TestWithParam<fs::path> {};

TEST_P(Mutations, GiveNoFalseVerdict) {
  const Sample sample = read_sample(GetParam());
  const auto whole = reports_of(sample.console);
  const auto lines = split(sample.console, '\n');
  for (const Mutant& mutant : mutants(sample.console)) {
    const auto reports = reports_of(mutant.console);
    const bool naming = !whole.empty() && is_naming(sample, lines[mutant.row]);
    if (!naming) {
      EXPECT_GE(reports.size(), whole.size()) << "without '" << mutant.lost << "'";
    } else if (is_evident(mutant, row_of(lines[mutant.row]))) {
      EXPECT_FALSE(reports.empty()) << "without '" << mutant.lost << "'";
    }
    for (const CrashReport& report : reports)
      EXPECT_TRUE((!whole.empty() && !report.corrupted.empty()) ||
                  std::any_of(whole.begin(), whole.end(),
                              [&](const CrashReport& original) {
                                return naming ? is_same_or_less(report, original, mutant)
                                              : is_same(report, original, mutant);
                              }))
          << "without '" << mutant.lost << "': " << report.title;
  }
}

INSTANTIATE_TEST_SUITE_P(Saved, Mutations, testing::ValuesIn(sample_files()), sample_test_name);

}  // namespace
}  // namespace bootgate
