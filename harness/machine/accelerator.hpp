// Which accelerator this host can be trusted with. /dev/kvm that opens proves nothing: there are nested hosts on which
// QEMU aborts at an MSR, or the guest hangs behind the BIOS.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "fixtures/store.hpp"
#include "harness/machine/qemu.hpp"
#include "harness/plan/plan.hpp"

namespace bootgate {

/// A kernel and initramfs that are known to boot: never those under test, or a regression that shows under KVM only
/// would make `auto` fall back to TCG, and pass.
struct ProbeFiles {
  fs::path kernel;
  fs::path initramfs;
};

struct AcceleratorRequest {
  std::string wanted = "auto";                      // "auto", "kvm" or "tcg"
  std::function<Result<ProbeFiles>()> probe_files;  // asked only when a probe is needed
  std::function<void(const std::string&)> progress;
  std::stop_token stop;
  fs::path kvm_device = "/dev/kvm";
};

/// For `auto`: KVM if the known-good kernel reaches its init under it within 5 s. The verdict is kept in the store for
/// this boot of the host and this QEMU. Fails only when interrupted.
Result<Accelerator> choose_accelerator(const AcceleratorRequest& request, const QemuProgram& qemu, const Store& store);

}  // namespace bootgate
