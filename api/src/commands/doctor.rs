//! `vonglau doctor`: what is wrong with a data directory, and what to do. It changes nothing.

use std::fmt::Write as _;

use ::ingest::doctor::{Expected, Finding, Level, examine};
use ::ingest::event::EventTime;
use geodata::Pack;
use serde_json::json;

use super::{DataArg, RoomArgs, print};
use crate::core::pack_name;

/// Arguments of `vonglau doctor`.
///
/// Ends with 0 where all is sound, and with 1 where something must be done.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    data: DataArg,
    /// Say it as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    room: RoomArgs,
}

/// Runs the command.
pub fn run(args: DoctorArgs) -> anyhow::Result<()> {
    let dir = &args.data.data;
    let pack = Pack::hanoi();
    let expected = Expected {
        limits: args.room.into(),
        pack: pack.as_ref().ok().map(|pack| pack_name(pack)),
        now: EventTime::now(),
    };
    let mut findings = examine(dir, &expected);
    findings.push(match pack {
        Ok(pack) => Finding {
            part: "pack",
            code: "ok",
            level: Level::Ok,
            detail: format!("the built-in pack reads: {}", pack_name(pack)),
            advice: None,
        },
        Err(e) => Finding {
            part: "pack",
            code: "pack_damaged",
            level: Level::Wrong,
            detail: format!("the built-in pack cannot be read: {e}"),
            advice: Some("install the program again".to_owned()),
        },
    });
    let wrong = findings.iter().filter(|f| f.level == Level::Wrong).count();
    if args.json {
        let report = json!({"data": dir, "sound": wrong == 0, "findings": findings});
        print(&format!("{report:#}"))?;
    } else {
        print(&human(&findings))?;
    }
    anyhow::ensure!(
        wrong == 0,
        "{} of {} must be seen to; the report says how",
        if wrong == 1 {
            "one thing".to_owned()
        } else {
            format!("{wrong} things")
        },
        dir.display()
    );
    Ok(())
}

fn human(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let level = match finding.level {
            Level::Ok => "ok",
            Level::Note => "note",
            Level::Wrong => "WRONG",
        };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{level:5}  {:10}  {}", finding.part, finding.detail);
        if let Some(advice) = &finding.advice {
            let _ = writeln!(text, "{:19}do: {advice}", "");
        }
    }
    text
}
