#include "harness/machine/vmcore.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

#include "harness/machine/flat_kdump.hpp"

namespace bootgate {
namespace {

/// A gigabyte takes seconds; on a host that is busy, many.
constexpr Duration dump_patience = std::chrono::minutes(5);

Result<> write_at(int fd, std::int64_t place, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(place));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return bench_error(fmt::format("can't write the vmcore: {}", std::strerror(errno)));
    bytes.remove_prefix(static_cast<std::size_t>(n));
    place += n;
  }
  return {};
}

/// Until QEMU has closed its end, or `stop` is set. After an error of ours the rest is still taken: QEMU would wait for
/// us, and we for it.
Result<> receive(int from, int file, const std::stop_token& stop) {
  FlatKdump stream([file](std::int64_t place, std::string_view bytes) { return write_at(file, place, bytes); });
  Result<> taken;
  std::vector<char> buffer(1 << 20);
  while (!stop.stop_requested()) {
    pollfd readable{from, POLLIN, 0};
    if (::poll(&readable, 1, 100) <= 0) continue;
    const ssize_t n = ::read(from, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    if (taken) taken = stream.feed({buffer.data(), static_cast<std::size_t>(n)});
  }
  if (taken && !stream.is_whole()) return bench_error("QEMU broke off in the middle of the vmcore");
  return taken;
}

Result<> save_into(Machine& machine, const std::string& release, int file) {
  auto pipe = make_pipe();
  if (!pipe) return tl::unexpected(pipe.error());
  if (auto given = machine.give(pipe->second.get(), "vmcore"); !given) return given;
  pipe->second.reset();
  Result<> received;
  std::jthread receiver([&](const std::stop_token& stop) { received = receive(pipe->first.get(), file, stop); });
  auto dumped = machine.execute(
      "dump-guest-memory", {{"paging", false}, {"protocol", "fd:vmcore"}, {"format", "kdump-zlib"}}, dump_patience);
  // A QEMU that did not even begin may keep its end open, and one that is in the midst of it is to give up.
  if (!dumped) receiver.request_stop();
  receiver.join();
  if (!dumped) return tl::unexpected(dumped.error());
  if (!received) return received;
  return write_at(file, kdump_utsname_place, kdump_utsname(release));
}

}  // namespace

Result<> save_vmcore(Machine& machine, const std::string& release, const fs::path& file) {
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) return bench_error(fmt::format("can't write {}: {}", file.string(), std::strerror(errno)));
  auto saved = save_into(machine, release, fd.get());
  std::error_code ignored;
  if (!saved) fs::remove(file, ignored);  // half of one would be taken for a whole
  return saved;
}

}  // namespace bootgate
