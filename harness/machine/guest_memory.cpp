#include "harness/machine/guest_memory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/support/clock.hpp"

namespace bootgate {

Result<std::shared_ptr<GuestMemory>> GuestMemory::make(int mib) {
  UniqueFd fd(::memfd_create("guest-ram", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(mib) * 1024 * 1024) != 0)
    return bench_error(fmt::format("can't make a file for the guest's memory: {}", std::strerror(errno)));
  return std::shared_ptr<GuestMemory>(new GuestMemory(std::move(fd)));
}

Result<> GuestMemory::seal() {
  // The mappings of a process that was waited for can outlive it for a moment: whoever looks at its /proc holds them.
  const TimePoint deadline = Clock::now() + std::chrono::seconds(5);
  while (::fcntl(fd_.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
    if (errno != EBUSY || Clock::now() >= deadline)
      return bench_error(fmt::format("can't seal the guest's memory: {}", std::strerror(errno)));
    ::poll(nullptr, 0, 1);
  }
  return {};
}

std::int64_t GuestMemory::used_mib() const {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) return 0;
  return static_cast<std::int64_t>(status.st_blocks) * 512 / (1024 * 1024);
}

}  // namespace bootgate
