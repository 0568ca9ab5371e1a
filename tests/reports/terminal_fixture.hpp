// A display that writes into a file, on a clock that stands still until it is moved.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>

#include "reports/terminal.hpp"
#include "tests/reports/sample_run.hpp"

namespace bootgate {

class TerminalOutput : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = make_temp_dir(fs::temp_directory_path(), "terminal").value();
    fd_ = UniqueFd(::open((dir_ / "out").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    options_.fd = fd_.get();
    options_.now = [this] { return now_; };
    options_.size = [this] { return size_; };
  }
  void TearDown() override { fs::remove_all(dir_); }

  /// What was written since the last call.
  std::string written() {
    std::string all = read_file(dir_ / "out").value();
    std::string fresh = all.substr(seen_);
    seen_ = all.size();
    return fresh;
  }

  fs::path dir_;
  UniqueFd fd_;
  std::size_t seen_ = 0;
  TimePoint now_ = TimePoint(std::chrono::hours(1));
  TerminalSize size_;
  TerminalOptions options_;
};

}  // namespace bootgate
