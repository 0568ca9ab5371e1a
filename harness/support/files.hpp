// Files: read whole, written whole or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "harness/support/error.hpp"
#include "harness/support/fd.hpp"

namespace bootgate {

namespace fs = std::filesystem;

/// The whole file. The error says which file, and why it can't be read.
Result<std::string> read_file(const fs::path& file);

/// Writes `file` through a temporary beside it and a rename: readers see the old text or the new one, never half.
/// A full disk leaves the old file, and an error. What is no file (a pipe, /dev/stdout) is written to as it is.
Result<> write_file_atomically(const fs::path& file, std::string_view bytes);

/// Whether what is written to `file` is appended, since it is no file: a pipe, a terminal, and whatever /dev/stdout is.
bool is_stream(const fs::path& file);

/// Makes `dir` and its parents.
Result<> make_directories(const fs::path& dir);

/// A fresh directory `parent/prefixXXXXXX`.
Result<fs::path> make_temp_dir(const fs::path& parent, std::string_view prefix);

/// Holds an exclusive lock on `file` (made when missing) until it is destroyed.
/// The lock ends with the process, however it ends.
class FileLock {
 public:
  /// Waits for its turn: `on_wait` is called once when somebody else holds the lock, and `stop` ends the wait with an
  /// error of kind `interrupted`.
  static Result<FileLock> acquire(const fs::path& file, std::stop_token stop = {},
                                  const std::function<void()>& on_wait = {});

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace bootgate
