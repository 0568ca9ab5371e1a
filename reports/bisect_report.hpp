// A bisection's result: the first bad commit, and what was seen on both sides of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/support/error.hpp"
#include "harness/support/json.hpp"

namespace bootgate {

/// What trying one commit has shown.
struct TriedCommit {
  enum class Mark { good, bad, skip };
  std::string commit;
  std::string subject;  // printable
  Mark mark = Mark::skip;
  std::string why;       // one line; printable: "passes", a crash report's title, the compiler's error
  std::string evidence;  // more lines: the console; printable
};

std::string_view to_string(TriedCommit::Mark mark);

struct Bisection {
  std::string target;                  // "boot/login", "WARNING in f"
  std::vector<TriedCommit> tried;      // in their order
  std::optional<TriedCommit> bad;      // the first bad commit
  std::optional<TriedCommit> good;     // the one before it
  std::vector<std::string> suspected;  // commits that can't be told from the first bad one, since they were skipped
  std::optional<Error> error;
};

/// 0 found, 2 and 3 by the error, 3 where skipped commits hide it, 130 interrupted.
int exit_code(const Bisection& bisection);

std::string bisect_text(const Bisection& bisection);
Json bisect_json(const Bisection& bisection);

}  // namespace bootgate
