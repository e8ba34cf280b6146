//! A receiver as it is written, and what is checked of it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use lettre::message::Mailbox;
use serde::Deserialize;
use toml::Spanned;

use super::{
    Channel, Email, Receiver, Settings, SettingsError, Shift, Smtp, Tls, Webhook, address,
};
use crate::notify::message::{Priority, What};

const SECOND_US: i64 = 1_000_000;
const SHORTEST_REPEAT_US: i64 = 60 * SECOND_US;
const LONGEST_REPEAT_US: i64 = 7 * 86_400 * SECOND_US;
/// How often an Alertmanager is told again where it is not written: it forgets what it is not told again.
const ALERTMANAGER_REPEAT_US: i64 = 300 * SECOND_US;
/// Receivers, and addresses of one, at most.
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    receiver: Vec<Spanned<Written>>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Email,
    Webhook,
    Alertmanager,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Option<String>,
    kind: Option<Kind>,
    priorities: Option<BTreeSet<Priority>>,
    #[serde(default)]
    groups: BTreeSet<String>,
    #[serde(default)]
    owners: BTreeSet<String>,
    on: Option<BTreeSet<What>>,
    shift: Option<OneOrMany>,
    #[serde(default)]
    always_high: bool,
    repeat: Option<String>,
    smtp: Option<String>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    from: Option<String>,
    to: Option<OneOrMany>,
    url: Option<String>,
    secret_file: Option<PathBuf>,
    // Known only to be refused with a better word than "unknown", and without showing what they hold.
    password: Option<toml::Value>,
    secret: Option<toml::Value>,
}

/// All receivers of a file's text.
pub(super) fn read(text: &str) -> Result<Settings, SettingsError> {
    let file: File = toml::from_str(text).map_err(|e| SettingsError::Malformed {
        line: e.span().map_or(1, |span| line_of(text, span.start)),
        // Not its Display: that shows the line itself, which may hold a secret.
        why: e.message().replace('\n', " "),
    })?;
    let mut receivers: Vec<Receiver> = Vec::new();
    for (place, spanned) in file.receiver.into_iter().enumerate() {
        let line = line_of(text, spanned.span().start);
        let written = spanned.into_inner();
        let name = written.name.clone();
        let receiver = name.unwrap_or_else(|| format!("number {}", place + 1));
        let wrong = |why: String| SettingsError::Receiver {
            line,
            receiver: receiver.clone(),
            why,
        };
        let read = written.checked(line).map_err(wrong)?;
        if receivers.iter().any(|earlier| earlier.name == read.name) {
            return Err(wrong(
                "there is another of this name; give each its own".to_owned(),
            ));
        }
        if receivers.len() == MOST {
            return Err(wrong(format!("there are over {MOST} receivers; join some")));
        }
        receivers.push(read);
    }
    Ok(Settings { receivers })
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.matches('\n').count() + 1
}

impl Written {
    fn checked(self, line: usize) -> Result<Receiver, String> {
        let name = self
            .name
            .clone()
            .ok_or("it has no name; write name = \"…\"")?;
        let is_plain =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_plain) {
            return Err("a name is up to 64 small letters a-z, digits, - and _".to_owned());
        }
        let kind = self
            .kind
            .ok_or("it has no kind; write kind = \"email\", \"webhook\" or \"alertmanager\"")?;
        self.no_secret()?;
        self.no_stranger(kind)?;
        let priorities = self
            .priorities
            .clone()
            .unwrap_or_else(|| Priority::ALL.into());
        if priorities.is_empty() {
            return Err("`priorities` is empty, so nothing would be sent; name some, or leave it out for all".to_owned());
        }
        let on = self.on.clone().unwrap_or_else(|| What::ALL.into());
        if on.is_empty() {
            return Err(
                "`on` is empty, so nothing would be sent; name some, or leave it out for all"
                    .to_owned(),
            );
        }
        Ok(Receiver {
            name,
            line,
            priorities,
            groups: self.groups.clone(),
            owners: self.owners.clone(),
            on,
            shift: self.shift()?,
            always_high: self.always_high,
            repeat_us: self.repeat(kind)?,
            channel: self.channel(kind)?,
        })
    }

    fn no_secret(&self) -> Result<(), String> {
        for (is_there, key) in [
            (self.password.is_some(), "password"),
            (self.secret.is_some(), "secret"),
        ] {
            if is_there {
                return Err(format!(
                    "`{key}` stands in the file, where backups and readers of settings would find it; write it into a file of its own, name that with {key}_file = \"…\", and change it since it was seen"
                ));
            }
        }
        Ok(())
    }

    /// Refuses keys of another kind.
    fn no_stranger(&self, kind: Kind) -> Result<(), String> {
        let keys = [
            ("smtp", self.smtp.is_some(), &[Kind::Email][..]),
            ("user", self.user.is_some(), &[Kind::Email]),
            (
                "password_file",
                self.password_file.is_some(),
                &[Kind::Email],
            ),
            ("from", self.from.is_some(), &[Kind::Email]),
            ("to", self.to.is_some(), &[Kind::Email]),
            (
                "url",
                self.url.is_some(),
                &[Kind::Webhook, Kind::Alertmanager],
            ),
            ("secret_file", self.secret_file.is_some(), &[Kind::Webhook]),
        ];
        match keys
            .iter()
            .find(|(_, is_there, of)| *is_there && !of.contains(&kind))
        {
            Some((key, ..)) => Err(format!(
                "`{key}` is no key of this kind; take it out, or change the kind"
            )),
            None => Ok(()),
        }
    }

    fn shift(&self) -> Result<Shift, String> {
        let shift = match &self.shift {
            None => return Ok(Shift::ALWAYS),
            Some(OneOrMany::One(text)) => Shift::parse([&**text]),
            Some(OneOrMany::Many(texts)) => Shift::parse(texts.iter().map(String::as_str)),
        };
        shift.map_err(|e| e.to_string())
    }

    fn repeat(&self, kind: Kind) -> Result<Option<i64>, String> {
        let text = match (self.repeat.as_deref(), kind) {
            (None, Kind::Alertmanager) => return Ok(Some(ALERTMANAGER_REPEAT_US)),
            (Some("never"), Kind::Alertmanager) => {
                return Err(
                    "an Alertmanager forgets what it is not told again; write repeat = \"5m\""
                        .to_owned(),
                );
            }
            (None | Some("never"), _) => return Ok(None),
            (Some(text), _) => text,
        };
        let repeat = duration_us(text);
        let fits = |us: &i64| (SHORTEST_REPEAT_US..=LONGEST_REPEAT_US).contains(us);
        let repeat = repeat.filter(fits);
        repeat.map(Some).ok_or_else(|| {
            format!(
                "`repeat` is `{text}`; write \"never\", or from \"1m\" to \"7d\" such as \"2h\""
            )
        })
    }

    fn channel(self, kind: Kind) -> Result<Channel, String> {
        let url = || {
            self.url
                .as_deref()
                .ok_or("it has no `url`; write url = \"https://…\"")
        };
        match kind {
            Kind::Alertmanager => Ok(Channel::Alertmanager {
                url: address::alertmanager(url()?)?,
            }),
            Kind::Webhook => Ok(Channel::Webhook(Webhook {
                url: address::http(url()?)?,
                secret_file: self.secret_file.ok_or(
                    "it has no `secret_file`; write a secret of 16 bytes or more into a file and name it",
                )?,
            })),
            Kind::Email => self.email().map(|email| Channel::Email(Box::new(email))),
        }
    }

    fn email(self) -> Result<Email, String> {
        let text = self.smtp.as_deref();
        let smtp =
            address::smtp(text.ok_or("it has no `smtp`; write smtp = \"smtps://host:465\"")?)?;
        let login = match (self.user, self.password_file) {
            (None, None) => None,
            (Some(user), Some(file)) => Some((user, file)),
            _ => {
                return Err("`user` and `password_file` go together; write both or none".to_owned());
            }
        };
        if login.is_some() && smtp.tls == Tls::None && !Smtp::is_here(&smtp) {
            return Err("the password would cross the network unencrypted; write smtps:// or smtp+starttls://".to_owned());
        }
        let from = mailbox(
            "from",
            &self
                .from
                .ok_or("it has no `from`; write from = \"vonglau@…\"")?,
        )?;
        let to = match self.to {
            None => Vec::new(),
            Some(OneOrMany::One(one)) => vec![one],
            Some(OneOrMany::Many(many)) => many,
        };
        if to.is_empty() || to.len() > MOST {
            return Err(format!(
                "`to` names nobody, or over {MOST}; write to = [\"room@…\"]"
            ));
        }
        let to: Result<Vec<Mailbox>, String> = to.iter().map(|text| mailbox("to", text)).collect();
        Ok(Email {
            smtp,
            login,
            from,
            to: to?,
        })
    }
}

fn mailbox(key: &str, text: &str) -> Result<Mailbox, String> {
    let shape = "write \"room@example.vn\" or \"Ca trực <room@example.vn>\"";
    if text.chars().any(char::is_control) {
        return Err(format!(
            "`{key}` has a line break or another control sign; {shape}"
        ));
    }
    let mailbox: Mailbox = text
        .parse()
        .map_err(|e| format!("`{key}` has `{text}`, which is no address ({e}); {shape}"))?;
    if !mailbox.email.to_string().is_ascii() {
        return Err(format!(
            "`{key}` has `{text}`; addresses are written in ASCII (a name before <…> need not be)"
        ));
    }
    Ok(mailbox)
}

/// `90s`, `30m`, `2h` or `1d` in microseconds.
fn duration_us(text: &str) -> Option<i64> {
    let unit = text.chars().last()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let number = text.strip_suffix(unit)?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = number.parse().ok()?;
    number.checked_mul(seconds)?.checked_mul(SECOND_US)
}
