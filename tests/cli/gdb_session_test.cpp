#include "harness/cli/gdb_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(GdbSession, StandsAtTheFirstInstructionUnlessABreakpointIsWanted) {
  GdbSession session;
  session.gdb = "/usr/bin/gdb";
  session.vmlinux = "/k/vmlinux";
  session.socket = "/tmp/s/gdb";
  EXPECT_THAT(gdb_argv(session), ElementsAre("/usr/bin/gdb", "-q", "/k/vmlinux", "-ex", "target remote /tmp/s/gdb"));
}

TEST(GdbSession, LoadsTheKernelsScriptsAndRunsToTheBreakpoint) {
  GdbSession session;
  session.gdb = "/usr/bin/gdb";
  session.vmlinux = "/k/vmlinux";
  session.socket = "/tmp/s/gdb";
  session.has_scripts = true;
  session.breakpoints = {"start_kernel", "kernel_init"};
  session.more = {"-batch", "-ex", "lx-version"};
  EXPECT_THAT(gdb_argv(session), ElementsAre("/usr/bin/gdb", "-q", "-iex", "add-auto-load-safe-path /k", "/k/vmlinux",
                                             "-ex", "target remote /tmp/s/gdb", "-ex", "hbreak start_kernel", "-ex",
                                             "hbreak kernel_init", "-ex", "continue", "-batch", "-ex", "lx-version"));
}

TEST(GdbSession, GoesWithoutSymbolsWhereThereAreNone) {
  GdbSession session;
  session.gdb = "gdb";
  session.socket = "/tmp/s/gdb";
  EXPECT_THAT(gdb_argv(session), ElementsAre("gdb", "-q", "-ex", "target remote /tmp/s/gdb"));
}

TEST(GdbScripts, AreThereWhenTheirConstantsWereMadeToo) {
  TempDir build;
  const fs::path vmlinux = build.file("vmlinux", "");
  EXPECT_FALSE(has_gdb_scripts(vmlinux));
  build.file("vmlinux-gdb.py", "");
  EXPECT_FALSE(has_gdb_scripts(vmlinux)) << "CONFIG_GDB_SCRIPTS, but no make scripts_gdb";
  build.file("scripts/gdb/linux/constants.py", "");
  EXPECT_TRUE(has_gdb_scripts(vmlinux));
}

TEST(GdbSession, SaysHowAKernelWithoutSymbolsGetsThem) {
  KernelImage kernel;
  kernel.origin = "linux-image-cloud-amd64";
  auto session = plan_gdb("/usr/bin/gdb", kernel);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, Error::Kind::usage);
  EXPECT_EQ(session.error().what, "no vmlinux comes with linux-image-cloud-amd64");
  EXPECT_THAT(session.error().hint, HasSubstr("--fragment gdb"));
}

TEST(GdbSession, SaysHowAKernelWithoutDebugInfoGetsIt) {
  KernelImage kernel;
  // A program without debug info is an ELF file like any other.
  kernel.vmlinux = "/bin/true";
  auto session = plan_gdb("/usr/bin/gdb", kernel);
  ASSERT_FALSE(session);
  EXPECT_THAT(session.error().what, HasSubstr("/bin/true"));
  EXPECT_THAT(session.error().hint, HasSubstr("--fragment gdb"));
}

}  // namespace
}  // namespace bootgate
