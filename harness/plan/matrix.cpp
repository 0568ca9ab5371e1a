#include "harness/plan/matrix.hpp"

#include <algorithm>
#include <tuple>

namespace bootgate {
namespace {

bool holds(const std::vector<std::string>& values, const std::string& value) {
  return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

/// What a row says of an axis; else what the axis has.
const std::vector<std::string>& chosen(const std::vector<std::string>& row, const std::vector<std::string>& axis) {
  return row.empty() ? axis : row;
}

auto key(const Combination& c) {
  return std::tie(c.kernel, c.config, c.suite, c.profile, c.accelerator);
}

bool contains(const std::vector<Combination>& combinations, const Combination& wanted) {
  return std::any_of(combinations.begin(), combinations.end(),
                     [&](const Combination& c) { return key(c) == key(wanted); });
}

/// The configs of a kernel: a single empty one where it isn't built. None where `row` names one, and it isn't.
std::vector<std::string> configs_of(const KernelName& kernel, const AxisValues& row, const MatrixInputs& inputs) {
  if (!is_source(kernel)) return row.configs.empty() ? std::vector<std::string>{""} : std::vector<std::string>{};
  std::vector<std::string> configs;
  for (const std::string& config : inputs.configs)
    if (holds(chosen(row.configs, inputs.matrix.axes.configs), config)) configs.push_back(config);
  return configs;
}

std::vector<std::string> profiles_of(const Suite& suite, const AxisValues& row, const MatrixInputs& inputs) {
  return chosen(row.profiles, chosen(inputs.matrix.axes.profiles, suite.profiles));
}

std::vector<std::string> accelerators_of(const AxisValues& row, const MatrixInputs& inputs) {
  static const std::vector<std::string> automatic = {"auto"};
  return chosen(row.accelerators, chosen(inputs.matrix.axes.accelerators, automatic));
}

/// The product of what `row` names, and of the whole axis where it names nothing.
std::vector<Combination> product(const AxisValues& row, const MatrixInputs& inputs) {
  const AxisValues& axes = inputs.matrix.axes;
  std::vector<Combination> all;
  for (std::size_t kernel = 0; kernel < inputs.kernels.size(); ++kernel) {
    if (!holds(chosen(row.kernels, axes.kernels), inputs.kernels[kernel].text)) continue;
    for (const std::string& config : configs_of(inputs.kernels[kernel], row, inputs))
      for (std::size_t suite = 0; suite < inputs.suites.size(); ++suite) {
        const Suite& the_suite = inputs.suites[suite];
        if (!holds(chosen(row.suites, axes.suites), the_suite.file.string())) continue;
        if (inputs.samples_where_built && the_suite.samples && !is_source(inputs.kernels[kernel])) continue;
        for (const std::string& profile : profiles_of(the_suite, row, inputs))
          for (const std::string& accelerator : accelerators_of(row, inputs))
            all.push_back({kernel, config, suite, profile, accelerator});
      }
  }
  return all;
}

/// Whether all but the accelerator of a combination is what a row names.
bool matches_but_for_accelerator(const AxisValues& row, const Combination& combination, const MatrixInputs& inputs) {
  return holds(row.suites, inputs.suites[combination.suite].file.string()) &&
         holds(row.kernels, inputs.kernels[combination.kernel].text) && holds(row.profiles, combination.profile) &&
         (row.configs.empty() || (!combination.config.empty() && holds(row.configs, combination.config)));
}

/// What a row may match somewhere: `auto` may be either.
bool may_match(const AxisValues& row, const Combination& combination, const MatrixInputs& inputs) {
  if (!inputs.automatic.empty() || combination.accelerator != "auto") return matches(row, combination, inputs);
  return matches_but_for_accelerator(row, combination, inputs);
}

}  // namespace

bool matches(const AxisValues& row, const Combination& combination, const MatrixInputs& inputs) {
  const std::string& accelerator = combination.accelerator;
  const bool resolved = accelerator == "auto" && !inputs.automatic.empty() && holds(row.accelerators, inputs.automatic);
  return (resolved || holds(row.accelerators, accelerator)) && matches_but_for_accelerator(row, combination, inputs);
}

Crossing cross(const MatrixInputs& inputs) {
  const Matrix& matrix = inputs.matrix;
  Crossing crossing;
  std::vector<Combination> elsewhere;  // excluded where `auto` is the other one
  std::vector<bool> idle(matrix.excluded.size(), true);
  for (Combination& combination : product({}, inputs)) {
    bool excluded = false, may_be = false;
    for (std::size_t i = 0; i < matrix.excluded.size(); ++i) {
      if (!may_match(matrix.excluded[i], combination, inputs)) continue;
      idle[i] = false;
      may_be = true;
      excluded = excluded || matches(matrix.excluded[i], combination, inputs);
    }
    if (may_be && !excluded) elsewhere.push_back(combination);
    (excluded ? crossing.excluded : crossing.combinations).push_back(std::move(combination));
  }
  for (std::size_t i = 0; i < idle.size(); ++i)
    if (idle[i]) crossing.idle.push_back(matrix.excluded[i].at);
  for (const AxisValues& row : matrix.included) {
    bool adds = false;
    for (Combination& combination : product(row, inputs)) {
      const bool is_there = contains(crossing.combinations, combination);
      adds = adds || !is_there || contains(elsewhere, combination);
      if (!is_there) crossing.combinations.push_back(std::move(combination));
    }
    if (!adds) crossing.idle.push_back(row.at);
  }
  for (const TimeoutRow& row : matrix.timeouts)
    if (std::none_of(crossing.combinations.begin(), crossing.combinations.end(),
                     [&](const Combination& c) { return may_match(row.where, c, inputs); }))
      crossing.idle.push_back(row.where.at);
  // What is added comes to the kernel that it is about: that is built once, and then all of its jobs are run.
  auto place = [&](const Combination& c) {
    return std::pair(c.kernel, std::find(inputs.configs.begin(), inputs.configs.end(), c.config));
  };
  std::stable_sort(crossing.combinations.begin(), crossing.combinations.end(),
                   [&](const Combination& a, const Combination& b) { return place(a) < place(b); });
  return crossing;
}

}  // namespace bootgate
