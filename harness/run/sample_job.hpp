// The cases that a kernel's own Rust samples add to a suite.
#pragma once

#include "fixtures/boot/sample_survey.hpp"
#include "harness/plan/read_sample.hpp"

namespace bootgate {

/// `suite` with one case for each sample, whatever can be said of it: one that the kernel can't have is skipped with
/// the reason, one that did not compile fails. A kernel without any gets a single case that says why.
Suite with_samples(Suite suite, const SampleSurvey& survey, const std::vector<SampleExpectation>& expectations);

}  // namespace bootgate
