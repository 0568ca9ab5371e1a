#include <algorithm>
#include <deque>

#include "expectations/signatures.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

constexpr Duration report_quiet = 2s;
constexpr std::size_t report_bytes = 128 * 1024;
constexpr std::size_t report_lines = 400;
constexpr std::size_t lines_before = 5;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// A rule of at least 20 "=", as sanitizers and lockdep draw it.
bool is_rule(std::string_view text) {
  return text.size() >= 20 && text.find_first_not_of("=\r") == std::string_view::npos;
}

/// What may open a report, in the lines before its header.
bool is_opening(std::string_view text) {
  return has(text, "[ cut here ]") || is_rule(text);
}

bool ends_always(std::string_view text) {
  return has(text, "---[ end Kernel panic") || has(text, "Rebooting in ");
}

/// Lines that go on behind the body of a report: another part of the same splat.
bool goes_on(std::string_view text) {
  constexpr std::string_view beginnings[] = {"Modules linked in:",
                                             "CPU:",
                                             "Tainted:",
                                             "Hardware name:",
                                             "RIP:",
                                             "Code:",
                                             "RSP:",
                                             "RAX:",
                                             "RDX:",
                                             "RBP:",
                                             "R10:",
                                             "R13:",
                                             "FS:",
                                             "CS:",
                                             "CR2:",
                                             "DR0:",
                                             "DR3:",
                                             "PKRU:",
                                             "---[",
                                             "note:",
                                             "Kernel Offset:",
                                             "Call Trace:",
                                             " ",
                                             "Kernel panic",
                                             "Shutting down cpus with NMI",
                                             "Dumping ftrace"};
  return std::any_of(std::begin(beginnings), std::end(beginnings),
                     [&](std::string_view word) { return text.starts_with(word); });
}

/// The length of "[    T1]" or "[C0]" (CONFIG_PRINTK_CALLER), which stands right behind the time stamp.
std::size_t caller_width(std::string_view line) {
  if (!line.starts_with('[')) return 0;
  std::size_t i = std::min(line.find_first_not_of(' ', 1), line.size());
  if (i == line.size() || (line[i] != 'T' && line[i] != 'C')) return 0;
  std::size_t close = std::min(line.find_first_not_of("0123456789", i + 1), line.size());
  return close > i + 1 && close < line.size() && line[close] == ']' ? close + 1 : 0;
}

/// The message of a record: what stands behind its time stamp, wherever in the line that is.
std::string_view message_of(std::string_view line) {
  std::size_t bracket = line.find('[');
  while (bracket != std::string_view::npos) {
    std::size_t i = bracket + 1;
    while (i < line.size() && line[i] == ' ')
      ++i;
    std::size_t digits = i;
    while (i < line.size() && (std::isdigit(static_cast<unsigned char>(line[i])) || line[i] == '.'))
      ++i;
    bool stamp = i > digits + 2 && i < line.size() && line[i] == ']' && has(line.substr(digits, i - digits), ".");
    if (stamp) {
      line.remove_prefix(i + 1);
      line.remove_prefix(caller_width(line));
      if (line.starts_with(' ')) line.remove_prefix(1);
      return line;
    }
    bracket = line.find('[', bracket + 1);
  }
  return line;
}

struct OpenReport {
  const Signature* signature = nullptr;
  Captures captures;
  CrashReport report;
  std::size_t bytes = 0;
  TimePoint last{};
  bool has_detail = false;
  bool trace_began = false;
  bool body_ended = false;  // only what goes_on() belongs to it now
  bool tail = false;
};

}  // namespace

struct SignatureWatch::Impl {
  std::shared_ptr<const SignatureSet> signatures;
  std::optional<OpenReport> open;
  std::deque<std::string> before;  // the last lines before now
  std::vector<CrashReport> finished;
  std::optional<Error> trouble;

  struct Hit {
    const Signature* signature;
    Captures captures;
  };

  std::optional<Hit> find(std::string_view message) {
    for (const Signature& row : signatures->rows) {
      if (!has(message, row.literal)) continue;
      auto match = row.pattern.find(message);
      if (!match && !trouble) trouble = match.error();
      if (!match || !*match || is_excepted(row, message)) continue;
      return Hit{&row, std::move((*match)->captures)};
    }
    return std::nullopt;
  }

  bool is_excepted(const Signature& row, std::string_view message) {
    return std::any_of(row.except.begin(), row.except.end(), [&](const Pattern& pattern) {
      auto match = pattern.find(message);
      if (!match && !trouble) trouble = match.error();
      return match && match->has_value();
    });
  }

  void start(Hit hit, std::string_view line, std::size_t number, TimePoint now) {
    open.emplace();
    open->signature = hit.signature;
    open->captures = std::move(hit.captures);
    open->report.id = hit.signature->id;
    open->report.severity = hit.signature->severity;
    open->tail = hit.signature->tail;
    auto first = std::find_if(before.begin(), before.end(),
                              [](const std::string& earlier) { return is_opening(message_of(earlier)); });
    open->report.first_line = number - static_cast<std::size_t>(before.end() - first);
    open->report.lines.assign(first, before.end());
    append(line, now);
  }

  void look_for_detail(std::string_view line) {
    const std::optional<Pattern>& detail = open->signature->detail;
    if (!detail || open->has_detail) return;
    auto match = detail->find(message_of(line));
    if (!match && !trouble) trouble = match.error();
    if (!match || !*match) return;
    open->has_detail = true;
    for (auto& capture : (*match)->captures)
      open->captures.push_back(std::move(capture));
  }

  void append(std::string_view line, TimePoint now) {
    look_for_detail(line);
    open->report.lines.emplace_back(line);
    open->bytes += line.size();
    open->last = now;
  }

  /// The line belongs to the open report, or has ended it and is to be looked at for itself.
  bool continue_open(std::string_view line, std::string_view message, TimePoint now) {
    bool overflows = open->bytes + line.size() > report_bytes;
    if (overflows || (open->body_ended && !goes_on(message))) {
      close();
      return false;
    }
    auto hit = find(message);
    bool named_ahead = open->signature->names_next && !open->trace_began;
    if (hit && !hit->signature->continues && !named_ahead) {
      close();
      return false;
    }
    if (hit && hit->signature->severity == Severity::fatal) open->report.severity = Severity::fatal;
    if (hit && hit->signature->tail) open->tail = true;
    append(line, now);
    if (has(message, "Call Trace:")) open->trace_began = true;
    const bool framed = open->signature->framed;
    bool end_marker = has(message, "---[ end trace") || (framed && is_rule(message));
    // Behind the trace of a sanitizer stands more: who allocated, who freed.
    if (end_marker || (has(message, "</TASK>") && !framed)) open->body_ended = true;
    bool full = open->report.lines.size() >= report_lines;
    if (full || ends_always(message) || (end_marker && !open->tail)) close();
    return true;
  }

  /// The title with its {holes} filled. What the guest said is never looked at for holes again.
  std::string filled_title(std::string_view form, const Captures& captures, const std::vector<std::string>& lines) {
    std::string title;
    for (std::size_t at; (at = form.find('{')) != std::string_view::npos;) {
      std::size_t end = form.find('}', at);
      if (end == std::string_view::npos) break;
      const std::string_view name = form.substr(at + 1, end - at - 1);
      auto capture =
          std::find_if(captures.begin(), captures.end(), [&](const auto& named) { return named.first == name; });
      title += form.substr(0, at);
      if (capture != captures.end())
        title += capture->second;
      else if (name == "function")
        title += guilty_function(lines, signatures->skipped_frames).value_or("unknown function");
      else if (title.ends_with(' '))
        title.pop_back();  // a group that took no part leaves no gap
      form.remove_prefix(end + 1);
    }
    return title.append(form);
  }

  void close() {
    if (!open) return;
    CrashReport report = std::move(open->report);
    report.title = masked_title(filled_title(open->signature->title, open->captures, report.lines));
    open.reset();
    before.clear();
    finished.push_back(std::move(report));
  }

  void line(std::string_view line, std::size_t number, TimePoint now) {
    std::string_view message = message_of(line);
    if (open && continue_open(line, message, now)) return;
    if (auto hit = find(message)) {
      start(std::move(*hit), line, number, now);
      return;
    }
    before.emplace_back(line);
    if (before.size() > lines_before) before.pop_front();
  }
};

SignatureWatch::SignatureWatch(std::shared_ptr<const SignatureSet> signatures) : impl_(std::make_unique<Impl>()) {
  impl_->signatures = std::move(signatures);
}
SignatureWatch::~SignatureWatch() = default;
SignatureWatch::SignatureWatch(SignatureWatch&&) noexcept = default;
SignatureWatch& SignatureWatch::operator=(SignatureWatch&&) noexcept = default;

void SignatureWatch::line(std::string_view text, std::size_t number, TimePoint now) {
  impl_->line(text, number, now);
}
bool SignatureWatch::collecting() const {
  return impl_->open.has_value();
}
void SignatureWatch::close() {
  impl_->close();
}
const std::optional<Error>& SignatureWatch::trouble() const {
  return impl_->trouble;
}

std::optional<TimePoint> SignatureWatch::quiet_deadline() const {
  return impl_->open ? std::optional(impl_->open->last + report_quiet) : std::nullopt;
}

std::vector<CrashReport> SignatureWatch::take() {
  return std::exchange(impl_->finished, {});
}

}  // namespace bootgate
