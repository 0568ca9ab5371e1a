// Linux 6.12 built from Debian's source with LLVM and Rust, its own samples judged beside those that this test adds:
// each of them fails, or is unknown, in one way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures/build/sandbox.hpp"
#include "fixtures/source/kernel_source.hpp"
#include "tests/boot/boot_run.hpp"

namespace bootgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct AddedSample {
  std::string name;
  std::string source;
};

/// A module whose init is `body`.
std::string module_source(const std::string& name, const std::string& body) {
  return "use kernel::prelude::*;\n\nmodule! {\n    type: Added,\n    name: \"" + name +
         "\",\n    author: \"bootgate\",\n    description: \"made by a test\",\n    license: \"GPL\",\n}\n\n"
         "struct Added;\n\nimpl kernel::Module for Added {\n"
         "    fn init(module: &'static ThisModule) -> Result<Self> {\n        let _ = module;\n" +
         body + "        Ok(Added)\n    }\n}\n";
}

std::string file_text(const fs::path& file) {
  auto text = read_file(file);
  if (!text) throw std::runtime_error(text.error().what);
  return *text;
}

void write_text(const fs::path& file, const std::string& text) {
  std::error_code none;
  fs::remove(file, none);  // it may be a link into the tree that is not ours
  if (auto written = write_file_atomically(file, text); !written) throw std::runtime_error(written.error().what);
}

/// Links to the pristine tree, but for samples/rust.
class PatchedTree {
 public:
  PatchedTree(const fs::path& pristine, const fs::path& dir) : samples_(dir / "samples/rust") {
    if (auto linked = mirror_tree(pristine, dir, {}); !linked) throw std::runtime_error(linked.error().what);
    for (const char* file : {"Kconfig", "Makefile"})
      write_text(samples_ / file, file_text(pristine / "samples/rust" / file));
  }

  void add(const AddedSample& sample) {
    std::string symbol = "SAMPLE_RUST_ADDED_" + sample.name.substr(5);
    for (char& c : symbol)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::string kconfig = file_text(samples_ / "Kconfig");
    kconfig.insert(kconfig.rfind("endif"), "config " + symbol + "\n\ttristate \"" + sample.name + "\"\n\n");
    write_text(samples_ / "Kconfig", kconfig);
    write_text(samples_ / "Makefile",
               file_text(samples_ / "Makefile") + "obj-$(CONFIG_" + symbol + ") += " + sample.name + ".o\n");
    write_text(samples_ / (sample.name + ".rs"), sample.source);
  }

  /// Changes a sample of the tree's own.
  void change(const std::string& file, const std::string& from, const std::string& to) {
    write_text(samples_ / file, replaced(file_text(samples_ / file), from, to));
  }

  std::string text(const std::string& file) const { return file_text(samples_ / file); }

 private:
  fs::path samples_;
};

fs::path pristine_tree() {
  auto name = parse_kernel_name("debian:trixie/linux-source-6.12");
  auto store = Store::open();
  if (!name || !store) throw std::runtime_error("no store");
  auto tree = obtain_kernel_tree(*name, kernel_org_url, *store, {});
  if (!tree) throw std::runtime_error(one_line(tree.error()));
  return tree->dir;
}

TEST(RustSamples, AreEachJudgedWhateverTheOthersDo) {
  if (auto usable = check_sandbox(); !usable) GTEST_SKIP() << one_line(usable.error());
  BootRun here;
  const fs::path dir = here.directory() / "linux";
  PatchedTree tree(pristine_tree(), dir);
  tree.add(
      {"rust_renamed", replaced(tree.text("rust_minimal.rs"), "name: \"rust_minimal\"", "name: \"rust_renamed\"")});
  tree.add({"rust_panics",
            module_source("rust_panics", "        panic!(\"on purpose\");\n        #[allow(unreachable_code)]\n")});
  tree.add({"rust_refused", module_source("rust_refused", "        this_does_not_compile();\n")});
  tree.add({"rust_stuck", module_source("rust_stuck",
                                        "        pr_info!(\"holding on\\n\");\n"
                                        "        // SAFETY: the module is being initialised, so it is there.\n"
                                        "        unsafe { kernel::bindings::__module_get(module.as_ptr()) };\n")});
  tree.change("rust_minimal.rs", "numbers.push(72,", "numbers.push(73,");

  RunSeen seen = here.run({"boot", "rust", "--kernel", dir.string()});
  EXPECT_EQ(seen.status, 1) << seen.output << seen.errors;
  EXPECT_EQ(seen.cases["login"].outcome, "pass") << seen.cases["login"].message;
  EXPECT_EQ(seen.cases["rust_print"].outcome, "pass") << seen.cases["rust_print"].message;
  EXPECT_EQ(seen.cases["rust_renamed"].outcome, "pass") << seen.cases["rust_renamed"].message;
  EXPECT_THAT(seen.output, HasSubstr("derived"));
  EXPECT_EQ(seen.cases["rust_panics"].outcome, "fail");
  EXPECT_THAT(seen.cases["rust_panics"].text, HasSubstr("panicked at"));
  EXPECT_EQ(seen.cases["rust_refused"].outcome, "fail");
  EXPECT_THAT(seen.cases["rust_refused"].text, HasSubstr("this_does_not_compile"));
  EXPECT_EQ(seen.cases["rust_stuck"].outcome, "fail");
  EXPECT_THAT(seen.cases["rust_stuck"].message, HasSubstr("rust_stuck"));
  EXPECT_EQ(seen.cases["rust_minimal"].outcome, "fail");
  EXPECT_THAT(seen.cases["rust_minimal"].message, HasSubstr("[72, 108, 200]"));
  EXPECT_THAT(seen.with("fail"), ElementsAre("rust_minimal", "rust_panics", "rust_refused", "rust_stuck"));
  EXPECT_EQ(seen.properties["build.reused"], "no");
}

}  // namespace
}  // namespace bootgate
