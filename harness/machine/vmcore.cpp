#include "harness/machine/vmcore.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace bootgate {
namespace {

/// A gigabyte takes seconds; a disk that is busy, many.
constexpr Duration patience = std::chrono::minutes(5);

}  // namespace

Result<> save_vmcore(Machine& machine, const fs::path& file) {
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) return bench_error(fmt::format("can't write {}: {}", file.string(), std::strerror(errno)));
  if (auto given = machine.give(fd.get(), "vmcore"); !given) return given;
  auto dumped = machine.execute("dump-guest-memory",
                                {{"paging", false}, {"protocol", "fd:vmcore"}, {"format", "kdump-zlib"}}, patience);
  if (dumped) return {};
  std::error_code ignored;
  fs::remove(file, ignored);  // half of one would be taken for a whole
  return tl::unexpected(dumped.error());
}

}  // namespace bootgate
