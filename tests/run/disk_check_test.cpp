// What is found on a disk that a guest has left.
#include "harness/run/disk_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;

std::string program(const char* name) {
  return find_program(name).value_or(name).string();
}

class DiskCheck : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("mke2fs")) GTEST_SKIP() << "no mke2fs";
  }
  /// A file system of 16 MiB with a journal, `offset` bytes into the disk.
  void make_file_system(const std::string& label, int offset = 0) const {
    fs::resize_file(dir_.file("disk", ""), (16 << 20) + static_cast<std::uintmax_t>(offset));
    auto made = run_checked({program("mke2fs"), "-q", "-F", "-t", "ext4", "-L", label, "-E",
                             "offset=" + std::to_string(offset), disk(), "16M"});
    ASSERT_TRUE(made) << one_line(made.error());
  }
  void change(const std::string& request, const std::string& place) const {
    auto changed = run_checked({program("debugfs"), "-w", "-R", request, place});
    ASSERT_TRUE(changed) << one_line(changed.error());
  }
  std::string disk() const { return (dir_.path() / "disk").string(); }
  std::string found() const {
    auto checked = check_file_system(fs::path(disk()));
    EXPECT_TRUE(checked) << one_line(checked.error());
    return checked.value_or("");
  }
  TempDir dir_;
};

TEST_F(DiskCheck, FindsNothingOnACleanOne) {
  make_file_system("rootfs");
  EXPECT_EQ(found(), "");
}

TEST_F(DiskCheck, FindsThatItWasNotUnmounted) {
  make_file_system("rootfs");
  change("feature needs_recovery", disk());
  EXPECT_THAT(found(), HasSubstr("was not unmounted: its journal"));
  make_file_system("rootfs");
  change("ssv state 0", disk());
  EXPECT_THAT(found(), HasSubstr("was not unmounted"));
}

TEST_F(DiskCheck, FindsDamage) {
  make_file_system("rootfs");
  change("clri lost+found", disk());
  EXPECT_THAT(found(), HasSubstr("lost+found"));
}

TEST_F(DiskCheck, LooksIntoThePartitionWithTheLabel) {
  constexpr int offset = 1 << 20;
  make_file_system("rootfs", offset);
  // A partition table of DOS: one entry at 446, of type 0x83, from sector 2048 on.
  std::string table(512, '\0');
  table[446 + 4] = '\x83';
  table[446 + 9] = '\x08';
  table[446 + 13] = '\x80';
  table[510] = '\x55';
  table[511] = '\xaa';
  std::FILE* file = std::fopen(disk().c_str(), "r+b");
  ASSERT_TRUE(file);
  std::fwrite(table.data(), 1, table.size(), file);
  std::fclose(file);
  EXPECT_EQ(found(), "");
  change("feature needs_recovery", disk() + "?offset=" + std::to_string(offset));
  EXPECT_THAT(found(), HasSubstr("was not unmounted"));
}

TEST_F(DiskCheck, CannotLookAtWhatIsNoFileSystem) {
  fs::resize_file(dir_.file("disk", ""), 1 << 20);
  auto checked = check_file_system(fs::path(disk()));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, Error::Kind::bench);
}

}  // namespace
}  // namespace bootgate
