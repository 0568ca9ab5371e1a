#include "harness/gate/warning_change.hpp"

#include <algorithm>
#include <map>

namespace bootgate {

std::vector<BuildWarning> new_warnings(const std::vector<BuildWarning>& before, const std::vector<BuildWarning>& after,
                                       const std::vector<std::string>& touched) {
  std::map<std::pair<std::string, std::string>, int> known;
  for (const BuildWarning& warning : before)
    ++known[{warning.file, warning.text}];
  std::vector<BuildWarning> found;
  for (const BuildWarning& warning : after) {
    if (!std::binary_search(touched.begin(), touched.end(), warning.file)) continue;
    if (--known[{warning.file, warning.text}] < 0) found.push_back(warning);
  }
  return found;
}

}  // namespace bootgate
