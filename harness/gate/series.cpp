#include "harness/gate/series.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/gate/patches.hpp"
#include "harness/gate/uncommitted.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

struct Ends {
  std::string base;
  std::string head;
  std::string description;
};

/// Who gives a range may take it for what stands in the work tree.
void tell_of_uncommitted(const std::string& head, const OwnRepository& repository, const FixtureOptions& options) {
  const std::optional<Git>& theirs = repository.theirs();
  if (!theirs || theirs->run({"rev-parse", "HEAD"}).value_or("") != head) return;
  const std::string changes = theirs->run({"status", "--porcelain", "--untracked-files=no"}).value_or("");
  if (!changes.empty()) options.tell("what is not committed is not judged; --worktree judges it");
}

Result<Ends> ends_of_range(const std::string& range, const OwnRepository& repository, const FixtureOptions& options) {
  const std::size_t dots = range.find("..");
  if (dots == std::string::npos)
    return usage_error(fmt::format("'{}' is no range", printable(range)), "write BASE..HEAD, as in v6.12..topic");
  // Between three dots and two there is no difference here: the base is where the ends part.
  const std::size_t behind = range.find_first_not_of('.', dots);
  auto ref = [](std::string_view text) { return text.empty() ? std::string("HEAD") : std::string(text); };
  const std::string from = ref(std::string_view(range).substr(0, dots));
  const std::string to = ref(behind == std::string::npos ? "" : std::string_view(range).substr(behind));
  auto base = repository.find(from);
  if (!base) return tl::unexpected(base.error());
  auto head = repository.find(to);
  if (!head) return tl::unexpected(head.error());
  auto fork = repository.git().run({"merge-base", *base, *head});
  if (!fork && fork.error().kind == Error::Kind::interrupted) return tl::unexpected(fork.error());
  // With nothing in common it has nothing to say.
  if (!fork && !fork.error().what.empty())
    return bench_error(
        fmt::format("git can't tell where {} and {} part: {}", printable(from), printable(to), fork.error().what));
  if (!fork)
    return usage_error(fmt::format("{} and {} have no commit in common", printable(from), printable(to)),
                       "in a shallow clone: git fetch --unshallow");
  if (*fork != *base)
    options.tell(fmt::format("{} has gone on since: the base is {}, where {} left it", from, fork->substr(0, 12), to));
  tell_of_uncommitted(*head, repository, options);
  return Ends{*fork, *head, range};
}

Result<Ends> ends_of_patches(const SeriesRequest& request, const OwnRepository& repository) {
  const std::string ref = request.base.empty() ? "HEAD" : request.base;
  auto base = repository.find(ref);
  if (!base) return tl::unexpected(base.error());
  auto head = apply_patches(request.patches, *base, repository);
  if (!head) return tl::unexpected(head.error());
  std::vector<std::string> names;
  for (const fs::path& file : request.patches)
    names.push_back((file.has_filename() ? file : file.parent_path()).filename().string());
  return Ends{*base, *head, fmt::format("{} on {}", fmt::join(names, ", "), ref)};
}

Result<Ends> ends_of_uncommitted(const SeriesRequest& request, const OwnRepository& repository) {
  const Uncommitted what = request.staged ? Uncommitted::staged : Uncommitted::worktree;
  auto base = repository.find("HEAD");
  if (!base) return tl::unexpected(base.error());
  auto head = commit_uncommitted(what, *base, request.out, repository);
  if (!head) return tl::unexpected(head.error());
  return Ends{*base, *head, request.staged ? "what is staged" : "the work tree as it is"};
}

Result<Ends> ends_of(const SeriesRequest& request, const OwnRepository& repository, const FixtureOptions& options) {
  if (!request.patches.empty()) return ends_of_patches(request, repository);
  if (request.staged || request.worktree) return ends_of_uncommitted(request, repository);
  return ends_of_range(request.range, repository, options);
}

/// "%H %P%x00%s": the id, the parents, and the subject.
SeriesCommit commit_of(std::string_view line) {
  const std::size_t end = line.find('\0');
  const std::vector<std::string_view> ids = split(line.substr(0, end), ' ');
  SeriesCommit commit;
  commit.id = ids.empty() ? "" : ids.front();
  commit.is_merge = ids.size() > 2;
  if (end != std::string_view::npos) commit.subject = line.substr(end + 1);
  return commit;
}

}  // namespace

Result<Series> resolve_series(const SeriesRequest& request, const OwnRepository& repository,
                              const FixtureOptions& options) {
  auto ends = ends_of(request, repository, options);
  if (!ends) return tl::unexpected(ends.error());
  Series series{ends->base, ends->head, ends->description, {}, {}};
  const Git& git = repository.git();
  auto log = git.run({"log", "--reverse", "--topo-order", "--format=%H %P%x00%s", series.base + ".." + series.head});
  if (!log) return tl::unexpected(log.error());
  for (std::string_view line : split(*log, '\n'))
    series.commits.push_back(commit_of(line));
  if (series.commits.empty())
    return usage_error(fmt::format("the series is empty: {}", printable(series.description)),
                       fmt::format("both ends are {}", series.base.substr(0, 12)));
  const auto merges = std::count_if(series.commits.begin(), series.commits.end(),
                                    [](const SeriesCommit& commit) { return commit.is_merge; });
  if (merges > 0) options.tell(fmt::format("{} of its {} commits are merges", merges, series.commits.size()));
  // Without renames both names of a file that was moved are among them.
  auto touched = git.run({"diff", "--name-only", "--no-renames", "-z", series.base, series.head});
  if (!touched) return tl::unexpected(touched.error());
  for (std::string_view file : split(*touched, '\0'))
    if (!file.empty()) series.touched.emplace_back(file);
  std::sort(series.touched.begin(), series.touched.end());
  return series;
}

}  // namespace bootgate
