#include "harness/plan/read_sample.hpp"

#include <gmock/gmock.h>

#include <set>

#include "harness/support/data.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SampleReading read_sample_text(std::string_view text) {
  TempDir dir;
  return read_sample(dir.file("s.toml", text));
}

SampleReading with(const std::string& lines) {
  return read_sample_text("module = \"m\"\nsource = \"s\"\n" + lines);
}

/// "line:column: what (hint)" of each error.
std::vector<std::string> errors_of(const SampleReading& reading) {
  std::vector<std::string> lines;
  for (Error error : reading.errors) {
    if (error.at) error.at->file.clear();
    lines.push_back(one_line(error).substr(1));
  }
  return lines;
}

std::vector<std::string> described(const std::vector<SampleStep>& steps) {
  std::vector<std::string> lines;
  for (const SampleStep& step : steps)
    lines.push_back(describe(step.step));
  return lines;
}

TEST(ReadSample, TakesEveryKey) {
  auto reading = read_sample_text(R"(
module      = "new_one"
source      = 'name: "new_one"'
description = "does things"
requires    = ["config:ACPI=y", "kernel>=6.12"]
before = [{ run = "true" }]
load   = [{ expect = "hello", within = "5s" },
          { expect-regex = '^a\d$', built-in = '^b\d$', if-source = "x", unless-source = "y" },
          { expect = "device", built-in = false },
          { run = "ls", built-in = true },
          { run = "pwd" }]
poke   = [{ run = "cat /dev/new", status = 1, output = "no" }]
[[unload]]
expect = "bye"
)");
  ASSERT_THAT(errors_of(reading), IsEmpty());
  ASSERT_EQ(reading.expectations.size(), 1u);
  const SampleExpectation& sample = reading.expectations[0];
  EXPECT_EQ(sample.module, "new_one");
  EXPECT_EQ(sample.source, "name: \"new_one\"");
  EXPECT_EQ(sample.description, "does things");
  EXPECT_EQ(sample.file.filename(), "s.toml");
  EXPECT_EQ(sample.needs.size(), 2u);
  EXPECT_TRUE(sample.unload_allowed);
  EXPECT_THAT(described(sample.before), ElementsAre("run `true`"));
  EXPECT_THAT(described(sample.load),
              ElementsAre("expect 'hello'", "expect regex '^a\\d$'", "expect 'device'", "run `ls`", "run `pwd`"));
  EXPECT_THAT(described(sample.poke), ElementsAre("run `cat /dev/new`"));
  EXPECT_THAT(described(sample.unload), ElementsAre("expect 'bye'"));
  EXPECT_EQ(sample.load[0].step.within, std::chrono::seconds(5));
  EXPECT_EQ(sample.load[1].if_source, "x");
  EXPECT_EQ(sample.load[1].unless_source, "y");
  ASSERT_TRUE(sample.load[1].built_in);
  EXPECT_EQ(sample.load[1].built_in->text, "^b\\d$");
  EXPECT_TRUE(sample.load[1].built_in->regex);
  std::vector<bool> built_in;
  for (const SampleStep& step : sample.load)
    built_in.push_back(step.when_built_in);
  EXPECT_THAT(built_in, ElementsAre(true, true, false, true, false));
  EXPECT_FALSE(with("can-unload = false\n").expectations.at(0).unload_allowed);
}

TEST(ReadSample, FindsEveryMistakeWithItsPlace) {
  EXPECT_THAT(errors_of(read_sample_text("modul = \"m\"\nsource = \"\"\n")),
              ElementsAre(HasSubstr("missing"), "1:1: unknown key 'modul' (did you mean 'module'?)",
                          "2:10: 'source' is empty"));
  EXPECT_THAT(errors_of(with("load = [{ expect = \"x\", if-sorce = \"y\" }]\n")),
              ElementsAre("3:25: unknown key 'if-sorce' (did you mean 'if-source'?)"));
  EXPECT_THAT(errors_of(with("load = [{ if-source = \"y\" }]\n")), ElementsAre(HasSubstr("this step does nothing")));
  EXPECT_THAT(errors_of(with("load = [{ expect = \"x\", if-source = \"\" }]\n")),
              ElementsAre("3:37: 'if-source' is empty"));
  EXPECT_THAT(errors_of(with("poke = [{ expect = \"x\", built-in = \"y\" }]\n")),
              ElementsAre(HasSubstr("unknown key 'built-in'")));
  EXPECT_THAT(errors_of(with("load = [{ run = \"x\", built-in = \"y\" }]\n")),
              ElementsAre(HasSubstr("goes with expect and expect-regex only")));
  EXPECT_THAT(errors_of(with("load = [{ expect = \"x\", built-in = 3 }]\n")), ElementsAre(HasSubstr("'built-in'")));
  EXPECT_THAT(errors_of(with("load = [{ expect-regex = 'x', built-in = 'a(' }]\n")), ElementsAre(HasSubstr("3:4")));
  EXPECT_THAT(errors_of(with("unload = [{ power = \"off\" }]\n")), ElementsAre(HasSubstr("don't end the machine")));
  EXPECT_THAT(errors_of(with("requires = [\"ACPI\"]\n")), ElementsAre(HasSubstr("3:13: 'ACPI' is no requirement")));
  EXPECT_THAT(errors_of(with("can-unload = false\nunload = [{ expect = \"x\" }]\n")),
              ElementsAre(HasSubstr("is not unloaded")));
  EXPECT_THAT(errors_of(read_sample_text("module = \n")), ElementsAre(HasSubstr("1:")));
}

TEST(ReadSample, ChoosesByModuleAndSource) {
  std::vector<SampleExpectation> all(3);
  all[0].module = all[1].module = "m";
  all[2].module = "other";
  all[0].source = "fn new_way";
  all[1].source = all[2].source = "fn init";
  EXPECT_EQ(find_expectation(all, "m", "fn init() {} fn new_way() {}"), &all[0]);
  EXPECT_EQ(find_expectation(all, "m", "fn init() {}"), &all[1]);
  EXPECT_EQ(find_expectation(all, "other", "fn init() {}"), &all[2]);
  EXPECT_EQ(find_expectation(all, "m", "fn start() {}"), nullptr);
  EXPECT_EQ(find_expectation(all, "none", "fn init() {}"), nullptr);
}

TEST(ReadSample, NeedsAFileAtLeast) {
  TempDir dir;
  EXPECT_THAT(read_samples(dir.path()).errors.at(0).what, HasSubstr("no samples' expectations"));
  dir.file("b.toml", "module = \"b\"\nsource = \"s\"\n");
  dir.file("a.toml", "module = \"a\"\nsource = \"s\"\n");
  dir.file("bad.toml", "x = 1\n");
  auto reading = read_samples(dir.path());
  ASSERT_EQ(reading.expectations.size(), 3u);
  EXPECT_EQ(reading.expectations[0].module, "a");
  EXPECT_THAT(reading.errors, testing::Not(IsEmpty()));
}

/// The project's own files.
TEST(SampleExpectations, AreWithoutMistakes) {
  auto reading = read_samples(data_root() / "expectations/rust_samples");
  for (const Error& error : reading.errors)
    ADD_FAILURE() << one_line(error);
  for (const Error& warning : reading.warnings)
    ADD_FAILURE() << one_line(warning);
  EXPECT_GE(reading.expectations.size(), 15u);
  std::set<std::string> seen;
  for (const SampleExpectation& sample : reading.expectations) {
    EXPECT_TRUE(seen.insert(sample.module + " " + sample.source).second) << sample.file;
    EXPECT_EQ(sample.file.stem().string().rfind(sample.module, 0), 0u) << sample.file;
    EXPECT_FALSE(sample.description.empty()) << sample.file;
    // Otherwise only modprobe's exit status would tell.
    EXPECT_FALSE(sample.load.empty()) << sample.file;
  }
}

}  // namespace
}  // namespace bootgate
