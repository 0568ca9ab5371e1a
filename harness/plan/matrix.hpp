// Matrix: which suites, kernels, configs, profiles and accelerators a run crosses, and which combinations are left out
// or added. README.md in suites/ has the words of a run file for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fixtures/source/kernel_source.hpp"
#include "harness/plan/suite.hpp"

namespace bootgate {

/// Values of the axes; an axis without any stands for all that it has.
struct AxisValues {
  std::vector<std::string> suites;        // their files
  std::vector<std::string> kernels;       // KernelName::text
  std::vector<std::string> configs;       // "lean+debug"
  std::vector<std::string> profiles;      // in Matrix::axes: none means those of each suite
  std::vector<std::string> accelerators;  // "auto", "kvm", "tcg"; in Matrix::axes: none means auto
  SourcePos at;
};

/// How long a combination that matches may take.
struct TimeoutRow {
  AxisValues where;
  double scale = 1;               // those of all rows that match are multiplied
  std::optional<Duration> limit;  // instead of the suite's, and scaled as that is; the last row that matches wins
};

struct Matrix {
  AxisValues axes;
  std::vector<AxisValues> excluded;
  std::vector<AxisValues> included;  // added to what is left: an axis that isn't named is crossed as a whole
  std::vector<TimeoutRow> timeouts;
};

/// One combination. Only a kernel that is built from source has a config; what names a config is about no other.
struct Combination {
  std::size_t kernel = 0;  // into MatrixInputs::kernels
  std::string config;
  std::size_t suite = 0;  // into MatrixInputs::suites
  std::string profile;
  std::string accelerator;  // as it was asked for
};

/// What there is to cross; `matrix` selects from it.
struct MatrixInputs {
  const std::vector<Suite>& suites;
  const std::vector<KernelName>& kernels;
  const std::vector<std::string>& configs;
  const Matrix& matrix;
  bool samples_where_built = false;  // suites of samples run on kernels built from source only
  std::string automatic;             // "kvm" or "tcg": what `auto` means here; empty: it isn't known
};

struct Crossing {
  std::vector<Combination> combinations;  // each once: kernel by kernel, config, suite, profile, accelerator
  std::vector<Combination> excluded;
  std::vector<SourcePos> idle;  // rows that match nothing, or add nothing, whatever `auto` means where it isn't known
};

Crossing cross(const MatrixInputs& inputs);

/// Whether a row is about this combination.
bool matches(const AxisValues& row, const Combination& combination, const MatrixInputs& inputs);

}  // namespace bootgate
