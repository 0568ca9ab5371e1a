// Plan: everything that a run will do, decided before it starts. Execution reads no TOML and no environment.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fixtures/boot/initramfs.hpp"
#include "fixtures/build/kernel_build.hpp"
#include "fixtures/source/kernel_source.hpp"
#include "harness/plan/execution.hpp"
#include "harness/plan/profile.hpp"
#include "harness/plan/suite.hpp"
#include "harness/support/json.hpp"

namespace bootgate {

/// What executes the guest's instructions, and why it was chosen.
struct Accelerator {
  enum class Kind { tcg, kvm };
  Kind kind = Kind::tcg;
  std::string reason;
};

std::string_view to_string(Accelerator::Kind kind);

/// What the host offers: probed once, by the command line's code.
struct HostFacts {
  Accelerator accelerator;
  fs::path qemu;             // the program
  std::string qemu_version;  // "7.2.22"
};

/// What the command line asks for, in the terms of the plan.
struct RunOptions {
  std::vector<KernelName> kernels;
  bool defaults = false;  // neither kernels nor suites were named: samples run where a kernel is built
  KernelRequest build;    // of kernels that are built from source
  std::string busybox;    // as in --busybox; empty: built where the kernel is, else the host's
  std::string kernel_org = kernel_org_url;
  std::string rootfs;                   // empty: the suite's; else the path of a cpio archive
  std::optional<fs::path> modules_dir;  // a lib/modules/RELEASE tree
  std::vector<std::string> modules;     // names, with their dependencies, into the initramfs
  std::vector<InitramfsFile> added;
  std::vector<std::string> append;  // extra kernel parameters
  std::optional<int> memory_mib;
  std::optional<int> cpus;
  std::vector<std::string> qemu_arguments;
  double timeout_scale = 1;
  Execution execution;
};

/// A kernel that jobs boot, and how it is got.
struct PlannedKernel {
  KernelName name;
  KernelRequest request;  // of one that is built from source
  std::string busybox;    // as in --busybox
};

/// One boot: kernel × rootfs × profile × accelerator, and the suite that judges it.
struct Job {
  std::string name;  // "boot-debian-busybox-initrd_only-tcg": stable over runs, a directory name
  Suite suite;
  std::string kernel;        // as it was named
  std::size_t kernel_index;  // into Plan::kernels
  bool builds = false;       // its kernel is built from source
  std::string rootfs;        // "busybox", or the path of a cpio archive
  Profile profile;           // with the options' memory and CPUs
  Accelerator accelerator;
  double time_scale = 1;  // every duration of the suite is multiplied by this, once
};

struct Plan {
  std::vector<PlannedKernel> kernels;
  std::vector<Job> jobs;
  RunOptions options;
  HostFacts host;
};

/// TCG runs guests several times slower than KVM: durations in suites are written for KVM.
inline constexpr double tcg_time_scale = 4;

/// Crosses kernels, suites and profiles. What cases need of a kernel's configuration goes into its request. A profile
/// that a suite names must be among `profiles`: read_suite has checked it.
Plan make_plan(std::vector<Suite> suites, const std::vector<Profile>& profiles, RunOptions options, HostFacts host);

/// For people, at 80 columns.
std::string describe(const Plan& plan);
/// For programs.
Json to_json(const Plan& plan);

/// What is known of the kernel under test when requirements are weighed.
struct KernelFacts {
  std::string release;                                       // "6.12.107"; empty: unknown
  std::optional<std::map<std::string, std::string>> config;  // symbol without CONFIG_ -> "y", "m", a number, ...
  std::set<std::string> modules;                             // that the guest has, or that are built in
};

/// Why the case can't run here, or nothing when it can. An unknown config is a reason of its own, not "not set".
std::optional<std::string> unmet(const std::vector<Requirement>& needs, const KernelFacts& kernel,
                                 const HostFacts& host);

}  // namespace bootgate
