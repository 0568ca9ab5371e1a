// BisectJournal: what a bisection has found so far, kept in the store until it is done.
#pragma once

#include "fixtures/store.hpp"
#include "reports/bisect_report.hpp"

namespace bootgate {

class BisectJournal {
 public:
  /// `identity`: the same for the same question.
  BisectJournal(const Store& store, const std::string& identity);

  std::vector<TriedCommit> read() const;
  Result<> add(const TriedCommit& tried);
  void forget();

 private:
  fs::path file_;
};

}  // namespace bootgate
