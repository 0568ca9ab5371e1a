#include <fmt/format.h>

#include <algorithm>

#include "expectations/literal_set.hpp"
#include "expectations/signatures.hpp"
#include "harness/support/text.hpp"
#include "harness/support/toml.hpp"

namespace bootgate {
namespace {

std::optional<Pattern> read_pattern(TomlTable& row, std::string_view key) {
  auto text = row.string(key);
  if (!text) return std::nullopt;
  auto pattern = Pattern::compile({*text, true, row.text_at(key)});
  if (pattern) return std::move(*pattern);
  row.note(pattern.error().what, *pattern.error().at, pattern.error().hint);
  return std::nullopt;
}

Severity read_severity(TomlTable& row) {
  std::string word = row.string("severity").value_or("failure");
  for (Severity severity : {Severity::benign, Severity::notice, Severity::failure, Severity::fatal})
    if (word == to_string(severity)) return severity;
  row.note(fmt::format("unknown severity '{}'", printable(word)), row.at("severity"),
           "it is benign, notice, failure or fatal");
  return Severity::failure;
}

/// Notes every {hole} of the title that nothing would fill.
void check_title(TomlTable& row, const std::string& title, const Pattern& pattern,
                 const std::optional<Pattern>& detail) {
  std::vector<std::string> known = pattern.group_names();
  if (detail)
    for (std::string& name : detail->group_names())
      known.push_back(std::move(name));
  known.emplace_back("function");
  for (std::size_t at = 0; (at = title.find('{', at)) != std::string::npos; ++at) {
    std::size_t end = std::min(title.find('}', at), title.size());
    std::string name = title.substr(at + 1, end - at - 1);
    if (std::find(known.begin(), known.end(), name) == known.end())
      row.note(fmt::format("the pattern has no group '{}'", printable(name)), row.text_at("title", at),
               did_you_mean(name, known));
  }
}

void read_row(TomlTable& row, SignatureSet& set) {
  std::string id = row.required_string("id");
  std::string literal = row.required_string("literal");
  const Severity severity = read_severity(row);
  std::string title = severity == Severity::benign ? std::string() : row.required_string("title");
  auto pattern = read_pattern(row, "pattern");
  if (!row.has("pattern")) row.note_missing("pattern");
  auto detail = read_pattern(row, "detail");
  auto end = read_pattern(row, "end");
  if (!literal.empty() && literal.size() < LiteralSet::shortest)
    row.note(fmt::format("the literal is shorter than {} bytes", LiteralSet::shortest), row.at("literal"),
             "healthy lines would have it too");
  bool continues = row.boolean("continues").value_or(false);
  bool follows = row.boolean("follows").value_or(false);
  bool single_line = row.boolean("single-line").value_or(false);
  bool tail = row.boolean("tail").value_or(false);
  bool framed = row.boolean("framed").value_or(false);
  bool names_next = row.boolean("names-next").value_or(false);
  const std::int64_t times = row.integer("times").value_or(1);
  if (times < 1 || times > 1000) row.note("'times' must be 1 to 1000", row.at("times"));
  std::vector<std::string> forgotten_after = row.strings("forgotten-after");
  std::vector<Pattern> except;
  for (TomlString& item : row.placed_strings("except")) {
    ++item.at.column;  // behind the quote
    auto compiled = Pattern::compile({std::move(item.text), true, item.at});
    if (compiled)
      except.push_back(std::move(*compiled));
    else
      row.note(compiled.error().what, *compiled.error().at, compiled.error().hint);
  }
  row.finish();
  auto same_id = [&](const Signature& other) { return other.id == id; };
  auto twin = std::find_if(set.rows.begin(), set.rows.end(), same_id);
  if (twin != set.rows.end())
    row.note(fmt::format("signature '{}' is there twice", id), row.at("id"),
             fmt::format("the first stands in {}:{}", twin->at.file, twin->at.line));
  if (!pattern) return;
  check_title(row, title, *pattern, detail);
  set.rows.push_back({std::move(id), std::move(literal), std::move(*pattern), severity, std::move(title),
                      std::move(detail), std::move(end), std::move(except), continues, follows, single_line, tail,
                      framed, names_next, static_cast<std::size_t>(times), std::move(forgotten_after), row.at()});
}

/// Only when all files have been read it is known which rows there are.
void check_forgotten(const SignatureSet& set, std::vector<Error>& errors) {
  std::vector<std::string> ids;
  for (const Signature& row : set.rows)
    ids.push_back(row.id);
  for (const Signature& row : set.rows)
    for (const std::string& id : row.forgotten_after)
      if (std::find(ids.begin(), ids.end(), id) == ids.end())
        errors.push_back({Error::Kind::definition,
                          fmt::format("'{}' is forgotten after '{}', which is no signature", row.id, printable(id)),
                          row.at, did_you_mean(id, ids)});
}

}  // namespace

SignatureSet read_signatures(const fs::path& dir, std::vector<Error>& errors) {
  SignatureSet set;
  std::vector<fs::path> files;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(dir, failure))
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  // Without signatures everything would pass.
  if (files.empty())
    errors.push_back(Error{Error::Kind::bench, fmt::format("no signatures in {}", dir.string()), {}, {}});
  for (const fs::path& file : files) {
    auto document = TomlDocument::read(file);
    if (!document) {
      errors.push_back(document.error());
      continue;
    }
    TomlTable root = document->root();
    for (std::string& name : root.strings("skipped-frames"))
      set.skipped_frames.push_back(std::move(name));
    for (TomlTable& row : root.tables("signature"))
      read_row(row, set);
    root.finish();
    errors.insert(errors.end(), document->errors().begin(), document->errors().end());
  }
  check_forgotten(set, errors);
  return set;
}

}  // namespace bootgate
