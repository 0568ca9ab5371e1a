#include "harness/scan/console_scan.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "expectations/record.hpp"
#include "fixtures/fetch/archive.hpp"

namespace bootgate {
namespace {

constexpr std::size_t most_titles = 1000;
constexpr std::size_t most_records = 10'000, records_of_a_boot = 10;
/// Before, the clock may still count jiffies, which are the same in each boot.
constexpr std::chrono::milliseconds clock_is_exact{100};
constexpr std::size_t most_bytes = 16 * 1024 * 1024;  // of all reports

/// The time of a printk stamp, "12.345678". Each line has one: this must cost nothing. No kernel is up for 30 years:
/// more digits than that come from elsewhere, and a clock of nanoseconds would run over.
TimePoint stamp_time(std::string_view stamp) {
  const std::size_t point = stamp.find('.');
  if (point > 9) return TimePoint();
  std::int64_t micros = 0;
  std::size_t decimals = 0;
  for (char c : stamp.substr(0, point))
    micros = micros * 10 + (c - '0');
  for (char c : stamp.substr(point + 1, 6)) {
    micros = micros * 10 + (c - '0');
    ++decimals;
  }
  for (; decimals < 6; ++decimals)
    micros *= 10;
  return TimePoint() + std::chrono::microseconds(micros);
}

}  // namespace

bool has_failure(const ScanResult& result) {
  return result.left_out > 0 || std::any_of(result.found.begin(), result.found.end(),
                                            [](const FoundReport& found) { return is_failure(found.report); });
}

ConsoleScan::ConsoleScan(std::shared_ptr<const SignatureSet> signatures)
    : on_line_([this](std::string_view text, std::size_t row) { line(text, row); }), watch_(std::move(signatures)) {}

void ConsoleScan::feed(std::string_view bytes) {
  result_.bytes += bytes.size();
  splitter_.feed(bytes, on_line_);
}

ScanResult ConsoleScan::finish() {
  splitter_.finish(on_line_);
  watch_.close();
  take_reports();
  result_.error = watch_.trouble();
  return std::move(result_);
}

void ConsoleScan::line(std::string_view text, std::size_t row) {
  result_.rows = row + 1;
  const Record record = parse_record(text);
  if (!record.stamp.empty()) now_ = stamp_time(record.stamp);
  count_boot(record);
  if (watch_.collecting()) watch_.close_quiet(now_);
  watch_.line(text, record, row, now_);
  if (watch_.has_reports()) take_reports();
}

/// dmesg prints the banner again. A second boot of the same kernel has the same one, too, but comes to its later
/// records at other microseconds. Several are looked at, since the kernel goes on to print in the midst of a replay.
void ConsoleScan::count_boot(const Record& record) {
  if (record.message.starts_with("Linux version ")) {
    ++result_.boots;
    to_look_at_ = records_of_a_boot;
    watch_.close();  // what the last kernel was about to say, it will not say any more
  } else if (to_look_at_ > 0 && !record.stamp.empty() && now_ >= TimePoint() + clock_is_exact) {
    const std::string_view whole(record.stamp.begin(), record.message.end());
    const bool is_replay = !boots_.insert(std::hash<std::string_view>()(whole)).second;
    if (is_replay) --result_.boots;
    to_look_at_ = is_replay ? 0 : to_look_at_ - 1;
    if (boots_.size() > most_records) boots_.clear();
  }
}

void ConsoleScan::take_reports() {
  for (CrashReport& report : watch_.take()) {
    auto twin = std::find_if(result_.found.begin(), result_.found.end(),
                             [&](const FoundReport& found) { return found.report.title == report.title; });
    if (twin != result_.found.end()) {
      ++twin->count;
      continue;
    }
    for (const std::string& line : report.lines)
      kept_bytes_ += line.size();
    if (result_.found.size() < most_titles && kept_bytes_ < most_bytes)
      result_.found.push_back({std::move(report), 1});
    else
      ++result_.left_out;
  }
}

ScanResult scan_log(const std::string& name, std::shared_ptr<const SignatureSet> signatures,
                    const std::stop_token& stop) {
  ConsoleScan scan(std::move(signatures));
  const bool is_input = name == "-";
  UniqueFd file(is_input ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  std::optional<Error> error;
  if (!file)
    error = usage_error(fmt::format("can't read {}: {}", name, std::strerror(errno))).value();
  else if (auto read = read_compressed(
               file.get(), name, [&](std::string_view bytes) { scan.feed(bytes); }, stop);
           !read)
    error = read.error();
  ScanResult result = scan.finish();
  result.name = is_input ? "standard input" : name;
  if (error) result.error = std::move(error);
  return result;
}

}  // namespace bootgate
