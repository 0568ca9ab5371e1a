#include "reports/gate_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/bisect_report.hpp"
#include "reports/junit.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;
using testing::Not;

GateVerdict sample_verdict() {
  GateVerdict verdict;
  verdict.series = "v6.12..topic";
  verdict.base = "0123456789abcdef0123456789abcdef01234567";
  verdict.head = "89abcdef0123456789abcdef0123456789abcdef";
  verdict.commits = {{verdict.head, "init: say more"}};
  verdict.rows = {{GateRow::Kind::broken, "boot/login", "WARNING in f", "boot-linux", "[ 0.1] WARNING: | ``` *x*\n"},
                  {GateRow::Kind::flaky, "boot/shell", "failed, and passed when it was tried again", "boot-linux", ""},
                  {GateRow::Kind::still_failing, "rust/rust_print", "not within 8s", "rust-linux", ""},
                  {GateRow::Kind::fixed, "rust/rust_minimal", "failed in base: x", "rust-linux", ""}};
  verdict.same = 12;
  verdict.config = {{"FOO", "", "y"}};
  verdict.measurements = {{"boot-linux", "size.kernel", 1000, 1512}, {"boot-linux", "time.login", 0.7, 0.8}};
  return verdict;
}

TEST(GateReport, HasTheVerdictInItsLastLine) {
  const std::string text = gate_text(sample_verdict(), false);
  EXPECT_THAT(text, HasSubstr("broken  boot/login"));
  EXPECT_THAT(text, HasSubstr("BROKEN  1 broken, 1 flaky, 1 still failing, 1 fixed, 12 as before"));
  EXPECT_THAT(text, HasSubstr("FOO: n -> y"));
  EXPECT_THAT(text, HasSubstr("kernel 1000 -> 1512 bytes (+512)"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(GateReport, LeavesNothingOfTheGuestsToMarkdown) {
  GateVerdict verdict = sample_verdict();
  verdict.rows[0].what = "<b>@everyone</b> | [x](y) `z`";
  const std::string markdown = gate_markdown(verdict);
  EXPECT_THAT(markdown, HasSubstr("\\<b\\>\\@everyone\\</b\\> \\| \\[x\\]\\(y\\) \\`z\\`"));
  EXPECT_THAT(markdown, HasSubstr("````text\n[ 0.1] WARNING: | ``` *x*\n````")) << "its fence is longer";
  EXPECT_THAT(markdown, HasSubstr("## bootgate: **broken**"));
  EXPECT_THAT(markdown, HasSubstr("| **broken** |"));
  EXPECT_THAT(markdown, HasSubstr("| still failing |"));
}

TEST(GateReport, HasAFewBlocksOfEvidence) {
  GateVerdict verdict = sample_verdict();
  verdict.rows.assign(12, verdict.rows.front());
  const std::string markdown = gate_markdown(verdict);
  std::size_t blocks = 0;
  for (std::size_t at = 0; (at = markdown.find("<details>", at)) != std::string::npos; ++at)
    ++blocks;
  EXPECT_EQ(blocks, 8u);
}

TEST(GateReport, FailsInJunitOnlyForWhatCounts) {
  const GateVerdict verdict = sample_verdict();
  const RunResult difference = gate_difference(verdict);
  const Tally tally = count(difference);
  EXPECT_EQ(tally.fail, 1);
  EXPECT_EQ(tally.skip, 2);
  EXPECT_EQ(tally.pass, 2);
  EXPECT_THAT(junit_xml(difference, JunitFlavour::strict), HasSubstr("broken: WARNING in f"));
}

TEST(GateReport, HasNoVerdictWhereTheBenchFailed) {
  GateVerdict verdict = sample_verdict();
  verdict.error = bench_error("the base does not boot").value();
  EXPECT_EQ(exit_code(verdict), 3);
  EXPECT_THAT(gate_text(verdict, false), HasSubstr("NO VERDICT"));
  EXPECT_THAT(gate_markdown(verdict), HasSubstr("no verdict"));
  EXPECT_EQ(count(gate_difference(verdict)).error, 0) << "the file tells of it as the bench's job";
  EXPECT_THAT(junit_xml(gate_difference(verdict), JunitFlavour::rich), HasSubstr("the base does not boot"));
}

TEST(GateReport, IsJsonForPrograms) {
  const Json json = gate_json(sample_verdict());
  const auto read = parse_json(dump_json(json));
  ASSERT_TRUE(read);
  const auto& rows = std::get<Json::Array>(read->find("rows")->value);
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].find("verdict")->text(), "broken");
  EXPECT_TRUE(rows[0].find("counts")->flag());
  EXPECT_EQ(std::get<std::int64_t>(read->find("exit_status")->value), 1);
}

TEST(BisectReport, EndsWithBothSides) {
  Bisection found;
  found.good = TriedCommit{"0123456789abcdef", "init: fine", TriedCommit::Mark::good, "passes", ""};
  found.bad =
      TriedCommit{"fedcba9876543210", "init: break", TriedCommit::Mark::bad, "WARNING in f", "[ 0.1] WARNING\n"};
  found.tried = {*found.good, *found.bad};
  const std::string text = bisect_text(found);
  EXPECT_THAT(text, HasSubstr("fedcba9876543210 is the first bad commit: init: break"));
  EXPECT_THAT(text, HasSubstr("good  0123456789ab  passes"));
  EXPECT_THAT(text, HasSubstr("| [ 0.1] WARNING"));
  EXPECT_EQ(exit_code(found), 0);
}

}  // namespace
}  // namespace bootgate
