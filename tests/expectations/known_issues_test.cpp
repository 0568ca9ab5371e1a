#include "expectations/known_issues.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

constexpr auto today = 2026y / 11 / 23;

constexpr const char* charge = "reason = 'r'\nlink = 'https://l'\nowner = 'o'\n";

struct Reading {
  std::vector<KnownIssue> issues;
  std::vector<Error> errors;
};

Reading read(const std::string& text) {
  TempDir dir;
  Reading reading;
  reading.issues = read_known_issues(dir.file("k.toml", text), today, reading.errors);
  return reading;
}

std::string issue(const std::string& told_by, const std::string& expires = "2026-12-31") {
  return "[[issue]]\n" + told_by + "\n" + charge + "expires = " + expires + "\n";
}

CrashReport marked(const std::string& rows, CrashReport report) {
  const Reading reading = read(rows);
  EXPECT_TRUE(reading.errors.empty()) << one_line(reading.errors.at(0));
  EXPECT_TRUE(mark_known(report, reading.issues));
  return report;
}

CrashReport known_warning() {
  CrashReport report;
  report.title = "WARNING in demo_init";
  report.fingerprint = "demo_init:do_one_initcall:do_init_module";
  return report;
}

TEST(KnownIssues, KnowAReportByItsWholeTitle) {
  const CrashReport report = marked(issue("title = 'WARNING in demo_init'"), known_warning());
  EXPECT_EQ(report.known, "r (https://l, o, until 2026-12-31)");
  EXPECT_EQ(report.expired, "");
  EXPECT_FALSE(is_failure(report));
  EXPECT_TRUE(is_failure(marked(issue("title = 'WARNING in demo'"), known_warning())));
}

TEST(KnownIssues, KnowAReportByARegexInItsTitle) {
  EXPECT_FALSE(is_failure(marked(issue("title-regex = '^WARNING in demo_'"), known_warning())));
  EXPECT_TRUE(is_failure(marked(issue("title-regex = '^KASAN: '"), known_warning())));
}

TEST(KnownIssues, KnowAReportByItsFingerprint) {
  EXPECT_FALSE(is_failure(marked(issue("fingerprint = 'demo_init:do_one_initcall:do_init_module'"), known_warning())));
  EXPECT_TRUE(is_failure(marked(issue("fingerprint = 'demo_init:do_one_initcall'"), known_warning())));
}

TEST(KnownIssues, NeedBothWhereBothAreGiven) {
  EXPECT_TRUE(is_failure(marked(issue("title = 'WARNING in demo_init'\nfingerprint = 'a'"), known_warning())));
}

TEST(KnownIssues, FailAgainTheDayAfterTheyExpire) {
  EXPECT_FALSE(is_failure(marked(issue("title = 'WARNING in demo_init'", "2026-11-23"), known_warning())));
  const CrashReport late = marked(issue("title = 'WARNING in demo_init'", "2026-11-22"), known_warning());
  EXPECT_TRUE(is_failure(late));
  EXPECT_EQ(late.expired, "r (https://l, o, until 2026-11-22)");
}

TEST(KnownIssues, TrustNoCorruptedReport) {
  CrashReport report = known_warning();
  report.corrupted = "its end is missing";
  EXPECT_TRUE(is_failure(marked(issue("title = 'WARNING in demo_init'"), report)));
}

TEST(KnownIssues, AreTakenFromTheFirstThatFits) {
  std::string rows = issue("title-regex = 'demo_init'");
  rows.replace(rows.find("'r'"), 3, "'first'");
  EXPECT_EQ(marked(rows + issue("title = 'WARNING in demo_init'"), known_warning()).known,
            "first (https://l, o, until 2026-12-31)");
}

struct Mistake {
  const char* name;
  std::string text;
  const char* what;
};

class KnownIssueMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(KnownIssueMistakes, AreTold) {
  const auto errors = read(GetParam().text).errors;
  ASSERT_FALSE(errors.empty());
  EXPECT_NE(one_line(errors[0]).find(GetParam().what), std::string::npos) << one_line(errors[0]);
  EXPECT_GT(errors[0].at->line, 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, KnownIssueMistakes,
    testing::Values(Mistake{"NothingToTellItBy", issue(""), "told by nothing"},
                    Mistake{"NoDate", std::string("[[issue]]\ntitle = 'x'\n") + charge, "'expires' is missing"},
                    Mistake{"QuotedDate", issue("title = 'x'", "'2026-12-31'"), "must be a date"},
                    Mistake{"NoOwner", "[[issue]]\ntitle='x'\nreason='r'\nlink='l'\nexpires=2026-12-31\n", "'owner'"},
                    Mistake{"EmptyReason",
                            "[[issue]]\ntitle='x'\nreason=' '\nlink='l'\nowner='o'\nexpires=2026-12-31\n", "'reason'"},
                    Mistake{"BadRegex", issue("title-regex = 'a('"), "parenthes"},
                    Mistake{"TwoTitles", issue("title = 'x'\ntitle-regex = 'x'"), "exclude each other"},
                    Mistake{"MisspeltKey", issue("titel = 'x'\nfingerprint = 'f'"), "unknown key 'titel'"},
                    Mistake{"WrongTable", "[[isue]]\n", "unknown key 'isue'"}),
    [](const testing::TestParamInfo<Mistake>& mistake) { return std::string(mistake.param.name); });

TEST(KnownIssueMistakes, IncludeAFileThatIsNotThere) {
  std::vector<Error> errors;
  read_known_issues("/nowhere/known-issues.toml", today, errors);
  EXPECT_EQ(errors.size(), 1u);
}

}  // namespace
}  // namespace bootgate
