#include "harness/plan/run_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fixtures/kconfig/recipe.hpp"
#include "harness/support/data.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/update.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::vector<std::string> profile_names = {"initrd-only", "smp", "sanitized"};

class ReadRunFile : public testing::Test {
 protected:
  RunFile read(std::string_view text, const std::string& name = "run.toml") {
    RunFileReading reading = read_run_file(dir_.file(name, text), profile_names);
    for (const Error& error : reading.errors)
      ADD_FAILURE() << render(error);
    return reading.run_file;
  }

  std::string path(const std::string& name) const { return (dir_.path() / name).string(); }

  TempDir dir_;
};

std::vector<std::string> texts(const std::vector<KernelName>& kernels) {
  std::vector<std::string> names;
  for (const KernelName& kernel : kernels)
    names.push_back(kernel.text);
  return names;
}

TEST_F(ReadRunFile, WithoutAnAxisHasTheUsualOne) {
  const RunFile file = read("description = 'all as usual'\n");
  EXPECT_EQ(file.description, "all as usual");
  EXPECT_THAT(file.suites, ElementsAre(data_root() / "suites/boot.toml"));
  EXPECT_THAT(texts(file.kernels), ElementsAre("debian"));
  EXPECT_EQ(config_name(file.configs.at(0)), "lean");
  EXPECT_THAT(file.matrix.axes.accelerators, ElementsAre("auto"));
  EXPECT_THAT(file.matrix.axes.profiles, IsEmpty()) << "those of each suite";
}

TEST_F(ReadRunFile, EachRefOfATreeIsAKernel) {
  const RunFile file = read(R"(
[[tree]]
git  = "./linux"
refs = ["master", "v6.12"]

[[tree]]
git  = "https://example.org/linux.git"
refs = "next"
)");
  const std::vector<std::string> wanted{"git:" + path("linux") + "@master", "git:" + path("linux") + "@v6.12",
                                        "git:https://example.org/linux.git@next"};
  EXPECT_EQ(texts(file.kernels), wanted);
  EXPECT_EQ(file.matrix.axes.kernels, wanted) << "and none besides";
  const RunFile both = read("kernel = 'debian'\n[[tree]]\ngit = '/linux'\nrefs = 'master'\n");
  EXPECT_THAT(texts(both.kernels), ElementsAre("debian", "git:/linux@master"));
}

TEST_F(ReadRunFile, KnowsWhatANightlyKeeps) {
  const RunFile file = read("[keep]\ndays = 30\nsize = '20G'\n");
  EXPECT_EQ(file.keep.days, 30);
  EXPECT_EQ(file.keep.mib, 20 * 1024);
  EXPECT_FALSE(read("").keep.days);
}

TEST_F(ReadRunFile, LooksUpWhatItsAxesAndRowsName) {
  const RunFile file = read(R"(
suites  = ["boot", "rust"]
kernel  = "kernel.org/6.12.1"
config  = ["lean", "lean+debug"]
profile = "smp"
accel   = ["kvm", "tcg"]
[[exclude]]
suites = "rust"
accel  = ["kvm"]
[[include]]
suites = "faults"
config = "defconfig"
[[timeout]]
suites = "faults"
config = ["lean", "defconfig"]
scale  = 1.5
limit  = "1h"
)");
  EXPECT_THAT(file.suites, SizeIs(3));
  EXPECT_THAT(file.configs, SizeIs(3));
  EXPECT_THAT(file.matrix.axes.suites, SizeIs(2));
  EXPECT_THAT(file.matrix.axes.configs, ElementsAre("lean", "lean+debug"));
  EXPECT_THAT(file.matrix.axes.profiles, ElementsAre("smp"));
  ASSERT_THAT(file.matrix.excluded, SizeIs(1));
  EXPECT_THAT(file.matrix.excluded[0].accelerators, ElementsAre("kvm"));
  EXPECT_THAT(file.matrix.excluded[0].kernels, IsEmpty());
  EXPECT_EQ(file.matrix.excluded[0].at.line, 7);
  ASSERT_THAT(file.matrix.included, SizeIs(1));
  EXPECT_THAT(file.matrix.included[0].suites, ElementsAre((data_root() / "suites/faults.toml").string()));
  ASSERT_THAT(file.matrix.timeouts, SizeIs(1));
  EXPECT_EQ(file.matrix.timeouts[0].scale, 1.5);
  EXPECT_EQ(file.matrix.timeouts[0].limit, 1h);
}

TEST_F(ReadRunFile, PathsStartWhereTheFileIs) {
  for (const char* name : {"bzImage", "src/Kconfig", "my.config", "conf/x.config", "known.toml", "root.cpio"})
    dir_.file(name, "CONFIG_X=y\n");
  dir_.file("mine.toml", "name = 'mine'\n");
  const RunFile file = read(R"(
suites = ["../mine.toml", "boot"]
kernel = ["../bzImage", "../src", "tree:../src/", "git:..@v6.12", "git:https://x.org/y@main", "git:me@host:z@v1"]
config = ["../my.config", "lean+../conf/x.config"]
rootfs = "../root.cpio"
known-issues = "../known.toml"
fragment = "../my.config"
add = "../bzImage:/boot/image"
)",
                            "runs/run.toml");
  EXPECT_THAT(file.suites, ElementsAre(path("mine.toml"), data_root() / "suites/boot.toml"));
  EXPECT_THAT(texts(file.kernels),
              ElementsAre(path("bzImage"), path("src"), "tree:" + path("src"), "git:" + dir_.path().string() + "@v6.12",
                          "git:https://x.org/y@main", "git:me@host:z@v1"));
  EXPECT_THAT(file.matrix.axes.configs, ElementsAre(path("my.config"), "lean+" + path("conf/x.config")));
  EXPECT_EQ(file.rootfs->text, path("root.cpio"));
  EXPECT_EQ(file.known_issues, path("known.toml"));
  EXPECT_THAT(file.fragments.value(), ElementsAre(path("my.config")));
  EXPECT_EQ(file.added.value().at(0).source, path("bzImage"));
  EXPECT_EQ(file.added.value().at(0).target, "/boot/image");
}

TEST_F(ReadRunFile, HasOptionsOfRun) {
  const RunFile file = read(R"(
append = ["debug", "nosmp"]
module = "loop"
set = "KASAN=y"
memory = "2G"
cpus = 2
toolchain = "host"
filter = ["boot/*", "x"]
retry = 2
repeat = 3
isolation = "boot"
fail-fast = true
fail-on-flaky = true
max-skips = 4
timeout-scale = 2
)");
  EXPECT_THAT(file.append.value(), ElementsAre("debug", "nosmp"));
  EXPECT_THAT(file.modules.value(), ElementsAre("loop"));
  EXPECT_THAT(file.symbols.value(), ElementsAre("KASAN=y"));
  EXPECT_EQ(file.memory_mib, 2048);
  EXPECT_EQ(file.cpus, 2);
  EXPECT_EQ(file.toolchain, "host");
  EXPECT_THAT(file.filters.value(), ElementsAre("boot/*", "x"));
  EXPECT_EQ(file.retries, 2);
  EXPECT_EQ(file.repeats, 3);
  EXPECT_EQ(file.isolation, Isolation::boot);
  EXPECT_EQ(file.fail_fast, true);
  EXPECT_EQ(file.fail_on_flaky, true);
  EXPECT_EQ(file.max_skips, 4);
  EXPECT_EQ(file.timeout_scale, 2);
  const RunFile silent = read("");
  EXPECT_FALSE(silent.append || silent.memory_mib || silent.isolation || silent.retries || silent.fail_fast);
}

TEST_F(ReadRunFile, IsToldFromASuite) {
  EXPECT_TRUE(is_run_file(dir_.file("a.toml", "kernel = 'debian'\n")));
  EXPECT_TRUE(is_run_file(dir_.file("b.toml", "[[include]]\nsuites = 'boot'\n")));
  EXPECT_FALSE(is_run_file(dir_.file("c.toml", "name = 'c'\nprofile = 'smp'\n[[case]]\n")));
  EXPECT_FALSE(is_run_file(dir_.file("d.toml", "")));
  EXPECT_FALSE(is_run_file(dir_.file("e.toml", "kernel = [\n")));
  EXPECT_FALSE(is_run_file(dir_.path() / "missing.toml"));
}

/// Works in bad_runs/, so that messages name files without a directory.
class BadRunFiles : public testing::Test {
 protected:
  void SetUp() override { fs::current_path(data_root() / "tests/plan/bad_runs"); }
  void TearDown() override { fs::current_path(before_); }
  fs::path before_ = fs::current_path();
};

TEST_F(BadRunFiles, AreDiagnosedAsExpected) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(".")) {
    const fs::path name = entry.path().filename();
    if (name.extension() != ".toml") continue;
    ++count;
    std::string found;
    for (const Error& error : read_run_file(name, profile_names).errors)
      found += render(error);
    const fs::path expected = fs::path(name).replace_extension(".expected");
    EXPECT_NE(found, "") << name << " is a good run file";
    if (update_expected) {
      ASSERT_TRUE(write_file_atomically(expected, found));
    }
    EXPECT_EQ(found, read_file(expected).value_or("(no such file)")) << name;
  }
  EXPECT_GE(count, 5u);
}

}  // namespace
}  // namespace bootgate
