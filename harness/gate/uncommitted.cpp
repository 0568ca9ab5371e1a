#include "harness/gate/uncommitted.hpp"

#include <fmt/format.h>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// A copy of the user's index, and an object directory of ours that looks theirs up: what git writes, it writes here.
EnvironmentChanges aside(const fs::path& index, const fs::path& own_objects, const std::string& their_objects) {
  return {{"GIT_INDEX_FILE", index.string()},
          {"GIT_OBJECT_DIRECTORY", own_objects.string()},
          {"GIT_ALTERNATE_OBJECT_DIRECTORIES", their_objects}};
}

Result<std::string> write_tree(const Git& git, const std::string& name) {
  auto tree = git.run({"write-tree"});
  if (tree || tree.error().kind == Error::Kind::interrupted) return tree;
  return usage_error(fmt::format("the index of {} can't be judged: {}", printable(name), tree.error().what),
                     "resolve its conflicts, and git add what is resolved");
}

/// Its author and date are the base's: the same work is the same commit, and built once.
Result<std::string> commit_tree(const std::string& tree, const std::string& base, const Uncommitted what,
                                const Git& git) {
  auto date = git.run({"show", "--no-patch", "--format=%cI", base});
  if (!date) return date;
  EnvironmentChanges who;
  for (const char* role : {"AUTHOR", "COMMITTER"}) {
    who.emplace_back(fmt::format("GIT_{}_NAME", role), "bootgate");
    who.emplace_back(fmt::format("GIT_{}_EMAIL", role), "bootgate@localhost");
    who.emplace_back(fmt::format("GIT_{}_DATE", role), *date);
  }
  const char* subject = what == Uncommitted::staged ? "what is staged" : "uncommitted work";
  return git.in(who).run({"commit-tree", "-p", base, "-m", subject, tree});
}

std::vector<std::string> add_all_but(const fs::path& except, const fs::path& top) {
  std::vector<std::string> words{"add", "--all"};
  if (except.empty()) return words;
  std::error_code none;
  const fs::path inside = fs::weakly_canonical(fs::absolute(except, none), none).lexically_relative(top);
  if (!inside.empty() && inside != "." && *inside.begin() != "..")
    words.insert(words.end(), {"--", ":(top)", ":(top,exclude,literal)" + inside.string()});
  return words;
}

}  // namespace

Result<std::string> commit_uncommitted(Uncommitted what, const std::string& base, const fs::path& except,
                                       const OwnRepository& repository) {
  const std::optional<Git>& theirs = repository.theirs();
  auto top = theirs ? theirs->run({"rev-parse", "--show-toplevel"}) : usage_error("it is remote");
  if (!top && top.error().kind == Error::Kind::interrupted) return top;
  if (!top) return usage_error(fmt::format("{} has no work tree", printable(repository.name())));
  auto their_index = theirs->run({"rev-parse", "--path-format=absolute", "--git-path", "index"});
  auto their_objects = theirs->run({"rev-parse", "--path-format=absolute", "--git-path", "objects"});
  if (!their_index || !their_objects) return usage_error(fmt::format("{} has no index", printable(repository.name())));

  const fs::path objects = repository.tree() / ".git/objects", index = repository.tree() / ".git/index-of-theirs";
  std::error_code failure;
  fs::copy_file(*their_index, index, fs::copy_options::overwrite_existing, failure);
  if (failure) return bench_error(fmt::format("can't copy {}: {}", *their_index, failure.message()));
  const Git git = Git::around(*top, repository.stop()).in(aside(index, objects, *their_objects));
  auto added = what == Uncommitted::worktree ? git.run(add_all_but(except, *top)) : Result<std::string>("");
  auto tree = added ? write_tree(git, repository.name()) : added;
  fs::remove(index, failure);
  if (!tree) return tree;
  auto before = repository.git().run({"rev-parse", base + "^{tree}"});
  if (!before) return before;
  return *before == *tree ? Result<std::string>(base) : commit_tree(*tree, base, what, repository.git());
}

}  // namespace bootgate
