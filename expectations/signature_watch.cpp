#include "expectations/signature_watch.hpp"

#include <algorithm>
#include <deque>
#include <unordered_set>

#include "expectations/literal_set.hpp"
#include "expectations/open_report.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

constexpr Duration report_quiet = 2s;
constexpr std::size_t lines_ahead = 5;
/// So many lines of others may stand between a report and its end marker.
constexpr std::size_t end_marker_delay = 30;
/// Every CPU of a large machine may be in trouble at once; a hostile console invents callers without end.
constexpr std::size_t most_open = 64;
/// A console that replays itself is recognised by its headers, of which so many are remembered.
constexpr std::size_t most_headers = 10'000;

/// What may open a report, in the lines before its header: "cut here", or a rule of "=".
bool is_opening(std::string_view message) {
  if (message.starts_with("------------[ cut here ]")) return true;
  return message.size() >= 20 && message[0] == '=' && message.find_first_not_of("=\r") == std::string_view::npos;
}

std::vector<std::string> literals_of(const SignatureSet& signatures) {
  std::vector<std::string> literals;
  for (const Signature& row : signatures.rows)
    literals.push_back(row.literal);
  return literals;
}

std::vector<std::vector<std::size_t>> forgets_of(const SignatureSet& signatures) {
  std::vector<std::vector<std::size_t>> forgets(signatures.rows.size());
  for (std::size_t counting = 0; counting < forgets.size(); ++counting)
    for (const std::string& id : signatures.rows[counting].forgotten_after)
      for (std::size_t i = 0; i < forgets.size(); ++i)
        if (signatures.rows[i].id == id) forgets[i].push_back(counting);
  return forgets;
}

}  // namespace

struct SignatureWatch::Impl {
  explicit Impl(std::shared_ptr<const SignatureSet> set)
      : signatures(std::move(set)),
        literals(literals_of(*signatures)),
        seen(signatures->rows.size()),
        spent(signatures->rows.size()),
        forgets(forgets_of(*signatures)) {}

  std::shared_ptr<const SignatureSet> signatures;
  LiteralSet literals;  // of the rows, in their order
  std::vector<std::uint32_t> candidates;
  std::vector<std::size_t> seen;                  // lines of each row, for those that count them
  std::vector<bool> spent;                        // rows that were too expensive once
  std::vector<std::vector<std::size_t>> forgets;  // the rows that start to count anew after a line of this one
  std::vector<OpenReport> open;
  std::deque<LineAhead> ahead;  // from an opening on
  std::unordered_set<std::size_t> headers;
  std::optional<std::size_t> last_end;  // the last line of the report that ended last
  std::vector<CrashReport> finished;
  std::optional<Error> trouble;

  /// What is too expensive once may be so on each of a million lines: that is told, and the row is tried no more.
  std::optional<Captures> match(std::size_t index, std::string_view message) {
    if (spent[index]) return std::nullopt;
    auto match = signatures->rows[index].pattern.find(message);
    if (!match) spent[index] = true;
    if (!match && !trouble) trouble = match.error();
    if (!match || !*match) return std::nullopt;
    return std::move((*match)->captures);
  }

  bool is_exception(const Signature& row, std::string_view message) {
    return std::any_of(row.except.begin(), row.except.end(), [&](const Pattern& pattern) {
      auto match = pattern.find(message);
      if (!match && !trouble) trouble = match.error();
      return match && *match;
    });
  }

  std::optional<SignatureHit> find(std::string_view message) {
    literals.find(message, candidates);
    for (std::uint32_t index : candidates) {
      const Signature& row = signatures->rows[index];
      auto captures = match(index, message);
      if (!captures || is_exception(row, message)) continue;
      for (std::size_t forgotten : forgets[index])
        seen[forgotten] = 0;
      if (++seen[index] < row.times) continue;
      seen[index] = 0;
      if (row.severity == Severity::benign) return std::nullopt;
      return SignatureHit{&row, std::move(*captures)};
    }
    return std::nullopt;
  }

  /// dmesg, and whoever else reads the kernel's log, prints the same records again, with the same time stamps.
  bool was_here(const Record& record) {
    const std::size_t point = record.stamp.find('.');
    if (point == std::string_view::npos || record.stamp.size() - point < 7) return false;  // too coarse to tell by
    const std::size_t length = static_cast<std::size_t>(record.message.end() - record.stamp.begin());
    const bool fresh = headers.insert(std::hash<std::string_view>()({record.stamp.data(), length})).second;
    if (headers.size() > most_headers) headers.clear();
    return !fresh;
  }

  /// Lines ahead that the same caller printed, from the opening on.
  std::vector<LineAhead> ahead_of(const Record& header) {
    std::vector<LineAhead> lines;
    for (LineAhead& line : ahead)
      if (line.caller == header.caller) lines.push_back(std::move(line));
    ahead.clear();
    return lines;
  }

  void note_ahead(const WatchedLine& line) {
    if (is_opening(line.record.message)) ahead.clear();
    if (ahead.empty() && !is_opening(line.record.message)) return;
    const bool stamped = !line.record.stamp.empty();
    if (!ahead.empty() && ahead.front().stamped && !stamped) return;  // of user space, or of who saved the console
    ahead.push_back({std::string(line.text), std::string(line.record.caller), stamped, line.number});
    if (ahead.size() > lines_ahead) ahead.clear();
  }

  void close(std::size_t index) {
    OpenReport report = std::move(open[index]);
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(index));
    if (report.trouble() && !trouble) trouble = report.trouble();
    last_end = report.last_line();
    if (report.replayed()) return;
    finished.push_back(std::move(report).finish(signatures->skipped_frames));
    if (auto marked = mark_known(finished.back(), signatures->known); !marked && !trouble) trouble = marked.error();
  }

  /// True when an open report has taken the line.
  bool continue_open(const WatchedLine& line, const std::optional<SignatureHit>& hit) {
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (!open[i].concerns(line.record)) continue;
      const auto taken = open[i].take(line, hit ? &*hit : nullptr);
      if (taken != OpenReport::Taken::goes_on) close(i);
      return taken != OpenReport::Taken::refused;
    }
    return false;
  }

  void line(const WatchedLine& line) {
    auto hit = find(line.record.message);
    if (!open.empty() && continue_open(line, hit)) return;
    if (!hit) return note_ahead(line);
    // A line that it did not take has ended the report before its end marker came.
    if (hit->signature->follows && last_end && line.number - *last_end <= end_marker_delay) return;
    // Every boot begins with the same record.
    const bool replayed = hit->signature->times == 1 && was_here(line.record);
    const auto lines = ahead_of(line.record);
    if (open.size() == most_open) close(0);
    open.emplace_back(std::move(*hit), line, lines, replayed);
    if (open.back().is_complete()) close(open.size() - 1);
  }
};

SignatureWatch::SignatureWatch(std::shared_ptr<const SignatureSet> signatures)
    : impl_(std::make_unique<Impl>(std::move(signatures))) {}
SignatureWatch::~SignatureWatch() = default;
SignatureWatch::SignatureWatch(const SignatureWatch& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
SignatureWatch::SignatureWatch(SignatureWatch&&) noexcept = default;
SignatureWatch& SignatureWatch::operator=(SignatureWatch&&) noexcept = default;

void SignatureWatch::line(std::string_view text, std::size_t number, TimePoint now) {
  line(text, parse_record(text), number, now);
}

void SignatureWatch::line(std::string_view text, const Record& record, std::size_t number, TimePoint now) {
  impl_->line({text, record, number, now});
}

bool SignatureWatch::collecting() const {
  return !impl_->open.empty();
}

void SignatureWatch::close() {
  while (!impl_->open.empty())
    impl_->close(0);
}

void SignatureWatch::close_quiet(TimePoint now) {
  for (std::size_t i = 0; i < impl_->open.size();)
    if (now >= impl_->open[i].last_line_at() + report_quiet)
      impl_->close(i);
    else
      ++i;
}

const std::optional<Error>& SignatureWatch::trouble() const {
  return impl_->trouble;
}

std::optional<TimePoint> SignatureWatch::quiet_deadline() const {
  std::optional<TimePoint> first;
  for (const OpenReport& report : impl_->open)
    if (!first || report.last_line_at() + report_quiet < *first) first = report.last_line_at() + report_quiet;
  return first;
}

bool SignatureWatch::has_reports() const {
  return !impl_->finished.empty();
}

std::vector<CrashReport> SignatureWatch::take() {
  if (impl_->finished.empty()) return {};
  auto reports = std::exchange(impl_->finished, {});
  std::stable_sort(reports.begin(), reports.end(),
                   [](const CrashReport& a, const CrashReport& b) { return a.first_line < b.first_line; });
  return reports;
}

}  // namespace bootgate
