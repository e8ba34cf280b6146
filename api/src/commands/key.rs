//! `vonglau key`: keys of programs that send or ask, made and taken away beside a running server.

use std::path::Path;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};

use super::scoped::{ScopeArgs, noted};
use super::{DataArg, UsageError};
use crate::doors::at::{At, Clock as _, WallClock};
use crate::doors::audit::What;
use crate::doors::keys::{Keys, Use, Wanted};
use crate::doors::role::Role;

/// Make, list and revoke keys: `Authorization: Bearer KEY`, `--key` or VONGLAU_KEY. A key is shown once, and kept nowhere.
#[derive(Debug, Args)]
pub struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Make a key, and print it
    Create(Box<CreateArgs>),
    /// List keys, revoked ones too
    List(DataArg),
    /// Take a key back; it is refused at its next request
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    #[command(flatten)]
    data: DataArg,
    /// What it may do: source (sends events), display (a wall), or a person's role
    #[arg(long)]
    role: String,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Types of events that it may send, such as ticket.* or queue.snapshot; all without it
    #[arg(long, value_name = "TYPE,…", value_delimiter = ',')]
    types: Vec<String>,
    /// It ends at this time: RFC 3339
    #[arg(long, value_name = "T")]
    expires: Option<String>,
    /// How it is used
    #[arg(long, value_enum, default_value = "bearer")]
    used: Used,
    /// What it is for; no person's name
    #[arg(long, default_value = "")]
    note: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Used {
    /// Sent with each request
    Bearer,
    /// Signs each request, and is never sent
    Signing,
}

#[derive(Debug, Args)]
struct RevokeArgs {
    #[command(flatten)]
    data: DataArg,
    /// The key's id, as `list` has it
    id: String,
    /// Forget it, too
    #[arg(long)]
    remove: bool,
}

/// Runs the command.
pub fn run(args: KeyArgs) -> anyhow::Result<()> {
    match args.command {
        KeyCommand::Create(args) => create(*args),
        KeyCommand::List(args) => list(&args.data),
        KeyCommand::Revoke(args) => revoke(&args),
    }
}

fn create(args: CreateArgs) -> anyhow::Result<()> {
    let dir = super::scoped::existing(&args.data.data)?;
    let role: Role = args
        .role
        .parse()
        .map_err(|e: crate::doors::role::NoSuchRole| UsageError(e.to_string()))?;
    let expires = match &args.expires {
        Some(text) => Some(At::parse(text).ok_or_else(|| {
            UsageError(format!(
                "--expires {text}: give a time such as 2027-01-01T00:00:00+07:00"
            ))
        })?),
        None => None,
    };
    let mut scope = args.scope.scope();
    scope.types = (!args.types.is_empty()).then(|| args.types.into_iter().collect());
    let wanted = Wanted {
        role,
        scope,
        used: match args.used {
            Used::Bearer => Use::Bearer,
            Used::Signing => Use::Signing,
        },
        expires,
        note: args.note,
    };
    let (id, whole) = Keys::open(dir)?.create(wanted, WallClock.now())?;
    noted(
        dir,
        What::KeyChanged,
        &format!("key create {id} {}", role.word()),
    )?;
    eprintln!("key {id} ({}): it is shown this once", role.word());
    println!("{whole}");
    Ok(())
}

fn list(dir: &Path) -> anyhow::Result<()> {
    let keys = Keys::open(super::scoped::existing(dir)?)?.list();
    let mut table = csv::Writer::from_writer(std::io::stdout().lock());
    let written = (|| {
        table.write_record([
            "id", "role", "scope", "used", "made", "expires", "revoked", "note",
        ])?;
        for (id, key) in keys {
            let time = |at: Option<At>| at.map_or_else(String::new, |at| at.to_string());
            table.write_record([
                id,
                key.role.word().to_owned(),
                serde_json::to_string(&key.scope).unwrap_or_default(),
                match key.used {
                    Use::Bearer => "bearer".to_owned(),
                    Use::Signing => "signing".to_owned(),
                },
                key.made.to_string(),
                time(key.expires),
                time(key.revoked),
                key.note,
            ])?;
        }
        table.flush()?;
        Ok::<(), csv::Error>(())
    })();
    written.context("cannot write the answer to standard output")
}

fn revoke(args: &RevokeArgs) -> anyhow::Result<()> {
    let dir = super::scoped::existing(&args.data.data)?;
    let keys = Keys::open(dir)?;
    if args.remove {
        keys.remove(&args.id)?;
    } else {
        keys.revoke(&args.id, WallClock.now())?;
    }
    noted(dir, What::KeyChanged, &format!("key revoke {}", args.id))
}
