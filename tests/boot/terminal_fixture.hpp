// The program on a terminal of its own (pty(7)), as a user has it before him.
#pragma once

#include <termios.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/support/process.hpp"

namespace bootgate {

class OnTerminal {
 public:
  /// `bootgate ARGUMENTS`, in the directory.
  OnTerminal(std::vector<std::string> arguments, const fs::path& directory);

  /// Types the keys.
  void type(std::string_view keys) const;
  /// Reads until the screen has shown the text behind what was awaited before; false when it does not come in time.
  bool await(std::string_view text, Duration within = std::chrono::seconds(90));
  /// What the screen has shown.
  const std::string& screen() const { return screen_; }
  /// Waits for the end of the program.
  std::optional<ExitStatus> end(Duration within = std::chrono::seconds(30));
  /// The modes are those from before the program's start.
  bool is_restored() const;

  pid_t pid() const { return child_->pid(); }
  /// The QEMU that the program has started.
  std::optional<pid_t> qemu() const;

 private:
  bool read_some(TimePoint deadline);

  UniqueFd near_;
  UniqueFd far_;
  termios before_{};
  std::optional<Child> child_;
  std::string screen_;
  std::size_t awaited_ = 0;
};

}  // namespace bootgate
