#include "reports/gate_report.hpp"

namespace bootgate {
namespace {

Json rows_json(const std::vector<GateRow>& rows) {
  Json::Array list;
  for (const GateRow& row : rows)
    list.push_back(Json::Object{{"verdict", std::string(to_string(row.kind))},
                                {"counts", counts(row)},
                                {"subject", row.subject},
                                {"what", row.what},
                                {"job", row.job},
                                {"details", row.details}});
  return list;
}

Json config_json(const std::vector<ConfigChange>& config) {
  Json::Array list;
  for (const ConfigChange& change : config)
    list.push_back(Json::Object{{"symbol", change.symbol}, {"before", change.before}, {"after", change.after}});
  return list;
}

Json measurements_json(const std::vector<MeasurementChange>& measurements) {
  Json::Array list;
  for (const MeasurementChange& change : measurements)
    list.push_back(
        Json::Object{{"job", change.job}, {"name", change.name}, {"before", change.before}, {"after", change.after}});
  return list;
}

}  // namespace

Json gate_json(const GateVerdict& verdict) {
  Json::Array commits, notes(verdict.notes.begin(), verdict.notes.end());
  for (const GateCommit& commit : verdict.commits)
    commits.push_back(Json::Object{{"id", commit.id}, {"subject", commit.subject}});
  Json::Object json{{"tree", verdict.tree},
                    {"series", verdict.series},
                    {"base", verdict.base},
                    {"head", verdict.head},
                    {"commits", std::move(commits)},
                    {"timestamp", verdict.timestamp},
                    {"exit_status", exit_code(verdict)},
                    {"rows", rows_json(verdict.rows)},
                    {"same", verdict.same},
                    {"config", config_json(verdict.config)},
                    {"measurements", measurements_json(verdict.measurements)},
                    {"notes", std::move(notes)}};
  if (verdict.error) json.emplace_back("error", one_line(*verdict.error));
  return json;
}

}  // namespace bootgate
