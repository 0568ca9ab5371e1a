// What the user got wrong: said precisely, with exit status 2, before anything is started.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;

class Definition : public testing::Test {
 protected:
  BootRun here_;
};

TEST_F(Definition, AMissingKernelIsAUsageError) {
  RunSeen seen = here_.run({"--kernel", "no/such/bzImage"});
  EXPECT_EQ(seen.status, 2) << seen.errors;
  EXPECT_THAT(seen.output + seen.errors, HasSubstr("no/such/bzImage"));
}

TEST_F(Definition, AFileThatIsNoKernelIsAUsageError) {
  fs::path file = here_.file("kernel", "hello");
  RunSeen seen = here_.run({"--kernel", file.string()});
  EXPECT_EQ(seen.status, 2) << seen.errors;
  EXPECT_THAT(seen.output + seen.errors, HasSubstr("kernel"));
  for (const auto& [name, the_case] : seen.cases)
    EXPECT_NE(the_case.outcome, "pass") << name;
}

TEST_F(Definition, ASuiteThatCannotBeReadIsAnError) {
  RunSeen seen = here_.bootgate({"run", "./nowhere.toml"});
  EXPECT_EQ(seen.status, 2);
  EXPECT_THAT(seen.errors, HasSubstr("nowhere.toml"));
}

TEST_F(Definition, AnUnknownSuiteIsNamedWithTheNearest) {
  RunSeen seen = here_.bootgate({"run", "bot"});
  EXPECT_EQ(seen.status, 2);
  EXPECT_THAT(seen.errors, HasSubstr("boot"));
}

TEST_F(Definition, AnUnknownKeyIsPointedAt) {
  fs::path suite = here_.file("s.toml", "name = \"s\"\n[[case]]\nname = \"c\"\nsteps = [{ expct = \"x\" }]\n");
  RunSeen seen = here_.bootgate({"check", suite.string()});
  EXPECT_EQ(seen.status, 2);
  EXPECT_THAT(seen.errors, HasSubstr("s.toml:4:12"));
  EXPECT_THAT(seen.errors, HasSubstr("did you mean 'expect'?"));
}

TEST_F(Definition, ABadRegexIsPointedAtInsideThePattern) {
  fs::path suite = here_.file("s.toml", "name = \"s\"\n[[case]]\nname = \"c\"\nsteps = [{ expect-regex = 'a(b' }]\n");
  RunSeen seen = here_.bootgate({"check", suite.string()});
  EXPECT_EQ(seen.status, 2);
  EXPECT_THAT(seen.errors, HasSubstr("s.toml:4:31"));
}

TEST_F(Definition, AnUnknownFlagIsAUsageError) {
  RunSeen seen = here_.bootgate({"run", "--krenel", "x"});
  EXPECT_EQ(seen.status, 2);
  EXPECT_THAT(seen.errors, HasSubstr("--krenel"));
}

TEST_F(Definition, TheProjectsOwnSuitesAreInOrder) {
  RunSeen seen = here_.bootgate({"check"});
  EXPECT_EQ(seen.status, 0) << seen.errors;
  EXPECT_THAT(seen.output, HasSubstr("boot.toml: 12 cases"));
}

TEST_F(Definition, ThePlanIsPrintedForPeopleAndPrograms) {
  RunSeen people = here_.bootgate({"plan", "--accel", "tcg"});
  EXPECT_EQ(people.status, 0) << people.errors;
  EXPECT_THAT(people.output, HasSubstr("mount-a"));
  RunSeen programs = here_.bootgate({"plan", "--json", "--accel", "tcg"});
  EXPECT_EQ(programs.status, 0);
  EXPECT_THAT(programs.output, HasSubstr("\"jobs\""));
}

TEST_F(Definition, ARegexThatExplodesIsAnErrorAndNoVerdictOnTheKernel) {
  fs::path suite = here_.file("s.toml", R"(
name = "s"
[[case]]
name = "explodes"
steps = [{ run = "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! > /dev/kmsg" }, { expect-regex = '^(a|aa)+$' }]
)");
  RunSeen seen = here_.run({suite.string()});
  EXPECT_EQ(seen.status, 3) << seen.output;
  EXPECT_EQ(seen.cases["explodes"].outcome, "error");
  EXPECT_THAT(seen.cases["explodes"].message, HasSubstr("^(a|aa)+$"));
}

}  // namespace
}  // namespace bootgate
