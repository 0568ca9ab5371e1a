#include "harness/symbols/stack_decoder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/support/process.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const fs::path directory = CRASH_FILES;

StackDecoder decoder() {
  return StackDecoder::open({directory / "vmlinux", directory / "modules"}).value();
}

/// By nm, which reads the symbol table without us.
std::uint64_t size_of(const std::string& symbol, const fs::path& file) {
  const std::string table = run_command({"nm", "-S", file.string()}).value().output;
  for (std::string_view line : split(table, '\n')) {
    auto words = split(line, ' ');
    if (words.size() == 4 && words[3] == symbol) return std::stoull(std::string(words[1]), nullptr, 16);
  }
  throw std::runtime_error("no symbol " + symbol);
}

/// "inner:6 outer:10" for every place in the function.
std::set<std::string> places_in(StackDecoder& decode, const std::string& symbol, const std::string& module,
                                const fs::path& file) {
  std::set<std::string> all;
  const std::uint64_t size = size_of(symbol, file);
  for (std::uint64_t offset = 1; offset < size; ++offset) {
    std::string text;
    for (const SourceLine& place : decode.locate({symbol, offset, size, module, true, true}))
      text += fmt::format("{}{}:{}:{}", text.empty() ? "" : " ", place.function, place.file, place.line);
    all.insert(text);
  }
  return all;
}

TEST(StackDecoder, FindsLinesAndInlinedFunctions) {
  StackDecoder decode = decoder();
  auto places = places_in(decode, "outer", "", directory / "vmlinux");
  EXPECT_THAT(places, Contains("inner:init/main.c:6 outer:init/main.c:10"));
  EXPECT_THAT(places, Contains("outer:init/main.c:12"));
  EXPECT_THAT(places, testing::Not(Contains("")));
}

TEST(StackDecoder, FindsThemInWhatClangHasWritten) {
  StackDecoder decode = StackDecoder::open({directory / "vmlinux.clang", {}}).value();
  auto places = places_in(decode, "outer", "", directory / "vmlinux.clang");
  EXPECT_THAT(places, Contains("inner:init/main.c:6 outer:init/main.c:10"));
}

TEST(StackDecoder, FindsThemInModules) {
  StackDecoder decode = decoder();
  auto places = places_in(decode, "outer", "demo_two", directory / "modules/kernel/demo-two.ko");
  EXPECT_THAT(places, Contains("inner:init/main.c:6 outer:init/main.c:10"));
}

TEST(StackDecoder, TakesTheCallForAReturnAddress) {
  StackDecoder decode = decoder();
  const std::uint64_t size = size_of("caller", directory / "vmlinux");
  for (std::uint64_t offset = 1; offset < size; ++offset) {
    const auto back = decode.locate({"caller", offset, size, "", true, false});
    const auto here = decode.locate({"caller", offset - 1, size, "", true, true});
    EXPECT_EQ(back, here) << offset;
  }
}

TEST(StackDecoder, DoesNotGuess) {
  StackDecoder decode = decoder();
  const std::uint64_t size = size_of("outer", directory / "vmlinux");
  EXPECT_THAT(decode.locate({"outer", 1, size + 100, "", true, true}), IsEmpty()) << "of another kernel";
  EXPECT_THAT(decode.locate({"outer", 1, 4, "", true, true}), IsEmpty());
  EXPECT_THAT(decode.locate({"no_such_function", 1, size, "", true, true}), IsEmpty());
  EXPECT_THAT(decode.locate({"outer", 1, size, "unknown", true, true}), IsEmpty());
  EXPECT_THAT(decode.locate({"outer", size + 1, size, "", true, true}), IsEmpty());
}

TEST(StackDecoder, WritesPlacesIntoTheReport) {
  StackDecoder decode = decoder();
  const std::uint64_t size = size_of("outer", directory / "vmlinux");
  const std::string rip = fmt::format("[    1.2] RIP: 0010:outer+0x0/0x{:x}", size);
  const auto lines = decode.decoded(std::vector<std::string>{"[    1.1] BUG: x", rip + " [demo_two]", "Code: 00"});
  EXPECT_EQ(lines.front(), "[    1.1] BUG: x");
  EXPECT_THAT(lines[lines.size() - 2], HasSubstr(rip + " (init/main.c:"));
  EXPECT_THAT(lines[lines.size() - 2], HasSubstr(") [demo_two]"));
  EXPECT_EQ(lines.back(), "Code: 00");
}

TEST(StackDecoder, SaysThatThereIsNoDebugInfo) {
  auto opened = StackDecoder::open({directory / "stripped", {}});
  ASSERT_FALSE(opened);
  EXPECT_THAT(one_line(opened.error()),
              HasSubstr("stripped has no debug info (build the kernel with --fragment debug)"));
  EXPECT_FALSE(StackDecoder::open({directory / "no such file", {}}));
  EXPECT_FALSE(StackDecoder::open({directory / "CMakeFiles", {}}));
}

}  // namespace
}  // namespace bootgate
