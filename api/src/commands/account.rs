//! `vonglau account`: accounts of people, by what they do and never by their names.

use std::path::Path;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::scoped::{ScopeArgs, existing, noted};
use super::{DataArg, UsageError};
use crate::doors::accounts::{Accounts, TotpFor};
use crate::doors::at::{Clock as _, WallClock};
use crate::doors::audit::What;
use crate::doors::openid::{Subject, check_issuer};
use crate::doors::role::{NoSuchRole, Role};

/// Make, list and change accounts, beside a running server too. An account is called by a seat, such as `room-3`: no person's name.
#[derive(Debug, Args)]
pub struct AccountArgs {
    #[command(subcommand)]
    command: AccountCommand,
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Make an account, and print its one-time password
    Create(RoleArgs),
    /// List accounts
    List(DataArg),
    /// Give a new one-time password; its sessions end
    Reset(ResetArgs),
    /// Give another role or scope; its sessions end
    Role(RoleArgs),
    /// Let nobody sign in with it; its sessions end
    Disable(NameArgs),
    /// Let it sign in again
    Enable(NameArgs),
    /// Forget the failures with its name, so that its holder need not wait; also `reset` does
    Unlock(NameArgs),
    /// Let somebody of the identity provider sign in as it; its sessions end
    Link(LinkArgs),
    /// Let it sign in by its password alone; its sessions end
    Unlink(NameArgs),
    /// Take it away
    Remove(NameArgs),
}

#[derive(Debug, Args)]
struct NameArgs {
    #[command(flatten)]
    data: DataArg,
    /// The account
    name: String,
}

#[derive(Debug, Args)]
struct ResetArgs {
    #[command(flatten)]
    name: NameArgs,
    /// Forget its second factor, too
    #[arg(long)]
    totp: bool,
}

#[derive(Debug, Args)]
struct LinkArgs {
    #[command(flatten)]
    name: NameArgs,
    /// The provider, as `vonglau serve --openid-issuer` names it
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Who it is with the provider: the `sub` of its tokens, which the provider's directory shows. Kept as a digest; `-` reads it from
    /// standard input
    #[arg(long, value_name = "SUB")]
    subject: String,
}

#[derive(Debug, Args)]
struct RoleArgs {
    #[command(flatten)]
    name: NameArgs,
    /// supervisor, shift_lead, planner, leader, unit_officer, agency_liaison, operator or auditor
    #[arg(long)]
    role: String,
    #[command(flatten)]
    scope: ScopeArgs,
}

impl RoleArgs {
    fn role(&self) -> Result<Role, UsageError> {
        let read = self.role.parse();
        read.map_err(|e: NoSuchRole| UsageError(e.to_string()))
    }
}

/// Runs the command.
pub fn run(args: AccountArgs) -> anyhow::Result<()> {
    let now = WallClock.now();
    match args.command {
        AccountCommand::Create(args) => {
            let name = &args.name.name;
            let password = of(&args.name)?.create(name, args.role()?, args.scope.scope(), now)?;
            note(&args.name, "create")?;
            shown(name, &password);
            Ok(())
        }
        AccountCommand::List(args) => list(&args.data),
        AccountCommand::Reset(args) => {
            let name = &args.name.name;
            let password = of(&args.name)?.reset(name, args.totp, now)?;
            note(&args.name, "reset")?;
            shown(name, &password);
            Ok(())
        }
        AccountCommand::Role(args) => {
            let accounts = of(&args.name)?;
            accounts.set_role(&args.name.name, args.role()?, args.scope.scope(), now)?;
            note(&args.name, "role")
        }
        AccountCommand::Disable(args) => {
            of(&args)?.set_disabled(&args.name, true, now)?;
            note(&args, "disable")
        }
        AccountCommand::Enable(args) => {
            of(&args)?.set_disabled(&args.name, false, now)?;
            note(&args, "enable")
        }
        AccountCommand::Unlock(args) => {
            of(&args)?.unlock(&args.name, now)?;
            note(&args, "unlock")
        }
        AccountCommand::Link(args) => {
            check_issuer(&args.issuer).map_err(|e| UsageError(e.to_string()))?;
            let subject = subject(args.subject)?;
            let digest = Subject::new(&args.issuer, &subject).digest();
            let digest = digest.context("cannot make the subject's digest")?;
            of(&args.name)?.link(&args.name.name, Some(digest), now)?;
            note(&args.name, "link")
        }
        AccountCommand::Unlink(args) => {
            of(&args)?.link(&args.name, None, now)?;
            note(&args, "unlink")
        }
        AccountCommand::Remove(args) => {
            of(&args)?.remove(&args.name)?;
            note(&args, "remove")
        }
    }
}

/// A subject as it was given; it may be somebody's number, and so need not stand on the command line.
fn subject(given: String) -> anyhow::Result<String> {
    let subject = if given == "-" {
        let mut line = String::new();
        std::io::stdin()
            .read_line(&mut line)
            .context("cannot read the subject from standard input")?;
        line.trim().to_owned()
    } else {
        given
    };
    if subject.is_empty() || subject.len() > 255 {
        return Err(UsageError("the subject must be 1 to 255 bytes".to_owned()).into());
    }
    Ok(subject)
}

fn of(args: &NameArgs) -> anyhow::Result<Accounts> {
    // Who needs a second factor is the server's setting; it changes nothing of what is kept.
    Ok(Accounts::open(
        existing(&args.data.data)?,
        TotpFor::default(),
    )?)
}

fn note(args: &NameArgs, what: &str) -> anyhow::Result<()> {
    let target = format!("account {what} {}", args.name);
    noted(&args.data.data, What::AccountChanged, &target)
}

fn shown(name: &str, password: &str) {
    eprintln!("{name}: a one-time password, shown this once, to be changed at the first sign-in");
    println!("{password}");
}

fn list(dir: &Path) -> anyhow::Result<()> {
    let accounts = Accounts::open(existing(dir)?, TotpFor::default())?;
    let mut table = csv::Writer::from_writer(std::io::stdout().lock());
    let written = (|| {
        table.write_record([
            "name",
            "role",
            "scope",
            "disabled",
            "must_change",
            "second_factor",
            "recovery_codes",
            "linked",
            "made",
        ])?;
        for account in accounts.list() {
            table.write_record([
                account.name,
                account.role.word().to_owned(),
                serde_json::to_string(&account.scope).unwrap_or_default(),
                account.is_disabled.to_string(),
                account.must_change.to_string(),
                account.has_totp.to_string(),
                account.recovery_left.to_string(),
                account.is_linked.to_string(),
                account.made.to_string(),
            ])?;
        }
        table.flush()?;
        Ok::<(), csv::Error>(())
    })();
    written.context("cannot write the answer to standard output")
}
