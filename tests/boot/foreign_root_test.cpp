// A root file system of the user's own: nothing of ours is in it, and commands go through the shell on ttyS0.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures/boot/initramfs.hpp"
#include "fixtures/build/busybox.hpp"
#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

/// A root as people make it by hand: busybox, a few directories, and a shell on the console. `compress` is a shell
/// filter.
fs::path make_root(const BootRun& here, const std::string& compress, const std::string& name) {
  auto busybox = host_busybox();
  EXPECT_TRUE(busybox);
  here.file("init",
            "#!/bin/sh\n/bin/busybox --install -s /bin\nmount -t proc proc /proc\nmount -t sysfs sysfs /sys\n"
            "mount -t devtmpfs dev /dev\n"
            // busybox's poweroff asks process 1 by this signal, and without an init nobody else would obey.
            "trap 'poweroff -f' USR2\nsetsid cttyhack sh &\nwhile :; do wait; done\n");
  auto made =
      run_checked({"sh", "-ec",
                   "mkdir -p root/bin root/dev root/proc root/sys; cp \"$1\" root/bin/busybox; cp init root/init; "
                   "ln -sf busybox root/bin/sh; cd root; find . | busybox cpio -o -H newc 2>/dev/null | " +
                       compress + " >../" + name,
                   "sh", busybox->string()},
                  {.directory = here.directory(),
                   .environment = {},
                   .input = {},
                   .timeout = {},
                   .stop = {},
                   .on_output = {},
                   .on_errors = {}});
  EXPECT_TRUE(made) << (made ? "" : one_line(made.error()));
  return here.directory() / name;
}

constexpr const char* suite_text = R"toml(
name = "own"
[[case]]
name   = "prompt"
during = "boot"
steps  = [{ expect-regex = '^Linux version' }, { expect-prompt = "#" }]
[[case]]
name  = "commands"
steps = [{ run = "echo $((6 * 7))", output-regex = '^42$' }, { run = "exit 5", status = 5 },
         { run = "i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i + 1)); done", output-regex = '^line 499$' },
         { run = "echo hello from the kernel >/dev/kmsg" }, { expect = "hello from the kernel" }]
[[case]]
name  = "long-command"
steps = [{ run = ": LONG; echo done", output-regex = '^done$' }]
)toml";

TEST(ForeignRoot, IsDrivenThroughTheShellOnItsConsole) {
  BootRun here;
  fs::path root = make_root(here, "gzip", "root.cpio.gz");
  fs::path suite = here.file("own.toml", replaced(suite_text, "LONG", std::string(10'000, 'x')));
  RunSeen seen = here.run({suite.string(), "--rootfs", root.string(), "--timeout-scale", "0.3"});
  EXPECT_EQ(seen.cases["prompt"].outcome, "pass") << seen.cases["prompt"].message;
  EXPECT_EQ(seen.cases["commands"].outcome, "pass") << seen.cases["commands"].message << seen.cases["commands"].text;
  EXPECT_EQ(seen.cases["long-command"].outcome, "pass") << seen.cases["long-command"].message;
  EXPECT_EQ(seen.cases["clean-end"].outcome, "pass") << seen.cases["clean-end"].message;
}

TEST(ForeignRoot, MayBePlainOrCompressedOtherwise) {
  BootRun here;
  fs::path suite = here.file("own.toml", suite_text);
  for (auto [compress, name] : {std::pair{"cat", "root.cpio"}, {"busybox cat | xz --check=crc32", "root.cpio.xz"}}) {
    fs::path root = make_root(here, compress, name);
    RunSeen seen = here.run({suite.string(), "--rootfs", root.string(), "--timeout-scale", "0.3"});
    EXPECT_EQ(seen.cases["commands"].outcome, "pass") << name << seen.cases["commands"].message;
  }
}

TEST(ForeignRoot, ThatIsNoArchiveIsAUsageError) {
  BootRun here;
  fs::path root = here.file("root.cpio", "this is no archive");
  RunSeen seen = here.run({"--rootfs", root.string()});
  EXPECT_EQ(seen.status, 2) << seen.errors;
}

}  // namespace
}  // namespace bootgate
