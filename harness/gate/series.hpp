// Series: the commits that a gate judges, resolved once at its start: a ref that moves later changes nothing.
#pragma once

#include "fixtures/source/own_repository.hpp"

namespace bootgate {

struct SeriesCommit {
  std::string id;
  std::string subject;  // guest bytes, in a way: escape before showing
  bool is_merge = false;
};

struct Series {
  std::string base;  // commit ids
  std::string head;
  std::string description;            // "v6.12..topic", "fix.mbox on HEAD"
  std::vector<SeriesCommit> commits;  // oldest first; the last one is the head
  std::vector<std::string> touched;   // files that differ between base and head, from the top of the tree, sorted
};

/// What is to be judged: exactly one of `range`, `patches`, `staged` and `worktree`.
struct SeriesRequest {
  fs::path tree;                  // in a git work tree, or a repository
  std::string range;              // "BASE..HEAD"; either may be missing, and stands for HEAD
  std::vector<fs::path> patches;  // mboxes, maildirs and patch files, in series order
  bool staged = false;            // what the index holds
  bool worktree = false;          // what the work tree holds, with files that git doesn't ignore
  std::string base;               // of `patches`: a ref; empty: HEAD
  fs::path out = {};              // our own evidence, which may lie in the work tree and is none of it
};

/// Writes to our own repository only; the user's checkout, index and refs are read. The base of a range is where its
/// ends part (git merge-base): what came to the other side since then is none of the series'. Everything that can be
/// wrong with the request is a usage error; a patch that doesn't apply names itself, the file and the hunk.
Result<Series> resolve_series(const SeriesRequest& request, const OwnRepository& repository,
                              const FixtureOptions& options);

}  // namespace bootgate
