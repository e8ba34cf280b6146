//! Sizes in bytes, as people write and read them: `20GB`, `512 MiB`, `1048576`.

use std::fmt;
use std::str::FromStr;

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Size(pub u64);

/// Units by name, the greatest of the decimal ones first.
const UNITS: [(&str, u64); 9] = [
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

/// A text that is no size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a size as a number and B, kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 20GB")]
pub struct NotASize;

impl FromStr for Size {
    type Err = NotASize;

    fn from_str(text: &str) -> Result<Self, NotASize> {
        let text = text.trim();
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (number, unit) = (&text[..end], text[end..].trim());
        let factor = match unit {
            "" => 1,
            _ => UNITS
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(unit))
                .map(|(_, factor)| *factor)
                .ok_or(NotASize)?,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let whole: u64 = whole.parse().map_err(|_| NotASize)?;
        let bytes = whole.checked_mul(factor).ok_or(NotASize)?;
        if fraction.is_empty() {
            return if number.ends_with('.') {
                Err(NotASize)
            } else {
                Ok(Self(bytes))
            };
        }
        let fraction: f64 = format!("0.{fraction}").parse().map_err(|_| NotASize)?;
        let part = (fraction * factor as f64).round() as u64;
        bytes.checked_add(part).map(Self).ok_or(NotASize)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, factor) = UNITS[..4]
            .iter()
            .find(|(_, factor)| self.0 >= *factor)
            .unwrap_or(&UNITS[8]);
        if self.0.is_multiple_of(*factor) {
            write!(f, "{} {unit}", self.0 / factor)
        } else {
            write!(f, "{:.1} {unit}", self.0 as f64 / *factor as f64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let read = |text: &str| text.parse::<Size>().map(|s| s.0);
        for (text, bytes) in [
            ("0", 0),
            ("1048576", 1 << 20),
            ("20GB", 20_000_000_000),
            ("20 gb", 20_000_000_000),
            ("1.5TB", 1_500_000_000_000),
            ("0.25 MiB", 256 << 10),
            (" 7 kB ", 7_000),
            ("3B", 3),
        ] {
            assert_eq!(read(text), Ok(bytes), "{text}");
        }
        for bad in [
            "",
            "GB",
            "-1GB",
            "1,5GB",
            "1.GB",
            ".5GB",
            "1.2.3GB",
            "1 GB free",
            "99999999999TB",
            "18446744073709551616",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes_are_written_short() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (1_049, "1.0 kB"),
            (268_435_456, "268.4 MB"),
            (20_000_000_000, "20 GB"),
        ] {
            assert_eq!(Size(bytes).to_string(), text);
        }
    }
}
