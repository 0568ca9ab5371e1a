#include "harness/plan/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/support/data.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Reading {
  std::vector<Profile> profiles;
  std::vector<std::string> errors;
};

Reading read(std::string_view text) {
  TempDir dir;
  std::vector<Error> errors;
  Reading reading{read_profiles(dir.file("p.toml", text), errors), {}};
  for (Error& error : errors) {
    if (error.at) error.at->file.clear();
    reading.errors.push_back(one_line(error).substr(1));
  }
  return reading;
}

TEST(Profiles, OfTheProjectAreInOrder) {
  std::vector<Error> errors;
  auto profiles = read_profiles(data_root() / "fixtures/profiles.toml", errors);
  for (const Error& error : errors)
    ADD_FAILURE() << render(error);
  ASSERT_EQ(profiles.size(), 10u);
  EXPECT_EQ(profiles[0].name, "initrd-only");
  EXPECT_EQ(profiles[0].machine, "pc");
  EXPECT_EQ(profiles[0].cpu_kvm, "host");
  EXPECT_EQ(profiles[0].cpus, 1);
  EXPECT_EQ(profiles[0].memory_mib, 512);
  EXPECT_EQ(profiles[1].name, "smp");
  EXPECT_EQ(profiles[1].cpus, 2);
  EXPECT_EQ(profiles[2].name, "sanitized");
  EXPECT_EQ(profiles[3].name, "rust-samples");
  EXPECT_EQ(profiles[4].name, "disk");
  EXPECT_EQ(profiles[4].disks_mib, std::vector{64});
  EXPECT_THAT(profiles[3].devices, testing::Contains("pci-testdev"));
  for (const std::string& table : profiles[2].acpi_tables)
    EXPECT_TRUE(fs::exists(data_root() / "fixtures" / table)) << table;
  // The classic command lines: each is the machine that its name says.
  EXPECT_EQ(profiles[5].name, "simple");
  EXPECT_EQ(profiles[5].accelerator, "tcg");
  EXPECT_EQ(profiles[5].memory_mib, 4096);
  EXPECT_EQ(profiles[5].drive, "ide-hd");
  EXPECT_EQ(profiles[5].network, "");
  EXPECT_EQ(profiles[6].name, "kvm");
  EXPECT_EQ(profiles[6].accelerator, "kvm");
  EXPECT_EQ(profiles[7].name, "kvm-virtio-net");
  EXPECT_EQ(profiles[7].network, "virtio-net-pci");
  EXPECT_EQ(profiles[8].name, "q35");
  EXPECT_EQ(profiles[9].name, "microvm");
  for (const Profile& profile : profiles) {
    EXPECT_NE(profile.description, "") << profile.name;
    // QEMU's default CPU has neither: what the kernel keeps out of user memory with would go untested.
    if (profile.cpu_tcg != "max") {
      EXPECT_THAT(profile.cpu_tcg, testing::HasSubstr("+smep,+smap")) << profile.name;
    }
  }
}

TEST(Profiles, HaveDefaultsForAllButTheName) {
  auto reading = read("[[profile]]\nname = 'x'\n");
  EXPECT_THAT(reading.errors, IsEmpty());
  ASSERT_EQ(reading.profiles.size(), 1u);
  const Profile& profile = reading.profiles[0];
  EXPECT_EQ(profile.machine, "pc");
  EXPECT_EQ(profile.cpu_tcg, "max");
  EXPECT_EQ(profile.cpu_kvm, "host");
  EXPECT_EQ(profile.cpus, 1);
  EXPECT_EQ(profile.memory_mib, 512);
  EXPECT_THAT(profile.devices, IsEmpty());
}

TEST(Profiles, ReadEveryKey) {
  auto reading = read(
      "[[profile]]\nname = 'x'\ndescription = 'd'\nmachine = 'q35'\ncpu-tcg = 'a'\ncpu-kvm = 'b'\ncpus = 3\nmemory = "
      "64\n"
      "devices = ['virtio-rng-pci', 'i6300esb']\n");
  EXPECT_THAT(reading.errors, IsEmpty());
  const Profile& profile = reading.profiles.at(0);
  EXPECT_EQ(profile.description, "d");
  EXPECT_EQ(profile.machine, "q35");
  EXPECT_EQ(profile.cpu_tcg, "a");
  EXPECT_EQ(profile.cpu_kvm, "b");
  EXPECT_EQ(profile.cpus, 3);
  EXPECT_EQ(profile.memory_mib, 64);
  EXPECT_THAT(profile.devices, ElementsAre("virtio-rng-pci", "i6300esb"));
}

TEST(Profiles, EveryMistakeIsFound) {
  EXPECT_THAT(
      read("[[profile]]\ncpus = 0\nmemory = 9999999\nmachine = ''\ncpu = 'x'\n[[profile]]\nname = 'A'\n"
           "[[profile]]\nname = 'a'\n[[profile]]\nname = 'a'\n")
          .errors,
      ElementsAre("1:1: 'name' is missing", "2:8: 'cpus' must be 1 to 255", "3:10: 'memory' must be 1 to 1048576",
                  "4:11: 'machine' is empty", "5:1: unknown key 'cpu' (did you mean 'cpus'?)", "7:8: 'A' is no name",
                  "11:8: profile 'a' is there twice"));
}

TEST(Profiles, ThereMustBeOne) {
  EXPECT_THAT(read("").errors, ElementsAre("1:1: there is no [[profile]]"));
}

TEST(Profiles, AMissingFileIsAnError) {
  std::vector<Error> errors;
  EXPECT_THAT(read_profiles("/no/such.toml", errors), IsEmpty());
  EXPECT_EQ(errors.size(), 1u);
}

}  // namespace
}  // namespace bootgate
