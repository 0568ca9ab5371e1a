#include "reports/history_view.hpp"

namespace bootgate {
namespace {

/// Takes a value, or says why there is none.
template <class Value>
Result<> take_found(Value& to, Result<Value> from) {
  if (!from) return tl::unexpected(from.error());
  to = std::move(*from);
  return {};
}

/// All but `before`, of the runs up to `last`.
Result<> take_runs(HistoryView& view, const History& history, const std::string& last, const std::string& run) {
  if (view.before)
    if (auto took = take_found(view.jobs_before, history.jobs_of(*view.before)); !took) return took;
  if (auto took = take_found(view.runs, history.runs_up_to(last, overview_runs)); !took) return took;
  if (auto took = take_found(view.cases, history.cases_up_to(last, overview_runs)); !took) return took;
  if (auto took = take_found(view.crashes, history.crashes_up_to(last, overview_runs, run)); !took) return took;
  return take_found(view.measurements, history.measurements_up_to(last, overview_runs));
}

}  // namespace

Result<HistoryView> view_history(const History& history, const std::string& run) {
  HistoryView view;
  auto recorded = history.runs_up_to(run, 1);
  if (!recorded) return tl::unexpected(recorded.error());
  const bool is_new = recorded->empty();
  if (auto took = take_found(view.before, is_new ? history.newest_run() : history.run_before(run)); !took)
    return tl::unexpected(took.error());
  if (is_new && !view.before) return view;
  if (auto took = take_runs(view, history, is_new ? *view.before : run, run); !took)
    return tl::unexpected(took.error());
  return view;
}

}  // namespace bootgate
