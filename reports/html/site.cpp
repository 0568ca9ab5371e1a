#include "reports/html/site.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/support/data.hpp"
#include "harness/support/text.hpp"
#include "reports/display_text.hpp"
#include "reports/history_text.hpp"
#include "reports/html/case_page.hpp"
#include "reports/html/markup.hpp"
#include "reports/html/matrix_table.hpp"
#include "reports/html/plot.hpp"

namespace bootgate {
namespace {

std::string mark_text(const std::optional<Mark>& mark) {
  if (!mark) return "never";
  return html_escaped(mark->run) + (mark->commit.empty() ? "" : " " + element("code", mark->commit));
}

std::string finding_row(const Finding& finding, const std::string& page) {
  const CaseChange& change = finding.change;
  const bool fails = change.after && change.after->verdict.outcome == Outcome::fail;
  const std::string name = html_escaped(change.suite + "/" + change.name);
  std::string says = change.after ? html_escaped(change.after->verdict.reason) : "there is no such case any more";
  if (fails && finding.runs > 1)
    says += fmt::format("<p class=\"soft\">last good: {}; first bad: {}</p>", mark_text(finding.last_good),
                        mark_text(finding.first_bad));
  if (finding.change.change == Change::flaky && finding.runs > 1)
    says += fmt::format("<p class=\"soft\">failed in {} of {} attempts, in {} runs</p>", finding.failed_attempts,
                        finding.attempts, finding.runs);
  if (!finding.bisect.empty()) says += command_block(finding.bisect);
  return fmt::format(
      "<tr><td><span class=\"word {}\">{}</span></td><th scope=\"row\">{}<br><span class=\"soft\">{}</span>"
      "</th><td>{}{}</td></tr>\n",
      css_class(change), html_escaped(change_word(change)),
      page.empty() ? name : fmt::format("<a href=\"{}\">{}</a>", page, name), html_escaped(change.job), says,
      strip(finding.strip));
}

class SiteWriter {
 public:
  SiteWriter(const SiteInputs& inputs, fs::path directory) : inputs_(inputs), directory_(std::move(directory)) {
    for (std::size_t j = 0; j < inputs.run.jobs.size(); ++j)
      for (std::size_t c = 0; c < inputs.run.jobs[j].cases.size(); ++c) {
        const CaseResult& result = inputs.run.jobs[j].cases[c];
        pages_.emplace(key(inputs.run.jobs[j].name, result.suite, result.name), case_file(j, c));
      }
    for (const CaseHistory& history : inputs.view.cases)
      histories_.emplace(key(history.job, history.suite, history.name), &history);
    for (const Finding& finding : inputs.overview.findings)
      findings_.emplace(key(finding.change.job, finding.change.suite, finding.change.name), &finding);
  }

  Result<> write() {
    if (auto made = make_directories(directory_); !made) return made;
    for (const char* asset : {"style.css", "report.js"})
      if (auto copied = copy(asset); !copied) return copied;
    if (auto written = put("index.html", index()); !written) return written;
    if (auto written = put("trends.html", trends()); !written) return written;
    for (std::size_t j = 0; j < inputs_.run.jobs.size(); ++j) {
      const JobResult& job = inputs_.run.jobs[j];
      if (auto written = put(job_file(j), job_page(j)); !written) return written;
      for (std::size_t c = 0; c < job.cases.size(); ++c)
        if (auto written = put(case_file(j, c), case_page(case_inputs(j, c))); !written) return written;
    }
    return {};
  }

 private:
  static std::string key(const std::string& job, const std::string& suite, const std::string& name) {
    return job + '\n' + suite + '\n' + name;
  }
  static std::string job_file(std::size_t job) { return fmt::format("job-{}.html", job + 1); }
  static std::string case_file(std::size_t job, std::size_t the_case) {
    return fmt::format("case-{}-{}.html", job + 1, the_case + 1);
  }

  Result<> put(const std::string& name, const std::string& text) {
    return write_file_atomically(directory_ / name, text);
  }

  Result<> copy(const char* asset) {
    auto text = read_file(data_root() / "reports/html" / asset);
    return text ? put(asset, *text) : Result<>(tl::unexpected(text.error()));
  }

  template <class Value>
  static const Value* find(const std::map<std::string, const Value*>& in, const std::string& name) {
    auto known = in.find(name);
    return known == in.end() ? nullptr : known->second;
  }

  CasePageInputs case_inputs(std::size_t j, std::size_t c) const {
    const JobResult& job = inputs_.run.jobs[j];
    const CaseResult& result = job.cases[c];
    const std::string name = key(job.name, result.suite, result.name);
    return {job, result, job_file(j), find(histories_, name), find(findings_, name), inputs_.run_directory};
  }

  std::string index() const {
    const Overview& overview = inputs_.overview;
    std::string body = element("p", headline(overview), "lead");
    if (overview.before)
      body += fmt::format("<p class=\"soft\">Compared with {}</p>\n", html_escaped(*overview.before));
    if (!overview.run.error.empty())
      body += fmt::format("<p><span class=\"word error\">Test bench</span> {}</p>\n", html_escaped(overview.run.error));
    body += changes() + crashes() + drifts();
    body += "<h2>Kernels and suites</h2>\n" + matrix_table(inputs_.run, job_file);
    body += all_cases() + runs();
    const std::string name = overview.run.name.empty() ? overview.run.timestamp : overview.run.name;
    return html_page({"bootgate " + name, body, "index.html"});
  }

  std::string changes() const {
    if (!inputs_.overview.before) return {};
    std::string text = "<h2>What changed, and what fails</h2>\n";
    if (inputs_.overview.findings.empty()) return text + "<p>Nothing, and nothing does.</p>\n";
    text +=
        "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Change</th><th scope=\"col\">Case</th><th "
        "scope=\"col\">What it says</th></tr></thead><tbody>\n";
    for (const Finding& finding : inputs_.overview.findings) {
      auto page = pages_.find(key(finding.change.job, finding.change.suite, finding.change.name));
      text += finding_row(finding, page == pages_.end() ? std::string() : page->second);
    }
    return text + "</tbody></table></div>\n";
  }

  std::string crashes() const {
    if (inputs_.overview.crashes.empty()) return {};
    std::string text = "<h2>New crash reports</h2>\n<ul>\n";
    for (const NewCrash& crash : inputs_.overview.crashes) {
      auto page = pages_.find(key(crash.job, crash.suite, crash.name));
      const std::string name = html_escaped(crash.suite + "/" + crash.name);
      text += fmt::format("<li>{} in {} <span class=\"soft\">{}</span></li>\n", element("code", crash.crash.title),
                          page == pages_.end() ? name : fmt::format("<a href=\"{}\">{}</a>", page->second, name),
                          html_escaped(crash.job));
    }
    return text + "</ul>\n";
  }

  std::string drifts() const {
    if (inputs_.overview.drifts.empty()) return {};
    std::string text = "<h2>Boot times and sizes</h2>\n<ul>\n";
    for (const DriftFinding& drift : inputs_.overview.drifts)
      text += fmt::format("<li><a href=\"trends.html\">{}</a> since {} <span class=\"soft\">{}</span></li>\n",
                          html_escaped(describe(drift)), mark_text(drift.since), html_escaped(drift.job));
    return text + "</ul>\n";
  }

  std::string all_cases() const {
    std::string text =
        "<h2 id=\"all\">All cases</h2>\n<form class=\"filter bar\" hidden role=\"search\" aria-label=\"Cases\">"
        "<label>Find <input type=\"search\" name=\"text\"></label><label>Outcome <select name=\"outcome\">"
        "<option value=\"\">all</option>";
    for (Outcome outcome : {Outcome::fail, Outcome::error, Outcome::flaky, Outcome::known, Outcome::skip,
                            Outcome::not_run, Outcome::pass})
      text += fmt::format("<option value=\"{0}\">{0}</option>", to_string(outcome));
    text +=
        "</select></label><label><input type=\"checkbox\" name=\"changed\"> changed only</label>"
        "<output id=\"shown\" aria-live=\"polite\"></output></form>\n"
        "<div class=\"scroll\"><table id=\"cases\"><thead><tr><th scope=\"col\">Outcome</th><th scope=\"col\">Case</th>"
        "<th scope=\"col\">Job</th><th scope=\"col\" class=\"number\">Time</th></tr></thead><tbody>\n";
    for (std::size_t j = 0; j < inputs_.run.jobs.size(); ++j) {
      const JobResult& job = inputs_.run.jobs[j];
      for (std::size_t c = 0; c < job.cases.size(); ++c) {
        const CaseResult& result = job.cases[c];
        text += fmt::format(
            "<tr data-outcome=\"{}\" data-changed=\"{}\"><td>{}</td><td><a href=\"{}\">{}</a></td><td><a href=\"{}\">{}"
            "</a></td><td class=\"number\">{}</td></tr>\n",
            to_string(result.outcome), find(findings_, key(job.name, result.suite, result.name)) ? "yes" : "no",
            outcome_word(result.outcome), case_file(j, c), html_escaped(result.suite + "/" + result.name), job_file(j),
            html_escaped(job.name), short_time(result.took));
      }
    }
    return text + "</tbody></table></div>\n";
  }

  std::string runs() const {
    if (inputs_.runs.empty()) return {};
    std::string text =
        "<h2>Runs</h2>\n<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Run</th><th scope=\"col\">Start "
        "(UTC)</th><th scope=\"col\" class=\"number\">Passed</th><th scope=\"col\" class=\"number\">Failed</th><th "
        "scope=\"col\" class=\"number\">Errors</th><th scope=\"col\" class=\"number\">Flaky</th><th scope=\"col\">"
        "Remark</th></tr></thead><tbody>\n";
    for (const RunEntry& run : inputs_.runs) {
      text += fmt::format(
          "<tr{}><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>"
          "<td class=\"number\">{}</td><td class=\"number\">{}</td><td>{}</td></tr>\n",
          run.name == inputs_.overview.run.name ? " aria-current=\"true\"" : "", html_escaped(run.name),
          html_escaped(run.timestamp), run.tally.pass, run.tally.fail, run.tally.error, run.tally.flaky,
          html_escaped(remark_on(run)));
    }
    return text + "</tbody></table></div>\n";
  }

  std::string job_page(std::size_t j) const {
    const JobResult& job = inputs_.run.jobs[j];
    const JobRecord& record = inputs_.overview.run.jobs.at(j);
    std::string body = "<h2>Cases</h2>\n<div class=\"scroll\"><table><tbody>\n";
    for (std::size_t c = 0; c < job.cases.size(); ++c) {
      const CaseResult& result = job.cases[c];
      body += fmt::format(
          "<tr><td>{}</td><th scope=\"row\"><a href=\"{}\">{}</a></th><td>{}</td><td class=\"number\">{}"
          "</td></tr>\n",
          outcome_word(result.outcome), case_file(j, c), html_escaped(result.suite + "/" + result.name),
          html_escaped(result.reason), short_time(result.took));
    }
    body += "</tbody></table></div>\n";
    if (std::string svg = waterfall_svg(record); !svg.empty()) body += "<h2>Its boot</h2>\n" + svg;
    body += "<h2>Facts</h2>\n<div class=\"scroll\"><table><tbody>\n";
    for (const auto& [name, value] : record.facts)
      body +=
          fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", html_escaped(name), element("code", value));
    body += "</tbody></table></div>\n";
    return html_page({job.name, body, ""});
  }

  const DriftFinding* drift_of(const MeasurementHistory& history) const {
    for (const DriftFinding& drift : inputs_.overview.drifts)
      if (drift.job == history.job && drift.name == history.name) return &drift;
    return nullptr;
  }

  /// Those that have drifted come first.
  std::string trends() const {
    std::string drifted, others;
    int number = 0;
    for (const MeasurementHistory& history : inputs_.view.measurements) {
      const DriftFinding* drift = drift_of(history);
      (drift ? drifted : others) += trend_section(history, drift, ++number);
    }
    std::string body = drifted + others;
    if (body.empty()) body = "<p>There are no two runs yet to draw a line between.</p>\n";
    return html_page({"Boot times and sizes", body, "trends.html"});
  }

  static std::string trend_section(const MeasurementHistory& history, const DriftFinding* drift, int number) {
    const std::string svg = trend_svg(history, drift ? std::optional(*drift) : std::nullopt, number);
    if (svg.empty()) return {};
    std::string text = fmt::format("<section><h2>{} <span class=\"soft\">{}</span></h2>\n", html_escaped(history.name),
                                   html_escaped(history.job));
    if (drift)
      text += fmt::format("<p><span class=\"word flaky\">{}</span> since {}</p>\n", html_escaped(describe(*drift)),
                          mark_text(drift->since));
    text += svg + "<details><summary>Numbers</summary><table><tbody>\n";
    for (const MeasurementPoint& point : history.points)
      text += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td></tr>\n",
                          html_escaped(point.run), element("code", point.commit), measured(history.name, point.value));
    return text + "</tbody></table></details></section>\n";
  }

  const SiteInputs& inputs_;
  fs::path directory_;
  std::map<std::string, std::string> pages_;
  std::map<std::string, const CaseHistory*> histories_;
  std::map<std::string, const Finding*> findings_;
};

}  // namespace

Result<> write_site(const SiteInputs& inputs, const fs::path& directory) {
  return SiteWriter(inputs, directory).write();
}

}  // namespace bootgate
