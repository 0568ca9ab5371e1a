#include "harness/support/cpu_share.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "harness/support/cgroup.hpp"
#include "harness/support/kernel_file.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// A process that wanted a CPU for less of the time than this has slept, or waited for something else.
constexpr double least_wanted = 0.25;

Duration from_ns(std::int64_t ns) {
  return std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(ns));
}

Duration from_ticks(std::int64_t ticks) {
  return Duration(ticks * 1000 / std::max(1L, ::sysconf(_SC_CLK_TCK)));
}

/// The fields of a line of numbers; what is no number counts as 0.
std::vector<std::int64_t> numbers_in(std::string_view line) {
  std::vector<std::int64_t> numbers;
  for (std::string_view word : split(trimmed(line), ' '))
    if (!word.empty()) numbers.push_back(number_of(word).value_or(0));
  return numbers;
}

/// utime and stime, the fields 14 and 15 of /proc/PID/stat; the second one is the name, which may hold anything
/// (proc(5)).
bool take_stat(const fs::path& process, CpuShare& share) {
  const std::string text = read_file(process / "stat").value_or("");
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return false;
  const auto fields = numbers_in(std::string_view(text).substr(name_end + 1));
  if (fields.size() < 13) return false;
  share.ran = from_ticks(fields[11] + fields[12]);
  return true;
}

/// From each thread's schedstat: nanoseconds on a CPU, nanoseconds on a run queue, time slices
/// (Documentation/scheduler/sched-stats.rst). /proc/PID/schedstat is the first thread's alone.
void take_schedstat(const fs::path& process, CpuShare& share) {
  std::int64_t ran = 0, waited = 0;
  bool counted = false;
  std::error_code failure;
  for (fs::directory_iterator task(process / "task", failure), end; !failure && task != end; task.increment(failure)) {
    const auto fields = numbers_in(read_file(task->path() / "schedstat").value_or(""));
    if (fields.size() < 2) continue;
    counted = true;
    ran += fields[0];
    waited += fields[1];
  }
  // A kernel without these statistics has no such file, or zeros in it (fs/proc/base.c, proc_pid_schedstat).
  if (!counted || (ran == 0 && share.ran > Duration(0))) return;
  share.ran = from_ns(ran);
  share.waited = from_ns(waited);
}

/// "cpu  user nice system idle iowait irq softirq steal guest guest_nice" (proc(5)); guest times are part of user's.
void take_host(const fs::path& proc, CpuShare& share) {
  const std::string text = read_file(proc / "stat").value_or("");
  if (!text.starts_with("cpu ")) return;
  const auto fields = numbers_in(std::string_view(text).substr(4, text.find('\n') - 4));
  if (fields.size() < 8) return;
  share.stolen = from_ticks(fields[7]);
  share.busy = from_ticks(fields[0] + fields[1] + fields[2] + fields[5] + fields[6] + fields[7]);
}

/// A group's own limit doesn't show in those below it, so all of them count.
std::optional<Duration> read_throttled(const fs::path& root) {
  std::optional<Duration> sum;
  for (const Cgroup& group : own_cgroups("cpu", root)) {
    const fs::path file = group.directory / "cpu.stat";
    const auto us = read_number(file, "throttled_usec");
    const auto ns = read_number(file, "throttled_time");  // version 1
    if (us || ns) sum = sum.value_or(Duration(0)) + from_ns(us ? *us * 1000 : *ns);
  }
  return sum;
}

std::string percent(double share) {
  return fmt::format("{} %", std::lround(share * 100));
}

double ratio(Duration part, Duration whole) {
  return static_cast<double>(part.count()) / static_cast<double>(whole.count());
}

/// The time of a thread that has ended meanwhile is missing from the second reading.
Duration grown(Duration before, Duration after) {
  return std::max(Duration(0), after - before);
}

}  // namespace

std::optional<CpuShare> read_cpu_share(pid_t pid, const fs::path& root) {
  const fs::path process = root / "proc" / std::to_string(pid);
  CpuShare share;
  if (!take_stat(process, share)) return std::nullopt;
  take_schedstat(process, share);
  share.throttled = read_throttled(root);
  take_host(root / "proc", share);
  return share;
}

std::optional<std::string> starvation(const CpuShare& before, const CpuShare& after, Duration wall) {
  if (wall <= Duration(0)) return std::nullopt;
  const Duration ran = grown(before.ran, after.ran);
  const bool counted = before.waited && after.waited;
  const Duration waited = counted ? grown(*before.waited, *after.waited) : Duration(0);
  const Duration busy = grown(before.busy, after.busy);
  const double stolen = busy > Duration(0) ? ratio(grown(before.stolen, after.stolen), busy) : 0;

  if (ratio(ran + waited, wall) < least_wanted) return std::nullopt;
  // Stolen time is in `ran`, or in neither of the two, as the kernel is configured (update_rq_clock_task in
  // kernel/sched/core.c). Either way the process had at most the share of a CPU that was left.
  const bool robbed = stolen > 0.5;
  if (ran >= waited && !robbed) return std::nullopt;

  std::string text = fmt::format("it got {} of a CPU", percent(ratio(ran, wall)));
  if (counted)
    text += fmt::format(", and waited {} of {} for one", percent(ratio(waited, wall)), format_duration(wall));
  const Duration throttled = grown(before.throttled.value_or(Duration(0)), after.throttled.value_or(Duration(0)));
  if (throttled * 4 >= wall) text += "; the CPU limit of its control group held it back";
  if (robbed) text += fmt::format("; a hypervisor gave {} of this host's CPU time to others", percent(stolen));
  return text;
}

}  // namespace bootgate
