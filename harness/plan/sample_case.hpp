// From a Rust sample, and what it must do, to a case of a plan.
#pragma once

#include <string>

#include "fixtures/source/rust_samples.hpp"
#include "harness/plan/read_sample.hpp"

namespace bootgate {

/// How the kernel under test has the sample.
enum class SampleState { module, built_in };

/// The name of a case as a suite would have it: small letters.
std::string sample_case_name(std::string module);

/// A case named after the sample's module.
///
/// A module is loaded, must be Live in /proc/modules, is poked and unloaded; all on the booted system. Of a sample that
/// is built in only the load steps that count there remain: a case of the boot when it expects lines, to be run in the
/// order of the samples. It has no steps when nothing can be told of it.
///
/// Without an expectation the steps are derived from the source: the lines that init and Drop surely print.
/// `source_text` is that of read_rust_text. The sample must have a module.
Case sample_case(const RustSample& sample, const SampleExpectation* expectation, const std::string& source_text,
                 SampleState state);

}  // namespace bootgate
