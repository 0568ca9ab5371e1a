#include "reports/running_machines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"
#include "reports/display_text.hpp"

namespace bootgate {
namespace {

/// From one case to the next on the same machine: it doesn't go and come again.
constexpr Duration between_cases(250);
/// A console line may be 16 KiB long; no terminal is so wide.
constexpr std::size_t kept_console = 512;

}  // namespace

std::vector<std::string> distinguishing_parts(const std::vector<std::string>& names) {
  std::vector<std::vector<std::string_view>> parts;
  for (const std::string& name : names)
    parts.push_back(split(name, '-'));
  const bool comparable =
      std::all_of(parts.begin(), parts.end(), [&](const auto& some) { return some.size() == parts.front().size(); });
  if (!comparable) return names;
  std::vector<std::string> result(names.size());
  for (std::size_t i = 1; !parts.empty() && i < parts.front().size(); ++i) {
    if (std::all_of(parts.begin(), parts.end(), [&](const auto& some) { return some[i] == parts.front()[i]; }))
      continue;
    for (std::size_t k = 0; k < names.size(); ++k)
      result[k].append(result[k].empty() ? "" : "-").append(parts[k][i]);
  }
  return result;
}

void RunningMachines::outline(std::vector<JobResult> jobs) {
  outlines_ = std::move(jobs);
  std::vector<std::string> names;
  for (const JobResult& job : outlines_)
    names.push_back(printable(job.name));
  marks_ = distinguishing_parts(names);
}

void RunningMachines::start_job(const JobStarted& event) {
  outlines_.at(event.job) = event.outline;
  free_place() = booting(event.job);
}

void RunningMachines::hear(const ConsoleLine& event) {
  RunningMachine* machine = nullptr;
  if (event.index) {
    machine = on_case(event.job, *event.index);
    if (!machine) return;
    machine->has_own_console = true;
  } else {
    machine = idle(event.job);
    if (!machine) machine = find([&](const auto& m) { return m.job == event.job && !m.has_own_console; });
    if (!machine) *(machine = &free_place()) = booting(event.job);
    if (machine->state == State::between) *machine = booting(event.job);
  }
  machine->console = printable(std::string_view(event.text).substr(0, kept_console));
}

void RunningMachines::start_case(const CaseStarted& event) {
  const JobResult& job = outlines_.at(event.job);
  RunningMachine* machine = on_case(event.job, event.index);
  if (!machine) machine = idle(event.job);
  if (!machine) machine = &free_place();
  std::string what = fmt::format("{} {}/{}", title(job.cases.at(event.index)), event.index + 1, job.cases.size());
  if (event.attempt > 1) what += fmt::format(", attempt {}", event.attempt);
  *machine = {State::on_case, event.job, event.index, std::move(what), marks_[event.job], now_(), {}, {}, false};
}

void RunningMachines::end_case(const CaseDone& event) {
  RunningMachine* machine = on_case(event.job, event.index);
  if (!machine) return;
  if (machine->has_own_console || idle(event.job)) {
    *machine = {};
    return;
  }
  machine->state = State::between;
  machine->ended = now_();
}

void RunningMachines::end_job(std::size_t job) {
  for (RunningMachine& machine : machines_)
    if (machine.job == job) machine = {};
}

std::vector<const RunningMachine*> RunningMachines::now() const {
  std::vector<const RunningMachine*> running;
  for (const RunningMachine& machine : machines_) {
    const bool over = machine.state == State::between && now_() - machine.ended > between_cases;
    if (machine.state != State::gone && !over) running.push_back(&machine);
  }
  return running;
}

RunningMachine* RunningMachines::find(const std::function<bool(const RunningMachine&)>& fits) {
  auto found = std::find_if(machines_.begin(), machines_.end(), [&](const RunningMachine& machine) {
    return machine.state != State::gone && fits(machine);
  });
  return found == machines_.end() ? nullptr : &*found;
}

RunningMachine* RunningMachines::on_case(std::size_t job, std::size_t index) {
  return find([&](const auto& m) { return m.state == State::on_case && m.job == job && m.index == index; });
}

RunningMachine* RunningMachines::idle(std::size_t job) {
  return find([&](const auto& m) { return m.state != State::on_case && m.job == job; });
}

RunningMachine& RunningMachines::free_place() {
  auto free = std::find_if(machines_.begin(), machines_.end(), [](const auto& m) { return m.state == State::gone; });
  return free == machines_.end() ? machines_.emplace_back() : *free;
}

RunningMachine RunningMachines::booting(std::size_t job) const {
  return {State::booting, job, 0, printable(outlines_.at(job).name), {}, now_(), {}, {}, false};
}

}  // namespace bootgate
