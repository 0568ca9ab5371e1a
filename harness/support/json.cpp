#include "harness/support/json.hpp"

#include <nlohmann/json.hpp>

namespace bootgate {
namespace {

using Foreign = nlohmann::ordered_json;

Json from_foreign(const Foreign& foreign) {
  if (foreign.is_boolean()) return foreign.get<bool>();
  if (foreign.is_number_integer()) return foreign.get<std::int64_t>();
  if (foreign.is_number()) return foreign.get<double>();
  if (foreign.is_string()) return foreign.get<std::string>();
  if (foreign.is_array()) {
    Json::Array items;
    for (const auto& item : foreign)
      items.push_back(from_foreign(item));
    return items;
  }
  if (foreign.is_object()) {
    Json::Object members;
    for (const auto& [name, member] : foreign.items())
      members.emplace_back(name, from_foreign(member));
    return members;
  }
  return {};
}

struct ToForeign {
  Foreign operator()(const Json::Array& items) const {
    Foreign foreign = Foreign::array();
    for (const Json& item : items)
      foreign.push_back(std::visit(*this, item.value));
    return foreign;
  }
  Foreign operator()(const Json::Object& members) const {
    Foreign foreign = Foreign::object();
    for (const auto& [name, member] : members)
      foreign[name] = std::visit(*this, member.value);
    return foreign;
  }
  template <class T>
  Foreign operator()(const T& plain) const {
    return plain;
  }
};

}  // namespace

const Json* Json::find(std::string_view name) const {
  const auto* members = std::get_if<Object>(&value);
  if (!members) return nullptr;
  for (const auto& [key, member] : *members) {
    if (key == name) return &member;
  }
  return nullptr;
}

std::string_view Json::text() const {
  const auto* string = std::get_if<std::string>(&value);
  return string ? std::string_view(*string) : std::string_view();
}

bool Json::flag() const {
  const bool* boolean = std::get_if<bool>(&value);
  return boolean && *boolean;
}

std::string text_at(const Json& json, std::string_view name) {
  const Json* value = json.find(name);
  return value ? std::string(value->text()) : std::string();
}

std::optional<Json> parse_json(std::string_view text) {
  auto foreign = Foreign::parse(text, nullptr, /*allow_exceptions=*/false);
  if (foreign.is_discarded()) return std::nullopt;
  return from_foreign(foreign);
}

std::string dump_json(const Json& json, bool indented) {
  return std::visit(ToForeign(), json.value).dump(indented ? 2 : -1, ' ', false, Foreign::error_handler_t::replace);
}

}  // namespace bootgate
