//! What is known of agencies: their names, their level, and in whose system they settle.
//!
//! ```toml
//! [[agency]]
//! code = "000.00.15.H26"       # or a code's beginning: prefix = "dept/"
//! name = "Sở …"
//! level = "city"               # city, commune, vertical, ministry
//! system = "city"              # or ministry: dossiers kept in a ministry's software, counted apart
//! ```
//!
//! A whole code is stronger than a beginning, and a longer beginning than a shorter one.

use serde::Deserialize;

const SHIPPED: &str = include_str!("agencies.toml");
/// The level and system of an agency that nothing is known of.
pub const UNKNOWN: &str = "unknown";

/// The agencies could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the agencies cannot be read: {0}")]
pub struct AgencyError(String);

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: Option<String>,
    prefix: Option<String>,
    name: Option<String>,
    level: Option<String>,
    system: Option<String>,
}

/// All that is known of agencies.
#[derive(Debug, Default)]
pub struct Agencies {
    /// The strongest first.
    entries: Vec<Entry>,
}

impl Agencies {
    /// What ships.
    pub fn shipped() -> Result<Self, AgencyError> {
        read(&[SHIPPED])
    }

    /// What ships with what an operator's file adds.
    pub fn with(text: &str) -> Result<Self, AgencyError> {
        read(&[SHIPPED, text])
    }

    fn find<'a>(
        &'a self,
        agency: &str,
        of: impl Fn(&'a Entry) -> Option<&'a String>,
    ) -> Option<&'a str> {
        let is_it = |entry: &&Entry| match (&entry.code, &entry.prefix) {
            (Some(code), _) => code == agency,
            (None, Some(prefix)) => agency.starts_with(prefix.as_str()),
            (None, None) => false,
        };
        let mut entries = self.entries.iter().filter(is_it);
        entries.find_map(of).map(String::as_str)
    }

    /// Its level.
    pub fn level(&self, agency: &str) -> &str {
        self.find(agency, |entry| entry.level.as_ref())
            .unwrap_or(UNKNOWN)
    }

    /// In whose system it settles.
    pub fn system(&self, agency: &str) -> &str {
        self.find(agency, |entry| entry.system.as_ref())
            .unwrap_or("city")
    }

    /// Its name.
    pub fn name(&self, agency: &str) -> Option<&str> {
        self.find(agency, |entry| entry.name.as_ref())
    }
}

fn read(texts: &[&str]) -> Result<Agencies, AgencyError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        agency: Vec<Entry>,
    }
    let mut entries: Vec<Entry> = Vec::new();
    for text in texts {
        let file: File = toml::from_str(text).map_err(|e| AgencyError(e.to_string()))?;
        for entry in file.agency {
            if entry.code.is_some() == entry.prefix.is_some() {
                let message = "every agency has a `code` or a `prefix`, and not both";
                return Err(AgencyError(message.to_owned()));
            }
            let is_level = |l: &String| ["city", "commune", "vertical", "ministry"].contains(&&**l);
            if entry.level.as_ref().is_some_and(|l| !is_level(l)) {
                let message = "`level` is one of city, commune, vertical, ministry";
                return Err(AgencyError(message.to_owned()));
            }
            if entry
                .system
                .as_ref()
                .is_some_and(|s| s != "city" && s != "ministry")
            {
                return Err(AgencyError("`system` is city or ministry".to_owned()));
            }
            entries.push(entry);
        }
    }
    // Of equal ones the later in the files is stronger.
    entries.reverse();
    entries.sort_by_key(|entry| match (&entry.code, &entry.prefix) {
        (Some(_), _) => 0,
        (None, prefix) => usize::MAX - prefix.as_ref().map_or(0, String::len),
    });
    Ok(Agencies { entries })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_code_is_stronger_than_its_beginning_and_the_later_entry_than_the_earlier() {
        let own = "[[agency]]\nprefix = \"dept/h\"\nlevel = \"vertical\"\n\
            [[agency]]\ncode = \"dept/health\"\nname = \"Sở Y tế\"\nlevel = \"city\"\n\
            [[agency]]\nprefix = \"tax/\"\nsystem = \"ministry\"\n";
        let agencies = Agencies::with(own).unwrap();
        assert_eq!(agencies.level("dept/health"), "city");
        assert_eq!(agencies.level("dept/home"), "vertical");
        assert_eq!(agencies.level("dept/justice"), "city");
        assert_eq!(agencies.level("x"), UNKNOWN);
        assert_eq!(
            (agencies.level("tax/city"), agencies.system("tax/city")),
            ("vertical", "ministry")
        );
        assert_eq!(agencies.name("dept/health"), Some("Sở Y tế"));
        assert_eq!(agencies.system("dept/health"), "city");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for wrong in [
            "level = \"city\"",
            "code = \"a\"\nprefix = \"b\"",
            "code = \"a\"\nlevel = \"sky\"",
            "code = \"a\"\nsystem = \"none\"",
        ] {
            assert!(
                Agencies::with(&format!("[[agency]]\n{wrong}\n")).is_err(),
                "{wrong}"
            );
        }
    }
}
