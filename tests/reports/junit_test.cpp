#include "reports/junit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "harness/support/process.hpp"
#include "tests/reports/sample_run.hpp"

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
  fs::path dir_;
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
  RunResult run = run_with(result);
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

TEST_F(JunitFile, HoldsEveryCaseAsAnErrorFromTheStart) {
  JunitReport report(file(), JunitFlavour::strict);
  report.on(sample_start());
  EXPECT_FALSE(report.error());
  EXPECT_EQ(complaint(content()), "");
  EXPECT_THAT(content(), HasSubstr(R"(tests="5" failures="0" errors="5")"));
  EXPECT_THAT(content(), HasSubstr(R"(<error type="stopped" message="bootgate ended before this case did" />)"));
  EXPECT_THAT(content(), HasSubstr(R"(<property name="kernel" value="debian" />)"));
}

TEST_F(JunitFile, HoldsEachCaseOnceItIsDone) {
  JunitReport report(file(), JunitFlavour::strict);
  report.on(sample_start());
  report.on(CaseDone{0, 0, sample_run().jobs[0].cases[0]});
  EXPECT_THAT(content(), HasSubstr(R"(tests="5" failures="0" errors="4")"));
  report.on(CaseDone{0, 1, sample_failure()});
  EXPECT_THAT(content(), HasSubstr(R"(tests="5" failures="1" errors="3")"));
  report.on(JobDone{0, sample_run().jobs[0]});
  report.on(RunDone{sample_run()});
  EXPECT_EQ(content(), junit_xml(sample_run(), JunitFlavour::strict));
}

TEST_F(JunitFile, IsCompleteAfterTheProgramWasKilled) {
  pid_t child = ::fork();
  if (child == 0) {
    JunitReport report(file(), JunitFlavour::strict);
    report.on(sample_start());
    report.on(CaseDone{0, 0, sample_run().jobs[0].cases[0]});
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(complaint(content()), "");
  EXPECT_THAT(content(), HasSubstr(R"(tests="5" failures="0" errors="4")"));
}

TEST_F(JunitFile, AFullDiskKeepsTheOldFileAndIsAnError) {
  JunitReport report(file(), JunitFlavour::strict);
  report.on(sample_start());
  std::string before = content();

  auto old_action = ::signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit{};
  ::getrlimit(RLIMIT_FSIZE, &old_limit);
  rlimit limit{100, old_limit.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  report.on(CaseDone{0, 1, sample_failure()});
  ::setrlimit(RLIMIT_FSIZE, &old_limit);
  ::signal(SIGXFSZ, old_action);

  ASSERT_TRUE(report.error());
  EXPECT_EQ(exit_code(report.error()->kind), 3);
  EXPECT_THAT(report.error()->what, HasSubstr("junit.xml"));
  EXPECT_EQ(content(), before);

  report.on(RunDone{sample_run()});
  EXPECT_FALSE(report.error()) << "the file holds everything again";
}

}  // namespace
}  // namespace bootgate
