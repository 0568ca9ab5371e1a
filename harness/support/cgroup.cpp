#include "harness/support/cgroup.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

struct Mount {
  std::string group;  // which group of the hierarchy is mounted
  fs::path point;
  bool unified = false;
  std::string controllers;  // "rw,cpu,cpuacct"
};

/// The kernel writes blanks and backslashes in paths as \040 and \134 (proc(5), mountinfo).
std::string unescaped(std::string_view text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    auto digits = text.substr(i, 4);
    bool octal = digits.size() == 4 && digits[0] == '\\' &&
                 std::from_chars(digits.data() + 1, digits.data() + 4, byte, 8).ptr == digits.data() + 4;
    path += octal ? static_cast<char>(byte) : text[i];
    if (octal) i += 3;
  }
  return path;
}

bool lists(std::string_view names, std::string_view name) {
  const auto all = split(names, ',');
  return std::find(all.begin(), all.end(), name) != all.end();
}

/// "32 31 0:29 /group /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu" (proc(5), mountinfo)
std::optional<Mount> mount_in(std::string_view line) {
  const auto fields = split(line, ' ');
  const auto dash = std::find(fields.begin(), fields.end(), "-");
  if (fields.size() < 5 || fields.end() - dash < 4 || !dash[1].starts_with("cgroup")) return std::nullopt;
  return Mount{unescaped(fields[3]), unescaped(fields[4]), dash[1] == "cgroup2", std::string(dash[3])};
}

std::vector<Mount> cgroup_mounts(const fs::path& root) {
  std::vector<Mount> mounts;
  const std::string text = read_file(root / "proc/self/mountinfo").value_or("");
  for (std::string_view line : split(text, '\n'))
    if (auto mount = mount_in(line)) mounts.push_back(std::move(*mount));
  return mounts;
}

/// What of the path of a group stands below the group that is mounted; nothing when it is elsewhere.
std::optional<std::string_view> below(std::string_view path, std::string_view mounted) {
  if (mounted == "/") mounted = "";
  if (!path.starts_with(mounted)) return std::nullopt;
  path.remove_prefix(mounted.size());
  // A process outside of its namespace's root is in "/../other" (cgroup_namespaces(7)).
  if (path.find("/..") != std::string_view::npos) return std::nullopt;
  if (!path.empty() && path.front() != '/') return std::nullopt;
  return path == "/" ? "" : path;
}

/// Adds the group and those above it, as far as they are mounted. Where the own one isn't, as in a container that sees
/// its host's paths, what is mounted stands for it.
void add_groups(std::string_view own, const std::vector<Mount>& mounts, const fs::path& root,
                std::vector<Cgroup>& groups) {
  if (mounts.empty()) return;
  auto mount = std::find_if(mounts.begin(), mounts.end(), [&](const Mount& m) { return below(own, m.group); });
  if (mount == mounts.end()) mount = mounts.begin();
  const fs::path top = root / mount->point.relative_path();
  std::string name(below(own, mount->group).value_or(""));
  for (; !name.empty(); name.resize(name.rfind('/')))
    groups.push_back({top / name.substr(1), name, mount->unified});
  groups.push_back({top, "/", mount->unified});
}

}  // namespace

std::vector<Cgroup> own_cgroups(std::string_view controller, const fs::path& root) {
  std::vector<Cgroup> groups;
  const std::vector<Mount> mounts = cgroup_mounts(root);
  const std::string text = read_file(root / "proc/self/cgroup").value_or("");
  for (std::string_view line : split(text, '\n')) {
    // "4:memory:/ci" or, for version 2, "0::/ci" (cgroups(7)). A path may hold colons.
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const bool unified = controllers.empty();
    if (!unified && !lists(controllers, controller)) continue;
    std::vector<Mount> candidates;
    std::copy_if(mounts.begin(), mounts.end(), std::back_inserter(candidates), [&](const Mount& mount) {
      return mount.unified == unified && (unified || lists(mount.controllers, controller));
    });
    add_groups(line.substr(second + 1), candidates, root, groups);
  }
  return groups;
}

}  // namespace bootgate
