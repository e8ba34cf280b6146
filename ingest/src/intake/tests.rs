//! The intake against a trivial model: a list of the first content of each pair.

use super::*;
use crate::datadir::Clock;
use crate::event::Body;
use proptest::prelude::*;

fn line(id: u32, ticket: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"s","type":"ticket.abandoned","time":"2026-11-23T08:00:00+07:00","data":{{"site":"00004","ticket":"{ticket}"}}}}"#
    )
}

fn open(path: &std::path::Path) -> (DataDir, Decoder, Intake, Vec<Accepted>) {
    let dir = DataDir::open(path, Clock::Wall, std::time::Duration::ZERO).unwrap();
    let decoder = Decoder::new(dir.secret());
    let mut replayed = Vec::new();
    let (intake, _) = Intake::open(&dir, &decoder, 0, |a| replayed.push(a.clone())).unwrap();
    (dir, decoder, intake, replayed)
}

/// The events of some runs with their places.
fn all(accepted: &[Accepted]) -> Vec<(u64, Event)> {
    let runs = accepted.iter().flat_map(Accepted::iter);
    runs.map(|(position, event)| (position, event.clone()))
        .collect()
}

fn ticket_of(event: &Event) -> &str {
    match &event.body {
        Body::TicketAbandoned(b) => b.ticket.as_str(),
        _ => "",
    }
}

#[test]
fn the_first_of_a_pair_counts_whatever_comes_later() {
    let tmp = tempfile::tempdir().unwrap();
    let (dir, decoder, mut intake, _) = open(tmp.path());
    let body = [line(1, "A"), line(1, "A"), line(1, "B"), "{".to_owned()].join("\n");
    let batch = decoder.ndjson(body.as_bytes(), None);
    let (receipts, accepted) = intake.commit(vec![batch], EventTime(1)).unwrap();
    let r = &receipts[0];
    assert_eq!(
        (
            r.accepted,
            r.duplicate,
            r.conflicting,
            r.rejected.len(),
            r.position
        ),
        (1, 2, 1, 1, 1)
    );
    assert_eq!(ticket_of(&accepted[0].events[0]), "A");
    drop((dir, intake));

    // The index is lost, and then the journal is read again: nothing changes.
    std::fs::remove_dir_all(tmp.path().join("dedup")).unwrap();
    let (_dir, decoder, mut intake, replayed) = open(tmp.path());
    assert_eq!(all(&replayed), all(&accepted));
    let batch = decoder.ndjson(line(1, "B").as_bytes(), None);
    let (receipts, accepted) = intake.commit(vec![batch], EventTime(2)).unwrap();
    assert_eq!(
        (
            receipts[0].duplicate,
            receipts[0].conflicting,
            accepted.len()
        ),
        (1, 1, 0)
    );
}

#[test]
fn an_index_ahead_of_the_journal_is_made_anew() {
    let tmp = tempfile::tempdir().unwrap();
    let (dir, decoder, mut intake, _) = open(tmp.path());
    let batch = decoder.ndjson(line(1, "A").as_bytes(), None);
    intake.commit(vec![batch], EventTime(1)).unwrap();
    drop((dir, intake));
    std::fs::remove_dir_all(tmp.path().join("journal")).unwrap();
    let (_dir, decoder, mut intake, replayed) = open(tmp.path());
    assert!(replayed.is_empty());
    let batch = decoder.ndjson(line(1, "A").as_bytes(), None);
    let (receipts, _) = intake.commit(vec![batch], EventTime(1)).unwrap();
    assert_eq!(
        receipts[0].accepted, 1,
        "what the journal lost must be taken when sent again"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Random groups of random pairs, with reopenings: each pair is handed out once, with the
    /// content of its first line, and the journal replays exactly what was handed out.
    #[test]
    fn every_pair_once(groups in proptest::collection::vec(
        (proptest::collection::vec(proptest::collection::vec((0..30_u32, 0..3_u8), 0..8), 1..4), any::<bool>()), 1..8)
    ) {
        let tmp = tempfile::tempdir().unwrap();
        let mut model: Vec<(u32, u8)> = Vec::new();
        let mut seen: Vec<(u64, Event)> = Vec::new();
        let (mut dir, mut decoder, mut intake, _) = open(tmp.path());
        for (batches, reopen) in groups {
            let decoded = batches.iter().map(|lines| {
                let body: Vec<String> = lines.iter().map(|(id, t)| line(*id, &t.to_string())).collect();
                decoder.ndjson(body.join("\n").as_bytes(), None)
            }).collect();
            let (receipts, accepted) = intake.commit(decoded, EventTime(1)).unwrap();
            for (lines, receipt) in batches.iter().zip(receipts) {
                let mut expected = (0, 0, 0);
                for (id, t) in lines {
                    if let Some((_, first)) = model.iter().find(|(known, _)| known == id) {
                        expected.1 += 1;
                        expected.2 += u64::from(first != t);
                    } else {
                        expected.0 += 1;
                        model.push((*id, *t));
                    }
                }
                prop_assert_eq!((receipt.accepted, receipt.duplicate, receipt.conflicting), expected);
            }
            seen.extend(all(&accepted));
            if reopen {
                drop((dir, intake));
                let replayed;
                (dir, decoder, intake, replayed) = open(tmp.path());
                prop_assert_eq!(&all(&replayed), &seen);
            }
        }
        prop_assert_eq!(seen.len(), model.len());
    }
}
