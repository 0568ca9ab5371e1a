// Each profile of the project is exactly the machine that its name says: run_test --update, and look at the difference.
#include "harness/run/job_machine.hpp"

#include <gtest/gtest.h>

#include "harness/support/data.hpp"
#include "harness/support/text.hpp"
#include "tests/support/update.hpp"

namespace bootgate {
namespace {

Plan planned(const Profile& profile, RootfsName rootfs, bool no_initramfs = false) {
  Plan plan;
  plan.host.qemu = "qemu-system-x86_64";
  plan.options.no_initramfs = no_initramfs;
  Job& job = plan.jobs.emplace_back();
  job.profile = profile;
  job.accelerator.kind = profile.accelerator == "kvm" ? Accelerator::Kind::kvm : Accelerator::Kind::tcg;
  job.rootfs = std::move(rootfs);
  return plan;
}

/// For a root in the initramfs, and for one on a disk image.
std::string commands(const Profile& profile) {
  std::string text;
  for (const char* rootfs : {"busybox", "debian:trixie"}) {
    const Plan plan = planned(profile, parse_rootfs_name(rootfs).value());
    for (const std::string& word : planned_command(plan, plan.jobs.front()))
      text += (word.starts_with("-") && word != "-1" ? "\n" : " ") + word;
    text += "\n\n";
  }
  return text;
}

std::vector<Profile> project_profiles() {
  std::vector<Error> errors;
  std::vector<Profile> profiles = read_profiles(data_root() / "fixtures/profiles.toml", errors);
  EXPECT_TRUE(errors.empty());
  return profiles;
}

TEST(JobMachine, OfEachProfileIsThatOfItsGoldenFile) {
  const fs::path golden = data_root() / "tests/run/machines";
  for (const Profile& profile : project_profiles()) {
    const fs::path file = golden / (profile.name + ".txt");
    if (update_expected) {
      EXPECT_TRUE(write_file_atomically(file, commands(profile)));
    }
    EXPECT_EQ(commands(profile), read_file(file).value_or("")) << file;
  }
}

TEST(JobMachine, WithoutAnInitramfsFindsItsRootByItsDrive) {
  for (const Profile& profile : project_profiles()) {
    if (profile.name != "simple" && profile.name != "q35") continue;
    const Plan plan = planned(profile, parse_rootfs_name("debian:trixie").value(), true);
    const std::string command = shell_command(planned_command(plan, plan.jobs.front()));
    EXPECT_EQ(command.find("-initrd"), std::string::npos);
    EXPECT_NE(command.find(profile.name == "simple" ? "root=/dev/sda rw" : "root=/dev/vda rw"), std::string::npos);
  }
}

}  // namespace
}  // namespace bootgate
