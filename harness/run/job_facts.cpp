#include "harness/run/job_facts.hpp"

#include <fmt/format.h>
#include <sys/sysinfo.h>

#include <cstdlib>

namespace bootgate {

Facts facts_of(const Guest& guest) {
  Facts facts;
  auto phase = [&](const char* name, const std::optional<Duration>& at) {
    if (at) facts.emplace_back(name, format_seconds(*at));
  };
  phase("time.first_byte", guest.phases().first_byte);
  phase("time.kernel", guest.phases().kernel);
  phase("time.init", guest.phases().init);
  phase("time.login", guest.phases().login);
  facts.emplace_back("console.bytes", std::to_string(guest.console().bytes()));
  return facts;
}

Facts facts_of(const JobInputs& inputs, const Boot& boot) {
  const KernelImage& kernel = inputs.files.kernel;
  const Job& job = inputs.job;
  Facts facts{{"kernel.release", kernel.release},
              {"kernel.version", kernel.version},
              {"kernel.origin", kernel.origin},
              {"kernel.file", kernel.image.string()},
              {"kernel.sha256", kernel.sha256}};
  facts.insert(facts.end(), inputs.files.facts.begin(), inputs.files.facts.end());
  auto fact = [&](std::string name, std::string value) { facts.emplace_back(std::move(name), std::move(value)); };
  if (inputs.files.initramfs) fact("initramfs.sha256", inputs.files.initramfs->sha256);
  fact("qemu.version", inputs.plan.host.qemu_version);
  fact("accelerator", std::string(to_string(job.accelerator.kind)));
  fact("accelerator.reason", job.accelerator.reason);
  fact("profile", job.profile.name);
  fact("machine", fmt::format("{}, {} CPU, {} MiB", job.profile.machine, job.profile.cpus, job.profile.memory_mib));
  fact("kernel.command_line", boot.spec().kernel_command_line);
  fact("nonce", boot.nonce());
  fact("time_scale", fmt::format("{}", job.time_scale));
  double load = 0;
  if (::getloadavg(&load, 1) == 1) fact("host.load", fmt::format("{:.2f}", load));
  fact("host.cpus", std::to_string(::get_nprocs()));
  return facts;
}

}  // namespace bootgate
