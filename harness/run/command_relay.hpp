// CommandRelay: passes bytes between a command in the guest and our own input and outputs, as they come.
#pragma once

#include <cerrno>

#include "harness/console/exec_channel.hpp"
#include "harness/machine/machine.hpp"

namespace bootgate {

class CommandRelay {
 public:
  CommandRelay(Machine& machine, ExecChannel& channel) : machine_(machine), channel_(channel) {}

  /// Reads and writes what can be without waiting, and lets the machine's next poll() wait for the rest. Never blocks:
  /// a console that isn't drained meanwhile would stop the guest.
  void move();

  /// Everything that the command wrote has gone out.
  bool idle() const { return channel_.output().empty() && channel_.errors().empty(); }
  /// Nobody reads our output any more.
  bool reader_gone() const { return write_failure_ == EPIPE; }
  /// Why our output can't be written, if so: errno.
  int write_failure() const { return write_failure_; }

 private:
  void read_input();
  std::size_t write_out(int fd, std::string_view bytes);

  Machine& machine_;
  ExecChannel& channel_;
  bool input_ended_ = false;
  int write_failure_ = 0;
};

}  // namespace bootgate
