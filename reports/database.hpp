// Database: one SQLite file (the wall around SQLiteCpp). What is committed stays, whatever kills the program.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "harness/support/clock.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

struct DatabaseOptions {
  bool read_only = false;                    // the file must be there, and is not written to
  Duration patience{5000};                   // how long another program's writing is waited for
  std::optional<std::int64_t> most_pages{};  // of 4 KiB that the file may have; nothing: as many as the disk has
};

struct DatabaseSchema {
  int application_id = 0;  // in the file's header: what file(1) and we tell it by
  std::span<const char* const>
      migrations;  // the statements that lead from each version to the next, from an empty file
};

using SqlValue = std::variant<std::int64_t, double, std::string>;

/// A statement with its values. It is prepared once, and reset behind each use: one that stood at a row would keep the
/// file's old state alive, and others from tidying the write-ahead log up.
class Query {
 public:
  struct Statement;
  explicit Query(Statement& statement);
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  void run();
  /// Goes on to the next row, if there is one.
  bool next();
  std::string text(int column) const;
  std::int64_t integer(int column) const;
  int number(int column) const { return static_cast<int>(integer(column)); }
  bool flag(int column) const { return integer(column) != 0; }
  double real(int column) const;

 private:
  Statement& statement_;
};

class Database {
 public:
  /// Opens it, makes it, or brings one of an older version up to date. The error tells a file that is no such database,
  /// is damaged, was made by a newer bootgate, is locked, or can't be written, and what to do about it.
  static Result<Database> open(const fs::path& file, const DatabaseSchema& schema, const DatabaseOptions& options);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Queries belong inside of `work`: what goes wrong there ends it, and is the result. They all see the file as it was
  /// at the first of them.
  Result<> read(const std::function<void()>& work) const;
  /// The same, and all of it happens or nothing does.
  Result<> write(const std::function<void()>& work);

  /// The values stand for ?1, ?2, ...
  Query query(std::string_view sql, std::initializer_list<SqlValue> values = {}) const;
  std::int64_t last_row() const;

 private:
  struct Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bootgate
