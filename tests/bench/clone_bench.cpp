// 100 cases, each on a machine of its own: `bootgate run` against 100 boots of plain QEMU, which do the same commands
// and power off, with the same kernel, initramfs and machine, as many at once. Usage:
//
//   clone_bench [--kernel KERNEL] [--cases N] [--rounds N] [-j N] [--isolation clone|boot] [--module NAME]
//               [ARGUMENT of bootgate run]...
//
// Half of the cases do nothing, and half load and unload a module. With Debian's packaged kernel two more mixtures are
// measured: all of them do nothing, and all of them write to a disk. bootgate and QEMU run in turn.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include "harness/run/host_budget.hpp"
#include "harness/support/process.hpp"
#include "harness/support/text.hpp"
#include "tests/bench/plain_boot.hpp"
#include "tests/bench/series.hpp"
#include "tests/support/must.hpp"

namespace bootgate {
namespace {

struct Setup {
  std::string kernel = "debian", module, isolation = "clone";
  int cases = 100, rounds = 1, at_once = 0;
  std::vector<std::string> arguments;
};

/// What the cases do in the guest's shell, by turns.
struct Workload {
  std::string name;
  std::string profile;
  std::vector<std::string> commands;
  std::vector<std::string> modules;  // that the commands other than `true` need
  std::optional<double> goal;
};

std::vector<Workload> workloads(const Setup& setup) {
  const std::string cycle = fmt::format("modprobe {0} && rmmod {0}", setup.module);
  Workload mixed{"half load and unload " + setup.module, "initrd-only", {"true", cycle}, {setup.module}, 0.2};
  if (setup.kernel != "debian") return {mixed};
  // This kernel boots slowly for reasons that a clone doesn't have, and its modules are large.
  mixed.goal.reset();
  const char* write =
      "modprobe virtio_pci && modprobe virtio_blk && dd if=/dev/zero of=/dev/vda bs=64k count=64 conv=fsync";
  return {{"all trivial", "initrd-only", {"true"}, {}, 0.1},
          mixed,
          {"all write 4 MB to a disk", "disk", {write}, {"virtio_pci", "virtio_blk"}, std::nullopt}};
}

std::string suite_text(const Setup& setup, const Workload& workload) {
  std::string text = fmt::format("name = \"clones\"\nprofile = [\"{}\"]\nlimit = \"2h\"\n", workload.profile);
  for (int i = 0; i < setup.cases; ++i) {
    text += fmt::format("\n[[case]]\nname = \"case-{}\"\nrequired = true\n", i);
    const std::string& command = workload.commands[static_cast<std::size_t>(i) % workload.commands.size()];
    if (command != "true")
      text += fmt::format("requires = [\"module:{}\"]\n", fmt::join(workload.modules, "\", \"module:"));
    text += fmt::format("steps = [{{ run = '{}', within = \"60s\" }}]\n", command);
  }
  return text;
}

double seconds_since(TimePoint start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double run_bootgate(const Setup& setup, const fs::path& suite, const fs::path& out) {
  std::vector<std::string> argv{BOOTGATE_PROGRAM, "run", suite,     "--kernel",    setup.kernel,
                                "--out",          out,   "--quiet", "--isolation", setup.isolation};
  if (setup.at_once > 0) argv.insert(argv.end(), {"-j", std::to_string(setup.at_once)});
  argv.insert(argv.end(), setup.arguments.begin(), setup.arguments.end());
  const TimePoint start = Clock::now();
  auto result = must(run_command(argv));
  const double took = seconds_since(start);
  if (!result.status.ok())
    must<void>(bench_error(fmt::format("{} ended with {}", shell_command(argv), describe(result.status)),
                           result.output + result.errors));
  return took;
}

/// Of guests that keep a CPU busy, no host runs more at once with profit; nor does bootgate.
int machines_at_once(const Setup& setup) {
  return setup.at_once > 0 ? setup.at_once : read_host_budget().cpus;
}

double boot_plainly(const Setup& setup, const Workload& workload, const fs::path& out) {
  const PlainBoot plain = must(PlainBoot::in(out));
  std::atomic<int> next = 0;
  const TimePoint start = Clock::now();
  {
    std::vector<std::jthread> workers;
    for (int worker = 0; worker < machines_at_once(setup); ++worker)
      workers.emplace_back([&] {
        for (int i; (i = next++) < setup.cases;)
          must(plain.run(workload.commands[static_cast<std::size_t>(i) % workload.commands.size()]));
      });
  }
  return seconds_since(start);
}

void measure(const Setup& setup, const Workload& workload, const fs::path& directory) {
  Series ours, plain;
  const fs::path suite = directory / "clones.toml", out = directory / "out";
  for (int round = 0; round <= setup.rounds; ++round) {
    Setup this_round = setup;
    if (round == 0) this_round.cases = 2;  // fills the caches
    must(write_file_atomically(suite, suite_text(this_round, workload)));
    const double bootgate = run_bootgate(this_round, suite, out), qemu = boot_plainly(this_round, workload, out);
    if (round == 0) continue;
    ours.add(bootgate);
    plain.add(qemu);
  }
  const double ratio = ours.median() / plain.median();
  fmt::print("{} cases on {}, {}; {} at once; medians of {} rounds, in turn\n", setup.cases, setup.kernel,
             workload.name, machines_at_once(setup), setup.rounds);
  fmt::print("  plain QEMU  {:8.2f} s, {:.3f} s a boot\n", plain.median(), plain.median() / setup.cases);
  fmt::print("  bootgate    {:8.2f} s, {:.3f} s a case\n", ours.median(), ours.median() / setup.cases);
  fmt::print("  ratio       {:8.3f}{}\n\n", ratio, workload.goal ? fmt::format(" (goal: {})", *workload.goal) : "");
  std::fflush(stdout);
  std::error_code ignored;
  fs::remove_all(out, ignored);
}

int bench(Setup setup) {
  if (setup.module.empty()) setup.module = setup.kernel == "debian" ? "loop" : "rust_minimal";
  const fs::path directory = must(make_temp_dir(fs::temp_directory_path(), "clone-bench-"));
  for (const Workload& workload : workloads(setup))
    measure(setup, workload, directory);
  std::error_code ignored;
  fs::remove_all(directory, ignored);
  return 0;
}

}  // namespace
}  // namespace bootgate

int main(int argc, char** argv) {
  bootgate::Setup setup;
  const std::map<std::string, std::string*> texts{
      {"--kernel", &setup.kernel}, {"--module", &setup.module}, {"--isolation", &setup.isolation}};
  const std::map<std::string, int*> numbers{
      {"--cases", &setup.cases}, {"--rounds", &setup.rounds}, {"-j", &setup.at_once}};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (auto text = texts.find(word); text != texts.end())
      *text->second = value, ++i;
    else if (auto number = numbers.find(word); number != numbers.end())
      *number->second = std::max(1, std::atoi(value)), ++i;
    else
      setup.arguments.push_back(word);
  }
  return bootgate::bench(std::move(setup));
}
