#include "harness/plan/requirement.hpp"

#include <algorithm>
#include <charconv>
#include <climits>
#include <vector>

#include <fmt/format.h>

#include "harness/plan/plan.hpp"

namespace bootgate {
namespace {

constexpr std::string_view digits = "0123456789";

/// "6.12.1" -> 6, 12, 1; a release candidate sorts before its release, so every version ends with its number or INT_MAX.
std::vector<int> version_parts(std::string_view text) {
  std::vector<int> parts;
  while (!text.empty() && digits.find(text.front()) != std::string_view::npos) {
    int number = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{}) break;
    parts.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  parts.resize(3);
  int candidate = INT_MAX;
  if (text.starts_with("-rc")) std::from_chars(text.data() + 3, text.data() + text.size(), candidate);
  parts.push_back(candidate);
  return parts;
}

bool is_symbol(std::string_view text) {
  return !text.empty() && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") == std::string_view::npos;
}

std::optional<Requirement> parse_version(const std::string& text, Requirement requirement) {
  for (auto [word, subject] : {std::pair{"kernel", Requirement::Subject::kernel_version},
                               std::pair{"qemu", Requirement::Subject::qemu_version}}) {
    if (!text.starts_with(word)) continue;
    std::string_view rest = std::string_view(text).substr(std::string_view(word).size());
    for (const char* comparison : {">=", "<=", "==", ">", "<"}) {
      if (!rest.starts_with(comparison)) continue;
      rest.remove_prefix(std::string_view(comparison).size());
      if (rest.empty() || digits.find(rest.front()) == std::string_view::npos) return std::nullopt;
      requirement.subject = subject;
      requirement.comparison = comparison;
      requirement.value = rest;
      return requirement;
    }
  }
  return std::nullopt;
}

std::optional<std::string> unmet_config(const Requirement& need, const KernelFacts& kernel) {
  if (!kernel.config) return fmt::format("needs {}, and the kernel's config is unknown", need.text);
  auto found = kernel.config->find(need.name);
  if (found == kernel.config->end()) return fmt::format("needs {}: CONFIG_{} is not set", need.text, need.name);
  if (!need.value.empty() && found->second != need.value)
    return fmt::format("needs {}: CONFIG_{} is {}", need.text, need.name, found->second);
  return std::nullopt;
}

std::optional<std::string> unmet_version(const Requirement& need, const std::string& version, std::string_view what) {
  if (version.empty()) return fmt::format("needs {}, and the {} version is unknown", need.text, what);
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
  constexpr std::string_view config = "config:";
  if (!text.starts_with(config)) return parse_version(text, requirement);
  std::string symbol = text.substr(config.size());
  std::size_t equals = symbol.find('=');
  requirement.subject = Requirement::Subject::config;
  requirement.name = symbol.substr(0, equals);
  if (requirement.name.starts_with("CONFIG_")) requirement.name.erase(0, 7);
  if (equals != std::string::npos) requirement.value = symbol.substr(equals + 1);
  bool whole = is_symbol(requirement.name) && (equals == std::string::npos || !requirement.value.empty());
  return whole ? std::optional(requirement) : std::nullopt;
}

bool version_holds(const std::string& a, const std::string& comparison, const std::string& b) {
  auto left = version_parts(a), right = version_parts(b);
  if (comparison == ">=") return left >= right;
  if (comparison == ">") return left > right;
  if (comparison == "<=") return left <= right;
  if (comparison == "<") return left < right;
  return left == right;
}

std::optional<std::string> unmet(const std::vector<Requirement>& needs, const KernelFacts& kernel, const HostFacts& host) {
  for (const Requirement& need : needs) {
    std::optional<std::string> reason;
    switch (need.subject) {
      case Requirement::Subject::config: reason = unmet_config(need, kernel); break;
      case Requirement::Subject::accelerator:
        if (need.name != to_string(host.accelerator.kind))
          reason = fmt::format("needs {}: this run uses {}", need.name, to_string(host.accelerator.kind));
        break;
      case Requirement::Subject::kernel_version: reason = unmet_version(need, kernel.release, "kernel"); break;
      case Requirement::Subject::qemu_version: reason = unmet_version(need, host.qemu_version, "QEMU"); break;
    }
    if (reason) return reason;
  }
  return std::nullopt;
}

}  // namespace bootgate
