#include "expectations/stack_frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootgate {
namespace {

using testing::ElementsAre;

TEST(StackFrame, IsReadAsPrintkWritesIt) {
  auto frame = parse_frame("[    1.2]  do_one_initcall.isra.0+0x5b/0x1f0");
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->symbol, "do_one_initcall.isra.0");
  EXPECT_EQ(frame->offset, 0x5bu);
  EXPECT_EQ(frame->size, 0x1f0u);
  EXPECT_EQ(frame->module, "");
  EXPECT_TRUE(frame->certain);
  EXPECT_FALSE(frame->is_rip);
}

TEST(StackFrame, NamesItsModule) {
  EXPECT_EQ(parse_frame(" demo_init+0x5/0x10 [demo]")->module, "demo");
  EXPECT_EQ(parse_frame(" demo_init+0x5/0x10 [demo 0123456789abcdef]")->module, "demo");
}

TEST(StackFrame, TellsTheRipOfTheKernelFromThatOfUsers) {
  EXPECT_TRUE(parse_frame("RIP: 0010:crash+0x1/0x2")->is_rip);
  EXPECT_FALSE(parse_frame("RIP: 0033:crash+0x1/0x2"));
}

TEST(StackFrame, IsUncertainBehindAQuestionMark) {
  EXPECT_FALSE(parse_frame(" ? stale+0x1/0x2")->certain);
}

TEST(StackFrame, IsNoneInOtherText) {
  for (const char* line : {"", "a + 0x1/0x2", "+0x1/0x2", "a+0x/0x2", "a+0x1", "a+0x1/2", "CR2: 0000+0x"})
    EXPECT_FALSE(parse_frame(line)) << line;
}

TEST(PlainFunctionName, IsWhatPeopleSay) {
  EXPECT_EQ(plain_function_name("shrink.constprop.0.cold"), "shrink");
  EXPECT_EQ(plain_function_name("__x64_sys_read"), "sys_read");
  EXPECT_EQ(plain_function_name("__do_sys_init_module"), "sys_init_module");
  EXPECT_EQ(plain_function_name("__do_softirq"), "__do_softirq");
  EXPECT_EQ(plain_function_name("_RNvCscSpY9Juk0HT_7___rustc17rust_begin_unwind"), "__rustc::rust_begin_unwind");
  EXPECT_EQ(plain_function_name("_Random"), "_Random");
}

std::vector<std::string> names(const std::vector<std::string>& lines) {
  std::vector<std::string> found;
  for (const StackFrame& frame : trace_of(lines))
    found.push_back(frame.symbol);
  return found;
}

TEST(TraceOf, BeginsWithTheKernelsRipAndEndsWithItsFirstTrace) {
  EXPECT_THAT(names({"RIP: 0010:a+0x1/0x2", "Call Trace:", " <TASK>", " ? stale+0x1/0x2", " b+0x1/0x2",
                     "RIP: 0010:interrupted+0x1/0x2", " c+0x1/0x2", " </TASK>", "Call Trace:", " other+0x1/0x2"}),
              ElementsAre("a", "b", "c"));
}

TEST(TraceOf, IsKnownByItsStackWhereItsFirstLineWasLost) {
  EXPECT_THAT(names({" <IRQ>", " a+0x1/0x2", " </IRQ>", " <TASK>", "RIP: 0010:interrupted+0x1/0x2", " b+0x1/0x2"}),
              ElementsAre("a", "b"));
}

TEST(TraceOf, LeavesOutTheStacksOfOthers) {
  EXPECT_THAT(names({"Call Trace:", " a+0x1/0x2", "Allocated by task 1:", " b+0x1/0x2"}), ElementsAre("a"));
}

using Lines = std::vector<std::string>;

TEST(HasCutStack, TakesAWholeOneForWhole) {
  EXPECT_FALSE(has_cut_stack(
      Lines{"[    1.0] RIP: 0010:a+0x1/0x2", "[    1.0] RSP: 0018:ffffc9000014bdd8 EFLAGS: 00000202",
            "[    1.0] Call Trace:", "[    1.0]  <TASK>", "[    1.0]  ? b.isra.0+0x1/0x2 [demo]",
            "[    1.0] RIP: 0033:0x40113a", "[    1.0] RSP: 002b:00007ffd EFLAGS: 00000202", "[    1.0]  </TASK>"}));
  EXPECT_FALSE(has_cut_stack(Lines{"Call Trace:", " 0xffffffff81000000", " a+0x1/0x2"})) << "without KALLSYMS";
  EXPECT_FALSE(has_cut_stack(Lines{"RIP: 0010:0x0", "RSP: 0018:ffffc9000014bdd8 EFLAGS: 00000202"})) << "a call of 0";
  EXPECT_FALSE(has_cut_stack(Lines{"demo: some words", " more of them"}));
  EXPECT_FALSE(has_cut_stack(Lines{"RIP: 0033:0x40113a", "RSP: 002b:00007ffd EFLAGS: 00000202"})) << "of user space";
}

TEST(HasCutStack, MissesTheRipAheadOfOtherRegisters) {
  EXPECT_TRUE(
      has_cut_stack(Lines{"Code: 0f 0b", "RSP: 0018:ffffc9000014bdd8 EFLAGS: 00000202", "Call Trace:", " a+0x1/0x2"}));
  for (const char* rip : {"RIP: 0010:a+0x", "RIP: 0010", "RIP: 00", "RIP"})
    EXPECT_TRUE(has_cut_stack(Lines{rip, "RSP: 0018:ffffc9000014bdd8 EFLAGS: 00000202"})) << rip;
}

TEST(HasCutStack, SeesWhatIsLeftOfAFrame) {
  for (const char* line : {" demo_ini", " demo_init+0x", " demo_init+0x11/", " ? demo_in"})
    EXPECT_TRUE(has_cut_stack(Lines{"Call Trace:", " <TASK>", line, " a+0x1/0x2", " </TASK>"})) << line;
}

}  // namespace
}  // namespace bootgate
