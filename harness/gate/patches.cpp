#include "harness/gate/patches.hpp"

#include <fmt/format.h>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// Where the patch that git am stopped at doesn't fit, by git apply, which knows hunks: "init/main.c, hunk #2 (line
/// 883)". It applies the others to our work tree, which is put in order again.
std::string misfits(const Git& git) {
  auto patch = git.run_whole({"am", "--show-current-patch=diff"});
  if (!patch) return {};
  auto told = git.run_whole({"rev-parse", "--git-path", "rebase-apply/patch"});
  if (!told) return {};
  auto applied = git.run_whole({"apply", "--reject", "--verbose", std::string(trimmed(told->output))});
  if (!applied) return {};
  std::string text, file;
  for (std::string_view line : split(applied->errors, '\n')) {
    constexpr std::string_view failed = "error: patch failed: ", rejected = "Rejected hunk #", error = "error: ";
    if (line.starts_with(failed)) {
      file = line.substr(failed.size());
    } else if (line.starts_with(rejected)) {
      const std::string_view number = line.substr(rejected.size(), line.find('.') - rejected.size());
      const std::size_t colon = file.rfind(':');
      text += fmt::format("{}, hunk #{} (line {})\n", printable(std::string_view(file).substr(0, colon)), number,
                          colon == std::string::npos ? "?" : file.substr(colon + 1));
    } else if (line.starts_with(error) && line.find("while searching for") == std::string_view::npos &&
               line.find("patch does not apply") == std::string_view::npos) {
      text += printable(line.substr(error.size())) + "\n";  // "init/none.c: No such file or directory"
    }
  }
  return text;
}

/// "base-commit: ID", which git format-patch --base writes.
std::string told_base(const std::vector<fs::path>& files) {
  constexpr std::string_view key = "\nbase-commit: ";
  for (const fs::path& file : files) {
    const std::string text = read_file(file).value_or("");
    const std::size_t at = text.find(key);
    const std::string id = at == std::string::npos ? "" : text.substr(at + key.size(), 40);
    if (is_commit_id(id)) return id;
  }
  return {};
}

/// "Patch failed at 0002 init: say more".
std::string patch_that_failed(const std::string& output) {
  constexpr std::string_view failed = "Patch failed at ";
  for (std::string_view line : split(output, '\n'))
    if (line.starts_with(failed)) return std::string(line.substr(failed.size()));
  return {};
}

tl::unexpected<Error> does_not_apply(const CommandResult& am, const std::vector<fs::path>& files,
                                     const std::string& base, const Git& git) {
  const std::string patch = patch_that_failed(am.output);
  if (patch.empty()) {
    std::string_view said = trimmed(am.errors);
    return usage_error(fmt::format("git can't read the patches: {}", printable(said.substr(0, said.find('\n')))),
                       "give an mbox, a maildir, or the files that git format-patch writes");
  }
  std::string hint = misfits(git);
  if (hint.empty()) hint = printable(trimmed(am.errors)) + "\n";
  if (const std::string told = told_base(files); !told.empty() && told != base)
    hint += fmt::format("the series says that it was made on {}: --base {}\n", told, told.substr(0, 12));
  return usage_error(fmt::format("patch {} does not apply to {}", printable(patch), base.substr(0, 12)), hint);
}

}  // namespace

Result<std::string> apply_patches(const std::vector<fs::path>& files, const std::string& base,
                                  const OwnRepository& repository) {
  const Git& git = repository.git();
  if (auto out = git.run({"checkout", "--quiet", "--force", "--detach", base}); !out)
    return bench_error(fmt::format("git can't check out {}: {}", base, out.error().what));
  if (auto cleaned = git.run({"clean", "-qfdx"}); !cleaned) return cleaned;
  // A cover letter is a mail without a patch.
  std::vector<std::string> am{"am",          "-3", "--quiet", "--no-gpg-sign", "--committer-date-is-author-date",
                              "--empty=drop"};
  for (const fs::path& file : files) {
    std::error_code failure;
    const fs::path path = fs::canonical(file, failure);
    if (failure) return usage_error(fmt::format("no patches in {}: {}", file.string(), failure.message()));
    am.push_back(path.string());
  }
  const EnvironmentChanges us{{"GIT_COMMITTER_NAME", "bootgate"}, {"GIT_COMMITTER_EMAIL", "bootgate@localhost"}};
  auto done = git.in(us).run_whole(am);
  if (!done) return tl::unexpected(done.error());
  if (done->status.ok()) return git.run({"rev-parse", "--verify", "HEAD^{commit}"});
  auto error = does_not_apply(*done, files, base, git);
  (void)git.run({"am", "--abort"});
  return error;
}

}  // namespace bootgate
