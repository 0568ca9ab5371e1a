#include "reports/history_schema.hpp"

namespace bootgate {
namespace {

// Names that come again each night are kept once, in `line` (jobs), `subject` (cases) and `title` (crash reports).
// `position` orders runs: the seconds of their start, and one more than the last one's where the clock went back.
constexpr const char* version_1 = R"sql(
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  timestamp TEXT NOT NULL,
  position INTEGER NOT NULL,
  directory TEXT NOT NULL,
  finished INTEGER NOT NULL,
  interrupted INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX run_by_position ON run (position, id);

CREATE TABLE line (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE subject (
  id INTEGER PRIMARY KEY,
  suite TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (name, suite)
);
CREATE TABLE title (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE job (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  line INTEGER NOT NULL REFERENCES line,
  directory TEXT NOT NULL,
  timestamp TEXT NOT NULL,
  took INTEGER NOT NULL,
  "commit" TEXT NOT NULL,
  release TEXT NOT NULL,
  facts TEXT NOT NULL,
  pass INTEGER NOT NULL, fail INTEGER NOT NULL, error INTEGER NOT NULL, skip INTEGER NOT NULL,
  not_run INTEGER NOT NULL, known INTEGER NOT NULL, flaky INTEGER NOT NULL
);
CREATE UNIQUE INDEX job_of_run ON job (run, line);
CREATE INDEX job_of_line ON job (line, run);

CREATE TABLE measurement (
  job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (job, name)
) WITHOUT ROWID;

CREATE TABLE result (
  id INTEGER PRIMARY KEY,
  job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
  place INTEGER NOT NULL,
  subject INTEGER NOT NULL REFERENCES subject,
  outcome TEXT NOT NULL,
  cause TEXT NOT NULL,
  reason TEXT NOT NULL,
  took INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  failed_attempts INTEGER NOT NULL
);
CREATE INDEX result_of_job ON result (job, place);
CREATE INDEX result_of_subject ON result (subject, job);

CREATE TABLE attempt (
  result INTEGER NOT NULL REFERENCES result ON DELETE CASCADE,
  number INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  cause TEXT NOT NULL,
  reason TEXT NOT NULL,
  took INTEGER NOT NULL,
  PRIMARY KEY (result, number)
) WITHOUT ROWID;

CREATE TABLE crash (
  result INTEGER NOT NULL REFERENCES result ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  number INTEGER NOT NULL,
  title INTEGER NOT NULL REFERENCES title,
  fingerprint TEXT NOT NULL,
  counts INTEGER NOT NULL,
  PRIMARY KEY (result, attempt, number)
) WITHOUT ROWID;
CREATE INDEX crash_of_title ON crash (title, result);
)sql";

// Runs that were imported have a kind of their own. Until now it was not noted; only of a JUnit file alone can it be
// told: it has no directory.
constexpr const char* version_2 = R"sql(
ALTER TABLE run ADD COLUMN kind TEXT NOT NULL DEFAULT 'night';
UPDATE run SET kind = 'import' WHERE directory = '';
)sql";

constexpr const char* migrations[] = {version_1, version_2};

}  // namespace

std::span<const char* const> history_migrations() {
  return migrations;
}

}  // namespace bootgate
