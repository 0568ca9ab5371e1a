// describe(Plan): what `bootgate plan` prints for people.
#include <fmt/format.h>

#include <algorithm>

#include "fixtures/kconfig/recipe.hpp"
#include "harness/plan/plan.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

constexpr std::size_t page_width = 80;

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

/// At most `most` characters of valid UTF-8, the last three of them dots when it was more.
std::string cut(std::string text, std::size_t most) {
  if (width(text) <= most) return text;
  while (width(text) > most - 3 || continues_character(text.back()))
    text.pop_back();
  return text + "...";
}

/// The same, but it is the end that is kept: that of a path says more.
std::string cut_front(std::string text, std::size_t most) {
  if (width(text) <= most) return text;
  while (width(text) > most - 3 || continues_character(text.front()))
    text.erase(0, 1);
  return "..." + text;
}

/// Lines of whole words, from the second one on indented.
std::string paragraph(const std::string& text) {
  constexpr std::size_t indent = 2;
  const std::string broken = wrapped(text, page_width - indent, indent);
  std::string lines;
  for (std::string_view line : split(broken, '\n'))
    lines += cut(std::string(line), page_width) + "\n";
  return lines;
}

std::string row(std::string_view label, std::string_view value) {
  return fmt::format("  {:<8} {}\n", label, cut_front(printable(value), page_width - 11));
}

/// The same over several lines: what is said first counts as much as what is said last.
std::string long_row(std::string_view label, std::string_view value) {
  constexpr std::size_t indent = 11;
  const std::string broken = wrapped(printable(value), page_width - indent, indent);
  std::string lines;
  for (std::string_view line : split(broken, '\n'))
    lines += cut(lines.empty() ? fmt::format("  {:<8} {}", label, line) : std::string(line), page_width) + "\n";
  return lines;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string_view during(const Case& the_case) {
  return the_case.during == Case::During::boot ? "boot" : "booted";
}

std::string describe(const Case& the_case) {
  auto line = [](std::string text) { return cut(std::move(text), page_width) + "\n"; };
  std::string text =
      line(fmt::format("  {:<8} {:<20} {}", during(the_case), the_case.name, printable(the_case.description)));
  for (const Requirement& need : the_case.needs)
    text += line(fmt::format("  {:<8} {:<20} needs {}", "", "", printable(need.text)));
  return text;
}

/// "lean+debug, KASAN=y, and for cases LKDTM; LLVM, toolchain auto".
std::string build_text(const KernelRequest& request) {
  std::string text = config_name(request.config);
  for (const std::string& more : request.config.symbols)
    text += ", " + more;
  std::string needs;
  for (const std::string& symbol : request.config.needs)
    needs += (needs.empty() ? ", for cases " : " ") + symbol;
  text += needs;
  if (request.rust_samples) text += ", Rust samples";
  return text + fmt::format("; {}, toolchain {}", request.llvm ? "LLVM" : "GCC", request.toolchain);
}

std::string describe(const Job& job, const PlannedKernel& kernel) {
  const Profile& profile = job.profile;
  std::string text = fmt::format("\n{}\n", cut(job.name, page_width));
  text += row("kernel", job.kernel);
  if (job.builds) text += long_row("config", build_text(kernel.request));
  text += row("rootfs", job.rootfs.text);
  text += row("profile", fmt::format("{}: {}, {} MiB", profile.name,
                                     counted(static_cast<std::size_t>(profile.cpus), "CPU"), profile.memory_mib));
  text += row("accel", to_string(job.accelerator.kind));
  if (!job.skip_reason.empty()) text += long_row("skipped", job.skip_reason);
  text += row("times", fmt::format("x {:.3g}, {} in all", job.time_scale,
                                   format_duration(scaled(job.suite.limit, job.time_scale))));
  if (job.suite.cases.size() < job.seen.all)
    text += row("selected", fmt::format("{} of {}", job.suite.cases.size(), counted(job.seen.all, "case")));
  for (const Case& the_case : job.suite.cases)
    text += describe(the_case);
  if (job.suite.samples) text += row("samples", "a case for each Rust sample that the kernel's tree has");
  return text;
}

/// For a shell, to which a word is not broken: that of -append may leave the page. An option keeps its value beside it.
std::string command_rows(std::span<const std::string> command) {
  std::string text, line = fmt::format("  {:<8}", "qemu");
  for (std::size_t i = 0; i < command.size();) {
    const std::size_t count = i + 1 < command.size() && !command[i + 1].starts_with('-') && i > 0 ? 2 : 1;
    const std::string words = printable(shell_command(command.subspan(i, count)));
    if (width(line) + width(words) + 3 > page_width) {
      text += line + " \\\n";
      line = std::string(10, ' ');
    }
    line += " " + words;
    i += count;
  }
  return text + line + "\n";
}

std::string cases_text(const Plan& plan) {
  std::size_t cases = 0;
  bool samples = false;
  for (const Job& job : plan.jobs) {
    cases += job.suite.cases.size();
    samples = samples || job.suite.samples;
  }
  const std::size_t all_jobs = plan.jobs.size() + plan.left_out.size();
  std::string text = cases == plan.all_cases ? counted(cases, "case")
                                             : fmt::format("{} of {}", cases, counted(plan.all_cases, "case"));
  text += plan.left_out.empty() ? " in " + counted(all_jobs, "job")
                                : fmt::format(" in {} of {}", plan.jobs.size(), counted(all_jobs, "job"));
  return text + (samples ? ", and those of Rust samples" : "");
}

/// What is other than usual in how the plan is gone about.
std::string execution_text(const Execution& execution) {
  std::string text;
  for (const std::string& filter : execution.selection.filters)
    text += long_row("filter", filter);
  if (execution.selection.shards > 1)
    text += row("shard", fmt::format("{} of {}", execution.selection.shard, execution.selection.shards));
  if (execution.isolation == Isolation::boot) text += row("on", "a fresh boot for each case of the booted system");
  if (execution.machines) text += row("at once", counted(static_cast<std::size_t>(*execution.machines), "machine"));
  if (execution.memory_mib) text += row("memory", fmt::format("{} MiB for all machines", *execution.memory_mib));
  if (execution.repeats > 1) text += row("repeat", fmt::format("each case {} times", execution.repeats));
  if (execution.retries > 0)
    text +=
        row("retry", counted(static_cast<std::size_t>(execution.retries), "time") + ", unless there is a crash report");
  if (execution.fail_fast) text += row("end", "at the first failure");
  if (execution.shuffle) text += row("order", fmt::format("by chance, from the seed {}", *execution.shuffle));
  return text;
}

}  // namespace

std::string kernels_text(const Plan& plan) {
  std::string text;
  for (const PlannedKernel& kernel : plan.kernels) {
    const std::string config = is_source(kernel.name) ? config_name(kernel.request.config) : "";
    const bool usual = config.empty() || config == config_name(ConfigRequest{});
    text += (text.empty() ? "" : ", ") + kernel.name.text + (usual ? "" : " (" + config + ")");
  }
  return text;
}

std::string accelerators_text(const Plan& plan) {
  std::vector<Accelerator::Kind> told;
  std::string text;
  auto tell = [&](const Accelerator& accelerator, const std::string& skip_reason) {
    if (std::find(told.begin(), told.end(), accelerator.kind) != told.end()) return;
    told.push_back(accelerator.kind);
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", to_string(accelerator.kind),
                        skip_reason.empty() ? accelerator.reason : "skipped: " + skip_reason);
  };
  for (const Job& job : plan.jobs)
    tell(job.accelerator, job.skip_reason);
  if (told.empty()) tell(plan.host.accelerator, "");
  return text;
}

std::string describe(const Plan& plan, const PlannedCommands& commands) {
  std::string text =
      paragraph(fmt::format("QEMU {}, {}", printable(plan.host.qemu_version), printable(accelerators_text(plan))));
  text += row("plan", cases_text(plan));
  text += execution_text(plan.options.execution);
  for (const std::string& name : plan.excluded)
    text += row("excluded", name);
  for (const std::string& name : plan.left_out)
    text += row("left out", name);
  for (std::size_t i = 0; i < plan.jobs.size(); ++i) {
    text += describe(plan.jobs[i], plan.kernels.at(plan.jobs[i].kernel_index));
    if (!commands.empty()) text += command_rows(commands.at(i));
  }
  return text;
}

}  // namespace bootgate
