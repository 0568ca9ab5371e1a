// PrivateKey: a copy of a client's key that ssh accepts, for as long as it lives.
#pragma once

#include <utility>

#include "harness/support/files.hpp"

namespace bootgate {

/// ssh refuses a key that others can read, and a downloaded one often is.
class PrivateKey {
 public:
  static Result<PrivateKey> copy(const fs::path& key, const fs::path& directory);
  PrivateKey(PrivateKey&& other) noexcept : directory_(std::exchange(other.directory_, {})) {}
  PrivateKey& operator=(PrivateKey&&) = delete;
  ~PrivateKey();

  fs::path file() const { return directory_ / "key"; }

 private:
  explicit PrivateKey(fs::path directory) : directory_(std::move(directory)) {}

  fs::path directory_;
};

}  // namespace bootgate
