#include "reports/gate_measure.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/run_record.hpp"

namespace bootgate {

std::string change_text(const ConfigChange& change) {
  auto value = [](const std::string& text) { return text.empty() ? "n" : text; };
  return fmt::format("{}: {} -> {}", change.symbol, value(change.before), value(change.after));
}

std::string change_text(const MeasurementChange& change) {
  const std::string_view name = change.name;
  if (name.starts_with(time_prefix))
    return fmt::format("{} {:.3f} -> {:.3f} s", name.substr(time_prefix.size()), change.before, change.after);
  return fmt::format("{} {:.0f} -> {:.0f} bytes ({:+.0f})", name.substr(size_prefix.size()), change.before,
                     change.after, change.after - change.before);
}

std::vector<MeasurementChange> sizes_that_changed(const std::vector<MeasurementChange>& changes) {
  std::vector<MeasurementChange> sizes;
  for (const MeasurementChange& change : changes) {
    const bool known =
        std::any_of(sizes.begin(), sizes.end(), [&](const MeasurementChange& one) { return one.name == change.name; });
    if (change.name.starts_with(size_prefix) && change.before != change.after && !known) sizes.push_back(change);
  }
  return sizes;
}

}  // namespace bootgate
