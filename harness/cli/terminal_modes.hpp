// TerminalModes: the user's terminal, given back as it was found, however we end.
#pragma once

namespace bootgate {

/// Keeps the modes of the terminal that is standard input, and restores them at its end. Nothing happens where standard
/// input is none. One at a time.
class TerminalModes {
 public:
  TerminalModes();
  ~TerminalModes();
  TerminalModes(const TerminalModes&) = delete;
  TerminalModes& operator=(const TerminalModes&) = delete;

  /// Every key is handed on as it comes, Ctrl-C too.
  void make_raw();

  /// From any thread: for an end without destructors.
  static void restore_now();
};

}  // namespace bootgate
