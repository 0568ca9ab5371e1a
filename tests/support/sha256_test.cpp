#include "harness/support/sha256.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

// The examples of FIPS 180-2, appendix B.
constexpr const char* of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* of_a_million_a = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(sha256(""), of_nothing);
  EXPECT_EQ(sha256("abc"), of_abc);
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')), of_a_million_a);
}

TEST(Sha256OfFile, IsThatOfItsBytes) {
  TempDir dir;
  EXPECT_EQ(sha256_of_file(dir.file("f", std::string(1'000'000, 'a'))).value(), of_a_million_a);
  EXPECT_EQ(sha256_of_file(dir.file("empty", "")).value(), of_nothing);
}

TEST(Sha256OfFile, SaysWhichFileCannotBeRead) {
  auto digest = sha256_of_file("/no/such/file");
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error().what, "can't read /no/such/file: No such file or directory");
}

}  // namespace
}  // namespace bootgate
