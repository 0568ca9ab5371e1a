#include "harness/gate/conditions.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace bootgate {
namespace {

TEST(Conditions, AreTheSameForTheSame) {
  EXPECT_EQ(conditions_of({}, {}), conditions_of({}, {}));
}

TEST(Conditions, HaveWhatAConfigurationFileSays) {
  TempDir dir;
  Plan plan;
  plan.kernels.emplace_back();
  plan.kernels.front().request.config.base = dir.file("config", "CONFIG_A=y\n").string();
  const std::string before = conditions_of(plan, {});
  dir.file("config", "CONFIG_A=m\n");
  EXPECT_NE(conditions_of(plan, {}), before);
}

TEST(Conditions, ChangeWhenAKnownIssueExpires) {
  SignatureSet signatures;
  signatures.known.emplace_back();
  signatures.known.front().reason = "being mended";
  const std::string before = conditions_of({}, signatures);
  signatures.known.front().expired = true;
  EXPECT_NE(conditions_of({}, signatures), before);
}

}  // namespace
}  // namespace bootgate
