#include "harness/plan/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/support/text.hpp"
#include "tests/plan/reading.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::vector<Profile> profiles() {
  Profile one;
  one.name = "initrd-only";
  Profile two = one;
  two.name = "smp";
  two.cpus = 2;
  return {one, two};
}

HostFacts host(Accelerator::Kind kind = Accelerator::Kind::tcg) {
  return {{kind, "/dev/kvm can't be opened"}, "/usr/bin/qemu-system-x86_64", "7.2.22"};
}

Suite suite(std::string name = "boot") {
  Suite made = read_text(with_case(R"(
description = "mount -a succeeds"
requires = ["config:MODULES"]
allow = "oops"
taint = "W"
required = true
steps = [{ run = "mount", within = "20s" }, { expect = "x" }])"))
                   .suite;
  made.name = std::move(name);
  return made;
}

TEST(MakePlan, CrossesSuitesAndTheirProfiles) {
  Suite first = suite("boot"), second = suite("rust");
  first.profiles = {"initrd-only", "smp"};
  Plan plan = make_plan({first, second}, profiles(), {}, host());
  ASSERT_EQ(plan.jobs.size(), 3u);
  EXPECT_EQ(plan.jobs[0].name, "boot-debian-busybox-initrd_only-tcg");
  EXPECT_EQ(plan.jobs[1].name, "boot-debian-busybox-smp-tcg");
  EXPECT_EQ(plan.jobs[2].name, "rust-debian-busybox-initrd_only-tcg");
  EXPECT_EQ(plan.jobs[1].profile.cpus, 2);
  EXPECT_EQ(plan.jobs[2].suite.name, "rust");
}

TEST(MakePlan, OptionsOverrideSuiteAndProfile) {
  RunOptions options;
  options.kernel = "/home/me/linux/arch/x86/boot/bzImage";
  options.rootfs = "own.cpio.gz";
  options.cpus = 4;
  options.memory_mib = 1024;
  Plan plan = make_plan({suite()}, profiles(), options, host(Accelerator::Kind::kvm));
  const Job& job = plan.jobs.at(0);
  EXPECT_EQ(job.name, "boot-bzImage-own.cpio.gz-initrd_only-kvm");
  EXPECT_EQ(job.kernel, options.kernel);
  EXPECT_EQ(job.rootfs, "own.cpio.gz");
  EXPECT_EQ(job.profile.cpus, 4);
  EXPECT_EQ(job.profile.memory_mib, 1024);
  EXPECT_EQ(job.accelerator.kind, Accelerator::Kind::kvm);
  EXPECT_EQ(plan.options.kernel, options.kernel);
}

TEST(MakePlan, ScalesTimeOnceByAcceleratorAndOption) {
  RunOptions options;
  options.timeout_scale = 2;
  EXPECT_EQ(make_plan({suite()}, profiles(), options, host()).jobs[0].time_scale, 2 * tcg_time_scale);
  EXPECT_EQ(make_plan({suite()}, profiles(), options, host(Accelerator::Kind::kvm)).jobs[0].time_scale, 2);
  EXPECT_EQ(make_plan({suite()}, profiles(), options, host()).jobs[0].suite.limit, 10min) << "not scaled twice";
}

TEST(MakePlan, NamesAreDirectoriesAndDiffer) {
  RunOptions options;
  options.kernel = "/a/../my kernel;" + std::string(300, 'x');
  options.rootfs = "./..";
  Plan plan = make_plan({suite("same"), suite("same"), suite("same")}, profiles(), options, host());
  EXPECT_EQ(plan.jobs[1].name, plan.jobs[0].name + "-2");
  EXPECT_EQ(plan.jobs[2].name, plan.jobs[0].name + "-3");
  EXPECT_EQ(plan.jobs[0].name.find_first_of("/ ;"), std::string::npos);
  EXPECT_LT(plan.jobs[0].name.size(), 255u);
}

TEST(DescribePlan, SaysWhatWillBeDone) {
  EXPECT_EQ(describe(make_plan({suite()}, profiles(), {}, host())), R"(QEMU 7.2.22, tcg: /dev/kvm can't be opened

boot-debian-busybox-initrd_only-tcg
  kernel   debian
  rootfs   busybox
  profile  initrd-only: 1 CPU, 512 MiB
  times    x 4, 40m in all
  booted   c                    mount -a succeeds
                                needs config:MODULES
)");
}

TEST(DescribePlan, FitsIntoEightyColumns) {
  HostFacts facts = host();
  for (int i = 0; i < 30; ++i)
    facts.accelerator.reason += " and more words";
  facts.accelerator.reason += std::string(200, 'y');
  RunOptions options;
  options.kernel = "/" + std::string(200, 'k') + "/bzImage";
  Suite wide = suite(std::string(100, 's'));
  wide.cases[0].name = std::string(100, 'c');
  wide.cases[0].description = std::string(200, 'd') + "\x1b\n";
  wide.cases.push_back(wide.cases[0]);
  wide.cases[1].name = "short";
  for (int i = 0; i < 100; ++i)
    wide.cases[1].description += "ä";
  std::string text = describe(make_plan({wide}, profiles(), options, facts));
  for (std::string_view line : split(text, '\n')) {
    auto columns = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xc0) != 0x80; });
    EXPECT_LE(columns, 80) << line;
    EXPECT_EQ(printable(line), line);
  }
  EXPECT_THAT(text, HasSubstr("k/bzImage\n")) << "the end of a path says more than its beginning";
  EXPECT_THAT(text, HasSubstr("...\n"));
}

TEST(PlanJson, HoldsEverythingThatIsDecided) {
  RunOptions options;
  options.append = {"debug"};
  options.modules = {"ext4"};
  options.added = {{"here", "/there"}};
  Json json = to_json(make_plan({suite()}, profiles(), options, host()));
  EXPECT_EQ(json.find("qemu_version")->text(), "7.2.22");
  EXPECT_EQ(json.find("accelerator")->text(), "tcg");
  EXPECT_EQ(json.find("accelerator_reason")->text(), "/dev/kvm can't be opened");
  EXPECT_EQ(dump_json(*json.find("options")),
            R"({"modules_dir":null,"modules":["ext4"],"added":[{"source":"here","target":"/there"}],)"
            R"("append":["debug"],"qemu_arguments":[]})");
  const auto& jobs = std::get<Json::Array>(json.find("jobs")->value);
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].find("name")->text(), "boot-debian-busybox-initrd_only-tcg");
  EXPECT_EQ(dump_json(*jobs[0].find("limit_ms")), "600000");
  EXPECT_EQ(dump_json(*jobs[0].find("cases")),
            R"([{"name":"c","description":"mount -a succeeds","during":"booted","required":true,)"
            R"("requires":["config:MODULES"],"allow":["oops"],"taint":"W",)"
            R"("steps":[{"what":"run `mount`","line":10,"within_ms":20000},)"
            R"({"what":"expect 'x'","line":10,"within_ms":30000}]}])");
}

}  // namespace
}  // namespace bootgate
