#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "harness/run/evidence.hpp"
#include "harness/support/process.hpp"
#include "harness/support/text.hpp"
#include "reports/html/console_view.hpp"
#include "reports/html/markup.hpp"
#include "reports/html/plot.hpp"
#include "reports/html/site.hpp"
#include "tests/reports/month.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// It would rename the page if any of it ran.
const std::string attack =
    "</script></pre></textarea><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "\" autofocus onfocus=\"document.title='owned'\" x=\"' "
    "onload='document.title=1'<svg/onload=document.title='owned'>";

/// A run whose every text is an attack, with a console that is one.
RunResult hostile_run(const fs::path& directory) {
  RunResult run = sample_run();
  JobResult& job = run.jobs[0];
  job.directory = directory / job.name;
  job.facts.emplace_back("kernel.version", attack);
  job.facts.emplace_back(attack, "x");
  job.cases.push_back(sample_flake());
  for (CaseResult& result : job.cases) {
    result.reason = result.details = result.note = attack;
    result.excerpt = {attack, "[    0.200000] last"};
    result.records = {{attack, attack}};
    for (CaseResult& attempt : result.earlier)
      attempt.reason = attack;
  }
  job.cases[1].reports[0].title = attack;
  job.cases[1].reports[0].lines = {"WARNING: " + attack, attack};
  job.cases[1].name = "mount-a";
  return run;
}

class Site : public ::testing::Test {
 protected:
  /// Writes the pages of a run, with a console for its job.
  fs::path write(const RunResult& run, const HistoryView& view = {}, const std::vector<RunEntry>& runs = {}) {
    RunRecord record = record_of(run);
    record.name = "20261126-020000";
    const Overview overview = make_overview(record, view);
    const fs::path site = dir_.path() / "site";
    auto written = write_site({run, overview, view, runs, {}}, site);
    EXPECT_TRUE(written) << written.error().what;
    return site;
  }

  static std::vector<fs::path> pages(const fs::path& site) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(site))
      if (entry.path().extension() == ".html") files.push_back(entry.path());
    return files;
  }

  fs::path save_console(const RunResult& run, const std::string& text) const {
    const std::string name = fs::relative(run.jobs[0].directory / "console.txt", dir_.path());
    return dir_.file(name, text);
  }

  TempDir dir_;
};

/// The document as Chromium has it once its scripts have run, and what they complained of. Without a network.
struct Browsed {
  std::string document;
  std::string complaints;
};

std::optional<Browsed> browse(const fs::path& page, const std::string& hash = {}) {
  TempDir profile;
  CommandOptions options;
  options.timeout = std::chrono::seconds(50);
  auto result = run_command(
      {"chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
       "--user-data-dir=" + profile.path().string(), "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr",
       "--virtual-time-budget=3000", "--dump-dom", "file://" + page.string() + hash},
      options);
  if (!result || !result->status.ok()) return std::nullopt;
  Browsed browsed{result->output, {}};
  for (std::string_view line : split(result->errors, '\n'))
    if (line.find("CONSOLE") != std::string_view::npos) browsed.complaints += std::string(line) + "\n";
  return browsed;
}

bool has_browser() {
  return fs::exists("/usr/bin/chromium");
}

TEST_F(Site, HostileTextIsTextOnEveryPage) {
  const RunResult run = hostile_run(dir_.path());
  save_console(run, "     0.100 " + attack + "\n");
  const fs::path site = write(run);
  for (const fs::path& page : pages(site)) {
    const std::string text = read_file(page).value();
    EXPECT_THAT(text, Not(HasSubstr("<script>"))) << page;
    EXPECT_THAT(text, Not(HasSubstr("<img"))) << page;
    EXPECT_THAT(text, Not(HasSubstr("<svg/"))) << page;
    EXPECT_THAT(text, Not(HasSubstr("\" autofocus"))) << page;
    EXPECT_THAT(text, HasSubstr("default-src 'none'")) << page;
  }
}

TEST_F(Site, EveryLinkLeadsToAPageThatIsThere) {
  const RunResult run = hostile_run(dir_.path());
  const fs::path site = write(run);
  const std::regex link("(?:href|src)=\"([^\"]*)\"");
  std::size_t links = 0;
  for (const fs::path& page : pages(site)) {
    const std::string text = read_file(page).value();
    for (std::sregex_iterator match(text.begin(), text.end(), link), end; match != end; ++match, ++links) {
      const std::string target = (*match)[1];
      if (target == "data:,") continue;
      EXPECT_EQ(target.find(':'), std::string::npos) << target << ": nothing is loaded from elsewhere";
      const std::size_t hash = target.find('#');
      const fs::path file = hash == 0 ? page : site / target.substr(0, hash);
      EXPECT_TRUE(fs::exists(file)) << page << " -> " << target;
      if (hash != std::string::npos) {
        EXPECT_THAT(read_file(file).value_or(""), HasSubstr("id=\"" + target.substr(hash + 1) + "\"")) << target;
      }
    }
  }
  EXPECT_GT(links, 50u);
}

TEST_F(Site, NoHeadingIsTwoLevelsBelowTheOneBefore) {
  RunResult run = hostile_run(dir_.path());
  run.jobs[0].cases.back().earlier[0].reports = run.jobs[0].cases[1].reports;
  HistoryView view;
  view.measurements = {{"job", "time.login", {{"1", "", "", 0.7}, {"2", "", "", 0.8}}}};
  const fs::path site = write(run, view);
  const std::regex heading("<h([1-6])");
  for (const fs::path& page : pages(site)) {
    const std::string text = read_file(page).value();
    int before = 0;
    for (std::sregex_iterator match(text.begin(), text.end(), heading), end; match != end; ++match) {
      const int level = std::stoi((*match)[1]);
      EXPECT_LE(level, before + 1) << page;
      before = level;
    }
  }
}

TEST_F(Site, TheOverviewBeginsWithTheDifference) {
  TempDir dir;
  History history = History::open(dir.path() / "history.db").value();
  for (int night = 1; night <= 19; ++night)
    ASSERT_TRUE(Month::record(history, night));
  const HistoryView view = view_history(history, Month::name(19)).value();
  RunResult run = Month::night(19);
  RunRecord record = record_of(run);
  record.name = Month::name(19);
  const Overview overview = make_overview(record, view);
  const fs::path site = dir_.path() / "site";
  ASSERT_TRUE(write_site({run, overview, view, history.runs(30).value(), {}}, site));
  const std::string index = read_file(site / "index.html").value();
  EXPECT_LT(index.find("What changed"), index.find("Kernels and suites"));
  EXPECT_LT(index.find("Kernels and suites"), index.find("All cases"));
  EXPECT_THAT(index, HasSubstr("still failing"));
  EXPECT_THAT(index, HasSubstr("bootgate bisect --tree /linux --good 00000000100b --bad 00000000100c"));
  EXPECT_THAT(index, HasSubstr("1 of 5 failed"));
  EXPECT_THAT(index, HasSubstr("cut off"));
  const std::string trends = read_file(site / "trends.html").value();
  EXPECT_THAT(trends, HasSubstr("<svg"));
  EXPECT_THAT(trends, HasSubstr("class=\"dot beyond\""));
  EXPECT_THAT(trends, HasSubstr("since 20261118-020000"));
}

TEST_F(Site, InABrowserThePagesWorkAndNothingRunsThatAGuestSaid) {
  if (!has_browser()) GTEST_SKIP() << "there is no chromium";
  const RunResult run = hostile_run(dir_.path());
  save_console(run, "     0.100 [    0.000000] Linux\n     0.200 " + attack + "\n     0.300 WARNING: " + attack + "\n");
  const fs::path site = write(run);

  const auto index = browse(site / "index.html", "#outcome=fail");
  ASSERT_TRUE(index);
  EXPECT_THAT(index->document, HasSubstr("1 of 6 cases"));
  EXPECT_THAT(index->document, HasSubstr("<title>bootgate 20261126-020000</title>"));
  EXPECT_EQ(index->complaints, "");
  const auto chosen = browse(site / "index.html", "#text=boot+o");
  ASSERT_TRUE(chosen);
  EXPECT_THAT(chosen->document, HasSubstr("6 of 6 cases"));

  // The console is unpacked in the background, and a browser without a screen may be done before.
  auto failure = browse(site / "case-1-2.html");
  for (int again = 0; again < 4 && failure && failure->document.find(">3 lines<") == std::string::npos; ++again)
    failure = browse(site / "case-1-2.html");
  ASSERT_TRUE(failure);
  EXPECT_THAT(failure->document, HasSubstr("<title>boot/mount-a</title>"));
  EXPECT_THAT(failure->document, HasSubstr(">3 lines<")) << "the console is unpacked";
  EXPECT_THAT(failure->document, HasSubstr("<li id=\"L3\" class=\"failing\">"));
  EXPECT_THAT(failure->document, HasSubstr("<span class=\"at\">0.100</span><span>[    0.000000] Linux</span>"));
  EXPECT_THAT(failure->document, Not(HasSubstr("<img")));
  EXPECT_EQ(failure->complaints, "");
}

TEST_F(Site, TheBrowserTellsWhenAGuestsScriptIsStopped) {
  if (!has_browser()) GTEST_SKIP() << "there is no chromium";
  // What the policy is for: should some text ever come through unescaped.
  const std::string page = html_page({"hole", attack, ""});
  const auto browsed = browse(dir_.file("hole.html", page));
  ASSERT_TRUE(browsed);
  EXPECT_THAT(browsed->document, HasSubstr("<title>hole</title>"));
  EXPECT_THAT(browsed->complaints, HasSubstr("Content Security Policy"));
}

TEST(Markup, EscapesWhatStandsForMarkup) {
  EXPECT_EQ(html_escaped("<a href=\"x\">&'\x1b[2J\n\n"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;\\x1b[2J\n\n");
  EXPECT_EQ(html_escaped(""), "");
}

TEST(ConsoleView, FindsTheLinesOfACase) {
  CaseResult result = sample_failure();
  result.excerpt = {"mount: failing", "[    0.300000] last"};
  const std::string console =
      "     0.100 [    0.100000] first\n     0.200 mount: failing\n     0.210 WARNING: CPU: 0 PID: 1\n"
      "     0.300 [    0.300000] last\n     0.400 more\n";
  const CaseLines lines = lines_of(result, console);
  EXPECT_EQ(lines.first, 2);
  EXPECT_EQ(lines.last, 4);
  EXPECT_EQ(lines.failing, 3);
  result.reports.clear();
  EXPECT_EQ(lines_of(result, console).failing, 4);
  result.cause = Cause::deadline;
  EXPECT_EQ(lines_of(result, console).failing, 0) << "none came";
  result.outcome = Outcome::pass;
  EXPECT_EQ(lines_of(result, console).failing, 0);
  EXPECT_EQ(lines_of(result, "").first, 0);
}

TEST(ConsoleView, TakesTheConsoleOfTheCasesOwnMachine) {
  TempDir dir;
  JobResult job;
  job.directory = dir.path();
  CaseResult result = sample_case("a", Outcome::pass);
  EXPECT_TRUE(console_of(job, result).path.empty());
  dir.file("console.txt", "of the job\n");
  EXPECT_EQ(console_of(job, result).lines, "of the job\n");
  dir.file("a/console.txt", "of the case\n");
  EXPECT_EQ(console_of(job, result).lines, "of the case\n");
  dir.file("a/attempt-2/console.txt", "of the second attempt\n");
  result.earlier.resize(1);
  EXPECT_EQ(console_of(job, result).lines, "of the second attempt\n");
}

TEST(ConsoleView, ALongConsoleKeepsItsHeadAndTail) {
  TempDir dir;
  JobResult job;
  job.directory = dir.path();
  std::string text = "     0.000 the head\n";
  for (int i = 0; i < 60'000; ++i)
    text += fmt::format("     1.000 line {}, with some text in it\n", i);
  dir.file("console.txt", text + "     2.000 the tail\n");
  const std::string lines = console_of(job, sample_case("a", Outcome::pass)).lines;
  EXPECT_LT(lines.size(), std::size_t{1} << 21);
  EXPECT_TRUE(lines.starts_with("     0.000 the head\n"));
  EXPECT_TRUE(lines.ends_with("     2.000 the tail\n"));
  EXPECT_THAT(lines, HasSubstr("bytes left out"));
}

TEST(Plot, APhaseIsAsLongAsItTook) {
  JobRecord job;
  job.measurements = {{"time.first_byte", 0.1}, {"time.kernel", 0.3}, {"time.init", 1.0}, {"time.login", 2.0}};
  const std::string svg = waterfall_svg(job);
  EXPECT_THAT(svg, HasSubstr("0.200 s"));
  EXPECT_THAT(svg, HasSubstr("0.700 s"));
  EXPECT_THAT(svg, HasSubstr("1.000 s"));
  EXPECT_THAT(svg, HasSubstr("role=\"img\""));
  EXPECT_EQ(waterfall_svg(JobRecord{}), "");
}

TEST(Plot, NumbersThatAreNoneDrawNothing) {
  JobRecord job;
  add_fact(job, "time.login", "inf");
  EXPECT_EQ(waterfall_svg(job), "");
}

TEST(Plot, OneRunIsNoTrend) {
  MeasurementHistory history{"job", "time.login", {{"1", "", "", 1.0}}};
  EXPECT_EQ(trend_svg(history, std::nullopt, 1), "");
  history.points.push_back({"2", "", "", 1.1});
  EXPECT_THAT(trend_svg(history, std::nullopt, 1), HasSubstr("2 runs, from 1.000 s to 1.100 s"));
  history.points[1].value = 1.0;  // a flat line has a scale too
  EXPECT_THAT(trend_svg(history, std::nullopt, 1), Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace bootgate
