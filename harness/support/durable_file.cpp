#include "harness/support/durable_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bootgate {
namespace {

/// Of a file or a directory. Some file systems can't sync a directory: they have no better way.
Result<> sync_to_disk(const fs::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd && (::fsync(fd.get()) == 0 || errno == EINVAL)) return {};
  return bench_error(fmt::format("can't write {}: {}", path.string(), std::strerror(errno)));
}

}  // namespace

Result<> write_file_durably(const fs::path& file, std::string_view bytes) {
  const fs::path aside = file.string() + fmt::format(".{}.new", ::getpid());
  auto written = write_file_atomically(aside, bytes).and_then([&] { return sync_to_disk(aside); });
  if (written && ::rename(aside.c_str(), file.c_str()) != 0)
    written = bench_error(fmt::format("can't write {}: {}", file.string(), std::strerror(errno)));
  if (written) return sync_to_disk(file.has_parent_path() ? file.parent_path() : fs::path("."));
  ::unlink(aside.c_str());
  return written;
}

}  // namespace bootgate
