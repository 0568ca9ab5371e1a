#include "harness/plan/requirement.hpp"

#include <gtest/gtest.h>

#include "harness/plan/plan.hpp"

namespace bootgate {
namespace {

using Subject = Requirement::Subject;

Requirement parsed(const std::string& text) {
  auto requirement = parse_requirement(text, {"f", 1, 2});
  EXPECT_TRUE(requirement) << text;
  return requirement.value_or(Requirement{});
}

TEST(ParseRequirement, ReadsASymbol) {
  Requirement either = parsed("config:MODULES");
  EXPECT_EQ(either.subject, Subject::config);
  EXPECT_EQ(either.name, "MODULES");
  EXPECT_EQ(either.value, "");
  EXPECT_EQ(either.text, "config:MODULES");
  EXPECT_EQ(either.at, (SourcePos{"f", 1, 2}));
  Requirement module = parsed("config:SAMPLE_RUST_MINIMAL=m");
  EXPECT_EQ(module.name, "SAMPLE_RUST_MINIMAL");
  EXPECT_EQ(module.value, "m");
  EXPECT_EQ(parsed("config:64BIT=y").value, "y");
}

TEST(ParseRequirement, ReadsAnAccelerator) {
  for (const char* name : {"kvm", "tcg"}) {
    EXPECT_EQ(parsed(name).subject, Subject::accelerator);
    EXPECT_EQ(parsed(name).name, name);
  }
}

TEST(ParseRequirement, ReadsVersionsWithEveryComparison) {
  for (const char* comparison : {">=", ">", "<=", "<", "=="}) {
    Requirement kernel = parsed(std::string("kernel") + comparison + "6.12");
    EXPECT_EQ(kernel.subject, Subject::kernel_version);
    EXPECT_EQ(kernel.comparison, comparison);
    EXPECT_EQ(kernel.value, "6.12");
  }
  EXPECT_EQ(parsed("qemu>=8").subject, Subject::qemu_version);
  EXPECT_EQ(parsed("qemu>=7.2.22").value, "7.2.22");
  EXPECT_EQ(parsed("kernel<6.12-rc3").value, "6.12-rc3");
}

TEST(ParseRequirement, RefusesEverythingElse) {
  for (const char* text : {"",
                           "config:",
                           "config:CONFIG_MODULES",
                           "config:A B",
                           "config:A=",
                           "config:A=n",
                           "config:A=yes",
                           "config",
                           "KVM",
                           "hvf",
                           "module:",
                           "module:a b",
                           "module:../x",
                           "kernel",
                           "kernel>=",
                           "kernel=6.12",
                           "kernel >= 6.12",
                           "kernel>=6.12 ",
                           "kernel>=x",
                           "kernel>=6.",
                           "qemu~8",
                           "kernel>=6.12-rc",
                           "kernel>=6.12-next",
                           "kernel>=-6",
                           "kernel>=6.1.2.3",
                           "kernel>=99999999999",
                           "cpu>=2"})
    EXPECT_FALSE(parse_requirement(text, {})) << text;
}

TEST(VersionHolds, ComparesNumbersAsNumbers) {
  EXPECT_TRUE(version_holds("6.12", ">=", "6.9"));
  EXPECT_TRUE(version_holds("10.0", ">", "9.99"));
  EXPECT_FALSE(version_holds("6.12.5", "<", "6.12.5"));
  EXPECT_TRUE(version_holds("6.12.5", "<=", "6.12.5"));
  EXPECT_TRUE(version_holds("6.12.5", "==", "6.12.5"));
  EXPECT_FALSE(version_holds("6.12.5", "==", "6.12"));
}

TEST(VersionHolds, MissingNumbersAreZero) {
  EXPECT_TRUE(version_holds("6.12.0", "==", "6.12"));
  EXPECT_TRUE(version_holds("8", "==", "8.0.0"));
  EXPECT_TRUE(version_holds("7.2.22", "<", "8"));
}

TEST(VersionHolds, ACandidateComesBeforeItsRelease) {
  EXPECT_TRUE(version_holds("6.12-rc3", "<", "6.12"));
  EXPECT_TRUE(version_holds("6.12.0-rc3", "<", "6.12"));
  EXPECT_TRUE(version_holds("6.12-rc3", ">", "6.11.99"));
  EXPECT_TRUE(version_holds("6.12-rc10", ">", "6.12-rc9"));
  EXPECT_TRUE(version_holds("6.12.0-rc7-00012-gabcdef", "==", "6.12-rc7"));
}

TEST(VersionHolds, WhatADistributionAddsDoesNotCount) {
  EXPECT_TRUE(version_holds("6.1.0-56-cloud-amd64", "==", "6.1.0"));
  EXPECT_TRUE(version_holds("6.12.107+deb13-amd64", ">=", "6.12.107"));
  EXPECT_FALSE(version_holds("6.1.0-56-cloud-amd64", ">", "6.1"));
}

class Unmet : public testing::Test {
 protected:
  std::string reason(const std::string& need) const {
    return unmet({parsed(need)}, kernel_, job_, host_).value_or("(met)");
  }

  KernelFacts kernel_{
      "6.1.0-56-cloud-amd64", {{{"MODULES", "y"}, {"EXT4_FS", "m"}, {"HZ", "250"}}}, {"test_lockup", "loop"}};
  HostFacts host_{{Accelerator::Kind::kvm, "that of another job"}, "/usr/bin/qemu-system-x86_64", "7.2.22", {}, {}};
  Job job_;
};

TEST_F(Unmet, NothingNeededIsMet) {
  EXPECT_FALSE(unmet({}, {}, {}, {}));
}

TEST_F(Unmet, LooksUpSymbols) {
  EXPECT_EQ(reason("config:MODULES"), "(met)");
  EXPECT_EQ(reason("config:MODULES=y"), "(met)");
  EXPECT_EQ(reason("config:EXT4_FS"), "(met)");
  EXPECT_EQ(reason("config:EXT4_FS=y"), "needs config:EXT4_FS=y: CONFIG_EXT4_FS is m");
  EXPECT_EQ(reason("config:RUST"), "needs config:RUST: CONFIG_RUST is not set");
}

TEST_F(Unmet, AnUnknownConfigIsAReasonOfItsOwn) {
  kernel_.config.reset();
  EXPECT_EQ(reason("config:MODULES"), "needs config:MODULES, and the kernel's config is unknown");
}

TEST_F(Unmet, LooksForModules) {
  EXPECT_EQ(reason("module:test_lockup"), "(met)");
  EXPECT_EQ(reason("module:test-lockup"), "(met)") << "as modprobe does";
  EXPECT_EQ(reason("module:dummy"), "needs module:dummy: the kernel came without it");
}

TEST_F(Unmet, LooksAtTheAccelerator) {
  EXPECT_EQ(reason("tcg"), "(met)");
  EXPECT_EQ(reason("kvm"), "needs kvm: this machine runs under tcg");
}

TEST_F(Unmet, ComparesVersions) {
  EXPECT_EQ(reason("kernel>=6.1"), "(met)");
  EXPECT_EQ(reason("kernel>=6.12"), "needs kernel>=6.12: this is 6.1.0-56-cloud-amd64");
  EXPECT_EQ(reason("qemu>=7.2"), "(met)");
  EXPECT_EQ(reason("qemu>=8"), "needs qemu>=8: this is 7.2.22");
}

TEST_F(Unmet, AnUnknownVersionMeetsNothing) {
  kernel_.release = "";
  EXPECT_EQ(reason("kernel<99"), "needs kernel<99, and the kernel version is unknown");
  host_.qemu_version = "unknown";
  EXPECT_EQ(reason("qemu<99"), "needs qemu<99, and the QEMU version is unknown");
}

TEST_F(Unmet, LooksForANetworkInTheProfile) {
  job_.profile.name = "simple";
  EXPECT_EQ(reason("network"), "needs a network: the profile simple has none");
  job_.profile.network = "virtio-net-pci";
  EXPECT_EQ(reason("network"), "(met)");
}

TEST_F(Unmet, SaysWhyTheHostResolvesNoNames) {
  EXPECT_EQ(reason("resolver"), "(met)");
  host_.no_resolver = "it does not know example.com";
  EXPECT_EQ(reason("resolver"), "needs a host that resolves names: it does not know example.com");
}

TEST_F(Unmet, SaysTheFirstReason) {
  EXPECT_EQ(unmet({parsed("tcg"), parsed("config:RUST"), parsed("kvm")}, kernel_, job_, host_),
            "needs config:RUST: CONFIG_RUST is not set");
}

}  // namespace
}  // namespace bootgate
