#include "harness/gate/bisect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/gate/bisect_journal.hpp"
#include "harness/gate/blame.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using Mark = TriedCommit::Mark;

/// How often the rest can be halved.
int steps_for(std::size_t commits) {
  int steps = 0;
  for (; commits > 0; commits /= 2)
    ++steps;
  return steps;
}

class Bisector {
 public:
  Bisector(const BisectInputs& inputs, const BisectHost& host)
      : inputs_(inputs),
        host_(host),
        journal_(inputs.store, fmt::format("{}\n{}\n{}\n{}\n{}", inputs.tree, inputs.conditions, inputs.target.text(),
                                           inputs.ends.good, inputs.ends.bad)) {
    result_.target = inputs.target.text();
    if (inputs.restart) journal_.forget();
    for (const TriedCommit& tried : journal_.read())
      known_[tried.commit] = tried;
    if (!known_.empty())
      host_.tell(fmt::format("going on: {} commit{} were tried before", known_.size(), known_.size() == 1 ? "" : "s"));
  }

  Bisection bisect() {
    if (auto found = search(); !found) result_.error = found.error();
    if (host_.report)
      if (auto told = host_.report(result_); !told) {
        result_.error = told.error();
        return std::move(result_);
      }
    // An answer that nobody has heard is not forgotten. Ends that are none are tried again when it is asked again.
    if (!result_.error || is_no_end_) journal_.forget();
    return std::move(result_);
  }

 private:
  Result<> search() {
    bad_ = inputs_.ends.bad;
    good_ = {inputs_.ends.good};
    for (;;) {
      auto open = untried();
      if (!open) return tl::unexpected(open.error());
      if (open->empty()) break;
      auto tried = try_one(open->front(), fmt::format("about {} more", steps_for(open->size()) - 1));
      if (!tried) return tl::unexpected(tried.error());
      if (tried->mark == Mark::bad) bad_ = tried->commit;
      if (tried->mark == Mark::good) good_.push_back(tried->commit);
    }
    return name_sides();
  }

  /// An end is taken for what the user says until it is all that the result would stand on.
  Result<TriedCommit> end(const std::string& commit, Mark wanted, const char* which) {
    auto tried = try_one(commit, which);
    if (!tried || tried->mark == wanted) return tried;
    const std::string what =
        fmt::format("{} {} is {}: {}", which, commit.substr(0, 12),
                    tried->mark == Mark::skip ? "no end, it can't be tried" : to_string(tried->mark), tried->why);
    is_no_end_ = true;
    return usage_error(what, "choose another commit, or another case");
  }

  Result<TriedCommit> try_one(const std::string& commit, const std::string& what) {
    auto known = known_.find(commit);
    if (known != known_.end()) {
      auto is_it = [&](const TriedCommit& tried) { return tried.commit == commit; };
      if (std::none_of(result_.tried.begin(), result_.tried.end(), is_it)) result_.tried.push_back(known->second);
      return known->second;
    }
    if (inputs_.stop.stop_requested()) return interrupted_error();
    auto tried = host_.try_commit(commit, fmt::format("{}, {}", commit.substr(0, 12), what));
    if (!tried) return tried;
    tried->commit = commit;
    tried->subject = printable(git().run({"show", "--no-patch", "--format=%s", commit}).value_or(""));
    known_[commit] = *tried;
    result_.tried.push_back(*tried);
    if (auto noted = journal_.add(*tried); !noted) return tl::unexpected(noted.error());
    host_.tell(fmt::format("{} is {}: {}", commit.substr(0, 12), to_string(tried->mark), tried->why));
    return tried;
  }

  Result<std::vector<std::string>> untried() {
    auto left = candidates(bad_, good_, git());
    if (left) std::erase_if(*left, [&](const std::string& commit) { return is_skipped(commit); });
    return left;
  }

  bool is_skipped(const std::string& commit) const {
    auto known = known_.find(commit);
    return known != known_.end() && known->second.mark == Mark::skip;
  }

  /// What is left between the first bad commit and the good ones was skipped.
  Result<> name_sides() {
    auto left = candidates(bad_, good_, git());
    if (!left) return tl::unexpected(left.error());
    if (!left->empty()) {
      result_.suspected = std::move(*left);
      result_.suspected.push_back(bad_);
    }
    auto bad = end(bad_, Mark::bad, "the bad end");
    if (!bad) return tl::unexpected(bad.error());
    auto good = end(good_side(), Mark::good, "the good end");
    if (!good) return tl::unexpected(good.error());
    result_.bad = std::move(*bad);
    result_.good = std::move(*good);
    return {};
  }

  /// The parent of the first bad commit, where it was tried, or else the last that was found good.
  std::string good_side() const {
    auto parent = git().run({"rev-parse", "--verify", bad_ + "^"});
    const bool known = parent && std::find(good_.begin(), good_.end(), *parent) != good_.end();
    return known ? *parent : good_.back();
  }

  Git git() const { return Git::at(inputs_.store.path("git", store_key(inputs_.tree)), inputs_.stop); }

  const BisectInputs& inputs_;
  const BisectHost& host_;
  BisectJournal journal_;
  std::map<std::string, TriedCommit> known_;
  std::string bad_;
  std::vector<std::string> good_;
  bool is_no_end_ = false;  // one that the user named
  Bisection result_;
};

}  // namespace

Result<BisectEnds> resolve_ends(const std::string& good, const std::string& bad, const OwnRepository& repository) {
  auto bad_end = repository.find(bad);
  if (!bad_end) return tl::unexpected(bad_end.error());
  auto good_end = repository.find(good);
  if (!good_end) return tl::unexpected(good_end.error());
  auto asked = repository.git().run_whole({"merge-base", "--is-ancestor", *good_end, *bad_end});
  if (!asked) return tl::unexpected(asked.error());
  // An object that is missing ends it too.
  if (!asked->status.ok() && (asked->status.code != 1 || !trimmed(asked->errors).empty()))
    return bench_error(fmt::format("git can't tell whether {} comes before {}", printable(good), printable(bad)),
                       complaints(*asked));
  if (!asked->status.ok() || *good_end == *bad_end)
    return usage_error(fmt::format("{} is no ancestor of {}", printable(good), printable(bad)),
                       "the good commit comes before the bad one");
  return BisectEnds{*good_end, *bad_end};
}

Bisection bisect(const BisectInputs& inputs, const BisectHost& host) {
  return Bisector(inputs, host).bisect();
}

Result<std::vector<std::string>> candidates(const std::string& bad, const std::vector<std::string>& good,
                                            const Git& git) {
  std::vector<std::string> question{"rev-list", "--bisect-all", bad, "--not"};
  question.insert(question.end(), good.begin(), good.end());
  auto listed = git.run(question);
  if (!listed) return tl::unexpected(listed.error());
  std::vector<std::string> commits;
  for (std::string_view line : split(*listed, '\n'))
    if (std::string_view id = line.substr(0, line.find(' ')); !id.empty() && id != bad) commits.emplace_back(id);
  return commits;
}

}  // namespace bootgate
