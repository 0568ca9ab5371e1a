#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/request.hpp"
#include "harness/cli/signals.hpp"
#include "harness/run/job_machine.hpp"

namespace bootgate {

int plan_command(const PlanArguments& arguments) {
  Request request = read_request(arguments.run);
  if (!request.definitions.errors.empty()) return print_errors(request.definitions.errors);
  print_warnings(request.warnings);
  std::stop_source stop;
  stop_on_signals(stop);
  auto store = Store::open();
  if (!store) return print_errors({store.error()});
  EmitEvent show = [](const Event& event) {
    if (const auto* progress = std::get_if<Progress>(&event)) fmt::print(stderr, "{}\n", progress->what);
  };
  auto host = probe_host(request.arguments, *store, show, stop.get_token());
  if (!host) return print_errors({host.error()});
  auto plan = plan_request(request, *host);
  if (!plan) return print_errors({plan.error()});
  PlannedCommands commands;
  for (const Job& job : plan->jobs)
    commands.push_back(planned_command(*plan, job));
  fmt::print("{}", arguments.json ? dump_json(to_json(*plan, commands), true) + "\n" : describe(*plan, commands));
  return 0;
}

}  // namespace bootgate
