// Diagnosis: what a machine that hangs can still tell, collected before it is killed.
#pragma once

#include <string>

#include "harness/run/guest.hpp"

namespace bootgate {

/// Registers and status over QMP, then the kernel's own lists (sysrq w, t and l by a serial break), and an NMI last,
/// since `unknown_nmi_panic` makes it the end. What the kernel prints goes to the console log; the text is what QMP
/// said. The guest can't be used afterwards. Takes at most some 10 s, scaled.
std::string diagnose(Guest& guest);

}  // namespace bootgate
