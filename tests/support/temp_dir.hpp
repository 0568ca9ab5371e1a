// A directory for one test, gone behind it.
#pragma once

#include <stdexcept>
#include <string>

#include "harness/support/files.hpp"

namespace bootgate {

class TempDir {
 public:
  TempDir() : path_(make_temp_dir(fs::temp_directory_path(), "bootgate-test-").value()) {}
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }

  /// Writes a file there, and says where it is.
  fs::path file(const std::string& name, std::string_view text) const {
    auto written = make_directories((path_ / name).parent_path()).and_then([&] {
      return write_file_atomically(path_ / name, text);
    });
    if (!written) throw std::runtime_error(written.error().what);
    return path_ / name;
  }

 private:
  fs::path path_;
};

}  // namespace bootgate
