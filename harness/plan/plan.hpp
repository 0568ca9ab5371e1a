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
#include "harness/plan/matrix.hpp"
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
  Accelerator accelerator;   // what `auto` means here; where nobody asks for `auto`, the first that is asked for
  fs::path qemu;             // the program
  std::string qemu_version;  // "7.2.22"
  std::string no_kvm;        // why KVM can't serve a job that asks for it; empty: it can, or none does
  std::string no_resolver;   // why names can't be looked up here; empty: they can, or no case needs it
};

/// What the command line and the run file ask for, in the terms of the plan.
struct RunOptions {
  std::vector<KernelName> kernels;     // all that are named anywhere; `matrix` may cross some of them only
  std::vector<ConfigRequest> configs;  // of kernels built from source, in the same way; empty: the usual one
  Matrix matrix;
  bool defaults = false;  // neither kernels nor suites were named: samples run where a kernel is built
  KernelRequest build;    // of kernels that are built from source; its fragments go on top of each config
  std::string busybox;    // as in --busybox; empty: built where the kernel is, else the host's
  std::string kernel_org = kernel_org_url;
  std::optional<RootfsName> rootfs;     // nothing: the suite's
  bool no_initramfs = false;            // the kernel mounts the disk of an image by itself
  std::optional<fs::path> modules_dir;  // a lib/modules/RELEASE tree
  std::vector<std::string> modules;     // names, with their dependencies, into the initramfs
  std::vector<InitramfsFile> added;
  std::vector<std::string> append;  // extra kernel parameters
  std::optional<int> memory_mib;
  std::optional<int> cpus;
  std::vector<std::string> qemu_arguments;
  bool vmcore = false;  // the guest's memory is saved when its kernel crashes
  double timeout_scale = 1;
  Execution execution;
};

/// Of options.configs.
std::vector<std::string> config_names(const RunOptions& options);

/// A kernel that jobs boot, and how it is got: one for each kernel × config, and for each image whose own it is.
struct PlannedKernel {
  KernelName name;
  KernelRequest request;  // of one that is built from source
  std::string busybox;    // as in --busybox
  RootfsName image;       // whose own it is, if it is one's own
};

/// What a selection has seen of a job's cases, so that it can go on where more of them come at run time.
struct CasesSeen {
  std::size_t all = 0;
  std::size_t booted = 0;
  std::size_t kept = 0;         // the first ones of the job's suite
  bool booted_matches = false;  // a filter matches one of the booted system, in whatever shard it is
};

/// One boot: kernel × config × rootfs × profile × accelerator, and the suite that judges it.
struct Job {
  std::string name;  // "boot-debian-busybox-initrd_only-tcg": stable over runs, a directory name
  Suite suite;
  std::string kernel;        // as it was named
  std::size_t kernel_index;  // into Plan::kernels
  bool builds = false;       // its kernel is built from source
  std::string config;        // "lean+debug"; empty: it isn't
  RootfsName rootfs;
  Profile profile;  // with the options' memory and CPUs
  Accelerator accelerator;
  std::string skip_reason;  // the host can't run it: every case is skipped with this; empty: it can
  double time_scale = 1;    // every duration of the suite is multiplied by this, once
  std::size_t number = 0;   // in the plan, before anything was left out
  CasesSeen seen;
};

struct Plan {
  std::vector<PlannedKernel> kernels;
  std::vector<Job> jobs;
  RunOptions options;
  HostFacts host;
  std::vector<std::string> excluded;  // names of jobs that a row of the run file excludes
  std::vector<std::string> left_out;  // names of jobs that have no case which is selected
  std::size_t all_cases = 0;          // before the selection
};

/// TCG runs guests several times slower than KVM: durations in suites are written for KVM.
inline constexpr double tcg_time_scale = 4;

/// Crosses kernels, configs, suites, profiles and accelerators. What cases need of a kernel's configuration goes into
/// its request. Profiles that are named must be among `profiles`: read_suite and read_run_file have checked them. The
/// selection is not yet applied: see select_jobs.
Plan make_plan(std::vector<Suite> suites, const std::vector<Profile>& profiles, RunOptions options, HostFacts host);

/// The names of all cases that run while a machine boots.
std::vector<std::string> boot_cases_of(const Plan& plan);

/// "tcg: REASON", a line for each accelerator that jobs use, and for each that they can't have here.
std::string accelerators_text(const Plan& plan);

/// The kernels' names, with the configs that they are built with where those aren't the usual one.
std::string kernels_text(const Plan& plan);

/// QEMU's command line for each job, or none at all.
using PlannedCommands = std::vector<std::vector<std::string>>;

/// For people, at 80 columns; the command lines can be copied into a shell.
std::string describe(const Plan& plan, const PlannedCommands& commands = {});
/// For programs.
Json to_json(const Plan& plan, const PlannedCommands& commands = {});

/// What is known of the kernel under test when requirements are weighed.
struct KernelFacts {
  std::string release;                                       // "6.12.107"; empty: unknown
  std::optional<std::map<std::string, std::string>> config;  // symbol without CONFIG_ -> "y", "m", a number, ...
  std::set<std::string> modules;                             // that the guest has, or that are built in
};

/// Why the case can't run here, or nothing when it can. An unknown config is a reason of its own, not "not set".
std::optional<std::string> unmet(const std::vector<Requirement>& needs, const KernelFacts& kernel, const Job& job,
                                 const HostFacts& host);

}  // namespace bootgate
