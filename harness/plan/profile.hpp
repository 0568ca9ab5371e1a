// Profile: a machine shape by name. The rows are data: fixtures/profiles.toml.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/support/files.hpp"

namespace bootgate {

struct Profile {
  std::string name;
  std::string description;
  std::string machine = "pc";   // QEMU's -machine
  std::string cpu_tcg = "max";  // QEMU's -cpu under TCG; its default lacks SMEP and SMAP
  std::string cpu_kvm = "host";
  int cpus = 1;
  int memory_mib = 512;
  std::string accelerator;               // "kvm" or "tcg": it is made for that one; empty: either
  std::string drive = "virtio-blk-pci";  // how the disk of a root file system is there: the name of a device
  std::string network;                   // the name of a device on QEMU's user network; empty: none
  std::vector<int> disks_mib;            // empty ones, over virtio
  std::vector<std::string> devices;      // each a -device argument
  std::vector<std::string> acpi_tables;  // ASL files below fixtures/, compiled and added to the machine's tables
};

/// A size of memory in MiB: "512M", "2G", or mebibytes without a unit.
std::optional<int> parse_memory(std::string_view text);

/// Reads fixtures/profiles.toml; errors are collected.
std::vector<Profile> read_profiles(const fs::path& file, std::vector<Error>& errors);

}  // namespace bootgate
