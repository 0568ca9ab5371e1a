// SavedRequest: what a run was asked to do, kept in its directory so that it can be done again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/support/files.hpp"

namespace bootgate {

struct SavedRequest {
  fs::path directory;                            // where it was called: relative names count from there
  std::vector<std::string> words;                // the command line behind `run`
  std::map<std::string, std::string> commits{};  // that its kernels of git were pinned to: as named -> commit
};

/// Writes request.json.
Result<> save_request(const fs::path& run, const SavedRequest& request);

Result<SavedRequest> read_saved_request(const fs::path& run);

/// The directory of a run: `name` is "latest", a directory below `out`, or a path. An error names the nearest one.
Result<fs::path> find_run(const std::string& name, const fs::path& out);

}  // namespace bootgate
