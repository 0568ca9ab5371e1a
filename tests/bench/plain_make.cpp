#include "tests/bench/plain_make.hpp"

#include "harness/support/clock.hpp"

namespace bootgate {
namespace {

fs::path make_log_of(const fs::path& junit) {
  constexpr std::string_view property = "name=\"build.log\" value=\"";
  const std::string text = must(read_file(junit));
  const std::size_t at = text.find(property);
  if (at == std::string::npos) throw std::runtime_error(junit.string() + " names no build.log");
  const std::size_t start = at + property.size();
  return text.substr(start, text.find('"', start) - start);
}

}  // namespace

double seconds(const std::function<void()>& work) {
  const TimePoint start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

PlainMake::PlainMake(const fs::path& repository, const fs::path& junit)
    : own_(must(OwnRepository::open(repository.string(), must(Store::open()), {}))) {
  const Store store = must(Store::open());
  auto choice = must(choose_toolchain("auto", {own_.tree(), true, true}, store, {}));
  toolchain_ = choice.toolchain.value();
  const fs::path place = make_log_of(junit).parent_path();
  objects_ = place / "objects";
  kbuild_.emplace(toolchain_, KbuildSetup{own_.tree(), objects_, place, objects_, store.path("ccache", ""), true, {}});
}

void PlainMake::check_out(const std::string& commit) const {
  must(git().run({"checkout", "--quiet", "--force", "--detach", commit}));
}

bool PlainMake::make() const {
  MakeOutput output;
  return must(kbuild_->make({"bzImage", "modules", "compile_commands.json"}, "/dev/null", output, [] {})).ok();
}

}  // namespace bootgate
