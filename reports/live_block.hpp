// LiveBlock: what runs now, as lines that are rewritten in place.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/event.hpp"
#include "reports/result_log.hpp"
#include "reports/running_machines.hpp"
#include "reports/screen.hpp"

namespace bootgate {

class LiveBlock {
 public:
  LiveBlock(std::function<TimePoint()> now, bool coloured)
      : now_(std::move(now)), coloured_(coloured), machines_(now_) {}

  void on(const Event& event);
  /// Failures whose turn in the log has not come, running machines, what is prepared, and how far the run is: as many
  /// lines as the terminal has room for. Guest bytes are escaped.
  std::vector<std::string> lines(const TerminalSize& size, const ResultLog& log) const;
  /// "12 of 40 cases, 1 failed, 2 running, about 14s left"
  std::string progress(const ResultLog& log) const;

 private:
  /// A kernel that is built, or whatever else takes a while.
  struct Preparation {
    std::string kernel;  // empty: no build
    std::string text;
    TimePoint since{};
    TimePoint heard{};
  };

  void show(const RunStarted& event);
  void show(const Progress& event);
  void show(const BuildRunning& event);
  void show(const JobStarted& event);
  void show(const ConsoleLine& event) { machines_.hear(event); }
  void show(const CaseStarted& event) { machines_.start_case(event); }
  void show(const CaseDone& event) { machines_.end_case(event); }
  void show(const Span&) {}
  void show(const Estimate& event);
  void show(const JobDone& event);
  void show(const RunDone& event);

  void prepare(const std::string& kernel, const std::string& text);
  /// Builds are kept.
  void forget_steps();
  std::vector<std::string> preparation_lines(std::size_t columns) const;
  std::vector<std::string> machine_lines(std::size_t columns) const;

  std::function<TimePoint()> now_;
  bool coloured_;
  bool running_ = false;
  RunningMachines machines_;
  std::vector<Preparation> preparations_;
  std::optional<TimePoint> end_;  // by the last estimate
};

}  // namespace bootgate
