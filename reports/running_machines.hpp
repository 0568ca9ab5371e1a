// RunningMachines: which machines run and what on each, as far as events tell.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/event.hpp"

namespace bootgate {

struct RunningMachine {
  /// `between`: its case has just ended, and the next one may run on it.
  enum class State { gone, booting, on_case, between };
  State state = State::gone;
  std::size_t job = 0;
  std::size_t index = 0;  // of the case it is on
  std::string what;       // "boot/login 3/9", or its job
  std::string mark;       // what tells its job from others: "linux_6.12"
  TimePoint since{};
  TimePoint ended{};             // its case, when it is between two
  std::string console;           // its last line, escaped
  bool has_own_console = false;  // so it is not the booting machine of its job
};

/// What each name has that not all have, of their parts between hyphens; the first one is a job's suite, which its
/// cases name too. Empty where they differ in nothing else.
std::vector<std::string> distinguishing_parts(const std::vector<std::string>& names);

/// Of events only those of jobs and cases count. Names and consoles are escaped.
class RunningMachines {
 public:
  explicit RunningMachines(std::function<TimePoint()> now) : now_(std::move(now)) {}

  void outline(std::vector<JobResult> jobs);
  void start_job(const JobStarted& event);
  void hear(const ConsoleLine& event);
  void start_case(const CaseStarted& event);
  void end_case(const CaseDone& event);
  void end_job(std::size_t job);
  void end() { machines_.clear(); }

  /// A machine keeps its place among them while others come and go.
  std::vector<const RunningMachine*> now() const;

 private:
  using State = RunningMachine::State;
  RunningMachine* find(const std::function<bool(const RunningMachine&)>& fits);
  RunningMachine* on_case(std::size_t job, std::size_t index);
  /// Of a job, without a case.
  RunningMachine* idle(std::size_t job);
  RunningMachine& free_place();
  RunningMachine booting(std::size_t job) const;

  std::function<TimePoint()> now_;
  std::vector<JobResult> outlines_;
  std::vector<std::string> marks_;
  std::vector<RunningMachine> machines_;
};

}  // namespace bootgate
