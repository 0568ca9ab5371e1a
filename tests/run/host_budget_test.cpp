#include "harness/run/host_budget.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;

/// 16 CPUs and 8 GiB available, of which a tenth is kept.
struct Host {
  explicit Host(const char* groups = "", const char* mounts = "") {
    dir.file("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:         1000000 kB\nMemAvailable:    8388608 kB\n");
    dir.file("proc/self/cgroup", groups);
    dir.file("proc/self/mountinfo", mounts);
  }

  HostBudget budget() const { return read_host_budget({dir.path(), 16}); }
  void write(const std::string& name, const char* text) const { dir.file("sys/fs/cgroup/" + name, text); }

  TempDir dir;
};

constexpr const char* v2 = "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
constexpr std::int64_t whole = 8192 - 819 - 1;  // MiB: the tenth is no whole number

TEST(HostBudget, IsTheHostWithoutControlGroups) {
  const HostBudget budget = Host().budget();
  EXPECT_EQ(budget.cpus, 16);
  EXPECT_EQ(budget.cpus_from, "CPU affinity");
  EXPECT_EQ(budget.memory_mib, whole);
  EXPECT_EQ(budget.memory_from, "MemAvailable");
}

TEST(HostBudget, IsTheTightestGroupOnTheWayUp) {
  const Host host("0::/ci/job\n", v2);
  host.write("ci/job/cpu.max", "max 100000\n");
  host.write("ci/cpu.max", "250000 100000\n");
  host.write("ci/job/memory.max", "4294967296\n");
  host.write("ci/job/memory.current", "1073741824\n");
  host.write("ci/job/memory.stat", "anon 5\ninactive_file 536870912\nactive_file 9\n");
  host.write("ci/memory.max", "max\n");
  HostBudget budget = host.budget();
  EXPECT_EQ(budget.cpus, 3);
  EXPECT_EQ(budget.cpus_from, "cpu.max of cgroup /ci");
  EXPECT_EQ(budget.memory_mib, 3584 - 358 - 1);
  EXPECT_EQ(budget.memory_from, "memory.max of cgroup /ci/job");

  // The outer group is full of others' memory.
  host.write("ci/memory.max", "5368709120\n");
  host.write("ci/memory.current", "4294967296\n");
  budget = host.budget();
  EXPECT_EQ(budget.memory_mib, 1024 - 256);
  EXPECT_EQ(budget.memory_from, "memory.max of cgroup /ci");
}

TEST(HostBudget, RespectsTheLimitFromWhichAGroupIsSlowedDown) {
  const Host host("0::/job\n", v2);
  host.write("job/memory.max", "4294967296\n");
  host.write("job/memory.high", "2147483648\n");
  EXPECT_EQ(host.budget().memory_mib, 2048 - 256);
  EXPECT_EQ(host.budget().memory_from, "memory.high of cgroup /job");
}

TEST(HostBudget, KnowsVersion1) {
  const Host host("4:memory:/ci\n3:cpu,cpuacct:/ci\n",
                  "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                  "33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  host.write("cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  host.write("cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  host.write("memory/memory.limit_in_bytes", "9223372036854771712\n");
  host.write("memory/memory.usage_in_bytes", "9000000000\n");
  EXPECT_EQ(host.budget().cpus, 16);
  EXPECT_EQ(host.budget().memory_mib, whole);

  host.write("cpu,cpuacct/ci/cpu.cfs_quota_us", "150000\n");
  host.write("cpu,cpuacct/ci/cpu.cfs_period_us", "50000\n");
  host.write("memory/ci/memory.limit_in_bytes", "3221225472\n");
  host.write("memory/ci/memory.usage_in_bytes", "2147483648\n");
  host.write("memory/ci/memory.stat", "inactive_file 0\ntotal_inactive_file 1073741824\n");
  const HostBudget budget = host.budget();
  EXPECT_EQ(budget.cpus, 3);
  EXPECT_EQ(budget.cpus_from, "cpu.cfs_quota_us of cgroup /ci");
  EXPECT_EQ(budget.memory_mib, 2048 - 256);
  EXPECT_EQ(budget.memory_from, "memory.limit_in_bytes of cgroup /ci");
}

// The controllers of a hybrid host are in version 1, and version 2 only groups processes.
TEST(HostBudget, KnowsHybridHosts) {
  const Host host("4:memory:/m\n1:cpu:/c\n0::/u\n",
                  "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
                  "33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                  "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  host.write("unified/u/cgroup.procs", "1\n");
  host.write("cpu/c/cpu.cfs_quota_us", "200000\n");
  host.write("cpu/c/cpu.cfs_period_us", "100000\n");
  host.write("memory/m/memory.limit_in_bytes", "1073741824\n");
  EXPECT_EQ(host.budget().cpus, 2);
  EXPECT_EQ(host.budget().memory_mib, 1024 - 256);
}

TEST(HostBudget, IsTheContainersWithACgroupNamespace) {
  const Host host("0::/\n", v2);
  host.write("cpu.max", "50000 100000\n");
  host.write("memory.max", "536870912\n");
  host.write("memory.current", "4096\n");
  const HostBudget budget = host.budget();
  EXPECT_EQ(budget.cpus, 1);
  EXPECT_EQ(budget.cpus_from, "cpu.max of cgroup /");
  EXPECT_EQ(budget.memory_mib, 512 - 256 - 1);
  EXPECT_EQ(budget.memory_from, "memory.max of cgroup /");
}

TEST(HostBudget, NeverFallsBelowOneCpuAndNoMemory) {
  const Host host("0::/job\n", v2);
  host.write("job/cpu.max", "1000 1000000\n");
  host.write("job/memory.max", "104857600\n");
  host.write("job/memory.current", "209715200\n");
  EXPECT_EQ(host.budget().cpus, 1);
  EXPECT_EQ(host.budget().memory_mib, 0);
}

TEST(HostBudget, TakesNothingFromWhatItCannotRead) {
  const Host host("0::/job\n", v2);
  for (const char* text : {"", "max", "x 100000\n", "100000\n", "0 100000\n", "100000 0\n", "-5 100000\n", "1 2 3\n"}) {
    host.write("job/cpu.max", text);
    EXPECT_EQ(host.budget().cpus, 16) << text;
  }
  for (const char* text : {"", "max\n", "12 kB\n", "-1\n", "99999999999999999999999\n"}) {
    host.write("job/memory.max", text);
    EXPECT_EQ(host.budget().memory_mib, whole) << text;
  }
}

TEST(HostBudget, HasNoMemoryWhereNothingTells) {
  const HostBudget budget = read_host_budget({"/no/such/root", 4});
  EXPECT_EQ(budget.cpus, 4);
  EXPECT_EQ(budget.memory_mib, 0);
  EXPECT_THAT(budget.memory_from, HasSubstr("/proc/meminfo"));
}

TEST(HostBudget, KeepsNoMoreThanTwoGibibytes) {
  const Host host;
  host.dir.file("proc/meminfo", "MemAvailable:   134217728 kB\n");
  EXPECT_EQ(host.budget().memory_mib, (128 - 2) * 1024);
}

TEST(HostBudget, CountsTheCpusThatItMayRunOn) {
  HostBudget budget;
  std::jthread([&] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    budget = read_host_budget();
  }).join();
  EXPECT_EQ(budget.cpus, 1);
  EXPECT_EQ(budget.cpus_from, "CPU affinity");
  EXPECT_GT(budget.memory_mib, 0);
}

}  // namespace
}  // namespace bootgate
