// BootFiles: what a job boots, made ready before it starts.
#pragma once

#include "fixtures/boot/initramfs.hpp"
#include "fixtures/boot/kernel.hpp"
#include "fixtures/image/disk_image.hpp"
#include "harness/run/kernel_supply.hpp"

namespace bootgate {

struct BootFiles {
  KernelImage kernel;
  std::optional<Initramfs> initramfs;
  std::optional<DiskImage> image;                          // the root is on its disk
  std::vector<std::string> parameters;                     // see root_parameters
  bool has_control = true;                                 // false: a root of the user's own
  std::set<std::string> modules;                           // that cases may load, or that are built in
  std::vector<fs::path> acpi_tables;                       // of the machine
  Duration build_took{};                                   // of a kernel that was built from source
  std::vector<std::pair<std::string, std::string>> facts;  // of how they were made, for the report
};

/// Of the kernel: they find the root where it is on an image's disk.
std::vector<std::string> root_parameters(const Job& job, const RunOptions& options);

/// Puts together what a job boots. Problems of what the user named are usage errors, the others the bench's.
Result<BootFiles> make_boot_files(const Job& job, const RunOptions& options, const SuppliedKernel& kernel,
                                  const Store& store, const FixtureOptions& fixture);

}  // namespace bootgate
