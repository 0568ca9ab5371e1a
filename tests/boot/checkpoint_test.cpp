// Machines of a packaged kernel, saved and cloned by the library itself: what no command line can provoke.
#include <dirent.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/machine/qemu.hpp"
#include "harness/run/boot.hpp"
#include "harness/run/case_runner.hpp"
#include "harness/run/kernel_supply.hpp"
#include "harness/support/data.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr Duration patience = 120s;

/// A booted guest that was saved once, for all tests of this file.
class Saved : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto store = Store::open();
    ASSERT_TRUE(store);
    auto qemu = find_qemu("", *store);
    ASSERT_TRUE(qemu) << one_line(qemu.error());
    auto* plan = new Plan;
    plan->host.qemu = qemu->path;
    plan->kernels.push_back({KernelName{}, {}, "host", {}});
    auto kernel = supply_kernel(plan->kernels.front(), {*plan, *store, false}, [](const Event&) {}, {});
    ASSERT_TRUE(kernel) << one_line(kernel.error());
    Job job;
    job.name = "saved";
    job.time_scale = tcg_time_scale;
    job.suite.limit = 10min;
    job.suite.silence = 60s;
    auto files = make_boot_files(job, {}, *kernel, *store, {});
    ASSERT_TRUE(files) << one_line(files.error());
    std::vector<Error> errors;
    auto signatures =
        std::make_shared<const SignatureSet>(read_signatures(data_root() / "expectations/signatures", errors));
    ASSERT_TRUE(errors.empty());
    auto directory = make_temp_dir(testing::TempDir(), "saved-");
    ASSERT_TRUE(directory);
    inputs_ = new JobInputs{*plan, job, 0, *files, *directory, signatures, [](const Event&) {}, {}};

    Boot boot(*inputs_, EvidenceFiles{*directory});
    auto guest = boot.start(true);
    ASSERT_TRUE(guest) << one_line(guest.error());
    (*guest)->begin_case({});
    ASSERT_EQ((*guest)->wait([&] { return (*guest)->control_ready(); }, Clock::now() + patience, false), End::matched);
    auto checkpoint = (*guest)->checkpoint();
    ASSERT_TRUE(checkpoint) << one_line(checkpoint.error());
    saved_ = new SavedGuest{std::move(*checkpoint), (*guest)->past(), boot.spec(), boot.nonce()};
  }

  void SetUp() override { ASSERT_NE(saved_, nullptr); }

  static Result<std::unique_ptr<Guest>> clone(const SavedGuest& saved, const std::string& name = "clone") {
    return Boot(*inputs_, EvidenceFiles{inputs_->directory / name}, 0).clone(saved);
  }

  /// What a clone answers to a command, or how the wait for it ended.
  static std::string answer(Guest& guest, const std::string& command) {
    guest.begin_case({});
    if (guest.introduce(Clock::now() + patience) != End::matched) return "no answer to its introduction";
    auto answer = guest.command(command, Clock::now() + patience);
    const auto* said = std::get_if<ControlAnswer>(&answer);
    return said ? said->output : "no answer";
  }

  static JobInputs* inputs_;
  static SavedGuest* saved_;
};

JobInputs* Saved::inputs_ = nullptr;
SavedGuest* Saved::saved_ = nullptr;

TEST_F(Saved, GoesOnInAClone) {
  auto guest = clone(*saved_);
  ASSERT_TRUE(guest) << one_line(guest.error());
  EXPECT_EQ(answer(**guest, "echo $((6 * 7))"), "42");
}

TEST_F(Saved, KnowsWhatItsConsoleHadShown) {
  auto guest = clone(*saved_);
  ASSERT_TRUE(guest) << one_line(guest.error());
  const auto& lines = (*guest)->console().lines();
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const ConsoleText& line) {
    return line.text.find("Linux version") != std::string::npos;
  }));
  EXPECT_TRUE((*guest)->reports().empty());
}

TEST_F(Saved, ShowsACloneItsWholeBootWhereACaseAsksForThat) {
  auto guest = clone(*saved_);
  ASSERT_TRUE(guest) << one_line(guest.error());
  ASSERT_EQ(answer(**guest, "true"), "");
  Case the_case;
  the_case.name = "from-boot";
  the_case.from_boot = true;
  the_case.steps = {Step{Expect{PatternText{"Linux version", false, {}}}, 1s, {}}};
  CaseContext context;
  EXPECT_EQ(run_case(**guest, Suite{}, the_case, context).outcome, Outcome::pass);
  the_case.from_boot = false;
  EXPECT_EQ(run_case(**guest, Suite{}, the_case, context).outcome, Outcome::fail);
}

TEST_F(Saved, CantBeChangedByAClone) {
  const std::string command = "[ -e /mark ] && echo marked; dd if=/dev/zero of=/mark bs=1M count=40 2>&-; sync";
  for (int i = 0; i < 2; ++i) {
    auto guest = clone(*saved_);
    ASSERT_TRUE(guest) << one_line(guest.error());
    EXPECT_EQ(answer(**guest, command), "");
  }
}

TEST_F(Saved, WithAStateThatIsCutOffIsAnErrorThatSaysSo) {
  SavedGuest cut = *saved_;
  cut.checkpoint.devices.resize(cut.checkpoint.devices.size() / 2);
  auto guest = clone(cut);
  ASSERT_FALSE(guest);
  EXPECT_EQ(guest.error().kind, Error::Kind::bench);
  EXPECT_THAT(guest.error().what, HasSubstr("the checkpoint can't be loaded: QEMU failed"));
}

TEST_F(Saved, WithAStateThatIsGarbageIsAnErrorThatSaysSo) {
  SavedGuest garbage = *saved_;
  for (std::size_t i = 0; i < garbage.checkpoint.devices.size(); i += 7)
    garbage.checkpoint.devices[i] = static_cast<char>(~garbage.checkpoint.devices[i]);
  auto guest = clone(garbage);
  ASSERT_FALSE(guest);
  EXPECT_EQ(guest.error().kind, Error::Kind::bench);
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

long resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib;
  }
  return 0;
}

TEST_F(Saved, CanBeCloned500TimesWithoutALeak) {
  // The first ones fill caches: libraries, allocators, the thread that spawns.
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(clone(*saved_));
  const std::size_t descriptors = open_descriptors();
  const long memory = resident_kib();
  const auto files = std::distance(fs::recursive_directory_iterator(inputs_->directory), {});
  for (int i = 0; i < 500; ++i) {
    auto guest = clone(*saved_);
    ASSERT_TRUE(guest) << i << ": " << one_line(guest.error());
    if (i % 50 == 0) {
      ASSERT_EQ(answer(**guest, "echo " + std::to_string(i)), std::to_string(i));
    }
  }
  EXPECT_EQ(open_descriptors(), descriptors);
  EXPECT_LT(resident_kib(), memory + 8 * 1024);
  EXPECT_EQ(std::distance(fs::recursive_directory_iterator(inputs_->directory), {}), files);
}

}  // namespace
}  // namespace bootgate
