#include "harness/plan/profile.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/support/toml.hpp"

namespace bootgate {
namespace {

int bounded(TomlTable& row, std::string_view key, int otherwise, int most) {
  auto number = row.integer(key);
  if (!number) return otherwise;
  if (*number >= 1 && *number <= most) return static_cast<int>(*number);
  row.note(fmt::format("'{}' must be 1 to {}", key, most), row.at(key));
  return otherwise;
}

Profile read_profile(TomlTable& row) {
  Profile profile;
  profile.name = row.string("name").value_or("");
  if (profile.name.empty()) row.note_missing("name");
  profile.description = row.string("description").value_or("");
  profile.machine = row.string("machine").value_or(profile.machine);
  profile.cpu_tcg = row.string("cpu-tcg").value_or(profile.cpu_tcg);
  profile.cpu_kvm = row.string("cpu-kvm").value_or(profile.cpu_kvm);
  profile.cpus = bounded(row, "cpus", profile.cpus, 255);
  profile.memory_mib = bounded(row, "memory", profile.memory_mib, 1 << 20);
  profile.devices = row.strings("devices");
  row.finish();
  return profile;
}

}  // namespace

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
    bool twice = std::any_of(profiles.begin(), profiles.end(), [&](const Profile& p) { return p.name == profile.name; });
    if (twice) row.note(fmt::format("profile '{}' is there twice", profile.name), row.at("name"));
    profiles.push_back(std::move(profile));
  }
  root.finish();
  errors.insert(errors.end(), document->errors().begin(), document->errors().end());
  return profiles;
}

}  // namespace bootgate
