// A small git repository that passes for a Linux tree, and a store beside it.
#pragma once

#include <gtest/gtest.h>

#include "fixtures/source/own_repository.hpp"
#include "harness/gate/series.hpp"
#include "harness/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {

class TreeFixture : public testing::Test {
 protected:
  TreeFixture() {
    for (const char* file : {"Kconfig", "scripts/kconfig/Makefile", "arch/x86/Makefile"})
      write(file, "");
    write("Makefile", "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\nEXTRAVERSION =\n");
    write("init/main.c", lines(1, 40));
    sh("git init -q -b main && git config user.name A && git config user.email a@example.org");
    commit("base");
    sh("git tag base");
  }

  static std::string lines(int from, int to) {
    std::string text;
    for (int i = from; i <= to; ++i)
      text += "line " + std::to_string(i) + "\n";
    return text;
  }

  void write(const fs::path& file, std::string_view text) const { dir_.file("tree" / file, text); }

  /// In the tree; what it prints.
  std::string sh(const std::string& command) const {
    CommandOptions options;
    options.directory = tree();
    auto done = run_checked({"sh", "-ec", command}, options);
    EXPECT_TRUE(done) << (done ? "" : done.error().what + done.error().hint);
    return done.value_or("");
  }

  void commit(const std::string& subject) const { sh("git add -A && git commit -q -m '" + subject + "'"); }

  Result<Series> resolve(SeriesRequest request) const {
    if (request.tree.empty()) request.tree = tree();
    auto own = OwnRepository::open(request.tree.string(), store_, {});
    if (!own) return tl::unexpected(own.error());
    return resolve_series(request, *own, {});
  }

  /// The file as it is in the head, checked out in our own tree.
  std::string text_at_head(const Series& series, const fs::path& file) const {
    auto own = OwnRepository::open(tree().string(), store_, {});
    auto out = own ? own->check_out(series.head, "head") : tl::unexpected(own.error());
    return out ? read_file(out->dir / file).value_or("(none)") : out.error().what;
  }

  fs::path tree() const { return dir_.path() / "tree"; }
  fs::path place() const { return dir_.path(); }

  TempDir dir_;
  Store store_ = Store::open(dir_.path() / "store").value();
};

}  // namespace bootgate
