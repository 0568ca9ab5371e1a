// What `bootgate exec --help` says below its options; the forms of KERNEL follow.
#pragma once

namespace bootgate {

inline constexpr const char* exec_help =
    "COMMAND is run as root. Several words are the command and its arguments,\n"
    "exactly; one word is a line for /bin/sh, so that these print the same:\n"
    "  bootgate exec -- uname -r\n"
    "  bootgate exec -- 'cat /proc/sys/kernel/osrelease | cat'\n"
    "It has the standard input, and two pipes for its outputs. --root host shows it\n"
    "this host's files, as far as you may read them, in the current directory; what\n"
    "it writes goes to the guest's memory, and is gone with it.\n\n"
    "Exit status: the command's, 128+N when signal N killed it. Besides:\n"
    "  1    the kernel crashed or did not come up; also if the command ended with 0\n"
    "       while the kernel reported a failure (a WARNING, an oops)\n"
    "  2    usage      3  the test bench failed\n"
    "  124  --timeout  130  interrupted    141  nobody reads the output any more\n"
    "A command may end with any of these as well, so 0 is the one that says all is\n"
    "well. What bootgate decides it also says on standard error, as \"bootgate: ...\";\n"
    "scripts read --outcome FILE, one line: \"command STATUS\", \"kernel TITLE\",\n"
    "\"timeout\", \"bench REASON\", \"usage REASON\" or \"interrupted\".\n\n"
    "KERNEL is as with run: debian (the default), an image, a build directory, or\n";

}  // namespace bootgate
