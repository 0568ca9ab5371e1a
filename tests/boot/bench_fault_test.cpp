// Faults of the bench: reported as such, never as a verdict on the kernel, and never as a pass.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

/// The program while it runs: what it prints can be waited for, and its QEMU found.
class Running {
 public:
  Running(const BootRun& here, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program().string());
    auto pipe = make_pipe();
    output_ = std::move(pipe->first);
    SpawnSpec spec;
    spec.argv = arguments;
    spec.directory = here.directory();
    spec.standard_output = pipe->second.get();
    spec.standard_error = pipe->second.get();
    auto child = spawn(spec);
    EXPECT_TRUE(child);
    child_ = std::make_unique<Child>(std::move(*child));
  }

  /// Reads until `text` was printed. What was printed so far.
  const std::string& wait_for(const std::string& text) {
    char buffer[4096];
    while (printed_.find(text) == std::string::npos) {
      ssize_t n = ::read(output_.get(), buffer, sizeof buffer);
      if (n <= 0) break;
      printed_.append(buffer, static_cast<std::size_t>(n));
    }
    EXPECT_THAT(printed_, HasSubstr(text));
    return printed_;
  }

  std::string rest() {
    char buffer[4096];
    for (ssize_t n; (n = ::read(output_.get(), buffer, sizeof buffer)) > 0;)
      printed_.append(buffer, static_cast<std::size_t>(n));
    return printed_;
  }

  /// The QEMUs that the program has started: its threads' children.
  std::vector<pid_t> qemus() const {
    std::vector<pid_t> pids;
    for (const auto& task : fs::directory_iterator("/proc/" + std::to_string(child_->pid()) + "/task")) {
      std::ifstream children(task.path() / "children");
      for (pid_t pid; children >> pid;) {
        std::string name = read_file("/proc/" + std::to_string(pid) + "/comm").value_or("");
        if (name.starts_with("qemu")) pids.push_back(pid);
      }
    }
    return pids;
  }

  Child& child() { return *child_; }

 private:
  UniqueFd output_;
  std::unique_ptr<Child> child_;
  std::string printed_;
};

bool exists(pid_t pid) {
  return ::kill(pid, 0) == 0;
}

class BenchFault : public testing::Test {
 protected:
  BootRun here_;
};

TEST_F(BenchFault, AMissingQemuIsNamed) {
  RunSeen seen = here_.run({"--qemu", "/nonexistent/qemu"});
  EXPECT_EQ(seen.status, 3) << seen.errors;
  EXPECT_THAT(seen.output + seen.errors, HasSubstr("/nonexistent/qemu"));
  EXPECT_THAT(seen.output + seen.errors, HasSubstr("apt install"));
  EXPECT_THAT(seen.with("error"), testing::Not(IsEmpty())) << "the report tells of it too";
}

TEST_F(BenchFault, AQemuThatFailsAtOnceIsQuoted) {
  RunSeen seen = here_.run({"--qemu-arg=-bogus"});
  EXPECT_EQ(seen.status, 3) << seen.output;
  EXPECT_EQ(seen.cases["banner"].outcome, "error");
  EXPECT_THAT(seen.cases["banner"].message, HasSubstr("bogus"));
  EXPECT_THAT(seen.with("pass"), IsEmpty());
}

TEST_F(BenchFault, AQemuKilledInMidBootIsAnErrorOfTheBench) {
  // An init that does nothing keeps the boot going until QEMU is killed.
  fs::path init = here_.file("init", "#!/bin/sh\nexec sleep 100000\n");
  Running running(here_, {"run", "--kernel", "debian", "--accel", "tcg", "--add", init.string() + ":/init"});
  running.wait_for("banner");
  auto qemus = running.qemus();
  ASSERT_EQ(qemus.size(), 1u);
  ::kill(qemus[0], SIGKILL);
  std::string printed = running.rest();
  EXPECT_EQ(running.child().wait(), (ExitStatus{3, 0})) << printed;
  RunSeen seen;
  here_.read_report(seen);
  EXPECT_EQ(seen.cases["init-started"].outcome, "error");
  EXPECT_THAT(seen.cases["init-started"].message, HasSubstr("killed by SIGKILL"));
}

TEST_F(BenchFault, CtrlCEndsTheGuestAndLeavesAReport) {
  fs::path init = here_.file("init", "#!/bin/sh\nexec sleep 100000\n");
  Running running(here_, {"run", "--kernel", "debian", "--accel", "tcg", "--add", init.string() + ":/init"});
  running.wait_for("banner");
  auto qemus = running.qemus();
  ASSERT_EQ(qemus.size(), 1u);
  ::kill(running.child().pid(), SIGINT);
  std::string printed = running.rest();
  EXPECT_EQ(running.child().wait(), (ExitStatus{130, 0})) << printed;
  EXPECT_FALSE(exists(qemus[0]));
  RunSeen seen;
  here_.read_report(seen);
  EXPECT_EQ(seen.cases.size(), 14u) << "all cases, and one that tells of the interruption";
  EXPECT_EQ(seen.cases["banner"].outcome, "pass");
  EXPECT_EQ(seen.cases["init-started"].outcome, "error");
}

TEST_F(BenchFault, AKilledRunLeavesNoQemuAndACompleteReport) {
  fs::path init = here_.file("init", "#!/bin/sh\nexec sleep 100000\n");
  Running running(here_, {"run", "--kernel", "debian", "--accel", "tcg", "--add", init.string() + ":/init"});
  running.wait_for("banner");
  auto qemus = running.qemus();
  ASSERT_EQ(qemus.size(), 1u);
  UniqueFd ended(static_cast<int>(::syscall(SYS_pidfd_open, qemus[0], 0)));
  ::kill(running.child().pid(), SIGKILL);
  running.child().wait();
  pollfd wait{ended.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&wait, 1, 10'000), 1) << "QEMU outlived the program that started it";
  RunSeen seen;
  here_.read_report(seen);
  EXPECT_EQ(seen.cases.size(), 13u);
  EXPECT_EQ(seen.cases["power-off"].outcome, "error");
}

TEST_F(BenchFault, AFullDiskUnderTheReportIsNoSuccess) {
  fs::path mount = here_.directory() / "small";
  fs::create_directory(mount);
  // A private mount, in a user namespace where we are not root.
  std::string script = "mount -t tmpfs -o size=4k tmpfs \"$1\" || exit 77; shift; exec \"$@\"";
  std::vector<std::string> command{"unshare",
                                   "-rm",
                                   "sh",
                                   "-c",
                                   script,
                                   "sh",
                                   mount.string(),
                                   program().string(),
                                   "run",
                                   "--kernel",
                                   "debian",
                                   "--accel",
                                   "tcg",
                                   "--junit",
                                   (mount / "junit.xml").string()};
  CommandOptions options;
  options.directory = here_.directory();
  auto result = run_command(command, options);
  ASSERT_TRUE(result);
  if (result->status.code == 77 || result->errors.find("unshare failed") != std::string::npos)
    GTEST_SKIP() << "no user namespaces here";
  EXPECT_EQ(result->status, (ExitStatus{3, 0})) << result->output << result->errors;
  EXPECT_THAT(result->errors, HasSubstr("No space left on device"));
  EXPECT_THAT(result->errors, HasSubstr("junit.xml"));
}

TEST_F(BenchFault, AnOutputDirectoryThatCannotBeMadeIsNamed) {
  fs::path file = here_.file("occupied", "x");
  RunSeen seen = here_.bootgate({"run", "--kernel", "debian", "--out", (file / "out").string()});
  EXPECT_EQ(seen.status, 3);
  EXPECT_THAT(seen.errors, HasSubstr("occupied"));
}

TEST_F(BenchFault, TooLittleMemoryIsNoPass) {
  RunSeen seen = here_.run({"--memory", "12M", "--timeout-scale", "0.1"});
  EXPECT_NE(seen.status, 0);
  EXPECT_THAT(seen.with("pass"), IsEmpty()) << seen.output;
}

}  // namespace
}  // namespace bootgate
