#include <fmt/format.h>
#include <unistd.h>

#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/report_files.hpp"
#include "reports/overview_text.hpp"
#include "reports/terminal.hpp"

namespace bootgate {

int report_command(const ReportArguments& arguments) {
  auto history = open_named_history(arguments.history);
  if (!history) return print_errors({history.error()});
  const History* const seen_with = *history ? &**history : nullptr;
  auto run = find_stored_run(arguments.run, arguments.out, seen_with);
  if (!run) return print_errors({run.error()});
  auto seen = look_at(std::move(*run), seen_with);
  if (!seen) return print_errors({seen.error()});
  if (auto written = write_reports(*seen, arguments.reports); !written) return print_errors({written.error()});
  fmt::print("{}", overview_text(seen->overview, terminal_options(STDOUT_FILENO, false).colour));
  if (arguments.reports.html) fmt::print("\nreport    {}\n", (*arguments.reports.html / "index.html").string());
  return 0;
}

}  // namespace bootgate
