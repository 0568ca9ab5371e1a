// The cases that a kernel's own Rust samples add to a suite.
#pragma once

#include "fixtures/kernel.hpp"
#include "harness/plan/read_sample.hpp"

namespace bootgate {

/// `suite` with one case for each sample of the tree that the kernel was built from, whatever can be said of it: one
/// that this kernel can't have is skipped with the reason, one that did not compile fails. A kernel without Rust, or
/// whose tree is unknown, gets a single case that says so.
Suite with_samples(Suite suite, const KernelImage& kernel, const std::vector<SampleExpectation>& expectations);

}  // namespace bootgate
