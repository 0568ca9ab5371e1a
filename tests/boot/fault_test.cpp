// A packaged kernel that is made to fail, and one that only makes much noise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* crash = "echo c > /proc/sysrq-trigger";
constexpr const char* crash_title = "kernel panic: sysrq triggered crash";

std::string suite_of(const std::string& cases) {
  return "name = \"faults\"\n" + cases;
}

std::string case_of(const std::string& name, const std::string& steps) {
  return "[[case]]\nname = \"" + name + "\"\nsteps = [\n" + steps + "]\n";
}

std::string run_step(const std::string& command) {
  return "  { run = '" + command + "', status = \"any\" },\n";
}

std::size_t occurrences(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string_view::npos; at += word.size())
    ++count;
  return count;
}

TEST(Fault, ThatIsExpectedPassesAndHarmsNoOtherCase) {
  BootRun run;
  const std::string expected = std::string("  { expect-report = \"") + crash_title + "\" },\n";
  const fs::path suite = run.file(
      "faults.toml", suite_of(case_of("crash", run_step(crash) + expected) + case_of("later", run_step("true"))));
  const RunSeen seen = run.run({suite.string()});
  EXPECT_EQ(seen.status, 0) << seen.output;
  EXPECT_THAT(seen.with("pass"), ElementsAre("clean-end", "crash", "later"));
}

TEST(Fault, ThatComesUnderAnotherTitleFails) {
  BootRun run;
  const fs::path suite =
      run.file("faults.toml",
               suite_of(case_of("crash", run_step(crash) + "  { expect-report = \"kernel panic: another\" },\n")));
  const RunSeen seen = run.run({suite.string()});
  EXPECT_EQ(seen.status, 1) << seen.output;
  EXPECT_EQ(seen.cases.at("crash").message, crash_title);
}

TEST(Fault, ThatIsKnownFailsNobodyUntilItExpires) {
  BootRun run;
  const fs::path suite = run.file("faults.toml", suite_of(case_of("crash", run_step(crash) + run_step("true"))));
  auto issue = [&](const std::string& date) {
    return run
        .file("known.toml",
              std::string("[[issue]]\ntitle = '") + crash_title +
                  "'\nreason = 'asked for'\nlink = 'https://example.org'\nowner = 'us'\nexpires = " + date)
        .string();
  };
  RunSeen seen = run.run({suite.string(), "--known-issues", issue("2999-12-31")});
  EXPECT_EQ(seen.status, 0) << seen.output;
  EXPECT_EQ(seen.cases.at("crash").outcome, "skip");
  EXPECT_THAT(seen.cases.at("crash").message,
              StartsWith("known issue: kernel panic: sysrq triggered crash: asked for"));
  EXPECT_THAT(seen.output, HasSubstr("KNOWN"));

  seen = run.run({suite.string(), "--known-issues", issue("2000-01-01")});
  EXPECT_EQ(seen.status, 1) << seen.output;
  EXPECT_EQ(seen.cases.at("crash").message, crash_title);
  EXPECT_THAT(seen.cases.at("crash").text, HasSubstr("a known issue that has expired: asked for"));
}

/// Every stack of the system, and its whole log once more, are no failure.
TEST(Fault, IsNothingThatAKernelSaysWhenAsked) {
  BootRun run;
  const std::string steps =
      run_step("for key in t l w m q; do echo $key > /proc/sysrq-trigger; done") + run_step("dmesg > /dev/ttyS0") +
      run_step("dmesg | while read -r line; do echo \"$line\" > /dev/kmsg; done") + "  { run = \"true\" },\n";
  const RunSeen seen = run.run({run.file("noise.toml", suite_of(case_of("noise", steps))).string()});
  EXPECT_EQ(seen.status, 0) << seen.output;
  EXPECT_EQ(seen.cases.at("noise").outcome, "pass") << seen.cases.at("noise").message;
  int consoles = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::canonical(run.directory() / "bootgate-out/latest"))) {
    if (entry.path().filename() != "console.log") continue;
    const RunSeen scanned = run.bootgate({"scan", entry.path().string()});
    EXPECT_EQ(scanned.status, 0) << scanned.output;
    if (!entry.path().string().ends_with("noise/console.log")) continue;
    ++consoles;
    EXPECT_THAT(scanned.output, HasSubstr(" lines, 1 boot\n")) << "what is said twice is no second boot";
    EXPECT_EQ(occurrences(read_file(entry.path()).value(), "] Linux version "), 2u);
  }
  EXPECT_EQ(consoles, 1);
}

}  // namespace
}  // namespace bootgate
