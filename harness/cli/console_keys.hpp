// What becomes of bytes on their way from standard input to a guest's console.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/console/line_splitter.hpp"
#include "harness/support/clock.hpp"

namespace bootgate {

/// Keys of a terminal. Ctrl-A, as in QEMU and minicom, makes the next one a command: X leaves, B is a serial break
/// (the next key is then a sysrq command), and a second Ctrl-A is one for the guest.
class ConsoleKeys {
 public:
  struct Taken {
    std::string bytes;  // for the guest, ahead of the command
    bool is_break = false;
    bool leaves = false;
    std::string_view rest;  // behind a break: to be given again
  };
  Taken take(std::string_view keys);

 private:
  bool is_command_ = false;
};

/// Lines of a pipe, typed as a person would: each when the guest stands at a prompt. What is typed ahead is lost: the
/// serial driver empties its queue at start, and login(1) before it asks for the password.
class PacedLines {
 public:
  void feed(std::string_view bytes) { waiting_ += bytes; }
  void end_of_input() { ended_ = true; }
  bool wants_more() const { return !ended_ && waiting_.find('\n') == std::string::npos; }

  void console(std::string_view bytes, TimePoint now);
  /// The next line, when its time has come.
  std::optional<std::string> next(TimePoint now);

 private:
  std::string waiting_;
  bool ended_ = false;
  bool is_first_ = true;
  LineSplitter console_;    // its unfinished line is a prompt, when it stays so
  std::string prompt_;      // what the last line was typed behind
  bool line_ended_ = true;  // and whether any line has ended since
  bool answered_ = true;    // the echo of the last line has ended
  TimePoint last_byte_{};   // of the console, or of what was typed
};

}  // namespace bootgate
