#include "harness/support/cpu_share.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

/// What starvation() says of a process that ran and waited so long in 30 s, on an idle host.
std::optional<std::string> verdict(Duration ran, std::optional<Duration> waited, const CpuShare& more = {}) {
  CpuShare before, after = more;
  before.ran = 5s;
  before.waited = 7s;
  after.ran = before.ran + ran;
  if (waited)
    after.waited = *before.waited + *waited;
  else
    before.waited.reset();
  return starvation(before, after, 30s);
}

TEST(Starvation, IsSaidWithFigures) {
  EXPECT_EQ(verdict(3600ms, 25500ms), "it got 12 % of a CPU, and waited 85 % of 30s for one");
}

TEST(Starvation, IsNoneOfAProcessThatDidNotWant) {
  EXPECT_EQ(verdict(0s, 0s), std::nullopt);
  EXPECT_EQ(verdict(300ms, 200ms), std::nullopt);
  // It woke now and then, and each time waited on a busy host.
  EXPECT_EQ(verdict(300ms, 6s), std::nullopt);
}

TEST(Starvation, IsNoneOfAProcessThatHadItsCpu) {
  EXPECT_EQ(verdict(30s, 0s), std::nullopt);
  EXPECT_EQ(verdict(29s, 1s), std::nullopt);
  EXPECT_EQ(verdict(15s, 15s), std::nullopt);
  // Four threads on two CPUs: each had half of one.
  EXPECT_EQ(verdict(60s, 60s), std::nullopt);
}

TEST(Starvation, BeginsBelowHalfOfWhatWasWanted) {
  EXPECT_EQ(verdict(10s, 9s), std::nullopt);
  EXPECT_NE(verdict(10s, 11s), std::nullopt);
  EXPECT_NE(verdict(0s, 8s), std::nullopt);
  EXPECT_EQ(verdict(0s, 7s), std::nullopt);
  EXPECT_NE(verdict(20s, 100s), std::nullopt);
}

TEST(Starvation, IsNotGuessedWhereNobodyCounted) {
  EXPECT_EQ(verdict(2s, std::nullopt), std::nullopt);
  EXPECT_EQ(verdict(30s, std::nullopt), std::nullopt);
}

TEST(Starvation, NamesTheLimitOfTheControlGroup) {
  CpuShare held;
  held.throttled = 20s;
  EXPECT_EQ(verdict(3s, 27s, held),
            "it got 10 % of a CPU, and waited 90 % of 30s for one; the CPU limit of its control group held it back");
  // The others in the group were held back, while this one slept.
  EXPECT_EQ(verdict(0s, 0s, held), std::nullopt);
  held.throttled = 1s;
  EXPECT_THAT(verdict(3s, 27s, held).value(), Not(HasSubstr("limit")));
}

TEST(Starvation, KnowsStolenTime) {
  CpuShare robbed;
  robbed.busy = 60s;
  robbed.stolen = 42s;
  EXPECT_EQ(verdict(30s, 0s, robbed),
            "it got 100 % of a CPU, and waited 0 % of 30s for one; a hypervisor gave 70 % of this host's CPU time to "
            "others");
  EXPECT_EQ(verdict(12s, std::nullopt, robbed),
            "it got 40 % of a CPU; a hypervisor gave 70 % of this host's CPU time to others");
  EXPECT_EQ(verdict(1s, 0s, robbed), std::nullopt);  // it slept
  robbed.stolen = 20s;
  EXPECT_EQ(verdict(30s, 0s, robbed), std::nullopt);
}

TEST(Starvation, BearsCountersThatShrink) {
  // A thread has ended, and took its times with it.
  CpuShare before{20s, 40s, 5s, 100s, 90s}, after{10s, 20s, 1s, 50s, 10s};
  EXPECT_EQ(starvation(before, after, 30s), std::nullopt);
  EXPECT_EQ(starvation(after, before, 0s), std::nullopt);
}

/// A /proc with process 7, and the two thread's schedstat if there is one.
struct Proc {
  explicit Proc(const char* first = nullptr, const char* second = nullptr) {
    const std::string ticks = std::to_string(::sysconf(_SC_CLK_TCK));
    dir.file("proc/7/stat", "7 (a b) c) S 1 7 7 0 -1 4194560 100 0 0 0 " + ticks + " " + ticks + " 0 0 20 0 2 0 0\n");
    dir.file("proc/stat", "cpu  100 200 300 4000 50 10 20 30 5 5\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    if (first) dir.file("proc/7/task/7/schedstat", first);
    if (second) dir.file("proc/7/task/8/schedstat", second);
  }
  CpuShare share() const { return read_cpu_share(7, dir.path()).value(); }
  TempDir dir;
};

TEST(CpuShare, SumsTheThreads) {
  const CpuShare share = Proc("1500000000 2500000000 17\n", "250000000 500000000 3\n").share();
  EXPECT_EQ(share.ran, 1750ms);
  EXPECT_EQ(share.waited, 3s);
}

TEST(CpuShare, FallsBackToStat) {
  for (const char* off : {(const char*)nullptr, "0 0 0\n", "\n"}) {
    const CpuShare share = Proc(off, off).share();
    EXPECT_EQ(share.ran, 2s);
    EXPECT_EQ(share.waited, std::nullopt);
  }
}

TEST(CpuShare, CountsAProcessThatHasNotRunYet) {
  const Proc proc("0 0 0\n");
  proc.dir.file("proc/7/stat", "7 (qemu) R 1 7 7 0 -1 4194560 100 0 0 0 0 0 0 0 20 0 2 0 0\n");
  EXPECT_EQ(proc.share().waited, 0s);
}

TEST(CpuShare, CountsTheHostsCpus) {
  const long ms = 1000 / ::sysconf(_SC_CLK_TCK);
  EXPECT_EQ(Proc().share().busy, Duration((100 + 200 + 300 + 10 + 20 + 30) * ms));
  EXPECT_EQ(Proc().share().stolen, Duration(30 * ms));
}

TEST(CpuShare, SumsWhatTheGroupsHeldBack) {
  const Proc proc;
  EXPECT_EQ(proc.share().throttled, std::nullopt);
  proc.dir.file("proc/self/cgroup", "3:cpu,cpuacct:/a\n0::/b/c\n");
  proc.dir.file(
      "proc/self/mountinfo",
      "32 31 0:29 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n41 31 0:38 / /cg/v2 rw - cgroup2 cgroup2 rw\n");
  proc.dir.file("cg/v2/b/c/cpu.stat", "usage_usec 5\nnr_throttled 2\nthrottled_usec 1500000\n");
  proc.dir.file("cg/v2/b/cpu.stat", "usage_usec 5\nthrottled_usec 250000\n");
  proc.dir.file("cg/cpu/a/cpu.stat", "nr_periods 0\nnr_throttled 0\nthrottled_time 2000000000\n");
  EXPECT_EQ(proc.share().throttled, 3750ms);
}

TEST(CpuShare, IsNothingOnceTheProcessIsGone) {
  EXPECT_EQ(read_cpu_share(7, "/no/such/root"), std::nullopt);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(read_cpu_share(child), std::nullopt);
}

/// A process that spins or sleeps on one CPU until this goes.
class Worker {
 public:
  Worker(bool spins, std::size_t cpu, int nice) : pid_(::fork()) {
    if (pid_ != 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (::sched_setaffinity(0, sizeof one, &one) != 0) ::_exit(1);
    (void)::setpriority(PRIO_PROCESS, 0, nice);  // more than ours is for root only
    for (volatile unsigned long turns = 0;;) {
      if (!spins) ::pause();
      turns = turns + 1;
    }
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  CpuShare share() const { return read_cpu_share(pid_).value(); }

 private:
  pid_t pid_;
};

TEST(CpuShare, TellsWhoStarvesOnTheSameCpu) {
  if (!fs::exists("/proc/self/schedstat")) GTEST_SKIP() << "this kernel has no schedstat";
  const auto cpu = static_cast<std::size_t>(::sched_getcpu());
  const int nice = ::getpriority(PRIO_PROCESS, 0);
  if (nice > 14) GTEST_SKIP() << "no lower priority is left for the one that is to starve";
  const Worker starving(true, cpu, nice + 5), sleeping(false, cpu, nice);
  const Worker first(true, cpu, nice), second(true, cpu, nice), third(true, cpu, nice);
  const CpuShare starving_before = starving.share(), sleeping_before = sleeping.share();
  const TimePoint start = Clock::now();
  std::this_thread::sleep_for(2s);  // the span that is looked at
  const CpuShare starving_after = starving.share(), sleeping_after = sleeping.share();
  const auto wall = std::chrono::duration_cast<Duration>(Clock::now() - start);
  EXPECT_THAT(starvation(starving_before, starving_after, wall).value_or("fed"), HasSubstr("of a CPU, and waited "));
  EXPECT_EQ(starvation(sleeping_before, sleeping_after, wall), std::nullopt);
}

TEST(CpuShare, SeesWorkThatHasACpuForItself) {
  if (!fs::exists("/proc/self/schedstat")) GTEST_SKIP() << "this kernel has no schedstat";
  const auto cpu = static_cast<std::size_t>(::sched_getcpu());
  const Worker alone(true, cpu, -15);
  // On a host that is busy with other things, a span in which nobody else wants that CPU may be long in coming.
  for (const TimePoint deadline = Clock::now() + 10s; Clock::now() < deadline;) {
    const CpuShare before = alone.share();
    const TimePoint start = Clock::now();
    std::this_thread::sleep_for(200ms);
    const CpuShare after = alone.share();
    const auto wall = std::chrono::duration_cast<Duration>(Clock::now() - start);
    if ((after.ran - before.ran) * 10 < wall * 8) continue;
    if ((after.stolen - before.stolen) * 10 > wall) continue;
    EXPECT_LT(*after.waited - *before.waited, wall / 2);
    EXPECT_EQ(starvation(before, after, wall), std::nullopt);
    return;
  }
  GTEST_SKIP() << "this host is too busy";
}

}  // namespace
}  // namespace bootgate
