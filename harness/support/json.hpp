// JSON values (the wall around nlohmann-json): QMP speaks it, and `plan --json` prints it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bootgate {

/// A JSON value. Objects keep the order of their members, so that what we print is stable.
struct Json {
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value = nullptr;

  Json() = default;
  Json(bool flag) : value(flag) {}
  Json(std::int64_t number) : value(number) {}
  Json(int number) : value(std::int64_t{number}) {}
  Json(double number) : value(number) {}
  Json(const char* text) : value(std::string(text)) {}
  Json(std::string text) : value(std::move(text)) {}
  Json(Array items) : value(std::move(items)) {}
  Json(Object members) : value(std::move(members)) {}

  /// The member of that name, or nullptr when there is none or this is no object.
  const Json* find(std::string_view name) const;
  /// The string, or an empty one when this is something else.
  std::string_view text() const;
  /// The boolean, or false when this is something else.
  bool flag() const;
};

/// The string that is the member of that name, or an empty one.
std::string text_at(const Json& json, std::string_view name);

/// Nothing when `text` is not one JSON value. Invalid UTF-8 is no JSON.
std::optional<Json> parse_json(std::string_view text);

/// On one line, or indented by two blanks a level. Bytes that are no UTF-8 are replaced by U+FFFD.
std::string dump_json(const Json& json, bool indented = false);

}  // namespace bootgate
