// PlainMake: git checkout, make and QEMU as a script of one's own calls them, on the tree and the objects that bootgate
// uses for a repository.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>

#include "fixtures/build/kbuild.hpp"
#include "fixtures/source/own_repository.hpp"
#include "tests/support/must.hpp"

namespace bootgate {

double seconds(const std::function<void()>& work);

class PlainMake {
 public:
  /// `junit`: of a run that has built a kernel of this repository; it names the objects.
  PlainMake(const fs::path& repository, const fs::path& junit);

  void check_out(const std::string& commit) const;
  /// False where it does not build.
  bool make() const;
  fs::path image() const { return objects_ / "arch/x86/boot/bzImage"; }
  const Git& git() const { return own_.git(); }

 private:
  OwnRepository own_;
  Toolchain toolchain_;
  fs::path objects_;
  std::optional<Kbuild> kbuild_;
};

}  // namespace bootgate
