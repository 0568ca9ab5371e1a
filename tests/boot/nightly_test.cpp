// Nights on the packaged kernel, as a timer starts them.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "harness/support/json.hpp"
#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class Nightly : public testing::Test {
 protected:
  /// Two jobs, of a few boot cases each.
  void write_plan(const std::string& more = {}) const {
    here_.file("plan.toml", "suites = './short.toml'\naccel = 'tcg'\nprofile = ['initrd-only', 'smp']\n" + more);
    here_.file("short.toml",
               "name = 'short'\nrootfs = 'busybox'\nprofile = ['initrd-only']\n"
               "[[case]]\nname = 'init'\nduring = 'boot'\nsteps = [{ expect-regex = '^bootgate: (?<nonce>\\w+) init "
               "started' }]\n"
               "[[case]]\nname = 'uname'\nsteps = [{ run = 'uname -r' }]\n");
  }
  Json history(std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), "history");
    arguments.push_back("--json");
    const RunSeen seen = here_.bootgate(std::move(arguments));
    EXPECT_EQ(seen.status, 0) << seen.errors;
    return parse_json(seen.output).value_or(Json());
  }
  static const Json::Array& items(const Json& json) { return std::get<Json::Array>(json.value); }
  static std::int64_t number(const Json& json, std::string_view name) {
    return std::get<std::int64_t>(json.find(name)->value);
  }
  pid_t start_night() const {
    const pid_t child = ::fork();
    if (child != 0) return child;
    const int log = ::open((here_.directory() / "night.log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    ::dup2(log, 1);
    ::dup2(log, 2);
    if (::chdir(here_.directory().c_str()) == 0)
      ::execl(program().c_str(), "bootgate", "nightly", "plan.toml", nullptr);
    ::_exit(127);
  }
  /// A night that was killed before has not made its history yet.
  bool has_begun() const {
    std::error_code none;
    fs::directory_iterator nights(here_.directory() / "nights", none), end;
    return std::any_of(nights, end, [](const auto& night) { return fs::exists(night.path() / "night.json"); });
  }
  BootRun here_;
};

TEST_F(Nightly, IsRecordedReportedAndComparedAndWhatCanNotBeFetchedIsAnErrorOfItsJobs) {
  write_plan();
  const RunSeen first = here_.bootgate({"nightly", "plan.toml", "--kcidb", "kcidb.json"});
  EXPECT_EQ(first.status, 0) << first.output << first.errors;
  EXPECT_THAT(first.output, HasSubstr("the first run"));
  EXPECT_TRUE(fs::exists(here_.directory() / "kcidb.json"));

  write_plan("kernel = 'debian'\n[[tree]]\ngit = 'file:///no/such/repository'\nrefs = 'master'\n");
  const RunSeen second = here_.bootgate({"nightly", "plan.toml"});
  EXPECT_EQ(second.status, 3) << "a tree is missing";
  EXPECT_THAT(second.output, HasSubstr("UNJUDGED"));
  EXPECT_THAT(second.output, HasSubstr("/no/such/repository"));
  EXPECT_THAT(second.output, Not(HasSubstr("BROKEN")));
  const Json runs = history();
  ASSERT_THAT(items(runs), SizeIs(2));
  EXPECT_EQ(number(items(runs)[0], "pass"), number(items(runs)[1], "pass")) << "the other jobs were run";
  EXPECT_EQ(number(items(runs)[0], "error_count"), 2);
  const fs::path night = std::string(items(runs)[0].find("directory")->text());
  for (const char* file :
       {"report/index.html", "report/trends.html", "summary.md", "mail.txt", "report.json", "junit.xml", "run.json"})
    EXPECT_TRUE(fs::exists(night / file)) << file;
  const RunSeen compared = here_.bootgate({"compare", night.string(), night.string()});
  EXPECT_EQ(compared.status, 3) << "what is in error can't be compared";
}

TEST_F(Nightly, GoesOnWhereItWasKilled) {
  write_plan();
  for (int milliseconds : {300, 2500, 5000}) {
    const pid_t child = start_night();
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    if (!has_begun()) continue;
    EXPECT_EQ(here_.bootgate({"history"}).status, 0) << "after " << milliseconds << " ms the history can't be read";
  }
  const RunSeen last = here_.bootgate({"nightly", "plan.toml"});
  EXPECT_EQ(last.status, 0) << last.output << last.errors;
  const Json runs = history();
  ASSERT_GE(items(runs).size(), 1u);
  EXPECT_TRUE(items(runs)[0].find("finished")->flag());
  EXPECT_EQ(number(items(runs)[0], "jobs"), 2);
  EXPECT_EQ(number(items(runs)[0], "pass"), 6) << "init, uname and clean-end of both jobs";
  const Json cases = history({"uname"});
  EXPECT_THAT(items(cases), SizeIs(2));
}

TEST_F(Nightly, SaysWhatItWouldDoAndDoesNothing) {
  write_plan("[keep]\ndays = 1\n");
  const RunSeen seen = here_.bootgate({"nightly", "plan.toml", "--dry-run"});
  EXPECT_EQ(seen.status, 0) << seen.errors;
  EXPECT_THAT(seen.output, HasSubstr("short-debian-busybox-initrd_only-tcg"));
  EXPECT_FALSE(fs::exists(here_.directory() / "nights"));
  here_.file("plan.toml", "suits = 'boot'\n");
  const RunSeen mistaken = here_.bootgate({"nightly", "plan.toml"});
  EXPECT_EQ(mistaken.status, 2);
  EXPECT_THAT(mistaken.errors, HasSubstr("did you mean 'suites'?"));
}

}  // namespace
}  // namespace bootgate
