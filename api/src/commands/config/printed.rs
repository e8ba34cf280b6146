//! `serve --print-config`: the settings in force as TOML that `--config` reads, with where each is from; and
//! `serve --print-config-schema`: what may be set, as JSON Schema.

use std::fmt::Write as _;

use clap::builder::ValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, CommandFactory as _, FromArgMatches as _};
use serde_json::{Map, Value, json};

use super::{Line, serve, settings};
use crate::commands::serve::ServeArgs;
use crate::commands::{Cli, UsageError};

/// What is to be printed instead of serving; `None` where nothing is. Settings that no start would take are refused.
pub(in crate::commands) fn wished(line: &Line) -> Result<Option<String>, UsageError> {
    let Some(serve) = line.serve else {
        return Ok(None);
    };
    let has = |flag: &str| line.args.iter().skip(serve).any(|arg| arg == flag);
    if has("--print-config-schema") {
        return Ok(Some(schema()));
    }
    if !has("--print-config") {
        return Ok(None);
    }
    // What clap refuses ends the program here.
    let matches = Cli::command().get_matches_from(&line.args);
    let Some(matches) = matches.subcommand_matches("serve") else {
        return Ok(None);
    };
    let args = ServeArgs::from_arg_matches(matches).map_err(|e| UsageError(e.to_string()))?;
    args.how()?;
    Ok(Some(in_force(line, matches)))
}

fn in_force(line: &Line, matches: &ArgMatches) -> String {
    let mut text = String::from("# Settings in force of `vonglau serve`\n");
    for (long, arg) in settings(&serve()) {
        let id = arg.get_id().as_str();
        let source = match matches.value_source(id) {
            Some(ValueSource::EnvVariable) => "environment",
            Some(ValueSource::CommandLine) if line.is_of_file(long) => "file",
            Some(ValueSource::CommandLine) => "flag",
            _ => "default",
        };
        let values: Vec<String> = matches
            .get_raw(id)
            .into_iter()
            .flatten()
            .map(|value| value.to_string_lossy().into_owned())
            .collect();
        let given = values.join(",");
        // Writing to a text does not fail.
        let _ = match (form(arg), given) {
            _ if values.is_empty() => writeln!(text, "# {long} is not set"),
            (Form::Flag | Form::Whole, given) => writeln!(text, "{long} = {given} # {source}"),
            (Form::Text, given) => {
                let (shown, is_hidden) = without_password(&given);
                let hidden = if is_hidden {
                    ", its password not shown"
                } else {
                    ""
                };
                let shown = toml::Value::String(shown);
                writeln!(text, "{long} = {shown} # {source}{hidden}")
            }
        };
    }
    text
}

/// What a setting is written as.
enum Form {
    Flag,
    Whole,
    Text,
}

fn form(arg: &Arg) -> Form {
    let is = |parser: &ValueParser| arg.get_value_parser().type_id() == parser.type_id();
    if matches!(arg.get_action(), ArgAction::SetTrue) {
        return Form::Flag;
    }
    let whole = [
        clap::value_parser!(u16).into(),
        clap::value_parser!(u32).into(),
    ];
    if whole.iter().any(is) {
        Form::Whole
    } else {
        Form::Text
    }
}

/// An address without the password in it, and whether there was one.
fn without_password(text: &str) -> (String, bool) {
    let parts = text.split_once("://").and_then(|(scheme, rest)| {
        let (user, host) = rest.rsplit_once('@')?;
        let (user, _) = user.split_once(':')?;
        Some(format!("{scheme}://{user}@{host}"))
    });
    match parts {
        Some(shown) => (shown, true),
        None => (text.to_owned(), false),
    }
}

/// What may be set in the file.
fn schema() -> String {
    let serve = serve();
    let mut properties = Map::new();
    for (long, arg) in settings(&serve) {
        properties.insert(long.to_owned(), property(arg));
        if long.contains('-') {
            let same = json!({"$ref": format!("#/properties/{long}")});
            properties.insert(long.replace('-', "_"), same);
        }
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of vonglau serve",
        "description": "A TOML file for `vonglau serve --config FILE`; `_` may stand for `-` in names.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    // A value of texts, numbers and flags always has a JSON form.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

fn property(arg: &Arg) -> Value {
    let mut about = arg.get_help().map(ToString::to_string).unwrap_or_default();
    if let Some(variable) = arg.get_env() {
        let _ = write!(
            about,
            ". In the environment: {}",
            variable.to_string_lossy()
        );
    }
    let default = arg.get_default_values().first();
    let default = default.map(|value| value.to_string_lossy().into_owned());
    let mut property = match form(arg) {
        Form::Flag => json!({"type": "boolean", "default": false}),
        Form::Whole => json!({
            "type": ["integer", "string"],
            "default": default.and_then(|n| n.parse::<u64>().ok()),
        }),
        Form::Text => {
            let names: Vec<String> = arg
                .get_possible_values()
                .iter()
                .map(|value| value.get_name().to_owned())
                .collect();
            if names.is_empty() {
                // A size may be a number of bytes.
                json!({"type": ["string", "integer"], "default": default})
            } else {
                json!({"enum": names, "default": default})
            }
        }
    };
    property["description"] = about.into();
    if property["default"].is_null()
        && let Some(property) = property.as_object_mut()
    {
        property.remove("default");
    }
    property
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown_and_all_else_is() {
        for (told, shown) in [
            ("arrow", None),
            ("clickhouse://user@host:8123/base", None),
            (
                "clickhouse://user:pa:ss@host:8123/base?cluster=a",
                Some("clickhouse://user@host:8123/base?cluster=a"),
            ),
            ("nats://u:p@h/S", Some("nats://u@h/S")),
            ("nats://u:p/a?b@h/S", Some("nats://u@h/S")),
            ("https://host/at@home:1", None),
        ] {
            let expected = (shown.unwrap_or(told).to_owned(), shown.is_some());
            assert_eq!(without_password(told), expected);
        }
    }
}
