#include "harness/cli/run_directory.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace bootgate {

namespace {

/// One that is made here is nobody else's: git is told that nothing in it is the user's work.
Result<> make_out_directory(const fs::path& out) {
  std::error_code none;
  const bool was_there = fs::exists(out, none);
  if (auto made = make_directories(out); !made || was_there) return made;
  return write_file_atomically(out / ".gitignore", "*\n");
}

}  // namespace

Result<fs::path> make_stamped_directory(const fs::path& out, const std::string& prefix) {
  if (auto made = make_out_directory(out); !made) return tl::unexpected(made.error());
  const std::string stamp = fmt::format("{}{:%Y%m%d-%H%M%S}", prefix, fmt::gmtime(std::time(nullptr)));
  std::string name = stamp;
  for (int number = 2; ::mkdir((out / name).c_str(), 0777) != 0; ++number) {
    if (errno != EEXIST)
      return bench_error(fmt::format("can't make a directory in {}: {}", out.string(), std::strerror(errno)),
                         "name another place with --out DIR");
    name = fmt::format("{}-{}", stamp, number);
  }
  return fs::absolute(out / name);
}

Result<fs::path> make_run_directory(const fs::path& out) {
  auto directory = make_stamped_directory(out, "");
  if (!directory) return directory;
  const fs::path name = directory->filename();
  // Through a rename, so that `latest` always points somewhere, whoever else is running.
  const fs::path aside = out / fmt::format(".latest.{}", ::getpid());
  ::unlink(aside.c_str());
  if (::symlink(name.c_str(), aside.c_str()) != 0 || ::rename(aside.c_str(), (out / "latest").c_str()) != 0) {
    ::unlink(aside.c_str());
    return bench_error(fmt::format("can't point {} at the run: {}", (out / "latest").string(), std::strerror(errno)));
  }
  return directory;
}

}  // namespace bootgate
