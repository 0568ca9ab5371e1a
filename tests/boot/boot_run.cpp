#include "tests/boot/boot_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <pugixml.hpp>

#include "harness/support/data.hpp"

namespace bootgate {

std::vector<std::string> with_built_kernel(std::vector<std::string> words) {
  words.insert(words.end(), {"--kernel", "debian:trixie/linux-source-6.12"});
  for (const char* fragment : {"gdb", "dump", "host-root"})
    words.insert(words.end(), {"--fragment", fragment});
  return words;
}

fs::path program() {
  return BOOTGATE_PROGRAM;
}

std::vector<std::string> RunSeen::with(const std::string& outcome) const {
  std::vector<std::string> names;
  for (const auto& [name, seen] : cases)
    if (seen.outcome == outcome) names.push_back(name);
  return names;
}

BootRun::BootRun() {
  auto made = make_temp_dir(testing::TempDir(), "bootgate-");
  EXPECT_TRUE(made);
  directory_ = made.value_or("");
}

BootRun::~BootRun() {
  if (!testing::Test::HasFailure()) fs::remove_all(directory_);
}

RunSeen BootRun::bootgate(std::vector<std::string> arguments, const CommandOptions& options) const {
  arguments.insert(arguments.begin(), program().string());
  CommandOptions here = options;
  here.directory = directory_;
  RunSeen seen;
  auto result = run_command(arguments, here);
  EXPECT_TRUE(result) << (result ? "" : result.error().what);
  if (!result) return seen;
  seen.status = result->status.signal ? 128 + result->status.signal : result->status.code;
  seen.output = result->output;
  seen.errors = result->errors;
  return seen;
}

RunSeen BootRun::run(std::vector<std::string> arguments) const {
  std::vector<std::string> all{"run", "--accel", "tcg"};
  // Without a kernel or a suite one would be built from source.
  if (std::find(arguments.begin(), arguments.end(), "--kernel") == arguments.end())
    all.insert(all.end(), {"--kernel", "debian"});
  all.insert(all.end(), arguments.begin(), arguments.end());
  RunSeen seen = bootgate(all);
  read_report(seen);
  return seen;
}

void BootRun::read_report(RunSeen& seen) const {
  auto junit = read_file(directory_ / "bootgate-out/latest/junit.xml");
  if (!junit) return;
  seen.junit = *junit;
  pugi::xml_document document;
  EXPECT_TRUE(document.load_string(junit->c_str())) << *junit;
  for (pugi::xml_node suite : document.child("testsuites").children("testsuite")) {
    for (pugi::xml_node property : suite.child("properties").children("property"))
      seen.properties[property.attribute("name").value()] = property.attribute("value").value();
    for (pugi::xml_node node : suite.children("testcase")) {
      CaseSeen the_case{"pass", "", "", ""};
      for (const auto& [tag, outcome] : {std::pair{"failure", "fail"}, {"error", "error"}, {"skipped", "skip"}}) {
        pugi::xml_node child = node.child(tag);
        if (!child) continue;
        the_case = {outcome, child.attribute("type").value(), child.attribute("message").value(), child.text().get()};
      }
      seen.cases[node.attribute("name").value()] = the_case;
    }
  }
}

fs::path BootRun::file(const std::string& name, const std::string& text) const {
  fs::path path = directory_ / name;
  EXPECT_TRUE(write_file_atomically(path, text));
  if (text.starts_with("#!")) fs::permissions(path, fs::perms::owner_all);
  return path;
}

std::string guest_file(const std::string& path) {
  auto text = read_file(data_root() / "fixtures/rootfs/busybox" / path);
  EXPECT_TRUE(text) << path;
  return text.value_or("");
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at == std::string::npos) return text;
  return text.replace(at, from.size(), to);
}

}  // namespace bootgate
