#include "harness/support/error.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

TEST(ErrorKind, DecidesTheExitCode) {
  EXPECT_EQ(exit_code(usage_error("x").value().kind), 2);
  EXPECT_EQ(exit_code(definition_error("x", {}).value().kind), 2);
  EXPECT_EQ(exit_code(bench_error("x").value().kind), 3);
  EXPECT_EQ(exit_code(interrupted_error().value().kind), 130);
}

TEST(RenderError, WithoutAPlaceNamesTheProgram) {
  EXPECT_EQ(render(bench_error("QEMU not found", "install it").value()), "bootgate: QEMU not found\n  install it\n");
}

TEST(RenderError, QuotesTheLineWithACaretAndTheHint) {
  TempDir dir;
  fs::path file = dir.file("s.toml", "first\nexpct = 1\n");
  Error error = definition_error("unknown key", {file.string(), 2, 3}, "did you mean 'expect'?").value();
  EXPECT_EQ(render(error), file.string() +
                               ":2:3: error: unknown key\n"
                               "    2 | expct = 1\n"
                               "      |   ^\n"
                               "  did you mean 'expect'?\n");
}

TEST(RenderError, KeepsTabsInFrontOfTheCaret) {
  TempDir dir;
  fs::path file = dir.file("s.toml", "\tx = 1\n");
  EXPECT_EQ(render(definition_error("bad", {file.string(), 1, 4}).value()),
            file.string() + ":1:4: error: bad\n    1 | \tx = 1\n      | \t  ^\n");
}

TEST(RenderError, DoesWithoutTheFile) {
  EXPECT_EQ(render(definition_error("bad", {"/no/such/file", 7, 1}).value()), "/no/such/file:7:1: error: bad\n");
}

TEST(RenderError, WithoutALineNamesTheFileOnly) {
  EXPECT_EQ(render(definition_error("is a directory", {"/tmp", 0, 0}).value()), "/tmp: error: is a directory\n");
}

TEST(OneLineError, HasPlaceAndHint) {
  EXPECT_EQ(one_line(definition_error("bad", {"s.toml", 2, 3}, "do this").value()), "s.toml:2:3: bad (do this)");
  EXPECT_EQ(one_line(definition_error("bad", {"s.toml", 2, 0}).value()), "s.toml:2: bad");
  EXPECT_EQ(one_line(bench_error("bad").value()), "bad");
}

TEST(Error, MayHaveAHintOfSeveralLines) {
  Error error{Error::Kind::bench, "no toolchain", std::nullopt, "host: no clang\ngive another\n"};
  EXPECT_EQ(render(error), "bootgate: no toolchain\n  host: no clang\n  give another\n");
  EXPECT_EQ(one_line(error), "no toolchain (host: no clang; give another)");
}

}  // namespace
}  // namespace bootgate
