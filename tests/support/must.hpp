// must: the value of a Result, for tests' and benchmarks' own steps, which have no failure to report but an exception.
#pragma once

#include <stdexcept>
#include <type_traits>
#include <utility>

#include "harness/support/error.hpp"

namespace bootgate {

/// Throws std::runtime_error with the error.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(render(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace bootgate
