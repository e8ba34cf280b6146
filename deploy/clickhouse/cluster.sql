-- The fact tables on a cluster: replicated local tables, and Distributed ones over them under the names of
-- single.sql, whose text on versions, columns and the TTL placeholder holds here too.
--
-- {cluster}, {shard} and {replica} are macros of each server; {database} and {table} are ClickHouse's own. All
-- versions of a key must meet on one shard, so a sharding key is made of parts of the table's key.
--
-- Create the database on every server first. Write through the Distributed tables with
-- `distributed_foreground_insert = 1`, else a batch is acknowledged while it waits on one server's disk, with
-- `async_insert = 0`, and with `insert_quorum = 'auto'` where an acknowledged batch must outlive a server:
-- the journal may forget what is acknowledged. Tokens are remembered for a week, as long as a cut-off
-- sender may need.

-- A visit of a ticket. A ticket's number repeats every day at every point.
CREATE TABLE IF NOT EXISTS visits_local ON CLUSTER '{cluster}'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version, deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (site, day, ticket)
/* TTL day + INTERVAL {keep} */
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

CREATE TABLE IF NOT EXISTS visits_rows ON CLUSTER '{cluster}' AS visits_local
ENGINE = Distributed('{cluster}', currentDatabase(), visits_local, cityHash64(site));

-- A dossier as it is now. A code begins with the unit and the date of filing, so that its order is nearly that
-- of site and day. `day` is that of its first event; an earlier one that comes late moves the row, and the old
-- day's gets deleted, since a question about some months reads no other partition.
CREATE TABLE IF NOT EXISTS dossiers_local ON CLUSTER '{cluster}'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version, deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (dossier, day)
/* TTL day + INTERVAL {keep} */
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

CREATE TABLE IF NOT EXISTS dossiers_rows ON CLUSTER '{cluster}' AS dossiers_local
ENGINE = Distributed('{cluster}', currentDatabase(), dossiers_local, cityHash64(dossier));

-- Every step of every dossier. `source` and `id` are those of the event, as in all tables of events below.
CREATE TABLE IF NOT EXISTS dossier_steps_local ON CLUSTER '{cluster}'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version, deleted)
PARTITION BY toYYYYMM(at)
ORDER BY (dossier, at, source, id)
/* TTL toDate(at) + INTERVAL {keep} */
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

CREATE TABLE IF NOT EXISTS dossier_steps_rows ON CLUSTER '{cluster}' AS dossier_steps_local
ENGINE = Distributed('{cluster}', currentDatabase(), dossier_steps_local, cityHash64(dossier));

-- Every rating. Two people may give the same score at the same moment: only the event tells them apart.
CREATE TABLE IF NOT EXISTS ratings_local ON CLUSTER '{cluster}'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version, deleted)
PARTITION BY toYYYYMM(at)
ORDER BY (site, at, source, id)
/* TTL toDate(at) + INTERVAL {keep} */
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, allow_nullable_key = 1;

CREATE TABLE IF NOT EXISTS ratings_rows ON CLUSTER '{cluster}' AS ratings_local
ENGINE = Distributed('{cluster}', currentDatabase(), ratings_local, cityHash64(ifNull(site, '')));

-- What a queue's board showed, and for how long (`held_s`).
CREATE TABLE IF NOT EXISTS boards_local ON CLUSTER '{cluster}'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version, deleted)
PARTITION BY toYYYYMM(at)
ORDER BY (site, at, service, source, id)
/* TTL toDate(at) + INTERVAL {keep} */
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

CREATE TABLE IF NOT EXISTS boards_rows ON CLUSTER '{cluster}' AS boards_local
ENGINE = Distributed('{cluster}', currentDatabase(), boards_local, cityHash64(site));

-- Counters opened, paused, resumed and closed.
CREATE TABLE IF NOT EXISTS counters_local ON CLUSTER '{cluster}'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version, deleted)
PARTITION BY toYYYYMM(at)
ORDER BY (site, at, counter, source, id)
/* TTL toDate(at) + INTERVAL {keep} */
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

CREATE TABLE IF NOT EXISTS counters_rows ON CLUSTER '{cluster}' AS counters_local
ENGINE = Distributed('{cluster}', currentDatabase(), counters_local, cityHash64(site));

-- Every step of every petition or complaint.
CREATE TABLE IF NOT EXISTS feedback_local ON CLUSTER '{cluster}'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version, deleted)
PARTITION BY toYYYYMM(at)
ORDER BY (feedback, at, source, id)
/* TTL toDate(at) + INTERVAL {keep} */
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

CREATE TABLE IF NOT EXISTS feedback_rows ON CLUSTER '{cluster}' AS feedback_local
ENGINE = Distributed('{cluster}', currentDatabase(), feedback_local, cityHash64(feedback));

-- Cases of the alert desk, by the day they were raised. They follow its log and not the journal: `version` is the time of
-- sending in microseconds, and the ledger does not count them. `site` is empty for what is no point's.
CREATE TABLE IF NOT EXISTS alerts_local ON CLUSTER '{cluster}'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version, deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (site, day, alert)
/* TTL day + INTERVAL {keep} */
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

CREATE TABLE IF NOT EXISTS alerts_rows ON CLUSTER '{cluster}' AS alerts_local
ENGINE = Distributed('{cluster}', currentDatabase(), alerts_local, cityHash64(site));

-- How far each installation's facts have come: a journal position, written after all rows up to it. One copy on
-- every server.
CREATE TABLE IF NOT EXISTS ledger ON CLUSTER '{cluster}'
(
    installation String,
    position     UInt64,
    schema       UInt32,
    written_at   DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/{table}', '{shard}-{replica}', position)
ORDER BY installation;

-- What people ask: the rows that count, under the names of the contract. What changes by time alone is computed
-- here, as the embedded store does it (`Table::view` in analytics/src/facts/table.rs).
CREATE OR REPLACE VIEW visits ON CLUSTER '{cluster}' AS
SELECT * REPLACE (if(outcome = 'in_progress' AND day < toDate(now('Asia/Ho_Chi_Minh')), 'unresolved', outcome) AS outcome)
FROM visits_rows FINAL;

CREATE OR REPLACE VIEW dossiers ON CLUSTER '{cluster}' AS
SELECT * EXCEPT (history),
    ifNull(multiIf(ended_at IS NOT NULL, ended_at > due_at, paused, last_event_at > due_at, now64(6) > due_at), false) AS overdue
FROM dossiers_rows FINAL;

CREATE OR REPLACE VIEW dossier_steps ON CLUSTER '{cluster}' AS SELECT * FROM dossier_steps_rows FINAL;

CREATE OR REPLACE VIEW ratings ON CLUSTER '{cluster}' AS SELECT * FROM ratings_rows FINAL;

CREATE OR REPLACE VIEW boards ON CLUSTER '{cluster}' AS SELECT * FROM boards_rows FINAL;

CREATE OR REPLACE VIEW counters ON CLUSTER '{cluster}' AS SELECT * FROM counters_rows FINAL;

CREATE OR REPLACE VIEW feedback ON CLUSTER '{cluster}' AS SELECT * FROM feedback_rows FINAL;

CREATE OR REPLACE VIEW alerts ON CLUSTER '{cluster}' AS SELECT * FROM alerts_rows FINAL;
