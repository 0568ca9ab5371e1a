#include "harness/support/fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>

namespace bootgate {
namespace {

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}
bool closes_on_exec(int fd) {
  return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

TEST(UniqueFd, ClosesWhatItOwns) {
  int number = -1;
  {
    UniqueFd fd(::dup(2));
    number = fd.get();
    ASSERT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(UniqueFd, MovesOwnership) {
  UniqueFd first(::dup(2));
  int number = first.get();
  UniqueFd second(std::move(first));
  EXPECT_FALSE(first);
  EXPECT_EQ(second.get(), number);
  UniqueFd third(::dup(2));
  int replaced = third.get();
  third = std::move(second);
  EXPECT_FALSE(is_open(replaced));
  EXPECT_EQ(third.get(), number);
  EXPECT_TRUE(is_open(number));
}

TEST(UniqueFd, GivesItAway) {
  UniqueFd fd(::dup(2));
  int number = fd.release();
  fd.reset();
  EXPECT_TRUE(is_open(number));
  ::close(number);
}

TEST(Descriptors, AreCloseOnExec) {
  auto pipe = make_pipe();
  auto pair = make_socketpair();
  auto event = make_eventfd();
  ASSERT_TRUE(pipe && pair && event);
  for (int fd : {pipe->first.get(), pipe->second.get(), pair->first.get(), pair->second.get(), event->get()})
    EXPECT_TRUE(closes_on_exec(fd)) << fd;
}

TEST(Pipe, ReadsFromFirstWhatWasWrittenToSecond) {
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe && write_all(pipe->second.get(), "hello"));
  char buffer[16];
  ASSERT_EQ(::read(pipe->first.get(), buffer, sizeof buffer), 5);
  EXPECT_EQ(std::string_view(buffer, 5), "hello");
}

TEST(Eventfd, IsNonblockingAndStartsEmpty) {
  auto event = make_eventfd();
  ASSERT_TRUE(event);
  eventfd_t count = 0;
  EXPECT_EQ(::eventfd_read(event->get(), &count), -1);
  EXPECT_EQ(errno, EAGAIN);
}

TEST(SetNonblocking, MakesAReadReturnAtOnce) {
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe && set_nonblocking(pipe->first.get()));
  char byte;
  EXPECT_EQ(::read(pipe->first.get(), &byte, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
}

TEST(SetNonblocking, FailsOnAClosedDescriptor) {
  EXPECT_FALSE(set_nonblocking(-1));
}

TEST(WriteAll, GoesOnAfterShortWrites) {
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  const std::string bytes(1 << 20, 'x');  // a pipe holds 64 KiB
  std::string read;
  std::thread reader([&] {
    char buffer[4096];
    for (ssize_t n; (n = ::read(pipe->first.get(), buffer, sizeof buffer)) > 0;)
      read.append(buffer, static_cast<std::size_t>(n));
  });
  auto written = write_all(pipe->second.get(), bytes);
  pipe->second.reset();
  reader.join();
  ASSERT_TRUE(written) << written.error().what;
  EXPECT_EQ(read, bytes);
}

TEST(WriteAll, SaysWhyItFailed) {
  UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  auto written = write_all(full.get(), "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().what, "write: No space left on device");
  EXPECT_EQ(written.error().kind, Error::Kind::bench);
}

}  // namespace
}  // namespace bootgate
