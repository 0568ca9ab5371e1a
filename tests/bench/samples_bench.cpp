// What it costs to try every Rust sample of a kernel, beyond booting it: `bootgate run rust` against a plain QEMU that
// boots the same machine and powers it off, in turn. The goal for 7.2 is 3 s. Usage:
//
//   samples_bench [--kernel KERNEL] [--runs N] [ARGUMENT of bootgate run]...
//
// The run is timed as a whole, with what bootgate does before and after.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "harness/support/process.hpp"
#include "harness/support/text.hpp"
#include "tests/bench/plain_boot.hpp"
#include "tests/bench/series.hpp"

namespace bootgate {
namespace {

double seconds_since(TimePoint start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct SuiteRun {
  double took = 0;
  std::size_t samples = 0;  // that were tried
};

Result<SuiteRun> run_suite(const std::vector<std::string>& argv, const fs::path& out) {
  const TimePoint start = Clock::now();
  auto run = run_command(argv);
  if (!run) return tl::unexpected(run.error());
  if (!run->status.ok())
    return bench_error(fmt::format("{} ended with {}", shell_command(argv), describe(run->status)),
                       run->output + run->errors);
  SuiteRun suite{seconds_since(start), 0};
  auto junit = read_file(out / "latest/junit.xml");
  if (!junit) return tl::unexpected(junit.error());
  for (std::string_view line : split(*junit, '\n'))
    if (line.find("<testcase ") != std::string_view::npos && line.find("name=\"rust_") != std::string_view::npos)
      ++suite.samples;
  if (suite.samples == 0) return bench_error("the run tried no sample", run->output);
  return suite;
}

Result<double> boot_plainly(const fs::path& out) {
  auto plain = PlainBoot::in(out);
  if (!plain) return tl::unexpected(plain.error());
  const TimePoint start = Clock::now();
  if (auto booted = plain->run("true"); !booted) return tl::unexpected(booted.error());
  return seconds_since(start);
}

Result<> bench(const std::string& kernel, int runs, const std::vector<std::string>& arguments) {
  auto directory = make_temp_dir(fs::temp_directory_path(), "samples-bench-");
  if (!directory) return tl::unexpected(directory.error());
  const fs::path out = *directory / "out";
  std::vector<std::string> argv{BOOTGATE_PROGRAM, "run", "rust", "--kernel", kernel, "--out", out, "--quiet"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  Series suites, boots, beyond;
  std::size_t samples = 0;
  for (int i = 0; i <= runs; ++i) {
    auto suite = run_suite(argv, out);
    if (!suite) return tl::unexpected(suite.error());
    auto boot = boot_plainly(out);
    if (!boot) return tl::unexpected(boot.error());
    if (i == 0) continue;  // builds what isn't there yet
    samples = suite->samples;
    suites.add(suite->took);
    boots.add(*boot);
    beyond.add(suite->took - *boot);
    fmt::print("run {:>2}: suite {:6.2f} s, boot {:6.2f} s\n", i, suite->took, *boot);
  }
  fmt::print("\n{} Rust samples of {}; medians of {} runs each, in turn\n", samples, kernel, runs);
  fmt::print("  plain QEMU, boot to power-off  {:6.2f} s\n", boots.median());
  fmt::print("  bootgate run rust              {:6.2f} s, {:.2f} boots\n", suites.median(),
             suites.median() / boots.median());
  fmt::print("  beyond the boot (goal: 3 s)    {:6.2f} s, {:.2f} s a sample\n", beyond.median(),
             beyond.median() / static_cast<double>(samples));
  std::error_code ignored;
  fs::remove_all(*directory, ignored);
  return {};
}

}  // namespace
}  // namespace bootgate

int main(int argc, char** argv) {
  std::string kernel = "debian:trixie-backports/linux-source-7.2";
  int runs = 5;
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--kernel" && i + 1 < argc)
      kernel = argv[++i];
    else if (word == "--runs" && i + 1 < argc)
      runs = std::max(1, std::atoi(argv[++i]));
    else
      arguments.emplace_back(word);
  }
  auto done = bootgate::bench(kernel, runs, arguments);
  if (!done) fmt::print(stderr, "samples_bench: {}", render(done.error()));
  return done ? 0 : 3;
}
