// Rebuilds a kernel of which nothing has changed, and runs plain make on the same objects, in turn; prints the ratios.
//
//   build/tests/bench/rebuild_bench TREE [RUNS]
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "fixtures/build/kbuild.hpp"
#include "fixtures/build/kernel_build.hpp"
#include "fixtures/build/toolchain.hpp"
#include "tests/support/must.hpp"

namespace bootgate {
namespace {

double seconds(const std::function<void()>& work) {
  const TimePoint start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(const fs::path& dir, int runs) {
  const Store store = must(Store::open());
  FixtureOptions options;
  options.progress = [](const std::string& what) { fmt::print(stderr, "{}\n", what); };
  const KernelTree local = must(read_kernel_tree(dir));
  KernelTree fixed = local;  // one that its name identifies, as Debian's sources and commits are
  fixed.identity = "rebuild_bench " + dir.string();
  const KernelBuild first = must(build_kernel(local, {}, store, options));
  must(build_kernel(fixed, {}, store, options));

  options.progress = {};
  const Toolchain toolchain = *must(choose_toolchain(first.toolchain, {dir, true, false}, store, options)).toolchain;
  KbuildSetup setup{dir, first.objects, first.objects.parent_path(), first.objects, {}, true, {}};
  setup.ccache = store.path("ccache", "");
  const Kbuild kbuild(toolchain, setup);

  std::vector<double> plain, incremental, known;
  for (int run = 0; run < runs; ++run) {
    plain.push_back(seconds([&] {
      MakeOutput output;
      if (!must(kbuild.make({"bzImage", "modules", "compile_commands.json"}, "/dev/null", output, [] {})).ok())
        throw std::runtime_error("make fails");
    }));
    incremental.push_back(seconds([&] { must(build_kernel(local, {}, store, options)); }));
    known.push_back(seconds([&] { must(build_kernel(fixed, {}, store, options)); }));
  }
  fmt::print("Linux {}, nothing changed; medians of {} runs each, in turn\n", local.version, runs);
  fmt::print("  make                                    {:6.2f} s\n", median(plain));
  fmt::print("  bootgate, a tree that may have changed  {:6.2f} s, {:.2f} times make's\n", median(incremental),
             median(incremental) / median(plain));
  fmt::print("  bootgate, a tree that can't have        {:6.2f} s, {:.3f} times make's\n", median(known),
             median(known) / median(plain));
}

}  // namespace
}  // namespace bootgate

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: rebuild_bench TREE [RUNS]\n");
    return 2;
  }
  try {
    bootgate::compare(bootgate::fs::canonical(argv[1]), argc > 2 ? std::max(1, std::atoi(argv[2])) : 5);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
