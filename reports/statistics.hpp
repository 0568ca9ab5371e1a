// Statistics that one bad sample can't bend: for boot times, which are noisy, and for sizes, which are not.
#pragma once

#include <span>
#include <vector>

namespace bootgate {

/// The middle value, or the mean of the two middle ones. 0 of nothing.
double median(std::vector<double> values);

/// The median distance from the median, times 1.4826: for normal noise that is its standard deviation. 0 of nothing.
double deviation(const std::vector<double>& values);

/// How far from what was usual a value must be to count.
struct Tolerance {
  double deviations = 4;     // of the noise that was seen, and also
  double relative = 0.05;    // this part of the usual value, and also
  double absolute = 0;       // so much of its unit
  std::size_t least = 5;     // values that must be known before anything is judged
  std::size_t in_a_row = 2;  // of the newest values that must all lie beyond: one sample proves nothing
};

/// Those that nightly judges by: 5 % and 50 ms of a time, 1 % and 4 KiB of a size.
Tolerance time_tolerance();
Tolerance size_tolerance();

enum class Drift { unknown, none, up, down };

struct DriftVerdict {
  Drift drift = Drift::unknown;
  double usual = 0;   // the median of the values before the newest ones
  double newest = 0;  // the median of the newest
  double limit = 0;   // how far from `usual` they had to be
};

/// Judges the newest of `values` (oldest first) by those before them.
DriftVerdict drift_of(std::span<const double> values, const Tolerance& tolerance);

/// Whether values of `b` are larger than those of `a` by more than chance (Mann and Whitney's rank test, one-sided).
struct RankTest {
  double p = 1;      // the probability of ranks as uneven as these, or more so, if both were alike
  double shift = 0;  // by how much, typically: the median of all differences b - a (Hodges and Lehmann)
};

/// Exact, with regard to ties, for up to 60 values in all; by the normal approximation above that. Without values on
/// both sides p is 1.
RankTest rank_test(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace bootgate
