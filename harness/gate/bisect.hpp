// Bisect: the first commit that shows what a good one doesn't. It remembers what it has tried, so that it goes on where
// it was interrupted.
#pragma once

#include <functional>

#include "fixtures/source/own_repository.hpp"
#include "harness/gate/target.hpp"

namespace bootgate {

/// The ends, resolved.
struct BisectEnds {
  std::string good;  // commit ids
  std::string bad;
};

/// A usage error where the good one is no ancestor of the bad one.
Result<BisectEnds> resolve_ends(const std::string& good, const std::string& bad, const OwnRepository& repository);

struct BisectInputs {
  BisectEnds ends;
  Target target;
  std::string tree;
  std::string conditions;  // all that a mark depends on besides the commit
  const Store& store;
  bool restart = false;  // forget what an interrupted one has found
  std::stop_token stop;
};

struct BisectHost {
  /// Builds it, and runs what shows the target. `what`: "commit 0123456789ab, about 3 more".
  std::function<Result<TriedCommit>(const std::string& commit, const std::string& what)> try_commit;
  std::function<void(const std::string&)> tell;
  /// Tells the user what was found, before what has led there is forgotten.
  std::function<Result<>(const Bisection& found)> report{};
};

/// Both sides of the result have been tried: an end only where it is one of them. Commits that can't be tried are
/// skipped for their nearest neighbours.
Bisection bisect(const BisectInputs& inputs, const BisectHost& host);

/// The commits between `bad` and all of `good`, the best one to try next first (git rev-list --bisect-all): `bad`
/// itself is not among them.
Result<std::vector<std::string>> candidates(const std::string& bad, const std::vector<std::string>& good,
                                            const Git& git);

}  // namespace bootgate
