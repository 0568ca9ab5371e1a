#include "harness/support/data.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace bootgate {
namespace {

class DataRoot : public testing::Test {
 protected:
  void TearDown() override { ::unsetenv("BOOTGATE_ROOT"); }
};

TEST_F(DataRoot, IsWhatTheLauncherSays) {
  ::setenv("BOOTGATE_ROOT", "/some/where", 1);
  EXPECT_EQ(data_root(), "/some/where");
}

TEST_F(DataRoot, IsTheSourceTreeWithoutALauncher) {
  ::unsetenv("BOOTGATE_ROOT");
  EXPECT_TRUE(fs::exists(data_root() / "suites/boot.toml")) << data_root();
  ::setenv("BOOTGATE_ROOT", "", 1);
  EXPECT_TRUE(fs::exists(data_root() / "suites/boot.toml")) << data_root();
}

}  // namespace
}  // namespace bootgate
