//! `vonglau migrate`: a directory that an older program wrote, brought to what this one writes, before a server needs it.
//!
//! Every start does the same; this does it ahead of time, with nothing else running, and says what there is then.

use ::ingest::datadir::DataDir;

use super::{DataArg, PATIENCE, print};
use crate::core::Core;

/// Arguments of `vonglau migrate`.
#[derive(Debug, clap::Args)]
pub struct MigrateArgs {
    #[command(flatten)]
    data: DataArg,
}

/// Runs the command: facts of another layout are written anew, and a checkpoint of this program's form is left.
pub fn run(args: MigrateArgs) -> anyhow::Result<()> {
    let dir = DataDir::open_existing(&args.data.data, PATIENCE)?;
    let (core, _intake, _) = Core::open(&dir)?;
    core.flush_facts()?;
    core.settle()?;
    let state = core.state.read();
    let told = serde_json::json!({
        "events": state.events,
        "facts": core.facts_behind().map(|behind| state.events - behind),
        "checkpoint": core.checkpoint_position(),
    });
    print(&told.to_string())
}
