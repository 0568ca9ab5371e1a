#include "harness/cli/gdb_session.hpp"

#include <fmt/format.h>

#include "harness/support/process.hpp"
#include "harness/symbols/stack_decoder.hpp"

namespace bootgate {
namespace {

constexpr const char* build_hint = "build it with debug info: --kernel SOURCE --fragment gdb";

}  // namespace

Result<fs::path> find_gdb() {
  if (auto gdb = find_program("gdb")) return *gdb;
  return bench_error("gdb not found", "install it: apt install gdb");
}

Result<GdbSession> plan_gdb(const fs::path& gdb, const KernelImage& kernel) {
  GdbSession session;
  session.gdb = gdb;
  if (!kernel.vmlinux) return usage_error(fmt::format("no vmlinux comes with {}", kernel.origin), build_hint);
  session.vmlinux = *kernel.vmlinux;
  if (auto symbols = StackDecoder::open({session.vmlinux, std::nullopt}); !symbols)
    return usage_error(symbols.error().what, build_hint);
  session.has_scripts = has_gdb_scripts(session.vmlinux);
  return session;
}

bool has_gdb_scripts(const fs::path& vmlinux) {
  std::error_code none;
  const fs::path directory = vmlinux.parent_path();
  // `make scripts_gdb` writes constants.py, without which the others don't load.
  return fs::exists(directory / "vmlinux-gdb.py", none) &&
         fs::exists(directory / "scripts/gdb/linux/constants.py", none);
}

std::vector<std::string> gdb_argv(const GdbSession& session) {
  std::vector<std::string> argv{session.gdb.string(), "-q"};
  auto add = [&](const char* option, std::string value) { argv.insert(argv.end(), {option, std::move(value)}); };
  // gdb loads vmlinux-gdb.py by itself from beside vmlinux, where it is told to trust the place.
  const fs::path directory = session.vmlinux.parent_path();
  if (session.has_scripts) add("-iex", fmt::format("add-auto-load-safe-path {}", directory.string()));
  if (!session.vmlinux.empty()) argv.push_back(session.vmlinux.string());
  add("-ex", fmt::format("target remote {}", session.socket.string()));
  for (const std::string& symbol : session.breakpoints)
    add("-ex", fmt::format("hbreak {}", symbol));
  if (!session.breakpoints.empty()) add("-ex", "continue");
  argv.insert(argv.end(), session.more.begin(), session.more.end());
  return argv;
}

}  // namespace bootgate
