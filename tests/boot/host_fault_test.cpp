// What the host may do to a run: kill parts of it, or have too little of everything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <set>
#include <thread>

#include "harness/support/json.hpp"
#include "harness/support/text.hpp"
#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string suite_of(const std::string& name, int cases, const std::string& command) {
  std::string suite = "name = \"" + name + "\"\n";
  for (int i = 0; i < cases; ++i)
    suite += "[[case]]\nname = \"case-" + std::to_string(i) + "\"\nsteps = [{ run = '''" + command + "''' }]\n";
  return suite;
}

/// The processes whose command line names the directory of this test, and `word`.
std::vector<pid_t> processes(const BootRun& here, std::string_view word) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string line = read_file(entry.path() / "cmdline").value_or("");
    if (line.find(here.directory().string()) != std::string::npos && line.find(word) != std::string::npos)
      found.push_back(std::stoi(name));
  }
  return found;
}

/// Looks again until it is so; a test that waits in vain fails.
bool comes_true(const std::function<bool()>& condition) {
  for (auto deadline = Clock::now() + 120s; Clock::now() < deadline; std::this_thread::yield())
    if (condition()) return true;
  return false;
}

constexpr std::string_view of_clones = "-incoming";

class Running {
 public:
  Running(const BootRun& here, std::vector<std::string> arguments) {
    SpawnSpec spec;
    spec.argv = {program().string(), "run", "--accel", "tcg", "--out", (here.directory() / "bootgate-out").string()};
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    spec.directory = here.directory();
    child_ = std::make_unique<Child>(spawn(spec).value());
  }
  Child& child() { return *child_; }

 private:
  std::unique_ptr<Child> child_;
};

TEST(HostFault, AStoppedBootgateMissesNothingOfARebootedKernel) {
  BootRun here;
  const std::string file = here.file("mine.toml",
                                     "name = \"mine\"\n[[case]]\nname = \"reboot\"\nsteps = [\n"
                                     "  { power = \"reboot\", within = \"1m\" },\n"
                                     "  { expect-regex = '^Linux version ', within = \"2s\" },\n"
                                     "  { login = \"root\", password = \"root\", within = \"2m\" },\n]\n");
  Running bootgate(here, {file});
  // QEMU itself writes it, whoever reads the pipe.
  auto console_has = [&](std::string_view words) {
    std::error_code none;
    for (fs::recursive_directory_iterator item(here.directory() / "bootgate-out", none), end; !none && item != end;
         item.increment(none))
      if (item->path().filename() == "console.log" && item->path().parent_path().filename() == "reboot") {
        const std::string text = read_file(item->path()).value_or("");
        const std::size_t restart = text.find("reboot: machine restart");
        return restart != std::string::npos && text.find(words, restart) != std::string::npos;
      }
    return false;
  };
  ASSERT_TRUE(comes_true([&] { return console_has("restart"); }));
  ::kill(bootgate.child().pid(), SIGSTOP);
  EXPECT_TRUE(comes_true([&] { return console_has("Run /init as init process"); }));
  ::kill(bootgate.child().pid(), SIGCONT);
  EXPECT_EQ(bootgate.child().wait().code, 0);
}

TEST(HostFault, AKilledBootgateLeavesNothingBehind) {
  BootRun here;
  const std::string file = here.file(
      "long.toml", suite_of("long", 4, "sleep 600") + "[[case]]\nname = \"disk\"\nsteps = [{ run = \"sleep 600\" }]\n");
  Running bootgate(here, {file});
  ASSERT_TRUE(comes_true([&] { return processes(here, of_clones).size() >= 2; }));
  ::kill(bootgate.child().pid(), SIGKILL);
  EXPECT_EQ(bootgate.child().wait().signal, SIGKILL);
  EXPECT_TRUE(comes_true([&] { return processes(here, "qemu").empty(); }));
  for (const auto& entry : fs::recursive_directory_iterator(here.directory()))
    EXPECT_THAT(entry.path().filename().string(), testing::Not(AnyOf(HasSubstr("disk-"), HasSubstr("lock"))));
  RunSeen next = here.run({here.file("short.toml", suite_of("short", 1, "true"))});
  EXPECT_EQ(next.status, 0) << next.output << next.errors;
}

/// The clones that have begun with their case: its first command was answered.
std::vector<pid_t> busy_clones(const BootRun& here) {
  std::vector<pid_t> found;
  for (int i = 0; i < 6; ++i) {
    const std::string log = "/case-" + std::to_string(i) + "/console.log";
    for (pid_t qemu : processes(here, log))
      for (const auto& entry : fs::recursive_directory_iterator(here.directory() / "bootgate-out"))
        if (entry.path().string().ends_with(log) &&
            read_file(entry.path()).value_or("").find(" sync 1") != std::string::npos)
          found.push_back(qemu);
  }
  return found;
}

TEST(HostFault, KilledMachinesAreErrorsOfTheBenchAndTheRestGoesOn) {
  BootRun here;
  std::string suite = "name = \"wait\"\n";
  for (int i = 0; i < 6; ++i)
    suite +=
        "[[case]]\nname = \"case-" + std::to_string(i) + "\"\nsteps = [{ run = \"true\" }, { run = \"sleep 5\" }]\n";
  Running bootgate(here, {here.file("wait.toml", suite), "-j", "2"});
  std::vector<pid_t> killed;
  ASSERT_TRUE(comes_true([&] { return !(killed = busy_clones(here)).empty(); }));
  for (pid_t qemu : killed)
    ::kill(qemu, SIGKILL);
  EXPECT_EQ(bootgate.child().wait().code, 3);
  RunSeen seen;
  here.read_report(seen);
  EXPECT_EQ(seen.with("error").size() + seen.with("pass").size(), 7u);
  EXPECT_GE(seen.with("error").size(), 1u);
  EXPECT_LE(seen.with("error").size(), killed.size());
  for (const std::string& name : seen.with("error"))
    EXPECT_THAT(seen.cases[name].message, HasSubstr("SIGKILL"));
}

/// `bootgate run` under another program, which takes something away from it.
CommandResult run_under(const BootRun& here, std::vector<std::string> command,
                        const std::vector<std::string>& arguments) {
  command.insert(command.end(), {program().string(), "run", "--accel", "tcg"});
  command.insert(command.end(), arguments.begin(), arguments.end());
  CommandOptions options;
  options.directory = here.directory();
  return run_command(command, options).value();
}

/// The lanes in which machines ran, by the run's own timeline.
std::set<std::string> lanes(const fs::path& trace) {
  std::set<std::string> names;
  auto json = parse_json(read_file(trace).value_or(""));
  const Json* events = json ? json->find("traceEvents") : nullptr;
  if (!events) return {"no trace"};
  for (const Json& event : std::get<Json::Array>(events->value)) {
    const Json* name = event.find("name");
    const Json* arguments = event.find("args");
    if (!name || name->text() != "thread_name" || !arguments) continue;
    if (auto text = std::string(arguments->find("name")->text()); text.starts_with("machine")) names.insert(text);
  }
  return names;
}

TEST(HostFault, OnOneCpuRunsOneMachineAtATime) {
  BootRun here;
  const std::string file = here.file("one.toml", suite_of("one", 3, "true"));
  CommandResult result = run_under(here, {"taskset", "-c", "0"}, {"--trace", "trace.json", file});
  EXPECT_EQ(result.status.code, 0) << result.output << result.errors;
  EXPECT_THAT(lanes(here.directory() / "trace.json"), ElementsAre("machine 1"));
}

TEST(HostFault, WithMemoryForOneGuestRunsOneMachineAtATime) {
  BootRun here;
  const std::string file = here.file("small.toml", suite_of("small", 3, "true"));
  RunSeen seen = here.run({"--max-memory", "512M", "-j", "8", "--trace", "trace.json", file});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  EXPECT_THAT(lanes(here.directory() / "trace.json"), ElementsAre("machine 1"));
}

TEST(HostFault, MemoryThatIsShortIsAnErrorOfTheBench) {
  BootRun here;
  const std::string file = here.file("short.toml", suite_of("short", 1, "true"));
  // QEMU maps the guest's memory and half as much of its own.
  CommandResult result = run_under(here, {"prlimit", "--as=600000000"}, {file});
  EXPECT_EQ(result.status.code, 3) << result.output << result.errors;
  EXPECT_THAT(result.output, HasSubstr("QEMU failed while starting"));
}

TEST(HostFault, ThatLetsQemuWaitIsToBlameForATimeout) {
  BootRun here;
  // Clones alone are made to compete for one CPU, with loops enough to leave them a quarter: a clone with much less
  // doesn't answer over QMP in time, and its case gets a fresh boot, which has both CPUs.
  const fs::path qemu = here.file("qemu",
                                  "#!/bin/sh\ncase \"$*\" in *-incoming*) set -- taskset -c 0 "
                                  "qemu-system-x86_64 \"$@\" ;; *) set -- qemu-system-x86_64 \"$@\" ;; esac\n"
                                  "exec \"$@\"\n");
  const std::string file = here.file(
      "busy.toml",
      "name = \"busy\"\n[[case]]\nname = \"spins\"\nsteps = [{ run = \"while :; do :; done\", within = \"1s\" }]\n");
  SpawnSpec spec;
  spec.argv = {"taskset", "-c", "0", "sh", "-c", "while :; do :; done"};
  std::vector<Child> loops;
  for (int number = 0; number < 3; ++number) {
    auto loop = spawn(spec);
    ASSERT_TRUE(loop) << one_line(loop.error());
    loops.push_back(std::move(*loop));
  }
  RunSeen seen = here.run({file, "--qemu", qemu});
  EXPECT_EQ(seen.status, 3) << seen.output << seen.errors;
  EXPECT_THAT(seen.cases["spins"].message, HasSubstr("this host was too busy"));
}

}  // namespace
}  // namespace bootgate
