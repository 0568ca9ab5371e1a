#include "reports/junit.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "harness/support/process.hpp"
#include "reports/reported_case.hpp"
#include "tests/reports/sample_run.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string xml(const RunResult& run, JunitFlavour flavour = JunitFlavour::strict) {
  return junit_xml(run, flavour);
}

RunResult run_with(CaseResult result) {
  RunResult run = sample_run();
  run.jobs[0].cases = {std::move(result)};
  return run;
}

/// libxml2's verdict, since pugixml itself accepts characters that no other reader does. Empty when well-formed.
std::string complaint(const std::string& document) {
  CommandOptions options;
  options.input = document;
  auto result = run_command({"xmllint", "--noout", "-"}, options);
  if (!result) return one_line(result.error());
  return result->status.ok() ? std::string() : result->errors;
}

class JunitFile : public ::testing::Test {
 protected:
  void SetUp() override { dir_ = make_temp_dir(fs::temp_directory_path(), "junit").value(); }
  void TearDown() override { fs::remove_all(dir_); }
  fs::path file() const { return dir_ / "out" / "junit.xml"; }
  std::string content() const { return read_file(file()).value_or("no file"); }
  JunitReport report() {
    return {file(), JunitFlavour::strict, [this] { return now_; }};
  }
  fs::path dir_;
  TimePoint now_ = TimePoint(std::chrono::hours(1));
};

TEST(Junit, EveryOutcomeHasItsElement) {
  std::string text = xml(sample_run());
  EXPECT_EQ(complaint(text), "");
  EXPECT_THAT(text, HasSubstr(R"(<testcase classname="boot" name="banner" time="0.310" />)"));
  EXPECT_THAT(text, HasSubstr(R"(<failure type="signature" message="WARNING in foo_bar">run `mount -a`)"));
  EXPECT_THAT(text, HasSubstr(R"(<error type="bench" message="QEMU: killed by SIGKILL" />)"));
  EXPECT_THAT(text, HasSubstr(R"(<skipped message="needs config:RUST" />)"));
  EXPECT_THAT(text, HasSubstr(R"(<skipped message="not run: boot/login failed" />)"));
}

TEST(Junit, CountsAreThoseOfTheCases) {
  std::string text = xml(sample_run());
  EXPECT_THAT(text, HasSubstr(R"(<testsuites name="bootgate" tests="5" failures="1" errors="1" time="2.500">)"));
  EXPECT_THAT(text, HasSubstr(R"(tests="5" failures="1" errors="1" skipped="2" time="2.500" )"
                              R"(timestamp="2026-11-23T01:20:00")"));
}

TEST(Junit, AFailureTellsStepReportAndConsole) {
  std::string text = xml(sample_run());
  EXPECT_THAT(text, HasSubstr("exit status 255, wanted 0\nat suites/boot.toml:31\n"));
  EXPECT_THAT(text, HasSubstr("-- WARNING in foo_bar --\nWARNING: CPU: 0 PID: 1\nRIP: foo_bar\n"));
  EXPECT_THAT(text, HasSubstr("-- console --\n[    0.100000] first\n[    0.200000] last\n"));
}

TEST(Junit, AFailureAttachesTheConsoleLogByItsPathInTheProject) {
  EXPECT_THAT(xml(sample_run()), HasSubstr("<system-out>[[ATTACHMENT|bootgate-out/1/debian-busybox-initrd_only-tcg/"
                                           "console.log]]"));
  RunResult elsewhere = sample_run();
  elsewhere.jobs[0].directory = "/somewhere/else";
  EXPECT_THAT(xml(elsewhere), Not(HasSubstr("ATTACHMENT")));
}

TEST(Junit, FactsAndRecordsAreProperties) {
  std::string text = xml(sample_run());
  EXPECT_THAT(text, HasSubstr(R"(<property name="kernel.release" value="6.1.0-56-cloud-amd64" />)"));
  EXPECT_THAT(text, HasSubstr(R"(<property name="boot.banner.release" value="6.1.0" />)"));
}

TEST(Junit, OnlyTheRichFlavourPutsPropertiesAndPlacesOnCases) {
  std::string rich = xml(sample_run(), JunitFlavour::rich);
  EXPECT_EQ(complaint(rich), "");
  EXPECT_THAT(rich, HasSubstr(R"(<property name="release" value="6.1.0" />)"));
  EXPECT_THAT(rich, HasSubstr(R"(time="1.204" file="suites/boot.toml" line="31">)"));
  std::string strict = xml(sample_run());
  EXPECT_THAT(strict, Not(HasSubstr(R"(<property name="release")")));
  EXPECT_THAT(strict, Not(HasSubstr(R"( line=")")));
}

TEST(Junit, WithSeveralJobsTheJobIsPartOfTheClassName) {
  RunResult run = sample_run();
  run.jobs.push_back(run.jobs[0]);
  run.jobs[1].name = "other";
  EXPECT_THAT(xml(run), HasSubstr(R"(classname="debian-busybox-initrd_only-tcg.boot" name="banner")"));
  EXPECT_THAT(xml(run), HasSubstr(R"(classname="other.boot" name="banner")"));
}

TEST(Junit, IsLegalXmlWhateverTheGuestPrinted) {
  CaseResult result = sample_failure();
  result.name = result.reason = result.details = hostile_bytes();
  result.excerpt = result.reports[0].lines = {hostile_bytes(), hostile_bytes()};
  result.reports[0].title = hostile_bytes();
  result.records = {{"release", hostile_bytes()}};
  result.machine = hostile_bytes();
  result.earlier = {result, result};
  RunResult run = run_with(result);
  result.outcome = Outcome::flaky;
  run.jobs[0].cases.push_back(result);
  run.jobs[0].facts = {{hostile_bytes(), hostile_bytes()}};
  for (JunitFlavour flavour : {JunitFlavour::strict, JunitFlavour::rich}) {
    std::string text = xml(run, flavour);
    EXPECT_EQ(complaint(text), "");
    EXPECT_THAT(text, HasSubstr(R"(a\x00\x1b[2J\x1b]0;t\x07\xff\xe2\x82 ]]&gt; &lt;&amp;"\x0d\x7f\xc2\x9bz)"));
    EXPECT_THAT(text, Not(HasSubstr("&#")));
  }
}

TEST(Junit, EveryByteValueIsLegalEverywhere) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte)
    bytes += static_cast<char>(byte);
  CaseResult result = sample_failure();
  result.reason = result.details = bytes;
  result.excerpt = {bytes};
  EXPECT_EQ(complaint(xml(run_with(result))), "");
}

TEST(Junit, ARetryThatPassedIsFlakyInTheRichFlavour) {
  std::string text = xml(run_with(sample_flake()), JunitFlavour::rich);
  EXPECT_EQ(complaint(text), "");
  EXPECT_THAT(text, HasSubstr(R"(<flakyFailure type="deadline" message="not within 5s: loop: module loaded">)"));
  EXPECT_THAT(text,
              HasSubstr("<stackTrace>at step 2\n\n-- console --\n[    3.000000] the first console\n</stackTrace>"));
  EXPECT_THAT(text, HasSubstr(R"(<flakyError type="bench" message="QEMU: killed by SIGKILL">)"));
  EXPECT_THAT(text, HasSubstr(R"(<property name="attempts" value="3" />)"));
  EXPECT_THAT(text, HasSubstr(R"(tests="1" failures="0" errors="0" skipped="0")"));
}

TEST(Junit, ACaseThatFailedEveryAttemptTellsOfAllInTheRichFlavour) {
  CaseResult result = sample_flake();
  result.outcome = Outcome::fail;
  result.cause = Cause::mismatch;
  result.reason = "the last one";
  std::string text = xml(run_with(result), JunitFlavour::rich);
  EXPECT_EQ(complaint(text), "");
  EXPECT_THAT(text, HasSubstr(R"(<failure type="mismatch" message="the last one")"));
  EXPECT_THAT(text, HasSubstr(R"(<rerunFailure type="deadline" message="not within 5s: loop: module loaded">)"));
  EXPECT_THAT(text, HasSubstr(R"(<rerunError type="bench" message="QEMU: killed by SIGKILL">)"));
  EXPECT_THAT(text, Not(HasSubstr("flaky")));
}

TEST(Junit, AnAttemptThatPassedIsNoFailure) {
  CaseResult result = sample_flake();
  result.earlier[0].outcome = Outcome::pass;
  std::string text = xml(run_with(result), JunitFlavour::rich);
  EXPECT_THAT(text, Not(HasSubstr("flakyFailure")));
  EXPECT_THAT(text, HasSubstr("flakyError"));
}

TEST(Junit, InTheStrictFlavourAFlakyIsAPassWhoseOutputTellsOfIt) {
  std::string text = xml(run_with(sample_flake()));
  EXPECT_EQ(complaint(text), "");
  EXPECT_THAT(text, Not(HasSubstr("flaky")));
  EXPECT_THAT(text, Not(HasSubstr("attempts")));
  EXPECT_THAT(text,
              HasSubstr("<system-out>-- attempt 1 of 3: fail: not within 5s: loop: module loaded --\nat step 2\n"));
  EXPECT_THAT(text, HasSubstr("-- attempt 2 of 3: error: QEMU: killed by SIGKILL --\n"));
}

TEST(Junit, WhatACaseRanOnIsAPropertyOfTheRichFlavour) {
  CaseResult result = sample_case("loop-device", Outcome::pass);
  result.machine = "a fresh boot: the device state can't be saved";
  EXPECT_THAT(xml(run_with(result), JunitFlavour::rich),
              HasSubstr(R"(<property name="machine" value="a fresh boot: the device state can't be saved" />)"));
  EXPECT_THAT(xml(run_with(result)), Not(HasSubstr("fresh boot")));
}

/// The schema is no part of the project: what it allows inside a case stands here.
TEST(Junit, StrictCasesHaveNothingThatTheSchemaForbids) {
  RunResult run = sample_run();
  CaseResult everything = sample_flake();
  everything.step = SourcePos{"suites/boot.toml", 31, 12};
  everything.records = {{"release", "6.1.0"}};
  everything.machine = "a clone";
  for (Outcome outcome : {Outcome::pass, Outcome::fail, Outcome::error, Outcome::skip, Outcome::not_run, Outcome::known,
                          Outcome::flaky}) {
    everything.outcome = outcome;
    run.jobs[0].cases.push_back(everything);
  }
  const std::string text = xml(run);
  for (std::size_t at = 0; (at = text.find("<testcase ", at)) != std::string::npos; ++at) {
    const std::size_t end = text.find(">", at);
    EXPECT_THAT(text.substr(at, end - at),
                ::testing::MatchesRegex(R"(<testcase classname="[^"]*" name="[^"]*" time="[0-9.]*"( /)?)"));
  }
  const std::size_t first_case = text.find("<testcase");
  for (std::size_t at = first_case; (at = text.find('<', at)) != std::string::npos; ++at) {
    const std::string element = text.substr(at + 1, text.find_first_of(" />", at + 2) - at - 1);
    EXPECT_THAT(element, ::testing::AnyOf("testcase", "/testcase", "failure", "/failure", "error", "/error", "skipped",
                                          "system-out", "/system-out", "/testsuite", "/testsuites"));
  }
}

TEST(Junit, LongTextsKeepHeadAndTail) {
  CaseResult result = sample_failure();
  result.reason = std::string(1000, 'r');
  result.details = "the head";
  result.reports.clear();
  // Two bytes a letter, so that a cut in the middle of one would show.
  for (int i = 0; i < 2000; ++i)
    result.excerpt.push_back("äöü äöü äöü äöü äöü äöü äöü äöü äöü");
  result.excerpt.push_back("the tail");
  std::string text = xml(run_with(result));
  EXPECT_EQ(complaint(text), "");
  EXPECT_THAT(text, HasSubstr("the head"));
  EXPECT_THAT(text, HasSubstr("the tail"));
  EXPECT_THAT(text, HasSubstr("bytes left out"));
  EXPECT_THAT(text, HasSubstr("message=\"" + std::string(197, 'r') + "...\""));
  EXPECT_LT(text.size(), 70u * 1024);
}

TEST(Junit, ABrokenBenchIsACaseInError) {
  RunResult run = sample_run();
  run.jobs.clear();
  run.error =
      Error{Error::Kind::bench, "qemu-system-x86_64 not found", std::nullopt, "apt-get install qemu-system-x86"};
  std::string text = xml(run);
  EXPECT_THAT(text, HasSubstr(R"(tests="1" failures="0" errors="1")"));
  EXPECT_THAT(text, HasSubstr(R"(<error type="bench" message="qemu-system-x86_64 not found">)"));
}

TEST(Junit, AnInterruptedRunIsNoGoodOne) {
  RunResult run = run_with(sample_case("banner", Outcome::pass));
  run.interrupted = true;
  EXPECT_THAT(xml(run), HasSubstr(R"(<testsuites name="bootgate" tests="2" failures="0" errors="1")"));
}

TEST(ReportedCases, AreThoseOfTheRunInBothFlavours) {
  RunResult run = sample_run();
  run.jobs.push_back(run.jobs[0]);
  run.jobs[1].name = "other";
  run.error = bench_error("no more file descriptors").value();
  TempDir dir;
  for (JunitFlavour flavour : {JunitFlavour::rich, JunitFlavour::strict}) {
    auto cases = read_reported_cases(dir.file("junit.xml", junit_xml(run, flavour)));
    ASSERT_TRUE(cases) << cases.error().what;
    ASSERT_EQ(cases->size(), 10u) << "that of the bench is none";
    EXPECT_EQ(cases->at(1).name, "mount-a");
    EXPECT_EQ(cases->at(1).suite, "boot");
    EXPECT_EQ(cases->at(1).job, "debian-busybox-initrd_only-tcg");
    EXPECT_TRUE(cases->at(1).failed && cases->at(2).failed);
    EXPECT_FALSE(cases->at(0).failed || cases->at(3).failed);
    EXPECT_EQ(cases->at(5).job, "other");
    EXPECT_EQ(cases->at(5).suite, "boot");
  }
}

TEST(ReportedCases, OfWhatIsNoReportAreAnError) {
  TempDir dir;
  EXPECT_FALSE(read_reported_cases(dir.path() / "junit.xml"));
  EXPECT_EQ(read_reported_cases(dir.file("junit.xml", "half <")).error().kind, Error::Kind::usage);
}

TEST_F(JunitFile, HoldsEveryCaseAsAnErrorFromTheStart) {
  JunitReport report = this->report();
  report.on(sample_start());
  EXPECT_FALSE(report.error());
  EXPECT_EQ(complaint(content()), "");
  EXPECT_THAT(content(), HasSubstr(R"(tests="5" failures="0" errors="5")"));
  EXPECT_THAT(content(), HasSubstr(R"(<error type="stopped" message="bootgate ended before this case did" />)"));
  EXPECT_THAT(content(), HasSubstr(R"(<property name="kernel" value="debian" />)"));
}

TEST_F(JunitFile, HoldsCasesSoonAfterTheyAreDone) {
  JunitReport report = this->report();
  report.on(sample_start());
  report.on(CaseDone{0, 0, sample_run().jobs[0].cases[0]});
  now_ += Duration(300);
  report.tick();
  EXPECT_THAT(content(), HasSubstr(R"(tests="5" failures="0" errors="4")"));
  now_ += Duration(100);
  report.on(CaseDone{0, 1, sample_failure()});
  EXPECT_THAT(content(), HasSubstr(R"(tests="5" failures="0" errors="4")"));
  now_ += Duration(200);
  report.on(ConsoleLine{0, {}, "any event will do"});
  EXPECT_THAT(content(), HasSubstr(R"(tests="5" failures="1" errors="3")"));
}

TEST_F(JunitFile, HoldsAllAtTheEndOfAJobAndOfTheRun) {
  JunitReport report = this->report();
  report.on(sample_start());
  report.on(JobDone{0, sample_run().jobs[0]});
  EXPECT_EQ(content(), junit_xml(sample_run(), JunitFlavour::strict));
  RunResult run = sample_run();
  run.interrupted = true;
  report.on(RunDone{run});
  EXPECT_EQ(content(), junit_xml(run, JunitFlavour::strict));
}

TEST_F(JunitFile, IsWrittenAFewTimesASecondHoweverManyCasesEnd) {
  constexpr std::size_t cases = 1000;
  RunStarted started;
  started.outline.jobs.resize(1);
  for (std::size_t i = 0; i < cases; ++i)
    started.outline.jobs[0].cases.push_back(sample_case("case-" + std::to_string(i), Outcome::not_run));
  JunitReport report = this->report();
  report.on(started);
  int writes = 0;
  std::string before = content();
  for (std::size_t i = 0; i < cases; ++i) {
    now_ += Duration(1);
    report.on(CaseDone{0, i, sample_case("case-" + std::to_string(i), Outcome::pass)});
    std::string after = content();
    writes += after == before ? 0 : 1;
    before = std::move(after);
  }
  EXPECT_EQ(writes, 3);
  report.on(JobDone{0, started.outline.jobs[0]});
  EXPECT_EQ(content(), junit_xml(started.outline, JunitFlavour::strict));
}

TEST_F(JunitFile, TakesItsTimeWhereWritingTakesLong) {
  // The clock is asked at the start and at the end of writing.
  JunitReport report(file(), JunitFlavour::strict, [this] { return now_ += Duration(100); });
  report.on(sample_start());
  report.on(CaseDone{0, 0, sample_run().jobs[0].cases[0]});
  now_ += Duration(700);
  report.tick();
  EXPECT_THAT(content(), HasSubstr(R"(errors="5")")) << "100 ms of writing, 900 ms ago";
  report.tick();
  EXPECT_THAT(content(), HasSubstr(R"(errors="4")"));
}

TEST_F(JunitFile, APipeGetsTheLastDocumentOnly) {
  const fs::path pipe = dir_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  UniqueFd reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  JunitReport report(pipe, JunitFlavour::strict, [this] { return now_ += Duration(1000); });
  report.on(sample_start());
  report.on(CaseDone{0, 0, sample_run().jobs[0].cases[0]});
  report.tick();
  report.on(JobDone{0, sample_run().jobs[0]});
  report.on(RunDone{sample_run()});
  EXPECT_FALSE(report.error());
  std::string bytes(65536, '\0');
  const ssize_t size = ::read(reader.get(), bytes.data(), bytes.size());
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  EXPECT_EQ(bytes, junit_xml(sample_run(), JunitFlavour::strict));
}

TEST_F(JunitFile, IsCompleteAfterTheProgramWasKilled) {
  pid_t child = ::fork();
  if (child == 0) {
    JunitReport report = this->report();
    report.on(sample_start());
    now_ += Duration(1000);
    report.on(CaseDone{0, 0, sample_run().jobs[0].cases[0]});
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(complaint(content()), "");
  EXPECT_THAT(content(), HasSubstr(R"(tests="5" failures="0" errors="4")"));
  EXPECT_THAT(content(), HasSubstr(R"(<error type="stopped" message="bootgate ended before this case did" />)"));
}

TEST_F(JunitFile, AFullDiskKeepsTheOldFileAndIsAnError) {
  JunitReport report = this->report();
  report.on(sample_start());
  std::string before = content();

  auto old_action = ::signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit{};
  ::getrlimit(RLIMIT_FSIZE, &old_limit);
  rlimit limit{100, old_limit.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  now_ += Duration(1000);
  report.on(CaseDone{0, 1, sample_failure()});
  ::setrlimit(RLIMIT_FSIZE, &old_limit);
  ::signal(SIGXFSZ, old_action);

  ASSERT_TRUE(report.error());
  EXPECT_EQ(exit_code(report.error()->kind), 3);
  EXPECT_THAT(report.error()->what, HasSubstr("junit.xml"));
  EXPECT_EQ(content(), before);

  now_ += Duration(1000);
  report.tick();
  EXPECT_FALSE(report.error()) << "the file holds everything again";
  EXPECT_THAT(content(), HasSubstr(R"(tests="5" failures="1" errors="4")"));
}

TEST(ReadJunit, GivesBackWhatOurOwnFileTells) {
  TempDir dir;
  RunResult run = sample_run();
  run.jobs[0].cases.push_back(sample_flake());
  run.jobs[0].facts.emplace_back("time.login", "0.731");
  for (bool several : {false, true}) {
    if (several) {
      run.jobs.push_back(run.jobs[0]);
      run.jobs[1].name += "-again";
    }
    const RunRecord read = read_junit(dir.file("junit.xml", xml(run, JunitFlavour::rich))).value();
    const RunRecord written = record_of(run);
    ASSERT_EQ(read.jobs.size(), written.jobs.size());
    const JobRecord& job = read.jobs[0];
    EXPECT_EQ(read.timestamp, written.timestamp);
    EXPECT_EQ(job.name, written.jobs[0].name);
    EXPECT_EQ(job.measurements, written.jobs[0].measurements);
    for (std::size_t i = 0; i < job.cases.size(); ++i) {
      const CaseRecord& wanted = written.jobs[0].cases[i];
      EXPECT_EQ(job.cases[i].suite, wanted.suite);
      EXPECT_EQ(job.cases[i].name, wanted.name);
      EXPECT_EQ(job.cases[i].verdict.outcome, wanted.verdict.outcome) << wanted.name;
      EXPECT_EQ(job.cases[i].verdict.took, wanted.verdict.took);
      EXPECT_EQ(job.cases[i].verdict.crashes.size(), wanted.verdict.crashes.size());
      EXPECT_EQ(job.cases[i].earlier.size(), wanted.earlier.size());
    }
    EXPECT_EQ(job.cases[5].earlier[0].reason, "not within 5s: loop: module loaded");
  }
}

TEST(ReadJunit, KnowsThatTheBenchFailed) {
  TempDir dir;
  RunResult run = sample_run();
  run.error = Error{Error::Kind::bench, "no QEMU", {}, {}};
  RunRecord read = read_junit(dir.file("junit.xml", xml(run))).value();
  EXPECT_EQ(read.error, "no QEMU");
  EXPECT_FALSE(read.interrupted);
  EXPECT_EQ(read.jobs.size(), 1u);
  run.error.reset();
  run.interrupted = true;
  EXPECT_TRUE(read_junit(dir.file("junit.xml", xml(run))).value().interrupted);
}

TEST(ReadJunit, TakesTheFilesOfOtherTools) {
  TempDir dir;
  // pytest and gtest have a testsuite in a testsuite, or one at the top; classname may be missing.
  const RunRecord nested = read_junit(dir.file("a.xml", R"(<testsuites><testsuite name="outer"><testsuite name="inner"
      timestamp="2026-01-02T03:04:05.678"><testcase name="a" time="nan"/><testcase name="b" classname="c" time="0.25">
      <failure message="no"/></testcase></testsuite></testsuite></testsuites>)"))
                               .value();
  ASSERT_EQ(nested.jobs.size(), 1u);
  EXPECT_EQ(nested.jobs[0].name, "inner");
  EXPECT_EQ(nested.timestamp, "2026-01-02T03:04:05.678");
  ASSERT_EQ(nested.jobs[0].cases.size(), 2u);
  EXPECT_EQ(nested.jobs[0].cases[0].verdict.outcome, Outcome::pass);
  EXPECT_EQ(nested.jobs[0].cases[0].verdict.took, Duration());
  EXPECT_EQ(nested.jobs[0].cases[1].verdict.outcome, Outcome::fail);
  EXPECT_EQ(nested.jobs[0].cases[1].verdict.took, Duration(250));
  const RunRecord top =
      read_junit(dir.file("b.xml", R"(<testsuite name="t"><testcase name="a"><skipped/></testcase></testsuite>)"))
          .value();
  EXPECT_EQ(top.jobs.at(0).cases.at(0).verdict.outcome, Outcome::skip);
}

TEST(ReadJunit, SaysWhatIsNoJunit) {
  TempDir dir;
  EXPECT_EQ(read_junit(dir.file("a", "half <")).error().kind, Error::Kind::usage);
  EXPECT_THAT(read_junit(dir.file("b", "<html/>")).error().what, HasSubstr("it has no testsuite"));
  EXPECT_FALSE(read_junit(dir.path() / "missing"));
}

}  // namespace
}  // namespace bootgate
