// DurableFile: what is on the disk when it is written, whatever the power does next.
#pragma once

#include "harness/support/files.hpp"

namespace bootgate {

/// As write_file_atomically: after a power cut the old text is there or the new one, and the new one once this returns.
Result<> write_file_durably(const fs::path& file, std::string_view bytes);

}  // namespace bootgate
