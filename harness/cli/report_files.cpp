#include "harness/cli/report_files.hpp"

#include "reports/html/site.hpp"
#include "reports/kcidb.hpp"
#include "reports/overview_text.hpp"
#include "reports/result_json.hpp"

namespace bootgate {
namespace {

/// That a page lists.
constexpr int listed_runs = 30;

Result<> write_text(const std::optional<fs::path>& file, const std::string& text) {
  if (!file) return {};
  if (file->has_parent_path())
    if (auto made = make_directories(file->parent_path()); !made) return made;
  return write_file_atomically(*file, text);
}

}  // namespace

Result<ReportedRun> look_at(StoredRun run, const History* history) {
  ReportedRun seen;
  if (history) {
    auto view = view_history(*history, run.record.name);
    if (!view) return tl::unexpected(view.error());
    seen.view = std::move(*view);
    auto runs = history->runs(listed_runs);
    if (!runs) return tl::unexpected(runs.error());
    seen.runs = std::move(*runs);
  }
  seen.overview = make_overview(run.record, seen.view);
  seen.run = std::move(run);
  return seen;
}

Result<> write_reports(const ReportedRun& run, const ReportRequest& request) {
  const Overview& overview = run.overview;
  const RunResult result = run.run.result ? *run.run.result : as_result(run.run.record);
  if (request.html) {
    std::error_code none;
    const bool repeatable = fs::exists(run.run.directory / "request.json", none);
    const SiteInputs inputs{result, overview, run.view, run.runs, repeatable ? run.run.directory : fs::path()};
    if (auto written = write_site(inputs, *request.html); !written) return written;
  }
  if (auto written = write_text(request.markdown, overview_markdown(overview)); !written) return written;
  const std::string mail = "Subject: " + mail_subject(overview) + "\n\n" + overview_text(overview);
  if (auto written = write_text(request.mail, mail); !written) return written;
  if (request.json) {
    const Json all(Json::Object{{"overview", to_json(overview)}, {"result", to_json(result)}});
    if (auto written = write_text(request.json, dump_json(all, true) + "\n"); !written) return written;
  }
  if (request.kcidb)
    return write_text(request.kcidb, dump_json(kcidb_json(overview.run, request.kcidb_origin), true) + "\n");
  return {};
}

}  // namespace bootgate
