// What the gate costs on a harmless series of one file, with its base's results kept, beyond what nobody can do
// without: an incremental make and two boots, in turn on the same tree and objects. The goal is 1.1 times that. Usage:
//
//   gate_bench [RUNS]
//
// Timing boots are left out: nothing is slower.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "tests/bench/plain_boot.hpp"
#include "tests/bench/plain_make.hpp"
#include "tests/bench/series.hpp"
#include "tests/build/linux_repository.hpp"

namespace bootgate {
namespace {

/// A commit whose kernel nobody has built.
std::string new_commit(const LinuxRepository& linux, int number) {
  const std::string text =
      fmt::format("\n/* {} {} */\nstatic int __init harmless(void) {{ return {}; }}\nlate_initcall(harmless);\n",
                  std::chrono::system_clock::now().time_since_epoch().count(), number, 0);
  return linux.commit(linux.main(), fmt::format("init: harmless {}", number), {{"init/main.c", appended(text)}});
}

class Bench {
 public:
  explicit Bench(fs::path directory) : directory_(std::move(directory)) {}

  /// Nothing when one slow boot made it time more of them, which is left out.
  std::optional<double> gate(const std::string& head) const {
    const std::vector<std::string> argv{BOOTGATE_PROGRAM,
                                        "gate",
                                        "--tree",
                                        linux_.path().string(),
                                        linux_.main() + ".." + head,
                                        "--suite",
                                        "boot",
                                        "--suite",
                                        "rust",
                                        "--accel",
                                        "tcg",
                                        "--out",
                                        out().string(),
                                        "--quiet"};
    bool has_timed = false;
    const double took = seconds([&] {
      auto done = must(run_command(argv));
      if (!done.status.ok()) throw std::runtime_error(done.output + done.errors);
      has_timed = done.errors.find("bootgate: timing ") != std::string::npos;
    });
    return has_timed ? std::nullopt : std::optional(took);
  }

  /// With a boot each for base and head.
  double plain(const std::string& commit) const {
    const fs::path head = out() / "latest/head";
    const PlainMake plain(linux_.path(), head / "junit.xml");
    const PlainBoot boot = must(PlainBoot::in(head));
    return seconds([&] {
      plain.check_out(commit);
      if (!plain.make()) throw std::runtime_error("make fails");
      for (int i = 0; i < 2; ++i)
        if (auto booted = boot.run("true"); !booted) throw std::runtime_error(render(booted.error()));
    });
  }

  void compare(int runs) const {
    gate(new_commit(linux_, -1));  // the base, and what isn't there yet
    Series gated, by_hand;
    for (int run = 0; run < runs; ++run) {
      std::optional<double> took;
      while (!took)
        took = gate(new_commit(linux_, 2 * run));
      gated.add(*took);
      by_hand.add(plain(new_commit(linux_, 2 * run + 1)));
      fmt::print("run {:>2}: gate {:6.2f} s, make and two boots {:6.2f} s\n", run + 1, gated.values.back(),
                 by_hand.values.back());
      std::fflush(stdout);
    }
    fmt::print("\none file changed, base kept; medians of {} runs each, in turn\n", runs);
    fmt::print("  git checkout, make, two boots  {:6.2f} s\n", by_hand.median());
    fmt::print("  bootgate gate, suites of {}    {:6.2f} s, {:.2f} times that (goal: 1.1)\n", "boot, rust",
               gated.median(), gated.median() / by_hand.median());
  }

 private:
  fs::path out() const { return directory_ / "out"; }

  LinuxRepository linux_;
  fs::path directory_;
};

}  // namespace
}  // namespace bootgate

int main(int argc, char** argv) {
  try {
    auto directory = bootgate::make_temp_dir(bootgate::fs::temp_directory_path(), "gate-bench-");
    if (!directory) return 3;
    bootgate::Bench(*directory).compare(argc > 1 ? std::max(1, std::atoi(argv[1])) : 5);
  } catch (const std::exception& error) {
    fmt::print(stderr, "gate_bench: {}\n", error.what());
    return 3;
  }
}
