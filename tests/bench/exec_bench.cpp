// How long a command on a booted kernel takes: `bootgate exec --root host` against virtme-ng's `vng`, with the same
// kernel, both under TCG with one CPU and the host's files over 9p, in turn.
// Usage: exec_bench --kernel BZIMAGE [--modules DIR] [--vng PROGRAM] [--runs N]
//
// vng needs CONFIG_VIRTIO_CONSOLE in the kernel and udev on the host: build one with --fragment host-root --set
// VIRTIO_CONSOLE=y. It looks for a kernel's modules in /lib/modules/RELEASE, and nowhere else. Both are given the same
// command and must print the same; where they don't, nothing is measured.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "harness/support/process.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

struct Time {
  double wall = 0;
  double cpu = 0;  // of everything that was started for it
};

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

Result<Time> measure(const std::vector<std::string>& argv, const std::string& expected) {
  CommandOptions options;
  options.timeout = 300s;
  const TimePoint start = Clock::now();
  const double cpu = cpu_seconds();
  auto ran = run_command(argv, options);
  if (!ran) return tl::unexpected(ran.error());
  if (!ran->status.ok() || trimmed(ran->output) != expected)
    return bench_error(
        fmt::format("{}: {}, and it printed '{}'", argv[0], describe(ran->status), printable(trimmed(ran->output))),
        printable(trimmed(ran->errors)));
  return Time{std::chrono::duration<double>(Clock::now() - start).count(), cpu_seconds() - cpu};
}

double median(const std::vector<Time>& times, double Time::*field) {
  std::vector<double> values;
  for (const Time& time : times)
    values.push_back(time.*field);
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Options {
  std::string kernel;
  std::string modules;
  std::string vng = "vng";
  int runs = 5;
};

int bench(const Options& options) {
  std::vector<std::string> ours{BOOTGATE_PROGRAM, "exec",         "--root", "host", "--accel",  "tcg",
                                "--kernel",       options.kernel, "--cpus", "1",    "--memory", "1G"};
  if (!options.modules.empty()) ours.insert(ours.end(), {"--modules", options.modules});
  ours.insert(ours.end(), {"--", "echo hello"});
  const std::vector<std::string> theirs{options.vng, "--disable-kvm", "-p", "1",         "-m", "1G",
                                        "-r",        options.kernel,  "--", "echo hello"};
  std::vector<Time> our_times, their_times;
  for (int i = 0; i <= options.runs; ++i) {
    auto our_time = measure(ours, "hello");
    auto their_time = our_time ? measure(theirs, "hello") : our_time;
    if (!their_time) {
      fmt::print(stderr, "{}", render(their_time.error()));
      return 3;
    }
    if (i == 0) continue;  // fills the caches of both
    our_times.push_back(*our_time);
    their_times.push_back(*their_time);
    fmt::print("run {:>2}: bootgate {:6.2f} s ({:.2f} s of CPU), vng {:6.2f} s ({:.2f} s)\n", i, our_time->wall,
               our_time->cpu, their_time->wall, their_time->cpu);
  }
  const double our_wall = median(our_times, &Time::wall), their_wall = median(their_times, &Time::wall);
  const double our_cpu = median(our_times, &Time::cpu), their_cpu = median(their_times, &Time::cpu);
  fmt::print("\nmedians of {} runs each, in turn: bootgate exec {:.2f} s, vng {:.2f} s\n", options.runs, our_wall,
             their_wall);
  fmt::print("  ratio            {:.3f}\n  ratio of the CPU {:.3f}\n", our_wall / their_wall, our_cpu / their_cpu);
  return 0;
}

}  // namespace
}  // namespace bootgate

int main(int argc, char** argv) {
  bootgate::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name(argv[i]);
    if (name == "--kernel") options.kernel = argv[i + 1];
    if (name == "--modules") options.modules = argv[i + 1];
    if (name == "--vng") options.vng = argv[i + 1];
    if (name == "--runs") options.runs = std::max(1, std::atoi(argv[i + 1]));
  }
  return bootgate::bench(options);
}
