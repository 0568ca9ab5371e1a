// Checkpoints and clones on a real kernel: each case has a machine of its own, and what can't be cloned is booted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/support/text.hpp"
#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

/// A case named `name` that runs one command.
std::string runs(const std::string& name, const std::string& command, const std::string& more = {}) {
  return "\n[[case]]\nname  = \"" + name + "\"\nsteps = [{ run = '''" + command + "'''" + more + " }]\n";
}

/// Part of a script that becomes QEMU: kills that when its guest has begun with the case.
const std::string killed_when_begun =
    "log=$*; log=${log#*logfile=}; log=${log%%[, ]*}; "
    "while kill -0 $$; do grep -q '\\] begun' \"$log\" && kill -9 $$; sleep 0.1; done";
constexpr const char* begins_and_sleeps = "echo begun >/dev/kmsg; sleep 20";

TEST(Clone, SeesNothingOfWhatAnotherCaseDid) {
  BootRun here;
  std::string suite = "name = \"apart\"\n";
  for (const char* name : {"a", "b", "c"})
    suite += runs(name, "[ ! -e /tmp-of-one ] && echo x >/tmp-of-one && echo 7 >/proc/sys/vm/swappiness && sync");
  suite += runs("d", "cat /proc/sys/vm/swappiness", ", output = \"60\"");
  RunSeen seen = here.run({here.file("apart.toml", suite)});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  EXPECT_THAT(seen.with("pass"), ElementsAre("a", "b", "c", "clean-end", "d"));
  EXPECT_THAT(seen.properties["checkpoint"], HasSubstr("kB of devices"));
}

TEST(Clone, HasADiskOfItsOwnThatBeginsAsTheBootedMachineLeftIt) {
  BootRun here;
  std::string suite = R"(
name    = "disks"
profile = "disk"

[[case]]
name   = "prepare"
during = "boot"
steps  = [
  { login = "root", password = "root" },
  { send = "modprobe virtio_pci; modprobe virtio_blk; until [ -b /dev/vda ]; do mdev -s; done; " },
  { send = "printf %s base >/dev/vda; sync; echo writ''ten\n" },
  { expect = "written" },
]

[[case]]
name     = "virtio"
requires = ["module:virtio_blk", "module:virtio_pci"]
steps    = [{ run = "head -c 4 /dev/vda", output = "base" }]
)";
  for (const char* name : {"one", "two", "three"})
    suite +=
        runs(name, "head -c 4 /dev/vda; printf %s mine >/dev/vda; sync; head -c 4 /dev/vda", ", output = \"basemine\"");
  RunSeen seen = here.run({here.file("disks.toml", suite)});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  EXPECT_THAT(seen.with("pass"), ElementsAre("clean-end", "one", "prepare", "three", "two", "virtio"));
}

/// Of each of several cases, what it found out: the named group `seen` of its command's output.
std::vector<std::string> records(RunSeen& seen, const std::vector<std::string>& cases) {
  std::vector<std::string> values;
  for (const std::string& name : cases)
    values.push_back(seen.properties["own." + name + ".seen"]);
  return values;
}

TEST(Clone, HasItsOwnRandomNumbersNonceAndTheTimeOfDay) {
  BootRun here;
  const std::vector<std::string> cases{"a", "b", "c", "d"};
  std::string suite = "name = \"own\"\n";
  for (const std::string& name : cases)
    suite += runs(name, "echo $(head -c 16 /dev/urandom | md5sum | cut -c-32) $bootgate_nonce $(date +%s)",
                  ", output-regex = '^(?<seen>[0-9a-f]{32} [0-9a-f]+ [0-9]+)$'");
  const auto before = std::time(nullptr);
  RunSeen seen = here.run({here.file("own.toml", suite)});
  const auto after = std::time(nullptr);
  ASSERT_EQ(seen.status, 0) << seen.output << seen.errors;
  std::set<std::string> randoms, nonces;
  for (const std::string& record : records(seen, cases)) {
    auto words = split(record, ' ');
    ASSERT_THAT(words, SizeIs(3)) << record;
    randoms.emplace(words[0]);
    nonces.emplace(words[1]);
    const long seconds = std::atol(std::string(words[2]).c_str());
    EXPECT_GE(seconds, before);
    EXPECT_LE(seconds, after + 1);
  }
  EXPECT_THAT(randoms, SizeIs(cases.size()));
  EXPECT_THAT(nonces, SizeIs(cases.size()));
}

TEST(Clone, ThatPanicsTouchesNoOtherCase) {
  BootRun here;
  std::string suite = "name = \"neighbours\"\n";
  for (int i = 0; i < 8; ++i) {
    suite += runs("good-" + std::to_string(i), "sleep 0.2; echo fine", ", output = \"fine\"");
    if (i == 3) suite += runs("bad", "echo c >/proc/sysrq-trigger");
  }
  RunSeen seen = here.run({here.file("neighbours.toml", suite), "-j", "8"});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  EXPECT_THAT(seen.with("fail"), ElementsAre("bad"));
  EXPECT_THAT(seen.with("pass"), SizeIs(9));
  EXPECT_THAT(seen.cases["bad"].message, HasSubstr("sysrq triggered crash"));
}

/// A QEMU that does as `script` says before it becomes the real one.
fs::path qemu_that(const BootRun& here, const std::string& script) {
  return here.file("qemu", "#!/bin/sh\n" + script + "\nexec qemu-system-x86_64 \"$@\"\n");
}

const char* two_cases = "name = \"two\"\n";

RunSeen run_two(const BootRun& here, std::vector<std::string> arguments) {
  std::string suite = two_cases + runs("a", "echo x", ", output = \"x\"") + runs("b", "true");
  arguments.push_back(here.file("two.toml", suite));
  return here.run(arguments);
}

TEST(Clone, ThatCantBeMadeIsReplacedByABoot) {
  BootRun here;
  fs::path qemu = qemu_that(here, "case \"$*\" in *-incoming*) echo 'no clones today' >&2; exit 1 ;; esac");
  RunSeen seen = run_two(here, {"--qemu", qemu});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  EXPECT_THAT(seen.with("pass"), ElementsAre("a", "b", "clean-end"));
  EXPECT_THAT(seen.junit, HasSubstr("a fresh boot: QEMU failed while"));
  EXPECT_THAT(seen.junit, HasSubstr("no clones today"));
}

TEST(Clone, OfADeviceThatCantBeSavedIsReplacedByABoot) {
  BootRun here;
  RunSeen seen = run_two(here, {"--qemu-arg=-device", "--qemu-arg=nvme,serial=1"});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  EXPECT_THAT(seen.with("pass"), ElementsAre("a", "b", "clean-end"));
  EXPECT_THAT(seen.properties["checkpoint"], AllOf(StartsWith("none: "), HasSubstr("nvme")));
}

TEST(Clone, ThatIsKilledIsAnErrorOfTheBenchAndOfItsCaseOnly) {
  BootRun here;
  // The clone of case "a" is the one whose console is logged below a directory of that name.
  fs::path qemu =
      qemu_that(here, "case \"$*\" in *logfile=*/a/console.log*-incoming*) (" + killed_when_begun + ") & ;; esac");
  std::string suite =
      std::string("name = \"killed\"\n") + runs("a", begins_and_sleeps) + runs("b", "true") + runs("c", "true");
  RunSeen seen = here.run({"--qemu", qemu, here.file("killed.toml", suite)});
  EXPECT_EQ(seen.status, 3) << seen.output << seen.errors;
  EXPECT_THAT(seen.with("error"), ElementsAre("a"));
  EXPECT_THAT(seen.cases["a"].message, HasSubstr("SIGKILL"));
  EXPECT_THAT(seen.with("pass"), ElementsAre("b", "c", "clean-end"));
}

/// "name: outcome" of every case of a run.
std::vector<std::string> outcomes(const RunSeen& seen) {
  std::vector<std::string> lines;
  for (const auto& [name, result] : seen.cases)
    lines.push_back(name + ": " + result.outcome + " " + result.type + " " + result.message);
  return lines;
}

TEST(Clone, GoesOnWithItsNonceWhenItsIdleCommandLoopStartsAnew) {
  BootRun here;
  const std::string suite = R"(
name = "anew"
[[case]]
name  = "idle"
steps = [
  { run = "( trap '' HUP; sleep 2; kill -9 $$; sleep 10; echo later >/dev/kmsg ) >/dev/null 2>&1 &" },
  { expect = "later" },
  { run = "echo fine", output = "fine" },
]
)";
  RunSeen seen = here.run({here.file("anew.toml", suite)});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
}

/// A QEMU whose first machine does as `script` says.
fs::path qemu_whose_first(const BootRun& here, const std::string& script) {
  const std::string mark = (here.directory() / "first").string();
  return qemu_that(here, "case \"$*\" in *-nodefaults*) if ! [ -e " + mark + " ]; then touch " + mark + "; " + script +
                             "; fi ;; esac");
}

TEST(Attempts, ABootThatCrashesIsNotForgivenByTheNextOne) {
  BootRun here;
  // What it gets for an initramfs is a script.
  const fs::path qemu = qemu_whose_first(here, "set -- \"$@\" -initrd \"$0\"");
  RunSeen seen = run_two(here, {"--qemu", qemu, "--repeat", "2"});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  EXPECT_THAT(seen.with("fail"), ElementsAre("clean-end"));
  EXPECT_THAT(seen.cases["clean-end"].message, HasSubstr("Initramfs unpacking failed"));
}

TEST(Attempts, ABootThatFailsOnceIsFlaky) {
  BootRun here;
  const fs::path qemu = qemu_whose_first(here, "echo 'not today' >&2; exit 1");
  RunSeen seen = run_two(here, {"--qemu", qemu, "--retry", "1"});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  EXPECT_THAT(seen.output, HasSubstr("FLAKY"));
  fs::remove(here.directory() / "first");
  EXPECT_EQ(run_two(here, {"--qemu", qemu, "--retry", "1", "--fail-on-flaky"}).status, 1);
  fs::remove(here.directory() / "first");
  EXPECT_EQ(run_two(here, {"--qemu", qemu}).status, 3);
}

TEST(Attempts, ACaseThatPassesOnRetryIsFlakyAndKeepsItsFirstReason) {
  BootRun here;
  // The first clone of the case is killed.
  const std::string mark = (here.directory() / "once").string();
  const fs::path qemu = qemu_that(here, "case \"$*\" in *logfile=*/a/console.log*-incoming*) if ! [ -e " + mark +
                                            " ]; then touch " + mark + "; (" + killed_when_begun + ") & fi ;; esac");
  const std::string suite = std::string(two_cases) + runs("a", begins_and_sleeps);
  RunSeen seen = here.run({"--qemu", qemu, here.file("two.toml", suite), "--retry", "1"});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  EXPECT_THAT(seen.junit, HasSubstr("SIGKILL"));
  EXPECT_THAT(seen.output, HasSubstr("FLAKY"));
}

TEST(CleanEnd, FailsWhenTheGuestResetsItselfBehindItsBoot) {
  BootRun here;
  const fs::path control = here.file("control", replaced(guest_file("lib/bootgate/control"), "  id=${line%% *}\n",
                                                         "  id=${line%% *}\n  echo b >/proc/sysrq-trigger\n"));
  RunSeen seen = run_two(here, {"--add", control.string() + ":/lib/bootgate/control"});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  EXPECT_THAT(seen.with("fail"), ElementsAre("clean-end"));
  EXPECT_THAT(seen.cases["clean-end"].message, HasSubstr("reset itself"));
  EXPECT_THAT(seen.with("pass"), testing::IsEmpty());
}

TEST(FailFast, BeginsNothingBehindTheFirstFailure) {
  BootRun here;
  std::string suite = "name = \"fast\"\n" + runs("fails", "false");
  for (int i = 0; i < 5; ++i)
    suite += runs("later-" + std::to_string(i), "true");
  RunSeen seen = here.run({here.file("fast.toml", suite), "-j", "1", "--fail-fast"});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  EXPECT_THAT(seen.with("fail"), ElementsAre("fails"));
  EXPECT_THAT(seen.junit, HasSubstr("--fail-fast"));
}

TEST(Isolation, MakesNoDifferenceToAnyVerdict) {
  BootRun here;
  std::string suite = "name = \"same\"\nwithin = \"11s\"\n";
  suite += runs("passes", "echo x", ", output = \"x\"");
  suite += runs("fails", "echo y", ", output = \"x\"");
  suite += runs("exits", "exit 3");
  suite += runs("crashes", "echo c >/proc/sysrq-trigger");
  suite += runs("warns", "echo w >/dev/kmsg");
  suite += runs("taints", "echo 1 >/proc/sys/kernel/tainted");
  suite += "\n[[case]]\nname = \"skipped\"\nrequires = [\"config:NO_SUCH_SYMBOL\"]\nsteps = [{ run = \"true\" }]\n";
  suite += "\n[[case]]\nname = \"off\"\nsteps = [{ power = \"off\" }]\n";
  suite += "\n[[case]]\nname = \"reset\"\nsteps = [{ power = \"reset\" }]\n";
  const std::string file = here.file("same.toml", suite);
  const auto expected = outcomes(here.run({file, "-j", "1"}));
  EXPECT_THAT(expected, SizeIs(10));
  EXPECT_EQ(outcomes(here.run({file, "-j", "8"})), expected);
  EXPECT_EQ(outcomes(here.run({file, "--shuffle", "1"})), expected);
  EXPECT_EQ(outcomes(here.run({file, "--shuffle", "2", "-j", "8"})), expected);
  EXPECT_EQ(outcomes(here.run({file, "--isolation", "boot"})), expected);
}

TEST(Isolation, ByBootGivesEachCaseABoot) {
  BootRun here;
  RunSeen seen = run_two(here, {"--isolation", "boot"});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  EXPECT_THAT(seen.with("pass"), ElementsAre("a", "b", "clean-end"));
  EXPECT_THAT(seen.junit, HasSubstr("a fresh boot\""));
}

}  // namespace
}  // namespace bootgate
