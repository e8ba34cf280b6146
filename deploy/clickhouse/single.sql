-- The fact tables on one ClickHouse server. cluster.sql has the same columns for a cluster.
--
-- A row is what the journal's events up to `version` (a position in the journal) tell of its key; a later
-- version replaces it, and one with `deleted = 1` takes it away. Read with FINAL. The parts of a key never
-- change while a row lives; where one would, the old key gets a deleted row.
--
-- Columns are those of `analytics/src/facts/table.rs`. NULL is what was not
-- reported. An H3 cell, where a table gets one, is a UInt64, as ClickHouse's own H3 functions take it.
--
-- A batch sent again with its insert_deduplication_token is dropped: a plain table does so only with
-- `non_replicated_deduplication_window`, and only within the last 10,000 blocks; a batch makes one in each month
-- that it touches. Send with `async_insert = 0` (servers have had it on since 26.2).
--
-- `/* TTL … */` is a placeholder: with a period for {keep} (`5 YEAR`) and without the comment marks it deletes
-- what is older.

-- A visit of a ticket. A ticket's number repeats every day at every point.
CREATE TABLE IF NOT EXISTS visits_rows
(
    site          LowCardinality(String),
    unit          LowCardinality(String),
    day           Date,
    ticket        String,
    service       LowCardinality(Nullable(String)),
    counter       LowCardinality(Nullable(String)),
    priority      LowCardinality(String),
    purpose       LowCardinality(Nullable(String)),
    issued_at     Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    started_at    Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    ended_at      Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    outcome       LowCardinality(String),
    wait_s        Nullable(Float64),
    transaction_s Nullable(Float64),
    dossiers      Nullable(UInt32),
    legs          UInt32,
    approximate   Bool,
    walk_in       Bool,
    counted_at       DateTime64(6, 'Asia/Ho_Chi_Minh'),
    hour             Int64,
    wait_us          Nullable(Int64),
    wait_bucket      Nullable(Int64),
    transactions     Int64,
    transactions_us  Int64,
    per_dossier      Int64,
    per_dossier_us   Int64,
    per_dossier_over Int64,
    rewaits          Int64,
    rewaits_us       Int64,
    implausible      Int64,
    version       UInt64,
    deleted       UInt8
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (site, day, ticket)
/* TTL day + INTERVAL {keep} */
SETTINGS non_replicated_deduplication_window = 10000;

-- A dossier as it is now. A code begins with the unit and the date of filing, so that its order is nearly that
-- of site and day. `day` is that of its first event; an earlier one that comes late moves the row, and the old
-- day's gets deleted, since a question about some months reads no other partition.
CREATE TABLE IF NOT EXISTS dossiers_rows
(
    day                  Date,
    dossier              String,
    code_valid           Bool,
    procedure            LowCardinality(Nullable(String)),
    field                LowCardinality(Nullable(String)),
    site                 LowCardinality(Nullable(String)),
    unit                 LowCardinality(Nullable(String)),
    agency               LowCardinality(Nullable(String)),
    holder               LowCardinality(Nullable(String)),
    channel              LowCardinality(Nullable(String)),
    submitted_at         Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    accepted_at          Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    due_at               Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    ended_at             Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    last_event_at        Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    stage                LowCardinality(String),
    paused               Bool,
    digitised_at         Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    second_supplement_at Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    working_hours        Nullable(Float64),
    home_unit            LowCardinality(Nullable(String)),
    performer            LowCardinality(Nullable(String)),
    due_computed         Bool,
    result               LowCardinality(Nullable(String)),
    returned_at          Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    history              String,
    version              UInt64,
    deleted              UInt8,
    INDEX by_day day TYPE minmax,
    INDEX by_site site TYPE set(256)
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (dossier, day)
/* TTL day + INTERVAL {keep} */
SETTINGS non_replicated_deduplication_window = 10000;

-- Every step of every dossier. `source` and `id` are those of the event, as in all tables of events below.
CREATE TABLE IF NOT EXISTS dossier_steps_rows
(
    dossier     String,
    at          DateTime64(6, 'Asia/Ho_Chi_Minh'),
    step        LowCardinality(String),
    agency      LowCardinality(Nullable(String)),
    due_at      Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    reason      LowCardinality(Nullable(String)),
    step_name   LowCardinality(Nullable(String)),
    step_due_at Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    paper       Nullable(Bool),
    apology     Nullable(Bool),
    source      LowCardinality(String),
    id          String,
    version     UInt64,
    deleted     UInt8,
    INDEX by_time at TYPE minmax
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYYYYMM(at)
ORDER BY (dossier, at, source, id)
/* TTL toDate(at) + INTERVAL {keep} */
SETTINGS non_replicated_deduplication_window = 10000;

-- Every rating. Two people may give the same score at the same moment: only the event tells them apart.
CREATE TABLE IF NOT EXISTS ratings_rows
(
    at      DateTime64(6, 'Asia/Ho_Chi_Minh'),
    score   UInt8,
    channel LowCardinality(String),
    site    LowCardinality(Nullable(String)),
    unit    LowCardinality(Nullable(String)),
    counter LowCardinality(Nullable(String)),
    ticket  Nullable(String),
    dossier Nullable(String),
    source  LowCardinality(String),
    id      String,
    version UInt64,
    deleted UInt8
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYYYYMM(at)
ORDER BY (site, at, source, id)
/* TTL toDate(at) + INTERVAL {keep} */
SETTINGS non_replicated_deduplication_window = 10000, allow_nullable_key = 1;

-- What a queue's board showed, and for how long (`held_s`).
CREATE TABLE IF NOT EXISTS boards_rows
(
    site            LowCardinality(String),
    service         LowCardinality(String),
    at              DateTime64(6, 'Asia/Ho_Chi_Minh'),
    waiting         UInt32,
    open_counters   UInt32,
    serving         Nullable(String),
    service_seconds Nullable(Float64),
    held_s          Float64,
    source          LowCardinality(String),
    id              String,
    version         UInt64,
    deleted         UInt8
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYYYYMM(at)
ORDER BY (site, at, service, source, id)
/* TTL toDate(at) + INTERVAL {keep} */
SETTINGS non_replicated_deduplication_window = 10000;

-- Counters opened, paused, resumed and closed.
CREATE TABLE IF NOT EXISTS counters_rows
(
    site      LowCardinality(String),
    counter   LowCardinality(String),
    at        DateTime64(6, 'Asia/Ho_Chi_Minh'),
    state     LowCardinality(String),
    services  LowCardinality(Nullable(String)),
    performer LowCardinality(Nullable(String)),
    source    LowCardinality(String),
    id        String,
    version   UInt64,
    deleted   UInt8
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYYYYMM(at)
ORDER BY (site, at, counter, source, id)
/* TTL toDate(at) + INTERVAL {keep} */
SETTINGS non_replicated_deduplication_window = 10000;

-- Every step of every petition or complaint.
CREATE TABLE IF NOT EXISTS feedback_rows
(
    feedback  String,
    at        DateTime64(6, 'Asia/Ho_Chi_Minh'),
    step      LowCardinality(String),
    site      LowCardinality(Nullable(String)),
    agency    LowCardinality(Nullable(String)),
    field     LowCardinality(Nullable(String)),
    about     LowCardinality(Nullable(String)),
    due_at    Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    satisfied Nullable(Bool),
    dossier   Nullable(String),
    repeat_of Nullable(String),
    source    LowCardinality(String),
    id        String,
    version   UInt64,
    deleted   UInt8,
    INDEX by_time at TYPE minmax
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYYYYMM(at)
ORDER BY (feedback, at, source, id)
/* TTL toDate(at) + INTERVAL {keep} */
SETTINGS non_replicated_deduplication_window = 10000;

-- Cases of the alert desk, by the day they were raised. They follow its log and not the journal: `version` is the time of
-- sending in microseconds, and the ledger does not count them. `site` is empty for what is no point's.
CREATE TABLE IF NOT EXISTS alerts_rows
(
    day             Date,
    alert           String,
    alert_group     LowCardinality(String),
    rule            LowCardinality(String),
    priority        LowCardinality(String),
    owner           LowCardinality(String),
    subject_kind    LowCardinality(String),
    subject         String,
    site            LowCardinality(String),
    unit            LowCardinality(Nullable(String)),
    agency          LowCardinality(Nullable(String)),
    state           LowCardinality(String),
    standing        Bool,
    corrected       Bool,
    since           DateTime64(6, 'Asia/Ho_Chi_Minh'),
    raised_at       DateTime64(6, 'Asia/Ho_Chi_Minh'),
    acknowledged_at Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    returned_at     Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    closed_at       Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    escalated_at    Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    shelved_until   Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    times           UInt32,
    members         UInt32,
    assigned_to     LowCardinality(Nullable(String)),
    acknowledged_by LowCardinality(Nullable(String)),
    explanations    UInt32,
    urges           UInt32,
    answers         UInt32,
    value           Nullable(Float64),
    sample          Nullable(UInt32),
    threshold       Nullable(Float64),
    value_unit      LowCardinality(Nullable(String)),
    version         UInt64,
    deleted         UInt8
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (site, day, alert)
/* TTL day + INTERVAL {keep} */
SETTINGS non_replicated_deduplication_window = 10000;

-- How far each installation's facts have come: a journal position, written after all rows up to it.
CREATE TABLE IF NOT EXISTS ledger
(
    installation String,
    position     UInt64,
    schema       UInt32,
    written_at   DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(position)
ORDER BY installation
SETTINGS non_replicated_deduplication_window = 10000;

-- What people ask: the rows that count, under the names of the contract. What changes by time alone is computed
-- here, as the embedded store does it (`Table::view` in analytics/src/facts/table.rs).
CREATE OR REPLACE VIEW visits AS
SELECT * REPLACE (if(outcome = 'in_progress' AND day < toDate(now('Asia/Ho_Chi_Minh')), 'unresolved', outcome) AS outcome)
FROM visits_rows FINAL;

CREATE OR REPLACE VIEW dossiers AS
SELECT * EXCEPT (history),
    ifNull(multiIf(ended_at IS NOT NULL, ended_at > due_at, paused, last_event_at > due_at, now64(6) > due_at), false) AS overdue
FROM dossiers_rows FINAL;

CREATE OR REPLACE VIEW dossier_steps AS SELECT * FROM dossier_steps_rows FINAL;

CREATE OR REPLACE VIEW ratings AS SELECT * FROM ratings_rows FINAL;

CREATE OR REPLACE VIEW boards AS SELECT * FROM boards_rows FINAL;

CREATE OR REPLACE VIEW counters AS SELECT * FROM counters_rows FINAL;

CREATE OR REPLACE VIEW feedback AS SELECT * FROM feedback_rows FINAL;

CREATE OR REPLACE VIEW alerts AS SELECT * FROM alerts_rows FINAL;
