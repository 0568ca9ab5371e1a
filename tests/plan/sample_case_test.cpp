#include "harness/plan/sample_case.hpp"

#include <gmock/gmock.h>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RustSample sample_named(const std::string& module) {
  RustSample sample;
  sample.symbol = "SAMPLE";
  sample.title = "A sample";
  sample.module = module;
  sample.sources = {"/tree/samples/rust/demo.rs"};
  return sample;
}

SampleExpectation expectation(const std::string& lines) {
  TempDir dir;
  auto reading = read_sample(dir.file("demo.toml", "module = \"demo\"\nsource = \"demo\"\n" + lines));
  for (const Error& error : reading.errors)
    ADD_FAILURE() << one_line(error);
  return reading.expectations.at(0);
}

/// What a shell gets, and what the console must show.
std::vector<std::string> steps_of(const Case& the_case) {
  std::vector<std::string> texts;
  for (const Step& step : the_case.steps) {
    if (const auto* run = std::get_if<RunCommand>(&step.what)) texts.push_back("run " + run->command);
    if (const auto* expect = std::get_if<Expect>(&step.what))
      texts.push_back((expect->pattern.regex ? "regex " : "expect ") + expect->pattern.text);
  }
  EXPECT_EQ(texts.size(), the_case.steps.size());
  return texts;
}

constexpr const char* demo_source = R"(
module! { type: Demo, name: "demo_log" }
impl kernel::Module for Demo {
  fn init(_m: &'static ThisModule) -> Result<Self> {
    pr_info!("up {}\n", 1);
    if x { pr_info!("maybe\n"); }
    pr_info!("held back");
    Ok(Demo)
  }
}
impl Drop for Demo { fn drop(&mut self) { pr_info!("down\n"); } }
)";

TEST(SampleCase, LoadsPokesAndUnloads) {
  auto sample = expectation(R"(
description = "does it"
requires = ["config:ACPI"]
before = [{ run = "[ -e /dev/x ]" }]
load   = [{ expect = "hello" }]
poke   = [{ run = "cat /dev/x", output = "x" }]
unload = [{ expect = "bye" }]
)");
  Case the_case = sample_case(sample_named("demo"), &sample, "demo", SampleState::module);
  EXPECT_EQ(the_case.name, "demo");
  EXPECT_EQ(the_case.description, "does it");
  EXPECT_EQ(the_case.during, Case::During::booted);
  EXPECT_EQ(the_case.needs.size(), 1u);
  EXPECT_EQ(fs::path(the_case.at.file).filename(), "demo.toml");
  EXPECT_THAT(steps_of(the_case), ElementsAre("run [ -e /dev/x ]", "run modprobe demo", "expect hello",
                                              "run grep -q '^demo .* Live ' /proc/modules", "run cat /dev/x",
                                              "run rmmod demo", "run ! grep -q '^demo ' /proc/modules", "expect bye"));
  // A command gets the time in which the kernel finds a lockup; a line stands there when the command is over.
  for (const Step& step : the_case.steps)
    if (std::holds_alternative<Expect>(step.what))
      EXPECT_LT(step.within, std::chrono::seconds(11)) << describe(step);
    else
      EXPECT_GE(step.within, std::chrono::seconds(11)) << describe(step);
}

TEST(SampleCase, HasTheStepsThatFitTheSource) {
  auto sample = expectation(R"(
load = [{ expect = "always" },
        { expect = "new", if-source = "parameter" },
        { expect = "old", unless-source = "parameter" },
        { expect = "both", if-source = "demo", unless-source = "parameter" }]
unload = [{ expect = "bye", if-source = "parameter" }]
)");
  auto lines = [&](const std::string& source) {
    auto steps = steps_of(sample_case(sample_named("demo"), &sample, source, SampleState::module));
    std::erase_if(steps, [](const std::string& step) { return step.starts_with("run "); });
    return steps;
  };
  EXPECT_THAT(lines("demo with a parameter"), ElementsAre("expect always", "expect new", "expect bye"));
  EXPECT_THAT(lines("demo"), ElementsAre("expect always", "expect old", "expect both"));
}

TEST(SampleCase, ThatMayNotBeUnloadedStaysLoaded) {
  auto sample = expectation("can-unload = false\npoke = [{ run = \"true\" }]\n");
  EXPECT_THAT(steps_of(sample_case(sample_named("demo"), &sample, "demo", SampleState::module)),
              ElementsAre("run modprobe demo", "run grep -q '^demo .* Live ' /proc/modules", "run true"));
}

TEST(SampleCase, ThatIsBuiltInIsOfTheBoot) {
  auto sample = expectation(R"(
before = [{ run = "true" }]
load   = [{ expect = "hello" },
          { expect-regex = 'in\? no', built-in = 'in\? yes' },
          { expect = "device", built-in = false },
          { expect = "never", if-source = "parameter" },
          { run = "ls" }]
poke   = [{ run = "cat" }]
unload = [{ expect = "bye" }]
)");
  Case the_case = sample_case(sample_named("demo"), &sample, "demo", SampleState::built_in);
  EXPECT_EQ(the_case.during, Case::During::boot);
  EXPECT_THAT(steps_of(the_case), ElementsAre("expect hello", "regex in\\? yes"));
  for (const Step& step : the_case.steps)
    EXPECT_GE(step.within, std::chrono::seconds(30)) << "it awaits the boot: " << describe(step);
}

TEST(SampleCase, ThatIsBuiltInAndSilentIsLookedAtLater) {
  auto sample = expectation("load = [{ run = \"[ -d /sys/x ]\", built-in = true }, { run = \"ls\" }]\n");
  Case the_case = sample_case(sample_named("demo"), &sample, "demo", SampleState::built_in);
  EXPECT_EQ(the_case.during, Case::During::booted);
  EXPECT_THAT(steps_of(the_case), ElementsAre("run [ -d /sys/x ]"));
}

TEST(SampleCase, IsDerivedFromTheSource) {
  Case the_case = sample_case(sample_named("demo"), nullptr, demo_source, SampleState::module);
  EXPECT_EQ(the_case.name, "demo");
  EXPECT_EQ(the_case.description, "A sample (derived from its source)");
  EXPECT_THAT(steps_of(the_case),
              ElementsAre("run modprobe demo", "regex ^demo_log: up .*$", "run grep -q '^demo .* Live ' /proc/modules",
                          "run rmmod demo", "run ! grep -q '^demo ' /proc/modules", "regex ^demo_log: down$"));
  EXPECT_EQ(the_case.steps[1].at, (SourcePos{"/tree/samples/rust/demo.rs", 5, 1}));
}

TEST(SampleCase, ThatIsDerivedAndBuiltInHasTheLinesOfInit) {
  Case the_case = sample_case(sample_named("demo"), nullptr, demo_source, SampleState::built_in);
  EXPECT_EQ(the_case.during, Case::During::boot);
  EXPECT_THAT(steps_of(the_case), ElementsAre("regex ^demo_log: up .*$"));
  EXPECT_THAT(sample_case(sample_named("demo"), nullptr, "module!{}", SampleState::built_in).steps, IsEmpty());
}

TEST(SampleCase, OfADriverAsksForNoDevice) {
  Case the_case = sample_case(sample_named("demo"), nullptr, R"(
    kernel::module_pci_driver! { type: Demo, name: "demo" }
    impl pci::Driver for Demo { fn probe(d: &D) -> R { dev_info!(d, "probe\n"); } }
    impl Drop for Demo { fn drop(&mut self) { dev_info!(self.d, "gone\n"); } })",
                              SampleState::module);
  EXPECT_EQ(the_case.steps.size(), 4u);
  for (const std::string& step : steps_of(the_case))
    EXPECT_THAT(step, HasSubstr("demo"));
}

TEST(SampleCase, HasANameThatReportsCanUse) {
  EXPECT_EQ(sample_case(sample_named("Demo+1"), nullptr, "", SampleState::module).name, "demo_1");
}

}  // namespace
}  // namespace bootgate
