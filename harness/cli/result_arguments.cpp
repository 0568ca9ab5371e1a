#include "harness/cli/result_arguments.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "reports/kcidb.hpp"

namespace bootgate {
namespace {

constexpr std::size_t column = 30;

void declare_places(CLI::App& app, fs::path& out, std::optional<fs::path>& history) {
  app.add_option("--out", out, "Where runs are kept (default: bootgate-out)")->option_text("DIR");
  app.add_option("--history", history, "A history.db, as bootgate nightly makes one")->option_text("FILE");
}

void declare_reports(CLI::App& app, ReportRequest& reports) {
  app.add_option("--markdown", reports.markdown, "For a merge request or a chat")->option_text("FILE");
  app.add_option("--mail", reports.mail, "A subject, and plain text")->option_text("FILE");
  app.add_option("--json", reports.json, "All that is known of the run")->option_text("FILE");
  app.add_option("--kcidb", reports.kcidb, "KernelCI's format, version 5")->option_text("FILE");
  app.add_option("--kcidb-origin", reports.kcidb_origin, "The CI system in there (default: bootgate)")
      ->check([](const std::string& text) {
        return is_kcidb_origin(text) ? std::string() : "want lower-case letters, digits and _, and not '" + text + "'";
      })
      ->option_text("NAME");
}

}  // namespace

void declare_compare(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("compare", "What became of each case between two runs");
  auto compare = std::make_shared<CompareArguments>();
  command->get_formatter()->column_width(column);
  command->add_option("before", compare->before, "A run: see below")->required()->option_text("BEFORE");
  command->add_option("after", compare->after, "Another one")->required()->option_text("AFTER");
  declare_places(*command, compare->out, compare->history);
  command->add_flag("--json", compare->json, "For programs");
  command->footer(
      "A run is a directory below bootgate-out (or latest), a path of one, a JUnit\n"
      "file of ours or of another tool, or a run of the history.\n"
      "Exit status: 0 nothing got worse, 1 something did, 2 usage, 3 the test bench\n"
      "failed in one of them, or one was cut off, so that some case can't be told.");
  command->callback([compare, &chosen] { chosen = *compare; });
}

void declare_history(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("history", "What became of a case from run to run");
  auto history = std::make_shared<HistoryArguments>();
  command->get_formatter()->column_width(column);
  command->add_option("case", history->case_name, "CASE, SUITE/CASE, JOB/CASE (default: all runs)")
      ->option_text("CASE");
  command->add_option("--history", history->history, "The database (default: nights/history.db)")->option_text("FILE");
  command->add_option("--last", history->last, "Look at the newest N runs (default: 60)")
      ->check(CLI::Range(1, 100'000))
      ->option_text("N");
  command->add_flag("--json", history->json, "For programs");
  CLI::App* import = command->add_subcommand("import", "Record earlier runs, also of other tools");
  import->add_option("run", history->imported, "Directories of runs, and JUnit files")
      ->required()
      ->option_text("RUN...");
  import->add_option("--history", history->history, "The database (default: nights/history.db)")->option_text("FILE");
  import->footer(
      "What is recorded again takes the place of what there was, but for a part of a\n"
      "night that goes on. Where its name is taken, by a night of another directory or\n"
      "by a run of another time or place, it is named by its path. Only nights are a\n"
      "base for other nights: a replay is none.");
  command->callback([history, &chosen] { chosen = *history; });
}

void declare_report(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("report", "Write a run down: HTML, Markdown, mail, JSON, KCIDB");
  auto report = std::make_shared<ReportArguments>();
  command->get_formatter()->column_width(column);
  command->add_option("run", report->run, "See bootgate compare --help (default: latest)")->option_text("RUN");
  declare_places(*command, report->out, report->history);
  command->add_option("--html", report->reports.html, "A directory of pages; open its index.html")->option_text("DIR");
  declare_reports(*command, report->reports);
  command->callback([report, &chosen] { chosen = *report; });
}

void declare_nightly(CLI::App& program, Arguments& chosen) {
  CLI::App* command = program.add_subcommand("nightly", "Run a plan, record it, and say what changed");
  auto nightly = std::make_shared<NightlyArguments>();
  command->get_formatter()->column_width(column);
  command->add_option("plan", nightly->plan, "A run file: suites/README.md has its keys")
      ->required()
      ->option_text("PLAN.toml");
  command->add_option("--out", nightly->out, "Of nights and their history.db (default: nights)")->option_text("DIR");
  command->add_flag("--dry-run", nightly->dry_run, "Say what would be run and removed, and do nothing");
  command->add_option("-j,--jobs", nightly->machines, "Machines at once (default: as CPUs allow)")
      ->check(CLI::Range(1, 1024))
      ->option_text("N");
  command->add_option("--qemu", nightly->qemu, "(default: qemu-system-x86_64)")->option_text("PROGRAM");
  declare_reports(*command, nightly->reports);
  command->add_flag("-q,--quiet", nightly->quiet, "Show only what failed, and the summary");
  command->footer(
      "A night that was cut off less than 30 hours ago goes on where it stopped. What\n"
      "can't be fetched is an error of its jobs; the others are run.\n"
      "Exit status: that of bootgate run, for the whole night.");
  command->callback([nightly, &chosen] { chosen = *nightly; });
}

}  // namespace bootgate
