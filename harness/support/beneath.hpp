// Beneath: files in a directory that strangers have written to. No link is followed there (unless it was the user who
// wrote), nothing but a file is opened, and none that is larger than it could honestly be.
#pragma once

#include <string>

#include "harness/support/files.hpp"

namespace bootgate {

enum class Links { refused, followed };

/// `relative` names no `..`. An error of the kind `kernel`, since whoever wrote there is to blame, where any part of it
/// is a link that is refused, or what it names is no file.
Result<UniqueFd> open_beneath(const fs::path& directory, const fs::path& relative, Links links = Links::refused);

/// What opens the file again, for those who take a name.
fs::path name_of(const UniqueFd& fd);

/// Of what may be read whole; an error for more than 64 MiB.
Result<std::string> read_beneath(const fs::path& directory, const fs::path& relative);

Result<std::string> sha256_beneath(const fs::path& directory, const fs::path& relative, Links links = Links::refused);

/// Copies to `to`, which takes the place of what was there.
Result<> copy_beneath(const fs::path& directory, const fs::path& relative, const fs::path& to,
                      Links links = Links::refused);

/// Also what they have locked: directories that they may not write to. An error when anything is left.
Result<> remove_of_strangers(const fs::path& path);

/// A file of a stranger's source, where links are no sin: an error for what is no file, such as a link to /dev/zero, or
/// a pipe, and for more than 64 MiB.
Result<std::string> read_regular_file(const fs::path& file);

/// Whether a name may become a part of a path: not empty, no slash, neither "." nor "..".
bool is_plain_name(std::string_view name);

}  // namespace bootgate
