#include "harness/support/child_cgroup.hpp"

#include <fmt/format.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <thread>

#include "harness/support/cgroup.hpp"
#include "harness/support/clock.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

constexpr std::string_view prefix = "bootgate-";

/// A control file takes one write, and a rename beside it nothing can be.
bool write_control(const fs::path& file, const std::string& value) {
  std::error_code none;
  if (!fs::exists(file, none)) return false;
  std::ofstream out(file);
  out << value;
  out.flush();
  return static_cast<bool>(out);
}

/// The number behind `key` in a file of lines like "oom_kill 2".
std::int64_t counted(const fs::path& file, std::string_view key) {
  const std::string text = read_file(file).value_or("");
  for (std::string_view line : split(text, '\n')) {
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ' ') continue;
    std::int64_t value = 0;
    std::from_chars(line.data() + key.size() + 1, line.data() + line.size(), value);
    return value;
  }
  return 0;
}

bool limit_processes(const fs::path& group, const CgroupLimits& limits) {
  return write_control(group / "pids.max", std::to_string(limits.processes));
}

bool limit_memory(const fs::path& group, const CgroupLimits& limits) {
  const std::string bytes = std::to_string(limits.memory_mib << 20);
  // Pages in swap are none of the group's memory. Where swap isn't counted there is no such file.
  (void)write_control(group / "memory.swap.max", "0");
  return write_control(group / "memory.max", bytes) || write_control(group / "memory.limit_in_bytes", bytes);
}

void kill_all(const fs::path& group) {
  const std::string members = read_file(group / "cgroup.procs").value_or("");
  for (std::string_view line : split(members, '\n')) {
    pid_t pid = 0;
    std::from_chars(line.data(), line.data() + line.size(), pid);
    if (pid > 0) ::kill(pid, SIGKILL);
  }
}

/// What a killed bootgate has left, with whoever is still in it.
void remove_orphans(const fs::path& parent) {
  std::error_code failure;
  for (fs::directory_iterator group(parent, failure), end; !failure && group != end; group.increment(failure)) {
    const std::string name = group->path().filename().string();
    pid_t owner = 0;
    if (!name.starts_with(prefix)) continue;
    std::from_chars(name.data() + prefix.size(), name.data() + name.size(), owner);
    if (owner <= 0 || ::kill(owner, 0) == 0 || errno != ESRCH) continue;
    kill_all(group->path());
    std::error_code ignored;
    fs::remove(group->path(), ignored);  // those that were killed a moment ago keep it for the next one
  }
}

/// In the first group that takes one whose limits can be set.
std::optional<fs::path> make_group(std::string_view controller, const std::function<bool(const fs::path&)>& limit,
                                   const fs::path& root) {
  static std::atomic<unsigned> counter;
  const std::string name = fmt::format("{}{}-{}", prefix, ::getpid(), counter++);
  for (const Cgroup& group : own_cgroups(controller, root)) {
    remove_orphans(group.directory);
    const fs::path made = group.directory / name;
    std::error_code failure;
    if (!fs::create_directory(made, failure) || failure) continue;
    if (limit(made)) return made;
    fs::remove(made, failure);
  }
  return std::nullopt;
}

bool has_no_member(const fs::path& group) {
  return trimmed(read_file(group / "cgroup.procs").value_or("")).empty();
}

}  // namespace

std::optional<ChildCgroup> ChildCgroup::make(const CgroupLimits& limits, const fs::path& root) {
  auto both = make_group(
      "pids", [&](const fs::path& group) { return limit_processes(group, limits) && limit_memory(group, limits); },
      root);
  if (both) return ChildCgroup({*both});
  auto processes = make_group(
      "pids", [&](const fs::path& group) { return limit_processes(group, limits); }, root);
  if (!processes) return std::nullopt;
  ChildCgroup made({*processes});
  auto memory = make_group(
      "memory", [&](const fs::path& group) { return limit_memory(group, limits); }, root);
  if (!memory) return std::nullopt;
  made.groups_.push_back(*memory);
  return made;
}

ChildCgroup::ChildCgroup(ChildCgroup&& other) noexcept : groups_(std::exchange(other.groups_, {})) {}

ChildCgroup::~ChildCgroup() {
  constexpr Duration patience{5000}, pause{5};
  const TimePoint deadline = Clock::now() + patience;
  for (const fs::path& group : groups_) {
    while (!has_no_member(group) && Clock::now() < deadline) {
      kill_all(group);
      std::this_thread::sleep_for(pause);
    }
    std::error_code ignored;
    fs::remove(group, ignored);
  }
}

std::vector<fs::path> ChildCgroup::entries() const {
  std::vector<fs::path> files;
  for (const fs::path& group : groups_)
    files.push_back(group / "cgroup.procs");
  return files;
}

bool ChildCgroup::reached_processes() const {
  return std::any_of(groups_.begin(), groups_.end(),
                     [](const fs::path& group) { return counted(group / "pids.events", "max") > 0; });
}

bool ChildCgroup::reached_memory() const {
  return std::any_of(groups_.begin(), groups_.end(), [](const fs::path& group) {
    return counted(group / "memory.events", "oom_kill") > 0 || counted(group / "memory.oom_control", "oom_kill") > 0;
  });
}

}  // namespace bootgate
