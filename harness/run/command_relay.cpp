#include "harness/run/command_relay.hpp"

#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace bootgate {
namespace {

bool is_ready(int fd, short events) {
  pollfd polled{fd, events, 0};
  return ::poll(&polled, 1, 0) > 0;
}

}  // namespace

void CommandRelay::move() {
  machine_.send_control(channel_.next_of_command());
  read_input();
  machine_.send_control(channel_.took_output(write_out(STDOUT_FILENO, channel_.output())));
  machine_.send_control(channel_.took_errors(write_out(STDERR_FILENO, channel_.errors())));
  std::vector<pollfd> others;
  if (!input_ended_ && channel_.input_window() > 0) others.push_back({STDIN_FILENO, POLLIN, 0});
  if (!channel_.output().empty()) others.push_back({STDOUT_FILENO, POLLOUT, 0});
  if (!channel_.errors().empty()) others.push_back({STDERR_FILENO, POLLOUT, 0});
  machine_.also_wait_for(std::move(others));
}

void CommandRelay::read_input() {
  char buffer[16 * 1024];
  while (!input_ended_ && channel_.input_window() > 0 && is_ready(STDIN_FILENO, POLLIN)) {
    const ssize_t n = ::read(STDIN_FILENO, buffer, std::min(channel_.input_window(), sizeof buffer));
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n > 0) machine_.send_control(channel_.input({buffer, static_cast<std::size_t>(n)}));
    // Also where there is no input, and where the terminal is another job's (EIO).
    if (n <= 0) input_ended_ = true;
    if (n <= 0) machine_.send_control(ExecChannel::end_of_input());
  }
}

/// How much of it could be written.
std::size_t CommandRelay::write_out(int fd, std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size() && write_failure_ == 0 && is_ready(fd, POLLOUT)) {
    // A pipe that is ready takes that much without blocking (pipe(7)).
    const ssize_t n = ::write(fd, bytes.data() + done, std::min<std::size_t>(bytes.size() - done, PIPE_BUF));
    if (n >= 0) done += static_cast<std::size_t>(n);
    if (n < 0 && errno != EINTR) {
      if (errno != EAGAIN) write_failure_ = errno;
      break;
    }
  }
  return done;
}

}  // namespace bootgate
