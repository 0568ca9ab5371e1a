#include "harness/console/control.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>
#include <vector>

#include "harness/console/line_splitter.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// As one shell word on one line: $nl holds a newline on the other side.
std::string one_line_word(std::string_view command) {
  std::string word = "'";
  for (char c : command) {
    if (c == '\'')
      word += "'\\''";
    else if (c == '\n')
      word += "'\"$nl\"'";
    else if (c != '\0')
      word += c;
  }
  return word + "'";
}

/// "ID:STATUS:sync" of an end marker.
struct EndMarker {
  int id = 0;
  int status = 0;
  bool synced = false;
  std::optional<long> taint;
};

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<EndMarker> parse_end(std::string_view fields) {
  auto parts = split(fields, ':');
  if (parts.size() != 3 && parts.size() != 4) return std::nullopt;
  auto id = number<int>(parts[0]), status = number<int>(parts[1]);
  if (!id || !status) return std::nullopt;
  return EndMarker{*id, *status, parts[2] == "sync", parts.size() == 4 ? number<long>(parts[3]) : std::nullopt};
}

std::string sync_text(const std::string& nonce, int id) {
  return fmt::format("bootgate: {} sync {}", nonce, id);
}

}  // namespace

std::string Control::introduce(std::int64_t seconds, std::string_view seed) const {
  return fmt::format("clone '{} {} {}'\n", nonce_, seconds, seed);
}

std::string Control::request(std::string_view command) {
  busy_ = true;
  truncated_ = false;
  lost_ = false;
  answer_.reset();
  received_.clear();
  scanned_ = 0;
  return fmt::format("{} {}\n", ++id_, one_line_word(command));
}

Control::Control(std::string nonce) : nonce_(std::move(nonce)), head_(fmt::format("\n@bootgate:{}:", nonce_)) {}

void Control::feed(std::string_view bytes) {
  received_ += bytes;
  while (take_marker()) {
  }
}

/// Takes the next complete marker off what was received; false when there is none.
bool Control::take_marker() {
  const std::size_t start = received_.find(head_, scanned_);
  if (start != std::string::npos) {
    const std::size_t fields = start + head_.size();
    const std::size_t end = received_.find("@\n", fields);
    if (end == std::string::npos) return false;  // the rest of the marker is on its way
    std::string_view received(received_);
    marker(received.substr(fields, end - fields), received.substr(0, start));
    received_.erase(0, end + 2);
    scanned_ = 0;
    return true;
  }
  // Keeps what may be the start of a marker, and no more than the limit of the rest.
  if (received_.size() > output_limit + head_.size()) {
    truncated_ = true;
    received_.erase(output_limit, received_.size() - output_limit - head_.size());
  }
  scanned_ = received_.size() < head_.size() ? 0 : received_.size() - head_.size();
  return false;
}

void Control::marker(std::string_view fields, std::string_view output) {
  if (fields == "ready") {
    lost_ = busy_ && ready_;
    ready_ = true;
    return;
  }
  auto end = parse_end(fields);
  if (!end || end->id != id_ || !busy_) return;
  busy_ = false;
  if (!output.empty() && output.back() == '\n') output.remove_suffix(1);
  answer_ = ControlAnswer{std::string(output), end->status, end->taint, end->synced, truncated_};
}

std::optional<ControlAnswer> Control::take_answer() {
  return std::exchange(answer_, std::nullopt);
}

std::string Control::sync_line() const {
  return sync_text(nonce_, id_);
}

std::string ConsoleShell::handshake() const {
  return fmt::format("stty -echo; nl='\n'; printf '\\n@boot''gate:%s:ready@\\n' {}\n", nonce_);
}

std::string ConsoleShell::introduction(std::int64_t seconds, std::string_view seed) {
  return fmt::format("date -s @{} >/dev/null; printf %s {} >/dev/urandom", seconds, seed);
}

std::string ConsoleShell::request(std::string_view command) {
  ++id_;
  answer_.reset();
  output_.clear();
  truncated_ = false;
  collecting_ = false;
  // A tty in canonical mode takes 4095 bytes a line: a long command travels in pieces.
  constexpr std::size_t piece = 1000;
  std::string text = "c=\n";
  for (std::size_t at = 0; at < command.size(); at += piece)
    text += fmt::format("c=\"$c\"{}\n", one_line_word(command.substr(at, piece)));
  text += fmt::format(
      "printf '\\n@boot''gate:%s:%s:begin@\\n' {0} {1}; ( eval \"$c\" ) </dev/null 2>&1; s=$?; "
      "if echo '<7>bootgate: {0} sync {1}' 2>/dev/null >/dev/kmsg; then y=sync; else y=nosync; fi; "
      "printf '\\n@boot''gate:%s:%s:%s:%s@\\n' {0} {1} $s $y\n",
      nonce_, id_);
  return text;
}

void ConsoleShell::line(std::string_view text) {
  if (skip_kernel_stamp(text) != std::string_view::npos) return;
  const std::string head = fmt::format("@bootgate:{}:", nonce_);
  std::size_t start = text.find(head);
  if (start == std::string_view::npos || text.back() != '@') {
    if (!collecting_) return;
    if (output_.size() + text.size() > Control::output_limit) {
      truncated_ = true;
      return;
    }
    output_ += text;
    output_ += '\n';
    return;
  }
  std::string_view fields = text.substr(start + head.size());
  fields.remove_suffix(1);
  if (fields == "ready") ready_ = true;
  if (fields == fmt::format("{}:begin", id_)) collecting_ = true;
  auto end = parse_end(fields);
  if (!end || end->id != id_ || !collecting_) return;
  collecting_ = false;
  // The marker's own leading newline, and the last line's.
  for (int i = 0; i < 2 && !output_.empty() && output_.back() == '\n'; ++i)
    output_.pop_back();
  answer_ = ControlAnswer{std::exchange(output_, {}), end->status, end->taint, end->synced, truncated_};
}

std::optional<ControlAnswer> ConsoleShell::take_answer() {
  return std::exchange(answer_, std::nullopt);
}

std::string ConsoleShell::sync_line() const {
  return sync_text(nonce_, id_);
}

}  // namespace bootgate
