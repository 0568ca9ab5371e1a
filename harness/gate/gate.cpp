#include "harness/gate/gate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/gate/blame.hpp"
#include "harness/gate/boot_timing.hpp"
#include "harness/gate/boots.hpp"
#include "harness/gate/difference.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// How often the base is asked about what seems to be broken.
constexpr int second_looks = 3;
/// Of each side: with eight the rank test can tell chance from the rest at one in thousands.
constexpr int timed_boots = 8;

std::string short_id(const std::string& commit) {
  return commit.substr(0, 12);
}

struct Judged {
  Side side;
  RunResult run;
};

class Gate {
 public:
  Gate(const GateInputs& inputs, const GateHost& host, std::stop_token stop)
      : inputs_(inputs), series_(inputs.series), host_(host), stop_(std::move(stop)) {
    verdict_.tree = inputs.tree;
    verdict_.series = printable(series_.description);
    verdict_.base = series_.base;
    verdict_.head = series_.head;
    verdict_.timestamp = utc_timestamp();
    verdict_.directory = inputs.directory;
    for (const SeriesCommit& commit : series_.commits)
      verdict_.commits.push_back({commit.id, printable(commit.subject)});
  }

  GateVerdict judge() {
    const TimePoint start = Clock::now();
    if (auto judged = judge_sides(); !judged && !verdict_.error) verdict_.error = judged.error();
    verdict_.interrupted = stop_.stop_requested();
    sort_rows(verdict_);
    verdict_.took = std::chrono::duration_cast<Duration>(Clock::now() - start);
    return std::move(verdict_);
  }

 private:
  Result<> judge_sides() {
    auto base = kept_base();
    if (!base) base = judged_base();
    if (!base) return tl::unexpected(base.error());
    if (auto tried = try_each(); !tried) return tried;
    auto head = run_side(series_.head, "head");
    if (!head) return tl::unexpected(head.error());
    // Another compiler than the one that built the kept base has other warnings, sizes and bugs. Of a head that was not
    // built, it may have been the compiler, or the request, that has changed since.
    if (kept_ && !stop_.stop_requested() && (head->side.toolchain.empty() || head->side.toolchain != base->toolchain)) {
      host_.tell(head->side.toolchain.empty() ? "no kernel came of the head: judging the base anew"
                                              : "the kept results of the base are another compiler's");
      base = judged_base();
      if (!base) return tl::unexpected(base.error());
    }
    if (kept_) verdict_.notes.push_back(fmt::format("the base was judged before, at {}", base->run.timestamp));
    add_difference(*base, head->side, head->run, series_, verdict_);
    if (verdict_.error || verdict_.interrupted) return {};
    if (auto doubted = doubt_kept_base(*base); !doubted) return doubted;
    if (auto looked = look_again(head->side); !looked) return looked;
    if (auto lacking = lack_of_proof(*base, head->side, verdict_)) return tl::unexpected(*lacking);
    return time_boots(*base, head->side);
  }

  std::string key() const { return store_key(inputs_.conditions + "\n" + series_.base); }

  Result<Side> kept_base() {
    auto kept = inputs_.options.fresh_base ? std::nullopt : kept_side(key(), inputs_.store);
    if (!kept) return bench_error("nothing is kept of the base");
    kept_ = true;
    host_.tell(fmt::format("base {}: judged before, at {}", short_id(series_.base), kept->run.timestamp));
    return checked(std::move(*kept));
  }

  Result<Side> judged_base() {
    kept_ = false;
    auto judged = run_side(series_.base, "base");
    if (!judged) return tl::unexpected(judged.error());
    if (stop_.stop_requested()) return interrupted_error();
    auto base = checked(std::move(judged->side));
    // A base that is none was perhaps the host's fault, and is asked again.
    if (!base) forget_side(key(), inputs_.store);
    if (auto kept = base ? keep_side(key(), *base, inputs_.store) : Result<>(); !kept)
      return tl::unexpected(kept.error());
    return base;
  }

  Result<Side> checked(Side base) const {
    auto plan = host_.plan_for({series_.base, true, {}, 0});
    if (!plan) return tl::unexpected(plan.error());
    if (auto obstacle = base_obstacle(base, boot_cases_of(*plan))) return tl::unexpected(*obstacle);
    return base;
  }

  Result<Judged> run_side(const std::string& commit, const std::string& name) const {
    auto plan = host_.plan_for({commit, commit == series_.base, {}, 0});
    if (!plan) return tl::unexpected(plan.error());
    RunResult run = host_.run(*plan, fmt::format("{} {}", name, short_id(commit)), inputs_.directory / name);
    // The same request is right for the base: what can't be read of the head, or configured, the series has broken.
    if (commit != series_.base) blame_the_tree(run);
    if (run.error) return tl::unexpected(*run.error);
    return Judged{side_of(commit, run), std::move(run)};
  }

  /// Those before the head, which comes anyway.
  Result<> try_each() {
    if (inputs_.options.each == GateOptions::Each::no || series_.commits.size() < 2) return {};
    auto plan = host_.plan_for({series_.base, true, {}, 0});
    if (!plan) return tl::unexpected(plan.error());
    auto left_out = host_.build(*plan, fmt::format("base {}", short_id(series_.base)));
    if (!left_out) return base_not_built(left_out.error());
    for (std::size_t i = 0; i + 1 < series_.commits.size(); ++i)
      if (auto tried = try_commit(i, *left_out); !tried) return tried;
    return {};
  }

  /// What its kept results are of is gone, and no fault of the series.
  tl::unexpected<Error> base_not_built(const Error& why) const {
    if (why.kind != Error::Kind::kernel) return tl::unexpected(why);
    return bench_error(fmt::format("the base {} can't be built again: {}", short_id(series_.base), why.what), why.hint);
  }

  /// RUST is left out where no toolchain suits the tree.
  static std::string not_compiled(const std::string& symbol) {
    return symbol == "RUST" ? "it is built without Rust" : fmt::format("CONFIG_{} does not compile", symbol);
  }

  void add_broken(const std::string& subject, const std::string& what, const std::string& details) {
    verdict_.rows.push_back({GateRow::Kind::broken, subject, printable(what), {}, printable_lines(details)});
  }

  /// A sample that does not compile ends no build.
  Result<> try_commit(std::size_t number, const LeftOut& before) {
    const SeriesCommit& commit = series_.commits[number];
    const std::string name = fmt::format("commit {}/{}", number + 1, series_.commits.size());
    const std::string subject = fmt::format("{} ({} {})", name, short_id(commit.id), printable(commit.subject));
    auto plan = host_.plan_for({commit.id, false, {}, 0});
    if (!plan) return tl::unexpected(plan.error());
    auto left_out = host_.build(*plan, subject);
    if (!left_out) {
      const Error& error = left_out.error();
      if (error.kind != Error::Kind::kernel && !is_users(error)) return tl::unexpected(error);
      add_broken(subject, error.what, error.hint);
      return {};
    }
    for (const auto& [symbol, error] : *left_out)
      if (!before.contains(symbol)) add_broken(subject, not_compiled(symbol), error);
    if (inputs_.options.each == GateOptions::Each::build) return {};
    RunResult run =
        host_.run(boots_of(std::move(*plan)), subject, inputs_.directory / fmt::format("commit-{}", number + 1));
    blame_the_tree(run);
    if (run.error) return tl::unexpected(*run.error);
    add_commit(run, subject);
    return {};
  }

  /// Its first failure: those behind it follow from it more often than not.
  void add_commit(const RunResult& run, const std::string& subject) {
    for (const JobResult& job : run.jobs)
      for (const CaseResult& result : job.cases) {
        if (result.outcome == Outcome::error && !verdict_.error)
          verdict_.error = bench_error(fmt::format("{}: {}", subject, result.reason)).value();
        if (result.outcome != Outcome::fail) continue;
        verdict_.rows.push_back({GateRow::Kind::broken, subject,
                                 fmt::format("{}/{}: {}", result.suite, result.name, printable(result.reason)),
                                 job.name, printable_lines(result.details)});
        return;
      }
  }

  /// Tries some cases on the base again.
  Result<RunRecord> base_again(const std::vector<CaseName>& cases, const std::string& why, const char* directory) {
    auto plan = host_.plan_for({series_.base, true, filters_of(cases), second_looks});
    if (!plan) return tl::unexpected(plan.error());
    const RunResult run = host_.run(*plan, fmt::format("base {} again, for what {}", short_id(series_.base), why),
                                    inputs_.directory / directory);
    if (run.error) return tl::unexpected(*run.error);
    return record_of(run);
  }

  /// What had failed when the base was judged may have been the host's fault that day.
  Result<> doubt_kept_base(const Side& base) {
    const std::vector<CaseName> cases = kept_ ? doubtful(verdict_, base) : std::vector<CaseName>();
    if (cases.empty()) return {};
    auto again = base_again(cases, "had failed in it before", "base-doubted");
    if (!again) return tl::unexpected(again.error());
    if (accuse(*again, cases, verdict_)) forget_side(key(), inputs_.store);
    return {};
  }

  Result<> look_again(const Side& head) {
    const std::vector<CaseName> cases = suspects(verdict_, head);
    if (cases.empty()) return {};
    auto again = base_again(cases, "seems broken", "base-again");
    if (!again) return tl::unexpected(again.error());
    forgive(*again, cases, verdict_);
    return {};
  }

  /// One boot of each side is at hand; more are made where it says that there is something to look for.
  Result<> time_boots(const Side& base, const Side& head) {
    const PhaseTimes before = phase_times(base.run), after = phase_times(head.run);
    if (before.empty() || after.empty()) {
      if (inputs_.options.timing) verdict_.notes.emplace_back("no boots were timed: not both sides reach a login");
      return {};
    }
    if (!inputs_.options.timing && !is_suspicious(before, after)) return {};
    host_.tell(fmt::format("timing {} boots of each side, in turn", timed_boots));
    std::vector<PhaseTimes> of_base, of_head;
    for (int boot = 1; boot <= timed_boots; ++boot)
      for (const auto& [side, times] : {std::pair{&base, &of_base}, {&head, &of_head}}) {
        auto timed = timed_boot(*side, boot);
        if (!timed) return tl::unexpected(timed.error());
        times->push_back(*timed);
      }
    std::vector<GateRow> slower = slower_phases(of_base, of_head);
    if (slower.empty()) verdict_.notes.push_back(fmt::format("{} boots of each side: none slower", timed_boots));
    verdict_.rows.insert(verdict_.rows.end(), slower.begin(), slower.end());
    return {};
  }

  Result<PhaseTimes> timed_boot(const Side& side, int number) const {
    auto plan = host_.plan_for({side.commit, side.commit == series_.base, {}, 0});
    if (!plan) return tl::unexpected(plan.error());
    std::string image;
    for (const JobRecord& job : side.run.jobs)
      if (image.empty()) image = fact(job, "kernel.file");
    if (std::error_code none; image.empty() || !fs::is_regular_file(image, none))
      return bench_error(fmt::format("the kernel of {} is not in the store any more", short_id(side.commit)),
                         "--fresh-base judges the base again");
    const Plan boots = boots_on_image(std::move(*plan), image);
    // Once is no shame: the host may have been slow.
    for (const char* again : {"", "-again"}) {
      const std::string name = fmt::format("{}-{}{}", short_id(side.commit), number, again);
      const RunResult run = host_.run_unseen(boots, inputs_.directory / "timing" / name);
      if (run.interrupted) return interrupted_error();
      if (run.error) return tl::unexpected(*run.error);
      if (PhaseTimes times = phase_times(run); !times.empty()) return times;
    }
    return bench_error(fmt::format("boot {} of {} could not be timed: it failed twice", number, short_id(side.commit)));
  }

  const GateInputs& inputs_;
  const Series& series_;
  const GateHost& host_;
  std::stop_token stop_;
  bool kept_ = false;  // the base's results are
  GateVerdict verdict_;
};

}  // namespace

GateVerdict judge_series(const GateInputs& inputs, const GateHost& host, std::stop_token stop) {
  return Gate(inputs, host, std::move(stop)).judge();
}

}  // namespace bootgate
