#include "tests/reports/month.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/history_text.hpp"
#include "reports/overview_text.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class MonthOfNights : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = new TempDir();
    history_ = new History(History::open(dir_->path() / "history.db").value());
    for (int night = 1; night <= Month::nights; ++night) {
      ASSERT_TRUE(Month::record(*history_, night));
      overviews_->push_back(Month::overview(*history_, night));
    }
  }
  static void TearDownTestSuite() {
    delete history_;
    delete dir_;
    overviews_->clear();
  }
  static const Overview& after(int night) { return overviews_->at(static_cast<std::size_t>(night - 1)); }

  static inline TempDir* dir_ = nullptr;
  static inline History* history_ = nullptr;
  static inline std::vector<Overview>* overviews_ = new std::vector<Overview>();
};

/// "12 broken rust/rust_print", and nothing else.
std::vector<std::string> table(const std::vector<const Overview*>& nights) {
  std::vector<std::string> rows;
  for (const Overview* night : nights) {
    const std::string day = night->run.name.substr(6, 2);
    for (const Finding& finding : night->findings)
      rows.push_back(
          fmt::format("{} {} {}/{}", day, to_string(finding.change.change), finding.change.suite, finding.change.name));
    for (const NewCrash& crash : night->crashes)
      rows.push_back(fmt::format("{} crash {}", day, crash.crash.title));
    for (const DriftFinding& drift : night->drifts)
      rows.push_back(fmt::format("{} {} {} since {}", day, drift.verdict.drift == Drift::up ? "up" : "down", drift.name,
                                 drift.since.run.substr(6, 2)));
  }
  return rows;
}

TEST_F(MonthOfNights, TellsWhatWasPlantedAndNothingElse) {
  std::vector<const Overview*> nights;
  for (int night = 1; night <= Month::nights; ++night)
    nights.push_back(&after(night));
  const std::vector<std::string> rows = table(nights);
  std::vector<std::string> wanted = {"03 flaky boot/dev-nodes"};
  for (int night = 11; night <= 30; ++night) {
    auto add = [&](const std::string& what) { wanted.push_back(fmt::format("{:02} {}", night, what)); };
    if (night == Month::broken_bench) continue;
    if (night == Month::regression) add("broken rust/rust_print");
    if (night == Month::sample_vanishes) add("gone rust/rust_misc_device");
    if (night > Month::regression && night < Month::repair) add("still failing rust/rust_print");
    if (night == 11 || night == 17 || night == 26) add("flaky boot/dev-nodes");
    if (night == Month::repair) add("fixed rust/rust_print");
    // The first slow night is one sample. The slow nights become usual when they are half of those before the newest.
    if (night > Month::slow_down && night <= 25) {
      add("up time.login since 18");
      add("up time.login since 18");
    }
  }
  EXPECT_EQ(rows, wanted);
}

TEST_F(MonthOfNights, ARegressionHasItsCommitsAndTheCommandThatFindsIt) {
  for (int night : {12, 13, 16, 19}) {
    const Finding& finding = after(night).findings.at(0);
    ASSERT_TRUE(finding.last_good) << night;
    ASSERT_TRUE(finding.first_bad) << night;
    EXPECT_EQ(finding.last_good->run, Month::name(11)) << night;
    EXPECT_EQ(finding.last_good->commit, fmt::format("{:012x}", 0x1000 + 11));
    EXPECT_EQ(finding.first_bad->run, Month::name(12)) << night;
    EXPECT_EQ(finding.bisect, fmt::format("bootgate bisect --tree /linux --good {:012x} --bad {:012x} --suite rust "
                                          "--case rust_print",
                                          0x1000 + 11, 0x1000 + 12));
  }
}

/// A case that broke between two commits of this origin, the later of which is `bad`.
std::string bisect_of(const std::string& origin, const std::string& options = "--suite boot",
                      const std::string& bad = "bbbbbbbbbbbb") {
  TempDir dir;
  History history = History::open(dir.path() / "history.db").value();
  for (const std::string& commit : {std::string("aaaaaaaaaaaa"), bad}) {
    RunRecord run;
    run.name = commit;
    run.timestamp = "2026-11-26T02:00:00";
    JobRecord& job = run.jobs.emplace_back();
    job.name = "job";
    add_fact(job, "kernel.origin", fmt::format("commit {} ({}), built with LLVM", commit, origin));
    if (!options.empty()) add_fact(job, "bisect.options", options);
    const Outcome outcome = commit[0] == 'a' ? Outcome::pass : Outcome::fail;
    job.cases.push_back({"boot", "login", {outcome, Cause::none, {}, {}, {}}, {}});
    EXPECT_TRUE(history.add(run, ""));
  }
  const Overview overview = make_overview(history.run(bad).value().value(), view_history(history, bad).value());
  return overview.findings.at(0).bisect;
}

TEST(BisectCommand, NamesATreeOnlyWhereItIsADirectory) {
  const std::string ends = " --good aaaaaaaaaaaa --bad bbbbbbbbbbbb --suite boot --case login";
  EXPECT_EQ(bisect_of("master of /linux"), "bootgate bisect --tree /linux" + ends);
  for (const char* remote : {"https://example.org/linux.git", "git@host:linux", "host:team/linux"})
    EXPECT_EQ(bisect_of(fmt::format("master of {}", remote)), "bootgate bisect" + ends) << remote;
  EXPECT_EQ(bisect_of("master of /srv/a:b"), "bootgate bisect --tree /srv/a:b" + ends);
}

TEST(BisectCommand, BootsWhatTheJobDid) {
  EXPECT_EQ(bisect_of("master of /linux", "--suite /my/boot.toml --config lean+debug"),
            "bootgate bisect --tree /linux --good aaaaaaaaaaaa --bad bbbbbbbbbbbb --suite /my/boot.toml --config "
            "lean+debug --case login");
}

TEST(BisectCommand, IsNoneWhereItIsNotKnownHowToBootIt) {
  EXPECT_EQ(bisect_of("master of /linux", ""), "");
}

TEST(BisectCommand, NamesNothingThatIsNoCommit) {
  EXPECT_EQ(bisect_of("master of /linux", "--suite boot", "$(reboot);  "), "");
}

TEST_F(MonthOfNights, AFlakeHasItsRate) {
  const Finding& finding = after(26).findings.at(0);
  EXPECT_EQ(finding.failed_attempts, 4);
  // One attempt a night, two where it failed; 27 nights, of which one was cut off behind this job.
  EXPECT_EQ(finding.attempts, 26 + 4);
  EXPECT_EQ(finding.runs, 26);
}

TEST_F(MonthOfNights, ANightThatWasCutOffChangesNothing) {
  EXPECT_THAT(after(Month::cut_off + 1).findings, IsEmpty());
  EXPECT_EQ(after(Month::cut_off + 1).before, Month::name(Month::cut_off - 1));
  EXPECT_FALSE(history_->runs(100).value().at(Month::nights - Month::cut_off).finished);
}

TEST_F(MonthOfNights, ANightWithoutABenchSaysSoAndTheNextOneIsQuiet) {
  EXPECT_EQ(overview_text(after(Month::broken_bench)),
            "20261115-020000: the test bench failed; in all 30 not run, 0 passed\n"
            "compared with 20261114-020000\n"
            "the test bench failed: no QEMU\n");
  for (const Finding& finding : after(Month::broken_bench + 1).findings)
    EXPECT_EQ(finding.change.change, Change::still_failing) << finding.change.name;
}

TEST_F(MonthOfNights, TheSummaryHasOnlyWhatChanged) {
  EXPECT_EQ(overview_text(after(Month::regression)),
            "20261112-020000: 1 newly failing; in all 1 failed, 29 passed\n"
            "compared with 20261111-020000\n"
            "\n"
            "BROKEN       rust/rust_print  (rust-linux.git_master-busybox-initrd_only-tcg)\n"
            "             not within 8s: rust_print: Rust printing\n"
            "             good in 20261111-020000 (00000000100b), bad since 20261112-020000 (00000000100c)\n"
            "             bootgate bisect --tree /linux --good 00000000100b --bad 00000000100c --suite rust --case "
            "rust_print\n");
  EXPECT_EQ(overview_text(after(5)),
            "20261105-020000: nothing changed; in all 30 passed\n"
            "compared with 20261104-020000\n");
  EXPECT_THAT(overview_text(after(19)), HasSubstr("SLOWER       time.login 1.2"));
  EXPECT_THAT(overview_text(after(22)), HasSubstr("there is no such case any more"));
}

TEST_F(MonthOfNights, QuietNightsAreQuiet) {
  EXPECT_TRUE(is_quiet(after(5)));
  EXPECT_TRUE(is_quiet(after(3))) << "a flake";
  EXPECT_TRUE(is_quiet(after(13))) << "what still fails is no news";
  for (int night : {Month::regression, Month::slow_down + 1, Month::sample_vanishes})
    EXPECT_FALSE(is_quiet(after(night))) << night;
}

TEST_F(MonthOfNights, ACaseIsARowOfMarks) {
  const std::string text = cases_text(history_->cases_named("rust_print", 60).value(), false);
  // Night 9 was cut off before this job, night 15 had no bench.
  EXPECT_THAT(text, HasSubstr("    ..........FFF-FFFF...........\n"));
  EXPECT_THAT(text, HasSubstr("    20261112-020000  00000000100c    FAIL not within 8s"));
}

TEST_F(MonthOfNights, MarkdownAndJsonTellTheSame) {
  const std::string markdown = overview_markdown(after(Month::regression));
  EXPECT_THAT(markdown, HasSubstr("| BROKEN | `rust/rust_print` |"));
  EXPECT_THAT(markdown, HasSubstr("```sh\nbootgate bisect "));
  const Json json = to_json(after(Month::regression));
  EXPECT_EQ(json.find("run")->text(), Month::name(12));
  EXPECT_FALSE(json.find("quiet")->flag());
  const auto& changes = std::get<Json::Array>(json.find("changes")->value);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].find("change")->text(), "broken");
  EXPECT_EQ(changes[0].find("last_good")->find("commit")->text(), "00000000100b");
}

TEST(Overview, GuestTextIsNoMarkupInMarkdown) {
  RunRecord before, after;
  before.jobs.resize(1);
  before.jobs[0].cases.resize(1);
  before.jobs[0].cases[0].verdict.outcome = Outcome::pass;
  after = before;
  after.jobs[0].cases[0].verdict.outcome = Outcome::fail;
  after.jobs[0].cases[0].verdict.reason = "<script>alert(1)</script> ![x](http://y) | a `b` @everyone #12";
  after.jobs[0].cases[0].verdict.crashes = {{"` <b>x</b> | y", "", true}};
  const std::string markdown = overview_markdown(make_overview(before, after));
  EXPECT_THAT(markdown, Not(HasSubstr("<script")));
  EXPECT_THAT(markdown, Not(HasSubstr("![x]")));
  EXPECT_THAT(markdown, Not(HasSubstr("@everyone")));
  EXPECT_THAT(markdown, HasSubstr("`' <b>x</b> \\| y`"));
}

TEST(Overview, CasesThatABrokenBootTakesAlongAreToldInOneLine) {
  RunRecord before, after;
  before.jobs.resize(1);
  before.jobs[0].name = "job";
  for (const char* name : {"mount-a", "login", "shell"})
    before.jobs[0].cases.push_back({"boot", name, {Outcome::pass, Cause::none, {}, {}, {}}, {}});
  after = before;
  after.jobs[0].cases[0].verdict.outcome = Outcome::fail;
  for (std::size_t i : {1u, 2u})
    after.jobs[0].cases[i].verdict.outcome = Outcome::not_run;
  const Overview overview = make_overview(before, after);
  EXPECT_EQ(overview.findings.size(), 3u);
  EXPECT_THAT(overview_text(overview), HasSubstr("BROKEN       boot/mount-a  (job)\n"
                                                 "GONE         2 cases were not run any more  (job)\n"));
  EXPECT_THAT(overview_markdown(overview), HasSubstr("| GONE | 2 cases, not run any more | `job` | |"));
}

TEST(Overview, ATitleThatTheJobHadBeforeIsNoNewOne) {
  TempDir dir;
  History history = History::open(dir.path() / "history.db").value();
  for (int number = 1; number <= 3; ++number) {
    RunResult run = sample_run();
    if (number == 2) run.jobs[0].cases[1] = sample_case("mount-a", Outcome::pass);
    RunRecord record = record_of(run);
    record.name = std::to_string(number);
    record.timestamp = utc_timestamp(1'780'000'000 + number);
    ASSERT_TRUE(history.add(record, ""));
  }
  const auto seen = [&](const char* name) {
    return make_overview(history.run(name).value().value(), view_history(history, name).value());
  };
  EXPECT_THAT(seen("3").crashes, IsEmpty()) << "it came in the first one";
  EXPECT_EQ(seen("3").findings.at(0).change.change, Change::broken);
}

TEST(Overview, ARunThatIsNotRecordedIsComparedWithTheNewest) {
  TempDir dir;
  History history = History::open(dir.path() / "history.db").value();
  RunRecord record = record_of(sample_run());
  record.name = "recorded";
  ASSERT_TRUE(history.add(record, ""));
  RunRecord other = record;
  other.name = "other";
  other.jobs[0].cases[0].verdict.outcome = Outcome::fail;
  const Overview overview = make_overview(other, view_history(history, "other").value());
  EXPECT_EQ(overview.before, "recorded");
  EXPECT_EQ(overview.findings.at(0).change.change, Change::broken);
}

}  // namespace
}  // namespace bootgate
