#include "harness/gate/gate_rules.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "harness/support/toml.hpp"

namespace bootgate {
namespace {

std::vector<std::string> read_suites(TomlTable& table, const fs::path& file) {
  std::vector<std::string> suites = table.strings("suites");
  if (!table.has("suites")) table.note_missing("suites");
  for (std::string& suite : suites)
    if (suite.find('/') != std::string::npos) suite = (file.parent_path() / suite).lexically_normal().string();
  return suites;
}

bool touches(const GateRules::Touched& rule, const std::vector<std::string>& files) {
  return std::any_of(rule.paths.begin(), rule.paths.end(), [&](const std::string& glob) {
    return std::any_of(files.begin(), files.end(),
                       [&](const std::string& file) { return ::fnmatch(glob.c_str(), file.c_str(), 0) == 0; });
  });
}

}  // namespace

GateRulesReading read_gate_rules(const fs::path& file) {
  GateRulesReading reading;
  auto document = TomlDocument::read(file);
  if (!document) {
    reading.errors.push_back(document.error());
    return reading;
  }
  TomlTable root = document->root();
  reading.rules.suites = read_suites(root, file);
  for (TomlTable row : root.tables("touched")) {
    GateRules::Touched rule;
    rule.paths = row.strings("paths");
    if (!row.has("paths")) row.note_missing("paths");
    rule.suites = read_suites(row, file);
    row.finish();
    reading.rules.touched.push_back(std::move(rule));
  }
  root.finish();
  reading.errors = document->errors();
  return reading;
}

std::vector<std::string> suites_for(const GateRules& rules, const std::vector<std::string>& touched) {
  std::vector<std::string> suites = rules.suites;
  for (const GateRules::Touched& rule : rules.touched)
    if (touches(rule, touched))
      for (const std::string& suite : rule.suites)
        if (std::find(suites.begin(), suites.end(), suite) == suites.end()) suites.push_back(suite);
  return suites;
}

}  // namespace bootgate
