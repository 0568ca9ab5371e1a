#include "reports/database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <map>

namespace bootgate {
namespace {

Error error_of(const SQLite::Exception& failure, const fs::path& file) {
  const std::string name = file.string();
  const std::string hint_of_damage =
      "move it away, and make it anew: bootgate history import OUT/*/ (what run directories and JUnit files hold)";
  auto error = [](std::string what, std::string hint = {}) {
    return bench_error(std::move(what), std::move(hint)).value();
  };
  switch (failure.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return error(fmt::format("{} is locked by another program", name),
                   "wait for it to end, or find it: fuser " + name);
    case SQLITE_NOTADB: return error(fmt::format("{} is no history: it is no SQLite database", name), hint_of_damage);
    case SQLITE_CORRUPT: return error(fmt::format("{} is damaged: {}", name, failure.what()), hint_of_damage);
    case SQLITE_FULL: return error(fmt::format("{} can't grow: the disk is full", name), "make room, and run it again");
    case SQLITE_READONLY:
    case SQLITE_PERM: return error(fmt::format("{} can't be written: it is read-only", name), "name another one");
    case SQLITE_CANTOPEN:
      return error(fmt::format("can't open {}: {}", name, failure.what()), "is its directory there?");
    default: return error(fmt::format("{}: {}", name, failure.what()));
  }
}

/// Readers share memory with writers through a file beside the database. Where they can't make it, there is no writer.
SQLite::Database open_database(const fs::path& file, bool read_only) {
  if (!read_only) return {file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  const fs::path place = fs::absolute(file);
  std::error_code none;
  if (::faccessat(AT_FDCWD, place.parent_path().c_str(), W_OK, AT_EACCESS) == 0 ||
      fs::exists(place.string() + "-wal", none))
    return {file.string(), SQLite::OPEN_READONLY};
  std::string escaped;
  for (char c : place.string())
    escaped += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02x}", static_cast<int>(c)) : std::string(1, c);
  return {"file:" + escaped + "?immutable=1", SQLite::OPEN_READONLY | SQLite::OPEN_URI};
}

struct Header {
  int version = 0, application = 0;
};

Header header_of(SQLite::Database& database) {
  return {database.execAndGet("PRAGMA user_version").getInt(), database.execAndGet("PRAGMA application_id").getInt()};
}

/// Whether it is one of ours; an empty one becomes that. Nothing is written to it before that is known.
Result<> check_header(SQLite::Database& database, const fs::path& file, const DatabaseSchema& schema, bool read_only) {
  const int newest = static_cast<int>(schema.migrations.size());
  const Header header = header_of(database);
  const bool is_empty = header.version == 0 && database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
  if (!is_empty && header.application != schema.application_id)
    return bench_error(fmt::format("{} is no history: it is another program's database", file.string()),
                       "name another file");
  if (header.version > newest)
    return bench_error(fmt::format("{} was made by a newer bootgate: its version is {}, and this one knows {}",
                                   file.string(), header.version, newest),
                       "update bootgate, or name another file");
  if (read_only && is_empty) return usage_error(fmt::format("{} holds no history", file.string()));
  if (read_only && header.version < newest)
    return bench_error(fmt::format("{} was made by an older bootgate", file.string()),
                       "a command that writes to it brings it up to date: bootgate nightly, bootgate history import");
  return {};
}

/// The journal of a write-ahead log stays readable while it is written, and a commit is on the disk when it returns.
void configure_writing(SQLite::Database& database, const DatabaseOptions& options) {
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  if (options.most_pages) database.exec(fmt::format("PRAGMA max_page_count = {}", *options.most_pages));
}

void migrate(SQLite::Database& database, const DatabaseSchema& schema) {
  const int newest = static_cast<int>(schema.migrations.size());
  if (header_of(database).version == newest) return;
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  // Another one may have been faster.
  for (int version = header_of(database).version; version < newest; ++version)
    database.exec(schema.migrations[static_cast<std::size_t>(version)]);
  database.exec(fmt::format("PRAGMA application_id = {}", schema.application_id));
  database.exec(fmt::format("PRAGMA user_version = {}", newest));
  transaction.commit();
}

}  // namespace

struct Query::Statement : SQLite::Statement {
  using SQLite::Statement::Statement;
};

Query::Query(Statement& statement) : statement_(statement) {}

Query::~Query() {
  statement_.tryReset();
}

void Query::run() {
  statement_.exec();
}

bool Query::next() {
  return statement_.executeStep();
}

std::string Query::text(int column) const {
  return statement_.getColumn(column).getString();
}

std::int64_t Query::integer(int column) const {
  return statement_.getColumn(column).getInt64();
}

double Query::real(int column) const {
  return statement_.getColumn(column).getDouble();
}

struct Database::Impl {
  fs::path file;
  SQLite::Database database;
  std::map<std::string, Query::Statement, std::less<>> statements;

  Impl(fs::path path, SQLite::Database opened) : file(std::move(path)), database(std::move(opened)) {}
};

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const fs::path& file, const DatabaseSchema& schema,
                                const DatabaseOptions& options) try {
  SQLite::Database database = open_database(file, options.read_only);
  database.setBusyTimeout(static_cast<int>(options.patience.count()));
  database.exec("PRAGMA foreign_keys = ON");
  if (auto ours = check_header(database, file, schema, options.read_only); !ours) return tl::unexpected(ours.error());
  if (!options.read_only) {
    configure_writing(database, options);
    migrate(database, schema);
  }
  return Database(std::make_unique<Impl>(file, std::move(database)));
} catch (const SQLite::Exception& failure) {
  return tl::unexpected(error_of(failure, file));
}

Result<> Database::read(const std::function<void()>& work) const try {
  // One state of the file: what others commit meanwhile is not seen.
  SQLite::Transaction transaction(impl_->database);
  work();
  transaction.commit();
  return {};
} catch (const SQLite::Exception& failure) {
  return tl::unexpected(error_of(failure, impl_->file));
}

Result<> Database::write(const std::function<void()>& work) try {
  SQLite::Transaction transaction(impl_->database, SQLite::TransactionBehavior::IMMEDIATE);
  work();
  transaction.commit();
  return {};
} catch (const SQLite::Exception& failure) {
  return tl::unexpected(error_of(failure, impl_->file));
}

Query Database::query(std::string_view sql, std::initializer_list<SqlValue> values) const {
  auto known = impl_->statements.find(sql);
  if (known == impl_->statements.end()) {
    std::string text(sql);
    known = impl_->statements.try_emplace(text, impl_->database, text).first;
  }
  Query::Statement& statement = known->second;
  statement.clearBindings();
  int place = 0;
  for (const SqlValue& value : values)
    std::visit([&](const auto& plain) { statement.bind(++place, plain); }, value);
  return Query(statement);
}

std::int64_t Database::last_row() const {
  return impl_->database.getLastInsertRowid();
}

}  // namespace bootgate
