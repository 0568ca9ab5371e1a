// Linux 6.12 as a git repository, and commits made on it without a checkout: the same text is the same commit in every
// run, so that kernels which are built once are found again.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "fixtures/source/git.hpp"

namespace bootgate {

class LinuxRepository {
 public:
  /// In the store; made of Debian's source, which takes two minutes, when it isn't there. Throws when it can't be.
  LinuxRepository();

  const fs::path& path() const { return path_; }
  /// Of the pristine tree.
  std::string main() const { return run({"rev-parse", "main"}); }

  using Change = std::function<std::string(const std::string& text)>;
  /// A commit on `parent` in which these files are changed. Its id.
  std::string commit(const std::string& parent, const std::string& subject,
                     const std::map<std::string, Change>& changes) const;

 private:
  std::string run(const std::vector<std::string>& arguments, const EnvironmentChanges& environment = {}) const;

  fs::path path_;
};

/// Adds to the end of a file.
LinuxRepository::Change appended(const std::string& text);
/// Replaces what must be there.
LinuxRepository::Change exchanged(const std::string& from, const std::string& to);

}  // namespace bootgate
