// What the command line says takes the place of what its run file says.
#include "harness/cli/request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RunFileRequest : public testing::Test {
 protected:
  Request request(const std::string& file, std::vector<const char*> words = {}) {
    const std::string path = dir_.file("run.toml", file);
    words.insert(words.begin(), {"bootgate", "run", "--file", path.c_str()});
    Arguments arguments = parse_arguments(static_cast<int>(words.size()), words.data());
    if (const auto* end = std::get_if<EndArguments>(&arguments)) {
      ADD_FAILURE() << end->text;
      return {};
    }
    return read_request(std::get<RunArguments>(std::move(arguments)));
  }

  std::vector<std::string> jobs(const std::string& file, std::vector<const char*> words = {}) {
    const Request asked = request(file, std::move(words));
    for (const Error& error : asked.definitions.errors)
      ADD_FAILURE() << render(error);
    auto plan = plan_request(asked, {{Accelerator::Kind::tcg, "a test"}, "/usr/bin/qemu", "7.2", "", ""});
    std::vector<std::string> names;
    if (!plan) ADD_FAILURE() << plan.error().what;
    if (plan)
      for (const Job& job : plan->jobs)
        names.push_back(job.name);
    return names;
  }

  TempDir dir_;
};

constexpr const char* crossed = R"(
suites = ["boot"]
kernel = ["debian", "kernel.org/6.12.1"]
config = ["lean", "lean+debug"]
append = "debug"
memory = "1G"
retry  = 2
max-skips = 3
[[exclude]]
kernel = "kernel.org/6.12.1"
config = "lean"
[[include]]
suites = "sanitizer-faults"
config = "lean+sanitize"
kernel = "kernel.org/6.12.1"
)";

TEST_F(RunFileRequest, IsPlanned) {
  EXPECT_THAT(jobs(crossed),
              ElementsAre("boot-debian-busybox-initrd_only-tcg", "boot-6.12.1-lean_debug-busybox-initrd_only-tcg",
                          "sanitizer_faults-6.12.1-lean_sanitize-busybox-sanitized-tcg"));
}

TEST_F(RunFileRequest, BringsOptions) {
  const RunArguments arguments = request(crossed).arguments;
  EXPECT_THAT(arguments.options.append, ElementsAre("debug"));
  EXPECT_EQ(arguments.options.memory_mib, 1024);
  EXPECT_EQ(arguments.options.execution.retries, 2);
  EXPECT_EQ(arguments.max_skips, 3);
}

TEST_F(RunFileRequest, AnOptionOfTheCommandLineWins) {
  const RunArguments arguments =
      request(crossed, {"--append", "quiet", "--retry", "0", "--memory", "2G", "--max-skips", "0"}).arguments;
  EXPECT_THAT(arguments.options.append, ElementsAre("quiet"));
  EXPECT_EQ(arguments.options.execution.retries, 0);
  EXPECT_EQ(arguments.options.memory_mib, 2048);
  EXPECT_EQ(arguments.max_skips, 0);
}

TEST_F(RunFileRequest, AnAxisOfTheCommandLineWinsInRowsToo) {
  EXPECT_THAT(jobs(crossed, {"boot"}),
              ElementsAre("boot-debian-busybox-initrd_only-tcg", "boot-6.12.1-lean_debug-busybox-initrd_only-tcg",
                          "boot-6.12.1-lean_sanitize-busybox-initrd_only-tcg"));
  EXPECT_THAT(jobs(crossed, {"--kernel", "kernel.org/6.6.1", "--config", "defconfig"}),
              ElementsAre("boot-6.6.1-defconfig-busybox-initrd_only-tcg",
                          "sanitizer_faults-6.6.1-defconfig-busybox-sanitized-tcg"));
  EXPECT_THAT(jobs("kernel = 'debian'\naccel = 'kvm'", {"--accel", "tcg"}),
              ElementsAre("boot-debian-busybox-initrd_only-tcg"));
  EXPECT_THAT(jobs("kernel = 'debian'\nprofile = ['initrd-only', 'smp']", {"--profile", "disk", "--profile", "smp"}),
              ElementsAre("boot-debian-busybox-disk-tcg", "boot-debian-busybox-smp-tcg"));
}

TEST_F(RunFileRequest, AFragmentGoesOnTopOfEachConfig) {
  EXPECT_THAT(jobs("kernel = 'kernel.org/6.12.1'\nconfig = ['lean', 'defconfig']", {"--fragment", "debug"}),
              ElementsAre("boot-6.12.1-lean_debug-busybox-initrd_only-tcg",
                          "boot-6.12.1-defconfig_debug-busybox-initrd_only-tcg"));
}

TEST_F(RunFileRequest, WarnsOfRowsThatChangeNothing) {
  const Request asked = request("kernel = 'debian'\n\n[[exclude]]\nprofile = 'smp'\n");
  ASSERT_EQ(asked.warnings.size(), 1u);
  EXPECT_EQ(asked.warnings[0].at->line, 3);
  EXPECT_THAT(asked.definitions.errors, IsEmpty());
  EXPECT_EQ(asked.combinations, 1u);
}

TEST_F(RunFileRequest, RefusesToRunNothing) {
  const Request asked = request("kernel = 'debian'\n[[exclude]]\nkernel = 'debian'\n");
  ASSERT_EQ(asked.definitions.errors.size(), 1u);
  EXPECT_THAT(asked.definitions.errors[0].what, HasSubstr("nothing is left"));
}

TEST(Request, ARunFileIsNoSuite) {
  TempDir dir;
  RunArguments arguments;
  arguments.suites = {dir.file("run.toml", "kernel = 'debian'\n").string()};
  const Request asked = read_request(arguments);
  ASSERT_EQ(asked.definitions.errors.size(), 1u);
  EXPECT_THAT(asked.definitions.errors[0].hint, HasSubstr("bootgate run --file "));
}

TEST(Request, AnUnknownProfileIsToldWithTheNearest) {
  RunArguments arguments;
  arguments.suites = {"boot"};
  arguments.options.matrix.axes.profiles = {"smpp"};
  const Request asked = read_request(arguments);
  ASSERT_EQ(asked.definitions.errors.size(), 1u);
  EXPECT_EQ(asked.definitions.errors[0].what, "--profile: there is no 'smpp'");
  EXPECT_EQ(asked.definitions.errors[0].hint, "did you mean 'smp'?");
}

TEST(Request, AnUnknownFragmentIsToldBeforeAnythingIsBuilt) {
  RunArguments arguments;
  arguments.suites = {"boot"};
  arguments.options.configs = {config_request("lean+debgu")};
  const Request asked = read_request(arguments);
  ASSERT_EQ(asked.definitions.errors.size(), 1u);
  EXPECT_THAT(asked.definitions.errors[0].hint, HasSubstr("debug"));
}

}  // namespace
}  // namespace bootgate
