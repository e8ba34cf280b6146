//! `vonglau copy-store`: the facts of a directory into ClickHouse, all of them, before a server is started on it.

use ::ingest::datadir::DataDir;
use ::ingest::store::clickhouse::Address;
use analytics::facts;

use super::{DataArg, PATIENCE, UsageError, print};
use crate::core::Core;
use crate::http::questions::sql_text;

/// Arguments of `vonglau copy-store`.
#[derive(Debug, clap::Args)]
pub struct CopyStoreArgs {
    #[command(flatten)]
    data: DataArg,
    /// Where to: `clickhouse://user@host:8123/database`, as for `serve --store`
    #[arg(
        long,
        value_name = "STORE",
        env = "VONGLAU_STORE",
        hide_env_values = true
    )]
    to: String,
}

/// Runs the command. What is there already is not sent again; cut short, it goes on where it was.
pub fn run(args: CopyStoreArgs) -> anyhow::Result<()> {
    let password = std::env::var("VONGLAU_CLICKHOUSE_PASSWORD").ok();
    let address = Address::parse(&args.to, password).map_err(|e| UsageError(e.to_string()))?;
    let dir = DataDir::open_existing(&args.data.data, PATIENCE)?;
    let (core, _intake, _) = Core::open_on_clickhouse(&dir, address)?;
    core.flush_facts()?;
    core.send_all_alerts()?;
    let mut rows = serde_json::Map::new();
    for table in facts::TABLES.into_iter().chain([&facts::ALERTS]) {
        let sql = format!("select count(*) as n from {}_rows final", table.name);
        let counted = sql_text(&core.sql(&sql)?, false)?;
        let counted: serde_json::Value = serde_json::from_str(&counted)?;
        rows.insert(table.name.to_owned(), counted[0]["n"].clone());
    }
    let position = core.state.read().events;
    print(&serde_json::json!({"position": position, "rows": rows}).to_string())
}
