// PlainBoot: QEMU without bootgate, on the machine of a run's job: it boots, does a command and powers off.
#pragma once

#include <string>

#include "harness/support/files.hpp"

namespace bootgate {

class PlainBoot {
 public:
  /// Of the first job in a run's directory: its replay.sh tells the machine.
  static Result<PlainBoot> in(const fs::path& out);

  /// Boots as our init does, without its login: the same rcS, from a shell that is started for init. An error when the
  /// command failed, or the guest did not get so far.
  /// `image`: another kernel than the job's.
  Result<> run(const std::string& command, const fs::path& image = {}) const;

 private:
  PlainBoot(fs::path replay, std::string parameters) : replay_(std::move(replay)), parameters_(std::move(parameters)) {}
  fs::path replay_;
  std::string parameters_;  // the kernel's
};

}  // namespace bootgate
