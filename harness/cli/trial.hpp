// Trial: how commits of one tree are tried: built, and run through suites. What `gate` and `bisect` are made of.
#pragma once

#include "harness/cli/request.hpp"
#include "harness/gate/gate.hpp"
#include "harness/run/run.hpp"

namespace bootgate {

/// How far it is: a line on standard error.
void say(const std::string& what);

class Trial {
 public:
  /// Reads the definitions and probes the host. `tree`: a git work tree, or a repository. `limits`: of builds of what
  /// is no base. What fails without a crash report is tried again: `arguments` say how often.
  static tl::expected<Trial, std::vector<Error>> prepare(RunArguments arguments, const fs::path& tree,
                                                         const std::vector<std::string>& suites,
                                                         const std::optional<BuildLimits>& limits, const Store& store,
                                                         std::stop_token stop);

  Result<Plan> plan(const TrialRequest& request) const;
  RunResult run(const Plan& plan, const std::string& what, const fs::path& directory) const;
  /// The same, without a word.
  RunResult run_unseen(const Plan& plan, const fs::path& directory) const;
  /// Builds the plan's kernels, and boots nothing. What of them does not compile, and was left out.
  Result<LeftOut> build(const Plan& plan, const std::string& what) const;

  /// All that a result depends on besides the commit and a toolchain of our own making: definitions, options, QEMU, the
  /// host's compilers, and bootgate itself.
  const std::string& conditions() const { return conditions_; }

 private:
  Trial(Request request, HostFacts host, std::string name, const std::optional<BuildLimits>& limits, const Store& store,
        std::stop_token stop);

  Request request_;
  HostFacts host_;
  std::string tree_;  // what stands for its kernels in names
  std::optional<BuildLimits> limits_;
  const Store& store_;
  std::stop_token stop_;
  std::string conditions_;
};

}  // namespace bootgate
