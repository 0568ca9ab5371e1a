#include "harness/support/toml.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "harness/support/text.hpp"

namespace bootgate {

struct TomlDocument::Impl {
  std::string name;
  std::string text;
  std::vector<std::size_t> line_starts = {0};
  toml::table root;
  std::vector<Error> errors;

  SourcePos position(const toml::source_region& region) const {
    return {name, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
  }

  /// The source from a position on.
  std::string_view source_at(const SourcePos& at) const;
};

struct TomlTable::Impl {
  std::shared_ptr<TomlDocument::Impl> document;
  const toml::table* table;
  std::set<std::string, std::less<>> asked;
};

namespace {

constexpr std::size_t largest_file = 1024 * 1024;

/// toml++ frees nested tables recursively, and a key like a.a.a.a nests as deep as its line is long: 50,000 dots
/// overflow the stack. Values nest 256 deep at most, so that this bounds it all.
constexpr int most_dots_in_line = 100;

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

/// Moves `source` on by `count` bytes, and `at` with it. Columns count characters, as toml++ does.
void advance(SourcePos& at, std::string_view& source, std::size_t count) {
  for (char byte : source.substr(0, count)) {
    if (byte == '\n')
      ++at.line, at.column = 1;
    else if (!continues_character(byte))
      ++at.column;
  }
  source.remove_prefix(std::min(count, source.size()));
}

/// What stands at one place in the source of a string, and how many bytes of text that makes.
struct SourceUnit {
  std::size_t length = 1;
  std::size_t makes = 1;
};

std::size_t utf8_length(unsigned long code) {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

SourceUnit first_unit(std::string_view source, bool has_escapes) {
  if (source.starts_with("\r\n")) return {1, 0};
  if (!has_escapes || !source.starts_with('\\') || source.size() < 2) return {1, 1};
  constexpr std::string_view blanks = " \t\r\n";
  if (blanks.find(source[1]) != std::string_view::npos)  // the line goes on at the next word
    return {std::min(source.find_first_not_of(blanks, 1), source.size()), 0};
  std::size_t digits = source[1] == 'u' ? 4 : source[1] == 'U' ? 8 : 0;
  if (digits == 0) return {2, 1};
  std::string code(source.substr(2, digits));
  return {2 + digits, utf8_length(std::strtoul(code.c_str(), nullptr, 16))};
}

/// The first line with too many dots, or nothing. A row of dots counts once: no key holds one.
std::optional<int> overlong_key_line(std::string_view text) {
  int line = 1, dots = 0;
  char before = '\n';
  for (char c : text) {
    if (c == '.' && before != '.' && ++dots > most_dots_in_line) return line;
    if (c == '\n') ++line, dots = 0;
    before = c;
  }
  return std::nullopt;
}

std::string syntax_message(const toml::parse_error& error) {
  std::string_view what = error.description();
  constexpr std::string_view prefix = "Error while parsing ";
  if (what.starts_with(prefix)) what.remove_prefix(prefix.size());
  std::string text = printable(what);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

/// What to do about the two mistakes that people who write patterns and steps make.
std::string syntax_hint(std::string_view what) {
  if (what.find("escape sequence") != std::string_view::npos) return "use single quotes for patterns: 'like \\d+ this'";
  if (what.starts_with("inline table") && what.ends_with("saw '\\n'"))
    return "an inline table stands in one line; write a long one as a [[table]] of its own";
  return {};
}

tl::unexpected<Error> too_large(SourcePos at) {
  return definition_error(fmt::format("too large: a definition has at most {} KiB", largest_file / 1024),
                          std::move(at));
}

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "an array";
    case toml::node_type::string: return "a string";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a number";
    case toml::node_type::boolean: return "a boolean";
    default: return "a date or time";
  }
}

}  // namespace

std::string_view TomlDocument::Impl::source_at(const SourcePos& at) const {
  if (at.line < 1 || static_cast<std::size_t>(at.line) > line_starts.size()) return {};
  std::string_view rest = std::string_view(text).substr(line_starts[static_cast<std::size_t>(at.line) - 1]);
  for (int column = 1; column < at.column && !rest.empty(); ++column) {
    do
      rest.remove_prefix(1);
    while (!rest.empty() && continues_character(rest.front()));
  }
  return rest;
}

SourcePos TomlTable::at() const {
  return impl_->document->position(impl_->table->source());
}

SourcePos TomlTable::at(std::string_view key) const {
  const toml::node* node = impl_->table->get(key);
  return node ? impl_->document->position(node->source()) : at();
}

SourcePos TomlTable::text_at(std::string_view key, std::size_t offset) const {
  SourcePos pos = at(key);
  if (!is_string(key)) return pos;
  std::string_view source = impl_->document->source_at(pos);
  bool has_escapes = source.starts_with('"');
  bool triple = source.starts_with("'''") || source.starts_with("\"\"\"");
  advance(pos, source, triple ? 3 : 1);
  // A newline right behind the opening quotes is no part of the string.
  if (triple && source.starts_with("\r\n")) advance(pos, source, 1);
  if (triple && source.starts_with('\n')) advance(pos, source, 1);
  while (!source.empty()) {
    SourceUnit unit = first_unit(source, has_escapes);
    if (offset < unit.makes) break;
    offset -= unit.makes;
    advance(pos, source, unit.length);
  }
  return pos;
}

SourcePos TomlTable::key_at(std::string_view key) const {
  auto found = impl_->table->find(key);
  return found == impl_->table->end() ? at() : impl_->document->position(found->first.source());
}

bool TomlTable::is_string(std::string_view key) const {
  const toml::node* node = impl_->table->get(key);
  return node && node->is_string();
}

bool TomlTable::is_empty_array(std::string_view key) const {
  const toml::array* array = impl_->table->get_as<toml::array>(key);
  return array && array->empty();
}

bool TomlTable::has(std::string_view key) const {
  return impl_->table->contains(key);
}

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::pair<std::pair<int, int>, std::string>> placed;
  for (const auto& [key, node] : *impl_->table) {
    SourcePos pos = impl_->document->position(key.source());
    placed.push_back({{pos.line, pos.column}, std::string(key.str())});
  }
  std::sort(placed.begin(), placed.end());
  std::vector<std::string> names;
  for (auto& [pos, name] : placed)
    names.push_back(std::move(name));
  return names;
}

std::string TomlTable::required_string(std::string_view key) {
  auto text = string(key);
  if (!has(key)) note_missing(key);
  if (text && trimmed(*text).empty()) note(fmt::format("'{}' is empty", key), at(key));
  return text.value_or("");
}

std::optional<std::string> TomlTable::string(std::string_view key) {
  impl_->asked.emplace(key);
  const toml::node* node = impl_->table->get(key);
  if (!node) return std::nullopt;
  if (const auto* text = node->as_string()) return text->get();
  note(fmt::format("'{}' is {}, and must be a string", key, type_name(*node)), at(key));
  return std::nullopt;
}

std::optional<std::int64_t> TomlTable::integer(std::string_view key) {
  impl_->asked.emplace(key);
  const toml::node* node = impl_->table->get(key);
  if (!node) return std::nullopt;
  if (const auto* number = node->as_integer()) return number->get();
  note(fmt::format("'{}' is {}, and must be an integer", key, type_name(*node)), at(key));
  return std::nullopt;
}

std::optional<double> TomlTable::number(std::string_view key) {
  impl_->asked.emplace(key);
  const toml::node* node = impl_->table->get(key);
  if (!node) return std::nullopt;
  if (const auto* number = node->as_floating_point()) return number->get();
  if (const auto* number = node->as_integer()) return static_cast<double>(number->get());
  note(fmt::format("'{}' is {}, and must be a number", key, type_name(*node)), at(key));
  return std::nullopt;
}

std::optional<bool> TomlTable::boolean(std::string_view key) {
  impl_->asked.emplace(key);
  const toml::node* node = impl_->table->get(key);
  if (!node) return std::nullopt;
  if (const auto* flag = node->as_boolean()) return flag->get();
  note(fmt::format("'{}' is {}, and must be true or false", key, type_name(*node)), at(key));
  return std::nullopt;
}

std::optional<std::chrono::year_month_day> TomlTable::date(std::string_view key) {
  impl_->asked.emplace(key);
  const toml::node* node = impl_->table->get(key);
  if (!node) return std::nullopt;
  if (const auto* value = node->as_date()) {
    const toml::date date = value->get();
    return std::chrono::year(date.year) / date.month / date.day;
  }
  note(fmt::format("'{}' is {}, and must be a date", key, type_name(*node)), at(key),
       "write it as 2026-12-31, unquoted");
  return std::nullopt;
}

std::optional<Duration> TomlTable::duration(std::string_view key) {
  constexpr const char* form = "write a number and a unit: 250ms, 30s, 1.5s, 10m, 2h";
  impl_->asked.emplace(key);
  const toml::node* node = impl_->table->get(key);
  if (!node) return std::nullopt;
  if (!node->is_string()) {
    note(fmt::format("'{}' is {}, and must be a duration", key, type_name(*node)), at(key), form);
    return std::nullopt;
  }
  auto text = string(key);
  auto duration = parse_duration(*text);
  if (!duration) note(fmt::format("'{}' is no duration", printable(*text)), at(key), form);
  return duration;
}

std::vector<std::string> TomlTable::strings(std::string_view key) {
  std::vector<std::string> texts;
  for (TomlString& string : placed_strings(key))
    texts.push_back(std::move(string.text));
  return texts;
}

std::vector<TomlString> TomlTable::placed_strings(std::string_view key) {
  impl_->asked.emplace(key);
  const toml::node* node = impl_->table->get(key);
  std::vector<TomlString> strings;
  if (!node) return strings;
  if (const auto* text = node->as_string()) return {{text->get(), at(key)}};
  const auto* array = node->as_array();
  if (!array) {
    note(fmt::format("'{}' is {}, and must be an array of strings", key, type_name(*node)), at(key));
    return strings;
  }
  for (const toml::node& item : *array) {
    SourcePos place = impl_->document->position(item.source());
    if (const auto* text = item.as_string())
      strings.push_back({text->get(), std::move(place)});
    else
      note(fmt::format("'{}' holds {}, and must hold strings only", key, type_name(item)), std::move(place));
  }
  return strings;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
  impl_->asked.emplace(key);
  const toml::node* node = impl_->table->get(key);
  std::vector<TomlTable> found;
  if (!node) return found;
  const auto* array = node->as_array();
  if (!array) {
    note(fmt::format("'{}' is {}, and must be an array of tables", key, type_name(*node)), at(key));
    return found;
  }
  for (const toml::node& item : *array) {
    if (const auto* table = item.as_table())
      found.emplace_back(std::make_shared<Impl>(Impl{impl_->document, table, {}}));
    else
      note(fmt::format("'{}' holds {}, and must hold tables only", key, type_name(item)),
           impl_->document->position(item.source()));
  }
  return found;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) {
  impl_->asked.emplace(key);
  const toml::node* node = impl_->table->get(key);
  if (!node) return std::nullopt;
  if (const auto* table = node->as_table()) return TomlTable(std::make_shared<Impl>(Impl{impl_->document, table, {}}));
  note(fmt::format("'{}' is {}, and must be a table", key, type_name(*node)), at(key));
  return std::nullopt;
}

void TomlTable::note(std::string what, SourcePos at, std::string hint) {
  impl_->document->errors.push_back({Error::Kind::definition, std::move(what), std::move(at), std::move(hint)});
}

void TomlTable::note_missing(std::string_view key) {
  note(fmt::format("'{}' is missing", key), at());
}

void TomlTable::finish() {
  std::vector<std::string> asked(impl_->asked.begin(), impl_->asked.end());
  for (const auto& [key, node] : *impl_->table) {
    if (impl_->asked.contains(key.str())) continue;
    std::string hint = did_you_mean(key.str(), asked);
    if (hint.empty() && !asked.empty()) hint = fmt::format("known: {}", fmt::join(asked, ", "));
    note(fmt::format("unknown key '{}'", printable(key.str())), impl_->document->position(key.source()), hint);
  }
}

Result<TomlDocument> TomlDocument::read(const fs::path& file) {
  const SourcePos whole{file.string(), 0, 0};
  std::error_code failure;
  fs::file_status status = fs::status(file, failure);
  if (fs::is_directory(status)) return definition_error("this is a directory, and no TOML file", whole);
  // A pipe would make us wait, and a device may never end.
  if (fs::exists(status) && !fs::is_regular_file(status)) return definition_error("this is no regular file", whole);
  if (fs::is_regular_file(status) && fs::file_size(file, failure) > largest_file) return too_large(whole);
  auto text = read_file(file);
  if (!text) return definition_error(text.error().what, whole);
  return parse(*text, file.string());
}

Result<TomlDocument> TomlDocument::parse(std::string_view text, std::string name) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";  // no column for toml++
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (text.size() > largest_file) return too_large({name, 0, 0});
  if (auto line = overlong_key_line(text))
    return definition_error(fmt::format("more than {} dots in one line", most_dots_in_line), {name, *line, 0},
                            "break the line up: no key nests that deep");
  auto impl = std::make_shared<Impl>();
  impl->name = std::move(name);
  impl->text = text;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') impl->line_starts.push_back(i + 1);
  try {
    impl->root = toml::parse(impl->text, impl->name);
  } catch (const toml::parse_error& error) {
    std::string what = syntax_message(error);
    return definition_error(what, impl->position(error.source()), syntax_hint(what));
  } catch (const std::exception& error) {
    return definition_error(printable(error.what()), {impl->name, 0, 0});
  }
  return TomlDocument(std::move(impl));
}

TomlTable TomlDocument::root() const {
  return TomlTable(std::make_shared<TomlTable::Impl>(TomlTable::Impl{impl_, &impl_->root, {}}));
}

const std::vector<Error>& TomlDocument::errors() const {
  auto before = [](const Error& a, const Error& b) {
    return std::pair(a.at->line, a.at->column) < std::pair(b.at->line, b.at->column);
  };
  std::stable_sort(impl_->errors.begin(), impl_->errors.end(), before);
  return impl_->errors;
}

}  // namespace bootgate
