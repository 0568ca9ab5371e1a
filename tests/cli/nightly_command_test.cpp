// Nights whose tree can't be fetched: no kernel is built, and no QEMU boots one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "harness/cli/commands.hpp"
#include "harness/nightly/night.hpp"
#include "harness/support/sha256.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class NightlyCommand : public testing::Test {
 protected:
  NightlyCommand() {
    ::setenv("BOOTGATE_STORE", (dir_.path() / "store").c_str(), 1);
    arguments_.plan = dir_.file("plan.toml",
                                "suites = 'boot'\naccel = 'tcg'\n"
                                "[[tree]]\ngit = 'file:///no/such/repository'\nrefs = 'master'\n");
    arguments_.out = dir_.path() / "nights";
    const fs::path qemu = dir_.file("qemu", "#!/bin/sh\necho QEMU emulator version 7.2.22\n");
    fs::permissions(qemu, fs::perms(0755));
    arguments_.qemu = qemu.string();
  }
  ~NightlyCommand() override { ::unsetenv("BOOTGATE_STORE"); }

  int run() {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = nightly_command(arguments_);
    output_ = testing::internal::GetCapturedStdout();
    errors_ = testing::internal::GetCapturedStderr();
    return status;
  }
  fs::path file() const { return arguments_.out / "history.db"; }

  TempDir dir_;
  NightlyArguments arguments_;
  std::string output_, errors_;
};

TEST_F(NightlyCommand, IsFinishedAlsoWhereAReportOfTheUsersCanNotBeWritten) {
  arguments_.reports.mail = "/dev/null/mail.txt";
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(errors_, HasSubstr("/dev/null"));
  const auto nights = History::open(file(), {.read_only = true})->nights(2).value();
  ASSERT_EQ(nights.size(), 1u) << output_ << errors_;
  EXPECT_TRUE(nights[0].finished);
  for (const char* report : {"report/index.html", "summary.md", "mail.txt", "report.json", "junit.xml"})
    EXPECT_TRUE(fs::exists(fs::path(nights[0].directory) / report)) << report;
}

TEST_F(NightlyCommand, SaysWithWhichCommitsANightWouldGoOn) {
  const std::string digest = sha256(read_file(arguments_.plan).value());
  fs::create_directories(arguments_.out);
  {
    History history = History::open(file()).value();
    ASSERT_TRUE(begin_night(arguments_.out, history, digest, {{"git:file:///no/such/repository@master", "0123"}},
                            std::time(nullptr)));
  }
  arguments_.dry_run = true;
  EXPECT_EQ(run(), 0) << errors_;
  EXPECT_THAT(output_, AllOf(HasSubstr("git:file:///no/such/repository@master is 0123\n"), HasSubstr("would go on")));
}

}  // namespace
}  // namespace bootgate
