// A whole Debian on a disk: made once, booted, and found to work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures/image/disk_image.hpp"
#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

/// Made on the first call, which takes a minute.
DiskImage image() {
  auto store = Store::open();
  EXPECT_TRUE(store);
  auto made = obtain_disk_image(*parse_rootfs_name("debian:trixie"), *store, {});
  EXPECT_TRUE(made) << one_line(made.error());
  return made ? *made : DiskImage{};
}

class OwnKernel : public testing::TestWithParam<const char*> {};

TEST_P(OwnKernel, BootsAndWorks) {
  BootRun here;
  const DiskImage system = image();
  const std::string before = run_checked({"sha256sum", system.file.string()}).value(), machine = GetParam();
  RunSeen seen = here.run({"debian", "--profile", machine});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  for (const char* name :
       {"banner", "systemd", "login", "up", "root-mounted", "modules", "reboot", "power-off", "clean-end"})
    EXPECT_EQ(seen.cases[name].outcome, "pass") << name << ": " << seen.cases[name].message << seen.cases[name].text;
  for (const char* name : {"network", "ssh"})
    EXPECT_EQ(seen.cases[name].outcome, machine == "simple" ? "skip" : "pass") << name << seen.cases[name].text;
  EXPECT_EQ(run_checked({"sha256sum", system.file.string()}).value(), before) << "nobody writes to the image";
}

INSTANTIATE_TEST_SUITE_P(Debian, OwnKernel, testing::Values("q35", "simple"),
                         [](const auto& profile) { return std::string(profile.param); });

TEST(Debian, WorksUnderKvmOrIsSkippedForTheReasonThatWasMeasured) {
  const BootRun here;
  RunSeen seen = here.bootgate(
      {"run", "debian", "--profile", "kvm", "--profile", "kvm-virtio-net"});  // no --accel: it would overrule
  here.read_report(seen);
  ASSERT_TRUE(seen.cases.contains("login")) << seen.output << seen.errors;
  const bool skipped = seen.cases.at("login").outcome == "skip";
  EXPECT_EQ(seen.status == 0, !skipped) << seen.output << seen.errors;
  for (const auto& [name, one] : seen.cases)
    if (skipped)
      EXPECT_THAT(one.message, AnyOf(StartsWith("no KVM: "), StartsWith("KVM does not work here: "))) << name;
    else
      EXPECT_NE(one.outcome, "fail") << name << ": " << one.message;
}

TEST(Debian, IsEnteredBySshWhichEndsWithTheKernel) {
  BootRun here;
  image();
  RunSeen seen = here.bootgate({"ssh", "--accel", "tcg", "--", "id -un; sleep 1; echo c >/proc/sysrq-trigger"});
  EXPECT_EQ(seen.status, 1) << seen.errors;
  EXPECT_EQ(seen.output, "root\n");
  EXPECT_THAT(seen.errors, HasSubstr("the kernel reported: kernel panic: sysrq triggered crash"));
}

TEST(Debian, WithoutTheLabelHasNoRoot) {
  BootRun here;
  const DiskImage system = image();
  const fs::path copy = here.directory() / "image", raw = here.directory() / "raw";
  fs::create_directory(copy);
  run_checked({"qemu-img", "convert", "-O", "raw", system.file.string(), raw.string()}).value();
  run_checked({find_program("e2label").value_or("e2label").string(), raw.string(), "other"}).value();
  run_checked({"qemu-img", "convert", "-O", "qcow2", raw.string(), (copy / "image.qcow2").string()}).value();
  RunSeen seen = here.run({"debian", "--profile", "q35", "--kernel", "debian", "--rootfs", "dqib:" + copy.string()});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  EXPECT_EQ(seen.cases["systemd"].outcome, "fail");
  EXPECT_THAT(seen.cases["systemd"].message, HasSubstr("no root: nothing is LABEL=rootfs; disks: vda"));
}

TEST(Debian, NamesTheDriverThatAKernelCameWithout) {
  BootRun here;
  image();
  auto store = Store::open();
  auto kernel = debian_kernel(*store);
  ASSERT_TRUE(kernel) << one_line(kernel.error());
  const fs::path alone = here.directory() / "alone";
  fs::create_directory(alone);
  fs::copy_file(kernel->image, alone / "vmlinuz");
  fs::copy_file(kernel->config.value(), alone / ("config-" + kernel->release));
  RunSeen seen = here.run({"debian", "--profile", "q35", "--kernel", (alone / "vmlinuz").string()});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  EXPECT_THAT(seen.cases["systemd"].message, HasSubstr("no root: nothing is LABEL=rootfs"));
  EXPECT_THAT(seen.cases["systemd"].message,
              HasSubstr("CONFIG_VIRTIO_BLK is a module, and this kernel came without it"));
}

TEST(Debian, WithoutAKernelOfItsOwnSaysSo) {
  BootRun here;
  const fs::path copy = here.directory() / "image";
  fs::create_directory(copy);
  run_checked({"qemu-img", "create", "-q", "-f", "qcow2", (copy / "image.qcow2").string(), "20M"}).value();
  RunSeen seen = here.run({"debian", "--kernel", "own", "--rootfs", "dqib:" + copy.string()});
  EXPECT_EQ(seen.status, 2);
  EXPECT_THAT(seen.output + seen.errors, HasSubstr("no kernel in"));
}

}  // namespace
}  // namespace bootgate
