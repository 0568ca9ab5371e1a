// TOML files, read with positions and without mercy: a key that nobody asked for is an error (the wall around toml++).
//
//   auto document = TomlDocument::read(file);            // a syntax error ends here
//   TomlTable root = document->root();
//   auto name = root.string("name");                     // a wrong type is noted, and reads as missing
//   for (TomlTable row : root.tables("case")) {...; row.finish(); }
//   root.finish();                                       // notes every key that was not asked for
//   if (!document->errors().empty()) ...
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/support/clock.hpp"
#include "harness/support/error.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

/// A string out of an array, and where it stands.
struct TomlString {
  std::string text;
  SourcePos at;
};

/// One table of a TomlDocument. Cheap to copy; copies share the record of which keys were asked for.
class TomlTable {
 public:
  struct Impl;
  explicit TomlTable(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

  /// Where the table starts, or where the value of `key` does (the table's place when the key is missing).
  SourcePos at() const;
  SourcePos at(std::string_view key) const;
  /// Where the key itself stands.
  SourcePos key_at(std::string_view key) const;
  /// Where the byte `offset` of a string's text stands in the file, behind the opening quotes and with regard to
  /// escapes: for columns inside a pattern. The closing quote's place when the text is shorter.
  SourcePos text_at(std::string_view key, std::size_t offset = 0) const;

  bool has(std::string_view key) const;
  bool is_string(std::string_view key) const;
  bool is_empty_array(std::string_view key) const;
  /// All keys of the table, in the order of the file.
  std::vector<std::string> keys() const;

  std::optional<std::string> string(std::string_view key);
  /// A string that must be there and have more than white space; an error is noted otherwise, and it reads as empty.
  std::string required_string(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key);
  /// With or without a fraction.
  std::optional<double> number(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  /// A date without quotes and time: 2026-12-31.
  std::optional<std::chrono::year_month_day> date(std::string_view key);
  /// A string like "30s"; see parse_duration.
  std::optional<Duration> duration(std::string_view key);
  /// An array of strings, or one string; empty when missing.
  std::vector<std::string> strings(std::string_view key);
  /// The same, each with its place.
  std::vector<TomlString> placed_strings(std::string_view key);
  /// An array of tables ([[key]] or inline); empty when missing.
  std::vector<TomlTable> tables(std::string_view key);
  std::optional<TomlTable> table(std::string_view key);

  /// Notes an error of the caller's own.
  void note(std::string what, SourcePos at, std::string hint = {});
  /// Notes a missing required key.
  void note_missing(std::string_view key);
  /// Notes an error for every key that was not asked for, with the nearest one that was, or all of them.
  void finish();

 private:
  std::shared_ptr<Impl> impl_;
};

/// One TOML file in memory.
class TomlDocument {
 public:
  struct Impl;
  /// Regular files of at most 1 MiB.
  static Result<TomlDocument> read(const fs::path& file);
  /// `name` stands for the file in errors.
  static Result<TomlDocument> parse(std::string_view text, std::string name);

  TomlTable root() const;
  /// Everything noted so far, in the order of the file.
  const std::vector<Error>& errors() const;

 private:
  explicit TomlDocument(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace bootgate
