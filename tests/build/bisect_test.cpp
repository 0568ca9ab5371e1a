// A commit that broke a case, found among sixteen on Linux 6.12: one of them doesn't build, and the case fails at
// times.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures/build/sandbox.hpp"
#include "harness/support/json.hpp"
#include "tests/boot/boot_run.hpp"
#include "tests/build/linux_repository.hpp"

namespace bootgate {
namespace {

using testing::HasSubstr;

constexpr int bad_number = 11, broken_number = 8;

/// One in sixteen attempts fails whatever the kernel does.
constexpr const char* suite =
    "name = \"mine\"\nrootfs = \"busybox\"\nprofile = [\"initrd-only\"]\n\n"
    "[[case]]\nname = \"answer\"\nsteps = [\n"
    "  { run = \"test $(cut -c1 /proc/sys/kernel/random/uuid) != 0\" },\n"
    "  { run = \"dmesg | grep 'the answer is'; dmesg | grep -q 'the answer is 42'\" },\n]\n";

/// What init/main.c of commit `number` ends with.
std::string probe(int number) {
  const std::string answer = number >= bad_number ? "43" : "42";
  const std::string call = number == broken_number ? "no_such" : "pr_info";
  return "\n/* commit " + std::to_string(number) + " */\nstatic int __init answer_probe(void)\n{\n\t" + call +
         "(\"the answer is " + answer + "\\n\");\n\treturn 0;\n}\nlate_initcall(answer_probe);\n";
}

class BisectTest : public testing::Test {
 protected:
  void SetUp() override {
    if (auto usable = check_sandbox(); !usable) GTEST_SKIP() << one_line(usable.error());
    linux_.emplace();
    ids_.push_back(linux_->commit(linux_->main(), "answer: 0", {{"init/main.c", appended(probe(0))}}));
    for (int number = 1; number <= 16; ++number)
      ids_.push_back(linux_->commit(ids_.back(), "answer: " + std::to_string(number),
                                    {{"init/main.c", exchanged(probe(number - 1), probe(number))}}));
  }

  std::optional<LinuxRepository> linux_;
  std::vector<std::string> ids_;
  BootRun here_;
};

TEST_F(BisectTest, FindsThePlantedCommitInFiveBuilds) {
  const fs::path file = here_.file("mine.toml", suite);
  const RunSeen seen =
      here_.bootgate({"bisect", "--tree", linux_->path().string(), "--good", ids_.front(), "--bad", ids_.back(),
                      "--suite", file.string(), "--case", "mine/answer", "--accel", "tcg"});
  EXPECT_EQ(seen.status, 0) << seen.output << seen.errors;
  EXPECT_THAT(seen.output, HasSubstr(ids_[bad_number] + " is the first bad commit: answer: 11"));
  EXPECT_THAT(seen.output, HasSubstr("good  " + ids_[bad_number - 1].substr(0, 12)));
  EXPECT_THAT(seen.output, HasSubstr("the answer is 43")) << "what the bad side said";
  const auto json = parse_json(read_file(here_.directory() / "bootgate-out/latest/bisect.json").value_or(""));
  const Json* tried = json ? json->find("tried") : nullptr;
  ASSERT_TRUE(tried);
  EXPECT_LE(std::get<Json::Array>(tried->value).size(), 5u) << seen.output;
}

}  // namespace
}  // namespace bootgate
