#include "harness/support/timestamp.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace bootgate {

std::string utc_timestamp(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::optional<std::int64_t> utc_seconds(std::string_view timestamp) {
  using namespace std::chrono;
  int year = 0, used = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const std::string text(timestamp);
  if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u%n", &year, &month, &day, &hour, &minute, &second, &used) != 6)
    return std::nullopt;
  const year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const sys_seconds time = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
  std::string_view rest = timestamp.substr(static_cast<std::size_t>(used));
  if (rest.starts_with('.')) rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of("0123456789", 1)));
  int zone_hours = 0, zone_minutes = 0;
  char sign = '+', none = 0;
  const bool is_utc = rest.empty() || rest == "Z";
  if (!is_utc && std::sscanf(std::string(rest).c_str(), "%c%2d:%2d%c", &sign, &zone_hours, &zone_minutes, &none) != 3)
    return std::nullopt;
  if (sign != '+' && sign != '-') return std::nullopt;
  const auto east = hours(zone_hours) + minutes(zone_minutes);
  return (time - (sign == '+' ? east : -east)).time_since_epoch().count();
}

}  // namespace bootgate
