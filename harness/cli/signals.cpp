#include "harness/cli/signals.hpp"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "harness/cli/terminal_modes.hpp"

namespace bootgate {
namespace {

std::atomic<bool> interrupts_are_anothers = false;

}  // namespace

ChildHasTerminal::ChildHasTerminal() {
  interrupts_are_anothers = true;
}

ChildHasTerminal::~ChildHasTerminal() {
  interrupts_are_anothers = false;
}

void stop_on_signals(std::stop_source source) {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP})
    sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([source = std::move(source), signals]() mutable {
    auto await_signal = [&signals] {
      int received = 0;
      do {
        sigwait(&signals, &received);
      } while ((received == SIGINT || received == SIGQUIT) && interrupts_are_anothers);
    };
    await_signal();
    source.request_stop();
    await_signal();
    TerminalModes::restore_now();
    ::_exit(130);
  }).detach();
}

}  // namespace bootgate
