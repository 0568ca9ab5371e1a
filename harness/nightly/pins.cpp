#include "harness/nightly/pins.hpp"

#include "fixtures/source/own_repository.hpp"

namespace bootgate {

Pins look_up_pins(const std::vector<KernelName>& kernels, std::stop_token stop,
                  std::map<std::string, std::string> known) {
  Pins pins;
  pins.commits = std::move(known);
  for (const KernelName& kernel : kernels) {
    if (kernel.kind != KernelName::Kind::git || stop.stop_requested() || pins.commits.contains(kernel.text)) continue;
    auto commit = find_git_commit(kernel.value, kernel.ref, stop);
    if (commit)
      pins.commits.emplace(kernel.text, *commit);
    else
      pins.errors.push_back(commit.error());
  }
  return pins;
}

void pin(std::vector<KernelName>& kernels, const std::map<std::string, std::string>& commits) {
  for (KernelName& kernel : kernels)
    if (auto known = commits.find(kernel.text); known != commits.end()) kernel.commit = known->second;
}

}  // namespace bootgate
