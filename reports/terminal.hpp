// Terminal: a run as a person watches it. A block of live lines on a terminal, plain lines in a log.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "harness/run/event.hpp"
#include "reports/live_block.hpp"
#include "reports/result_log.hpp"
#include "reports/screen.hpp"

namespace bootgate {

struct TerminalOptions {
  int fd = 1;
  bool live = false;  // lines that are rewritten while cases run
  bool colour = false;
  bool quiet = false;                                                  // only what failed, and the summary
  fs::path junit;                                                      // named in the summary, when there is one
  std::function<TerminalSize()> size = [] { return TerminalSize{}; };  // asked whenever something is shown
  std::function<TimePoint()> now = Clock::now;
};

/// What suits the descriptor: live on a terminal unless TERM=dumb, coloured unless NO_COLOR is set, as wide as it is.
TerminalOptions terminal_options(int fd, bool quiet);

/// Guest bytes reach the descriptor escaped only. Errors of writing are ignored: the verdict doesn't hang on a display.
class Terminal : public EventSink {
 public:
  explicit Terminal(TerminalOptions options);
  void on(const Event& event) override;
  /// Moves the times on the live lines on: for when no event came for a while.
  void tick();

 private:
  std::string header(const RunStarted& event) const;
  /// What the event adds to the lines that stay, beside results.
  std::string log_line(const Event& event);
  std::string log_progress(const Progress& event);
  std::string log_build(const BuildRunning& event);
  /// In a log: what has failed, and how far the run is, while results wait for their turn.
  std::string news();
  std::string news_of_failures();
  void show(std::string_view lines);

  TerminalOptions options_;
  ResultLog log_;
  LiveBlock block_;
  Screen screen_;
  TimePoint run_start_{};
  TimePoint last_paint_{};
  std::size_t last_width_ = 0;
  std::string logged_subject_;  // of the last progress in a log
  TimePoint last_logged_{};
  std::map<std::string, TimePoint> logged_builds_;  // by kernel
  TimePoint last_result_{};                         // that was told, or news of them
  /// Job and case of failures that wait: since when, and which were told of.
  std::map<std::pair<std::size_t, std::size_t>, TimePoint> waiting_failures_;
  std::set<std::pair<std::size_t, std::size_t>> told_failures_;
};

}  // namespace bootgate
