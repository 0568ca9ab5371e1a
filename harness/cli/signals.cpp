#include "harness/cli/signals.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace bootgate {

void stop_on_signals(std::stop_source source) {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGHUP})
    sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([source = std::move(source), signals]() mutable {
    int received = 0;
    sigwait(&signals, &received);
    source.request_stop();
    sigwait(&signals, &received);
    ::_exit(130);
  }).detach();
}

}  // namespace bootgate
