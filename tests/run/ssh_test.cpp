#include "harness/run/ssh.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootgate {
namespace {

TEST(PortIn, IsTheHostsThatLeadsToTheGuestsSsh) {
  EXPECT_EQ(port_in("Hub -1 (net):\r\n"
                    "  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n"
                    "  TCP[HOST_FORWARD]  12       127.0.0.1 46101       10.0.2.15  2222     0     0\r\n"
                    "  TCP[HOST_FORWARD]  11       127.0.0.1 38473       10.0.2.15    22     0     0\r\n"),
            38473);
}

TEST(PortIn, IsNothingWithoutOne) {
  EXPECT_FALSE(port_in(""));
  EXPECT_FALSE(port_in("  TCP[ESTABLISHED]   13       127.0.0.1 38473       10.0.2.15    22     0     0\r\n"));
  EXPECT_FALSE(port_in("  TCP[HOST_FORWARD]  11\r\n"));
  EXPECT_FALSE(port_in("  TCP[HOST_FORWARD]  11       127.0.0.1 x       10.0.2.15    22     0     0\r\n"));
}

TEST(SshArgv, AsksNobodyAndReadsNoConfiguration) {
  auto argv = ssh_argv("root", 4022, "/k");
  EXPECT_EQ(argv.front(), "ssh");
  EXPECT_EQ(argv.back(), "127.0.0.1");
  EXPECT_THAT(argv, testing::IsSupersetOf({"none", "BatchMode=yes", "4022", "/k", "UserKnownHostsFile=/dev/null"}));
}

}  // namespace
}  // namespace bootgate
