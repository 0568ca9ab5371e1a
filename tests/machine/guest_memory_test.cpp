#include "harness/machine/guest_memory.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <chrono>
#include <future>

namespace bootgate {
namespace {

using namespace std::chrono_literals;

TEST(GuestMemory, TakesNoMoreThanWhatWasTouched) {
  auto memory = GuestMemory::make(64);
  ASSERT_TRUE(memory);
  EXPECT_EQ((*memory)->used_mib(), 0);
  const std::string bytes(4 << 20, 'x');
  ASSERT_TRUE(write_all((*memory)->fd(), bytes));
  EXPECT_EQ((*memory)->used_mib(), 4);
}

TEST(GuestMemory, CanNotBeChangedOnceItIsSealed) {
  auto memory = GuestMemory::make(1);
  ASSERT_TRUE(memory);
  ASSERT_TRUE((*memory)->seal());
  EXPECT_FALSE(write_all((*memory)->fd(), "x"));
  EXPECT_EQ(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, (*memory)->fd(), 0), MAP_FAILED);
  void* own = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, (*memory)->fd(), 0);
  ASSERT_NE(own, MAP_FAILED);
  *static_cast<char*>(own) = 'x';
  ::munmap(own, 4096);
}

TEST(GuestMemory, WaitsForAMappingThatOutlivesItsMachine) {
  auto memory = GuestMemory::make(1);
  ASSERT_TRUE(memory);
  void* mapping = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, (*memory)->fd(), 0);
  ASSERT_NE(mapping, MAP_FAILED);
  auto sealed = std::async(std::launch::async, [&] { return (*memory)->seal().has_value(); });
  EXPECT_EQ(sealed.wait_for(50ms), std::future_status::timeout);
  ::munmap(mapping, 4096);
  EXPECT_TRUE(sealed.get());
}

}  // namespace
}  // namespace bootgate
