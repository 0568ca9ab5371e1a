#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/commands.hpp"
#include "harness/cli/doctor.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/signals.hpp"

namespace bootgate {

int doctor_command() {
  std::stop_source stop;
  stop_on_signals(stop);
  EmitEvent show = [](const Event& event) {
    if (const auto* progress = std::get_if<Progress>(&event)) fmt::print(stderr, "{}\n", progress->what);
  };
  DoctorQuestions questions;
  if (auto store = Store::open()) {
    questions.store = store->root();
    auto host = probe_host({}, *store, show, stop.get_token());
    if (host) questions.accelerator = host->accelerator;
    if (!host && host.error().kind == Error::Kind::interrupted) return exit_code(Error::Kind::interrupted);
  } else {
    return print_errors({store.error()});
  }
  auto checks = examine_host(questions);
  fmt::print("{}", describe(checks));
  return exit_code(checks);
}

}  // namespace bootgate
