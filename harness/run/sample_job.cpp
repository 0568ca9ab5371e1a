#include "harness/run/sample_job.hpp"

#include <fmt/format.h>

#include "fixtures/kconfig_tree.hpp"
#include "fixtures/rust_samples.hpp"
#include "harness/plan/sample_case.hpp"

namespace bootgate {
namespace {

using Config = std::map<std::string, std::string>;

/// A single line in the report that says why there are no others.
Suite without_samples(Suite suite, std::string reason) {
  Case none;
  none.name = "samples";
  none.own_machine = true;
  none.skip_reason = std::move(reason);
  suite.cases.push_back(std::move(none));
  return suite;
}

Case named_case(const RustSample& sample) {
  Case the_case;
  the_case.name = sample.module.empty() ? sample.symbol : sample.module;
  // Names of cases are in small letters.
  for (char& c : the_case.name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  the_case.description = sample.title;
  return the_case;
}

Case skipped_case(const RustSample& sample, std::string reason) {
  Case the_case = named_case(sample);
  the_case.skip_reason = std::move(reason);
  return the_case;
}

Case broken_case(const RustSample& sample, std::string error) {
  Case the_case = named_case(sample);
  the_case.broken_reason = std::move(error);
  return the_case;
}

/// Why the kernel doesn't have it.
std::string explain(const std::string& symbol, const char* wanted, const fs::path& tree, const Config& config) {
  auto kconfig = KconfigTree::read(tree);
  return kconfig ? kconfig->explain(symbol, wanted, config) : one_line(kconfig.error());
}

std::string why_no_rust(const KernelImage& kernel, const Config& config) {
  auto left_out = kernel.left_out.find("RUST");
  return left_out != kernel.left_out.end() ? left_out->second : explain("RUST", "y", *kernel.tree, config);
}

Case judged_case(const RustSample& sample, const std::vector<SampleExpectation>& expectations, bool built_in) {
  auto text = read_rust_text(sample);
  if (!text) return broken_case(sample, one_line(text.error()));
  const SampleExpectation* expectation = find_expectation(expectations, sample.module, *text);
  Case the_case = sample_case(sample, expectation, *text, built_in ? SampleState::built_in : SampleState::module);
  if (the_case.steps.empty()) return skipped_case(sample, "it is built in, and its source tells of no line at boot");
  if (!expectation) the_case.note = "derived from its source";
  if (!built_in) the_case.modules = {sample.module};
  the_case.during = Case::During::booted;
  the_case.from_boot = built_in;
  return the_case;
}

}  // namespace

Suite with_samples(Suite suite, const KernelImage& kernel, const std::vector<SampleExpectation>& expectations) {
  if (!kernel.tree) return without_samples(std::move(suite), "the tree that this kernel was built from is not known");
  auto config = kernel.config ? read_kernel_config(*kernel.config) : usage_error("its configuration is not known");
  if (!config) return without_samples(std::move(suite), one_line(config.error()));
  if (auto rust = config->find("RUST"); rust == config->end() || rust->second != "y")
    return without_samples(std::move(suite), "this kernel has no Rust: " + why_no_rust(kernel, *config));
  auto samples = find_rust_samples(*kernel.tree);
  if (!samples) return without_samples(std::move(suite), one_line(samples.error()));
  if (samples->empty()) return without_samples(std::move(suite), "its tree has no samples/rust");
  for (const RustSample& sample : *samples) {
    auto set = config->find(sample.symbol);
    auto left_out = kernel.left_out.find(sample.symbol);
    Case the_case = sample.host_program       ? skipped_case(sample, "it runs on the build host, not in a guest")
                    : sample.broken           ? skipped_case(sample, "the tree marks it BROKEN")
                    : !sample.trouble.empty() ? broken_case(sample, sample.trouble)
                    : left_out != kernel.left_out.end() ? broken_case(sample, left_out->second)
                    : set == config->end() ? skipped_case(sample, explain(sample.symbol, "m", *kernel.tree, *config))
                                           : judged_case(sample, expectations, set->second == "y");
    the_case.own_machine = true;
    suite.cases.push_back(std::move(the_case));
  }
  return suite;
}

}  // namespace bootgate
