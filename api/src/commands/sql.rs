//! `vonglau sql`: a read-only query over the facts.

use clap::ValueEnum;

use super::{DataArg, Held, answer_text, client, open_or_ask, print};
use crate::core::Core;
use crate::http::questions::sql_text;

/// Arguments of `vonglau sql`.
///
/// Tables: visits, boards, dossiers, dossier_steps, ratings, alerts, boards, counters, feedback, sites, units, cells.
#[derive(Debug, clap::Args)]
pub struct SqlArgs {
    #[command(flatten)]
    data: DataArg,
    /// The query
    query: String,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Json,
}

/// Runs the command.
pub fn run(args: SqlArgs) -> anyhow::Result<()> {
    let csv = args.format == Format::Csv;
    let text = match open_or_ask(&args.data.data)? {
        Held::By(server) => {
            let accept = if csv { "text/csv" } else { "application/json" };
            let request = client()?.post(format!("{}/api/v1/sql", server.url));
            answer_text(request.header("accept", accept).body(args.query).send()?)?
        }
        Held::Here(dir) => {
            let (core, _intake, _) = Core::open(&dir)?;
            sql_text(&core.sql(&args.query)?, csv)?
        }
    };
    print(&text)
}
