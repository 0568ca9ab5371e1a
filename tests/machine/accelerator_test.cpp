#include "harness/machine/accelerator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace bootgate {
namespace {

using testing::HasSubstr;

class AcceleratorTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = make_temp_dir(testing::TempDir(), "accelerator-");
    ASSERT_TRUE(made);
    directory_ = *made;
    auto store = Store::open(directory_ / "store");
    ASSERT_TRUE(store);
    store_ = *store;
    request_.kvm_device = directory_ / "kvm";
    std::ofstream(request_.kvm_device) << "";
    request_.probe_files = [this]() -> Result<ProbeFiles> {
      ++asked_for_files_;
      return ProbeFiles{"/kernel", "/initramfs"};
    };
  }
  void TearDown() override { fs::remove_all(directory_); }

  QemuProgram qemu(const std::string& script) {
    fs::path program = directory_ / "qemu";
    std::ofstream(program) << "#!/bin/bash\n"
                              "for word; do case $word in socket,id=qmp,fd=*) qmp=${word##*=} ;; esac; done\n"
                              "answer() { read -r _ <&$qmp; echo \"{\\\"return\\\": {}, \\\"id\\\": $1}\" >&$qmp; }\n"
                              "echo x >>"
                           << directory_ / "starts"
                           << "\n"
                           << script << "\n";
    fs::permissions(program, fs::perms::owner_all);
    return {program, "7.2.0"};
  }

  Accelerator choose(const QemuProgram& program) {
    auto accelerator = choose_accelerator(request_, program, *store_);
    EXPECT_TRUE(accelerator);
    return accelerator.value_or(Accelerator{});
  }

  fs::path directory_;
  std::optional<Store> store_;
  AcceleratorRequest request_;
  int asked_for_files_ = 0;
};

TEST_F(AcceleratorTest, TakesWhatIsAskedForWithoutATrial) {
  request_.wanted = "kvm";
  EXPECT_EQ(choose({"/nowhere", "1"}).kind, Accelerator::Kind::kvm);
  request_.wanted = "tcg";
  EXPECT_EQ(choose({"/nowhere", "1"}).kind, Accelerator::Kind::tcg);
  EXPECT_EQ(asked_for_files_, 0);
}

TEST_F(AcceleratorTest, SaysWhyThereIsNoKvm) {
  request_.kvm_device = directory_ / "missing";
  Accelerator accelerator = choose({"/nowhere", "1"});
  EXPECT_EQ(accelerator.kind, Accelerator::Kind::tcg);
  EXPECT_THAT(accelerator.reason, HasSubstr("missing: No such file"));
}

TEST_F(AcceleratorTest, TrustsKvmOnceTheKnownGoodKernelHasReachedItsInit) {
  auto program =
      qemu("echo '{\"QMP\": {}}' >&$qmp; answer 1; answer 2; echo '[    0.1] bootgate: probe init started'; sleep 100");
  EXPECT_EQ(choose(program).kind, Accelerator::Kind::kvm);
}

TEST_F(AcceleratorTest, QuotesAQemuThatAbortsAndRemembersIt) {
  auto program =
      qemu("echo '{\"QMP\": {}}' >&$qmp; answer 1; answer 2; echo 'error: failed to set MSR 0x38d' >&2; kill -ABRT $$");
  for (int i = 0; i < 2; ++i) {
    Accelerator accelerator = choose(program);
    EXPECT_EQ(accelerator.kind, Accelerator::Kind::tcg);
    EXPECT_THAT(accelerator.reason, HasSubstr("failed to set MSR 0x38d"));
  }
  EXPECT_EQ(read_file(directory_ / "starts").value_or(""), "x\n") << "the second time is answered from the store";
}

TEST_F(AcceleratorTest, FallsBackWhenTheGuestHangsBehindTheBios) {
  auto program = qemu("echo '{\"QMP\": {}}' >&$qmp; answer 1; answer 2; echo SeaBIOS; sleep 100");
  Accelerator accelerator = choose(program);
  EXPECT_EQ(accelerator.kind, Accelerator::Kind::tcg);
  EXPECT_THAT(accelerator.reason, HasSubstr("did not reach init within 5s (8 bytes of console)"));
}

TEST_F(AcceleratorTest, DoesNotRememberThatItWasInterrupted) {
  std::stop_source stop;
  request_.stop = stop.get_token();
  const fs::path asked = directory_ / "asked-to-run";
  auto program =
      qemu("echo '{\"QMP\": {}}' >&$qmp; answer 1; read -r _ <&$qmp; touch " + asked.string() + "; sleep 100");
  std::jthread user([&] {
    while (!fs::exists(asked))
      std::this_thread::yield();
    stop.request_stop();
  });
  auto accelerator = choose_accelerator(request_, program, *store_);
  ASSERT_FALSE(accelerator);
  EXPECT_EQ(accelerator.error().kind, Error::Kind::interrupted);
  request_.stop = {};
  program =
      qemu("echo '{\"QMP\": {}}' >&$qmp; answer 1; answer 2; echo '[    0.1] bootgate: probe init started'; sleep 100");
  EXPECT_EQ(choose(program).kind, Accelerator::Kind::kvm);
}

TEST_F(AcceleratorTest, DoesNotRememberThatThereWasNoKernelToTry) {
  request_.probe_files = []() -> Result<ProbeFiles> { return bench_error("no network"); };
  auto program = qemu("exit 1");
  EXPECT_THAT(choose(program).reason, HasSubstr("no network"));
  EXPECT_FALSE(fs::exists(directory_ / "starts"));
}

}  // namespace
}  // namespace bootgate
