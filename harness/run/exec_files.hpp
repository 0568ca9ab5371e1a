// ExecFiles: what `bootgate exec` boots, made so that the command starts as soon as can be.
#pragma once

#include "fixtures/boot/initramfs.hpp"
#include "fixtures/boot/kernel.hpp"
#include "harness/run/kernel_supply.hpp"

namespace bootgate {

struct ExecFiles {
  fs::path kernel;  // a bzImage, or what was unpacked of one
  Initramfs initramfs;
  std::string modules;  // the kernel's lib/modules/RELEASE, as the host has it; empty: it has none
};

/// What a kernel needs for the host's files: symbols without CONFIG_. One that is built here gets them.
const std::vector<std::string>& host_root_symbols();

/// For the plan's only job. `hosts_files`: the command sees the host's files instead of ours; a kernel that can't do
/// that is a usage error which names the symbol. `scratch`: lives as long as the guest.
Result<ExecFiles> make_exec_files(const Plan& plan, const SuppliedKernel& kernel, bool hosts_files, const Store& store,
                                  const fs::path& scratch);

}  // namespace bootgate
