// A kernel that is built here, on a whole Debian.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures/build/sandbox.hpp"
#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

TEST(DebianSystem, SaysWhoWasRefused) {
  const BootRun here;
  here.file("strangers.toml", R"(
name    = "strangers"
rootfs  = "debian:trixie"
profile = ["q35"]
within  = "60s"
limit   = "20m"
[[case]]
name   = "login"
during = "boot"
steps  = [{ login = "root", password = "root", within = "4m" }]
[[case]]
name  = "another-password"
steps = [{ send = "exit\n" }, { login = "root", password = "other" }]
[[case]]
name  = "another-user"
steps = [{ ssh = "true", user = "daemon" }]
)");
  RunSeen seen = here.run({"./strangers.toml", "--kernel", "own"});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  EXPECT_EQ(seen.cases["login"].outcome, "pass");
  EXPECT_THAT(seen.cases["another-password"].message, testing::HasSubstr("the guest refused the login of 'root'"));
  EXPECT_EQ(seen.cases["another-user"].outcome, "fail");
  EXPECT_THAT(seen.cases["another-user"].text, testing::HasSubstr("Permission denied"));
}

class WholeSystem : public testing::TestWithParam<const char*> {};

TEST_P(WholeSystem, WorksOnAKernelThatIsBuiltHere) {
  if (auto usable = check_sandbox(); !usable) GTEST_SKIP() << one_line(usable.error());
  const BootRun here;
  const std::string machine = GetParam();
  const fs::path file = here.file("run.toml", "suites = \"debian\"\nprofile = \"" + machine + "\"\n");
  RunSeen seen = here.run({"--file", file.string(), "--kernel", "debian:trixie/linux-source-6.12"});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  for (const char* name :
       {"build", "banner", "systemd", "login", "up", "root-mounted", "modules", "reboot", "power-off", "clean-end"})
    EXPECT_EQ(seen.cases[name].outcome, "pass") << name << ": " << seen.cases[name].message << seen.cases[name].text;
  const bool has_network = machine != "simple";
  for (const char* name : {"network", "ssh"})
    EXPECT_EQ(seen.cases[name].outcome, has_network ? "pass" : "skip") << name << ": " << seen.cases[name].message;
}

INSTANTIATE_TEST_SUITE_P(Profile, WholeSystem, testing::Values("q35", "simple"),
                         [](const auto& profile) { return std::string(profile.param); });

}  // namespace
}  // namespace bootgate
