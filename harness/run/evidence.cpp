#include "harness/run/evidence.hpp"

#include <fmt/format.h>

#include "harness/support/json.hpp"
#include "harness/support/text.hpp"

namespace bootgate {

Result<> write_replay(const EvidenceFiles& files, const MachineSpec& spec, const std::optional<fs::path>& image) {
  std::string script =
      "#!/bin/sh\n"
      "# Boots the same kernel, initramfs and machine on this terminal. Ctrl-A X ends QEMU.\n";
  std::vector<DiskFile> disks;
  if (image) {
    disks.push_back({fs::absolute(files.directory / "replay-disk.qcow2"), "qcow2", spec.profile.drive});
    const std::vector<std::string> make{
        "qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image->string(), disks.back().file.string()};
    script += shell_command(make) + "\n";
  }
  for (std::size_t i = 0; i < spec.profile.disks_mib.size(); ++i) {
    disks.push_back({fs::absolute(files.directory / fmt::format("replay-disk{}.raw", i)), "raw", "virtio-blk-pci"});
    const std::vector<std::string> make{"truncate", "-s", fmt::format("{}M", spec.profile.disks_mib[i]),
                                        disks.back().file.string()};
    script += shell_command(make) + "\n";
  }
  script += "exec " + shell_command(replay_argv(spec, disks)) + " \"$@\"\n";
  if (auto written = write_file_atomically(files.replay(), script); !written) return written;
  std::error_code failure;
  fs::permissions(files.replay(), fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                  fs::perm_options::add, failure);
  if (failure)
    return bench_error(fmt::format("can't make {} executable: {}", files.replay().string(), failure.message()));
  return {};
}

namespace {

std::string report_text(const CrashReport& report, const CaseResult& the_case) {
  std::string text = fmt::format("{}\nin {}/{}\n\n", report.title, the_case.suite, the_case.name);
  if (!report.known.empty()) text += fmt::format("known issue: {}\n\n", report.known);
  if (!report.expired.empty()) text += fmt::format("a known issue that has expired: {}\n\n", report.expired);
  if (!report.undecoded.empty()) text += fmt::format("not decoded: {}\n\n", report.undecoded);
  for (const std::string& line : report.lines)
    text += printable(line) + "\n";
  if (!report.decoded.empty()) text += "\nDecoded:\n\n";
  for (const std::string& line : report.decoded)
    text += printable(line) + "\n";
  return text;
}

/// Those of earlier attempts as well.
std::vector<const CrashReport*> reports_of(const CaseResult& the_case) {
  std::vector<const CrashReport*> reports;
  for (const CaseResult& attempt : the_case.earlier)
    for (const CrashReport& report : attempt.reports)
      reports.push_back(&report);
  for (const CrashReport& report : the_case.reports)
    reports.push_back(&report);
  return reports;
}

}  // namespace

Result<> write_findings(const EvidenceFiles& files, const JobResult& result) {
  int number = 0;
  for (const CaseResult& the_case : result.cases) {
    for (const CrashReport* report : reports_of(the_case)) {
      const fs::path file = files.directory / fmt::format("crash-{}.txt", ++number);
      if (auto written = write_file_atomically(file, report_text(*report, the_case)); !written) return written;
    }
  }
  Json::Object facts;
  for (const auto& [name, value] : result.facts)
    facts.emplace_back(name, value);
  return write_file_atomically(files.directory / "facts.json", dump_json(facts, true) + "\n");
}

}  // namespace bootgate
