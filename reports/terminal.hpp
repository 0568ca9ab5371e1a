// Terminal: a run as a person watches it. A live line on a terminal, plain lines in a log.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/event.hpp"

namespace bootgate {

struct TerminalOptions {
  int fd = 1;
  bool live = false;  // one line that is rewritten while a case runs
  bool colour = false;
  bool quiet = false;  // only what failed, and the summary
  std::size_t width = 80;
  fs::path junit;  // named in the summary, when there is one
  std::function<TimePoint()> now = Clock::now;
};

/// What suits the descriptor: live on a terminal unless TERM=dumb, coloured unless NO_COLOR is set, as wide as it is.
TerminalOptions terminal_options(int fd, bool quiet);

/// Guest bytes reach the descriptor escaped only. Errors of writing are ignored: the verdict doesn't hang on a display.
class Terminal : public EventSink {
 public:
  explicit Terminal(TerminalOptions options) : options_(std::move(options)) {}
  /// Takes the live line away.
  ~Terminal() override;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  void on(const Event& event) override;
  /// Moves the time on the live line on: for when no event came for a while.
  void tick() { paint_live(false); }

 private:
  void show(const RunStarted& event);
  void show(const Progress& event);
  void show(const BuildRunning& event);
  void show(const JobStarted& event);
  void show(const ConsoleLine& event);
  void show(const CaseStarted& event);
  void show(const CaseDone& event);
  void show(const Span&) {}
  void show(const Estimate&) {}
  void show(const JobDone& event);
  void show(const RunDone& event);

  void log_progress(const std::string& what);
  void widen_names(const JobResult& job);
  std::string failure_block(const CaseResult& result, const fs::path& directory) const;
  std::string summary(const RunResult& run) const;
  std::string painted(std::string_view text, std::string_view colour) const;
  std::string live_text() const;
  /// Writes whole lines above the live line.
  void print(std::string_view lines);
  void erase_live();
  void paint_live(bool at_once);

  TerminalOptions options_;
  RunResult outline_;
  std::size_t name_width_ = 0;  // of the longest "suite/case"
  TimePoint run_start_{};
  bool live_shown_ = false;
  TimePoint last_paint_{};
  TimePoint activity_start_{};  // of the running case, or of what is prepared
  std::string activity_;        // "boot/login 3/9"
  std::string console_line_;    // the last one, escaped
  std::string build_;           // its progress, shown while no case runs
  bool case_running_ = false;
  TimePoint last_build_line_{};
  std::string logged_subject_;  // of the last progress in a log
  TimePoint last_logged_{};
};

}  // namespace bootgate
