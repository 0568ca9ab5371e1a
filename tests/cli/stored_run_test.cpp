#include "harness/cli/stored_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/result_files.hpp"
#include "tests/reports/sample_run.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using ::testing::EndsWith;

TEST(StoredRun, OneThatWasKilledIsInterrupted) {
  TempDir dir;
  const fs::path place = dir.path() / "run";
  ResultFiles files(place);
  files.on(RunStarted{sample_run(), "debian", "tcg"});
  EXPECT_TRUE(read_stored_run(place).value().record.interrupted);
  EXPECT_TRUE(read_stored_run(place).value().result->interrupted);
  files.on(RunDone{sample_run()});
  EXPECT_FALSE(read_stored_run(place).value().record.interrupted);
}

class JunitFiles : public ::testing::Test {
 protected:
  StoredRun read(const std::string& file, const std::string& time) {
    return read_stored_run(dir_.file(file, "<testsuite name=\"t\" timestamp=\"" + time +
                                               "\"><testcase classname=\"s\" name=\"a\"/></testsuite>"))
        .value();
  }
  TempDir dir_;
  History history_ = History::open(dir_.path() / "history.db").value();
};

TEST_F(JunitFiles, OfOneNameAreTwoRuns) {
  StoredRun first = read("a/junit.xml", "2026-11-26T02:00:00"), second = read("b/junit.xml", "2026-11-26T02:00:00");
  name_apart(first, {}, history_);
  EXPECT_EQ(first.record.name, "junit.xml");
  ASSERT_TRUE(history_.add(first.record, ""));
  name_apart(second, {{"junit.xml", first.place}}, history_);
  EXPECT_THAT(second.record.name, EndsWith("/b/junit.xml"));
}

TEST_F(JunitFiles, OfAnEarlierImportAreToldByTheirTime) {
  StoredRun first = read("junit.xml", "2026-11-26T02:00:00");
  ASSERT_TRUE(history_.add(first.record, ""));
  name_apart(first, {}, history_);
  EXPECT_EQ(first.record.name, "junit.xml") << "it is imported again";
  StoredRun later = read("junit.xml", "2026-11-27T02:00:00");
  name_apart(later, {}, history_);
  EXPECT_EQ(later.record.name, later.place.string());
}

}  // namespace
}  // namespace bootgate
