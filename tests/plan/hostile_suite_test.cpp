// A suite is somebody's input: whatever is in the file, reading ends with an error or a suite, soon, and in one piece.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <random>

#include "harness/support/data.hpp"
#include "tests/plan/reading.hpp"

namespace bootgate {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(HostileSuite, ADirectoryIsAnError) {
  TempDir dir;
  EXPECT_THAT(read_suite(dir.path(), known_names()).errors.at(0).what, HasSubstr("this is a directory"));
}

TEST(HostileSuite, AMissingFileIsAnError) {
  EXPECT_THAT(read_suite("/no/such.toml", known_names()).errors.at(0).what, HasSubstr("No such file or directory"));
}

TEST(HostileSuite, ADeviceWithoutEndIsAnError) {
  EXPECT_THAT(read_suite("/dev/zero", known_names()).errors.at(0).what, HasSubstr("no regular file"));
}

TEST(HostileSuite, AnUnreadableFileIsAnError) {
  EXPECT_THAT(read_suite("/proc/self/mem", known_names()).errors.at(0).what, HasSubstr("Input/output error"));
}

TEST(HostileSuite, AnEmptyFileLacksEverything) {
  EXPECT_THAT(errors_of(read_text("")), ElementsAre("1:1: 'name' is missing", "1:1: the suite has no [[case]]"));
}

TEST(HostileSuite, NulBytesAreErrors) {
  EXPECT_EQ(read_text("name = 's\0'\n"s).errors.size(), 1u);
  EXPECT_EQ(read_text(std::string(5000, '\0')).errors.size(), 1u);
  EXPECT_THAT(errors_of(read_text(with_steps(R"({ run = "a\u0000b" })"))),
              ElementsAre("4:20: a NUL byte in a command"));
}

TEST(HostileSuite, AKernelImageIsNoSuite) {
  std::string image = "MZ\xea\x07\x00\xc0\x07\x8c\xc8"s;
  std::mt19937 random(1);
  while (image.size() < 900'000)
    image += static_cast<char>(random());
  EXPECT_EQ(read_text(image).errors.size(), 1u);
}

TEST(HostileSuite, ThousandsOfMistakesAreSummedUp) {
  std::string text = "name = 's'\n";
  for (int i = 0; i < 5000; ++i)
    text += "key" + std::to_string(i) + " = 1\n";
  auto errors = read_text(text).errors;
  ASSERT_EQ(errors.size(), 51u);
  EXPECT_EQ(errors.back().what, "4951 more mistakes in this file");
}

TEST(HostileSuite, ThousandsOfCasesAreReadInAMoment) {
  std::string text = "name = 's'\n";
  for (int i = 0; i < 10'000; ++i)
    text += "[[case]]\nname = 'c" + std::to_string(i) + "'\nsteps = [{ expect-regex = 'a(b|c)d' }]\n";
  const std::clock_t start = std::clock();
  auto reading = read_text(text);
  EXPECT_EQ(reading.suite.cases.size(), 10'000u);
  EXPECT_THAT(reading.errors, testing::IsEmpty());
  // It takes 0.3 s of the CPU, however busy the host is; what is quadratic here takes minutes.
  EXPECT_LT(std::clock() - start, 30 * CLOCKS_PER_SEC);
}

TEST(HostileSuite, MessagesHoldNoBytesThatSteerATerminal) {
  auto reading = read_text(
      "name = \"\\u001b[2J\"\nprofile = [\"\\u001b\"]\nrootfs = \"\\u001b\"\n\"\\u001b\" = 1\n[[case]]\nname = "
      "\"\\u001b\"\n"
      "during = \"\\u001b\"\nallow = [\"\\u001b\"]\nrequires = [\"\\u001b\"]\ntaint = \"\\u001b\"\n"
      "steps = [{ \"\\u001b\" = 1 }, { power = \"\\u001b\" }, { expect-regex = \"(\\u001b\" }, { run = \"x\", "
      "\"\\u001b\" = 1 }]\n");
  EXPECT_EQ(reading.errors.size(), 13u);
  for (const Error& error : reading.errors)
    EXPECT_THAT(error.what + error.hint, testing::Not(HasSubstr("\x1b")));
}

/// The project's own suite with some of its bytes changed: syntax errors, wrong types, unknown keys, broken patterns.
TEST(HostileSuite, AnyBytesAreSurvived) {
  TempDir dir;
  const std::string original = read_file(data_root() / "suites/boot.toml").value();
  constexpr std::string_view interesting = "[]{}\"'=.,\n\\#\0\xff()*+?-0az";
  std::mt19937 random(20261123);
  for (int round = 0; round < 300; ++round) {
    std::string text = original.substr(0, 1 + random() % original.size());
    for (unsigned change = random() % 8; change > 0; --change) {
      std::size_t at = random() % text.size();
      char byte = interesting[random() % interesting.size()];
      if (random() % 2)
        text[at] = byte;
      else
        text.insert(at, 1 + random() % 3, byte);
    }
    SuiteReading reading = read_suite(dir.file("s.toml", text), known_names());
    for (const Error& error : reading.errors) {
      ASSERT_NE(error.what, "");
      ASSERT_EQ(error.kind, Error::Kind::definition);
      ASSERT_NE(render(error), "");
    }
    if (reading.errors.empty()) {
      ASSERT_FALSE(reading.suite.cases.empty());
    }
  }
}

}  // namespace
}  // namespace bootgate
