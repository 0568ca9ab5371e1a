// Ctrl-C and its kin, as a stop token.
#pragma once

#include <stop_token>

namespace bootgate {

/// From here on SIGINT, SIGTERM and SIGHUP request a stop of `source`; the second one ends the program at once with
/// 130, and every QEMU with it. To be called before other threads are started: they inherit the blocked signals.
void stop_on_signals(std::stop_source source);

/// While one lives, a program that we have started has the terminal, and Ctrl-C is its alone.
class ChildHasTerminal {
 public:
  ChildHasTerminal();
  ~ChildHasTerminal();
  ChildHasTerminal(const ChildHasTerminal&) = delete;
  ChildHasTerminal& operator=(const ChildHasTerminal&) = delete;
};

}  // namespace bootgate
