#include "harness/plan/read_sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "harness/plan/read_step.hpp"
#include "harness/plan/requirement.hpp"
#include "harness/support/text.hpp"
#include "harness/support/toml.hpp"

namespace bootgate {
namespace {

class SampleReader {
 public:
  SampleReader(TomlTable root, std::vector<Error>& warnings) : root_(std::move(root)), warnings_(warnings) {}

  SampleExpectation read(const fs::path& file) {
    SampleExpectation sample;
    sample.file = file;
    sample.module = root_.required_string("module");
    sample.source = root_.required_string("source");
    sample.description = root_.string("description").value_or("");
    sample.unload_allowed = root_.boolean("can-unload").value_or(true);
    read_needs(sample);
    sample.before = read_steps("before", false);
    sample.load = read_steps("load", true);
    sample.poke = read_steps("poke", false);
    sample.unload = read_steps("unload", false);
    if (!sample.unload_allowed && !sample.unload.empty())
      root_.note("a module that is not unloaded has no steps behind it", root_.key_at("unload"),
                 "leave out 'unload' or 'can-unload'");
    root_.finish();
    return sample;
  }

 private:
  void read_needs(SampleExpectation& sample) {
    for (TomlString& need : root_.placed_strings("requires")) {
      if (auto requirement = parse_requirement(need.text, need.at))
        sample.needs.push_back(std::move(*requirement));
      else
        root_.note(fmt::format("'{}' is no requirement", printable(need.text)), need.at,
                   "write config:X (without CONFIG_), config:X=y, kvm, tcg, kernel>=6.12 or qemu>=8");
    }
  }

  std::vector<SampleStep> read_steps(std::string_view key, bool loading) {
    std::vector<SampleStep> steps;
    for (TomlTable& row : root_.tables(key))
      if (auto step = read_sample_step(row, loading)) steps.push_back(std::move(*step));
    return steps;
  }

  std::optional<SampleStep> read_sample_step(TomlTable& row, bool loading) {
    std::vector<std::string> beside = {"if-source", "unless-source"};
    if (loading) beside.emplace_back("built-in");
    const bool line = row.has("expect") || row.has("expect-regex");
    auto step = read_step(row, line ? sample_line_within : sample_within, warnings_, beside);
    SampleStep sample_step;
    sample_step.if_source = read_source_text(row, "if-source");
    sample_step.unless_source = read_source_text(row, "unless-source");
    if (!step) return std::nullopt;
    sample_step.step = std::move(*step);
    if (std::holds_alternative<Power>(sample_step.step.what))
      row.note("a sample's steps don't end the machine", row.key_at("power"), "leave it to a case of its own");
    // What a command finds depends on the shell and on mounts; what was printed in the boot doesn't.
    sample_step.when_built_in = loading && std::holds_alternative<Expect>(sample_step.step.what);
    if (loading && row.has("built-in")) read_built_in(row, sample_step);
    return sample_step;
  }

  std::string read_source_text(TomlTable& row, std::string_view key) {
    auto text = row.string(key);
    if (text && text->empty()) row.note(fmt::format("'{}' is empty", key), row.at(key));
    return text.value_or("");
  }

  /// A text that is expected instead, or whether the step counts.
  static void read_built_in(TomlTable& row, SampleStep& step) {
    if (!row.is_string("built-in")) {
      step.when_built_in = row.boolean("built-in").value_or(step.when_built_in);
      return;
    }
    const auto* expect = std::get_if<Expect>(&step.step.what);
    if (!expect)
      row.note("a text of 'built-in' goes with expect and expect-regex only", row.at("built-in"),
               "write true or false");
    step.built_in = read_pattern(row, "built-in", expect && expect->pattern.regex);
  }

  TomlTable root_;
  std::vector<Error>& warnings_;
};

}  // namespace

SampleReading read_sample(const fs::path& file) {
  SampleReading reading;
  auto document = TomlDocument::read(file);
  if (!document) {
    reading.errors.push_back(document.error());
    return reading;
  }
  reading.expectations.push_back(SampleReader(document->root(), reading.warnings).read(file));
  reading.errors = document->errors();
  return reading;
}

SampleReading read_samples(const fs::path& directory) {
  SampleReading all;
  std::vector<fs::path> files;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(directory, failure))
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty())
    all.errors.push_back(
        {Error::Kind::bench, fmt::format("no samples' expectations in {}", directory.string()), {}, {}});
  for (const fs::path& file : files) {
    SampleReading one = read_sample(file);
    std::move(one.expectations.begin(), one.expectations.end(), std::back_inserter(all.expectations));
    std::move(one.errors.begin(), one.errors.end(), std::back_inserter(all.errors));
    std::move(one.warnings.begin(), one.warnings.end(), std::back_inserter(all.warnings));
  }
  return all;
}

const SampleExpectation* find_expectation(const std::vector<SampleExpectation>& expectations, std::string_view module,
                                          std::string_view source_text) {
  auto found = std::find_if(expectations.begin(), expectations.end(), [&](const SampleExpectation& expectation) {
    return expectation.module == module && source_text.find(expectation.source) != std::string_view::npos;
  });
  return found == expectations.end() ? nullptr : &*found;
}

}  // namespace bootgate
