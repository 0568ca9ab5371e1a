// Patch series on Linux 6.12 through the gate, each with exactly its verdict. They share one directory of objects, so
// that only the first build takes its time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "fixtures/build/sandbox.hpp"
#include "harness/support/fd.hpp"
#include "harness/support/json.hpp"
#include "tests/boot/boot_run.hpp"
#include "tests/build/linux_repository.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// What the gate said.
struct Judged {
  int status = -1;
  std::vector<std::string> rows;  // "broken boot/login"
  std::string whats;              // of all rows, a line each
  std::string output;
};

/// An initcall at the end of init/main.c, which is in every kernel.
LinuxRepository::Change initcall(const std::string& body) {
  return appended("\nstatic int __init gate_probe(void)\n{\n" + body + "\treturn 0;\n}\nlate_initcall(gate_probe);\n");
}

class GateTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (check_sandbox()) linux_ = new LinuxRepository;
  }
  static void TearDownTestSuite() { delete std::exchange(linux_, nullptr); }

  void SetUp() override {
    if (auto usable = check_sandbox(); !usable) GTEST_SKIP() << one_line(usable.error());
    base_ = linux_->main();
  }

  std::string commit(const std::string& subject, const std::map<std::string, LinuxRepository::Change>& changes) const {
    return linux_->commit(base_, subject, changes);
  }

  Judged gate(const std::string& base, const std::string& head, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{
        "gate",    "--tree", linux_->path().string(), base + ".." + head, "--suite", "boot", "--suite", "rust",
        "--accel", "tcg"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const RunSeen seen = here_.bootgate(arguments);
    Judged judged{seen.status, {}, {}, seen.output + seen.errors};
    const auto json = parse_json(read_file(here_.directory() / "bootgate-out/latest/verdict.json").value_or(""));
    const Json* rows = json ? json->find("rows") : nullptr;
    if (const auto* list = rows ? std::get_if<Json::Array>(&rows->value) : nullptr)
      for (const Json& row : *list) {
        judged.rows.push_back(text_at(row, "verdict") + " " + text_at(row, "subject"));
        judged.whats += text_at(row, "what") + "\n";
      }
    return judged;
  }

  static LinuxRepository* linux_;
  std::string base_;
  BootRun here_;
};

LinuxRepository* GateTest::linux_ = nullptr;

constexpr const char* sample = "samples/rust/rust_minimal.rs";

TEST_F(GateTest, LetsAHarmlessSeriesPass) {
  const Judged judged = gate(base_, commit("init: harmless", {{"init/main.c", initcall("")}}));
  EXPECT_EQ(judged.status, 0) << judged.output;
  EXPECT_THAT(judged.rows, IsEmpty()) << judged.output;
}

TEST_F(GateTest, SeesWhatDoesNotCompile) {
  const Judged judged = gate(base_, commit("init: no C", {{"init/main.c", initcall("\tthis is no C;\n")}}));
  EXPECT_EQ(judged.status, 1) << judged.output;
  EXPECT_THAT(judged.rows, ElementsAre("broken boot/build")) << judged.output;
  EXPECT_THAT(judged.output, HasSubstr("this is no C"));
}

TEST_F(GateTest, SeesAnOopsInAnInitcall) {
  const Judged judged = gate(base_, commit("init: oops", {{"init/main.c", initcall("\t*(volatile int *)8 = 0;\n")}}));
  EXPECT_EQ(judged.status, 1) << judged.output;
  ASSERT_FALSE(judged.rows.empty()) << judged.output;
  EXPECT_THAT(judged.rows.front(), HasSubstr("broken boot/"));
  EXPECT_THAT(judged.whats, HasSubstr("gate_probe"));
}

TEST_F(GateTest, SeesAWarningAtBoot) {
  const Judged judged = gate(base_, commit("init: warn", {{"init/main.c", initcall("\tWARN_ON(1);\n")}}));
  EXPECT_EQ(judged.status, 1) << judged.output;
  ASSERT_FALSE(judged.rows.empty()) << judged.output;
  EXPECT_THAT(judged.whats, HasSubstr("WARNING in gate_probe"));
}

TEST_F(GateTest, SeesAnotherLineOfARustSample) {
  const Judged judged =
      gate(base_, commit("rust_minimal: 73", {{sample, exchanged("numbers.push(72,", "numbers.push(73,")}}));
  EXPECT_EQ(judged.status, 1) << judged.output;
  EXPECT_THAT(judged.rows, ElementsAre("broken rust/rust_minimal")) << judged.output;
}

TEST_F(GateTest, SeesAPanicInARustSample) {
  const std::string panic =
      "if core::hint::black_box(true) {\n            panic!(\"on purpose\");\n        }\n        let mut numbers";
  const Judged judged = gate(base_, commit("rust_minimal: panic", {{sample, exchanged("let mut numbers", panic)}}));
  EXPECT_EQ(judged.status, 1) << judged.output;
  EXPECT_THAT(judged.rows, ElementsAre("broken rust/rust_minimal")) << judged.output;
  EXPECT_THAT(judged.whats, HasSubstr("rust panic: on purpose in "));
}

TEST_F(GateTest, SeesANewCompilerWarning) {
  const Judged judged = gate(
      base_, commit("init: unused", {{"init/main.c", appended("\nstatic int never_used(void)\n{\n\treturn 0;\n}\n")}}));
  EXPECT_EQ(judged.status, 1) << judged.output;
  ASSERT_EQ(judged.rows.size(), 1u) << judged.output;
  EXPECT_THAT(judged.rows.front(), HasSubstr("broken init/main.c:"));
  EXPECT_THAT(judged.whats, HasSubstr("never_used"));
}

TEST_F(GateTest, SeesASlowBoot) {
  const Judged judged = gate(
      base_, commit("init: slow", {{"init/main.c", initcall("\tfor (int i = 0; i < 1000; i++)\n\t\tmdelay(1);\n")}}));
  EXPECT_EQ(judged.status, 1) << judged.output;
  EXPECT_THAT(judged.rows, ElementsAre("slower kernel to init")) << judged.output;
}

TEST_F(GateTest, SeesThatTheMiddleOneOfThreeDoesNotBuild) {
  const std::string first = commit("init: one", {{"init/main.c", initcall("\tpr_info(\"one\\n\");\n")}});
  const std::string second =
      linux_->commit(first, "init: two", {{"init/main.c", exchanged("pr_info(\"one", "no_such(\"one")}});
  const std::string third =
      linux_->commit(second, "init: three", {{"init/main.c", exchanged("no_such(\"one", "pr_info(\"one")}});
  const Judged judged = gate(base_, third, {"--each"});
  EXPECT_EQ(judged.status, 1) << judged.output;
  ASSERT_EQ(judged.rows.size(), 1u) << judged.output;
  EXPECT_THAT(judged.rows.front(), HasSubstr("broken commit 2/3"));
  EXPECT_THAT(judged.output, HasSubstr("no_such"));
}

TEST_F(GateTest, SeesWhatASeriesMends) {
  const std::string broken = commit("rust_minimal: 73", {{sample, exchanged("numbers.push(72,", "numbers.push(73,")}});
  const std::string mended =
      linux_->commit(broken, "rust_minimal: 72 again", {{sample, exchanged("numbers.push(73,", "numbers.push(72,")}});
  const Judged judged = gate(broken, mended);
  EXPECT_EQ(judged.status, 0) << judged.output;
  EXPECT_THAT(judged.rows, ElementsAre("fixed rust/rust_minimal")) << judged.output;
}

TEST_F(GateTest, HasNoVerdictOnABaseThatDoesNotBoot) {
  const std::string dead = commit("init: oops", {{"init/main.c", initcall("\t*(volatile int *)8 = 0;\n")}});
  const Judged judged = gate(dead, linux_->commit(dead, "init: more", {{"init/main.c", appended("\n")}}));
  EXPECT_EQ(judged.status, 3) << judged.output;
  EXPECT_THAT(judged.output, HasSubstr("does not boot"));
}

/// A port of this host that somebody could reach.
struct Listener {
  UniqueFd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  int port = 0;

  Listener() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket.get(), 1), 0);
    EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port = ntohs(address.sin_port);
  }

  bool was_reached() const { return UniqueFd(::accept(socket.get(), nullptr, nullptr)).get() >= 0; }
};

TEST_F(GateTest, HoldsABuildThatMeansHarm) {
  const fs::path trace = fs::path(std::getenv("HOME")) / "bootgate-was-here";
  const Listener listener;
  const std::string recipe =
      "\n$(obj)/main.o: harm\nPHONY += harm\nharm:\n"
      "\ttouch " +
      trace.string() +
      " || true\n"
      "\tpython3 -c 'import socket; socket.create_connection((\"127.0.0.1\", " +
      std::to_string(listener.port) +
      "), 5)' || true\n"
      "\twhile :; do sleep 1000 & done\n";
  const Judged judged = gate(base_, commit("init: harm", {{"init/Makefile", appended(recipe)}}),
                             {"--build-processes", "300", "--build-time", "5m"});
  EXPECT_EQ(judged.status, 1) << judged.output;
  EXPECT_THAT(judged.rows, ElementsAre("broken boot/build")) << judged.output;
  EXPECT_THAT(judged.output, HasSubstr("300 processes"));
  EXPECT_FALSE(fs::exists(trace));
  EXPECT_FALSE(listener.was_reached());
  const Judged harmless = gate(base_, commit("init: harmless", {{"init/main.c", initcall("")}}));
  EXPECT_EQ(harmless.status, 0) << harmless.output;
}

}  // namespace
}  // namespace bootgate
