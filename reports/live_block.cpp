#include "reports/live_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "harness/support/text.hpp"
#include "reports/build_bar.hpp"
#include "reports/display_text.hpp"

namespace bootgate {
namespace {

constexpr std::size_t most_machines = 10;
constexpr std::size_t most_failures = 3;
constexpr std::size_t most_prepared = 3;
/// Nothing tells when a preparation has ended. While machines run, one that wasn't heard of for so long isn't shown.
constexpr Duration preparation_patience(30'000);
constexpr std::string_view indent = "         ";

struct Room {
  std::size_t columns = 0;
  std::size_t lines = 0;
};

/// At most as many lines as there is room for, and not many more than `most`; the last one tells how many are missing.
std::vector<std::string> folded(std::vector<std::string> lines, std::size_t most, const Room& room,
                                std::string_view noun) {
  // A line that says "and 1 more" would take the room of that one.
  const std::size_t limit = std::min(most + 1, room.lines);
  if (lines.size() <= limit) return lines;
  const std::size_t shown = limit == 0 ? 0 : limit - 1;
  const std::size_t hidden = lines.size() - shown;
  lines.resize(shown);
  if (limit > 0) lines.push_back(cut(fmt::format("{}and {} more{}", indent, hidden, noun), room.columns));
  return lines;
}

void append(std::vector<std::string>& lines, std::vector<std::string> more) {
  std::move(more.begin(), more.end(), std::back_inserter(lines));
}

Duration between(TimePoint start, TimePoint end) {
  return std::chrono::duration_cast<Duration>(end - start);
}

std::vector<std::string> failure_lines(const ResultLog& log, std::size_t columns, bool coloured) {
  std::vector<std::string> lines;
  if (columns <= indent.size()) return lines;
  for (const ResultLog::Waiting& failure : log.waiting_failures()) {
    const std::string what = fmt::format("{}  {}  ({})", title(*failure.result), shortened(failure.result->reason),
                                         printable(failure.outline->name));
    lines.push_back(aligned(label(failure.result->outcome), coloured) + "  " + cut(what, columns - indent.size()));
  }
  return lines;
}

}  // namespace

void LiveBlock::on(const Event& event) {
  std::visit([this](const auto& what) { show(what); }, event);
}

void LiveBlock::show(const RunStarted& event) {
  running_ = true;
  machines_.outline(event.outline.jobs);
  preparations_.clear();
}

void LiveBlock::show(const Progress& event) {
  prepare({}, printable(event.what));
}

void LiveBlock::show(const BuildRunning& event) {
  forget_steps();
  prepare(event.progress.kernel, build_bar(event.progress));
}

void LiveBlock::show(const JobStarted& event) {
  // What it waited for has come.
  preparations_.clear();
  machines_.start_job(event);
}

void LiveBlock::show(const Estimate& event) {
  end_.reset();
  if (event.left) end_ = now_() + *event.left;
}

void LiveBlock::show(const JobDone& event) {
  machines_.end_job(event.job);
  forget_steps();
}

void LiveBlock::show(const RunDone&) {
  running_ = false;
  machines_.end();
  preparations_.clear();
}

void LiveBlock::prepare(const std::string& kernel, const std::string& text) {
  // "downloading linux-6.12: 8 of 142 MiB" comes many times, and differs behind the colon.
  auto subject = [](const std::string& line) { return std::string_view(line).substr(0, line.find(": ")); };
  const TimePoint now = now_();
  auto known = std::find_if(preparations_.begin(), preparations_.end(),
                            [&](const Preparation& preparation) { return preparation.kernel == kernel; });
  if (known == preparations_.end()) known = preparations_.insert(known, {kernel, text, now, now});
  if (subject(known->text) != subject(text)) known->since = now;
  known->text = text;
  known->heard = now;
}

void LiveBlock::forget_steps() {
  std::erase_if(preparations_, [](const Preparation& preparation) { return preparation.kernel.empty(); });
}

std::vector<std::string> LiveBlock::preparation_lines(std::size_t columns) const {
  std::vector<std::string> lines;
  const bool idle = machines_.now().empty();
  for (const Preparation& preparation : preparations_) {
    if (!idle && now_() - preparation.heard > preparation_patience) continue;
    std::string line = fmt::format("{}{}", indent, preparation.text);
    // A build's line tells its own time.
    if (preparation.kernel.empty()) line += "  " + running_time(between(preparation.since, now_()));
    lines.push_back(cut(line, columns));
  }
  return lines;
}

std::vector<std::string> LiveBlock::machine_lines(std::size_t columns) const {
  const std::vector<const RunningMachine*> machines = machines_.now();
  const bool of_one_job = std::all_of(machines.begin(), machines.end(),
                                      [&](const RunningMachine* m) { return m->job == machines.front()->job; });
  auto name = [&](const RunningMachine& machine) {
    return of_one_job || machine.mark.empty() ? machine.what : fmt::format("{}  {}", machine.what, machine.mark);
  };
  std::size_t width = 0;
  for (const RunningMachine* machine : machines)
    width = std::max(width, std::min(name(*machine).size(), columns / 2));
  std::vector<std::string> lines;
  for (const RunningMachine* machine : machines) {
    std::string line =
        fmt::format("{}{:<{}}  {:>5}", indent, name(*machine), width, running_time(between(machine->since, now_())));
    if (machine->state == RunningMachine::State::booting && machine->console.empty()) line += "  booting";
    if (!machine->console.empty()) line += "  " + machine->console;
    lines.push_back(cut(line, columns));
  }
  return lines;
}

std::vector<std::string> LiveBlock::lines(const TerminalSize& size, const ResultLog& log) const {
  // The last column stays free, since writing it makes some terminals wrap. Half of the screen is enough: when it gets
  // narrower, lines of the block are broken in two, and what is scrolled away then can't be erased.
  Room room{std::max<std::size_t>(size.width, 1) - 1,
            std::max<std::size_t>((std::max<std::size_t>(size.height, 1) - 1) / 2, 2) - 1};
  auto fill = [&](std::vector<std::string> more, std::size_t most, std::size_t share, std::string_view noun) {
    more = folded(std::move(more), most, {room.columns, share}, noun);
    room.lines -= more.size();
    return more;
  };
  const std::string last = cut(fmt::format("{}{}", indent, progress(log)), room.columns);
  std::vector<std::string> lines =
      fill(failure_lines(log, room.columns, coloured_), most_failures, (room.lines + 1) / 2, " that failed");
  std::vector<std::string> prepared = fill(preparation_lines(room.columns), most_prepared, (room.lines + 1) / 2, "");
  append(lines, fill(machine_lines(room.columns), most_machines, room.lines, ""));
  append(lines, std::move(prepared));
  if (running_) lines.push_back(last);
  return lines;
}

std::string LiveBlock::progress(const ResultLog& log) const {
  const RunProgress progress = log.progress();
  const std::size_t machines = machines_.now().size();
  std::string line = fmt::format("{} of {} cases", progress.done, progress.cases);
  if (progress.failed > 0) line += fmt::format(", {} failed", progress.failed);
  if (machines > 0) line += fmt::format(", {} running", machines);
  if (end_ && *end_ - now_() >= std::chrono::seconds(1))
    line += fmt::format(", about {} left", rough_time(between(now_(), *end_)));
  return line;
}

}  // namespace bootgate
