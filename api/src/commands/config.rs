//! `serve --config FILE`: the settings of its flags as TOML, such as `listen = "127.0.0.1:8080"` or
//! `max-journal-bytes = "20GB"`. A file's settings are put before the flags that are given, which count more; so
//! a setting means the same in both, and is checked in one place.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::CommandFactory as _;

use super::{Cli, UsageError};

/// The command line with the settings of the file that it names, where it does.
pub(super) fn with_file(args: Vec<OsString>) -> Result<Vec<OsString>, UsageError> {
    if args.get(1).is_none_or(|command| command != "serve") {
        return Ok(args);
    }
    let Some(file) = named_file(&args) else {
        return Ok(args);
    };
    let (path, settings) = (Path::new(&file), read(Path::new(&file))?);
    let mut all = args[..2].to_vec();
    for (name, value) in settings {
        all.extend(flag(path, &name, &value)?);
    }
    all.extend_from_slice(&args[2..]);
    Ok(all)
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

/// A setting as the flag that it stands for; none for one that is switched off.
fn flag(path: &Path, name: &str, value: &toml::Value) -> Result<Option<OsString>, UsageError> {
    let cli = Cli::command();
    let known: Vec<&str> = cli
        .find_subcommand("serve")
        .into_iter()
        .flat_map(clap::Command::get_arguments)
        .filter_map(clap::Arg::get_long)
        .filter(|long| !["config", "help", "version"].contains(long))
        .collect();
    let wrong = |why: &str| {
        let known = known.join(", ");
        UsageError(format!(
            "the settings in {}: {why}; those of serve are {known}",
            path.display()
        ))
    };
    let long = name.replace('_', "-");
    if !known.contains(&&*long) {
        return Err(wrong(&format!("`{name}` is none")));
    }
    let text = match value {
        toml::Value::Boolean(true) => return Ok(Some(OsString::from(format!("--{long}")))),
        toml::Value::Boolean(false) => return Ok(None),
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        _ => {
            return Err(wrong(&format!(
                "`{name}` is neither a text, a number nor true or false"
            )));
        }
    };
    Ok(Some(
        ["--", &long, "=", &text]
            .map(OsStr::new)
            .into_iter()
            .collect(),
    ))
}
