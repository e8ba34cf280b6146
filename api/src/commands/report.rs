//! `vonglau report`: the figures of a data directory over a span.

use analytics::figures::group::By;
use analytics::figures::within::Within;
use analytics::figures::{Family, Question, QuestionError};
use clap::ValueEnum;

use super::{DataArg, Held, UsageError, answer_text, client, open_or_ask, print};
use crate::core::Core;
use crate::http::questions::{TIME_FORM, parse_time, table_json};

/// Arguments of `vonglau report`.
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// What to report: visits, boards, dossiers, ratings, duties, feedback or alerts
    family: String,
    #[command(flatten)]
    data: DataArg,
    /// Begin, included: RFC 3339 or a local date
    #[arg(long, value_name = "T")]
    from: String,
    /// End, excluded: RFC 3339 or a local date
    #[arg(long, value_name = "T")]
    to: String,
    /// Group by site, unit, service, counter, agency, field, channel, hour, day or week; alerts also by group, rule or priority
    #[arg(long)]
    by: Option<String>,
    /// Also the known groups in which nothing counts, with empty figures
    #[arg(long)]
    all: bool,
    /// Form of the answer
    #[arg(long, value_enum)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Csv,
}

/// Runs the command.
pub fn run(args: ReportArgs) -> anyhow::Result<()> {
    let usage = |message: String| anyhow::Error::from(UsageError(message));
    let family = Family::from_word(&args.family).ok_or_else(|| {
        usage(format!(
            "there is no report of `{}`; use visits, boards, dossiers, ratings, duties, feedback or alerts",
            args.family
        ))
    })?;
    let time = |name: &str, text: &str| {
        parse_time(text).ok_or_else(|| usage(format!("--{name} must be {TIME_FORM}")))
    };
    let (from, to) = (time("from", &args.from)?, time("to", &args.to)?);
    let by = match args.by.as_deref() {
        None => None,
        Some(word) => Some(By::from_word(word).ok_or_else(|| {
            let allowed = family
                .groupings()
                .iter()
                .map(|b| b.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            usage(format!(
                "`{word}` is no grouping of {}; use one of {allowed}",
                family.as_str()
            ))
        })?),
    };
    let dir = match open_or_ask(&args.data.data)? {
        Held::Here(dir) => dir,
        Held::By(server) => {
            return print(&ask(&args, &server.url)?);
        }
    };
    let mut question = Question {
        family,
        from,
        to,
        as_of: from,
        by,
        all: args.all,
        within: Within::ALL,
    };
    // Refused before the journal is read.
    question
        .check()
        .map_err(|e: QuestionError| usage(e.to_string()))?;
    let (core, _intake, _) = Core::open(&dir)?;
    question.as_of = core.now(&core.state.read());
    let table = core.answer(&question)?;
    print(&match args.format {
        Format::Json => table_json(&core, &question, &table).to_string(),
        Format::Csv => table.to_csv(by.map(By::as_str)),
    })
}

/// Asks the server that holds the directory.
fn ask(args: &ReportArgs, url: &str) -> anyhow::Result<String> {
    let mut query = vec![
        ("family", args.family.as_str()),
        ("from", args.from.as_str()),
        ("to", args.to.as_str()),
    ];
    query.extend(args.by.as_deref().map(|by| ("by", by)));
    query.push(("all", if args.all { "true" } else { "false" }));
    query.push((
        "format",
        if args.format == Format::Csv {
            "csv"
        } else {
            "json"
        },
    ));
    let response = client()?
        .get(format!("{url}/api/v1/report"))
        .query(&query)
        .send()?;
    answer_text(response)
}
