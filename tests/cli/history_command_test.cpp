// Runs of several places in one history: none takes another's place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/commands.hpp"
#include "reports/result_files.hpp"
#include "tests/reports/sample_run.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

constexpr const char* night_name = "20261126-031500";

class ImportedNights : public testing::Test {
 protected:
  /// A night's directory, of a host that has begun it in the same second as all others.
  fs::path night_below(const std::string& host, bool is_whole = true) const {
    const std::string directory = host + "/nights/" + night_name;
    dir_.file(directory + "/night.json", "{}");
    const RunResult run = sample_run();
    ResultFiles files(dir_.path() / directory);
    files.on(RunStarted{run, "debian", "tcg"});
    files.on(JobDone{0, run.jobs[0]});
    if (is_whole) files.on(RunDone{run});
    return fs::canonical(dir_.path() / directory);
  }

  int record(const std::vector<fs::path>& places) const {
    HistoryArguments arguments;
    arguments.history = file();
    for (const fs::path& place : places)
      arguments.imported.push_back(place.string());
    testing::internal::CaptureStdout();
    const int status = history_command(arguments);
    testing::internal::GetCapturedStdout();
    return status;
  }

  std::vector<RunEntry> nights() const { return History::open(file(), {.read_only = true})->nights(10).value(); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const RunEntry& night : nights())
      names.push_back(night.name);
    return names;
  }
  fs::path file() const { return dir_.path() / "all.db"; }

  TempDir dir_;
};

TEST_F(ImportedNights, OfTwoHostsAreTwo) {
  const fs::path first = night_below("a"), second = night_below("b");
  for (int time = 1; time <= 2; ++time) {
    ASSERT_EQ(record({first, second}), 0);
    EXPECT_THAT(names(), testing::UnorderedElementsAre(night_name, second.string())) << "import " << time;
  }
  ASSERT_EQ(record({second}), 0);
  EXPECT_THAT(names(), testing::SizeIs(2));
}

TEST_F(ImportedNights, TakeThePlaceOfWhatWasRecordedAsTheyRan) {
  const fs::path place = night_below("a");
  {
    History history = History::open(file()).value();
    RunRecord start;
    start.name = night_name;
    ASSERT_TRUE(history.begin_run(start, (place.parent_path() / "../nights" / night_name).string()));
    ASSERT_TRUE(history.finish_run(night_name, "", false));
  }
  ASSERT_EQ(record({place}), 0);
  EXPECT_THAT(names(), testing::ElementsAre(night_name));
}

TEST_F(ImportedNights, ThatWentOnThenAreWholeLater) {
  ASSERT_EQ(record({night_below("a", false)}), 0);
  EXPECT_FALSE(nights().at(0).finished);
  ASSERT_EQ(record({night_below("a")}), 0);
  EXPECT_THAT(names(), testing::SizeIs(1));
  EXPECT_TRUE(nights().at(0).finished);
}

}  // namespace
}  // namespace bootgate
