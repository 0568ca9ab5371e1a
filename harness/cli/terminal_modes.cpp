#include "harness/cli/terminal_modes.hpp"

#include <pthread.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

namespace bootgate {
namespace {

termios found;
std::atomic<bool> is_kept = false;

}  // namespace

TerminalModes::TerminalModes() {
  is_kept = ::tcgetattr(STDIN_FILENO, &found) == 0;
}

TerminalModes::~TerminalModes() {
  restore_now();
  is_kept = false;
}

void TerminalModes::make_raw() {
  if (!is_kept) return;
  termios raw = found;
  ::cfmakeraw(&raw);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

void TerminalModes::restore_now() {
  if (!is_kept) return;
  // A job in the background that changes its terminal is stopped by SIGTTOU, unless it has blocked that.
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &found);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace bootgate
