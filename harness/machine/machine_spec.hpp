// MachineSpec: one QEMU, described; and the pure function that turns it into an argument vector.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/machine/disk.hpp"
#include "harness/plan/plan.hpp"

namespace bootgate {

struct MachineSpec {
  fs::path qemu;
  Profile profile;
  Accelerator::Kind accelerator = Accelerator::Kind::tcg;
  fs::path kernel;
  fs::path initramfs;  // empty: none
  std::vector<Disk> disks;
  bool has_internet = false;          // the network leads to the host's; else nothing but the forwarded port leads in
  bool reboots = false;               // a clone needs the initramfs as well
  std::vector<fs::path> acpi_tables;  // added to the machine's own
  std::string kernel_command_line;
  fs::path shared_directory;                 // of the host, read-only over 9p under the tag "host"; empty: none
  std::vector<std::string> extra_arguments;  // the user's own, last
  fs::path console_log;                      // QEMU writes every byte of ttyS0 here; it survives us
};

/// QEMU's option parser takes a comma in a value for the next option; a doubled one stands for itself.
std::string option_value(const fs::path& path);

/// The descriptors that QEMU inherits: the far ends of our socket pairs, and its memory.
struct MachineWiring {
  int control = -1;  // ttyS1
  int qmp = -1;
  int memory = -1;        // a file that is the guest's memory; -1: QEMU's own
  bool is_clone = false;  // what it writes there is its own, and its state comes from a checkpoint
};

/// The arguments for a machine that we drive: ttyS0 on standard input and output, ttyS1 and QMP on inherited
/// descriptors, stopped at its first instruction, or where the checkpoint was taken.
std::vector<std::string> qemu_argv(const MachineSpec& spec, const MachineWiring& wiring);

/// A disk in a file of its own.
struct DiskFile {
  fs::path file;
  std::string format;  // QEMU's
  std::string device;
};

/// The same machine for a person at a terminal: ttyS0 and the monitor on the terminal, running at once.
std::vector<std::string> replay_argv(const MachineSpec& spec, const std::vector<DiskFile>& disks = {});

/// What goes into a kernel command line.
struct KernelParameters {
  std::string nonce;
  double time_scale = 1;            // for the kernel's own detectors: they must fire before our deadlines
  std::vector<std::string> append;  // the user's own, last: they win
  bool terse = false;               // the console gets warnings and worse only: each of its bytes costs the guest time
};

std::string kernel_command_line(const KernelParameters& parameters);

}  // namespace bootgate
