// The QEMU program of this host.
#pragma once

#include <string>

#include "fixtures/store.hpp"

namespace bootgate {

struct QemuProgram {
  fs::path path;
  std::string version;  // "7.2.22"
};

/// Looks for `wanted` (a name or a path; empty: qemu-system-x86_64) and asks it for its version, once for each build of
/// it: the answer is kept in the store. An error says how to install it.
Result<QemuProgram> find_qemu(const std::string& wanted, const Store& store);

}  // namespace bootgate
