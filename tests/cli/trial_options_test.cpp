#include <gtest/gtest.h>

#include "harness/cli/arguments.hpp"
#include "harness/run/job_facts.hpp"
#include "harness/support/data.hpp"

namespace bootgate {
namespace {

Job usual_job() {
  Job job;
  job.suite.name = "boot";
  job.suite.file = data_root() / "suites/boot.toml";
  job.builds = true;
  job.config = "lean";
  job.suite.profiles = {"q35"};
  job.profile.name = "q35";
  job.time_scale = tcg_time_scale;
  return job;
}

TEST(TrialOptions, OfAUsualJobAreItsSuiteAlone) {
  EXPECT_EQ(trial_options({}, usual_job()), "--suite boot");
}

TEST(TrialOptions, NameWhatIsNotUsual) {
  Plan plan;
  plan.options.memory_mib = 512;
  plan.options.append = {"quiet nokaslr"};
  plan.options.build.config.symbols = {"KASAN=y"};
  plan.options.build.llvm = false;
  Job job = usual_job();
  job.suite.file = "/my/boot.toml";
  job.config = "lean+debug";
  job.accelerator.kind = Accelerator::Kind::kvm;
  job.time_scale = 2.5;
  plan.options.qemu_arguments = {"-device"};
  EXPECT_EQ(trial_options(plan, job),
            "--suite /my/boot.toml --config lean+debug --set KASAN=y --gcc --append 'quiet nokaslr' --memory 512M "
            "--qemu-arg=-device --accel kvm --timeout-scale 2.5");
}

TEST(TrialOptions, NameTheAcceleratorThatWasAskedFor) {
  Plan plan;
  plan.options.matrix.axes.accelerators = {"tcg"};
  EXPECT_EQ(trial_options(plan, usual_job()), "--suite boot --accel tcg");
}

TEST(TrialOptions, SayAFragmentOnce) {
  Plan plan;
  plan.options.build.config.fragments = {"debug"};
  Job job = usual_job();
  job.config = "lean+debug";
  EXPECT_EQ(trial_options(plan, job), "--suite boot --config lean+debug");
}

TEST(TrialOptions, AreNoneWhereBisectHasNoWordForIt) {
  Job job = usual_job();
  job.profile.name = "mine";
  EXPECT_FALSE(trial_options({}, job));
  Plan plan;
  plan.options.modules = {"loop"};
  EXPECT_FALSE(trial_options(plan, usual_job()));
}

TEST(TrialOptions, AreThoseOfBisect) {
  const char* const words[] = {"bootgate",
                               "bisect",
                               "--good",
                               "a",
                               "--bad",
                               "b",
                               "--suite",
                               "/my/b.toml",
                               "--config",
                               "lean+debug",
                               "--set",
                               "KASAN=y",
                               "--gcc",
                               "--append",
                               "quiet",
                               "--toolchain",
                               "host",
                               "--memory",
                               "512M",
                               "--cpus",
                               "2",
                               "--accel",
                               "tcg",
                               "--case",
                               "login",
                               "--qemu-arg=-device",
                               "--timeout-scale",
                               "2.5"};
  const Arguments parsed = parse_arguments(static_cast<int>(std::size(words)), words);
  EXPECT_TRUE(std::holds_alternative<BisectArguments>(parsed));
}

}  // namespace
}  // namespace bootgate
