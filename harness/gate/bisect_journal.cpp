#include "harness/gate/bisect_journal.hpp"

#include "harness/support/json.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
BisectJournal::BisectJournal(const Store& store, const std::string& identity)
    : file_(store.path("bisect", store_key(identity) + ".json")) {}

std::vector<TriedCommit> BisectJournal::read() const {
  std::vector<TriedCommit> all;
  const std::string text = read_file(file_).value_or("");
  for (std::string_view line : split(text, '\n')) {
    const auto json = parse_json(line);
    if (!json) continue;
    TriedCommit tried{text_at(*json, "commit"), text_at(*json, "subject"), TriedCommit::Mark::skip,
                      text_at(*json, "why"), text_at(*json, "evidence")};
    for (TriedCommit::Mark mark : {TriedCommit::Mark::good, TriedCommit::Mark::bad})
      if (text_at(*json, "mark") == to_string(mark)) tried.mark = mark;
    all.push_back(std::move(tried));
  }
  return all;
}

Result<> BisectJournal::add(const TriedCommit& tried) {
  if (auto made = make_directories(file_.parent_path()); !made) return made;
  const Json json(Json::Object{{"commit", tried.commit},
                               {"subject", tried.subject},
                               {"mark", std::string(to_string(tried.mark))},
                               {"why", tried.why},
                               {"evidence", tried.evidence}});
  return write_file_atomically(file_, read_file(file_).value_or("") + dump_json(json) + "\n");
}

void BisectJournal::forget() {
  std::error_code none;
  fs::remove(file_, none);
}

}  // namespace bootgate
