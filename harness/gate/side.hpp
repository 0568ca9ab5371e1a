// Side: one end of a series, built and run: what of it is compared, and what is kept of a base.
#pragma once

#include "fixtures/build/make_output.hpp"
#include "fixtures/kconfig/settings.hpp"
#include "fixtures/store.hpp"
#include "reports/run_record.hpp"

namespace bootgate {

struct Side {
  std::string commit;
  RunRecord run;
  std::string toolchain;               // its identity; empty: nothing was built
  std::vector<BuildWarning> warnings;  // of the whole kernel
  KconfigSettings config;
};

/// Reads beside the run what was built for it, from the store.
Side side_of(const std::string& commit, const RunResult& run);

/// A base that was judged before; nothing when it wasn't under this key, which names all that its results depend on
/// but the compiler: Side::toolchain has that.
std::optional<Side> kept_side(const std::string& key, const Store& store);

/// Keeps it, unless the bench had failed or was interrupted.
Result<> keep_side(const std::string& key, const Side& side, const Store& store);

void forget_side(const std::string& key, const Store& store);

}  // namespace bootgate
