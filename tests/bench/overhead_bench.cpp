// What `bootgate run` spends outside of QEMU before the guest starts and after it has ended, on a warm cache; the goal
// is 50 ms. Usage: overhead_bench [--runs N] [--bootgate PROGRAM] [ARGUMENT of bootgate run]...
//
// ./bootgate (the launcher) and the program that it starts run in turn. Outside of QEMU is what passes
//   * from the start of the command to that of QEMU,
//   * from QEMU's readiness, its first answer on a monitor, to the guest's first instruction,
//   * from the guest's end to the command's, without the time in which QEMU quits.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "tests/bench/qemu_probe.hpp"
#include "tests/bench/series.hpp"

namespace bootgate {
namespace {

/// In ms.
struct Parts {
  Series before, resuming, after, outside, whole;
};

struct Subject {
  std::string name;
  std::vector<std::string> command;
  Parts parts;
};

void take(const ProbedRun& run, Parts& parts) {
  const QemuTimes& first = run.machines.front();
  double end = 0, quitting = 0;
  for (const QemuTimes& machine : run.machines) {
    const double guest_ended = machine.guest_ended.value_or(machine.ended);
    if (guest_ended < end) continue;
    end = guest_ended;
    quitting = machine.quitting ? machine.ended - *machine.quitting : 0;
  }
  const double before = first.exec - run.start;
  // The answer may be seen late on a busy host, and never early.
  const double resuming = std::max(0.0, first.running.value_or(0) - first.ready.value_or(0));
  const double after = run.end - end - quitting;
  parts.before.add(before);
  parts.resuming.add(resuming);
  parts.after.add(after);
  parts.outside.add(before + resuming + after);
  parts.whole.add(run.end - run.start);
}

void print_line(const char* what, const Series& series) {
  fmt::print("  {:<52} {:7.1f} ms, at best {:7.1f} ms\n", what, series.median(), series.least());
}

void print(const Subject& subject) {
  const Parts& parts = subject.parts;
  fmt::print("\n{}, medians of {} runs\n", subject.name, parts.whole.values.size());
  print_line("from its start to QEMU's", parts.before);
  print_line("from QEMU's readiness to the running guest", parts.resuming);
  print_line("from the guest's end to its own, QEMU's end apart", parts.after);
  print_line("together outside of QEMU (goal: 50 ms)", parts.outside);
  print_line("the whole run", parts.whole);
  fmt::print("  outside of QEMU / the goal                           {:.2f}\n", parts.outside.median() / 50);
  fmt::print("  the whole run / what of it is QEMU                   {:.3f}\n",
             parts.whole.median() / (parts.whole.median() - parts.outside.median()));
}

/// Runs the command once more. The first time it may try KVM, which is a machine that need not run.
Result<ProbedRun> measure(const Subject& subject, const std::string& qemu, bool first_time) {
  auto run = run_probed(subject.command, qemu);
  if (!run) return run;
  const bool ran = !run->machines.empty() && (first_time || run->machines.front().running);
  if (run->status.ok() && ran) return run;
  return bench_error(
      fmt::format("{} ended with {} after {} machines", subject.name, describe(run->status), run->machines.size()),
      run->output);
}

int bench(const std::string& self, const std::vector<std::string>& programs, int runs,
          const std::vector<std::string>& arguments) {
  auto qemu = find_program("qemu-system-x86_64");
  auto directory = make_temp_dir(fs::temp_directory_path(), "overhead-bench-");
  if (!qemu || !directory) {
    fmt::print(stderr, "overhead_bench: no QEMU, or no temporary directory\n");
    return 3;
  }
  std::vector<Subject> subjects;
  for (const std::string& program : programs) {
    subjects.push_back({program, {program, "run", "--qemu", self, "--out", *directory / "out"}, {}});
    subjects.back().command.insert(subjects.back().command.end(), arguments.begin(), arguments.end());
  }
  for (int i = 0; i <= runs; ++i) {
    for (Subject& subject : subjects) {
      auto run = measure(subject, *qemu, i == 0);
      if (!run) {
        fmt::print(stderr, "overhead_bench: {}", render(run.error()));
        return 3;
      }
      if (i > 0) take(*run, subject.parts);  // the first one fills the caches
    }
  }
  for (const Subject& subject : subjects)
    print(subject);
  std::error_code ignored;
  fs::remove_all(*directory, ignored);
  return 0;
}

}  // namespace
}  // namespace bootgate

int main(int argc, char** argv) {
  if (bootgate::started_as_qemu()) return bootgate::become_qemu(argc, argv);
  int runs = 10;
  std::vector<std::string> programs{BOOTGATE_LAUNCHER, BOOTGATE_PROGRAM}, arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--runs" && i + 1 < argc)
      runs = std::max(1, std::atoi(argv[++i]));
    else if (word == "--bootgate" && i + 1 < argc)
      programs = {argv[++i]};
    else
      arguments.emplace_back(word);
  }
  if (arguments.empty()) arguments = {"--kernel", "debian", "boot"};
  return bootgate::bench(bootgate::fs::read_symlink("/proc/self/exe"), programs, runs, arguments);
}
