// SampleExpectation: what one of the kernel's Rust samples must do, read from expectations/rust_samples/*.toml.
// expectations/README.md is the reference of the keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/plan/suite.hpp"

namespace bootgate {

/// How long a step of a sample may take that doesn't say so itself.
constexpr Duration sample_within = std::chrono::seconds(30);
/// The same for a line: the call that prints it is over then, and only the console's thread (nbcon) may be behind.
constexpr Duration sample_line_within = std::chrono::seconds(5);

/// A step of the suite language, and when it counts. What a sample does changes from kernel to kernel, and its source
/// says so better than a version: distributions carry patches.
struct SampleStep {
  Step step;
  std::string if_source;                // counts only when the sample's source has this text; empty: always
  std::string unless_source;            // counts only when it has not; empty: always
  bool when_built_in = false;           // counts also for a sample that is built into the kernel
  std::optional<PatternText> built_in;  // what `expect` looks for there instead
};

struct SampleExpectation {
  std::string module;  // as /proc/modules knows it
  std::string description;
  fs::path file;
  std::string source;  // the sample's source must have this text, or the file is not about it
  std::vector<Requirement> needs;
  bool unload_allowed = true;
  std::vector<SampleStep> before;  // what the machine must be like, ahead of modprobe
  std::vector<SampleStep> load;    // behind modprobe
  std::vector<SampleStep> poke;    // with the module loaded
  std::vector<SampleStep> unload;  // behind rmmod
};

/// What was found in one file, or in all of a directory. It is complete only when there are no errors.
struct SampleReading {
  std::vector<SampleExpectation> expectations;
  std::vector<Error> errors;
  std::vector<Error> warnings;
};

/// Reads one file; every mistake is noted, with its place.
SampleReading read_sample(const fs::path& file);

/// Reads every .toml of a directory, by name. A directory without any is a bench error.
SampleReading read_samples(const fs::path& directory);

/// The first one that is about this module with this source, or nothing.
const SampleExpectation* find_expectation(const std::vector<SampleExpectation>& expectations, std::string_view module,
                                          std::string_view source_text);

}  // namespace bootgate
