#include "harness/machine/flat_kdump.hpp"

#include <gtest/gtest.h>

namespace bootgate {
namespace {

std::string number(std::int64_t value) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string stream(std::initializer_list<std::pair<std::int64_t, std::string>> pieces) {
  std::string text = "makedumpfile";
  text.resize(4096);
  for (const auto& [place, bytes] : pieces)
    text += number(place) + number(static_cast<std::int64_t>(bytes.size())) + bytes;
  return text;
}

const std::string end_mark = number(-1) + number(-1);

/// The file that the stream stands for.
class LaidOut {
 public:
  FlatKdump::Write writer() {
    return [this](std::int64_t place, std::string_view bytes) -> Result<> {
      const auto at = static_cast<std::size_t>(place);
      if (file_.size() < at + bytes.size()) file_.resize(at + bytes.size());
      file_.replace(at, bytes.size(), bytes);
      return {};
    };
  }
  const std::string& file() const { return file_; }

 private:
  std::string file_;
};

TEST(FlatKdump, IsLaidOutPieceByPieceInWhateverPortionsItComes) {
  const std::string bytes = stream({{4, "second"}, {0, "head"}, {2, "XX"}, {10, ""}}) + end_mark;
  for (std::size_t portion : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    LaidOut laid_out;
    FlatKdump kdump(laid_out.writer());
    for (std::size_t at = 0; at < bytes.size(); at += portion)
      ASSERT_TRUE(kdump.feed(std::string_view(bytes).substr(at, portion)));
    EXPECT_EQ(laid_out.file(), "heXXsecond") << portion;
    EXPECT_TRUE(kdump.is_whole());
  }
}

TEST(FlatKdump, WithoutItsEndIsNotWhole) {
  LaidOut laid_out;
  FlatKdump kdump(laid_out.writer());
  ASSERT_TRUE(kdump.feed(stream({{0, "head"}})));
  EXPECT_FALSE(kdump.is_whole());
}

TEST(FlatKdump, ThatIsNoneIsAnError) {
  LaidOut laid_out;
  FlatKdump kdump(laid_out.writer());
  EXPECT_FALSE(kdump.feed(std::string(4096, 'x')));
}

TEST(FlatKdump, HandsErrorsOfWritingOn) {
  FlatKdump kdump([](std::int64_t, std::string_view) -> Result<> { return bench_error("disk full"); });
  auto fed = kdump.feed(stream({{0, "head"}}));
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().what, "disk full");
}

TEST(KdumpUtsname, HasSixNamesOf65Bytes) {
  const std::string names = kdump_utsname(std::string(100, 'r'));
  EXPECT_EQ(names.size(), 6u * 65);
  EXPECT_STREQ(names.c_str(), "Linux");
  EXPECT_EQ(std::string(names.c_str() + 2 * 65), std::string(64, 'r'));
  EXPECT_STREQ(names.c_str() + 4 * 65, "x86_64");
}

}  // namespace
}  // namespace bootgate
