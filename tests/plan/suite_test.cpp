#include "harness/plan/suite.hpp"

#include <gtest/gtest.h>

namespace bootgate {
namespace {

std::string described(StepKind kind) {
  return describe(Step{std::move(kind), {}, {}});
}

TEST(DescribeStep, SaysItInOneLine) {
  EXPECT_EQ(described(Expect{{"Linux version", false, {}}}), "expect 'Linux version'");
  EXPECT_EQ(described(Expect{{R"(^\d+$)", true, {}}}), R"(expect regex '^\d+$')");
  EXPECT_EQ(described(ExpectPrompt{{"login:", false, {}}}), "expect the prompt 'login:'");
  EXPECT_EQ(described(Absent{{"error", false, {}}}), "absent 'error'");
  EXPECT_EQ(described(RunCommand{"mount", 0, {}}), "run `mount`");
  EXPECT_EQ(described(Login{"root", "secret"}), "log in as 'root'");
  EXPECT_EQ(described(Send{"echo\n"}), "send `echo`");
  EXPECT_EQ(described(ExpectReport{{"WARNING in f", false, {}}}), "expect the report 'WARNING in f'");
  EXPECT_EQ(described(Power{Power::Action::off}), "power off");
  EXPECT_EQ(described(Power{Power::Action::reset}), "reset");
}

TEST(DescribeStep, NeverShowsThePassword) {
  EXPECT_EQ(described(Login{"root", "secret"}).find("secret"), std::string::npos);
}

TEST(DescribeStep, CutsLongCommandsAndScripts) {
  EXPECT_EQ(described(RunCommand{"\nfirst\nsecond\n", 0, {}}), "run `first...`");
  EXPECT_LT(described(RunCommand{std::string(500, 'x'), 0, {}}).size(), 80u);
}

TEST(DescribeStep, IsPrintable) {
  EXPECT_EQ(described(Send{"\x1b[2J"}), R"(send `\x1b[2J`)");
}

TEST(SuiteName, IsAPlainWord) {
  for (const char* name : {"a", "rust_minimal", "mount-a", "v6.12", "0"})
    EXPECT_TRUE(is_name(name)) << name;
  for (const char* name : {"", ".", "..", "-x", "_x", "A", "a b", "a/b", "ä", "a\n"})
    EXPECT_FALSE(is_name(name)) << name;
  EXPECT_FALSE(is_name(std::string(101, 'a')));
}

}  // namespace
}  // namespace bootgate
