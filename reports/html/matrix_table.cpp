#include "reports/html/matrix_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "harness/support/text.hpp"
#include "reports/html/markup.hpp"

namespace bootgate {
namespace {

/// The parts of a job's name, SUITE-KERNEL-[CONFIG-]ROOTFS-PROFILE-ACCELERATOR: see Job. Another tool's is all kernel.
struct Place {
  std::string suite;
  std::string kernel;
  std::string rest;
};

Place place_of(const std::string& job) {
  const std::vector<std::string_view> parts = split(job, '-');
  if (parts.size() < 5) return {"all", job, job};
  const bool has_config = parts.size() > 5;
  Place place{std::string(parts[0]), std::string(parts[1]), {}};
  if (has_config) place.kernel += " " + std::string(parts[2]);
  for (std::size_t i = has_config ? 3 : 2; i < parts.size(); ++i)
    place.rest += (place.rest.empty() ? "" : " ") + std::string(parts[i]);
  return place;
}

std::string cell_text(const JobResult& job, const std::string& page, const std::string& rest) {
  const Tally tally = count(job);
  const int judged = tally.pass + tally.flaky + tally.fail + tally.known;
  std::string word = "pass", text = fmt::format("{} passed", tally.pass + tally.flaky);
  if (judged == 0) word = "not_run", text = "nothing judged";
  if (tally.flaky > 0) word = "flaky", text += fmt::format(", {} flaky", tally.flaky);
  if (tally.error > 0) word = "error", text = fmt::format("{} in error", tally.error);
  if (tally.fail > 0) word = "fail", text = fmt::format("{} of {} failed", tally.fail, tally.total());
  return fmt::format("<p><a class=\"word {}\" href=\"{}\">{}</a> <span class=\"soft\">{}</span></p>", word, page, text,
                     html_escaped(rest));
}

}  // namespace

std::string matrix_table(const RunResult& run, const std::function<std::string(std::size_t)>& page) {
  std::vector<std::string> suites, kernels;
  std::map<std::pair<std::string, std::string>, std::string> cells;
  auto note = [](std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (std::size_t i = 0; i < run.jobs.size(); ++i) {
    const Place place = place_of(run.jobs[i].name);
    note(suites, place.suite);
    note(kernels, place.kernel);
    cells[{place.kernel, place.suite}] += cell_text(run.jobs[i], page(i), place.rest);
  }
  std::string text = "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Kernel</th>";
  for (const std::string& suite : suites)
    text += fmt::format("<th scope=\"col\">{}</th>", html_escaped(suite));
  text += "</tr></thead><tbody>\n";
  for (const std::string& kernel : kernels) {
    text += fmt::format("<tr><th scope=\"row\">{}</th>", html_escaped(kernel));
    for (const std::string& suite : suites) {
      auto cell = cells.find({kernel, suite});
      text += fmt::format("<td>{}</td>", cell == cells.end() ? "" : cell->second);
    }
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

}  // namespace bootgate
