// The launcher in a small project of its own, with cmake, dpkg-query and apt-get played by scripts that log their
// calls.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <fstream>

#include "harness/support/data.hpp"
#include "harness/support/process.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

/// "Builds" the program: a script that shows its arguments, and says which source it was made from.
constexpr const char* fake_cmake = R"(echo "cmake $*" >>"$CALLS"
case $1 in
  --build)
    [ ! -f "$2/../broken" ] || { echo 'main.cpp:1: error: no'; exit 1; }
    if [ -f "$2/../slow" ]; then rm "$2/../slow"; { touch "$2/../started"; cat; } <"$2/../gate"; fi
    mkdir -p "$2/bin"
    { echo '#!/bin/sh'; echo 'echo "root=$BOOTGATE_ROOT"; for a; do echo "<$a>"; done'; } >"$2/bin/bootgate"
    chmod +x "$2/bin/bootgate" ;;
  *)
    case "$*" in *asan*) d=build/asan ;; *tsan*) d=build/tsan ;; *) d=build ;; esac
    mkdir -p $d && touch $d/build.ninja
    echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" >$d/CMakeCache.txt
    for a; do case $a in -DBUILD_TESTING=*) echo "BUILD_TESTING:BOOL=${a#*=}" >>$d/CMakeCache.txt ;; esac; done ;;
esac
)";

class Launcher : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::canonical(make_temp_dir(fs::temp_directory_path(), "launcher").value());
    root_ = dir_ / "a tree";
    for (const char* room : {"harness", "expectations", "fixtures", "reports", "tests"})
      fs::create_directories(root_ / room);
    fs::create_directories(dir_ / "bin");
    fs::copy_file(data_root() / "bootgate", root_ / "bootgate");
    write(root_ / "CMakeLists.txt", "");
    write(root_ / "CMakePresets.json", "");
    write(root_ / "harness/main.cpp", "");
    add_program("cmake", fake_cmake);
    add_program("ctest", R"(echo "ctest $*" >>"$CALLS"; echo '100% tests passed, 0 tests failed out of 1')");
    add_program("dpkg-query", R"(shift 3; for p; do [ "$p" = "$LACKING" ] || echo "installed $p"; done)");
    add_program("apt-get", R"(echo "apt-get $*" >>"$CALLS"; [ -z "$APT_FAILS" ])");
    add_program("sudo", R"(echo "sudo $*" >>"$CALLS"; [ "$1" = -v ] || exec "$@")");
    add_program("id", "echo ${FAKE_UID:-0}");
  }
  void TearDown() override { fs::remove_all(dir_); }

  static void write(const fs::path& file, std::string_view text) { std::ofstream(file) << text; }
  void add_program(const std::string& name, const std::string& script) {
    write(dir_ / "bin" / name, "#!/bin/sh\n" + script + "\n");
    fs::permissions(dir_ / "bin" / name, fs::perms::owner_all);
  }
  EnvironmentChanges environment() const {
    EnvironmentChanges all = {{"PATH", (dir_ / "bin").string() + ":/usr/bin:/bin"},
                              {"CALLS", (dir_ / "calls").string()}};
    all.insert(all.end(), variables_.begin(), variables_.end());
    return all;
  }
  CommandResult launch(std::vector<std::string> arguments, fs::path program = {}) {
    arguments.insert(arguments.begin(), (program.empty() ? root_ / "bootgate" : program).string());
    CommandOptions options;
    options.directory = "/";
    options.environment = environment();
    options.timeout = Duration(30'000);
    return run_command(arguments, options).value();
  }
  /// What the scripts were called with since the last time.
  std::string calls() {
    std::string text = read_file(dir_ / "calls").value_or("");
    fs::remove(dir_ / "calls");
    return text;
  }
  /// Makes a file newer than everything else, whatever the clock's tick is.
  static void touch(const fs::path& file) {
    timespec times[2] = {{::time(nullptr) + 10, 0}, {::time(nullptr) + 10, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  }

  fs::path dir_, root_;
  std::vector<std::pair<std::string, std::string>> variables_;
};

TEST_F(Launcher, BuildsOnceAndPassesArgumentsOn) {
  CommandResult first = launch({"run", "a b", "--yes"});
  EXPECT_EQ(first.output, "root=" + root_.string() + "\n<run>\n<a b>\n<--yes>\n");
  EXPECT_THAT(calls(), HasSubstr("cmake --build"));
  EXPECT_EQ(launch({"run"}).output, "root=" + root_.string() + "\n<run>\n");
  EXPECT_EQ(calls(), "");
}

TEST_F(Launcher, CompilesLibrariesAsOneFileWhereCpusAreFew) {
  add_program("nproc", "echo 4");
  launch({});
  EXPECT_THAT(calls(), HasSubstr("--preset release -DBUILD_TESTING=OFF -DCMAKE_UNITY_BUILD=ON"));
  fs::remove_all(root_ / "build");
  add_program("nproc", "echo 5");
  launch({});
  EXPECT_THAT(calls(), Not(HasSubstr("UNITY")));
}

TEST_F(Launcher, SaysNothingOnStandardOutput) {
  EXPECT_THAT(launch({}).output, "root=" + root_.string() + "\n");
}

TEST_F(Launcher, TakesItsOptionsOutBeforeTheSubcommand) {
  EXPECT_THAT(launch({"--no-install", "--version", "--yes"}).output, EndsWith("\n<--version>\n"));
  EXPECT_THAT(launch({"-q", "--yes", "plan", "--no-install"}).output, EndsWith("\n<-q>\n<plan>\n<--no-install>\n"));
}

TEST_F(Launcher, RunsThroughASymbolicLink) {
  fs::create_symlink(root_ / "bootgate", dir_ / "link");
  EXPECT_THAT(launch({"run"}, dir_ / "link").output, HasSubstr("root=" + root_.string() + "\n"));
}

TEST_F(Launcher, BuildsAgainWhenASourceChanged) {
  for (const char* source : {"harness/main.cpp", "CMakeLists.txt", "bootgate"}) {
    launch({});
    calls();
    touch(root_ / source);
    launch({});
    EXPECT_THAT(calls(), HasSubstr("cmake --build")) << source;
    fs::last_write_time(root_ / source, fs::file_time_type::clock::now() - std::chrono::hours(1));
  }
}

TEST_F(Launcher, AFailedBuildShowsItsOutputAndIsTriedAgain) {
  write(root_ / "broken", "");
  CommandResult failed = launch({"run"});
  EXPECT_EQ(failed.status.code, 3);
  EXPECT_EQ(failed.output, "");
  EXPECT_THAT(failed.errors, HasSubstr("main.cpp:1: error: no"));
  EXPECT_THAT(failed.errors, HasSubstr((root_ / "build/log").string()));
  fs::remove(root_ / "broken");
  EXPECT_EQ(launch({"run"}).status.code, 0);
}

TEST_F(Launcher, ABuildFailsThoughAnOldProgramIsThere) {
  launch({});
  touch(root_ / "harness/main.cpp");
  write(root_ / "broken", "");
  EXPECT_EQ(launch({}).status.code, 3);
  EXPECT_EQ(launch({}).status.code, 3);
}

TEST_F(Launcher, AMovedCheckoutIsConfiguredAfresh) {
  launch({});
  calls();
  fs::rename(root_, dir_ / "moved");
  touch(dir_ / "moved/harness/main.cpp");
  EXPECT_THAT(launch({}, dir_ / "moved/bootgate").output, HasSubstr("moved"));
  EXPECT_THAT(calls(), HasSubstr("cmake --fresh --preset release"));
}

TEST_F(Launcher, NoInstallRefusesWithTheCommandToType) {
  variables_ = {{"LACKING", "libfmt-dev"}};
  CommandResult refused = launch({"--no-install", "run"});
  EXPECT_EQ(refused.status.code, 3);
  EXPECT_THAT(refused.errors, HasSubstr("missing packages: libfmt-dev\n"));
  EXPECT_THAT(refused.errors, HasSubstr("apt-get install --no-install-recommends libfmt-dev\n"));
  EXPECT_EQ(calls(), "") << "nothing was started";
}

TEST_F(Launcher, RootInstallsAtOnce) {
  variables_ = {{"LACKING", "libfmt-dev"}};
  EXPECT_EQ(launch({"run"}).status.code, 0);
  std::string made = calls();
  EXPECT_THAT(made, HasSubstr("apt-get -y -q install --no-install-recommends libfmt-dev\n"));
  EXPECT_THAT(made, Not(HasSubstr("sudo")));
}

TEST_F(Launcher, AUserWithoutATerminalToAskOnIsRefused) {
  variables_ = {{"LACKING", "libfmt-dev"}, {"FAKE_UID", "1000"}};
  CommandResult refused = launch({"run"});
  EXPECT_EQ(refused.status.code, 3);
  EXPECT_THAT(refused.errors, HasSubstr("sudo apt-get install --no-install-recommends libfmt-dev\n"));
  EXPECT_EQ(calls(), "");
}

TEST_F(Launcher, YesInstallsWithSudo) {
  variables_ = {{"LACKING", "libfmt-dev"}, {"FAKE_UID", "1000"}};
  EXPECT_EQ(launch({"--yes", "run"}).status.code, 0);
  EXPECT_THAT(calls(), HasSubstr("sudo env DEBIAN_FRONTEND=noninteractive apt-get -y -q install"));
}

TEST_F(Launcher, AFailedInstallEndsThere) {
  variables_ = {{"LACKING", "libfmt-dev"}, {"APT_FAILS", "1"}};
  EXPECT_EQ(launch({"run"}).status.code, 3);
  EXPECT_THAT(calls(), Not(HasSubstr("cmake")));
}

TEST_F(Launcher, AHostWithoutAptIsToldWhatIsNeededAndGoesOn) {
  for (const char* name : {"dpkg-query", "apt-get"})
    fs::remove(dir_ / "bin" / name);
  for (const char* name : {"cat", "chmod", "find", "flock", "grep", "mkdir", "mv", "nproc", "readlink", "sh", "touch"})
    fs::create_symlink(find_program(name).value(), dir_ / "bin" / name);
  variables_ = {{"PATH", (dir_ / "bin").string()}};
  CommandResult result = launch({"--no-install", "run"});
  EXPECT_EQ(result.status.code, 0) << result.errors;
  EXPECT_THAT(result.errors, HasSubstr("this host has no apt"));
  EXPECT_THAT(result.errors, HasSubstr("libpugixml-dev"));
}

TEST_F(Launcher, TestPackagesAreForSelftestOnly) {
  variables_ = {{"LACKING", "libgtest-dev"}};
  EXPECT_EQ(launch({"--no-install", "run"}).status.code, 0);
  EXPECT_EQ(launch({"--no-install", "selftest"}).status.code, 3);
}

TEST_F(Launcher, SelftestRunsUnitTestsInTheSanitizersAndTheRestInRelease) {
  CommandResult result = launch({"--yes", "selftest"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.output, HasSubstr("100% tests passed, 0 tests failed out of 1"));
  std::string made = calls();
  EXPECT_THAT(made, HasSubstr("ctest --preset asan -L unit|fuzz"));
  EXPECT_THAT(made, HasSubstr("ctest --preset tsan -L threads"));
  EXPECT_THAT(made, HasSubstr("ctest --preset release -L boot|build"));
  EXPECT_THAT(made, HasSubstr("--no-tests=error"));
}

TEST_F(Launcher, QuickSelftestIsReleaseOnlyAndHandsArgumentsOn) {
  EXPECT_EQ(launch({"selftest", "--quick", "-R", "a b"}).status.code, 0);
  std::string made = calls();
  EXPECT_THAT(made, Not(HasSubstr("asan")));
  EXPECT_THAT(made, HasSubstr("-R a b\n"));
}

TEST_F(Launcher, SelftestFailsWhenOneOfItsRunsFails) {
  add_program("ctest", R"(case $2 in tsan) exit 8 ;; esac)");
  EXPECT_EQ(launch({"selftest"}).status.code, 1);
}

TEST_F(Launcher, ARunAfterSelftestKeepsTheTestsConfigured) {
  launch({"selftest", "--quick"});
  calls();
  touch(root_ / "harness/main.cpp");
  launch({"run"});
  EXPECT_THAT(calls(), Not(HasSubstr("BUILD_TESTING=OFF")));
}

/// A build that waits until its gate, a fifo, is opened.
class SlowLauncher : public Launcher {
 protected:
  void SetUp() override {
    Launcher::SetUp();
    ASSERT_EQ(::mkfifo((root_ / "gate").c_str(), 0600), 0);
    // Open for both, so that nobody's open(2) waits for the other end; the reader goes on when this is closed.
    gate_ = UniqueFd(::open((root_ / "gate").c_str(), O_RDWR | O_CLOEXEC));
    write(root_ / "slow", "");
  }
  Child start() {
    SpawnSpec spec{{(root_ / "bootgate").string(), "run"}, {}, environment(), -1, -1, -1, {}};
    return spawn(spec).value();
  }
  void wait_for_build() const {
    for (int i = 0; i < 1000 && !fs::exists(root_ / "started"); ++i)
      ::usleep(10'000);
    ASSERT_TRUE(fs::exists(root_ / "started"));
  }
  UniqueFd gate_;
};

TEST_F(SlowLauncher, TwoAtOnceBuildOnce) {
  Child first = start();
  wait_for_build();
  Child second = start();
  EXPECT_FALSE(second.wait_for(Duration(300))) << "it waits for the first one's build";
  gate_.reset();
  EXPECT_TRUE(first.wait().ok());
  EXPECT_TRUE(second.wait().ok());
  std::string made = calls();
  EXPECT_EQ(made.find("cmake --build"), made.rfind("cmake --build"));
}

TEST_F(SlowLauncher, AnInterruptedBuildIsCarriedOn) {
  Child first = start();
  wait_for_build();
  // Again and again, as a person would: a shell that is just forking may let one Ctrl-C pass by a child.
  std::optional<ExitStatus> ended;
  for (int i = 0; i < 100 && !ended; ++i) {
    first.signal(SIGINT);
    ended = first.wait_for(Duration(200));
  }
  ASSERT_TRUE(ended);
  EXPECT_FALSE(ended->ok());
  EXPECT_FALSE(fs::exists(root_ / "build/stamp"));
  calls();
  EXPECT_EQ(launch({"run"}).status.code, 0);
  EXPECT_THAT(calls(), HasSubstr("cmake --build"));
}

}  // namespace
}  // namespace bootgate
