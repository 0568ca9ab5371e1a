#include "harness/console/console.hpp"

namespace bootgate {

void Console::feed(std::string_view bytes, TimePoint now) {
  if (bytes.empty()) return;
  bytes_ += bytes.size();
  last_byte_ = now;
  if (flooded()) return;
  splitter_.feed(bytes, [&](std::string_view line, std::size_t) { lines_.push_back({std::string(line), now}); });
}

}  // namespace bootgate
