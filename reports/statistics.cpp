#include "reports/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace bootgate {
namespace {

/// The normal distribution's standard deviation is so many times its median absolute deviation.
constexpr double normal_scale = 1.4826;
constexpr std::size_t most_exact = 60;

struct Ranks {
  std::vector<std::size_t> doubled;  // of all values, in their order: twice the rank, so that ties have whole numbers
  std::size_t sum_b = 0;             // of those that are b's, doubled
  double ties = 0;                   // the sum of t^3 - t over groups of t equal values
};

Ranks ranks_of(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<std::pair<double, bool>> all;
  for (double value : a)
    all.emplace_back(value, false);
  for (double value : b)
    all.emplace_back(value, true);
  std::sort(all.begin(), all.end());
  Ranks ranks;
  for (std::size_t first = 0, end = 0; first < all.size(); first = end) {
    while (end < all.size() && all[end].first == all[first].first)
      ++end;
    const double group = static_cast<double>(end - first);
    ranks.ties += group * group * group - group;
    for (std::size_t i = first; i < end; ++i) {
      ranks.doubled.push_back(first + end + 1);
      if (all[i].second) ranks.sum_b += ranks.doubled.back();
    }
  }
  return ranks;
}

/// Of all ways to pick b's ranks out of these, the part with a sum that is no smaller.
double exact_p(const Ranks& ranks, std::size_t picked) {
  const std::size_t sums = ranks.doubled.size() * (ranks.doubled.size() + 1) + 1;
  // ways[k][s]: to pick k ranks with the sum s. As doubles: 60 over 30 is 1.2e17.
  std::vector<std::vector<double>> ways(picked + 1, std::vector<double>(sums, 0));
  ways[0][0] = 1;
  for (std::size_t rank : ranks.doubled)
    for (std::size_t k = picked; k > 0; --k)
      for (std::size_t sum = sums; sum-- > rank;)
        ways[k][sum] += ways[k - 1][sum - rank];
  double all = 0, as_large = 0;
  for (std::size_t sum = 0; sum < sums; ++sum) {
    all += ways[picked][sum];
    if (sum >= ranks.sum_b) as_large += ways[picked][sum];
  }
  return as_large / all;
}

double normal_p(const Ranks& ranks, double a, double b) {
  const double n = a + b;
  const double variance = a * b / 12 * (n + 1 - ranks.ties / (n * (n - 1)));
  if (variance <= 0) return 1;
  const double above = static_cast<double>(ranks.sum_b) / 2 - b * (n + 1) / 2 - 0.5;
  return 0.5 * std::erfc(above / std::sqrt(2 * variance));
}

double typical_difference(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> differences;
  differences.reserve(a.size() * b.size());
  for (double from : a)
    for (double to : b)
      differences.push_back(to - from);
  return median(std::move(differences));
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double deviation(const std::vector<double>& values) {
  const double centre = median(values);
  std::vector<double> distances;
  for (double value : values)
    distances.push_back(std::abs(value - centre));
  return normal_scale * median(std::move(distances));
}

Tolerance time_tolerance() {
  Tolerance tolerance;
  tolerance.absolute = 0.05;
  return tolerance;
}

Tolerance size_tolerance() {
  Tolerance tolerance;
  tolerance.relative = 0.01;
  tolerance.absolute = 4096;
  return tolerance;
}

DriftVerdict drift_of(std::span<const double> values, const Tolerance& tolerance) {
  DriftVerdict verdict;
  if (values.size() < tolerance.least + tolerance.in_a_row) return verdict;
  const std::size_t known = values.size() - tolerance.in_a_row;
  const std::vector<double> before(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(known));
  const std::vector<double> newest(values.begin() + static_cast<std::ptrdiff_t>(known), values.end());
  verdict.usual = median(before);
  verdict.newest = median(newest);
  verdict.limit = std::max(
      {tolerance.deviations * deviation(before), tolerance.relative * std::abs(verdict.usual), tolerance.absolute});
  auto all_of_them = [&](auto is_beyond) { return std::all_of(newest.begin(), newest.end(), is_beyond); };
  verdict.drift = Drift::none;
  if (all_of_them([&](double value) { return value - verdict.usual > verdict.limit; })) verdict.drift = Drift::up;
  if (all_of_them([&](double value) { return verdict.usual - value > verdict.limit; })) verdict.drift = Drift::down;
  return verdict;
}

RankTest rank_test(const std::vector<double>& a, const std::vector<double>& b) {
  RankTest test;
  if (a.empty() || b.empty()) return test;
  test.shift = typical_difference(a, b);
  const Ranks ranks = ranks_of(a, b);
  test.p = ranks.doubled.size() <= most_exact
               ? exact_p(ranks, b.size())
               : normal_p(ranks, static_cast<double>(a.size()), static_cast<double>(b.size()));
  return test;
}

}  // namespace bootgate
