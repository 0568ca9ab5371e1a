// ScratchDirectory: a place for the files of one call, which goes with it.
#pragma once

#include <utility>

#include "harness/support/files.hpp"

namespace bootgate {

class ScratchDirectory {
 public:
  /// In $TMPDIR, else /tmp: short enough for a socket's path (108 bytes, unix(7)), and nobody else's.
  static Result<ScratchDirectory> make() {
    std::error_code none;
    auto made = make_temp_dir(fs::temp_directory_path(none), "bootgate-");
    if (!made) return tl::unexpected(made.error());
    return ScratchDirectory(std::move(*made));
  }
  ScratchDirectory(ScratchDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchDirectory& operator=(ScratchDirectory&&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }

 private:
  explicit ScratchDirectory(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

}  // namespace bootgate
