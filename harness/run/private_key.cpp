#include "harness/run/private_key.hpp"

#include <sys/stat.h>

namespace bootgate {

Result<PrivateKey> PrivateKey::copy(const fs::path& key, const fs::path& directory) {
  auto content = read_file(key);
  if (!content) return tl::unexpected(content.error());
  auto place = make_temp_dir(directory, "ssh-");  // 0700
  if (!place) return tl::unexpected(place.error());
  PrivateKey copied(*place);
  if (auto written = write_file_atomically(copied.file(), *content); !written) return tl::unexpected(written.error());
  if (::chmod(copied.file().c_str(), 0600) != 0) return bench_error("can't protect a copy of " + key.string());
  return copied;
}

PrivateKey::~PrivateKey() {
  std::error_code ignored;
  if (!directory_.empty()) fs::remove_all(directory_, ignored);
}

}  // namespace bootgate
