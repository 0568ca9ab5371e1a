#include "harness/support/beneath.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "harness/support/sha256.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;

class BeneathTest : public testing::Test {
 protected:
  BeneathTest() {
    place_.file("secret", "secret");
    place_.file("in/a/file", "text");
  }

  std::string read(const fs::path& file) const {
    auto text = read_beneath(in(), file);
    return text ? *text : text.error().what;
  }
  fs::path in() const { return place_.path() / "in"; }

  TempDir place_;
};

TEST_F(BeneathTest, IsWhatADirectoryHolds) {
  EXPECT_EQ(read("a/file"), "text");
  EXPECT_EQ(sha256_beneath(in(), "a/file").value(), sha256("text"));
  ASSERT_TRUE(copy_beneath(in(), "a/file", place_.path() / "copy"));
  EXPECT_EQ(read_file(place_.path() / "copy").value(), "text");
  EXPECT_THAT(read("a/none"), HasSubstr("No such file"));
}

TEST_F(BeneathTest, FollowsNoLink) {
  fs::create_symlink(place_.path() / "secret", in() / "link");
  fs::create_directory_symlink(place_.path(), in() / "out");
  for (const char* file : {"link", "out/secret", "../secret", "a/../../secret"}) {
    EXPECT_THAT(read(file), HasSubstr("can't take")) << file;
    EXPECT_FALSE(copy_beneath(in(), file, place_.path() / "copy")) << file;
    EXPECT_FALSE(sha256_beneath(in(), file)) << file;
  }
  EXPECT_THAT(read(place_.path() / "secret"), HasSubstr("elsewhere"));
}

TEST_F(BeneathTest, WaitsForNoPipeAndReadsNoDevice) {
  ASSERT_EQ(::mkfifo((in() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(read("pipe"), HasSubstr("no file"));
  EXPECT_THAT(read("a"), HasSubstr("no file"));
  EXPECT_FALSE(open_beneath("/dev", "zero"));
}

TEST_F(BeneathTest, ReadsNothingThatIsTooLarge) {
  place_.file("in/sparse", "");
  fs::resize_file(in() / "sparse", std::uintmax_t{1} << 40);
  EXPECT_THAT(read("sparse"), HasSubstr("too large"));
  EXPECT_FALSE(copy_beneath(in(), "sparse", place_.path() / "copy"));
}

TEST(PlainName, IsOnePartOfAPath) {
  for (const char* name : {"6.12.1", "6.12-rc1+", "..."})
    EXPECT_TRUE(is_plain_name(name)) << name;
  for (const char* name : {"", ".", "..", "../6.12", "/etc", "6.12/"})
    EXPECT_FALSE(is_plain_name(name)) << name;
}

TEST_F(BeneathTest, FollowsLinksWhereTheyAreNoSin) {
  fs::create_symlink(place_.path() / "secret", in() / "link");
  ASSERT_TRUE(copy_beneath(in(), "link", place_.path() / "copy", Links::followed));
  EXPECT_EQ(read_file(place_.path() / "copy").value(), "secret");
  EXPECT_FALSE(copy_beneath(in(), "../secret", place_.path() / "copy", Links::followed));
}

TEST_F(BeneathTest, IsRemovedAlsoWhereItIsLocked) {
  place_.file("in/a/locked/deep/file", "");
  fs::create_directory_symlink(place_.path(), in() / "a/locked/out");
  fs::permissions(in() / "a/locked/deep", fs::perms::none);
  fs::permissions(in() / "a/locked", fs::perms::owner_read | fs::perms::owner_exec);
  auto removed = remove_of_strangers(in());
  ASSERT_TRUE(removed) << removed.error().what;
  EXPECT_FALSE(fs::exists(in()));
  EXPECT_TRUE(fs::exists(place_.path() / "secret"));
  EXPECT_TRUE(remove_of_strangers(in())) << "it is not there";
}

}  // namespace
}  // namespace bootgate
