// Looks into JSON schemas, and asks readers which keys they know.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/support/error.hpp"
#include "harness/support/json.hpp"
#include "harness/support/text.hpp"

namespace bootgate {

using Names = std::set<std::string>;

/// The member found by going down these names.
inline const Json& at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* found = &json;
  for (std::string_view name : path) {
    found = found->find(name);
    if (!found) throw std::runtime_error("the schema has no " + std::string(name));
  }
  return *found;
}

inline Names member_names(const Json& object) {
  Names names;
  for (const auto& [name, member] : std::get<Json::Object>(object.value))
    names.insert(name);
  return names;
}

/// What a reader said that it knows, when it was given this key, which is like nothing.
inline constexpr const char* strange_key = "qqqqqqqqqqqqqqqqqqqq";

inline Names known_by(const std::vector<Error>& errors) {
  constexpr std::string_view before = "known: ";
  for (const Error& error : errors) {
    if (error.what != "unknown key '" + std::string(strange_key) + "'") continue;
    std::string_view list = std::string_view(error.hint).substr(before.size());
    Names names;
    for (std::string_view name : split(list, ','))
      names.emplace(trimmed(name));
    return names;
  }
  ADD_FAILURE() << "the reader took a key of q";
  return {};
}

}  // namespace bootgate
