// Writes our initramfs, and the same tree with find | cpio | gzip at the same level, in turn; prints the ratio.
//
//   build/tests/bench/initramfs_bench [RUNS]
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "fixtures/boot/initramfs.hpp"
#include "fixtures/build/busybox.hpp"
#include "harness/support/clock.hpp"
#include "harness/support/data.hpp"
#include "harness/support/process.hpp"
#include "tests/support/must.hpp"

namespace bootgate {
namespace {

double milliseconds(const std::function<void()>& work) {
  const TimePoint start = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(int runs) {
  const fs::path dir = must(make_temp_dir(fs::temp_directory_path(), "bootgate-bench-"));
  InitramfsSpec spec;
  spec.busybox = must(host_busybox());
  spec.skeleton = data_root() / "fixtures/rootfs/busybox";
  auto write = [&](int run) {
    // A store of its own for each run: an initramfs that is there already would not be written.
    return must(make_initramfs(must(Store::open(dir / std::to_string(run))), spec)).file;
  };
  const fs::path first = write(-1);
  // Device nodes need root; without it they are missing in the other's tree, which makes it no slower.
  CommandOptions there;
  there.directory = dir;
  must(run_command(
      {"sh", "-c", "mkdir tree && cd tree && gzip -dc \"$0\" | busybox cpio -id 2>/dev/null", first.string()}, there));
  const std::string cpio = find_program("cpio") ? "cpio" : "busybox cpio";
  const std::string script = "cd tree && find . | " + cpio + " -o -H newc 2>/dev/null | gzip -6 >../by-hand.gz";
  std::vector<double> ours, theirs;
  for (int run = 0; run < runs; ++run) {
    ours.push_back(milliseconds([&] { write(run); }));
    theirs.push_back(milliseconds([&] { must(run_command({"sh", "-c", script}, there)); }));
  }
  fmt::print("medians of {} runs each, in turn\n", runs);
  fmt::print("  bootgate, {:>8} bytes         {:7.1f} ms\n", fs::file_size(first), median(ours));
  fmt::print("  find | {} | gzip -6, {} bytes  {:7.1f} ms\n", cpio, fs::file_size(dir / "by-hand.gz"), median(theirs));
  fmt::print("  bootgate is {:.2f} times as fast\n", median(theirs) / median(ours));
  fs::remove_all(dir);
}

}  // namespace
}  // namespace bootgate

int main(int argc, char** argv) {
  try {
    bootgate::compare(argc > 1 ? std::max(1, std::atoi(argv[1])) : 15);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
