//! Times of the protocol: `yyyyMMddHHmmss`, local in Hà Nội (UTC+7), and nothing else.

use compact_str::{CompactString, format_compact};

use super::refusal::Refusal;
use super::scalar::Scalar;
use crate::event::EventTime;

/// What clients send for a date that they do not have: the zero of their clock.
const ABSENT: &str = "00010101000000";

/// Reads a field; `None` when absent.
pub(super) fn read(field: &Scalar, name: &'static str) -> Result<Option<EventTime>, Refusal> {
    match field.text() {
        None | Some(ABSENT) => Ok(None),
        Some(text) => parse(text).map(Some).ok_or(Refusal::Moment(name)),
    }
}

fn parse(text: &str) -> Option<EventTime> {
    if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let [date, time] = [&text[..8], &text[8..]];
    let rfc3339 = format_compact!(
        "{}-{}-{}T{}:{}:{}+07:00",
        &date[..4],
        &date[4..6],
        &date[6..],
        &time[..2],
        &time[2..4],
        &time[4..],
    );
    EventTime::parse_rfc3339(&rfc3339)
}

/// Writes an instant, to the second.
pub(super) fn write(at: EventTime) -> CompactString {
    let rfc3339 = at.to_string();
    let local = rfc3339.bytes().take("2026-11-23T08:01:02".len());
    local.filter(u8::is_ascii_digit).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_local_time_of_ha_noi_and_nothing_else() {
        let at = read(&"20260928101500".into(), "x");
        assert_eq!(
            at.map(|at| at.map(|at| at.to_string())),
            Ok(Some("2026-09-28T10:15:00+07:00".to_owned()))
        );
        for absent in ["", "  ", "00010101000000"] {
            assert_eq!(read(&absent.into(), "x"), Ok(None), "{absent}");
        }
        for bad in [
            "20260928",
            "20260931101500",
            "20260928251500",
            "2026-09-28T10:15:00",
            "２0260928101500",
            "202609281015000",
        ] {
            assert_eq!(read(&bad.into(), "x"), Err(Refusal::Moment("x")), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(s in -50_000_000_000_i64..250_000_000_000) {
            let at = EventTime::from_seconds(s);
            prop_assert_eq!(read(&Scalar::from(write(at).as_str()), "x"), Ok(Some(at)));
        }
    }
}
