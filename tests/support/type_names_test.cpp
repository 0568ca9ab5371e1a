// One namespace for all: two types of one name in different headers compile and link, and then one's constructors run
// on the other's memory.
#include <gtest/gtest.h>

#include <map>

#include "harness/support/data.hpp"
#include "harness/support/files.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// The name that a line at the left margin of a header defines as a type, or nothing.
std::string defined_type(std::string_view line) {
  for (std::string_view keyword : {"struct ", "class ", "enum class "}) {
    if (!line.starts_with(keyword) || !trimmed(line).ends_with('{')) continue;
    line.remove_prefix(keyword.size());
    return std::string(line.substr(0, line.find_first_of(" :{")));
  }
  return {};
}

TEST(TypeNames, AreThereOnceInAllHeaders) {
  std::map<std::string, fs::path> seen;
  for (const char* room : {"harness", "expectations", "fixtures", "reports"}) {
    for (const auto& entry : fs::recursive_directory_iterator(data_root() / room)) {
      if (entry.path().extension() != ".hpp") continue;
      const std::string text = read_file(entry.path()).value();
      for (std::string_view line : split(text, '\n')) {
        const std::string name = defined_type(line);
        if (name.empty()) continue;
        auto [known, fresh] = seen.emplace(name, entry.path());
        EXPECT_TRUE(fresh) << name << " is in " << known->second << " and in " << entry.path();
      }
    }
  }
  EXPECT_GT(seen.size(), 100u);
}

}  // namespace
}  // namespace bootgate
