//! Settings of `serve`: from its flags, from the environment, and from the TOML file that `--config FILE` names, such as
//! `listen = "127.0.0.1:8080"` or `max-journal-bytes = "20GB"`. A flag counts more than the environment, and that more than the
//! file. A file's settings are put before the flags that are given, so a setting means the same everywhere, and is checked in one
//! place. [`printed`] says what is in force and what may be set.

pub(super) mod printed;

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Arg, Command, CommandFactory as _};

use super::{Cli, UsageError};

/// Flags of `serve` that are no settings.
const NONE: &[&str] = &[
    "config",
    "print-config",
    "print-config-schema",
    "key",
    "help",
    "version",
];

/// A command line with the settings of the file that it names.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The arguments, the file's first.
    pub(super) args: Vec<OsString>,
    /// Where `serve` stands among them.
    serve: Option<usize>,
    /// The settings that the file gives, an argument each behind it.
    of_file: BTreeSet<String>,
}

impl Line {
    /// True where the file alone gives a setting.
    fn is_of_file(&self, long: &str) -> bool {
        let begin = self.serve.map_or(0, |serve| serve + 1);
        let flags = self.args.iter().skip(begin + self.of_file.len());
        let mut named = flags.filter_map(|arg| arg.to_str()?.strip_prefix("--"));
        let is_flag = named.any(|flag| flag.split('=').next() == Some(long));
        self.of_file.contains(long) && !is_flag
    }
}

/// The command line with the settings of the file that it names, where it does.
pub(super) fn with_file(args: Vec<OsString>) -> Result<Line, UsageError> {
    let at = place_of_serve(&args);
    let (Some(begin), Some(file)) = (at.map(|at| at + 1), named_file(&args)) else {
        return Ok(Line {
            args,
            serve: at,
            ..Line::default()
        });
    };
    let (path, settings) = (Path::new(&file), read(Path::new(&file))?);
    let serve = serve();
    let mut line = Line {
        args: args[..begin].to_vec(),
        serve: at,
        ..Line::default()
    };
    for (name, value) in settings {
        let (long, flag) = flag(&serve, path, &name, &value)?;
        let flag = flag.filter(|_| !is_in_environment(&serve, &long));
        if let Some(flag) = flag {
            line.args.push(flag);
            if !line.of_file.insert(long) {
                let twice = format!("the settings in {}: `{name}` is set twice", path.display());
                return Err(UsageError(twice));
            }
        }
    }
    line.args.extend_from_slice(&args[begin..]);
    Ok(line)
}

/// Where the command `serve` stands, if that is the command: a key may stand before it.
fn place_of_serve(args: &[OsString]) -> Option<usize> {
    let mut at = 1;
    loop {
        let arg = args.get(at)?.to_str()?;
        match arg {
            "serve" => return Some(at),
            "--key" => at += 2,
            _ if arg.starts_with("--key=") => at += 1,
            _ => return None,
        }
    }
}

/// The command as it is built for a call.
fn serve() -> Command {
    let mut cli = Cli::command();
    cli.build();
    let serve = cli.find_subcommand("serve").cloned();
    serve.unwrap_or_default()
}

/// What may be set, with the name that it is set by.
fn settings(serve: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    let named = serve
        .get_arguments()
        .filter_map(|arg| Some((arg.get_long()?, arg)));
    named.filter(|(long, _)| !NONE.contains(long))
}

fn is_in_environment(serve: &Command, long: &str) -> bool {
    let arg = settings(serve).find(|(known, _)| *known == long);
    let variable = arg.and_then(|(_, arg)| arg.get_env());
    // One that is empty sets nothing.
    variable.is_some_and(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// What follows `--config`.
fn named_file(args: &[OsString]) -> Option<OsString> {
    let at = args.iter().position(|arg| arg == "--config");
    let apart = at.and_then(|at| args.get(at + 1)).cloned();
    let joined = || {
        let texts = args.iter().filter_map(|arg| arg.to_str());
        texts
            .filter_map(|arg| arg.strip_prefix("--config="))
            .map(OsString::from)
            .next()
    };
    apart.or_else(joined)
}

fn read(path: &Path) -> Result<toml::Table, UsageError> {
    let wrong = |why: String| UsageError(format!("the settings in {}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
    text.parse()
        .map_err(|e: toml::de::Error| wrong(e.message().to_owned()))
}

/// A setting's name and the flag that it stands for; none for one that is switched off.
fn flag(
    serve: &Command,
    path: &Path,
    name: &str,
    value: &toml::Value,
) -> Result<(String, Option<OsString>), UsageError> {
    let wrong = |why: &str| {
        let known: Vec<&str> = settings(serve).map(|(long, _)| long).collect();
        let known = known.join(", ");
        UsageError(format!(
            "the settings in {}: {why}; those of serve are {known}",
            path.display()
        ))
    };
    let long = name.replace('_', "-");
    if settings(serve).all(|(known, _)| known != long) {
        return Err(wrong(&format!("`{name}` is none")));
    }
    let text = match value {
        toml::Value::Boolean(true) => {
            let flag = OsString::from(format!("--{long}"));
            return Ok((long, Some(flag)));
        }
        toml::Value::Boolean(false) => return Ok((long, None)),
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        _ => {
            return Err(wrong(&format!(
                "`{name}` is neither a text, a number nor true or false"
            )));
        }
    };
    let flag = ["--", &long, "=", &text].map(OsStr::new);
    Ok((long.clone(), Some(flag.into_iter().collect())))
}
