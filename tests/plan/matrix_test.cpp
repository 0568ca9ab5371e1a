#include "harness/plan/matrix.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Suites boot (profile "up") and faults (profiles "up" and "smp"), the packaged kernel and a tree, two configs.
class Cross : public testing::Test {
 protected:
  Cross() {
    matrix_.axes.suites = {"boot.toml"};
    matrix_.axes.configs = {"lean"};
  }

  static Suite suite(const std::string& name, std::vector<std::string> profiles) {
    Suite made;
    made.name = name;
    made.file = name + ".toml";
    made.profiles = std::move(profiles);
    return made;
  }

  static AxisValues row(int line) {
    AxisValues values;
    values.at.line = line;
    return values;
  }

  std::vector<std::string> text(const std::vector<Combination>& combinations) const {
    std::vector<std::string> lines;
    for (const Combination& c : combinations)
      lines.push_back(fmt::format("{} {}{}{} {} {}", kernels_[c.kernel].text, c.config, c.config.empty() ? "" : " ",
                                  suites_[c.suite].name, c.profile, c.accelerator));
    return lines;
  }

  Crossing crossing() const { return cross({suites_, kernels_, configs_, matrix_, false, automatic_}); }
  std::vector<std::string> crossed() const { return text(crossing().combinations); }
  std::vector<int> idle_lines() const {
    std::vector<int> lines;
    for (const SourcePos& at : crossing().idle)
      lines.push_back(at.line);
    return lines;
  }

  std::vector<Suite> suites_{suite("boot", {"up"}), suite("faults", {"up", "smp"})};
  std::vector<KernelName> kernels_{{KernelName::Kind::packaged, "debian", "", ""},
                                   {KernelName::Kind::tree, "linux", "linux", ""}};
  std::vector<std::string> configs_{"lean", "lean+debug"};
  Matrix matrix_;
  std::string automatic_ = "tcg";
};

TEST_F(Cross, TakesWhatTheAxesName) {
  EXPECT_THAT(crossed(), ElementsAre("debian boot up auto", "linux lean boot up auto"));
}

TEST_F(Cross, AnAxisWithoutValuesIsTakenAsAWhole) {
  matrix_.axes = {};
  EXPECT_EQ(crossed().size(), 3u + 2 * 3u);
}

TEST_F(Cross, AProfileAxisReplacesTheSuitesOwn) {
  matrix_.axes.profiles = {"smp"};
  matrix_.axes.kernels = {"debian"};
  EXPECT_THAT(crossed(), ElementsAre("debian boot smp auto"));
}

TEST_F(Cross, ARowAddsTheProductOfWhatItNamesAndTheAxes) {
  matrix_.included = {row(7)};
  matrix_.included[0].suites = {"faults.toml"};
  matrix_.included[0].configs = {"lean+debug"};
  EXPECT_THAT(crossed(), ElementsAre("debian boot up auto", "linux lean boot up auto",
                                     "linux lean+debug faults up auto", "linux lean+debug faults smp auto"))
      << "who names a config means no kernel that has none";
}

TEST_F(Cross, ARowAddsBackWhatAnotherExcludes) {
  matrix_.excluded = {row(3)};
  matrix_.included = {row(4)};
  matrix_.included[0].kernels = {"linux"};
  EXPECT_THAT(crossed(), ElementsAre("linux lean boot up auto"));
  EXPECT_EQ(crossing().excluded.size(), 2u);
}

TEST_F(Cross, ARowExcludesWhatAllOfItsValuesMatch) {
  matrix_.axes.suites.clear();
  matrix_.excluded = {row(3)};
  matrix_.excluded[0].suites = {"faults.toml"};
  matrix_.excluded[0].kernels = {"debian"};
  matrix_.excluded[0].profiles = {"smp", "up"};
  EXPECT_THAT(crossed(), ElementsAre("debian boot up auto", "linux lean boot up auto", "linux lean faults up auto",
                                     "linux lean faults smp auto"));
  EXPECT_THAT(idle_lines(), IsEmpty());
}

TEST_F(Cross, AutoIsWhatItMeansHere) {
  matrix_.excluded = {row(3)};
  matrix_.excluded[0].accelerators = {"tcg"};
  EXPECT_THAT(crossed(), IsEmpty());
  automatic_ = "kvm";
  EXPECT_EQ(crossed().size(), 2u);
  matrix_.excluded[0].accelerators = {"auto"};
  EXPECT_THAT(crossed(), IsEmpty());
}

TEST_F(Cross, TellsWhichRowsAreIdle) {
  matrix_.excluded = {row(1), row(2), row(3)};
  matrix_.excluded[0].configs = {"lean"};
  matrix_.excluded[1].profiles = {"smp"};
  matrix_.excluded[2].accelerators = {"kvm"};
  matrix_.included = {row(4), row(5)};
  matrix_.included[0].kernels = {"debian"};
  matrix_.included[1].configs = {"lean+debug"};
  TimeoutRow of_faults, of_tcg;
  of_faults.where = row(6);
  of_faults.where.suites = {"faults.toml"};
  of_tcg.where = row(7);
  of_tcg.where.accelerators = {"tcg"};
  matrix_.timeouts = {of_faults, of_tcg};
  EXPECT_THAT(idle_lines(), ElementsAre(2, 3, 4, 6));
  automatic_ = "";
  EXPECT_THAT(idle_lines(), ElementsAre(2, 6))
      << "auto is KVM elsewhere, and row 4 adds back what row 3 excludes there";
  EXPECT_EQ(crossed().size(), 2u);
}

}  // namespace
}  // namespace bootgate
