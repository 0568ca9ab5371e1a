// The commands. Each returns the exit status.
#pragma once

#include "harness/cli/arguments.hpp"

namespace bootgate {

int run_command(const RunArguments& arguments);
int plan_command(const PlanArguments& arguments);
int build_command(const BuildArguments& arguments);
int scan_command(const ScanArguments& arguments);
int check_command(const CheckArguments& arguments);
int doctor_command();
int shell_command(const ShellArguments& arguments);
int ssh_command(const SshArguments& arguments);
int gdb_command(const GdbArguments& arguments);
int replay_command(const ReplayArguments& arguments);
int exec_command(const ExecArguments& arguments);
int gate_command(const GateArguments& arguments);
int bisect_command(const BisectArguments& arguments);
int compare_command(const CompareArguments& arguments);
int history_command(const HistoryArguments& arguments);
int report_command(const ReportArguments& arguments);
int nightly_command(const NightlyArguments& arguments);

}  // namespace bootgate
