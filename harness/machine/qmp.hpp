// Qmp: the QEMU Machine Protocol as a pure state machine: bytes in, messages out.
// https://www.qemu.org/docs/master/interop/qmp-spec.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/support/json.hpp"

namespace bootgate {

struct QmpMessage {
  enum class Kind { greeting, event, reply, failure };
  Kind kind = Kind::event;
  std::string name;      // of an event: "SHUTDOWN"; of a failure: its description
  Json data;             // an event's data, a reply's return value
  std::int64_t id = -1;  // of the request that a reply or failure answers
};

class Qmp {
 public:
  /// The bytes of a request, and the id that its reply will carry.
  std::string request(std::string_view command, Json::Object arguments = {});
  std::int64_t last_id() const { return next_id_ - 1; }

  /// Messages that are complete with these bytes. Lines that are no JSON are skipped.
  std::vector<QmpMessage> feed(std::string_view bytes);

 private:
  std::int64_t next_id_ = 1;
  std::string pending_;
};

}  // namespace bootgate
