#include "harness/support/beneath.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "harness/support/sha256.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// A vmlinux with debug information has one or two GiB. A sparse file takes no disk until it is copied.
constexpr off_t largest_beneath = off_t{8} << 30, largest_read = 64 << 20;

tl::unexpected<Error> refused_beneath(const fs::path& directory, const fs::path& relative, const char* why) {
  return kernel_error(fmt::format("can't take {}: {}", printable((directory / relative).string()), why));
}

Result<off_t> size_of(const UniqueFd& fd, const fs::path& directory, const fs::path& relative) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return refused_beneath(directory, relative, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return refused_beneath(directory, relative, "it is no file");
  if (info.st_size > largest_beneath) return refused_beneath(directory, relative, "it is too large");
  return info.st_size;
}

}  // namespace

fs::path name_of(const UniqueFd& fd) {
  return fmt::format("/proc/self/fd/{}", fd.get());
}

Result<UniqueFd> open_beneath(const fs::path& directory, const fs::path& relative, Links links) {
  const std::vector<fs::path> parts(relative.begin(), relative.end());
  const bool leads_out = std::any_of(parts.begin(), parts.end(), [](const fs::path& part) { return part == ".."; });
  if (parts.empty() || parts.back().empty() || relative.is_absolute() || leads_out)
    return refused_beneath(directory, relative, "it lies elsewhere");
  UniqueFd at(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (std::size_t i = 0; at && i < parts.size(); ++i) {
    // A pipe without a writer is opened without waiting for one.
    const int flags = i + 1 == parts.size() ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY;
    const int no_follow = links == Links::refused ? O_NOFOLLOW : 0;
    at = UniqueFd(::openat(at.get(), parts[i].c_str(), flags | no_follow | O_CLOEXEC));
  }
  if (!at && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == EIO))
    return bench_error(fmt::format("can't read {}: {}", (directory / relative).string(), std::strerror(errno)));
  if (!at) return refused_beneath(directory, relative, std::strerror(errno));
  if (auto size = size_of(at, directory, relative); !size) return tl::unexpected(size.error());
  return at;
}

Result<std::string> read_beneath(const fs::path& directory, const fs::path& relative) {
  auto fd = open_beneath(directory, relative);
  if (!fd) return tl::unexpected(fd.error());
  auto size = size_of(*fd, directory, relative);
  if (!size) return tl::unexpected(size.error());
  return *size > largest_read ? refused_beneath(directory, relative, "it is too large") : read_file(name_of(*fd));
}

Result<std::string> sha256_beneath(const fs::path& directory, const fs::path& relative, Links links) {
  auto fd = open_beneath(directory, relative, links);
  return fd ? sha256_of_file(name_of(*fd)) : tl::unexpected(fd.error());
}

Result<> copy_beneath(const fs::path& directory, const fs::path& relative, const fs::path& to, Links links) {
  auto fd = open_beneath(directory, relative, links);
  if (!fd) return tl::unexpected(fd.error());
  std::error_code failure;
  fs::copy_file(name_of(*fd), to, fs::copy_options::overwrite_existing, failure);
  if (!failure) return {};
  return bench_error(fmt::format("can't copy {}: {}", (directory / relative).string(), failure.message()));
}

Result<> remove_of_strangers(const fs::path& path) {
  std::error_code none, failure;
  std::vector<fs::path> left{path};
  while (!left.empty()) {
    const fs::path entered = std::move(left.back());
    left.pop_back();
    if (!fs::is_directory(fs::symlink_status(entered, none))) continue;
    fs::permissions(entered, fs::perms::owner_all, fs::perm_options::add, none);
    std::error_code unreadable;
    for (fs::directory_iterator item(entered, unreadable), end; !unreadable && item != end; item.increment(unreadable))
      left.push_back(item->path());
  }
  fs::remove_all(path, failure);
  if (!failure) return {};
  return bench_error(fmt::format("can't remove {}: {}", path.string(), failure.message()), "remove it by hand");
}

Result<std::string> read_regular_file(const fs::path& file) {
  std::error_code failure;
  // Nothing else changes a tree while it is read, so that it is the same file below.
  if (fs::exists(file, failure) && !fs::is_regular_file(file, failure))
    return bench_error(fmt::format("can't read {}: it is no file", file.string()));
  const std::uintmax_t size = fs::file_size(file, failure);
  if (!failure && size > std::uintmax_t{largest_read})
    return bench_error(fmt::format("can't read {}: it is too large", file.string()));
  return read_file(file);
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

}  // namespace bootgate
