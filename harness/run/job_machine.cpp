#include "harness/run/job_machine.hpp"

#include <algorithm>

namespace bootgate {
namespace {

bool reboots(const Step& step) {
  const auto* power = std::get_if<Power>(&step.what);
  return power && power->action == Power::Action::reboot;
}

bool some_case_reboots(const Suite& suite) {
  return std::any_of(suite.cases.begin(), suite.cases.end(), [](const Case& the_case) {
    return std::any_of(the_case.steps.begin(), the_case.steps.end(), reboots);
  });
}

}  // namespace

MachineSpec job_machine(const Plan& plan, const Job& job, const BootFiles& files, const std::string& nonce) {
  MachineSpec spec;
  spec.qemu = plan.host.qemu;
  spec.profile = job.profile;
  spec.accelerator = job.accelerator.kind;
  spec.kernel = files.kernel.image;
  if (files.initramfs) spec.initramfs = files.initramfs->file;
  spec.acpi_tables = files.acpi_tables;
  std::vector<std::string> parameters = files.parameters;
  parameters.insert(parameters.end(), plan.options.append.begin(), plan.options.append.end());
  spec.kernel_command_line = kernel_command_line({nonce, job.time_scale, std::move(parameters)});
  spec.reboots = some_case_reboots(job.suite);
  spec.extra_arguments = plan.options.qemu_arguments;
  return spec;
}

std::vector<std::string> planned_command(const Plan& plan, const Job& job) {
  BootFiles files;
  files.kernel.image = "KERNEL";
  if (!is_image(job.rootfs) || !plan.options.no_initramfs) files.initramfs.emplace().file = "INITRAMFS";
  for (const std::string& table : job.profile.acpi_tables)
    files.acpi_tables.push_back(fs::path(table).replace_extension("aml").filename());
  files.parameters = root_parameters(job, plan.options);
  std::vector<DiskFile> disks;
  if (is_image(job.rootfs)) disks.push_back({"IMAGE", "qcow2", job.profile.drive});
  for (std::size_t i = 0; i < job.profile.disks_mib.size(); ++i)
    disks.push_back({"DISK", "raw", "virtio-blk-pci"});
  return replay_argv(job_machine(plan, job, files, "NONCE"), disks);
}

}  // namespace bootgate
