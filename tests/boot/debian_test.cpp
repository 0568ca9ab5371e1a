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

constexpr const char* on_q35 = "suites = \"debian\"\nprofile = \"q35\"\n";

/// Made on the first call, which takes a minute.
DiskImage image() {
  auto store = Store::open();
  EXPECT_TRUE(store);
  auto made = obtain_disk_image(*parse_rootfs_name("debian:trixie"), *store, {});
  EXPECT_TRUE(made) << one_line(made.error());
  return made ? *made : DiskImage{};
}

TEST(Debian, BootsItsOwnKernelAndWorks) {
  BootRun here;
  const DiskImage system = image();
  const std::string before = run_checked({"sha256sum", system.file.string()}).value();
  RunSeen seen = here.run({"--file", here.file("run.toml", on_q35).string(), "--kernel", "own"});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  for (const char* name : {"banner", "systemd", "login", "up", "root-mounted", "modules", "network", "ssh", "reboot",
                           "power-off", "clean-end"})
    EXPECT_EQ(seen.cases[name].outcome, "pass") << name << ": " << seen.cases[name].message << seen.cases[name].text;
  EXPECT_EQ(run_checked({"sha256sum", system.file.string()}).value(), before) << "nobody writes to the image";
}

TEST(Debian, WorksUnderKvmOrIsSkippedForTheReasonThatWasMeasured) {
  const BootRun here;
  const fs::path file = here.file("run.toml", "suites = \"debian\"\nprofile = [\"kvm\", \"kvm-virtio-net\"]\n");
  RunSeen seen = here.bootgate({"run", "--file", file.string(), "--kernel", "own"});  // no --accel: it would overrule
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
  RunSeen seen = here.bootgate({"ssh", "--accel", "tcg", "--", "id -un; echo c >/proc/sysrq-trigger"});
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
  RunSeen seen = here.run({"--file", here.file("run.toml", on_q35).string(), "--rootfs", "dqib:" + copy.string()});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  EXPECT_EQ(seen.cases["systemd"].outcome, "fail");
  EXPECT_THAT(seen.cases["systemd"].message, HasSubstr("no root: nothing is LABEL=rootfs; disks: vda"));
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
