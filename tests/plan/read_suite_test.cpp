#include "harness/plan/read_suite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "expectations/signatures.hpp"
#include "harness/plan/profile.hpp"
#include "harness/support/data.hpp"
#include "tests/plan/reading.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The suite in `text`, which must be a good one.
Suite good(std::string_view text) {
  SuiteReading reading = read_text(text);
  for (const Error& error : reading.errors)
    ADD_FAILURE() << one_line(error);
  return reading.suite;
}

template <class Kind>
Kind only_step(std::string_view step) {
  Suite suite = good(with_steps(step));
  return std::get<Kind>(suite.cases.at(0).steps.at(0).what);
}

std::vector<std::string> step_errors(std::string_view steps) {
  return errors_of(read_text(with_steps(steps)));
}

std::vector<std::string> warnings_of(std::string_view text) {
  std::vector<std::string> lines;
  for (const Error& warning : read_text(text).warnings)
    lines.push_back(std::to_string(warning.at->line) + ":" + std::to_string(warning.at->column) + ": " + warning.what);
  return lines;
}

TEST(ReadSuite, TheProjectsSuitesAreGoodAndWarnOfNothing) {
  KnownNames known;
  std::vector<Error> errors;
  for (const Signature& row : read_signatures(data_root() / "expectations/signatures", errors).rows)
    known.signatures.push_back(row.id);
  for (const Profile& profile : read_profiles(data_root() / "fixtures/profiles.toml", errors))
    known.profiles.push_back(profile.name);
  EXPECT_TRUE(errors.empty());
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(data_root() / "suites")) {
    if (entry.path().extension() != ".toml") continue;
    SuiteReading reading = read_suite(entry.path(), known);
    for (const Error& error : reading.errors)
      ADD_FAILURE() << render(error);
    for (const Error& warning : reading.warnings)
      ADD_FAILURE() << render(warning);
    EXPECT_EQ(reading.suite.name, entry.path().stem().string()) << "a suite is found by the name of its file";
    ++count;
  }
  EXPECT_GT(count, 0u);
}

TEST(ReadSuite, HasDefaultsForAllButNamesAndSteps) {
  Suite suite = good(with_steps("{ run = 'true' }"));
  EXPECT_EQ(suite.name, "s");
  EXPECT_EQ(suite.description, "");
  EXPECT_EQ(suite.file.filename(), "s.toml");
  EXPECT_EQ(suite.rootfs.text, "busybox");
  EXPECT_THAT(suite.profiles, ElementsAre("initrd-only"));
  EXPECT_EQ(suite.silence, 60s);
  EXPECT_EQ(suite.limit, 10min);
  ASSERT_EQ(suite.cases.size(), 1u);
  const Case& the_case = suite.cases[0];
  EXPECT_EQ(the_case.name, "c");
  EXPECT_EQ(the_case.during, Case::During::booted);
  EXPECT_FALSE(the_case.required);
  EXPECT_THAT(the_case.needs, IsEmpty());
  EXPECT_THAT(the_case.allow, IsEmpty());
  EXPECT_EQ(the_case.taint, "");
  EXPECT_EQ(the_case.at.line, 2);
  ASSERT_EQ(the_case.steps.size(), 1u);
  EXPECT_EQ(the_case.steps[0].within, 30s);
  EXPECT_EQ(the_case.steps[0].at.line, 4);
  EXPECT_EQ(the_case.steps[0].at.column, 10);
}

TEST(ReadSuite, ReadsEveryKeyOfASuiteAndACase) {
  Suite suite = good(R"(
name        = "s"
description = "what it is for"
rootfs      = "./own.cpio.gz"
profile     = ["smp", "initrd-only"]
within      = "20s"
silence     = "5m"
limit       = "1h"
[[case]]
name        = "c"
description = "what it shows"
during      = "boot"
requires    = ["config:MODULES", "kernel>=6.12"]
required    = true
allow       = ["oops", "kasan"]
taint       = "WE"
steps       = [{ expect = "x" }, { expect = "y", within = "1m" }]
)");
  EXPECT_EQ(suite.description, "what it is for");
  EXPECT_EQ(suite.rootfs.text, "./own.cpio.gz");
  EXPECT_THAT(suite.profiles, ElementsAre("smp", "initrd-only"));
  EXPECT_EQ(suite.silence, 5min);
  EXPECT_EQ(suite.limit, 1h);
  const Case& the_case = suite.cases.at(0);
  EXPECT_EQ(the_case.description, "what it shows");
  EXPECT_EQ(the_case.during, Case::During::boot);
  ASSERT_EQ(the_case.needs.size(), 2u);
  EXPECT_EQ(the_case.needs[1].value, "6.12");
  EXPECT_TRUE(the_case.required);
  EXPECT_THAT(the_case.allow, ElementsAre("oops", "kasan"));
  EXPECT_EQ(the_case.taint, "WE");
  EXPECT_EQ(the_case.steps.at(0).within, 20s);
  EXPECT_EQ(the_case.steps.at(1).within, 1min);
}

TEST(ReadSuite, StepsMayBeTablesOfTheirOwn) {
  Suite suite = good(with_case("[[case.step]]\nrun = 'true'\n[[case.step]]\nexpect = 'x'\n"));
  ASSERT_EQ(suite.cases[0].steps.size(), 2u);
  EXPECT_EQ(suite.cases[0].steps[1].at.line, 6);
  EXPECT_TRUE(std::holds_alternative<Expect>(suite.cases[0].steps[1].what));
}

TEST(ReadSuite, OneProfileNeedsNoBrackets) {
  EXPECT_THAT(good("profile = 'smp'\n" + with_steps("{ run = 'x' }")).profiles, ElementsAre("smp"));
}

TEST(ReadSuite, FindsEveryMistakeAtOnce) {
  EXPECT_THAT(
      errors_of(read_text("name = 's'\nprofile = 'sml'\n[[case]]\nname = 'C'\nsteps = [{ expct = 'x' }]\n[[case]]\n")),
      ElementsAre("2:11: unknown profile 'sml' (did you mean 'smp'?)", HasSubstr("4:8: 'C' is no name"),
                  "5:12: unknown key 'expct' (did you mean 'expect'?)", "6:1: 'name' is missing",
                  "6:1: a case without steps proves nothing"));
}

TEST(ReadSuite, TheDefaultProfileMustExist) {
  TempDir dir;
  fs::path file = dir.file("s.toml", with_steps("{ run = 'x' }"));
  EXPECT_EQ(errors_of(read_suite(file, {{}, {"other"}})).at(0), "1:1: unknown profile 'initrd-only' (known: other)");
}

TEST(ReadSuite, BootCasesComeFirst) {
  std::string boot = "[[case]]\nname = 'b'\nduring = 'boot'\nsteps = [{ expect = 'x' }]\n";
  std::string booted = "[[case]]\nname = 'c'\nsteps = [{ expect = 'x' }]\n";
  EXPECT_THAT(errors_of(read_text("name = 's'\n" + boot + booted)), IsEmpty());
  EXPECT_THAT(errors_of(read_text("name = 's'\n" + booted + boot)),
              ElementsAre("7:10: case 'b' is of the boot, but stands behind one of the booted system (move it up)"));
}

TEST(ReadStep, Expect) {
  Expect literal = only_step<Expect>("{ expect = 'a.b' }");
  EXPECT_EQ(literal.pattern.text, "a.b");
  EXPECT_FALSE(literal.pattern.regex);
  EXPECT_EQ(literal.pattern.at.line, 4);
  EXPECT_EQ(literal.pattern.at.column, 22);
  Expect regex = only_step<Expect>(R"({ expect-regex = '^(?<nonce>\w+) x' })");
  EXPECT_TRUE(regex.pattern.regex);
  EXPECT_EQ(regex.pattern.text, R"(^(?<nonce>\w+) x)");
}

TEST(ReadStep, ExpectPrompt) {
  EXPECT_EQ(only_step<ExpectPrompt>("{ expect-prompt = 'login:' }").pattern.text, "login:");
  EXPECT_TRUE(only_step<ExpectPrompt>("{ expect-prompt-regex = '[#$] $' }").pattern.regex);
}

TEST(ReadStep, Absent) {
  Suite suite = good(with_steps("{ absent = 'x' }, { absent-regex = 'y+' }, { run = 'z' }"));
  EXPECT_EQ(std::get<Absent>(suite.cases[0].steps[0].what).pattern.text, "x");
  EXPECT_TRUE(std::get<Absent>(suite.cases[0].steps[1].what).pattern.regex);
}

TEST(ReadStep, Run) {
  RunCommand plain = only_step<RunCommand>("{ run = 'mount' }");
  EXPECT_EQ(plain.command, "mount");
  EXPECT_EQ(plain.status, 0);
  EXPECT_FALSE(plain.output);
  EXPECT_EQ(only_step<RunCommand>("{ run = 'x', status = 7 }").status, 7);
  EXPECT_EQ(only_step<RunCommand>("{ run = 'x', status = 'any' }").status, std::nullopt);
  EXPECT_EQ(only_step<RunCommand>("{ run = 'x', output = 'y' }").output->text, "y");
  EXPECT_TRUE(only_step<RunCommand>("{ run = 'x', output-regex = '^y' }").output->regex);
}

TEST(ReadStep, LoginSendReportPower) {
  Login login = only_step<Login>("{ login = 'root', password = 'secret' }");
  EXPECT_EQ(login.user, "root");
  EXPECT_EQ(login.password, "secret");
  EXPECT_EQ(only_step<Login>("{ login = 'root' }").password, "");
  Suite suite = good(with_steps(R"({ send = "\u0003" }, { expect-report = 'WARNING in f' })"));
  EXPECT_EQ(std::get<Send>(suite.cases[0].steps[0].what).text, "\x03");
  EXPECT_EQ(std::get<ExpectReport>(suite.cases[0].steps[1].what).title.text, "WARNING in f");
  EXPECT_TRUE(only_step<ExpectReport>("{ expect-report-regex = '^KASAN: .* in f$' }").title.regex);
  EXPECT_EQ(only_step<Power>("{ power = 'off' }").action, Power::Action::off);
  EXPECT_EQ(only_step<Power>("{ power = 'reset' }").action, Power::Action::reset);
}

TEST(ReadStep, OnlyWhatWaitsHasAWithin) {
  for (const char* step :
       {"expect = 'x'", "expect-regex = 'x'", "expect-prompt = 'x'", "expect-prompt-regex = 'x'", "expect-report = 'x'",
        "expect-report-regex = 'x'", "run = 'x'", "login = 'x'", "power = 'off'"})
    EXPECT_EQ(good(with_steps("{ " + std::string(step) + ", within = '90s' }")).cases[0].steps[0].within, 90s) << step;
  for (const char* step : {"absent = 'x'", "absent-regex = 'x'", "send = 'x'"})
    EXPECT_THAT(step_errors("{ run = 'x' }, { " + std::string(step) + ", within = '90s' }"),
                ElementsAre(HasSubstr("'within' does not go with '")))
        << step;
}

TEST(ReadStep, DoesOneThing) {
  EXPECT_THAT(step_errors("{ expect = 'x', run = 'y' }"),
              ElementsAre("4:26: a step does one thing, and this one has 'expect' and 'run' (make it two steps)"));
  EXPECT_THAT(step_errors("{ within = '20s' }"),
              ElementsAre(HasSubstr("4:10: this step does nothing (give it one of ")));
  EXPECT_THAT(step_errors("{ }"), ElementsAre(HasSubstr("4:10: this step does nothing")));
}

TEST(ReadStep, KeysOfOtherStepsDoNotGoWithIt) {
  EXPECT_THAT(step_errors("{ expect = 'x', status = 1 }"),
              ElementsAre("4:26: 'status' does not go with 'expect' (it goes with run, ssh)"));
  EXPECT_THAT(step_errors("{ run = 'x', password = 'y' }"),
              ElementsAre("4:23: 'password' does not go with 'run' (it goes with login)"));
}

TEST(ReadStep, ABadRegexIsPointedAtInsideThePattern) {
  EXPECT_THAT(step_errors("{ expect-regex = 'ab(c' }"),
              ElementsAre(HasSubstr("4:32: bad regex: missing closing parenthesis")));
  EXPECT_THAT(step_errors(R"({ expect-regex = "\\d\\d(c" })"), ElementsAre(HasSubstr("4:36: bad regex")))
      << "in double quotes each backslash takes two columns";
  EXPECT_THAT(step_errors("{ run = 'x', output-regex = '''a\nb(''' }"), ElementsAre(HasSubstr("5:3: bad regex")));
}

TEST(ReadStep, APatternNeedsText) {
  EXPECT_THAT(step_errors("{ expect = '' }"), ElementsAre("4:22: an empty pattern matches every line"));
  EXPECT_THAT(step_errors("{ expect-regex = 'x*' }"), ElementsAre(HasSubstr("matches the empty text")));
}

TEST(ReadStep, ALiteralIsOfOneLine) {
  EXPECT_THAT(step_errors(R"({ expect = "a\nb" })"),
              ElementsAre("4:23: a pattern looks at one line at a time, and this one has a line break "
                          "(write a step for each line)"));
}

TEST(ReadStep, RunRefusesWhatCannotBeMeant) {
  EXPECT_THAT(step_errors("{ run = ' ' }"), ElementsAre("4:18: an empty command"));
  EXPECT_THAT(step_errors("{ run = 'x', status = 256 }"), ElementsAre("4:32: 'status' must be 0 to 255, or \"any\""));
  EXPECT_THAT(step_errors("{ run = 'x', status = 'all' }"),
              ElementsAre("4:32: 'status' must be an exit status or \"any\""));
  EXPECT_THAT(step_errors("{ run = 'x', status = true }"),
              ElementsAre("4:32: 'status' is a boolean, and must be an integer"));
  EXPECT_THAT(step_errors("{ run = 'x', output = 'a', output-regex = 'b' }"),
              ElementsAre("4:37: 'output' and 'output-regex' exclude each other (make it two steps)"));
}

TEST(ReadStep, NothingComesBehindPower) {
  EXPECT_THAT(step_errors("{ power = 'off' }, { run = 'x' }"),
              ElementsAre("4:29: nothing can come behind 'power': the machine has ended"));
}

TEST(ReadStep, ACaseMustWaitForSomething) {
  EXPECT_THAT(step_errors("{ absent = 'x' }, { send = 'y' }"), ElementsAre(HasSubstr("this case proves nothing")));
}

TEST(ShortWithin, IsWarnedOfWhereTheKernelCouldNotSpeakFirst) {
  EXPECT_THAT(warnings_of(with_steps("{ run = 'x', within = '10s' }")),
              ElementsAre("4:32: 10s is too short for the kernel to report a lockup itself"));
  EXPECT_THAT(warnings_of(with_steps("{ power = 'off', within = '5s' }")), testing::SizeIs(1));
}

TEST(ShortWithin, IsFineWhereItIsMeant) {
  EXPECT_THAT(warnings_of(with_steps("{ run = 'x', within = '2s' }")), IsEmpty()) << "surely quick";
  EXPECT_THAT(warnings_of(with_steps("{ run = 'x', within = '11s' }")), IsEmpty());
  EXPECT_THAT(warnings_of(with_steps("{ expect = 'x', within = '5s' }")), IsEmpty()) << "the guest goes on";
  EXPECT_THAT(warnings_of(with_steps("{ run = 'x' }")), IsEmpty());
}

TEST(ShortWithin, IsWarnedOfOnceWhereItIsTheSuites) {
  EXPECT_THAT(warnings_of("within = '5s'\n" + with_steps("{ run = 'x' }, { run = 'y' }")),
              ElementsAre("1:10: 5s for every step is too short for the kernel to report a lockup itself"));
}

TEST(FindSuite, KnowsTheProjectsByName) {
  EXPECT_EQ(find_suite("boot").value(), data_root() / "suites/boot.toml");
}

TEST(FindSuite, TakesAPathAsItIs) {
  TempDir dir;
  fs::path file = dir.file("own.toml", "");
  EXPECT_EQ(find_suite(file.string()).value(), file);
  auto missing = find_suite("./none.toml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().what, "no suite at ./none.toml");
  EXPECT_EQ(missing.error().kind, Error::Kind::usage);
}

TEST(FindSuite, HasAGuessOrAList) {
  EXPECT_EQ(find_suite("bot").error().hint, "did you mean 'boot'?");
  EXPECT_EQ(find_suite("bot").error().what, "no suite named 'bot'");
  EXPECT_THAT(find_suite("something-else").error().hint, HasSubstr("there are boot"));
}

}  // namespace
}  // namespace bootgate
