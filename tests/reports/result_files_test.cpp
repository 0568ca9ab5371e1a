#include "reports/result_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "reports/result_json.hpp"
#include "tests/reports/sample_run.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using ::testing::HasSubstr;

RunResult rich_run(const fs::path& directory) {
  RunResult run = sample_run();
  JobResult& job = run.jobs[0];
  job.directory = directory / job.name;
  job.cases.push_back(sample_flake());
  job.cases[1].records = {{"status", "255"}};
  job.cases[1].machine = "a clone";
  CrashReport& report = job.cases[1].reports[0];
  report.severity = Severity::fatal;
  report.decoded = {"foo_bar (kernel/foo.c:12)"};
  report.fingerprint = "foo_bar:baz";
  report.known = "an issue";
  return run;
}

TEST(ResultFiles, NothingThatAReportShowsIsLost) {
  TempDir dir;
  const RunResult run = rich_run(dir.path());
  ResultFiles files(dir.path());
  files.on(RunStarted{run, "debian", "tcg"});
  files.on(JobDone{0, run.jobs[0]});
  files.on(RunDone{run});
  ASSERT_FALSE(files.error());
  const SavedRun saved = read_result_files(dir.path()).value();
  EXPECT_TRUE(saved.finished);
  EXPECT_EQ(dump_json(to_json(saved.result), true), dump_json(to_json(run), true));
  const CaseResult& failure = saved.result.jobs.at(0).cases.at(1);
  EXPECT_EQ(failure.reports.at(0).severity, Severity::fatal);
  EXPECT_EQ(failure.step->line, 31);
  EXPECT_EQ(saved.result.jobs[0].cases.at(5).earlier.size(), 2u);
}

TEST(ResultFiles, AKilledRunHasTheJobsThatWereDone) {
  TempDir dir;
  RunResult run = rich_run(dir.path());
  run.jobs.push_back(run.jobs[0]);
  run.jobs[1].name = "second";
  ResultFiles files(dir.path());
  files.on(RunStarted{run, "debian", "tcg"});
  files.on(JobDone{0, run.jobs[0]});
  const SavedRun saved = read_result_files(dir.path()).value();
  EXPECT_FALSE(saved.finished);
  ASSERT_EQ(saved.result.jobs.size(), 2u);
  EXPECT_FALSE(saved.result.jobs[0].cases.empty());
  EXPECT_TRUE(saved.result.jobs[1].cases.empty());
}

TEST(ResultFiles, NothingElseIsLeftBesideThem) {
  TempDir dir;
  const RunResult run = rich_run(dir.path());
  ResultFiles files(dir.path());
  for (int i = 0; i < 2; ++i) {
    files.on(RunStarted{run, "debian", "tcg"});
    files.on(JobDone{0, run.jobs[0]});
  }
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(dir.path()))
    if (entry.is_regular_file()) names.insert(entry.path().filename());
  EXPECT_EQ(names, (std::set<std::string>{"result.json", "run.json"}));
}

TEST(ResultFiles, AResultThatIsEmptyIsNone) {
  TempDir dir;
  EXPECT_FALSE(has_job_result(dir.path(), "job"));
  dir.file("job/result.json", "");
  EXPECT_FALSE(has_job_result(dir.path(), "job"));
  dir.file("job/result.json", "{}");
  EXPECT_TRUE(has_job_result(dir.path(), "job"));
  EXPECT_FALSE(has_job_result(dir.path() / "job", "../job"));
}

TEST(ResultFiles, ADirectoryThatWasMovedIsReadWhereItIs) {
  TempDir dir;
  const RunResult run = rich_run(dir.path() / "old");
  ResultFiles files(dir.path() / "old");
  files.on(RunStarted{run, "debian", "tcg"});
  files.on(JobDone{0, run.jobs[0]});
  fs::rename(dir.path() / "old", dir.path() / "new");
  EXPECT_EQ(read_result_files(dir.path() / "new").value().result.jobs[0].directory,
            dir.path() / "new" / run.jobs[0].name);
}

TEST(ResultFiles, HostileBytesStayEscaped) {
  CaseResult hostile = sample_failure();
  hostile.reason = hostile.details = hostile_bytes();
  hostile.excerpt = {hostile_bytes()};
  JobResult job = sample_run().jobs[0];
  job.cases = {hostile};
  const std::string text = dump_json(to_json(job));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("\\\\x1b[2J"));
  EXPECT_TRUE(parse_json(text));
}

TEST(ResultFiles, AJobsNameLeadsNowhereElse) {
  TempDir dir;
  dir.file("run.json", R"({"timestamp": "t", "jobs": ["../../etc", "..", "", "a/b", "fine"]})");
  const SavedRun saved = read_result_files(dir.path()).value();
  ASSERT_EQ(saved.result.jobs.size(), 1u);
  EXPECT_EQ(saved.result.jobs[0].name, "fine");
}

TEST(ResultFiles, SaysWhatIsNoResult) {
  TempDir dir;
  EXPECT_EQ(read_result_files(dir.path()).error().kind, Error::Kind::usage);
  dir.file("run.json", "{half");
  EXPECT_THAT(read_result_files(dir.path()).error().what, HasSubstr("is no JSON"));
  dir.file("run.json", "[]");
  EXPECT_FALSE(read_result_files(dir.path()));
}

TEST(ResultFiles, AFullDiskIsTold) {
  ResultFiles files("/dev/null/run");
  files.on(RunStarted{sample_run(), "debian", "tcg"});
  EXPECT_TRUE(files.error());
}

TEST(ResultFiles, WhatCouldBeWrittenLaterIsNoError) {
  TempDir dir;
  const RunResult run = rich_run(dir.path() / "disk/run");
  ResultFiles files(dir.path() / "disk/run");
  dir.file("disk", "in its way");
  files.on(RunStarted{run, "debian", "tcg"});
  files.on(JobDone{0, run.jobs[0]});
  fs::remove(dir.path() / "disk");
  files.on(RunDone{run});
  ASSERT_TRUE(files.error());
  EXPECT_THAT(files.error()->what, HasSubstr(run.jobs[0].name)) << "the job's result is missing";
  files.on(JobDone{0, run.jobs[0]});
  EXPECT_FALSE(files.error());
}

}  // namespace
}  // namespace bootgate
