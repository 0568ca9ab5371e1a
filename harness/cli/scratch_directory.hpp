// ScratchDirectory: a place for the files of one call, which goes with it, unless it is kept.
#pragma once

#include <string_view>
#include <utility>

#include "harness/support/files.hpp"

namespace bootgate {

class ScratchDirectory {
 public:
  /// In $TMPDIR, else /tmp: short enough for a socket's path (108 bytes, unix(7)), and nobody else's.
  static Result<ScratchDirectory> make(std::string_view prefix = "bootgate-") {
    std::error_code failure;
    const fs::path place = fs::temp_directory_path(failure);
    auto made = make_temp_dir(failure ? "/tmp" : place, prefix);
    if (!made) return tl::unexpected(made.error());
    return ScratchDirectory(std::move(*made));
  }
  ScratchDirectory(ScratchDirectory&& other) noexcept : path_(std::exchange(other.path_, {})), kept_(other.kept_) {}
  ScratchDirectory& operator=(ScratchDirectory&&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    if (!path_.empty() && !kept_) fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }
  /// It stays, with what is in it now and later.
  void keep() { kept_ = true; }

 private:
  explicit ScratchDirectory(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
  bool kept_ = false;
};

}  // namespace bootgate
