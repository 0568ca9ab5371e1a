// What `bootgate bisect` takes for sixteen commits, of which one doesn't build, against a script of one's own: git
// bisect, git checkout, make and a plain QEMU whose console is searched. The goal is 1.1 times that. Usage:
//
//   bisect_bench [RUNS]
//
// Each run has commits of its own: none of their kernels is in the store.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "harness/support/process.hpp"
#include "tests/bench/plain_boot.hpp"
#include "tests/bench/plain_make.hpp"
#include "tests/bench/series.hpp"
#include "tests/build/linux_repository.hpp"

namespace bootgate {
namespace {

constexpr int commits = 16, bad_number = 11, broken_number = 8;

constexpr const char* suite =
    "name = \"mine\"\nrootfs = \"busybox\"\nprofile = [\"initrd-only\"]\n\n"
    "[[case]]\nname = \"answer\"\nsteps = [{ run = \"dmesg | grep 'the answer is 42'\" }]\n";

std::string probe(int number, std::int64_t mark) {
  return fmt::format(
      "\n/* {} {} */\nstatic int __init answer_probe(void)\n{{\n\t{}(\"the answer is {}\\n\");\n"
      "\treturn 0;\n}}\nlate_initcall(answer_probe);\n",
      mark, number, number == broken_number ? "no_such" : "pr_info", number >= bad_number ? 43 : 42);
}

class Bench {
 public:
  explicit Bench(fs::path directory) : directory_(std::move(directory)) {
    if (auto written = write_file_atomically(suite_file(), suite); !written)
      throw std::runtime_error(render(written.error()));
  }

  void compare(int runs) const {
    bisect(series());  // what isn't there yet
    Series ours, by_hand;
    for (int run = 0; run < runs; ++run) {
      const std::vector<std::string> one = series(), other = series();
      ours.add(seconds([&] { bisect(one); }));
      by_hand.add(script(other));
      fmt::print("run {:>2}: bootgate bisect {:7.2f} s, script {:7.2f} s\n", run + 1, ours.values.back(),
                 by_hand.values.back());
      std::fflush(stdout);
    }
    fmt::print("\n{} commits, one unbuildable; medians of {} runs each, in turn\n", commits, runs);
    fmt::print("  git bisect, make, QEMU  {:7.2f} s\n", by_hand.median());
    fmt::print("  bootgate bisect         {:7.2f} s, {:.2f} times that (goal: 1.1)\n", ours.median(),
               ours.median() / by_hand.median());
  }

 private:
  /// The good end, and the commits behind it.
  std::vector<std::string> series() const {
    const std::int64_t mark = std::chrono::system_clock::now().time_since_epoch().count();
    std::vector<std::string> ids{linux_.commit(linux_.main(), "0", {{"init/main.c", appended(probe(0, mark))}})};
    for (int number = 1; number <= commits; ++number)
      ids.push_back(linux_.commit(ids.back(), std::to_string(number),
                                  {{"init/main.c", exchanged(probe(number - 1, mark), probe(number, mark))}}));
    return ids;
  }

  void bisect(const std::vector<std::string>& ids) const {
    auto done = must(run_command({BOOTGATE_PROGRAM, "bisect", "--tree", linux_.path().string(), "--good", ids.front(),
                                  "--bad", ids.back(), "--suite", suite_file().string(), "--case", "mine/answer",
                                  "--accel", "tcg", "--quiet", "--out", out().string()}));
    if (!done.status.ok() || done.output.find(ids[bad_number] + " is the first bad") == std::string::npos)
      throw std::runtime_error(done.output + done.errors);
  }

  double script(const std::vector<std::string>& ids) const {
    const fs::path tried = fs::canonical(out() / "latest") / tried_before();
    const PlainMake plain(linux_.path(), tried / "junit.xml");
    const PlainBoot boot = must(PlainBoot::in(tried));
    // The script boots what it has built, which replay.sh doesn't name. The kernel prints its command line, and with it
    // what is looked for: [2] does not match itself.
    std::string said;
    const double took = seconds([&] {
      said = must(plain.git().run({"bisect", "start", ids.back(), ids.front()}));
      while (said.find("is the first bad commit") == std::string::npos) {
        const std::string mark = !plain.make()                                                  ? "skip"
                                 : boot.run("dmesg | grep 'the answer is 4[2]'", plain.image()) ? "good"
                                                                                                : "bad";
        said = must(plain.git().run({"bisect", mark}));
      }
    });
    must(plain.git().run({"bisect", "reset"}));
    if (said.find(ids[bad_number]) == std::string::npos) throw std::runtime_error("the script found another: " + said);
    return took;
  }

  /// A commit of the last bisection whose kernel was built and booted.
  fs::path tried_before() const {
    for (const auto& entry : fs::directory_iterator(out() / "latest"))
      if (entry.is_directory() && PlainBoot::in(entry.path())) return entry.path().filename();
    throw std::runtime_error("the bisection has booted nothing");
  }

  fs::path out() const { return directory_ / "out"; }
  fs::path suite_file() const { return directory_ / "mine.toml"; }

  LinuxRepository linux_;
  fs::path directory_;
};

}  // namespace
}  // namespace bootgate

int main(int argc, char** argv) {
  try {
    auto directory = bootgate::make_temp_dir(bootgate::fs::temp_directory_path(), "bisect-bench-");
    if (!directory) return 3;
    bootgate::Bench(*directory).compare(argc > 1 ? std::max(1, std::atoi(argv[1])) : 3);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bisect_bench: {}\n", error.what());
    return 3;
  }
}
