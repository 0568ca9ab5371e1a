// How long until the login prompt stands on the console: `bootgate run` against plain QEMU with the same kernel,
// initramfs, machine and kernel command line. Usage: login_bench [--kernel BZIMAGE] [--runs N]
//
// Both write their console into a file; the time is that of the prompt's last byte in it, as one poller sees it for
// both. What bootgate does before it starts QEMU is shown by itself.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "harness/support/process.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

constexpr const char* prompt = "login:";

struct Times {
  double start_up = 0;  // ms until there is a QEMU process
  double login = 0;     // ms from there to the prompt's last byte
  double total() const { return start_up + login; }
};

double ms_since(TimePoint start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// The console file of the run that goes on in `out`, once it exists.
std::optional<fs::path> console_in(const fs::path& out) {
  std::error_code failure;
  for (const auto& entry : fs::recursive_directory_iterator(out, failure))
    if (entry.path().filename() == "console.log") return entry.path();
  return std::nullopt;
}

/// True once a thread of the process has QEMU for a child.
bool has_qemu(pid_t pid) {
  std::error_code failure;
  for (const auto& task : fs::directory_iterator(fmt::format("/proc/{}/task", pid), failure)) {
    std::string children = read_file(task.path() / "children").value_or("");
    for (std::string_view child : split(children, ' '))
      if (read_file(fmt::format("/proc/{}/comm", child)).value_or("").starts_with("qemu")) return true;
  }
  return false;
}

/// Starts a command and watches its console file.
Result<Times> measure(const std::vector<std::string>& argv, const fs::path& directory) {
  fs::create_directories(directory);
  UniqueFd output(::open((directory / "console.log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  bool own_file = argv[0] != BOOTGATE_PROGRAM;
  if (!own_file) fs::remove(directory / "console.log");
  SpawnSpec spec;
  spec.argv = argv;
  spec.directory = directory;
  spec.standard_output = own_file ? output.get() : -1;
  const TimePoint start = Clock::now();
  auto child = spawn(spec);
  if (!child) return tl::unexpected(child.error());
  Times times;
  std::optional<fs::path> console;
  while (ms_since(start) < 120'000) {
    if (!own_file && times.start_up == 0 && has_qemu(child->pid())) times.start_up = ms_since(start);
    if (!console) console = console_in(directory);
    std::string text = console ? read_file(*console).value_or("") : "";
    if (text.find(prompt) != std::string::npos) {
      times.login = ms_since(start) - times.start_up;
      // The rest of the run is not measured, and must not disturb the next one.
      if (!own_file) child->wait();
      return times;
    }
    std::this_thread::sleep_for(1ms);  // the poller's resolution
  }
  return bench_error("no login prompt within 120 s");
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <class F>
double median_of(const std::vector<Times>& all, F field) {
  std::vector<double> values;
  for (const Times& times : all)
    values.push_back(field(times));
  return median(std::move(values));
}

int bench(const std::string& kernel, int runs) {
  auto directory = make_temp_dir(fs::temp_directory_path(), "login-bench-");
  if (!directory) return 3;
  std::vector<std::string> bootgate{BOOTGATE_PROGRAM, "run", "--kernel", kernel, "--accel", "tcg", "--out", "out"};
  std::vector<Times> ours, plain;
  std::string replay;
  for (int i = 0; i <= runs; ++i) {
    fs::path here = *directory / std::to_string(i);
    auto with = measure(bootgate, here);
    if (!with) {
      fmt::print(stderr, "{}", render(with.error()));
      return 3;
    }
    for (const auto& entry : fs::recursive_directory_iterator(here))
      if (entry.path().filename() == "replay.sh") replay = entry.path();
    auto without = measure({"sh", replay}, *directory / fmt::format("{}-plain", i));
    if (!without) {
      fmt::print(stderr, "{}", render(without.error()));
      return 3;
    }
    if (i == 0) continue;  // fills the caches of both
    ours.push_back(*with);
    plain.push_back(*without);
    fmt::print("run {:>2}: bootgate {:6.0f} ms (start-up {:3.0f}), QEMU {:6.0f} ms\n", i, with->total(), with->start_up,
               without->total());
  }
  fs::remove_all(*directory);
  double our_login = median_of(ours, [](const Times& t) { return t.login; });
  double our_start = median_of(ours, [](const Times& t) { return t.start_up; });
  double our_total = median_of(ours, [](const Times& t) { return t.total(); });
  double qemu_total = median_of(plain, [](const Times& t) { return t.total(); });
  fmt::print("\nmedians of {} runs each, in turn\n", runs);
  fmt::print("  plain QEMU, from its start to the prompt    {:7.0f} ms\n", qemu_total);
  fmt::print("  bootgate, from QEMU's start to the prompt   {:7.0f} ms\n", our_login);
  fmt::print("  bootgate, before it starts QEMU             {:7.0f} ms\n", our_start);
  fmt::print("  ratio, start-up apart   {:.3f}\n", our_login / qemu_total);
  fmt::print("  ratio, start-up counted {:.3f}\n", our_total / qemu_total);
  return 0;
}

}  // namespace
}  // namespace bootgate

int main(int argc, char** argv) {
  std::string kernel = "debian";
  int runs = 10;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string_view(argv[i]) == "--kernel") kernel = argv[i + 1];
    if (std::string_view(argv[i]) == "--runs") runs = std::max(1, std::atoi(argv[i + 1]));
  }
  return bootgate::bench(kernel, runs);
}
