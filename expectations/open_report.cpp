#include "expectations/open_report.hpp"

#include <algorithm>

#include "expectations/stack_frame.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

constexpr std::size_t report_bytes = 128 * 1024;
constexpr std::size_t report_lines = 400;
constexpr std::string_view lost_records = "printk messages dropped";

/// A rule of at least 20 "=", as sanitizers and lockdep draw it.
bool is_rule(std::string_view text) {
  return text.size() >= 20 && text.find_first_not_of("=\r") == std::string_view::npos;
}

bool ends_always(std::string_view text) {
  return contains(text, "---[ end Kernel panic") || contains(text, "Rebooting in ");
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
                                             "Dumping ftrace",
                                             "irq event stamp:",  // print_irqtrace_events(), with lockdep
                                             "hardirqs last ",
                                             "softirqs last "};
  return std::any_of(std::begin(beginnings), std::end(beginnings),
                     [&](std::string_view word) { return text.starts_with(word); });
}

}  // namespace

OpenReport::OpenReport(SignatureHit hit, const WatchedLine& header, std::span<const LineAhead> ahead, bool replayed)
    : signature_(hit.signature),
      captures_(std::move(hit.captures)),
      caller_(header.record.caller),
      stamped_(!header.record.stamp.empty()),
      replayed_(replayed),
      tail_(hit.signature->tail) {
  report_.id = signature_->id;
  report_.severity = signature_->severity;
  report_.first_line = ahead.empty() ? header.number : ahead.front().number;
  for (const LineAhead& line : ahead)
    report_.lines.push_back(line.text);
  append(header);
}

bool OpenReport::concerns(const Record& record) const {
  if (contains(record.message, lost_records)) return true;  // it has no stamp, and no caller
  if (stamped_ && record.stamp.empty()) return false;
  if (caller_.empty() || record.caller.empty() || record.caller == caller_) return true;
  return asked_others_ && record.caller.starts_with('C');
}

bool OpenReport::belongs(const Record& record, const SignatureHit* hit) const {
  if (body_ended_ && !goes_on(record.message)) return false;
  const bool named_ahead = signature_->names_next && !trace_began_;
  return !hit || hit->signature->continues || named_ahead;
}

OpenReport::Taken OpenReport::take(const WatchedLine& line, const SignatureHit* hit) {
  const bool fits = bytes_ + line.text.size() <= report_bytes;
  if (!fits || !belongs(line.record, hit)) return Taken::refused;
  if (hit && hit->signature->severity == Severity::fatal) report_.severity = Severity::fatal;
  if (hit && hit->signature->tail) tail_ = true;
  append(line);
  const bool end_marker = ends_with(line.record);
  const bool full = report_.lines.size() >= report_lines;
  if (full || ends_always(line.record.message) || (end_marker && !tail_)) return Taken::was_last;
  return Taken::goes_on;
}

void OpenReport::append(const WatchedLine& line) {
  look_for_detail(line.record.message);
  report_.last_line = line.number;
  report_.lines.emplace_back(line.text);
  bytes_ += line.text.size();
  last_ = line.at;
  if (contains(line.record.message, "Call Trace:")) trace_began_ = true;
  if (contains(line.record.message, "Sending NMI from CPU")) asked_others_ = true;
}

bool OpenReport::ends_with(const Record& record) {
  if (const auto& end = signature_->end) {
    auto match = end->find(record.message);
    if (!match && !trouble_) trouble_ = match.error();
    has_end_ = has_end_ || (match && match->has_value());
    return has_end_;
  }
  const bool end_marker = contains(record.message, "---[ end trace") || (signature_->framed && is_rule(record.message));
  if (end_marker) has_end_ = true;
  // Behind the trace of a sanitizer stands more: who allocated, who freed.
  if (end_marker || (contains(record.message, "</TASK>") && !signature_->framed)) body_ended_ = true;
  return end_marker;
}

void OpenReport::look_for_detail(std::string_view message) {
  const std::optional<Pattern>& detail = signature_->detail;
  if (!detail || has_detail_) return;
  auto match = detail->find(message);
  if (!match && !trouble_) trouble_ = match.error();
  if (!match || !*match) return;
  has_detail_ = true;
  for (auto& capture : (*match)->captures)
    captures_.push_back(std::move(capture));
}

const std::string* OpenReport::capture(std::string_view name) const {
  auto found = std::find_if(captures_.begin(), captures_.end(), [&](const auto& named) { return named.first == name; });
  return found == captures_.end() ? nullptr : &found->second;
}

/// The detail would have named the function. The stack's is another: of whoever reports it.
bool OpenReport::lacks_named_function() const {
  if (!signature_->detail || has_detail_) return false;
  const auto names = signature_->detail->group_names();
  return std::find(names.begin(), names.end(), "function") != names.end();
}

/// What stands for {function} in the title; the empty text where the title has none.
std::optional<std::string> OpenReport::function(const std::vector<std::string>& skipped_frames) const {
  if (signature_->title.find("{function}") == std::string::npos) return "";
  if (const std::string* named = capture("function")) return *named;
  return guilty_function(report_.lines, skipped_frames);
}

/// The title with its {holes} filled. What the guest said is never looked at for holes again.
std::string OpenReport::title(const std::vector<std::string>& skipped_frames) const {
  std::string_view form = signature_->title;
  std::string title;
  for (std::size_t at; (at = form.find('{')) != std::string_view::npos;) {
    const std::size_t end = form.find('}', at);
    if (end == std::string_view::npos) break;
    const std::string_view name = form.substr(at + 1, end - at - 1);
    title += form.substr(0, at);
    if (name == "function")
      title += function(skipped_frames).value_or("unknown function");
    else if (const std::string* text = capture(name))
      title += *text;
    else if (title.ends_with(' '))
      title.pop_back();  // a group that took no part leaves no gap
    form.remove_prefix(end + 1);
  }
  return masked_title(title.append(form));
}

std::string OpenReport::corruption(const std::vector<std::string>& skipped_frames) const {
  if (signature_->follows) return "the report that it follows is missing";
  if (trace_began_ && trace_of(report_.lines).empty()) return "its call trace has no frames";
  if (report_.lines.size() >= report_lines || bytes_ > report_bytes - 1024) return "it has no end";
  // A panic in the midst of it names itself, and ends it.
  if ((signature_->framed || (signature_->end && !has_detail_)) && !has_end_) return "its end is missing";
  if (lacks_named_function()) return "the line that names the function is missing";
  if (has_cut_stack(report_.lines)) return "its stack is incomplete";
  if (!function(skipped_frames)) return "no function in it could be guilty";
  for (const std::string& line : report_.lines)
    if (!signature_->single_line && contains(line, lost_records)) return "records in it were lost";
  return {};
}

CrashReport OpenReport::finish(const std::vector<std::string>& skipped_frames) && {
  report_.title = title(skipped_frames);
  report_.fingerprint = stack_fingerprint(report_.lines, skipped_frames);
  report_.corrupted = corruption(skipped_frames);
  return std::move(report_);
}

}  // namespace bootgate
