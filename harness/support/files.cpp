#include "harness/support/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

namespace bootgate {
namespace {

tl::unexpected<Error> failed(std::string_view doing, const fs::path& file) {
  return bench_error(fmt::format("can't {} {}: {}", doing, file.string(), std::strerror(errno)));
}

Result<> append_to_stream(const fs::path& file, std::string_view bytes) {
  UniqueFd fd(::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (fd && write_all(fd.get(), bytes) && ::close(fd.release()) == 0) return {};
  return failed("write", file);
}

}  // namespace

Result<std::string> read_file(const fs::path& file) {
  UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return failed("read", file);
  std::string bytes;
  // A string that grows to its size copies a large file twice. /proc and /sys say 0, or what they please.
  constexpr off_t largest_trusted = 64 << 20;
  struct stat info {};
  if (::fstat(fd.get(), &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= largest_trusted)
    bytes.reserve(static_cast<std::size_t>(info.st_size));
  char buffer[65536];
  for (;;) {
    ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("read", file);
    if (n == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(n));
  }
}

bool is_stream(const fs::path& file) {
  std::error_code failure;
  const auto status = fs::status(file, failure);
  return (fs::exists(status) && !fs::is_regular_file(status)) || file.string().starts_with("/dev/") ||
         file.string().starts_with("/proc/");
}

Result<> write_file_atomically(const fs::path& file, std::string_view bytes) {
  if (is_stream(file)) return append_to_stream(file, bytes);
  static std::atomic<unsigned> counter;
  // A symlink stays one: what it points to is replaced.
  std::error_code failure;
  const fs::path target = fs::is_symlink(file, failure) ? fs::weakly_canonical(file, failure) : file;
  std::string aside = fmt::format("{}.{}-{}.tmp", target.string(), ::getpid(), counter++);
  UniqueFd fd(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd) return failed("write", file);
  // Network file systems report a full disk only when the file is closed.
  bool written = write_all(fd.get(), bytes).has_value() && ::close(fd.release()) == 0;
  if (written && ::rename(aside.c_str(), target.c_str()) == 0) return {};
  auto error = failed("write", file);
  ::unlink(aside.c_str());
  return error;
}

Result<> make_directories(const fs::path& dir) {
  std::error_code failure;
  fs::create_directories(dir, failure);
  if (failure) return bench_error(fmt::format("can't make directory {}: {}", dir.string(), failure.message()));
  return {};
}

Result<fs::path> make_temp_dir(const fs::path& parent, std::string_view prefix) {
  std::string name = (parent / (std::string(prefix) + "XXXXXX")).string();
  if (!::mkdtemp(name.data())) return failed("make a directory in", parent);
  return fs::path(name);
}

Result<FileLock> FileLock::acquire(const fs::path& file, std::stop_token stop, const std::function<void()>& on_wait) {
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!fd) return failed("open lock", file);
  bool waiting = false;
  // Only a signal ends a blocking flock(2), so it is tried again and again.
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return failed("lock", file);
    if (stop.stop_requested()) return interrupted_error();
    if (!waiting && on_wait) on_wait();
    waiting = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return FileLock(std::move(fd));
}

}  // namespace bootgate
