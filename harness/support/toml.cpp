#include "harness/support/toml.hpp"

#include <algorithm>
#include <set>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include <fmt/format.h>

#include "harness/support/text.hpp"

namespace bootgate {

struct TomlDocument::Impl {
  std::string name;
  std::string text;
  toml::table root;
  std::vector<Error> errors;

  SourcePos position(const toml::source_region& region) const {
    return {name, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
  }

  /// The source from a position to the end of its line.
  std::string_view source_at(const SourcePos& at) const {
    std::string_view rest = text;
    for (int line = 1; line < at.line; ++line) {
      std::size_t end = rest.find('\n');
      if (end == std::string_view::npos) return {};
      rest.remove_prefix(end + 1);
    }
    std::size_t column = static_cast<std::size_t>(std::max(1, at.column)) - 1;
    return column <= rest.size() ? rest.substr(column) : std::string_view();
  }
};

struct TomlTable::Impl {
  std::shared_ptr<TomlDocument::Impl> document;
  const toml::table* table;
  std::set<std::string, std::less<>> asked;
};

namespace {

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

constexpr std::size_t largest_file = 16u * 1024 * 1024;

}  // namespace

SourcePos TomlTable::at() const { return impl_->document->position(impl_->table->source()); }

SourcePos TomlTable::at(std::string_view key) const {
  const toml::node* node = impl_->table->get(key);
  return node ? impl_->document->position(node->source()) : at();
}

SourcePos TomlTable::text_at(std::string_view key) const {
  SourcePos pos = at(key);
  std::string_view source = impl_->document->source_at(pos);
  bool triple = source.starts_with("'''") || source.starts_with("\"\"\"");
  if (triple && (source.substr(3).starts_with("\n") || source.substr(3).starts_with("\r\n"))) {
    // A newline right behind the opening quotes is no part of the string.
    return {pos.file, pos.line + 1, 1};
  }
  pos.column += triple ? 3 : 1;
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

bool TomlTable::has(std::string_view key) const { return impl_->table->contains(key); }

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::pair<std::pair<int, int>, std::string>> placed;
  for (const auto& [key, node] : *impl_->table) {
    SourcePos pos = impl_->document->position(key.source());
    placed.push_back({{pos.line, pos.column}, std::string(key.str())});
  }
  std::sort(placed.begin(), placed.end());
  std::vector<std::string> names;
  for (auto& [pos, name] : placed) names.push_back(std::move(name));
  return names;
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

std::optional<bool> TomlTable::boolean(std::string_view key) {
  impl_->asked.emplace(key);
  const toml::node* node = impl_->table->get(key);
  if (!node) return std::nullopt;
  if (const auto* flag = node->as_boolean()) return flag->get();
  note(fmt::format("'{}' is {}, and must be true or false", key, type_name(*node)), at(key));
  return std::nullopt;
}

std::optional<Duration> TomlTable::duration(std::string_view key) {
  auto text = string(key);
  if (!text) return std::nullopt;
  auto duration = parse_duration(*text);
  if (!duration)
    note(fmt::format("'{}' is no duration", printable(*text)), at(key), "write a number and a unit: 250ms, 30s, 1.5s, 10m, 2h");
  return duration;
}

std::vector<std::string> TomlTable::strings(std::string_view key) {
  impl_->asked.emplace(key);
  const toml::node* node = impl_->table->get(key);
  std::vector<std::string> texts;
  if (!node) return texts;
  if (const auto* text = node->as_string()) return {text->get()};
  const auto* array = node->as_array();
  if (!array) {
    note(fmt::format("'{}' is {}, and must be an array of strings", key, type_name(*node)), at(key));
    return texts;
  }
  for (const toml::node& item : *array) {
    if (const auto* text = item.as_string())
      texts.push_back(text->get());
    else
      note(fmt::format("'{}' holds {}, and must hold strings only", key, type_name(item)),
           impl_->document->position(item.source()));
  }
  return texts;
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
  if (const auto* table = node->as_table())
    return TomlTable(std::make_shared<Impl>(Impl{impl_->document, table, {}}));
  note(fmt::format("'{}' is {}, and must be a table", key, type_name(*node)), at(key));
  return std::nullopt;
}

void TomlTable::note(std::string what, SourcePos at, std::string hint) {
  impl_->document->errors.push_back({Error::Kind::definition, std::move(what), std::move(at), std::move(hint)});
}

void TomlTable::note_missing(std::string_view key) { note(fmt::format("'{}' is missing", key), at()); }

void TomlTable::finish() {
  std::vector<std::string> asked(impl_->asked.begin(), impl_->asked.end());
  for (const auto& [key, node] : *impl_->table) {
    if (impl_->asked.contains(key.str())) continue;
    note(fmt::format("unknown key '{}'", printable(key.str())), impl_->document->position(key.source()),
         did_you_mean(key.str(), asked));
  }
}

Result<TomlDocument> TomlDocument::read(const fs::path& file) {
  std::error_code failure;
  if (fs::is_directory(file, failure))
    return definition_error("this is a directory, and no TOML file", {file.string(), 0, 0});
  auto text = read_file(file);
  if (!text) return definition_error(text.error().what, {file.string(), 0, 0});
  return parse(*text, file.string());
}

Result<TomlDocument> TomlDocument::parse(std::string_view text, std::string name) {
  if (text.size() > largest_file) return definition_error("too large for a TOML file", {name, 0, 0});
  auto impl = std::make_shared<Impl>();
  impl->name = std::move(name);
  impl->text = text;
  try {
    impl->root = toml::parse(impl->text, impl->name);
  } catch (const toml::parse_error& error) {
    std::string what(error.description());
    std::string hint =
        what.find("escape sequence") != std::string::npos ? "use single quotes for patterns: 'like \\d+ this'" : "";
    return definition_error(printable(what), impl->position(error.source()), hint);
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
