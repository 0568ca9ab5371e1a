#include "harness/cli/doctor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using ::testing::HasSubstr;
using State = Check::State;

TEST(Doctor, ReportIsAlignedAndWrappedAtEightyColumns) {
  std::vector<Check> checks = {
      {"run", "QEMU", State::ok, "7.2.22", ""},
      {"run", "KVM", State::warn, "/dev/kvm opens, but TCG is used: QEMU aborted before the first console byte", ""},
      {"Rust samples", "rustc", State::missing, "not found", "sudo apt-get install rustc"},
  };
  EXPECT_EQ(describe(checks), R"(run
  ok       QEMU        7.2.22
  warn     KVM         /dev/kvm opens, but TCG is used: QEMU aborted before the
                       first console byte

Rust samples
  missing  rustc       not found
                       $ sudo apt-get install rustc

`bootgate run` has what it needs.
)");
}

TEST(Doctor, OnlyWhatRunNeedsDecidesTheExitStatus) {
  EXPECT_EQ(exit_code(std::vector<Check>{{"run", "QEMU", State::ok, "", ""}}), 0);
  EXPECT_EQ(exit_code(std::vector<Check>{{"run", "KVM", State::warn, "", ""}}), 0);
  EXPECT_EQ(exit_code(std::vector<Check>{{"Rust samples", "rustc", State::missing, "", ""}}), 0);
  std::vector<Check> lacking = {{"run", "QEMU", State::missing, "not found", ""}, {"run", "apt", State::ok, "", ""}};
  EXPECT_EQ(exit_code(lacking), 3);
  EXPECT_THAT(describe(lacking), HasSubstr("needs what is missing under `run`"));
}

TEST(Doctor, WhatItFoundIsEscaped) {
  std::vector<Check> checks = {{"run", "QEMU", State::ok, "7.2\x1b[2J", ""}};
  EXPECT_THAT(describe(checks), HasSubstr(R"(7.2\x1b[2J)"));
}

/// A host with programs of our own making.
class DoctorOnAHost : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = make_temp_dir(fs::temp_directory_path(), "doctor").value();
    path_ = std::getenv("PATH");
    ::setenv("PATH", (dir_.string() + ":" + path_).c_str(), 1);
  }
  void TearDown() override {
    ::setenv("PATH", path_.c_str(), 1);
    fs::remove_all(dir_);
  }
  void add_program(const std::string& name, const std::string& script) {
    std::ofstream(dir_ / name) << "#!/bin/sh\n" << script << "\n";
    fs::permissions(dir_ / name, fs::perms::owner_all);
  }
  Check examine(std::string_view name, DoctorQuestions questions = {}) {
    if (questions.store.empty()) questions.store = dir_;
    auto checks = examine_host(questions);
    auto found = std::find_if(checks.begin(), checks.end(), [&](const Check& item) { return item.name == name; });
    return found == checks.end() ? Check{} : *found;
  }
  fs::path dir_;
  std::string path_;
};

TEST_F(DoctorOnAHost, VersionIsTheFirstNumber) {
  add_program("qemu-system-x86_64", "echo 'QEMU emulator version 9.1.2 (Debian 1:9.1.2+ds-1) 2003 4.5'");
  Check qemu = examine("QEMU");
  EXPECT_EQ(qemu.state, State::ok);
  EXPECT_EQ(qemu.found, "9.1.2");
  add_program("depmod", "echo 'kmod version 30'; echo '+ZSTD 1.2'");
  EXPECT_EQ(examine("kmod").found, "30");
}

TEST_F(DoctorOnAHost, AnOldProgramIsAWarning) {
  add_program("qemu-system-x86_64", "echo 'QEMU emulator version 6.2.0'");
  Check qemu = examine("QEMU");
  EXPECT_EQ(qemu.state, State::warn);
  EXPECT_EQ(qemu.found, "6.2.0; tested with 7.2 and newer");
}

TEST_F(DoctorOnAHost, VersionsAreComparedAsNumbers) {
  add_program("qemu-system-x86_64", "echo 'QEMU emulator version 10.0.2'");
  EXPECT_EQ(examine("QEMU").state, State::ok);
}

TEST_F(DoctorOnAHost, AProgramThatDoesNotRunIsMissing) {
  add_program("qemu-system-x86_64", "exit 127");
  EXPECT_EQ(examine("QEMU").state, State::missing);
}

TEST_F(DoctorOnAHost, AMissingProgramComesWithTheCommandThatInstallsIt) {
  ::setenv("PATH", dir_.c_str(), 1);
  add_program("apt-get", "exit 1");
  Check rustc = examine("rustc");
  EXPECT_EQ(rustc.state, State::missing);
  EXPECT_THAT(rustc.mend, HasSubstr("apt-get install --no-install-recommends rustc"));
  EXPECT_THAT(examine("ssh").mend, ::testing::EndsWith("openssh-client"));
  fs::remove(dir_ / "apt-get");
  add_program("pacman", "exit 1");
  EXPECT_THAT(examine("rustc").mend, HasSubstr("pacman -S rust"));
  EXPECT_EQ(examine("mmdebstrap").mend, "") << "Arch has no such package";
}

TEST_F(DoctorOnAHost, LackingPartsAreNamedTogether) {
  ::setenv("PATH", dir_.c_str(), 1);
  for (const char* name : {"make", "flex", "perl", "dnf"})
    add_program(name, "exit 0");
  Check tools = examine("tools");
  EXPECT_EQ(tools.found, "lacks bison, bc");
  EXPECT_THAT(tools.mend, ::testing::EndsWith("dnf install bison bc"));
}

TEST_F(DoctorOnAHost, TheProbedAcceleratorCountsNotTheDevice) {
  DoctorQuestions questions;
  questions.accelerator = Accelerator{Accelerator::Kind::kvm, "a guest reached its init"};
  EXPECT_EQ(examine("KVM", questions).state, State::ok);
  questions.accelerator = Accelerator{Accelerator::Kind::tcg, "QEMU aborted"};
  EXPECT_EQ(examine("KVM", questions).state, State::warn);
}

TEST_F(DoctorOnAHost, AStoreThatIsNotThereYetIsJudgedByItsParent) {
  DoctorQuestions questions;
  questions.store = dir_ / "cache/bootgate";
  EXPECT_THAT(examine("store", questions).found, HasSubstr("free"));
  questions.store = "/proc/nowhere";
  EXPECT_EQ(examine("store", questions).state, State::missing);
}

TEST_F(DoctorOnAHost, ASandboxIsReallyTried) {
  add_program("bwrap", "echo 'bwrap: No permissions to create new namespace' >&2; exit 1");
  Check sandbox = examine("bwrap");
  EXPECT_EQ(sandbox.state, State::missing);
  EXPECT_EQ(sandbox.found, "bwrap: No permissions to create new namespace");
}

}  // namespace
}  // namespace bootgate
