#include "harness/cli/saved_request.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/support/json.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

fs::path request_file(const fs::path& run) {
  return run / "request.json";
}

std::vector<std::string> runs_below(const fs::path& out) {
  std::vector<std::string> names;
  std::error_code none;
  for (fs::directory_iterator entry(out, none), end; !none && entry != end; entry.increment(none))
    if (!entry->is_symlink(none) && fs::exists(request_file(entry->path()), none))
      names.push_back(entry->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<> save_request(const fs::path& run, const SavedRequest& request) {
  Json::Array words(request.words.begin(), request.words.end());
  Json::Object commits;
  for (const auto& [kernel, commit] : request.commits)
    commits.emplace_back(kernel, commit);
  const Json json(Json::Object{
      {"directory", request.directory.string()}, {"arguments", std::move(words)}, {"commits", std::move(commits)}});
  return write_file_atomically(request_file(run), dump_json(json, true) + "\n");
}

Result<SavedRequest> read_saved_request(const fs::path& run) {
  const fs::path file = request_file(run);
  auto text = read_file(file);
  if (!text) return usage_error(text.error().what, "the directory of a run has this file");
  const auto json = parse_json(*text);
  const Json* directory = json ? json->find("directory") : nullptr;
  const Json* arguments = json ? json->find("arguments") : nullptr;
  const auto* words = arguments ? std::get_if<Json::Array>(&arguments->value) : nullptr;
  if (!directory || !words) return usage_error(fmt::format("{} holds no request of a run", file.string()));
  SavedRequest request;
  request.directory = fs::path(directory->text());
  for (const Json& word : *words)
    request.words.emplace_back(word.text());
  const Json* commits = json->find("commits");
  if (const auto* members = commits ? std::get_if<Json::Object>(&commits->value) : nullptr)
    for (const auto& [kernel, commit] : *members)
      request.commits.emplace(kernel, commit.text());
  return request;
}

Result<fs::path> find_run(const std::string& name, const fs::path& out) {
  std::error_code none;
  for (const fs::path& candidate : {out / name, fs::path(name)})
    if (fs::is_directory(candidate, none)) return fs::canonical(candidate, none);
  const std::vector<std::string> runs = runs_below(out);
  const std::string what = fmt::format("no run '{}' in {}", printable(name), out.string());
  if (runs.empty()) return usage_error(what, "no run is kept there: name another place with --out DIR");
  std::vector<std::string> names = runs;
  names.push_back("latest");  // a link, which a run leaves beside its directory
  std::string near = did_you_mean(name, names);
  return usage_error(what, near.empty() ? fmt::format("the last one is {}", runs.back()) : near);
}

}  // namespace bootgate
