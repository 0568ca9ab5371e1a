// Control: shell commands in the guest, with their output and exit status. Pure protocol: bytes in, bytes out.
//
// Over ttyS1 the other end is fixtures/rootfs/busybox/lib/bootgate/control. It says
//     \n@bootgate:NONCE:ready@\n
// when it starts, reads lines "ID COMMAND" (COMMAND quoted for the shell, newlines as "$nl"), and answers with the
// output and
//     \n@bootgate:NONCE:ID:STATUS:sync:TAINT@\n
// where TAINT is the kernel's taint mask (empty where there is no /proc), and "sync" means that it wrote "bootgate:
// NONCE sync ID" to /dev/kmsg: once the console shows that line, it has shown all that the command made the kernel
// print ("nosync": there was no /dev/kmsg to write to).
//
// Of a clone it is told first, by a line "clone 'NONCE SECONDS SEED'": its own nonce, the time, and what its random
// numbers shall differ by. It says that it is ready then, as at its start, with the new nonce.
//
// A root without that script is driven through the shell that is logged in on ttyS0 (ConsoleShell): the same markers,
// split when sent so that an echo can't match.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bootgate {

struct ControlAnswer {
  std::string output;         // both of its output streams, without the last line end
  int status = 0;             // as the shell's $?
  std::optional<long> taint;  // /proc/sys/kernel/tainted behind it; a foreign root doesn't say
  bool synced = false;        // the sync line is on its way to the console
  bool truncated = false;     // more than the limit came: the rest was dropped
};

class Control {
 public:
  static constexpr std::size_t output_limit = 1024 * 1024;

  explicit Control(std::string nonce);

  /// What to send first to a clone; it is ready() once its loop has answered. `seconds`: since 1970.
  std::string introduce(std::int64_t seconds, std::string_view seed) const;
  /// What to send for a command; an empty one costs the guest next to nothing. One at a time: ask for the next when the
  /// answer is there.
  std::string request(std::string_view command);
  void feed(std::string_view bytes);

  /// The loop in the guest has said that it listens.
  bool ready() const { return ready_; }
  /// It started anew while a command was running: the command killed it.
  bool lost() const { return lost_; }
  /// The answer to the last request, once.
  std::optional<ControlAnswer> take_answer();
  /// What the console shows once the last command's messages are out.
  std::string sync_line() const;

 private:
  void marker(std::string_view fields, std::string_view output);
  bool take_marker();

  std::string nonce_;
  std::string head_;  // of a marker
  std::string received_;
  std::size_t scanned_ = 0;
  bool truncated_ = false;
  int id_ = 0;
  bool busy_ = false;
  bool ready_ = false;
  bool lost_ = false;
  std::optional<ControlAnswer> answer_;
};

/// The same over the console, for a root file system that isn't ours. Fed with console lines.
class ConsoleShell {
 public:
  explicit ConsoleShell(std::string nonce) : nonce_(std::move(nonce)) {}

  /// Turns off the echo, and with it ash's line editor (its ESC[6n, wrapping and silent cut at 1024 characters).
  std::string handshake() const;
  /// For a clone: a command that sets its clock, and makes its random numbers differ from those of others.
  static std::string introduction(std::int64_t seconds, std::string_view seed);
  std::string request(std::string_view command);
  void line(std::string_view text);

  bool ready() const { return ready_; }
  std::optional<ControlAnswer> take_answer();
  std::string sync_line() const;

 private:
  std::string nonce_;
  int id_ = 0;
  bool ready_ = false;
  bool collecting_ = false;
  std::string output_;
  bool truncated_ = false;
  std::optional<ControlAnswer> answer_;
};

}  // namespace bootgate
