// One command with the host's files, on a kernel that is built for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;

class HostRoot : public testing::Test {
 protected:
  RunSeen exec(std::vector<std::string> options, const std::string& line) const {
    std::vector<std::string> all = with_built_kernel({"exec", "--accel", "tcg", "--root", "host"});
    all.insert(all.end(), options.begin(), options.end());
    all.insert(all.end(), {"--", line});
    return here_.bootgate(std::move(all));
  }
  BootRun here_;
};

TEST_F(HostRoot, ShowsTheHostsFilesInTheCurrentDirectory) {
  here_.file("mine.txt", "from the host\n");
  RunSeen seen = exec({}, "pwd; cat mine.txt; uname -r");
  EXPECT_EQ(seen.status, 0) << seen.errors;
  EXPECT_EQ(seen.output.substr(0, seen.output.rfind("6.12")), here_.directory().string() + "\nfrom the host\n");
}

TEST_F(HostRoot, WritesToTheGuestOnly) {
  const fs::path mine = here_.file("mine.txt", "from the host\n");
  RunSeen seen = exec({}, "echo changed >mine.txt && rm -rf /etc/passwd && mkdir new && cat mine.txt");
  EXPECT_EQ(seen.status, 0) << seen.errors;
  EXPECT_EQ(seen.output, "changed\n");
  EXPECT_EQ(read_file(mine).value_or(""), "from the host\n");
  EXPECT_TRUE(fs::exists("/etc/passwd"));
  EXPECT_FALSE(fs::exists(here_.directory() / "new"));
}

TEST_F(HostRoot, HasSystemsOfTheGuestsOwn) {
  RunSeen seen = exec({},
                      "cut -d' ' -f2,3 /proc/mounts; "
                      "test -c /dev/ptmx && test -d /sys/devices && test -w /run && echo all there");
  EXPECT_EQ(seen.status, 0) << seen.errors;
  for (const char* mount : {"/ overlay", "/proc proc", "/sys sysfs", "/dev devtmpfs", "/dev/shm tmpfs", "/run tmpfs"})
    EXPECT_THAT(seen.output, HasSubstr(std::string(mount) + "\n"));
  EXPECT_THAT(seen.output, HasSubstr("all there"));
}

TEST_F(HostRoot, LaysAddedFilesAboveTheHosts) {
  const fs::path mine = here_.file("program", "#!/bin/sh\necho added\n");
  RunSeen seen = exec({"--add", mine.string() + ":/bin/bootgate-added"}, "bootgate-added; ls /bin | wc -l");
  EXPECT_EQ(seen.status, 0) << seen.errors;
  EXPECT_THAT(seen.output, testing::StartsWith("added\n"));
  EXPECT_GT(std::atoi(seen.output.c_str() + 6), 50) << "the host's are still there";
}

TEST_F(HostRoot, SaysThatItsDirectoryIsNotThere) {
  // A guest's /run is its own.
  const fs::path directory = "/run/bootgate-test";
  std::error_code failure;
  fs::create_directory(directory, failure);
  if (failure) GTEST_SKIP() << "needs to write to /run";
  CommandOptions options;
  options.directory = directory;
  std::vector<std::string> words = with_built_kernel({program().string(), "exec", "--accel", "tcg", "--root", "host"});
  words.insert(words.end(), {"--", "true"});
  auto ran = run_command(words, options);
  fs::remove(directory, failure);
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->status.code, 3);
  EXPECT_THAT(ran->errors, HasSubstr("no directory /run/bootgate-test in the guest"));
}

}  // namespace
}  // namespace bootgate
