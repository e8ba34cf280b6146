//! `vonglau briefing`: the leadership's paper of a week, a month or a quarter.

use std::path::{Path, PathBuf};

use analytics::briefing::paper::Language;
use analytics::briefing::span::{Length, Span};
use analytics::briefing::words::{paper, reader::Reader};
use analytics::coverage::{Coverage, Mode, Rule, TravelSettings, select, summary};
use anyhow::Context as _;
use clap::ValueEnum;
use geodata::KindSet;

use super::{DataArg, Held, UsageError, answer_text, client, open_or_ask};
use crate::briefing::forms::{Form, KNOWN, forms};
use crate::briefing::{BriefingError, gather};
use crate::core::Core;

/// The briefing of a week, a month or a quarter: figures against targets, what changed and where, and what is to be decided.
///
/// The ending of each file says its form: `.json` are the figures for programs, `.paper.json` the paper as data.
#[derive(Debug, clap::Args)]
pub struct BriefingArgs {
    #[command(flatten)]
    data: DataArg,
    #[command(flatten)]
    span: SpanArg,
    /// Where to write it, in each form that is wanted
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    out: Vec<PathBuf>,
    /// Its language
    #[arg(long, value_enum, default_value = "vi")]
    lang: LangArg,
    /// Whom it is for: city, government-office or council
    #[arg(long, default_value = "city")]
    reader: String,
}

/// Of when it is.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct SpanArg {
    /// An ISO week, such as 2026-W47
    #[arg(long)]
    week: Option<String>,
    /// A month, such as 2026-11
    #[arg(long)]
    month: Option<String>,
    /// A quarter, such as 2026-Q4
    #[arg(long)]
    quarter: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LangArg {
    Vi,
    En,
}

impl SpanArg {
    fn read(&self) -> Result<Span, UsageError> {
        let (text, length, form) = match (&self.week, &self.month, &self.quarter) {
            (Some(week), ..) => (week, Length::Week, "--week must be such as 2026-W47"),
            (_, Some(month), _) => (month, Length::Month, "--month must be such as 2026-11"),
            (.., Some(quarter)) => (
                quarter,
                Length::Quarter,
                "--quarter must be such as 2026-Q4",
            ),
            (None, None, None) => {
                return Err(UsageError("give --week, --month or --quarter".to_owned()));
            }
        };
        let span = Span::parse(text).filter(|span| span.length() == length);
        span.ok_or_else(|| UsageError(form.to_owned()))
    }
}

/// Runs the command.
pub fn run(args: BriefingArgs) -> anyhow::Result<()> {
    let span = args.span.read()?;
    let reader = Reader::from_word(&args.reader).ok_or_else(|| {
        UsageError("--reader must be city, government-office or council".to_owned())
    })?;
    let files: Vec<(&Path, Form)> = args
        .out
        .iter()
        .map(|file| {
            let form = file
                .file_name()
                .and_then(|name| Form::of_file(name.to_str()?));
            let form = form.ok_or_else(|| {
                UsageError(format!("{}: the name must end in .{KNOWN}", file.display()))
            })?;
            Ok((file.as_path(), form))
        })
        .collect::<Result<_, UsageError>>()?;
    let dir = match open_or_ask(&args.data.data)? {
        Held::Here(dir) => dir,
        Held::By(server) => {
            for (file, form) in files {
                let bytes = ask(&args, span, form, &server.url)?;
                write(file, &bytes)?;
            }
            return Ok(());
        }
    };
    let (core, _intake, _) = Core::open(&dir)?;
    let coverage = Coverage::prepare(core.pack, &TravelSettings::default(), Mode::Motorbike)?;
    let points = select(&core.pack.points, KindSet::attended());
    let rule = Rule::default();
    let reaches = coverage.compute(&points, &rule);
    let summary = summary(&coverage, &reaches, &rule);
    let briefing = gather(&core, span, Some(&summary)).map_err(|e| match e {
        BriefingError::NotBegun(e) => anyhow::Error::from(UsageError(e.to_string())),
        e => e.into(),
    })?;
    let language = match args.lang {
        LangArg::Vi => Language::Vi,
        LangArg::En => Language::En,
    };
    let paper = paper(&briefing, language, reader);
    for (file, form) in files {
        write(file, &forms(&paper, &briefing, form)?)?;
    }
    Ok(())
}

fn write(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(file, bytes).with_context(|| {
        format!(
            "{} cannot be written: choose a folder that is there and writable",
            file.display()
        )
    })
}

/// Asks the server that holds the directory.
fn ask(args: &BriefingArgs, span: Span, form: Form, url: &str) -> anyhow::Result<Vec<u8>> {
    let lang = match args.lang {
        LangArg::Vi => "vi",
        LangArg::En => "en",
    };
    let query = [
        ("format", form.as_str()),
        ("lang", lang),
        ("reader", args.reader.as_str()),
    ];
    let response = client()?
        .get(format!("{url}/api/v1/briefings/{span}"))
        .query(&query)
        .send()?;
    if response.status().is_success() {
        return Ok(response.bytes()?.to_vec());
    }
    Ok(answer_text(response)?.into_bytes())
}
