// GdbSession: gdb on a kernel's symbols, and what it needs for that.
#pragma once

#include <string>
#include <vector>

#include "fixtures/boot/kernel.hpp"

namespace bootgate {

struct GdbSession {
  fs::path gdb;
  fs::path vmlinux;                      // empty: none
  bool has_scripts = false;              // the kernel's own commands, lx-*, lie beside it
  fs::path socket;                       // of QEMU's stub
  std::vector<std::string> breakpoints;  // symbols; the guest runs until the first is reached
  std::vector<std::string> more;         // the user's arguments, last
};

/// An error says how to install it.
Result<fs::path> find_gdb();

/// Finds the kernel's symbols; an error says which fragment to build with.
Result<GdbSession> plan_gdb(const fs::path& gdb, const KernelImage& kernel);

/// Whether the kernel's own commands for gdb lie beside its symbols.
bool has_gdb_scripts(const fs::path& vmlinux);

/// gdb's command line. Hardware breakpoints: at the machine's first instruction the kernel isn't in memory yet.
std::vector<std::string> gdb_argv(const GdbSession& session);

}  // namespace bootgate
