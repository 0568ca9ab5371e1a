// File descriptors with an owner. Everything made here is close-on-exec: what a child gets is named when it is spawned.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "harness/support/error.hpp"

namespace bootgate {

/// Owns one descriptor and closes it; -1 owns none.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset();
  /// Gives the descriptor away: the caller closes it.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

struct FdPair {
  UniqueFd first;   // of a pipe: the end to read from
  UniqueFd second;  // of a pipe: the end to write to
};

Result<FdPair> make_pipe();
Result<FdPair> make_socketpair();
Result<UniqueFd> make_eventfd();
Result<> set_nonblocking(int fd);

/// Sends the bytes over a UNIX socket, and with them a copy of a descriptor (SCM_RIGHTS, unix(7)).
Result<> send_with_fd(int socket, std::string_view bytes, int fd);

/// Opens /dev/null for those of the three standard descriptors that we were started without: else what is opened next
/// would take their numbers, and what we start would take it for its input or output.
void open_standard_files();

/// Writes all of it, through EINTR and short writes. An error's text is errno's.
Result<> write_all(int fd, std::string_view bytes);

}  // namespace bootgate
