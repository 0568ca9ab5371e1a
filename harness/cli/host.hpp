// What the host offers to a plan, probed once at its start.
#pragma once

#include <stop_token>

#include "fixtures/store.hpp"
#include "harness/cli/arguments.hpp"
#include "harness/machine/accelerator.hpp"
#include "harness/run/event.hpp"

namespace bootgate {

/// The packaged kernel and our initramfs: what KVM is tried with. May download.
Result<ProbeFiles> known_good_files(const Store& store, const EmitEvent& emit, std::stop_token stop);

/// Finds QEMU and chooses the accelerator.
Result<HostFacts> probe_host(const RunArguments& arguments, const Store& store, const EmitEvent& emit,
                             std::stop_token stop);

/// Prints warnings to standard error.
void print_warnings(const std::vector<Error>& warnings);

/// Prints errors to standard error. The exit status they call for.
int print_errors(const std::vector<Error>& errors);

}  // namespace bootgate
