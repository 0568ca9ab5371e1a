#include "harness/plan/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/selection.hpp"
#include "harness/support/text.hpp"
#include "tests/plan/reading.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
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
  return {{kind, "/dev/kvm can't be opened"}, "/usr/bin/qemu-system-x86_64", "7.2.22", {}, {}};
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

KernelName source(const std::string& path) {
  return {KernelName::Kind::tree, path, path, ""};
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
  options.rootfs = *parse_rootfs_name("own.cpio.gz");
  options.cpus = 4;
  options.memory_mib = 1024;
  Plan plan = make_plan({suite()}, profiles(), options, host(Accelerator::Kind::kvm));
  const Job& job = plan.jobs.at(0);
  EXPECT_EQ(job.name, "boot-bzImage-own.cpio.gz-initrd_only-kvm");
  EXPECT_EQ(job.kernel, path);
  EXPECT_EQ(job.rootfs.text, "own.cpio.gz");
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
  options.kernels.push_back(source("linux"));
  Plan plan = make_plan({suite("a"), suite("b")}, profiles(), options, host());
  ASSERT_EQ(plan.jobs.size(), 4u);
  EXPECT_EQ(plan.jobs[1].kernel, "debian");
  EXPECT_EQ(plan.jobs[2].kernel, "linux");
  EXPECT_EQ(plan.kernels.at(plan.jobs[2].kernel_index).name.text, "linux");
}

TEST(MakePlan, AsksABuildForWhatCasesNeed) {
  RunOptions options = options_for(source("linux"));
  options.build.config.needs = {};
  Suite samples = suite("samples");
  samples.samples = true;
  Plan plan = make_plan({suite("a"), suite("b"), samples}, profiles(), options, host());
  const KernelRequest& request = plan.kernels.at(0).request;
  EXPECT_THAT(request.config.needs, ElementsAre("MODULES"));
  EXPECT_TRUE(request.rust_samples);
  EXPECT_EQ(plan.kernels[0].busybox.substr(0, 7), "debian:") << "built where the kernel is";
}

TEST(MakePlan, RunsSamplesByDefaultOnlyOnWhatItBuilds) {
  RunOptions options = options_for();
  options.kernels.push_back(source("linux"));
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
  options.rootfs = *parse_rootfs_name("./..");
  Plan plan = make_plan({suite("same"), suite("same"), suite("same")}, profiles(), options, host());
  EXPECT_EQ(plan.jobs[1].name, plan.jobs[0].name + "-2");
  EXPECT_EQ(plan.jobs[2].name, plan.jobs[0].name + "-3");
  EXPECT_EQ(plan.jobs[0].name.find_first_of("/ ;"), std::string::npos);
  EXPECT_LT(plan.jobs[0].name.size(), 255u);
}

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> all;
  for (const Job& job : plan.jobs)
    all.push_back(job.name);
  return all;
}

TEST(MakePlan, CrossesConfigsOfKernelsThatAreBuilt) {
  RunOptions options = options_for();
  options.kernels.push_back(source("linux"));
  options.configs = {config_request("lean"), config_request("defconfig+faults")};
  options.build.config.fragments = {"debug"};
  options.build.config.symbols = {"KASAN=y"};
  Plan plan = make_plan({suite("a"), suite("b")}, profiles(), options, host());
  EXPECT_THAT(names(plan),
              ElementsAre("a-debian-busybox-initrd_only-tcg", "b-debian-busybox-initrd_only-tcg",
                          "a-linux-lean_debug-busybox-initrd_only-tcg", "b-linux-lean_debug-busybox-initrd_only-tcg",
                          "a-linux-defconfig_faults_debug-busybox-initrd_only-tcg",
                          "b-linux-defconfig_faults_debug-busybox-initrd_only-tcg"));
  ASSERT_EQ(plan.kernels.size(), 3u);
  EXPECT_EQ(plan.jobs[0].config, "");
  EXPECT_EQ(plan.jobs[5].config, "defconfig+faults+debug");
  EXPECT_EQ(plan.jobs[5].kernel_index, 2u);
  const ConfigRequest& config = plan.kernels[2].request.config;
  EXPECT_EQ(config.base, "defconfig");
  EXPECT_THAT(config.fragments, ElementsAre("faults", "debug"));
  EXPECT_THAT(config.symbols, ElementsAre("KASAN=y"));
  EXPECT_THAT(config.needs, ElementsAre("MODULES"));
}

TEST(MakePlan, NamesAConfigThatIsNotTheUsualOne) {
  RunOptions options = options_for(source("linux"));
  auto name = [&](const std::vector<std::string>& configs) {
    options.configs.clear();
    for (const std::string& config : configs)
      options.configs.push_back(config_request(config));
    return make_plan({suite()}, profiles(), options, host()).jobs.at(0).name;
  };
  EXPECT_EQ(name({}), "boot-linux-busybox-initrd_only-tcg");
  EXPECT_EQ(name({"lean"}), "boot-linux-busybox-initrd_only-tcg");
  EXPECT_EQ(name({"defconfig"}), "boot-linux-defconfig-busybox-initrd_only-tcg");
  EXPECT_EQ(name({"/home/me/my.config+../x.config"}), "boot-linux-my.config_x.config-busybox-initrd_only-tcg");
}

TEST(MakePlan, GivesEachJobItsAccelerator) {
  RunOptions options = options_for();
  options.matrix.axes.accelerators = {"auto", "kvm", "tcg"};
  HostFacts facts = host();
  facts.no_kvm = "no KVM: /dev/kvm: No such file or directory";
  Plan plan = make_plan({suite()}, profiles(), options, facts);
  EXPECT_THAT(names(plan), ElementsAre("boot-debian-busybox-initrd_only-tcg", "boot-debian-busybox-initrd_only-kvm"))
      << "auto is TCG here, and the same job is not run twice";
  EXPECT_EQ(plan.jobs[0].skip_reason, "");
  EXPECT_EQ(plan.jobs[0].time_scale, tcg_time_scale);
  EXPECT_EQ(plan.jobs[1].skip_reason, facts.no_kvm);
  EXPECT_EQ(plan.jobs[1].time_scale, 1);
  EXPECT_EQ(accelerators_text(plan),
            "tcg: /dev/kvm can't be opened; kvm: skipped: no KVM: /dev/kvm: No such file or directory");
  EXPECT_THAT(describe(plan), HasSubstr("  accel    kvm\n  skipped  no KVM: /dev/kvm: No such file or directory\n"));
  plan = make_plan({suite()}, profiles(), options, host(Accelerator::Kind::kvm));
  EXPECT_THAT(names(plan), ElementsAre("boot-debian-busybox-initrd_only-kvm", "boot-debian-busybox-initrd_only-tcg"));
  EXPECT_EQ(plan.jobs[0].skip_reason, "");
}

TEST(MakePlan, LeavesOutWhatARowExcludes) {
  RunOptions options = options_for();
  options.kernels.push_back(source("linux"));
  Suite a = suite("a"), b = suite("b");
  a.file = "a.toml", b.file = "b.toml";
  AxisValues row;
  row.suites = {"b.toml"};
  row.kernels = {"linux"};
  options.matrix.excluded = {row};
  Plan plan = make_plan({a, b}, profiles(), options, host());
  EXPECT_EQ(plan.jobs.size(), 3u);
  EXPECT_THAT(plan.excluded, ElementsAre("b-linux-busybox-initrd_only-tcg"));
  options.matrix.excluded[0].suites.clear();
  plan = make_plan({a, b}, profiles(), options, host());
  EXPECT_EQ(plan.jobs.size(), 2u);
  EXPECT_EQ(plan.kernels.size(), 1u) << "what nobody boots is not built";
}

TEST(MakePlan, MultipliesScalesAndTakesTheLastLimit) {
  RunOptions options = options_for();
  options.kernels.push_back(source("linux"));
  TimeoutRow of_kernel, of_accelerator;
  of_kernel.where.kernels = {"linux"};
  of_kernel.scale = 3;
  of_kernel.limit = 20min;
  of_accelerator.where.accelerators = {"tcg"};
  of_accelerator.scale = 2;
  options.matrix.timeouts = {of_kernel, of_accelerator};
  Plan plan = make_plan({suite()}, profiles(), options, host());
  EXPECT_EQ(plan.jobs[0].time_scale, tcg_time_scale * 2) << "auto is TCG here";
  EXPECT_EQ(plan.jobs[0].suite.limit, 10min);
  EXPECT_EQ(plan.jobs[1].time_scale, tcg_time_scale * 6);
  EXPECT_EQ(plan.jobs[1].suite.limit, 20min);
}

TEST(DescribePlan, SaysWhatWillBeDone) {
  EXPECT_EQ(describe(make_plan({suite()}, profiles(), options_for(), host())),
            R"(QEMU 7.2.22, tcg: /dev/kvm can't be opened
  plan     1 case in 1 job

boot-debian-busybox-initrd_only-tcg
  kernel   debian
  rootfs   busybox
  profile  initrd-only: 1 CPU, 512 MiB
  accel    tcg
  times    x 4, 40m in all
  booted   c                    mount -a succeeds
                                needs config:MODULES
)");
}

TEST(DescribePlan, BreaksTheCommandLineForAShell) {
  const std::string parameters = "nokaslr console=ttyS0 earlyprintk=ttyS0,115200 ignore_loglevel printk.time=1";
  const std::string text = describe(make_plan({suite()}, profiles(), options_for(), host()),
                                    {{"qemu-system-x86_64", "-machine", "pc", "-append", parameters, "-device",
                                      "isa-serial,chardev=control,index=1", "-smp", "1"}});
  EXPECT_THAT(text, testing::EndsWith(R"(
  qemu     qemu-system-x86_64 -machine pc \
           -append 'nokaslr console=ttyS0 earlyprintk=ttyS0,115200 ignore_loglevel printk.time=1' \
           -device isa-serial,chardev=control,index=1 -smp 1
)"));
}

TEST(DescribePlan, SaysWhatIsOtherThanUsual) {
  RunOptions options = options_for(source("linux"));
  options.configs = {config_request("lean"), config_request("lean+debug")};
  options.build.config.symbols = {"KASAN=y"};
  Execution& execution = options.execution;
  execution = {Isolation::boot, 2, 2048, {{"c"}, 2, 2}, 2, 3, true, 7};
  Suite first = suite();
  first.cases.push_back(first.cases[0]);
  first.cases[1].name = "other";
  options.matrix.excluded.resize(1);
  options.matrix.excluded[0].configs = {"lean"};
  options.matrix.excluded[0].suites = {first.file.string()};
  Suite second = suite("second");
  second.file = "second.toml";
  auto plan = select_jobs(make_plan({first, second}, profiles(), options, host()));
  ASSERT_TRUE(plan);
  EXPECT_EQ(describe(*plan), R"(QEMU 7.2.22, tcg: /dev/kvm can't be opened
  plan     1 of 4 cases in 1 of 3 jobs
  filter   c
  shard    2 of 2
  on       a fresh boot for each case of the booted system
  at once  2 machines
  memory   2048 MiB for all machines
  repeat   each case 3 times
  retry    2 times, unless there is a crash report
  end      at the first failure
  order    by chance, from the seed 7
  excluded boot-linux-lean-busybox-initrd_only-tcg
  left out second-linux-lean-busybox-initrd_only-tcg
  left out second-linux-lean_debug-busybox-initrd_only-tcg

boot-linux-lean_debug-busybox-initrd_only-tcg
  kernel   linux
  config   lean+debug, KASAN=y, for cases MODULES; LLVM, toolchain auto
  rootfs   busybox
  profile  initrd-only: 1 CPU, 512 MiB
  accel    tcg
  times    x 4, 40m in all
  selected 1 of 2 cases
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
  EXPECT_EQ(dump_json(*json.find("execution")),
            R"({"isolation":"clone","machines":null,"memory_mib":null,"filters":[],"shard":1,"shards":1,)"
            R"("retries":0,"repeats":1,"fail_fast":false,"shuffle":null})");
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
