// A kernel with debug info, entered by gdb, and by crash and drgn where it has crashed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures/build/sandbox.hpp"
#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

std::vector<std::string> with_debug_info(std::vector<std::string> words) {
  words.insert(words.end(), {"--accel", "tcg"});
  return with_built_kernel(std::move(words));
}

class KernelWithDebugInfo : public testing::Test {
 protected:
  void SetUp() override {
    if (auto usable = check_sandbox(); !usable) GTEST_SKIP() << one_line(usable.error());
  }

  BootRun here_;
};

TEST_F(KernelWithDebugInfo, IsEnteredByGdbAtItsInitAndStillPassesTheBootSuite) {
  if (!find_program("gdb")) GTEST_SKIP() << "gdb is not installed: apt install gdb";
  std::vector<std::string> words = with_debug_info({"gdb", "--break", "kernel_init"});
  words.insert(words.end(), {"--", "-batch", "-nx", "-ex", "bt 1", "-ex", "print linux_banner", "-ex", "lx-version",
                             "-ex", "lx-dmesg", "-ex", "hbreak run_init_process", "-ex", "continue"});
  const RunSeen gdb = here_.bootgate(words);
  EXPECT_EQ(gdb.status, 0) << gdb.output << gdb.errors;
  EXPECT_THAT(gdb.output, AllOf(HasSubstr("Breakpoint 1, kernel_init"), HasSubstr("= \"Linux version 6.12."),
                                HasSubstr("\nLinux version 6.12."), HasSubstr("] Command line: nokaslr"),
                                HasSubstr("Breakpoint 2, run_init_process")));
  ASSERT_THAT(gdb.errors, HasSubstr("the console of the guest goes to "));
  const std::size_t console = gdb.errors.find("goes to ") + std::string_view("goes to ").size();
  const std::string log = gdb.errors.substr(console, gdb.errors.find('\n', console) - console);
  EXPECT_THAT(read_file(log).value_or(""), HasSubstr("Linux version 6.12."));

  RunSeen boot = here_.bootgate(with_debug_info({"run", "boot"}));
  here_.read_report(boot);
  EXPECT_EQ(boot.status, 0) << boot.output << boot.errors;
  EXPECT_EQ(boot.cases["shell"].outcome, "pass");
  EXPECT_EQ(boot.properties["build.reused"], "yes");
}

TEST_F(KernelWithDebugInfo, LeavesAVmcoreThatDrgnAndCrashOpen) {
  here_.file("mine.toml",
             "name = \"mine\"\n\n"
             "[[case]]\nname = \"panics\"\nsteps = [{ run = \"echo c >/proc/sysrq-trigger\", within = \"20s\" }]\n");
  const RunSeen seen = here_.bootgate(with_debug_info({"run", "./mine.toml", "--vmcore"}));
  ASSERT_EQ(seen.status, 1) << seen.output << seen.errors;
  const std::size_t start = seen.output.find("vmcore: crash ");
  ASSERT_NE(start, std::string::npos) << seen.output;
  fs::path vmcore;
  for (const auto& entry : fs::recursive_directory_iterator(here_.directory() / "bootgate-out"))
    if (entry.path().filename() == "vmcore") vmcore = entry.path();
  const std::size_t words = start + std::string_view("vmcore: crash ").size();
  const std::string vmlinux = seen.output.substr(words, seen.output.find(' ', words) - words);

  CommandOptions options;
  options.timeout = 200s;
  options.directory = here_.directory();
  const bool has_drgn = find_program("drgn").has_value(), has_crash = find_program("crash").has_value();
  if (has_drgn) {
    here_.file("look.py", "print(prog['linux_banner'].string_().decode())\n");
    auto drgn = run_command({"drgn", "-c", vmcore.string(), "-s", vmlinux, "look.py"}, options);
    ASSERT_TRUE(drgn) << drgn.error().what;
    EXPECT_THAT(drgn->output, HasSubstr("Linux version 6.12.")) << drgn->errors;
  }
  if (has_crash) {
    here_.file("commands", "p linux_banner\nlog\nquit\n");
    auto crash = run_command({"crash", "-s", "-i", "commands", vmlinux, vmcore.string()}, options);
    ASSERT_TRUE(crash) << crash.error().what;
    EXPECT_THAT(crash->output, AllOf(HasSubstr("Linux version 6.12."), HasSubstr("sysrq triggered crash")))
        << crash->errors;
  }
  if (!has_drgn && !has_crash) GTEST_SKIP() << "neither is installed: apt install python3-drgn crash";
}

}  // namespace
}  // namespace bootgate
