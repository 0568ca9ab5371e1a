#include "reports/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace bootgate {
namespace {

std::vector<double> nights(std::size_t count, double usual, double noise, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> distribution(usual, noise);
  std::vector<double> values(count);
  std::generate(values.begin(), values.end(), [&] { return distribution(random); });
  return values;
}

TEST(Statistics, TheMedianOfAnEvenNumberIsBetweenTheMiddleOnes) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({}), 0);
}

TEST(Statistics, OneWildValueDoesNotMoveTheDeviation) {
  EXPECT_NEAR(deviation({1, 2, 3, 4, 1000}), 1.4826, 1e-9);
  EXPECT_NEAR(deviation(nights(4000, 1, 0.1, 1)), 0.1, 0.01);
}

TEST(Statistics, TwoSlowNightsAreADriftAndOneIsNone) {
  std::vector<double> values = nights(14, 1.0, 0.01, 2);
  values.push_back(1.4);
  EXPECT_EQ(drift_of(values, time_tolerance()).drift, Drift::none);
  values.push_back(1.41);
  const DriftVerdict verdict = drift_of(values, time_tolerance());
  EXPECT_EQ(verdict.drift, Drift::up);
  EXPECT_NEAR(verdict.usual, 1.0, 0.02);
  EXPECT_NEAR(verdict.newest, 1.405, 1e-9);
}

TEST(Statistics, ADriftDownIsToldFromOneUp) {
  std::vector<double> values = nights(14, 1.0, 0.01, 3);
  values.insert(values.end(), {0.5, 0.5});
  EXPECT_EQ(drift_of(values, time_tolerance()).drift, Drift::down);
  values.insert(values.end(), {0.5, 1.5});
  EXPECT_EQ(drift_of(values, time_tolerance()).drift, Drift::none);
}

TEST(Statistics, WhatIsBelowTheLeastEffectIsNoDrift) {
  // Without any noise, and yet too little to matter.
  EXPECT_EQ(drift_of(std::vector<double>{1, 1, 1, 1, 1, 1, 1.04, 1.04}, time_tolerance()).drift, Drift::none);
  EXPECT_EQ(drift_of(std::vector<double>{1, 1, 1, 1, 1, 1, 1.06, 1.06}, time_tolerance()).drift, Drift::up);
  EXPECT_EQ(drift_of(std::vector<double>{9e6, 9e6, 9e6, 9e6, 9e6, 9.05e6, 9.05e6}, size_tolerance()).drift,
            Drift::none);
  EXPECT_EQ(drift_of(std::vector<double>{9e6, 9e6, 9e6, 9e6, 9e6, 9.2e6, 9.2e6}, size_tolerance()).drift, Drift::up);
}

TEST(Statistics, ANoisyHostNeedsALargerDrift) {
  std::vector<double> values = nights(14, 1.0, 0.1, 4);
  values.insert(values.end(), {1.2, 1.2});
  EXPECT_EQ(drift_of(values, time_tolerance()).drift, Drift::none);
}

TEST(Statistics, TooFewNightsAreNotJudged) {
  EXPECT_EQ(drift_of(std::vector<double>{1, 1, 1, 1, 2, 2}, time_tolerance()).drift, Drift::unknown);
}

TEST(Statistics, NoiseAloneIsHardlyEverADrift) {
  int drifts = 0;
  for (unsigned seed = 0; seed < 1000; ++seed) {
    const Drift drift = drift_of(nights(16, 1.0, 0.03, seed), time_tolerance()).drift;
    if (drift == Drift::up || drift == Drift::down) ++drifts;
  }
  EXPECT_LE(drifts, 5);
}

TEST(RankTest, KnowsTheTabledValuesWithoutTies) {
  // Complete separation of 3 and 3: one way out of 20. Of 5 and 5: one out of 252.
  EXPECT_NEAR(rank_test({1, 2, 3}, {4, 5, 6}).p, 1.0 / 20, 1e-12);
  EXPECT_NEAR(rank_test({1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}).p, 1.0 / 252, 1e-12);
  EXPECT_NEAR(rank_test({4, 5, 6}, {1, 2, 3}).p, 1, 1e-12);
  // U = 8 of 9: the sums 15 and 14 of three ranks out of six, one way each.
  EXPECT_NEAR(rank_test({1, 2, 4}, {3, 5, 6}).p, 2.0 / 20, 1e-12);
}

TEST(RankTest, CountsTiesAsHalf) {
  // Of the six pairs out of {1, 2, 2, 3}, {2, 3} and the other {2, 3} have the largest sum.
  EXPECT_NEAR(rank_test({1, 2}, {2, 3}).p, 2.0 / 6, 1e-12);
  EXPECT_EQ(rank_test({1, 1, 1}, {1, 1, 1}).p, 1);
}

TEST(RankTest, TheShiftIsTheTypicalDifference) {
  EXPECT_DOUBLE_EQ(rank_test({1, 2, 3}, {2, 3, 100}).shift, 1);
  EXPECT_EQ(rank_test({}, {1}).p, 1);
  EXPECT_EQ(rank_test({1}, {}).shift, 0);
}

TEST(RankTest, ApproximatesWhatIsTooLargeToCount) {
  const std::vector<double> a = nights(31, 1.0, 0.1, 5), b = nights(31, 1.03, 0.1, 6);
  const double approximate = rank_test(a, b).p;
  const double exact =
      rank_test({a.begin(), a.begin() + 30}, {b.begin(), b.begin() + 30}).p;  // one value fewer on each side
  EXPECT_NEAR(approximate, exact, 0.1);
  EXPECT_EQ(rank_test(std::vector<double>(40, 1), std::vector<double>(40, 1)).p, 1);
  EXPECT_LT(rank_test(nights(40, 1, 0.1, 7), nights(40, 1.5, 0.1, 8)).p, 1e-9);
}

}  // namespace
}  // namespace bootgate
