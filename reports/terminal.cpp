#include "reports/terminal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "harness/support/text.hpp"
#include "reports/build_bar.hpp"
#include "reports/display_text.hpp"
#include "reports/result_text.hpp"

namespace bootgate {
namespace {

/// In a log, where no line can be rewritten.
constexpr Duration log_interval(30'000);
constexpr Duration paint_interval{50};

}  // namespace

TerminalOptions terminal_options(int fd, bool quiet) {
  TerminalOptions options;
  options.fd = fd;
  options.quiet = quiet;
  if (!::isatty(fd)) return options;
  auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string_view(value ? value : "");
  };
  bool dumb = variable("TERM").empty() || variable("TERM") == "dumb";
  options.live = !dumb && !quiet;
  options.colour = !dumb && variable("NO_COLOR").empty();
  options.size = [fd] { return terminal_size(fd); };
  return options;
}

Terminal::Terminal(TerminalOptions options)
    : options_(std::move(options)),
      log_({options_.colour, options_.quiet}),
      block_(options_.now, options_.colour),
      screen_(options_.fd),
      run_start_(options_.now()) {}

void Terminal::on(const Event& event) {
  block_.on(event);
  log_.on(event);
  // Progress comes before what it leads to, and the summary after all results.
  std::string lines = std::holds_alternative<RunDone>(event) ? "" : log_line(event);
  const std::string results = log_.take();
  if (!results.empty()) last_result_ = options_.now();
  lines += results;
  if (const auto* done = std::get_if<RunDone>(&event)) {
    auto took = std::chrono::duration_cast<Duration>(options_.now() - run_start_);
    lines += summary_text(done->result, took, {options_.colour, options_.junit});
  }
  show(lines + news());
}

void Terminal::tick() {
  show(news());
}

std::string Terminal::log_line(const Event& event) {
  if (const auto* started = std::get_if<RunStarted>(&event)) {
    run_start_ = last_result_ = options_.now();
    return options_.quiet ? "" : header(*started);
  }
  if (options_.quiet || options_.live) return {};
  if (const auto* progress = std::get_if<Progress>(&event)) return log_progress(*progress);
  if (const auto* build = std::get_if<BuildRunning>(&event)) return log_build(*build);
  return {};
}

std::string Terminal::header(const RunStarted& event) const {
  std::size_t cases = 0;
  bool samples = false;
  for (const JobResult& job : event.outline.jobs) {
    cases += job.cases.size();
    samples = samples || job.samples;
  }
  const std::size_t jobs = event.outline.jobs.size();
  constexpr std::size_t indent = 8;
  return fmt::format(
      "kernel  {}\naccel   {}\ncases   {} in {} job{}{}\n", printable(event.kernel),
      wrapped(printable(event.accelerator), std::max<std::size_t>(options_.size().width, 2 * indent) - indent, indent),
      cases, jobs, jobs == 1 ? "" : "s", samples ? ", and one for each Rust sample" : "");
}

/// "downloading linux-6.12: 8 of 142 MiB" comes many times, and differs behind the colon.
std::string Terminal::log_progress(const Progress& event) {
  const std::string subject = event.what.substr(0, event.what.find(": "));
  const TimePoint now = options_.now();
  if (subject == logged_subject_ && now - last_logged_ < log_interval) return {};
  logged_subject_ = subject;
  last_logged_ = now;
  return printable(event.what) + "\n";
}

std::string Terminal::log_build(const BuildRunning& event) {
  const TimePoint now = options_.now();
  auto [logged, first] = logged_builds_.try_emplace(event.progress.kernel, now);
  if (!first && now - logged->second < log_interval) return {};
  logged->second = now;
  return build_bar(event.progress) + "\n";
}

std::string Terminal::news() {
  if (options_.live || !log_.waits()) return {};
  std::string text;
  const TimePoint now = options_.now();
  if (!options_.quiet && now - last_result_ >= log_interval) {
    last_result_ = now;
    text += block_.progress(log_) + "\n";
  }
  return text + news_of_failures();
}

/// A log is read while it grows, too: a failure behind a slow job is told in advance, once and on one line. Not at
/// once, since in most runs its turn comes within seconds, and it would stand there twice.
std::string Terminal::news_of_failures() {
  std::string text;
  const TimePoint now = options_.now();
  for (const ResultLog::Waiting& failure : log_.waiting_failures()) {
    const std::pair place(failure.job, failure.index);
    auto since = waiting_failures_.try_emplace(place, now).first->second;
    if (now - since < log_interval || !told_failures_.insert(place).second) continue;
    text += fmt::format("{} in the meantime: {} of {}: {}\n", label(failure.result->outcome).text,
                        title(*failure.result), printable(failure.outline->name), shortened(failure.result->reason));
  }
  return text;
}

void Terminal::show(std::string_view lines) {
  const TimePoint now = options_.now();
  if (!options_.live) return screen_.show(lines, {});
  if (lines.empty() && now - last_paint_ < paint_interval) return;
  last_paint_ = now;
  const TerminalSize size = options_.size();
  if (std::exchange(last_width_, size.width) != size.width) screen_.resized();
  screen_.show(lines, block_.lines(size, log_));
}

}  // namespace bootgate
