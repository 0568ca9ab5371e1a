#include "harness/plan/requirement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <string_view>

#include "fixtures/kconfig/settings.hpp"
#include "harness/plan/plan.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// Takes a number off the front of `text`; nothing when there is none, or a huge one.
std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || !is_digit(text.front())) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// "6.12.1-rc3-local" as 6, 12, 1, then 3; a release proper, coming behind its candidates, has INT_MAX in the place of
/// the 3.
struct Version {
  std::array<int, 4> parts = {0, 0, 0, INT_MAX};
  std::string_view rest;  // what stands behind
};

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  for (std::size_t i = 0; i < 3; ++i) {
    auto number = take_number(text);
    if (!number) return std::nullopt;
    version.parts[i] = *number;
    if (text.size() < 2 || text[0] != '.' || !is_digit(text[1])) break;
    if (i < 2) text.remove_prefix(1);
  }
  constexpr std::string_view candidate = "-rc";
  if (text.starts_with(candidate)) {
    text.remove_prefix(candidate.size());
    auto number = take_number(text);
    if (!number) return std::nullopt;
    version.parts[3] = *number;
  }
  version.rest = text;
  return version;
}

/// Everybody writes that prefix once.
bool is_unprefixed_symbol(std::string_view text) {
  return is_kconfig_symbol(text) && !text.starts_with("CONFIG_");
}

/// "kernel>=6.12" or "qemu<8": the version must be one as a whole.
std::optional<Requirement> version_requirement(std::string_view text, Requirement requirement) {
  if (text.starts_with("kernel")) {
    requirement.subject = Requirement::Subject::kernel_version;
    text.remove_prefix(6);
  } else if (text.starts_with("qemu")) {
    requirement.subject = Requirement::Subject::qemu_version;
    text.remove_prefix(4);
  } else {
    return std::nullopt;
  }
  for (std::string_view comparison : {">=", "<=", "==", ">", "<"}) {
    if (!text.starts_with(comparison)) continue;
    text.remove_prefix(comparison.size());
    auto version = parse_version(text);
    if (!version || !version->rest.empty()) return std::nullopt;
    requirement.comparison = comparison;
    requirement.value = text;
    return requirement;
  }
  return std::nullopt;
}

std::optional<Requirement> config_requirement(std::string_view text, Requirement requirement) {
  std::size_t equals = text.find('=');
  requirement.subject = Requirement::Subject::config;
  requirement.name = text.substr(0, equals);
  if (equals != std::string_view::npos) {
    requirement.value = text.substr(equals + 1);
    if (requirement.value != "y" && requirement.value != "m") return std::nullopt;
  }
  return is_unprefixed_symbol(requirement.name) ? std::optional(requirement) : std::nullopt;
}

std::optional<std::string> unmet_config(const Requirement& need, const KernelFacts& kernel) {
  if (!kernel.config) return fmt::format("needs {}, and the kernel's config is unknown", need.text);
  auto found = kernel.config->find(need.name);
  if (found == kernel.config->end()) return fmt::format("needs {}: CONFIG_{} is not set", need.text, need.name);
  if (!need.value.empty() && found->second != need.value)
    return fmt::format("needs {}: CONFIG_{} is {}", need.text, need.name, found->second);
  return std::nullopt;
}

std::optional<Requirement> module_requirement(std::string_view name, Requirement requirement) {
  requirement.subject = Requirement::Subject::module;
  requirement.name = name;
  std::replace(requirement.name.begin(), requirement.name.end(), '-', '_');
  auto plain = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || is_digit(c); };
  const bool good = !name.empty() && std::all_of(requirement.name.begin(), requirement.name.end(), plain);
  return good ? std::optional(requirement) : std::nullopt;
}

std::optional<std::string> unmet_version(const Requirement& need, const std::string& version, std::string_view what) {
  if (!parse_version(version)) return fmt::format("needs {}, and the {} version is unknown", need.text, what);
  if (version_holds(version, need.comparison, need.value)) return std::nullopt;
  return fmt::format("needs {}: this is {}", need.text, version);
}

}  // namespace

std::optional<Requirement> parse_requirement(const std::string& text, SourcePos at) {
  Requirement requirement;
  requirement.text = text;
  requirement.at = std::move(at);
  if (text == "kvm" || text == "tcg") {
    requirement.subject = Requirement::Subject::accelerator;
    requirement.name = text;
    return requirement;
  }
  if (text == "network" || text == "resolver") {
    using Subject = Requirement::Subject;
    requirement.subject = text == "network" ? Subject::network : Subject::resolver;
    return requirement;
  }
  constexpr std::string_view config = "config:", module = "module:";
  if (text.starts_with(config)) return config_requirement(std::string_view(text).substr(config.size()), requirement);
  if (text.starts_with(module)) return module_requirement(std::string_view(text).substr(module.size()), requirement);
  return version_requirement(text, requirement);
}

bool version_holds(const std::string& a, const std::string& comparison, const std::string& b) {
  const auto left = parse_version(a).value_or(Version{}).parts, right = parse_version(b).value_or(Version{}).parts;
  if (comparison == ">=") return left >= right;
  if (comparison == ">") return left > right;
  if (comparison == "<=") return left <= right;
  if (comparison == "<") return left < right;
  return left == right;
}

std::optional<std::string> unmet(const std::vector<Requirement>& needs, const KernelFacts& kernel, const Job& job,
                                 const HostFacts& host) {
  const std::string_view accelerator = to_string(job.accelerator.kind);
  for (const Requirement& need : needs) {
    std::optional<std::string> reason;
    switch (need.subject) {
      case Requirement::Subject::config: reason = unmet_config(need, kernel); break;
      case Requirement::Subject::module:
        if (!kernel.modules.contains(need.name))
          reason = fmt::format("needs {}: the kernel came without it", need.text);
        break;
      case Requirement::Subject::accelerator:
        if (need.name != accelerator)
          reason = fmt::format("needs {}: this machine runs under {}", need.name, accelerator);
        break;
      case Requirement::Subject::kernel_version: reason = unmet_version(need, kernel.release, "kernel"); break;
      case Requirement::Subject::qemu_version: reason = unmet_version(need, host.qemu_version, "QEMU"); break;
      case Requirement::Subject::network:
        if (job.profile.network.empty())
          reason = fmt::format("needs a network: the profile {} has none", job.profile.name);
        break;
      case Requirement::Subject::resolver:
        if (!host.no_resolver.empty()) reason = "needs a host that resolves names: " + host.no_resolver;
        break;
    }
    if (reason) return reason;
  }
  return std::nullopt;
}

}  // namespace bootgate
