//! `vonglau alerts`: what alert rules would have shown in a past span, and what is wrong with a file of them.
//!
//! A replay reads the archive and the journal of a data directory that no server holds, or asks the server that does. What is
//! printed is made of the same JSON either way (`docs/alerts.md`, `POST /alerts/replay`).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use analytics::alerts::{RuleError, RuleSet};
use anyhow::Context as _;
use serde_json::{Value, json};

use super::{DataArg, Held, UsageError, answer_text, client, open_or_ask, print};
use crate::core::Core;
use crate::desk::replaying::Compared;
use crate::desk::{neighbours, rules_in_force};
use crate::http::questions::{TIME_FORM, parse_time};

/// Arguments of `vonglau alerts`.
#[derive(Debug, clap::Args)]
pub struct AlertsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// What the alert desk would have shown in a past span, by the rules in force and by those of a file
    Replay(ReplayArgs),
    /// Say what is wrong with a file of alert rules and what to do
    Check(CheckArgs),
}

#[derive(Debug, clap::Args)]
struct ReplayArgs {
    #[command(flatten)]
    data: DataArg,
    /// Begin, included: RFC 3339 or a local date
    #[arg(long, value_name = "T")]
    from: String,
    /// End, excluded: RFC 3339 or a local date
    #[arg(long, value_name = "T")]
    to: String,
    /// Rules to be tried, as an installation's own: they stand for those that ship by their ids
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Answer as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// The file of rules, TOML
    file: PathBuf,
    /// Answer as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: AlertsArgs) -> anyhow::Result<()> {
    match args.what {
        What::Replay(args) => replay(&args),
        What::Check(args) => check(&args),
    }
}

fn check(args: &CheckArgs) -> anyhow::Result<()> {
    let text = read(&args.file)?;
    let faults = match RuleSet::with(&text) {
        Err(faults) => faults,
        Ok(set) if args.json => {
            return print(&json!({"problems": [], "rules": set.all().count()}).to_string());
        }
        Ok(set) => {
            let rules = set.all().count();
            return print(&format!("no faults; {rules} rules with those that ship"));
        }
    };
    print(&told(&faults, args.json))?;
    Err(faulty(&args.file, &faults))
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file)
        .with_context(|| format!("cannot read {}: name a file of alert rules", file.display()))
}

/// All that is wrong, a line each, or as JSON.
fn told(error: &RuleError, as_json: bool) -> String {
    if as_json {
        return json!({"problems": error.0}).to_string();
    }
    let lines = error.0.iter().map(|fault| {
        let rule = fault.rule.as_deref().unwrap_or("the file");
        format!("{rule}: {} ({})", fault.detail.trim_end(), fault.code)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn faulty(file: &Path, error: &RuleError) -> anyhow::Error {
    let (file, n) = (file.display(), error.0.len());
    let faults = if n == 1 { "fault" } else { "faults" };
    anyhow::anyhow!(
        "{file} has {n} {faults}: mend what is printed for each rule, and check it again"
    )
}

fn replay(args: &ReplayArgs) -> anyhow::Result<()> {
    let usage = |message: String| anyhow::Error::from(UsageError(message));
    let time = |name: &str, text: &str| {
        parse_time(text).ok_or_else(|| usage(format!("--{name} must be {TIME_FORM}")))
    };
    let span = (time("from", &args.from)?, time("to", &args.to)?);
    if span.1 <= span.0 {
        return Err(usage("--to must be after --from".to_owned()));
    }
    let text = args.rules.as_deref().map(read).transpose()?;
    let other = match text.as_deref().map(RuleSet::with).transpose() {
        Ok(other) => other,
        Err(faults) => {
            print(&told(&faults, args.json))?;
            let file = args.rules.as_deref().unwrap_or(Path::new("the file"));
            return Err(faulty(file, &faults));
        }
    };
    let found = match open_or_ask(&args.data.data)? {
        Held::By(server) => {
            let body = json!({
                "from": span.0.to_string(), "to": span.1.to_string(), "toml": text,
            });
            let request = client()?.post(format!("{}/api/v1/alerts/replay", server.url));
            let request = request.header("content-type", "application/json");
            let answer = answer_text(request.body(body.to_string()).send()?)?;
            serde_json::from_str(&answer).context("the server's answer is no replay")?
        }
        Held::Here(dir) => {
            let (core, _intake, _) = Core::open(&dir)?;
            let set = rules_in_force(&core)?;
            let (_, near) = neighbours(&core)?;
            Compared::of(&core, &near, (&set, other.as_ref()), span)?.json(&core)
        }
    };
    if args.json {
        return print(&found.to_string());
    }
    print(&format!("{}\n{}", table(&found), list(&found)))
}

/// The yardstick's figures of the rules in force, and of those of the file beside them.
fn table(found: &Value) -> String {
    let columns: Vec<&Value> = ["now", "then"]
        .into_iter()
        .map(|name| &found[name])
        .filter(|quality| !quality.is_null())
        .collect();
    let mut out = format!("{:<44}{:>12}", "", "in force");
    if columns.len() > 1 {
        let _ = write!(out, "{:>12}", "of the file");
    }
    let mut row = |name: &str, figure: &dyn Fn(&Value) -> Option<f64>, digits: usize| {
        let _ = write!(out, "\n{name:<44}");
        for quality in &columns {
            let text = figure(quality).map_or_else(|| "-".to_owned(), |x| format!("{x:.digits$}"));
            let _ = write!(out, "{text:>12}");
        }
    };
    let count =
        |list: &'static str| move |q: &Value| q[list].as_array().map(|all| all.len() as f64);
    row("hours worked in the span", &|q| q["hours"].as_f64(), 1);
    row(
        "hours of which nothing is known",
        &|q| q["hours_unknown"].as_f64(),
        1,
    );
    row("alerts raised", &|q| q["raised"].as_f64(), 0);
    row("an hour (target: under 6)", &|q| q["per_hour"].as_f64(), 2);
    for (priority, target) in [("low", 80), ("medium", 15), ("high", 5)] {
        let share = |q: &Value| {
            let all = q["raised"].as_f64().filter(|all| *all > 0.0)?;
            Some(q["by_priority"][priority].as_f64()? * 100.0 / all)
        };
        let name = format!("of {priority} priority, % (target: about {target})");
        row(&name, &share, 0);
    }
    row("floods (ten within ten minutes)", &count("floods"), 0);
    let flooded = |q: &Value| Some(q["flood_share"].as_f64()? * 100.0);
    row("of the hours in flood, %", &flooded, 1);
    row("chattering", &count("chattering"), 0);
    row("standing over a day", &count("standing_over_a_day"), 0);
    out.push('\n');
    out
}

/// What would have been shown, in order.
fn list(found: &Value) -> String {
    let alerts = found["alerts"].as_array().map_or(&[][..], Vec::as_slice);
    let mut out = String::new();
    for alert in alerts {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let until = match alert["standing"].as_bool() {
            Some(true) => "stands".to_owned(),
            _ if alert["corrected"] == true => "corrected".to_owned(),
            _ => format!("until {}", text(&alert["returned_at"])),
        };
        let subject = &alert["subject"];
        let _ = writeln!(
            out,
            "{}  {:<6}  {:<12}  {:<18}  {} {}, {until}",
            text(&alert["raised_at"]),
            text(&alert["priority"]),
            text(&alert["group"]),
            text(&alert["rule"]),
            text(&subject["kind"]),
            text(&subject["id"]),
        );
    }
    if let Some(from) = found["dossiers_from"].as_str() {
        let _ = writeln!(
            out,
            "alerts of dossiers are replayed from {from} on; those that ended earlier have left memory"
        );
    }
    out
}
