#include "harness/symbols/stack_decoder.hpp"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// kallsyms takes a function to end where the next one begins: so much padding is between them at most.
constexpr std::uint64_t most_padding = 64;

struct DwflEnd {
  void operator()(Dwfl* session) const { dwfl_end(session); }
};
using Session = std::unique_ptr<Dwfl, DwflEnd>;

/// A file without debug info of its own gets none from elsewhere: it would be a guess.
int find_no_debuginfo(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*, GElf_Word, char**) {
  return -1;
}

constexpr Dwfl_Callbacks callbacks{dwfl_build_id_find_elf, find_no_debuginfo, dwfl_offline_section_address, nullptr};

struct Symbol {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

/// The one function of this name and size, if there is just one.
std::optional<Symbol> find_symbol(Dwfl_Module* module, const StackFrame& frame) {
  std::vector<Symbol> named, fitting;
  const int count = dwfl_module_getsymtab(module);
  for (int i = 1; i < count; ++i) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    const char* name = dwfl_module_getsym_info(module, i, &symbol, &address, nullptr, nullptr, nullptr);
    if (!name || frame.symbol != name || symbol.st_shndx == SHN_UNDEF) continue;
    named.push_back({address, symbol.st_size});
    if (symbol.st_size >= frame.offset && symbol.st_size <= frame.size && frame.size - symbol.st_size < most_padding)
      fitting.push_back(named.back());
  }
  // Labels of assembler code have no size.
  if (fitting.empty() && named.size() == 1 && named[0].size == 0) return named[0];
  const bool same = std::all_of(fitting.begin(), fitting.end(),
                                [&](const Symbol& other) { return other.address == fitting[0].address; });
  return !fitting.empty() && same ? std::optional(fitting[0]) : std::nullopt;
}

/// The compilation unit of `address`. Clang writes no .debug_aranges, which is all that addrdie looks at: where only
/// the assembler has written some, as in a kernel, it names the unit that is nearest in them.
Dwarf_Die* unit_at(Dwfl_Module* module, std::uint64_t address, Dwarf_Addr& bias) {
  if (Dwarf_Die* unit = dwfl_module_addrdie(module, address, &bias))
    if (dwarf_haspc(unit, address - bias) == 1) return unit;
  for (Dwarf_Die* unit = nullptr; (unit = dwfl_module_nextcu(module, unit, &bias)) != nullptr;)
    if (dwarf_haspc(unit, address - bias) == 1) return unit;
  return nullptr;
}

SourceLine line_at(Dwfl_Module* module, std::uint64_t address) {
  SourceLine place;
  Dwarf_Addr bias = 0;
  Dwarf_Die* unit = unit_at(module, address, bias);
  Dwarf_Line* line = unit ? dwarf_getsrc_die(unit, address - bias) : nullptr;
  if (!line) return place;
  if (const char* file = dwarf_linesrc(line, nullptr, nullptr)) place.file = file;
  dwarf_lineno(line, &place.line);
  return place;
}

/// The scopes around `address`, innermost first, through inlined functions up to the real one.
std::vector<Dwarf_Die> scopes_at(Dwfl_Module* module, std::uint64_t address) {
  Dwarf_Addr bias = 0;
  Dwarf_Die* unit = unit_at(module, address, bias);
  Dwarf_Die* found = nullptr;
  int count = unit ? dwarf_getscopes(unit, address - bias, &found) : 0;
  std::unique_ptr<Dwarf_Die, decltype(&std::free)> around(found, std::free);
  if (count <= 0) return {};
  // These are the scopes of where an inlined function is written; those of where it is called are asked for by DIE.
  found = nullptr;
  count = dwarf_getscopes_die(around.get(), &found);
  std::unique_ptr<Dwarf_Die, decltype(&std::free)> scopes(found, std::free);
  return count <= 0 ? std::vector<Dwarf_Die>() : std::vector<Dwarf_Die>(found, found + count);
}

std::optional<Dwarf_Word> number_of(Dwarf_Die* die, unsigned attribute) {
  Dwarf_Attribute holder;
  Dwarf_Word value = 0;
  if (!dwarf_attr(die, attribute, &holder) || dwarf_formudata(&holder, &value) != 0) return std::nullopt;
  return value;
}

/// Where the inlined function is called.
SourceLine call_place(Dwarf_Die* inlined) {
  SourceLine place;
  Dwarf_Die unit;
  Dwarf_Files* files = nullptr;
  if (!dwarf_diecu(inlined, &unit, nullptr, nullptr) || dwarf_getsrcfiles(&unit, &files, nullptr) != 0) return place;
  if (auto file = number_of(inlined, DW_AT_call_file))
    if (const char* name = dwarf_filesrc(files, *file, nullptr, nullptr)) place.file = name;
  place.line = static_cast<int>(number_of(inlined, DW_AT_call_line).value_or(0));
  return place;
}

std::string name_of(Dwarf_Die* die) {
  Dwarf_Attribute holder;
  const char* name = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &holder));
  return name ? name : "";
}

bool has_debug_info(Dwfl_Module* module) {
  Dwarf_Addr bias = 0;
  return dwfl_module_getdwarf(module, &bias) != nullptr;
}

/// Where the tree was, with a slash behind; empty where files are named from its root. Each kernel has this file.
std::string tree_root(Dwfl_Module* kernel) {
  constexpr std::string_view known_file = "/init/main.c";
  Dwarf_Addr bias = 0;
  for (Dwarf_Die* unit = nullptr; (unit = dwfl_module_nextcu(kernel, unit, &bias)) != nullptr;)
    if (std::string_view name = dwarf_diename(unit) ? dwarf_diename(unit) : ""; name.ends_with(known_file))
      return std::string(name.substr(0, name.size() - known_file.size() + 1));
  return {};
}

/// Modules by the names that traces have: demo-two.ko is demo_two.
std::map<std::string, fs::path> module_files(const std::optional<fs::path>& directory) {
  std::map<std::string, fs::path> files;
  if (!directory) return files;
  std::error_code failure;
  for (fs::recursive_directory_iterator file(*directory, failure), end; !failure && file != end;
       file.increment(failure)) {
    if (file->path().extension() != ".ko") continue;
    std::string name = file->path().stem().string();
    std::replace(name.begin(), name.end(), '-', '_');
    files.emplace(std::move(name), file->path());
  }
  return files;
}

}  // namespace

struct StackDecoder::Impl {
  SymbolFiles files;
  std::map<std::string, fs::path> modules;
  Session session{dwfl_begin(&callbacks)};
  std::map<std::string, Dwfl_Module*> open;  // by name; "": the kernel; null: it can't be read
  std::string root;                          // of the tree, as debug info spells it

  Dwfl_Module* module(const std::string& name) {
    auto known = open.find(name);
    if (known != open.end()) return known->second;
    auto file = modules.find(name);
    const fs::path path = name.empty() ? files.vmlinux : file == modules.end() ? fs::path() : file->second;
    Dwfl_Module* opened = nullptr;
    if (!path.empty()) {
      dwfl_report_begin_add(session.get());
      opened = dwfl_report_offline(session.get(), name.empty() ? "kernel" : name.c_str(), path.c_str(), -1);
      dwfl_report_end(session.get(), nullptr, nullptr);
    }
    return open[name] = opened && has_debug_info(opened) ? opened : nullptr;
  }

  std::string shortened(std::string file) const {
    if (!root.empty() && file.starts_with(root)) file.erase(0, root.size());
    if (file.starts_with("./")) file.erase(0, 2);
    return file;
  }
};

StackDecoder::StackDecoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StackDecoder::~StackDecoder() = default;
StackDecoder::StackDecoder(StackDecoder&&) noexcept = default;
StackDecoder& StackDecoder::operator=(StackDecoder&&) noexcept = default;

Result<StackDecoder> StackDecoder::open(const SymbolFiles& files) {
  auto impl = std::make_unique<Impl>();
  impl->files = files;
  impl->modules = module_files(files.modules);
  if (std::error_code none; !fs::exists(files.vmlinux, none))
    return usage_error(fmt::format("there is no file {}", files.vmlinux.string()));
  if (!impl->module(""))
    return usage_error(fmt::format("{} has no debug info", files.vmlinux.string()),
                       "build the kernel with --fragment debug");
  impl->root = tree_root(impl->module(""));
  return StackDecoder(std::move(impl));
}

std::vector<SourceLine> StackDecoder::locate(const StackFrame& frame) {
  Dwfl_Module* module = impl_->module(frame.module);
  auto symbol = module ? find_symbol(module, frame) : std::nullopt;
  if (!symbol) return {};
  // A return address is behind the call, and may be in the next line, or beyond a function that doesn't return.
  const std::uint64_t address = symbol->address + frame.offset - (frame.is_rip || frame.offset == 0 ? 0 : 1);
  SourceLine place = line_at(module, address);
  if (place.file.empty()) return {};
  std::vector<SourceLine> found;
  for (Dwarf_Die& scope : scopes_at(module, address)) {
    if (dwarf_tag(&scope) != DW_TAG_inlined_subroutine) continue;
    found.push_back({name_of(&scope), impl_->shortened(place.file), place.line});
    place = call_place(&scope);
  }
  found.push_back({plain_function_name(frame.symbol), impl_->shortened(place.file), place.line});
  return found;
}

void StackDecoder::decode(CrashReport& report) {
  auto lines = decoded(report.lines);
  if (lines != report.lines)
    report.decoded = std::move(lines);
  else if (!report.fingerprint.empty())
    report.undecoded = fmt::format("{} is not of the kernel that printed this", impl_->files.vmlinux.string());
}

std::vector<std::string> StackDecoder::decoded(std::span<const std::string> lines) {
  std::vector<std::string> all;
  for (const std::string& line : lines) {
    auto frame = parse_frame(line);
    const auto places = frame ? locate(*frame) : std::vector<SourceLine>();
    if (places.empty()) {
      all.push_back(line);
      continue;
    }
    const std::size_t start = line.find(frame->symbol + "+0x");
    for (std::size_t i = 0; i + 1 < places.size(); ++i)
      all.push_back(fmt::format("{}{} ({}:{}) [inline]", line.substr(0, start), places[i].function, places[i].file,
                                places[i].line));
    const std::size_t end = std::min(line.find_first_of(" ", start), line.size());
    all.push_back(
        fmt::format("{} ({}:{}){}", line.substr(0, end), places.back().file, places.back().line, line.substr(end)));
  }
  return all;
}

}  // namespace bootgate
