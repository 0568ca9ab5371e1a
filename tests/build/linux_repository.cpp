#include "tests/build/linux_repository.hpp"

#include <stdexcept>

#include "fixtures/source/kernel_source.hpp"
#include "fixtures/store.hpp"
#include "tests/support/must.hpp"

namespace bootgate {
namespace {

/// Names and dates that make commits the same in every run.
EnvironmentChanges somebody() {
  EnvironmentChanges who;
  for (const std::string role : {"AUTHOR", "COMMITTER"}) {
    who.emplace_back("GIT_" + role + "_NAME", "bootgate");
    who.emplace_back("GIT_" + role + "_EMAIL", "bootgate@localhost");
    who.emplace_back("GIT_" + role + "_DATE", "@1700000000 +0000");
  }
  return who;
}

/// Every file of the pristine tree; Debian's .gitignore has all that lies at its top ignored.
void import_linux(const Git& git, const fs::path& index) {
  EnvironmentChanges environment = somebody();
  environment.emplace_back("GIT_INDEX_FILE", index.string());
  const Git in = git.in(environment);
  must(git.run({"init", "--quiet", "--initial-branch=main"}));
  must(in.run({"-c", "core.compression=1", "add", "--all", "--force", "."}));
  const std::string tree = must(in.run({"write-tree"}));
  must(git.run({"update-ref", "refs/heads/main", must(in.run({"commit-tree", "-m", "Linux 6.12", tree}))}));
  must(git.run({"config", "--unset", "core.worktree"}));
  must(git.run({"config", "core.bare", "true"}));
}

}  // namespace

LinuxRepository::LinuxRepository() {
  const Store store = must(Store::open());
  const fs::path entry = must(store.obtain("test", "linux-6.12", {}, [](const fs::path& dir) -> Result<> {
    auto name = parse_kernel_name("debian:trixie/linux-source-6.12");
    const KernelTree tree = must(obtain_kernel_tree(must(std::move(name)), kernel_org_url, must(Store::open()), {}));
    import_linux(Git::with(dir / "linux.git", tree.dir, {}), dir / "index");
    return {};
  }));
  path_ = entry / "linux.git";
}

std::string LinuxRepository::run(const std::vector<std::string>& arguments,
                                 const EnvironmentChanges& environment) const {
  return must(Git::around(path_, {}).in(environment).run(arguments));
}

std::string LinuxRepository::commit(const std::string& parent, const std::string& subject,
                                    const std::map<std::string, Change>& changes) const {
  const fs::path index = path_ / "index-of-a-test";
  const EnvironmentChanges in{{"GIT_INDEX_FILE", index.string()}};
  run({"read-tree", parent}, in);
  for (const auto& [file, change] : changes) {
    auto text = must(Git::around(path_, {}).run_whole({"show", parent + ":" + file})).output;
    const fs::path changed = path_ / "file-of-a-test";
    must(write_file_atomically(changed, change(text)).map([] { return true; }));
    const std::string blob = run({"hash-object", "-w", changed.string()});
    run({"update-index", "--add", "--cacheinfo", "100644," + blob + "," + file}, in);
  }
  const std::string tree = run({"write-tree"}, in);
  return run({"commit-tree", "-p", parent, "-m", subject, tree}, somebody());
}

LinuxRepository::Change appended(const std::string& text) {
  return [text](const std::string& before) { return before + text; };
}

LinuxRepository::Change exchanged(const std::string& from, const std::string& to) {
  return [from, to](std::string text) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("not in the source any more: " + from);
    return text.replace(at, from.size(), to);
  };
}

}  // namespace bootgate
