// From one table of a suite to a Step.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/plan/suite.hpp"
#include "harness/support/toml.hpp"

namespace bootgate {

/// A deadline that ends before the kernel's own detectors have spoken hides what hangs: RCU stalls and soft lockups are
/// reported after 10 s (qemu_argv.cpp sets them, scaled like every `within`).
inline constexpr Duration detectors_need = std::chrono::seconds(11);

/// Reads a step, with `default_within` where it says nothing. Mistakes are noted in its document; what is no step reads
/// as nothing. A `within` too short for the detectors is a warning.
/// `beside` are keys that the caller reads itself, and that may stand beside any action.
std::optional<Step> read_step(TomlTable& row, Duration default_within, std::vector<Error>& warnings,
                              const std::vector<std::string>& beside = {});

/// The pattern under `key`, compiled once to note its mistakes.
std::optional<PatternText> read_pattern(TomlTable& row, const std::string& key, bool regex);

/// True for a step that waits for something to come. `absent` and `send` alone prove nothing.
bool is_proof(const Step& step);

}  // namespace bootgate
