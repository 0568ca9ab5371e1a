#include "harness/support/files.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <future>
#include <thread>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names_in(const fs::path& dir) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(dir))
    names.push_back(entry.path().filename().string());
  return names;
}

TEST(ReadFile, ReturnsEveryByte) {
  TempDir dir;
  std::string bytes("a\0\xff\r\n", 5);
  bytes += std::string(200'000, 'x');
  EXPECT_EQ(read_file(dir.file("f", bytes)).value(), bytes);
}

TEST(ReadFile, SaysWhichFileAndWhy) {
  auto text = read_file("/no/such/file");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().what, "can't read /no/such/file: No such file or directory");
}

TEST(ReadFile, RefusesADirectory) {
  TempDir dir;
  auto text = read_file(dir.path());
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().what, HasSubstr("Is a directory"));
}

TEST(WriteFileAtomically, ReplacesTheWholeTextAndLeavesNothingElse) {
  TempDir dir;
  dir.file("f", "a longer text");
  dir.file("f", "new");
  EXPECT_EQ(read_file(dir.path() / "f").value(), "new");
  EXPECT_THAT(names_in(dir.path()), ElementsAre("f"));
}

TEST(WriteFileAtomically, WritesToAPipeAndLeavesItOne) {
  const TempDir dir;
  const fs::path pipe = dir.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  UniqueFd reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  ASSERT_TRUE(write_file_atomically(pipe, "text"));
  char text[8] = {};
  EXPECT_EQ(::read(reader.get(), text, sizeof text), 4);
  EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST(WriteFileAtomically, ReplacesWhatALinkPointsTo) {
  const TempDir dir;
  const fs::path file = dir.file("file", "old"), link = dir.path() / "link";
  fs::create_symlink(file, link);
  ASSERT_TRUE(write_file_atomically(link, "new"));
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(read_file(file).value(), "new");
}

TEST(WriteFileAtomically, FailsWhereItsDirectoryIsMissing) {
  auto written = write_file_atomically("/no/such/dir/f", "x");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().what, HasSubstr("/no/such/dir/f: No such file or directory"));
}

/// RLIMIT_FSIZE stands for a full disk: the write fails in its middle. In a child, for the limit can't be lifted again.
TEST(WriteFileAtomically, LeavesTheOldFileWhenTheDiskIsFull) {
  TempDir dir;
  fs::path file = dir.file("f", "old");
  pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto written = write_file_atomically(file, std::string(5000, 'x'));
    ::_exit(written ? 1 : 0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << "a short write counted as written";
  EXPECT_EQ(read_file(file).value(), "old");
  EXPECT_THAT(names_in(dir.path()), ElementsAre("f"));
}

TEST(WriteFileAtomically, IsNeverSeenHalfWritten) {
  TempDir dir;
  fs::path file = dir.file("f", std::string(100'000, 'a'));
  std::jthread writer([&](std::stop_token stop) {
    for (char c = 'a'; !stop.stop_requested(); c = c == 'a' ? 'b' : 'a')
      if (!write_file_atomically(file, std::string(100'000, c))) break;
  });
  for (int i = 0; i < 100; ++i) {
    std::string text = read_file(file).value();
    ASSERT_EQ(text, std::string(100'000, text[0]));
  }
}

TEST(MakeDirectories, MakesParentsAndTakesWhatIsThere) {
  TempDir dir;
  EXPECT_TRUE(make_directories(dir.path() / "a/b/c"));
  EXPECT_TRUE(make_directories(dir.path() / "a/b/c"));
  EXPECT_TRUE(fs::is_directory(dir.path() / "a/b/c"));
}

TEST(MakeDirectories, FailsBelowAFile) {
  TempDir dir;
  fs::path file = dir.file("f", "");
  auto made = make_directories(file / "sub");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().what, HasSubstr("can't make directory " + (file / "sub").string()));
}

TEST(MakeTempDir, IsFreshEachTime) {
  TempDir dir;
  auto first = make_temp_dir(dir.path(), "run-");
  auto second = make_temp_dir(dir.path(), "run-");
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
  EXPECT_THAT(first->filename().string(), testing::StartsWith("run-"));
  EXPECT_FALSE(make_temp_dir("/no/such/dir", "x"));
}

TEST(FileLock, MakesTheSecondWaitForTheFirst) {
  TempDir dir;
  auto first = FileLock::acquire(dir.path() / "lock");
  ASSERT_TRUE(first);
  std::atomic<bool> released = false;
  auto second = std::async(std::launch::async, [&] {
    auto lock = FileLock::acquire(dir.path() / "lock");
    return lock.has_value() && released.load();
  });
  EXPECT_EQ(second.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  released = true;
  first = FileLock::acquire(dir.path() / "another");  // lets go of the first
  EXPECT_TRUE(second.get());
}

/// What it is for: two bootgates that want to build the same thing. The holder is killed, and the lock goes with it.
TEST(FileLock, HoldsBetweenProcesses) {
  TempDir dir;
  int held[2];
  ASSERT_EQ(::pipe(held), 0);
  pid_t holder = ::fork();
  if (holder == 0) {
    auto lock = FileLock::acquire(dir.path() / "lock");
    if (!lock || ::write(held[1], "x", 1) != 1) ::_exit(1);
    ::pause();
  }
  ::close(held[1]);
  char byte;
  ASSERT_EQ(::read(held[0], &byte, 1), 1) << "the child has no lock";
  ::close(held[0]);
  auto waiting = std::async(std::launch::async, [&] { return FileLock::acquire(dir.path() / "lock").has_value(); });
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  EXPECT_TRUE(waiting.get());
}

TEST(FileLock, SaysOnceThatItWaitsAndCanBeStopped) {
  TempDir dir;
  auto held = FileLock::acquire(dir.path() / "lock");
  ASSERT_TRUE(held);
  std::stop_source stop;
  int told = 0;
  std::promise<void> waits;
  auto second = std::async(std::launch::async, [&] {
    return FileLock::acquire(dir.path() / "lock", stop.get_token(), [&] {
      if (++told == 1) waits.set_value();
    });
  });
  waits.get_future().wait();
  stop.request_stop();
  auto stopped = second.get();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, Error::Kind::interrupted);
  EXPECT_EQ(told, 1);
}

TEST(FileLock, SaysWhyItCannotBeHad) {
  auto lock = FileLock::acquire("/no/such/dir/lock");
  ASSERT_FALSE(lock);
  EXPECT_THAT(lock.error().what, HasSubstr("can't open lock /no/such/dir/lock"));
}

}  // namespace
}  // namespace bootgate
