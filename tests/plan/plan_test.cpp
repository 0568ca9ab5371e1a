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

/// Options for one kernel.
RunOptions options_for(KernelName name = {KernelName::Kind::packaged, "debian", "", ""}) {
  RunOptions options;
  options.kernels = {std::move(name)};
  return options;
}

KernelName image(const std::string& path) {
  return {KernelName::Kind::image, path, path, ""};
}

TEST(MakePlan, CrossesSuitesAndTheirProfiles) {
  Suite first = suite("boot"), second = suite("rust");
  first.profiles = {"initrd-only", "smp"};
  Plan plan = make_plan({first, second}, profiles(), options_for(), host());
  ASSERT_EQ(plan.jobs.size(), 3u);
  EXPECT_EQ(plan.jobs[0].name, "boot-debian-busybox-initrd_only-tcg");
  EXPECT_EQ(plan.jobs[1].name, "boot-debian-busybox-smp-tcg");
  EXPECT_EQ(plan.jobs[2].name, "rust-debian-busybox-initrd_only-tcg");
  EXPECT_EQ(plan.jobs[1].profile.cpus, 2);
  EXPECT_EQ(plan.jobs[2].suite.name, "rust");
}

TEST(MakePlan, OptionsOverrideSuiteAndProfile) {
  const std::string path = "/home/me/linux/arch/x86/boot/bzImage";
  RunOptions options = options_for(image(path));
  options.rootfs = "own.cpio.gz";
  options.cpus = 4;
  options.memory_mib = 1024;
  Plan plan = make_plan({suite()}, profiles(), options, host(Accelerator::Kind::kvm));
  const Job& job = plan.jobs.at(0);
  EXPECT_EQ(job.name, "boot-bzImage-own.cpio.gz-initrd_only-kvm");
  EXPECT_EQ(job.kernel, path);
  EXPECT_EQ(job.rootfs, "own.cpio.gz");
  EXPECT_EQ(job.profile.cpus, 4);
  EXPECT_EQ(job.profile.memory_mib, 1024);
  EXPECT_EQ(job.accelerator.kind, Accelerator::Kind::kvm);
  EXPECT_EQ(plan.kernels.at(job.kernel_index).name.text, path);
}

TEST(MakePlan, ScalesTimeOnceByAcceleratorAndOption) {
  RunOptions options = options_for();
  options.timeout_scale = 2;
  EXPECT_EQ(make_plan({suite()}, profiles(), options, host()).jobs[0].time_scale, 2 * tcg_time_scale);
  EXPECT_EQ(make_plan({suite()}, profiles(), options, host(Accelerator::Kind::kvm)).jobs[0].time_scale, 2);
  EXPECT_EQ(make_plan({suite()}, profiles(), options, host()).jobs[0].suite.limit, 10min) << "not scaled twice";
}

TEST(MakePlan, CrossesKernels) {
  RunOptions options = options_for();
  options.kernels.push_back({KernelName::Kind::tree, "linux", "linux", ""});
  Plan plan = make_plan({suite("a"), suite("b")}, profiles(), options, host());
  ASSERT_EQ(plan.jobs.size(), 4u);
  EXPECT_EQ(plan.jobs[1].kernel, "debian");
  EXPECT_EQ(plan.jobs[2].kernel, "linux");
  EXPECT_EQ(plan.kernels.at(plan.jobs[2].kernel_index).name.text, "linux");
}

TEST(MakePlan, AsksABuildForWhatCasesNeed) {
  RunOptions options = options_for({KernelName::Kind::tree, "linux", "linux", ""});
  options.build.config.needs = {};
  Suite samples = suite("samples");
  samples.samples = true;
  Plan plan = make_plan({suite("a"), suite("b"), samples}, profiles(), options, host());
  const KernelRequest& request = plan.kernels.at(0).request;
  EXPECT_THAT(request.config.needs, testing::ElementsAre("MODULES"));
  EXPECT_TRUE(request.rust_samples);
  EXPECT_EQ(plan.kernels[0].busybox.substr(0, 7), "debian:") << "built where the kernel is";
}

TEST(MakePlan, RunsSamplesByDefaultOnlyOnWhatItBuilds) {
  RunOptions options = options_for();
  options.kernels.push_back({KernelName::Kind::tree, "linux", "linux", ""});
  options.defaults = true;
  Suite samples = suite("rust");
  samples.samples = true;
  Plan plan = make_plan({suite("boot"), samples}, profiles(), options, host());
  ASSERT_EQ(plan.jobs.size(), 3u);
  EXPECT_EQ(plan.jobs[2].suite.name, "rust");
  EXPECT_EQ(plan.jobs[2].kernel, "linux");
  EXPECT_FALSE(plan.kernels[0].request.rust_samples);
}

TEST(MakePlan, NamesAreDirectoriesAndDiffer) {
  RunOptions options = options_for(image("/a/../my kernel;" + std::string(300, 'x')));
  options.rootfs = "./..";
  Plan plan = make_plan({suite("same"), suite("same"), suite("same")}, profiles(), options, host());
  EXPECT_EQ(plan.jobs[1].name, plan.jobs[0].name + "-2");
  EXPECT_EQ(plan.jobs[2].name, plan.jobs[0].name + "-3");
  EXPECT_EQ(plan.jobs[0].name.find_first_of("/ ;"), std::string::npos);
  EXPECT_LT(plan.jobs[0].name.size(), 255u);
}

TEST(DescribePlan, SaysWhatWillBeDone) {
  EXPECT_EQ(describe(make_plan({suite()}, profiles(), options_for(), host())),
            R"(QEMU 7.2.22, tcg: /dev/kvm can't be opened

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
  RunOptions options = options_for(image("/" + std::string(200, 'k') + "/bzImage"));
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
  RunOptions options = options_for();
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
