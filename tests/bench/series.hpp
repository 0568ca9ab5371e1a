// Series: the measurements of one thing, in the order in which they were made.
#pragma once

#include <algorithm>
#include <vector>

namespace bootgate {

struct Series {
  std::vector<double> values;

  void add(double value) { values.push_back(value); }
  double median() const {
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    return sorted.empty() ? 0 : sorted[sorted.size() / 2];
  }
  double least() const { return values.empty() ? 0 : *std::min_element(values.begin(), values.end()); }
};

}  // namespace bootgate
