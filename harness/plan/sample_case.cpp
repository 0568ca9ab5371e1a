#include "harness/plan/sample_case.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "expectations/rust/rust_source.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

class CaseBuilder {
 public:
  CaseBuilder(const RustSample& sample, const std::string& source_text) : sample_(sample), source_text_(source_text) {
    case_.name = sample_case_name(sample.module);
  }

  Case described(const SampleExpectation& expectation, SampleState state) {
    case_.description = expectation.description.empty() ? sample_.title : expectation.description;
    case_.needs = expectation.needs;
    case_.at = {expectation.file.string(), 1, 1};
    if (state == SampleState::built_in) {
      add_built_in(expectation.load);
      return finish_built_in();
    }
    add(expectation.before);
    add_load();
    add(expectation.load);
    add_live();
    add(expectation.poke);
    if (expectation.unload_allowed) {
      add_unload();
      add(expectation.unload);
    }
    return std::move(case_);
  }

  Case derived(SampleState state) {
    case_.description = fmt::format("{} (derived from its source)", sample_.title.empty() ? case_.name : sample_.title);
    case_.at = {sample_.sources.empty() ? std::string() : sample_.sources.front().string(), 0, 0};
    const RustSource source = read_rust_source(source_text_);
    if (state == SampleState::built_in) {
      add(source.init, sample_within);
      return finish_built_in();
    }
    add_load();
    add(source.init, sample_line_within);
    add_live();
    add_unload();
    add(source.exit, sample_line_within);
    return std::move(case_);
  }

 private:
  bool counts(const SampleStep& step) const {
    auto has = [&](const std::string& text) { return source_text_.find(text) != std::string::npos; };
    return (step.if_source.empty() || has(step.if_source)) && (step.unless_source.empty() || !has(step.unless_source));
  }

  void add(const std::vector<SampleStep>& steps) {
    for (const SampleStep& step : steps)
      if (counts(step)) case_.steps.push_back(step.step);
  }

  void add_built_in(const std::vector<SampleStep>& steps) {
    for (const SampleStep& step : steps) {
      if (!step.when_built_in || !counts(step)) continue;
      case_.steps.push_back(step.step);
      if (step.built_in) case_.steps.back().what = Expect{*step.built_in};
      case_.steps.back().within = std::max(step.step.within, sample_within);  // it awaits the boot
    }
  }

  void add(const std::vector<PrintedLine>& lines, Duration within) {
    for (const PrintedLine& line : lines) {
      if (!line.certain || line.deferred) continue;
      SourcePos at{case_.at.file, line.line, 1};
      case_.steps.push_back({Expect{{line.pattern, true, at}}, within, at});
    }
  }

  void add_run(std::string command) {
    RunCommand run;
    run.command = std::move(command);
    case_.steps.push_back({std::move(run), sample_within, case_.at});
  }

  void add_load() { add_run(fmt::format("modprobe {}", shell_quoted(sample_.module))); }

  /// Not Loading, and not on its way out (Documentation/filesystems/proc.rst).
  void add_live() {
    add_run(fmt::format("grep -q {} /proc/modules", shell_quoted(fmt::format("^{} .* Live ", sample_.module))));
  }

  void add_unload() {
    add_run(fmt::format("rmmod {}", shell_quoted(sample_.module)));
    add_run(fmt::format("! grep -q {} /proc/modules", shell_quoted(fmt::format("^{} ", sample_.module))));
  }

  /// What a sample printed in the boot is seen only by a case of the boot.
  Case finish_built_in() {
    bool expects = std::any_of(case_.steps.begin(), case_.steps.end(),
                               [](const Step& step) { return std::holds_alternative<Expect>(step.what); });
    case_.during = expects ? Case::During::boot : Case::During::booted;
    return std::move(case_);
  }

  const RustSample& sample_;
  const std::string& source_text_;
  Case case_;
};

}  // namespace

std::string sample_case_name(std::string module) {
  for (char& c : module) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!is_name(std::string(1, c)) && c != '.' && c != '-') c = '_';
  }
  return module;
}

Case sample_case(const RustSample& sample, const SampleExpectation* expectation, const std::string& source_text,
                 SampleState state) {
  CaseBuilder builder(sample, source_text);
  return expectation ? builder.described(*expectation, state) : builder.derived(state);
}

}  // namespace bootgate
