//! What is forgotten where the operator says how many days things are kept: facts, and what lies in the archive.
//!
//! The embedded store lets go of whole files by their days. In the archive a site's day has its day in its key; a dossier
//! or petition must be looked at, and is forgotten by the day of its **last** event. There may be millions: each keeping
//! looks at some ([`SWEEP`]) and goes on from there the next time, and after the last the sweep rests until the day
//! changes.

use analytics::live::archive::{Key, last_heard};
use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::store::Store;

use crate::core::Core;

/// Entities of the archive that are looked at in one keeping: a tenth of a second.
const SWEEP: usize = 20_000;

/// How far the archive has been looked through.
#[derive(Debug, Default)]
pub(crate) struct Sweep {
    /// The day of the last whole sweep.
    done: Option<Day>,
    /// Where the one under way goes on.
    from: Option<Vec<u8>>,
}

impl Core {
    /// Forgets what is older than so many days, as far as it comes this time. Of ClickHouse's tables their TTL does.
    pub(crate) fn forget(&self, days: u32, sweep: &mut Sweep) -> anyhow::Result<()> {
        let Some(today) = self.begun(&self.state.read()).map(EventTime::day) else {
            return Ok(());
        };
        let first = Day(today.0.saturating_sub_unsigned(days));
        if let Store::Embedded(store) = &self.facts {
            let files = store.forget_before(first)?;
            if files > 0 {
                tracing::info!(files, "facts before {first} were forgotten");
            }
        }
        if sweep.done == Some(today) || self.archive.is_empty() {
            return Ok(());
        }
        let (mut looked_at, mut old) = (0, Vec::new());
        let mut problem = None;
        sweep.from = self.archive.scan(sweep.from.as_deref(), |bytes, packed| {
            looked_at += 1;
            match Key::from_bytes(bytes).map(|key| last_heard(&key, packed)) {
                Some(Ok(Some(time))) if time < first.start() => old.push(bytes.to_vec()),
                Some(Err(e)) => problem = Some(e),
                _ => {}
            }
            looked_at < SWEEP
        })?;
        if let Some(e) = problem {
            tracing::warn!(error = %e, "something in the archive is not forgotten: run `vonglau doctor`");
        }
        self.archive.remove(&old)?;
        if !old.is_empty() {
            tracing::info!(
                entities = old.len(),
                "what was last heard of before {first} was forgotten"
            );
        }
        if sweep.from.is_none() {
            sweep.done = Some(today);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ingest::datadir::{Clock, DataDir};
    use ingest::event::EventTime;

    use super::*;

    /// A dossier of March and one of November, both done, and a ticket of each day.
    fn lines() -> String {
        let mut lines = String::new();
        for (code, day) in [
            ("000.00.001.H26-260302-0001", "2026-03-02"),
            ("000.00.001.H26-261102-0001", "2026-11-02"),
        ] {
            let mut line = |id: &str, kind: &str, data: serde_json::Value| {
                let event = serde_json::json!({
                    "specversion": "1.0", "id": format!("{day}/{id}"), "source": "test", "type": kind,
                    "time": format!("{day}T09:00:00+07:00"), "data": data,
                });
                lines.push_str(&event.to_string());
                lines.push('\n');
            };
            line(
                "1",
                "dossier.submitted",
                serde_json::json!({
                    "dossier": code, "procedure": "1.990302", "field": "land", "site": "CN19", "channel": "online", "agency": "dept/justice",
                    "applicant": "someone",
                }),
            );
            line(
                "2",
                "dossier.resolved",
                serde_json::json!({"dossier": code, "result": "approved"}),
            );
            line(
                "3",
                "ticket.issued",
                serde_json::json!({"site": "CN19", "ticket": "A001", "service": "certification"}),
            );
        }
        // The clock of a simulated directory is its last event.
        lines
            + r#"{"specversion":"1.0","id":"end","source":"test","type":"site.opened","time":"2026-11-25T08:00:00+07:00","data":{"site":"CN19"}}"#
    }

    #[test]
    fn what_was_last_heard_of_long_ago_is_gone_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path(), Clock::Events, std::time::Duration::ZERO).unwrap();
        let (core, mut intake, decoder) = Core::open(&dir).unwrap();
        let batch = decoder.ndjson(lines().as_bytes(), None);
        assert!(batch.rejected.is_empty(), "{:?}", batch.rejected);
        let (_, accepted) = intake.commit(vec![batch], EventTime::now()).unwrap();
        core.apply_unseen(&accepted);

        let kept = |core: &Core| {
            let mut keys = Vec::new();
            core.archive
                .scan(None, |key, _| {
                    keys.extend(Key::from_bytes(key));
                    true
                })
                .unwrap();
            keys.iter()
                .map(|key| format!("{key:?}"))
                .collect::<Vec<_>>()
        };
        let rows = |core: &Core| {
            let count =
                "select (select count(*) from dossiers) + (select count(*) from visits) as n";
            let answer = core.sql(count).unwrap();
            crate::http::questions::sql_text(&answer, false).unwrap()
        };
        core.keep(None).unwrap();
        assert_eq!(kept(&core).len(), 4, "{:?}", kept(&core));
        assert!(rows(&core).contains("\"n\":4"), "{}", rows(&core));

        core.keep(Some(90)).unwrap();
        let left = kept(&core);
        assert_eq!(left.len(), 2, "{left:?}");
        assert!(
            left.iter()
                .all(|key| !key.contains("0302") && !key.contains("2026-03")),
            "{left:?}"
        );
        assert!(rows(&core).contains("\"n\":2"), "{}", rows(&core));
    }
}
