#include "harness/plan/profile.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "harness/plan/suite.hpp"
#include "harness/support/size.hpp"
#include "harness/support/text.hpp"
#include "harness/support/toml.hpp"

namespace bootgate {
namespace {

constexpr int most_cpus = 255;  // more need an interrupt remapping IOMMU
constexpr int most_memory_mib = 1 << 20;

int bounded(TomlTable& row, std::string_view key, int otherwise, int most) {
  auto number = row.integer(key);
  if (!number) return otherwise;
  if (*number >= 1 && *number <= most) return static_cast<int>(*number);
  row.note(fmt::format("'{}' must be 1 to {}", key, most), row.at(key));
  return otherwise;
}

/// The name of a machine, a CPU or a device for QEMU's command line: never empty.
std::string word(TomlTable& row, std::string_view key, std::string otherwise) {
  std::string text = row.string(key).value_or(std::move(otherwise));
  if (text.empty()) row.note(fmt::format("'{}' is empty", key), row.at(key));
  return text;
}

std::string one_of(TomlTable& row, std::string_view key, const std::vector<std::string>& known) {
  std::string text = row.string(key).value_or("");
  if (!row.has(key) || std::find(known.begin(), known.end(), text) != known.end()) return text;
  row.note(fmt::format("'{}' is '{}'", key, printable(text)), row.at(key),
           fmt::format("write one of {}", fmt::join(known, ", ")));
  return {};
}

std::vector<int> read_disks(TomlTable& row) {
  std::vector<int> disks;
  for (const std::string& text : row.strings("disks")) {
    auto mib = parse_mib(text);
    if (!mib) row.note(fmt::format("'{}' is no size like \"64M\" or \"2G\"", printable(text)), row.at("disks"));
    if (mib) disks.push_back(*mib);
  }
  return disks;
}

Profile read_profile(TomlTable& row) {
  Profile profile;
  auto name = row.string("name");
  if (!row.has("name")) row.note_missing("name");
  if (name && !is_name(*name)) row.note(fmt::format("'{}' is no name", printable(*name)), row.at("name"));
  profile.name = name.value_or("");
  profile.description = row.string("description").value_or("");
  profile.machine = word(row, "machine", profile.machine);
  profile.cpu_tcg = word(row, "cpu-tcg", profile.cpu_tcg);
  profile.cpu_kvm = word(row, "cpu-kvm", profile.cpu_kvm);
  profile.cpus = bounded(row, "cpus", profile.cpus, most_cpus);
  profile.memory_mib = bounded(row, "memory", profile.memory_mib, most_memory_mib);
  profile.accelerator = one_of(row, "accel", {"kvm", "tcg"});
  profile.drive = word(row, "drive", profile.drive);
  profile.network = row.string("network").value_or("");
  profile.disks_mib = read_disks(row);
  profile.devices = row.strings("devices");
  profile.acpi_tables = row.strings("acpi-tables");
  row.finish();
  return profile;
}

}  // namespace

std::optional<int> parse_memory(std::string_view text) {
  int value = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const bool gibibytes = unit == "G" || unit == "g";
  if (failure != std::errc{} || value < 1 || value > most_memory_mib) return std::nullopt;
  if (!gibibytes && !unit.empty() && unit != "M" && unit != "m") return std::nullopt;
  if (gibibytes && value > most_memory_mib / 1024) return std::nullopt;
  return gibibytes ? value * 1024 : value;
}

std::vector<Profile> read_profiles(const fs::path& file, std::vector<Error>& errors) {
  auto document = TomlDocument::read(file);
  if (!document) {
    errors.push_back(document.error());
    return {};
  }
  std::vector<Profile> profiles;
  TomlTable root = document->root();
  for (TomlTable& row : root.tables("profile")) {
    Profile profile = read_profile(row);
    bool twice =
        std::any_of(profiles.begin(), profiles.end(), [&](const Profile& p) { return p.name == profile.name; });
    if (twice && !profile.name.empty())
      row.note(fmt::format("profile '{}' is there twice", printable(profile.name)), row.at("name"));
    profiles.push_back(std::move(profile));
  }
  if (profiles.empty() && document->errors().empty()) root.note("there is no [[profile]]", root.at());
  root.finish();
  errors.insert(errors.end(), document->errors().begin(), document->errors().end());
  return profiles;
}

}  // namespace bootgate
