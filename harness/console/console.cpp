#include "harness/console/console.hpp"

namespace bootgate {

void Console::feed(std::string_view bytes, TimePoint now) {
  if (bytes.empty()) return;
  bytes_ += bytes.size();
  last_byte_ = now;
  if (flooded()) return;
  for (std::string& line : splitter_.feed(bytes))
    lines_.push_back({std::move(line), now});
}

}  // namespace bootgate
