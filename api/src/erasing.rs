//! Taking an applicant out: of the state, of what has left it, and of its checkpoints. The journal goes first
//! (`ingest::journal::rewrite`), so that whatever is made of it again does not know the applicant either.

use analytics::live::archive::{Key, forget_applicant};

use crate::core::Core;

/// Entities that are put back into the archive at once.
const AT_ONCE: usize = 500;

impl Core {
    /// Forgets who asked for the tickets of an applicant, by the digest of the pseudonym; answers of how many entities and tickets. Rows of
    /// facts have nobody in them.
    pub fn erase_applicant(&self, digest: u64) -> anyhow::Result<usize> {
        let mut forgotten = self.state.write().forget_applicant(digest);
        let position = self.archive.position()?;
        let mut from = None;
        let mut merge = None;
        loop {
            let (mut changed, mut problem) = (Vec::new(), None);
            from = self.archive.scan(from.as_deref(), |bytes, packed| {
                let Some(key) = Key::from_bytes(bytes) else {
                    return true;
                };
                // Also where nothing is left to change: a time before may have been cut short.
                if merge.is_none() && matches!(key, Key::SiteDay(..)) {
                    merge = Some(bytes.to_vec());
                }
                match forget_applicant(&key, packed, digest) {
                    Ok(None) => {}
                    Ok(Some(packed)) => changed.push((bytes.to_vec(), packed)),
                    Err(e) => problem = Some(e),
                }
                changed.len() < AT_ONCE && problem.is_none()
            })?;
            if let Some(e) = problem {
                return Err(e.into());
            }
            forgotten += changed.len();
            if !changed.is_empty() {
                self.archive.put(changed, position)?;
            }
            if from.is_none() {
                break;
            }
        }
        if let Some(key) = merge {
            self.archive.merge(&key)?;
        }
        if self.checkpoint_position().is_some() {
            self.write_only_checkpoint()?;
        }
        Ok(forgotten)
    }
}

#[cfg(test)]
mod tests {
    use analytics::live::applicant_digest;
    use ingest::datadir::{Clock, DataDir};
    use ingest::event::EventTime;
    use ingest::intake::Intake;

    use super::*;

    fn open(path: &std::path::Path) -> (Core, Intake, std::sync::Arc<ingest::decode::Decoder>) {
        let dir = DataDir::open(path, Clock::Events, std::time::Duration::ZERO).unwrap();
        Core::open(&dir).unwrap()
    }

    /// Tickets of two people in March, which have left, and in November, which have not.
    fn lines() -> String {
        let mut lines = String::new();
        for day in ["2026-03-02", "2026-11-24"] {
            for (ticket, applicant) in [("A1", "one"), ("A2", "other"), ("A3", "one")] {
                let event = serde_json::json!({
                    "specversion": "1.0", "id": format!("{day}/{ticket}"), "source": "test", "type": "ticket.issued",
                    "time": format!("{day}T09:00:00+07:00"),
                    "data": {"site": "CN19", "ticket": ticket, "service": "certification", "applicant": applicant},
                });
                lines.push_str(&event.to_string());
                lines.push('\n');
            }
        }
        lines
    }

    /// Tickets by whom they are of: of what is here, and of what has left.
    fn tickets_of(core: &Core, digest: u64) -> (usize, usize) {
        let mut left = 0;
        let mut apart = analytics::live::State::default();
        core.archive
            .scan(None, |key, packed| {
                let key = Key::from_bytes(key).unwrap();
                left += usize::from(forget_applicant(&key, packed, digest).unwrap().is_some());
                apart.restore(&key, packed).unwrap();
                true
            })
            .unwrap();
        // A state is asked by being made to forget: it is read again from the disk each time.
        (core.state.write().forget_applicant(digest), left)
    }

    #[test]
    fn an_applicant_is_gone_from_state_archive_and_checkpoints_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let digest = |decoder: &ingest::decode::Decoder, given: &str| {
            applicant_digest(decoder.applicant(given).unwrap().as_str())
        };
        {
            let (core, mut intake, decoder) = open(folder.path());
            let batch = decoder.ndjson(lines().as_bytes(), None);
            assert!(batch.rejected.is_empty(), "{:?}", batch.rejected);
            let (_, accepted) = intake.commit(vec![batch], EventTime::now()).unwrap();
            core.apply_unseen(&accepted);
            core.keep(None).unwrap();
            core.settle().unwrap();
        }
        let before = {
            let (core, _intake, decoder) = open(folder.path());
            let sums = tickets_of(&core, digest(&decoder, "one"));
            assert_eq!(sums, (2, 1), "two tickets here, one day that has left");
            core.checkpoint_position().unwrap()
        };
        {
            let (core, _intake, decoder) = open(folder.path());
            assert_eq!(core.erase_applicant(digest(&decoder, "one")).unwrap(), 3);
            assert_eq!(core.erase_applicant(digest(&decoder, "one")).unwrap(), 0);
        }
        // From the checkpoint and the archive, not from the journal, which still knows.
        let (core, _intake, decoder) = open(folder.path());
        assert_eq!(core.checkpoint_position(), Some(before));
        assert_eq!(tickets_of(&core, digest(&decoder, "one")), (0, 0));
        assert_eq!(tickets_of(&core, digest(&decoder, "other")), (1, 1));
    }
}
