#include <fmt/format.h>
#include <unistd.h>

#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/stored_run.hpp"
#include "reports/overview_text.hpp"
#include "reports/terminal.hpp"

namespace bootgate {

int compare_command(const CompareArguments& arguments) {
  auto history = open_named_history(arguments.history);
  if (!history) return print_errors({history.error()});
  const History* const known = *history ? &**history : nullptr;
  auto before = find_stored_run(arguments.before, arguments.out, known);
  if (!before) return print_errors({before.error()});
  auto after = find_stored_run(arguments.after, arguments.out, known);
  if (!after) return print_errors({after.error()});
  const Overview overview = make_overview(before->record, std::move(after->record));
  if (arguments.json)
    fmt::print("{}\n", dump_json(to_json(overview), true));
  else
    fmt::print("{}", overview_text(overview, terminal_options(STDOUT_FILENO, false).colour));
  return comparison_status(before->record, overview);
}

}  // namespace bootgate
