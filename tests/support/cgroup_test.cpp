#include "harness/support/cgroup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A host whose /proc/self/cgroup and /proc/self/mountinfo are these.
struct Host {
  Host(const char* groups, const char* mounts) {
    dir.file("proc/self/cgroup", groups);
    dir.file("proc/self/mountinfo", mounts);
  }

  /// "NAME at DIRECTORY", and a 2 for those of version 2.
  std::vector<std::string> groups(const char* controller) const {
    std::vector<std::string> texts;
    for (const Cgroup& group : own_cgroups(controller, dir.path()))
      texts.push_back(group.name + " at /" + group.directory.lexically_relative(dir.path()).string() +
                      (group.unified ? " 2" : ""));
    return texts;
  }

  TempDir dir;
};

constexpr const char* v2_mount = "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST(OwnCgroups, GoUpToTheRoot) {
  const Host host("0::/ci.slice/job-1\n", v2_mount);
  EXPECT_THAT(host.groups("cpu"), ElementsAre("/ci.slice/job-1 at /sys/fs/cgroup/ci.slice/job-1 2",
                                              "/ci.slice at /sys/fs/cgroup/ci.slice 2", "/ at /sys/fs/cgroup 2"));
}

TEST(OwnCgroups, AreTheNamespacesRootInAContainer) {
  const Host host("0::/\n", v2_mount);
  EXPECT_THAT(host.groups("memory"), ElementsAre("/ at /sys/fs/cgroup 2"));
}

TEST(OwnCgroups, AreThoseOfTheControllerInVersion1) {
  const Host host("5:memory:/a\n3:cpu,cpuacct:/b\n2:cpuset:/c\n1:name=systemd:/d\n",
                  "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
                  "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                  "33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                  "34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n");
  EXPECT_THAT(host.groups("cpu"), ElementsAre("/b at /sys/fs/cgroup/cpu,cpuacct/b", "/ at /sys/fs/cgroup/cpu,cpuacct"));
  EXPECT_THAT(host.groups("memory"), ElementsAre("/a at /sys/fs/cgroup/memory/a", "/ at /sys/fs/cgroup/memory"));
  EXPECT_THAT(host.groups("net_cls"), IsEmpty());
}

TEST(OwnCgroups, AreOfBothVersionsOnAHybridHost) {
  const Host host("4:memory:/m\n0::/u\n",
                  "33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                  "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  EXPECT_THAT(host.groups("memory"), ElementsAre("/m at /sys/fs/cgroup/memory/m", "/ at /sys/fs/cgroup/memory",
                                                 "/u at /sys/fs/cgroup/unified/u 2", "/ at /sys/fs/cgroup/unified 2"));
}

// docker without a cgroup namespace: paths are the host's, and the container's group is what is mounted.
TEST(OwnCgroups, StartBelowWhatIsMounted) {
  const Host host("4:memory:/docker/abc/inner\n",
                  "33 31 0:30 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  EXPECT_THAT(host.groups("memory"),
              ElementsAre("/inner at /sys/fs/cgroup/memory/inner", "/ at /sys/fs/cgroup/memory"));
}

TEST(OwnCgroups, AreWhatIsMountedWhereTheOwnOneIsNot) {
  for (const char* elsewhere : {"0::/docker/abcdef\n", "0::/other\n", "0::/docker/abc/../other\n"}) {
    const Host host(elsewhere, "33 31 0:30 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
    EXPECT_THAT(host.groups("memory"), ElementsAre("/ at /sys/fs/cgroup 2")) << elsewhere;
  }
}

TEST(OwnCgroups, AreFoundInTheMountThatHoldsThem) {
  const Host host("0::/ci/job\n",
                  "33 31 0:30 /elsewhere /mnt/a rw - cgroup2 cgroup rw\n"
                  "34 31 0:30 /ci /mnt/b rw - cgroup2 cgroup rw\n");
  EXPECT_THAT(host.groups("cpu"), ElementsAre("/job at /mnt/b/job 2", "/ at /mnt/b 2"));
}

TEST(OwnCgroups, HaveAnyName) {
  const Host host("0::/a b/c:d\\e\n", "31 23 0:28 / /sys/fs/c\\040group rw - cgroup2 cgroup2 rw\n");
  EXPECT_THAT(host.groups("cpu"), ElementsAre("/a b/c:d\\e at /sys/fs/c group/a b/c:d\\e 2",
                                              "/a b at /sys/fs/c group/a b 2", "/ at /sys/fs/c group 2"));
}

TEST(OwnCgroups, AreNoneWhereNothingSaysSo) {
  EXPECT_THAT(own_cgroups("cpu", "/no/such/root"), IsEmpty());
  EXPECT_THAT(Host("0::/a\n", "31 23 0:28 / /sys rw - sysfs sysfs rw\n").groups("cpu"), IsEmpty());
  EXPECT_THAT(Host("0:/a\n\nx\n0\n", v2_mount).groups("cpu"), IsEmpty());
  EXPECT_THAT(Host("0::/a\n", "\n- cgroup2\n31 23 0:28 / /sys - cgroup2\n").groups("cpu"), IsEmpty());
}

}  // namespace
}  // namespace bootgate
