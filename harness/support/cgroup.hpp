// Control groups: which ones this process is in, and where their files are. Documentation/admin-guide/cgroup-v2.rst and
// cgroup-v1/cgroups.rst have what stands in them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/support/files.hpp"

namespace bootgate {

struct Cgroup {
  fs::path directory;
  std::string name;      // "/ci/job", as far as it can be seen from here
  bool unified = false;  // version 2
};

/// The groups that may limit this process by `controller` ("cpu", "memory"), from its own up to the root of the
/// hierarchy, or up to where a container ends. Groups of version 2 are always among them, whatever they control.
/// `root` is where the host's /proc and its mounts are.
std::vector<Cgroup> own_cgroups(std::string_view controller, const fs::path& root = "/");

}  // namespace bootgate
