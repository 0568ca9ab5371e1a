#include "harness/machine/qmp.hpp"

namespace bootgate {
namespace {

std::optional<QmpMessage> to_message(const Json& json) {
  QmpMessage message;
  if (const Json* id = json.find("id")) {
    if (const auto* number = std::get_if<std::int64_t>(&id->value)) message.id = *number;
  }
  if (json.find("QMP")) {
    message.kind = QmpMessage::Kind::greeting;
  } else if (const Json* event = json.find("event")) {
    message.kind = QmpMessage::Kind::event;
    message.name = event->text();
    if (const Json* data = json.find("data")) message.data = *data;
  } else if (const Json* result = json.find("return")) {
    message.kind = QmpMessage::Kind::reply;
    message.data = *result;
  } else if (const Json* error = json.find("error")) {
    message.kind = QmpMessage::Kind::failure;
    if (const Json* text = error->find("desc")) message.name = text->text();
  } else {
    return std::nullopt;
  }
  return message;
}

}  // namespace

std::string Qmp::request(std::string_view command, Json::Object arguments) {
  Json::Object request{{"execute", std::string(command)}};
  if (!arguments.empty()) request.emplace_back("arguments", std::move(arguments));
  request.emplace_back("id", next_id_++);
  return dump_json(request) + "\n";
}

std::vector<QmpMessage> Qmp::feed(std::string_view bytes) {
  pending_ += bytes;
  std::vector<QmpMessage> messages;
  for (std::size_t end; (end = pending_.find('\n')) != std::string::npos; pending_.erase(0, end + 1)) {
    auto json = parse_json(std::string_view(pending_).substr(0, end));
    if (!json) continue;
    if (auto message = to_message(*json)) messages.push_back(std::move(*message));
  }
  return messages;
}

}  // namespace bootgate
