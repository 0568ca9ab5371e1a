#include "harness/console/exec_channel.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "fixtures/guest/exec_protocol.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

namespace protocol = exec_protocol;

/// The guest is told of what was written once it is worth a frame: a quarter of what it may have on its way.
constexpr std::size_t worth_reporting = protocol::output_window / 4;

/// Our init reads no more than this at once from what a command writes: a longer frame is none of its.
constexpr std::size_t longest_frame = 64 * 1024;

/// No system takes more for the arguments and the environment of a program (bprm_stack_limits in fs/exec.c). What is
/// less and still too long the guest refuses.
constexpr std::size_t most_command = 6 << 20;

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

ExecChannel::ExecChannel(std::string nonce) : nonce_(std::move(nonce)), input_window_(protocol::input_window) {}

void ExecChannel::feed(std::string_view bytes) {
  if (!trouble_.empty()) return;
  received_ += bytes;
  std::size_t at = 0;
  while (trouble_.empty() && received_.size() - at >= protocol::head_size) {
    const std::string_view rest = std::string_view(received_).substr(at);
    const std::size_t size = protocol::content_size(rest);
    if (size > longest_frame) trouble_ = "ttyS1 carries something else than bootgate's own init says";
    if (size > longest_frame || rest.size() < protocol::head_size + size) break;
    take(rest[0], rest.substr(protocol::head_size, size));
    at += protocol::head_size + size;
  }
  received_.erase(0, at);
}

void ExecChannel::take(char kind, std::string_view content) {
  const std::optional<std::size_t> value = number(content);
  // Our init keeps to its window. Others could fill our memory.
  const bool fits = output_.size() + errors_.size() + content.size() <= protocol::output_window;
  if (kind == protocol::hello && content == nonce_) {
    ready_ = true;
  } else if (kind == protocol::output && ready_ && fits) {
    output_ += content;
  } else if (kind == protocol::errors && ready_ && fits) {
    errors_ += content;
  } else if (kind == protocol::taken && value && *value <= protocol::input_window - input_window_) {
    input_window_ += *value;
  } else if (kind == protocol::exited && ready_ && value && *value <= 255) {
    status_ = static_cast<int>(*value);
  } else if (kind == protocol::failure) {
    trouble_ = printable(content);
  } else {
    trouble_ = "ttyS1 carries something else than bootgate's own init says";
  }
}

bool ExecChannel::set_command(const GuestCommand& command) {
  std::string content;
  auto add = [&](std::string_view text) { content.append(text).push_back('\0'); };
  add(command.directory);
  add(command.modules);
  add(std::to_string(command.words.size()));
  for (const std::string& word : command.words)
    add(word);
  for (const std::string& variable : command.environment)
    add(variable);
  if (content.size() > most_command) return false;
  command_ = std::move(content);
  return true;
}

std::string ExecChannel::next_of_command() {
  const std::size_t size = std::min(input_window_, command_.size());
  if (!ready_ || size == 0) return {};
  input_window_ -= size;
  const std::string piece = command_.substr(0, size);
  command_.erase(0, size);
  return protocol::frame(command_.empty() ? protocol::command : protocol::command_part, piece);
}

std::string ExecChannel::input(std::string_view bytes) {
  input_window_ -= bytes.size();
  return protocol::frame(protocol::input, bytes);
}

std::string ExecChannel::end_of_input() {
  return protocol::frame(protocol::input_end, {});
}

std::string ExecChannel::took(std::string& from, std::size_t bytes) {
  from.erase(0, bytes);
  not_reported_ += bytes;
  if (not_reported_ < worth_reporting) return {};
  return protocol::frame(protocol::written, std::to_string(std::exchange(not_reported_, 0)));
}

}  // namespace bootgate
