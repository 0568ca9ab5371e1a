#include "harness/plan/run_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "fixtures/kconfig/recipe.hpp"
#include "harness/plan/read_suite.hpp"
#include "harness/support/data.hpp"
#include "harness/support/size.hpp"
#include "harness/support/text.hpp"
#include "harness/support/toml.hpp"

namespace bootgate {
namespace {

/// A path of the file, which starts where the file is.
std::string path_from(const fs::path& dir, const std::string& text) {
  const char* home = std::getenv("HOME");
  fs::path path = text.starts_with("~/") && home ? fs::path(home) / text.substr(2) : dir / text;
  path = path.lexically_normal();
  return path.has_filename() ? path.string() : path.parent_path().string();
}

bool is_remote(std::string_view repository) {
  return repository.find("://") != std::string_view::npos || repository.find(':') < repository.find('/');
}

/// The same for what `kernel` may name.
std::string kernel_from(const fs::path& dir, const std::string& text) {
  constexpr std::string_view tree = "tree:", git = "git:";
  if (text.starts_with(tree)) return std::string(tree) + path_from(dir, text.substr(tree.size()));
  if (text.starts_with(git)) {
    const std::size_t at = text.rfind('@');
    if (at == std::string::npos || at < git.size() || is_remote(std::string_view(text).substr(git.size()))) return text;
    return std::string(git) + path_from(dir, text.substr(git.size(), at - git.size())) + text.substr(at);
  }
  const bool elsewhere = text == "debian" || text == "own" || text.starts_with("debian:") ||
                         text.starts_with("kernel.org/") || text.find("://") != std::string::npos;
  return elsewhere ? text : path_from(dir, text);
}

ConfigRequest config_from(const fs::path& dir, const std::string& text) {
  ConfigRequest config = config_request(text);
  auto place = [&](std::string& part) {
    if (part.find_first_of("/.") != std::string::npos) part = path_from(dir, part);
  };
  place(config.base);
  for (std::string& fragment : config.fragments)
    place(fragment);
  return config;
}

/// One axis: what is written in the file, and what it stands for.
struct Axis {
  const char* key;
  const char* noun;
  std::vector<std::string> AxisValues::*values;
  std::function<Result<std::string>(const std::string&)> look_up;
  std::vector<std::pair<std::string, std::string>> known;
};

class RunFileReader {
 public:
  RunFileReader(TomlTable root, const fs::path& file, const std::vector<std::string>& profiles)
      : root_(std::move(root)), dir_(file.parent_path()), profiles_(profiles) {
    file_.file = file;
    auto axis = [&](const char* key, const char* noun, std::vector<std::string> AxisValues::*values, auto look_up) {
      axes_.push_back(
          {key, noun, values, [this, look_up](const std::string& text) { return (this->*look_up)(text); }, {}});
    };
    axis("suites", "suite", &AxisValues::suites, &RunFileReader::suite);
    axis("kernel", "kernel", &AxisValues::kernels, &RunFileReader::kernel);
    axis("config", "config", &AxisValues::configs, &RunFileReader::config);
    axis("profile", "profile", &AxisValues::profiles, &RunFileReader::profile);
    axis("accel", "accelerator", &AxisValues::accelerators, &RunFileReader::accelerator);
  }

  RunFile read() {
    file_.description = root_.string("description").value_or("");
    read_trees();
    read_axes();
    for (TomlTable& row : root_.tables("exclude"))
      file_.matrix.excluded.push_back(read_row(row, "exclude", false));
    for (TomlTable& row : root_.tables("include"))
      file_.matrix.included.push_back(read_row(row, "include", true));
    for (TomlTable& row : root_.tables("timeout"))
      file_.matrix.timeouts.push_back(read_timeout(row));
    read_keep();
    read_what_is_booted();
    read_execution();
    root_.finish();
    return std::move(file_);
  }

 private:
  Result<std::string> suite(const std::string& text) {
    std::string name = text;
    if (text.find('/') != std::string::npos || text.ends_with(".toml")) name = path_from(dir_, text);
    // Without a slash it would be taken for one of the project's.
    if (name != text && name.find('/') == std::string::npos) name = "./" + name;
    auto found = find_suite(name);
    if (!found) return tl::unexpected(found.error());
    if (std::find(file_.suites.begin(), file_.suites.end(), *found) == file_.suites.end())
      file_.suites.push_back(*found);
    return found->string();
  }

  Result<std::string> kernel(const std::string& text) {
    auto name = parse_kernel_name(kernel_from(dir_, text));
    if (!name) return tl::unexpected(name.error());
    auto same = [&](const KernelName& other) { return other.text == name->text; };
    if (std::none_of(file_.kernels.begin(), file_.kernels.end(), same)) file_.kernels.push_back(*name);
    return name->text;
  }

  Result<std::string> config(const std::string& text) {
    ConfigRequest config = config_from(dir_, text);
    auto recipe = read_config_recipe(config, data_root() / "fixtures/kconfig");
    if (!recipe) return tl::unexpected(recipe.error());
    std::string name = config_name(config);
    auto same = [&](const ConfigRequest& other) { return config_name(other) == name; };
    if (std::none_of(file_.configs.begin(), file_.configs.end(), same)) file_.configs.push_back(std::move(config));
    return name;
  }

  Result<std::string> profile(const std::string& text) { return one_of("profile", text, profiles_); }

  Result<std::string> accelerator(const std::string& text) {
    static const std::vector<std::string> all = {"auto", "kvm", "tcg"};
    return one_of("accelerator", text, all);
  }

  static Result<std::string> one_of(std::string_view what, const std::string& text,
                                    const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), text) != known.end()) return text;
    std::string near = did_you_mean(text, known);
    return usage_error(fmt::format("unknown {} '{}'", what, printable(text)),
                       near.empty() ? fmt::format("known: {}", fmt::join(known, ", ")) : near);
  }

  /// Looks a value up the first time that it is named.
  std::optional<std::string> meaning(TomlTable& table, Axis& axis, const TomlString& value) {
    for (const auto& [written, meant] : axis.known)
      if (written == value.text) return meant;
    auto found = axis.look_up(value.text);
    if (found) {
      axis.known.emplace_back(value.text, *found);
      return *found;
    }
    const Error& error = found.error();
    table.note(error.what, error.at ? *error.at : value.at, error.hint);
    return std::nullopt;
  }

  /// As kernels: each ref of each tree.
  void read_trees() {
    for (TomlTable& tree : root_.tables("tree")) {
      const auto repository = tree.string("git");
      if (!repository) tree.note_missing("git");
      if (tree.has("refs") ? tree.is_empty_array("refs") : true) tree.note_missing("refs");
      for (const TomlString& ref : tree.placed_strings("refs"))
        if (repository) trees_.push_back({fmt::format("git:{}@{}", *repository, ref.text), ref.at});
      tree.finish();
    }
  }

  void add_trees(Axis& axis, std::vector<std::string>& values) {
    for (const TomlString& kernel : trees_) {
      auto meant = meaning(root_, axis, kernel);
      if (!meant) continue;
      if (std::find(values.begin(), values.end(), *meant) != values.end())
        root_.note(fmt::format("'{}' is there twice", printable(kernel.text)), kernel.at);
      else
        values.push_back(std::move(*meant));
    }
  }

  void read_keep() {
    auto keep = root_.table("keep");
    if (!keep) return;
    if (auto days = keep->integer("days")) {
      if (*days < 1 || *days > 36'500) keep->note("'days' must be 1 to 36500", keep->at("days"));
      file_.keep.days = static_cast<int>(*days);
    }
    if (auto size = keep->string("size")) {
      file_.keep.mib = parse_mib(*size);
      if (!file_.keep.mib)
        keep->note(fmt::format("'{}' is no size", printable(*size)), keep->at("size"), "write it like 500M or 20G");
    }
    keep->finish();
  }

  void read_axes() {
    const std::vector<std::pair<std::string, const char*>> usual = {
        {"suites", "boot"}, {"kernel", "debian"}, {"config", "lean"}, {"accel", "auto"}};
    file_.matrix.axes.at = root_.at();
    for (Axis& axis : axes_) {
      std::vector<std::string>& values = file_.matrix.axes.*axis.values;
      values = read_values(root_, axis, true);
      if (axis.values == &AxisValues::kernels) add_trees(axis, values);
      if (root_.has(axis.key) || !values.empty()) continue;
      for (const auto& [key, value] : usual)
        if (key == axis.key)
          if (auto meant = meaning(root_, axis, {value, root_.at()})) values.push_back(*meant);
    }
  }

  /// `new_ones`: the values need not be known from the axes.
  std::vector<std::string> read_values(TomlTable& table, Axis& axis, bool new_ones) {
    std::vector<std::string> values;
    if (table.is_empty_array(axis.key))
      table.note(fmt::format("'{}' has no value", axis.key), table.at(axis.key), "leave it out, or name one");
    for (const TomlString& written : table.placed_strings(axis.key)) {
      if (!new_ones && !check_known(table, axis, written)) continue;
      auto meant = meaning(table, axis, written);
      if (!meant) continue;
      if (std::find(values.begin(), values.end(), *meant) != values.end())
        table.note(fmt::format("'{}' is there twice", printable(written.text)), written.at);
      else
        values.push_back(std::move(*meant));
    }
    return values;
  }

  /// What a row may match: the values above it. Of accelerators and profiles all, which `auto` and suites may bring.
  bool check_known(TomlTable& table, const Axis& axis, const TomlString& written) {
    if (axis.values == &AxisValues::accelerators || axis.values == &AxisValues::profiles) return true;
    std::vector<std::string> known;
    for (const auto& [text, meant] : axis.known)
      known.push_back(text);
    if (std::find(known.begin(), known.end(), written.text) != known.end()) return true;
    std::string near = did_you_mean(written.text, known);
    table.note(fmt::format("'{}' is no {} of this run", printable(written.text), axis.noun), written.at,
               near.empty() ? fmt::format("there are {}", fmt::join(known, ", ")) : near);
    return false;
  }

  AxisValues read_row(TomlTable& row, std::string_view what, bool new_ones) {
    AxisValues values = read_where(row, new_ones);
    if (row.keys().empty())
      row.note(fmt::format("this row names nothing to {}", what), row.at(), "give it values of one or more axes");
    row.finish();
    return values;
  }

  AxisValues read_where(TomlTable& row, bool new_ones) {
    AxisValues values;
    values.at = row.at();
    for (Axis& axis : axes_)
      values.*axis.values = read_values(row, axis, new_ones);
    return values;
  }

  TimeoutRow read_timeout(TomlTable& row) {
    TimeoutRow timeout;
    timeout.where = read_where(row, false);
    timeout.scale = read_scale(row, "scale").value_or(1);
    timeout.limit = row.duration("limit");
    if (!row.has("scale") && !row.has("limit"))
      row.note("this row sets no time", row.at(), "give it a 'scale' as 2, or a 'limit' as \"20m\"");
    row.finish();
    return timeout;
  }

  static std::optional<double> read_scale(TomlTable& table, std::string_view key) {
    auto scale = table.number(key);
    if (!scale || (*scale >= 0.001 && *scale <= 1000)) return scale;
    table.note(fmt::format("'{}' must be 0.001 to 1000", key), table.at(key));
    return std::nullopt;
  }

  std::optional<int> bounded(std::string_view key, int least, int most) {
    auto number = root_.integer(key);
    if (!number) return std::nullopt;
    if (*number >= least && *number <= most) return static_cast<int>(*number);
    root_.note(fmt::format("'{}' must be {} to {}", key, least, most), root_.at(key));
    return std::nullopt;
  }

  std::optional<std::vector<std::string>> list(std::string_view key) {
    std::vector<std::string> texts = root_.strings(key);
    return root_.has(key) ? std::optional(std::move(texts)) : std::nullopt;
  }

  std::optional<std::string> path(std::string_view key) {
    auto text = root_.string(key);
    return text ? std::optional(path_from(dir_, *text)) : std::nullopt;
  }

  std::optional<RootfsName> read_rootfs() {
    auto text = root_.string("rootfs");
    if (!text) return std::nullopt;
    auto name = parse_rootfs_name(*text);
    if (!name) {
      root_.note(name.error().what, root_.at("rootfs"), name.error().hint);
      return std::nullopt;
    }
    if (!name->value.empty() && name->kind != RootfsName::Kind::debian_image) {
      const std::size_t prefix = name->text.size() - name->value.size();
      name->value = path_from(dir_, name->value);
      name->text = name->text.substr(0, prefix) + name->value;
    }
    return *name;
  }

  void read_what_is_booted() {
    file_.append = list("append");
    file_.modules = list("module");
    file_.symbols = list("set");
    file_.rootfs = read_rootfs();
    read_fragments();
    read_added();
    if (auto text = root_.string("memory")) {
      file_.memory_mib = parse_memory(*text);
      if (!file_.memory_mib)
        root_.note(fmt::format("'{}' is no size of memory", printable(*text)), root_.at("memory"),
                   "write it like 512M or 2G");
    }
    file_.cpus = bounded("cpus", 1, 255);
    file_.toolchain = root_.string("toolchain");
    if (file_.toolchain)
      if (auto checked = check_toolchain_name(*file_.toolchain); !checked)
        root_.note(checked.error().what, root_.at("toolchain"), checked.error().hint);
  }

  void read_fragments() {
    const std::vector<TomlString> texts = root_.placed_strings("fragment");
    if (!root_.has("fragment")) return;
    file_.fragments.emplace();
    for (const TomlString& text : texts) {
      ConfigRequest config;
      config.fragments = {config_from(dir_, text.text).base};
      if (auto recipe = read_config_recipe(config, data_root() / "fixtures/kconfig"); !recipe)
        root_.note(recipe.error().what, text.at, recipe.error().hint);
      file_.fragments->push_back(config.fragments[0]);
    }
  }

  void read_added() {
    const std::vector<TomlString> texts = root_.placed_strings("add");
    if (!root_.has("add")) return;
    file_.added.emplace();
    for (const TomlString& text : texts) {
      auto added = parse_added_file(text.text);
      if (!added) {
        root_.note(fmt::format("'{}' is no file to add", printable(text.text)), text.at,
                   "write FILE:PATH with an absolute PATH");
        continue;
      }
      added->source = path_from(dir_, added->source.string());
      file_.added->push_back(std::move(*added));
    }
  }

  void read_execution() {
    file_.filters = list("filter");
    file_.retries = bounded("retry", 0, most_retries);
    file_.repeats = bounded("repeat", 1, most_repeats);
    file_.timeout_scale = read_scale(root_, "timeout-scale");
    file_.max_skips = bounded("max-skips", 0, 1'000'000);
    file_.fail_fast = root_.boolean("fail-fast");
    file_.fail_on_flaky = root_.boolean("fail-on-flaky");
    file_.known_issues = path("known-issues");
    if (auto isolation = root_.string("isolation")) {
      if (*isolation != "clone" && *isolation != "boot")
        root_.note(fmt::format("unknown isolation '{}'", printable(*isolation)), root_.at("isolation"),
                   "write clone or boot");
      file_.isolation = *isolation == "boot" ? Isolation::boot : Isolation::clone;
    }
  }

  TomlTable root_;
  fs::path dir_;
  const std::vector<std::string>& profiles_;
  RunFile file_;
  std::vector<Axis> axes_;
  std::vector<TomlString> trees_;
};

bool has_any(const TomlTable& table, std::initializer_list<std::string_view> keys) {
  return std::any_of(keys.begin(), keys.end(), [&](std::string_view key) { return table.has(key); });
}

bool is_suite(const TomlTable& root) {
  return has_any(root, {"name", "case", "samples"});
}

}  // namespace

RunFileReading read_run_file(const fs::path& file, const std::vector<std::string>& profiles) {
  RunFileReading reading;
  auto document = TomlDocument::read(file);
  if (!document) {
    reading.errors.push_back(document.error());
    return reading;
  }
  TomlTable root = document->root();
  if (is_suite(root)) {
    reading.errors.push_back({Error::Kind::definition, "this is a suite, and no run file", root.at(),
                              fmt::format("run it: bootgate run {}", shell_quoted(file.string()))});
    return reading;
  }
  reading.run_file = RunFileReader(root, file, profiles).read();
  reading.errors = document->errors();
  return reading;
}

bool is_run_file(const fs::path& file) {
  auto document = TomlDocument::read(file);
  if (!document) return false;
  const TomlTable root = document->root();
  return !is_suite(root) &&
         has_any(root, {"suites", "kernel", "config", "accel", "exclude", "include", "timeout", "tree"});
}

}  // namespace bootgate
