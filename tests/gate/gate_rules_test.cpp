#include "harness/gate/gate_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/support/data.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(GateRules, AddSuitesByWhatIsTouched) {
  const GateRulesReading reading = read_gate_rules(data_root() / "harness/gate/gate.toml");
  ASSERT_TRUE(reading.errors.empty()) << render(reading.errors.front());
  EXPECT_THAT(suites_for(reading.rules, {"init/main.c"}), ElementsAre("boot"));
  EXPECT_THAT(suites_for(reading.rules, {"init/main.c", "samples/rust/rust_print.rs"}), ElementsAre("boot", "rust"));
  EXPECT_THAT(suites_for(reading.rules, {"drivers/gpu/nova.rs"}), ElementsAre("boot", "rust"));
}

TEST(GateRules, NameFilesFromTheirOwnPlace) {
  TempDir dir;
  const GateRulesReading reading = read_gate_rules(dir.file("gate.toml",
                                                            "suites = [\"boot\", \"./mine.toml\"]\n"
                                                            "[[touched]]\npaths = \"mm/*\"\nsuites = \"boot\"\n"));
  EXPECT_THAT(suites_for(reading.rules, {"mm/slub.c"}), ElementsAre("boot", (dir.path() / "mine.toml").string()));
}

TEST(GateRules, AreReadWithoutMercy) {
  TempDir dir;
  const GateRulesReading reading =
      read_gate_rules(dir.file("gate.toml", "suite = \"boot\"\n[[touched]]\npath = \"mm/*\"\nsuites = \"boot\"\n"));
  EXPECT_THAT(reading.errors, SizeIs(testing::Ge(3u)));
  EXPECT_THAT(render(reading.errors.front()), HasSubstr("suites"));
}

}  // namespace
}  // namespace bootgate
