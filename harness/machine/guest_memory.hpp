// GuestMemory: the RAM of a machine as a file without a name, so that other machines can start from it.
//
// A memfd and no file in tmpfs: where /dev/shm is small (64 MB in a container), QEMU would die of SIGBUS in mid-boot.
// It goes with its last descriptor, so that nothing is left behind however we end.
#pragma once

#include <cstdint>
#include <memory>

#include "harness/support/error.hpp"
#include "harness/support/fd.hpp"

namespace bootgate {

class GuestMemory {
 public:
  /// An error is the bench's: this host has no memfd, or no descriptors.
  static Result<std::shared_ptr<GuestMemory>> make(int mib);

  int fd() const { return fd_.get(); }
  /// From here on nobody can change it (F_SEAL_WRITE). The machine that wrote it must be gone.
  Result<> seal();
  /// What it really takes: pages that the guest has never touched don't count.
  std::int64_t used_mib() const;

 private:
  explicit GuestMemory(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace bootgate
