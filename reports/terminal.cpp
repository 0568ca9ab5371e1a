#include "reports/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "harness/support/text.hpp"
#include "reports/build_bar.hpp"

namespace bootgate {
namespace {

/// In a log, where no line can be rewritten.
constexpr Duration log_interval(30'000);
constexpr Duration paint_interval{50};
constexpr std::size_t shown_console_lines = 20;
constexpr std::size_t shown_report_lines = 30;
// A console line may be 16 KiB long. Whole ones are in the console log.
constexpr std::size_t shown_line_length = 240;

constexpr std::string_view bold = "1", dim = "2", red = "1;31", green = "32", yellow = "33", magenta = "1;35";

struct Label {
  std::string_view text;
  std::string_view colour;
};

Label label(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return {"PASS", green};
    case Outcome::fail: return {"FAIL", red};
    case Outcome::error: return {"ERROR", magenta};
    case Outcome::skip: return {"SKIP", yellow};
    case Outcome::not_run: return {"NOT RUN", dim};
    case Outcome::known: return {"KNOWN", yellow};
    case Outcome::flaky: return {"FLAKY", yellow};
  }
  return {"ERROR", magenta};
}

bool is_bad(Outcome outcome) {
  return outcome == Outcome::fail || outcome == Outcome::error;
}

std::string title(const CaseResult& result) {
  return printable(result.suite + "/" + result.name);
}

/// "0.31s", "12.0s", "3m05s": enough digits to compare, no more.
std::string short_time(Duration duration) {
  auto ms = duration.count();
  if (ms < 10'000) return fmt::format("{}.{:02}s", ms / 1000, ms % 1000 / 10);
  if (ms < 60'000) return fmt::format("{}.{}s", ms / 1000, ms % 1000 / 100);
  return fmt::format("{}m{:02}s", ms / 60'000, ms / 1000 % 60);
}

/// The first `columns` of printable text. East Asian and other wide characters begin at U+1100; what is taken for wide
/// and isn't costs a column, while the opposite mistake would wrap the line and leave half of it behind.
std::string cut(std::string_view text, std::size_t columns) {
  std::size_t used = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    auto lead = static_cast<unsigned char>(text[end]);
    std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::size_t width = length < 3 || (lead == 0xe1 && static_cast<unsigned char>(text[end + 1]) < 0x84) ? 1 : 2;
    if (used + width > columns) break;
    used += width;
    end += length;
  }
  return std::string(text.substr(0, end));
}

std::string shortened(std::string_view line) {
  std::string text = printable(line.substr(0, shown_line_length));
  return line.size() > shown_line_length ? text + " ..." : text;
}

std::string indented(const std::vector<std::string_view>& lines, std::string_view indent) {
  std::string text;
  for (std::string_view line : lines)
    text += fmt::format("{}{}\n", indent, shortened(line));
  return text;
}

/// Splats say at their head what is wrong; of a console excerpt the end counts.
std::vector<std::string_view> head(const std::vector<std::string>& lines, std::size_t limit) {
  return {lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(limit, lines.size()))};
}

std::vector<std::string_view> tail(const std::vector<std::string>& lines, std::size_t limit) {
  return {lines.end() - static_cast<std::ptrdiff_t>(std::min(limit, lines.size())), lines.end()};
}

std::string left_out(std::size_t lines, std::size_t limit) {
  return lines > limit ? fmt::format(" ({} of {} lines)", limit, lines) : std::string();
}

std::string counts(const Tally& tally) {
  std::string text;
  auto add = [&](int number, std::string_view what) {
    if (number > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, what);
  };
  add(tally.pass, "passed");
  add(tally.fail, "failed");
  add(tally.error, tally.error == 1 ? "error" : "errors");
  add(tally.skip, "skipped");
  add(tally.known, tally.known == 1 ? "known issue" : "known issues");
  add(tally.flaky, "flaky");
  add(tally.not_run, "not run");
  return text.empty() ? "no case" : text;
}

/// One word for how the run ended.
Label verdict(const RunResult& run) {
  Tally tally = count(run);
  if (run.interrupted) return {"INTERRUPTED", yellow};
  if (run.error || tally.error > 0) return label(Outcome::error);
  if (tally.fail > 0) return {"FAILED", red};
  if (tally.pass == 0) return {"NOTHING PASSED", red};
  if (tally.not_run > 0) return {"NOT RUN", red};
  return {"PASSED", green};
}

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
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) options.width = size.ws_col;
  return options;
}

Terminal::~Terminal() {
  erase_live();
}

void Terminal::on(const Event& event) {
  std::visit([this](const auto& what) { show(what); }, event);
}

void Terminal::show(const RunStarted& event) {
  outline_ = event.outline;
  run_start_ = options_.now();
  std::size_t cases = 0;
  bool samples = false;
  for (const JobResult& job : outline_.jobs) {
    cases += job.cases.size();
    samples = samples || job.samples;
    widen_names(job);
  }
  if (options_.quiet) return;
  std::size_t jobs = outline_.jobs.size();
  constexpr std::size_t indent = 8;
  print(fmt::format(
      "kernel  {}\naccel   {}\ncases   {} in {} job{}{}\n", printable(event.kernel),
      wrapped(printable(event.accelerator), std::max<std::size_t>(options_.width, 2 * indent) - indent, indent), cases,
      jobs, jobs == 1 ? "" : "s", samples ? ", and one for each Rust sample" : ""));
}

void Terminal::widen_names(const JobResult& job) {
  constexpr std::size_t widest = 48;
  for (const CaseResult& result : job.cases)
    name_width_ = std::max(name_width_, std::min(widest, title(result).size()));
}

/// "downloading linux-6.12: 8 of 142 MiB" comes many times, and differs behind the colon.
void Terminal::log_progress(const std::string& what) {
  const std::string subject = what.substr(0, what.find(": "));
  const TimePoint now = options_.now();
  if (subject == logged_subject_ && now - last_logged_ < log_interval) return;
  logged_subject_ = subject;
  last_logged_ = now;
  print(printable(what) + "\n");
}

void Terminal::show(const BuildRunning& event) {
  if (options_.quiet) return;
  build_ = build_bar(event.progress);
  if (!case_running_) activity_.clear();
  if (options_.live) return paint_live(false);
  TimePoint now = options_.now();
  if (now - last_build_line_ < log_interval) return;
  last_build_line_ = now;
  print(build_ + "\n");
}

void Terminal::show(const Progress& event) {
  if (options_.quiet) return;
  build_.clear();
  if (!options_.live) return log_progress(event.what);
  activity_ = printable(event.what);
  activity_start_ = options_.now();
  console_line_.clear();
  paint_live(true);
}

void Terminal::show(const JobStarted& event) {
  JobResult& job = outline_.jobs.at(event.job);
  job = event.outline;
  widen_names(job);
  activity_ = printable(job.name);
  activity_start_ = options_.now();
  console_line_.clear();
  if (!options_.quiet) print(fmt::format("\n{}\n", painted(printable(job.name), bold)));
}

void Terminal::show(const ConsoleLine& event) {
  if (!options_.live) return;
  console_line_ = printable(event.text.substr(0, options_.width));
  paint_live(false);
}

void Terminal::show(const CaseStarted& event) {
  const JobResult& job = outline_.jobs.at(event.job);
  case_running_ = true;
  activity_ = fmt::format("{} {}/{}", title(job.cases.at(event.index)), event.index + 1, job.cases.size());
  activity_start_ = options_.now();
  console_line_.clear();
  paint_live(false);
}

void Terminal::show(const CaseDone& event) {
  const CaseResult& result = event.result;
  bool bad = is_bad(result.outcome);
  activity_.clear();
  case_running_ = false;
  if (options_.quiet && !bad) return;
  bool ran = bad || result.outcome == Outcome::pass;
  Label word = label(result.outcome);
  std::string lines =
      fmt::format("{}{}  {:<{}}  {}\n", std::string(7 - word.text.size(), ' '), painted(word.text, word.colour),
                  title(result), name_width_, ran ? short_time(result.took) : printable(result.reason));
  if (ran && !result.note.empty()) lines.insert(lines.size() - 1, fmt::format("  ({})", printable(result.note)));
  if (bad) lines += failure_block(result, outline_.jobs.at(event.job).directory);
  print(lines);
}

void Terminal::show(const JobDone&) {
  activity_.clear();
  erase_live();
}

void Terminal::show(const RunDone& event) {
  activity_.clear();
  print(summary(event.result));
}

std::string Terminal::failure_block(const CaseResult& result, const fs::path& directory) const {
  std::string text = fmt::format("\n         {}\n", painted(shortened(result.reason), bold));
  if (result.step) text += fmt::format("         at {}:{}\n", printable(result.step->file), result.step->line);
  text += indented(split(trimmed(result.details), '\n'), "         ");
  for (const CrashReport& report : result.reports) {
    const std::vector<std::string>& lines = shown_lines(report);
    std::size_t size = lines.size();
    text += fmt::format("\n         {}{}\n", painted(shortened(report.title), red), left_out(size, shown_report_lines));
    if (!report.expired.empty())
      text += fmt::format("         a known issue that has expired: {}\n", shortened(report.expired));
    text += indented(head(lines, shown_report_lines), "         | ");
  }
  if (!result.excerpt.empty()) {
    text += fmt::format("\n         console{}\n", left_out(result.excerpt.size(), shown_console_lines));
    text += indented(tail(result.excerpt, shown_console_lines), "         | ");
  }
  if (!directory.empty()) text += fmt::format("\n         evidence  {}\n", printable(directory.string()));
  return text + "\n";
}

std::string Terminal::summary(const RunResult& run) const {
  std::string text = "\n";
  if (run.error) {
    std::string rendered = render(*run.error);
    text += indented(split(rendered, '\n'), "");
  }
  Label word = verdict(run);
  auto took = std::chrono::duration_cast<Duration>(options_.now() - run_start_);
  text += fmt::format("{}  {} in {}\n", painted(word.text, word.colour), counts(count(run)), short_time(took));
  if (!options_.junit.empty()) text += fmt::format("junit     {}\n", printable(options_.junit.string()));
  return text;
}

std::string Terminal::painted(std::string_view text, std::string_view colour) const {
  return options_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : std::string(text);
}

std::string Terminal::live_text() const {
  if (activity_.empty()) return cut("         " + build_, options_.width - 1);
  auto took = std::chrono::duration_cast<Duration>(options_.now() - activity_start_);
  std::string text = fmt::format("         {}  {}", activity_, short_time(took));
  if (!console_line_.empty()) text += "  " + console_line_;
  std::replace(text.begin(), text.end(), '\t', ' ');
  // The last column stays free: writing it makes some terminals wrap.
  return cut(text, options_.width - 1);
}

void Terminal::print(std::string_view lines) {
  erase_live();
  std::ignore = write_all(options_.fd, lines);
  paint_live(true);
}

void Terminal::erase_live() {
  if (std::exchange(live_shown_, false)) std::ignore = write_all(options_.fd, "\r\x1b[K");
}

void Terminal::paint_live(bool at_once) {
  TimePoint now = options_.now();
  if (!options_.live || (activity_.empty() && build_.empty()) || (!at_once && now - last_paint_ < paint_interval))
    return;
  std::ignore = write_all(options_.fd, fmt::format("\r{}\x1b[K", live_text()));
  live_shown_ = true;
  last_paint_ = now;
}

}  // namespace bootgate
