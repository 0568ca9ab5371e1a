#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/commands.hpp"
#include "harness/support/fd.hpp"

namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace

int main(int argc, char** argv) {
  using namespace bootgate;
  open_standard_files();
  return std::visit(Overloaded{
                        [](const RunArguments& arguments) { return run_command(arguments); },
                        [](const PlanArguments& arguments) { return plan_command(arguments); },
                        [](const BuildArguments& arguments) { return build_command(arguments); },
                        [](const ScanArguments& arguments) { return scan_command(arguments); },
                        [](const CheckArguments& arguments) { return check_command(arguments); },
                        [](const DoctorArguments&) { return doctor_command(); },
                        [](const ShellArguments& arguments) { return shell_command(arguments); },
                        [](const SshArguments& arguments) { return ssh_command(arguments); },
                        [](const GdbArguments& arguments) { return gdb_command(arguments); },
                        [](const ReplayArguments& arguments) { return replay_command(arguments); },
                        [](const ExecArguments& arguments) { return exec_command(arguments); },
                        [](const GateArguments& arguments) { return gate_command(arguments); },
                        [](const BisectArguments& arguments) { return bisect_command(arguments); },
                        [](const CompareArguments& arguments) { return compare_command(arguments); },
                        [](const HistoryArguments& arguments) { return history_command(arguments); },
                        [](const ReportArguments& arguments) { return report_command(arguments); },
                        [](const NightlyArguments& arguments) { return nightly_command(arguments); },
                        [](const EndArguments& end) {
                          fmt::print(end.status == 0 ? stdout : stderr, "{}", end.text);
                          return end.status;
                        },
                    },
                    parse_arguments(argc, argv));
}
