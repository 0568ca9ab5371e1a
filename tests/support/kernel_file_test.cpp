#include "harness/support/kernel_file.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

TEST(NumberOf, TakesWholeNumbersAlone) {
  EXPECT_EQ(number_of("0"), 0);
  EXPECT_EQ(number_of("-1"), -1);
  EXPECT_EQ(number_of("9223372036854771712"), 9223372036854771712);
  for (const char* none : {"", "max", "1.5", "12kB", " 1", "9223372036854775808"})
    EXPECT_EQ(number_of(none), std::nullopt) << none;
}

TEST(ReadNumber, TakesAFileThatIsOne) {
  const TempDir dir;
  EXPECT_EQ(read_number(dir.file("a", "4096\n")), 4096);
  EXPECT_EQ(read_number(dir.file("b", "max\n")), std::nullopt);
  EXPECT_EQ(read_number(dir.file("c", "1 2\n")), std::nullopt);
  EXPECT_EQ(read_number(dir.path() / "missing"), std::nullopt);
  EXPECT_EQ(read_number(dir.path()), std::nullopt);
}

TEST(ReadNumber, TakesTheLineOfAKey) {
  const TempDir dir;
  const fs::path file = dir.file("f", "active_file 1\ninactive_file 2\nfile 3 4\nMemAvailable:    5 kB\nbad x\nlast 6");
  EXPECT_EQ(read_number(file, "inactive_file"), 2);
  EXPECT_EQ(read_number(file, "file"), 3);
  EXPECT_EQ(read_number(file, "MemAvailable:"), 5);
  EXPECT_EQ(read_number(file, "last"), 6);
  EXPECT_EQ(read_number(file, "bad"), std::nullopt);
  EXPECT_EQ(read_number(file, "inactive"), std::nullopt);
  EXPECT_EQ(read_number(dir.path() / "missing", "file"), std::nullopt);
}

}  // namespace
}  // namespace bootgate
