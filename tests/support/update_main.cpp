// gtest's main, and a flag that writes down what the tests find: plan_test --update.
#include <gtest/gtest.h>

#include <string_view>

#include "tests/support/update.hpp"

namespace bootgate {
bool update_expected = false;
}

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i)
    if (std::string_view(argv[i]) == "--update") bootgate::update_expected = true;
  return RUN_ALL_TESTS();
}
