//! Sessions against a naive list of them.

use super::*;
use proptest::prelude::*;

const NOW: At = At::of_seconds(1_795_651_200);
const BOUNDS: Bounds = Bounds {
    idle_s: 100,
    absolute_s: 1_000,
};

fn opened() -> (tempfile::TempDir, Sessions) {
    let dir = tempfile::tempdir().unwrap();
    let sessions = Sessions::open(dir.path(), BOUNDS, NOW).unwrap();
    (dir, sessions)
}

#[test]
fn an_id_is_kept_nowhere_and_survives_a_restart() {
    let (dir, sessions) = opened();
    let id = sessions.begin("ca-1", NOW).unwrap();
    let file = std::fs::read_to_string(dir.path().join(FILE)).unwrap();
    assert!(!file.contains(&id) && file.contains("ca-1"));
    let again = Sessions::open(dir.path(), BOUNDS, NOW.plus_seconds(99)).unwrap();
    assert_eq!(
        again.find(&id, NOW.plus_seconds(99)).unwrap().1.account,
        "ca-1"
    );
    let late = Sessions::open(dir.path(), BOUNDS, NOW.plus_seconds(100)).unwrap();
    assert_eq!(late.count(), 0);
}

#[test]
fn what_is_no_id_is_none() {
    let (_dir, sessions) = opened();
    let id = sessions.begin("ca-1", NOW).unwrap();
    for wrong in [
        "",
        "x",
        &id[1..],
        &id.to_uppercase(),
        &format!("{id} "),
        &"0".repeat(64),
        &"é".repeat(32),
    ] {
        assert_eq!(sessions.find(wrong, NOW), None, "{wrong}");
    }
}

#[test]
fn a_session_ends_idle_or_old_even_when_it_is_rotated() {
    let (_dir, sessions) = opened();
    let mut id = sessions.begin("ca-1", NOW).unwrap();
    let mut now = NOW;
    while now.since(NOW) < 950_000 {
        now = now.plus_seconds(90);
        let Some((digest, _)) = sessions.find(&id, now) else {
            break;
        };
        let next = sessions.rotate(&digest, now).unwrap().unwrap();
        assert_eq!(sessions.find(&id, now), None, "the former id is void");
        id = next;
    }
    assert!(now.since(NOW) >= 950_000);
    assert_eq!(
        sessions.find(&id, NOW.plus_seconds(1_000)),
        None,
        "rotation does not lengthen it"
    );
}

#[test]
fn who_begins_too_many_loses_the_stalest() {
    let (_dir, sessions) = opened();
    let other = sessions.begin("ca-2", NOW).unwrap();
    let ids: Vec<String> = (0..=MOST_OF_ONE as i64)
        .map(|i| sessions.begin("ca-1", NOW.plus_seconds(i)).unwrap())
        .collect();
    let now = NOW.plus_seconds(20);
    assert_eq!(sessions.find(&ids[0], now), None);
    assert!(ids[1..].iter().all(|id| sessions.find(id, now).is_some()));
    assert!(sessions.find(&other, now).is_some(), "of another account");
}

/// What happens to sessions.
#[derive(Debug, Clone)]
enum Step {
    Begin(u8),
    Find(usize),
    Rotate(usize),
    End(usize),
    EndAll(u8),
    Pass(i64),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0_u8..3).prop_map(Step::Begin),
        4 => (0_usize..20).prop_map(Step::Find),
        1 => (0_usize..20).prop_map(Step::Rotate),
        1 => (0_usize..20).prop_map(Step::End),
        1 => (0_u8..3).prop_map(Step::EndAll),
        3 => (0_i64..120).prop_map(Step::Pass),
        1 => Just(Step::Restart),
    ];
    proptest::collection::vec(step, 0..40)
}

/// A session as the test remembers it.
struct Told {
    id: String,
    account: String,
    signed_in: At,
    seen: At,
    is_over: bool,
}

impl Told {
    fn holds(&self, now: At) -> bool {
        !self.is_over && now.since(self.seen) < 100_000 && now.since(self.signed_in) < 1_000_000
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Against a list that does it naively: an id is found when and only when it should be, and as its account's.
    #[test]
    fn sessions_are_as_a_naive_list_has_them(steps in steps()) {
        let (dir, mut sessions) = opened();
        let mut now = NOW;
        let mut told: Vec<Told> = Vec::new();
        for step in steps {
            match step {
                Step::Begin(n) => {
                    let account = format!("ca-{n}");
                    let mut own: Vec<usize> = (0..told.len()).filter(|i| told[*i].account == account && told[*i].holds(now)).collect();
                    own.sort_by_key(|i| told[*i].seen);
                    // Which of several seen at once ends is not said: then none is begun.
                    if own.len() >= MOST_OF_ONE { continue; }
                    let id = sessions.begin(&account, now).unwrap();
                    told.push(Told { id, account, signed_in: now, seen: now, is_over: false });
                }
                Step::Find(i) if !told.is_empty() => {
                    let i = i % told.len();
                    let found = sessions.find(&told[i].id, now);
                    prop_assert_eq!(found.is_some(), told[i].holds(now));
                    if let Some((_, session)) = found {
                        prop_assert_eq!(&session.account, &told[i].account);
                        told[i].seen = now;
                    }
                }
                Step::Rotate(i) if !told.is_empty() => {
                    let i = i % told.len();
                    let rotated = sessions.rotate(&Digest::of(told[i].id.as_bytes()), now).unwrap();
                    prop_assert_eq!(rotated.is_some(), told[i].holds(now));
                    told[i].is_over = true;
                    if let Some(id) = rotated {
                        let (account, signed_in) = (told[i].account.clone(), told[i].signed_in);
                        told.push(Told { id, account, signed_in, seen: now, is_over: false });
                    }
                }
                Step::End(i) if !told.is_empty() => {
                    let i = i % told.len();
                    sessions.end(&Digest::of(told[i].id.as_bytes())).unwrap();
                    told[i].is_over = true;
                }
                Step::EndAll(n) => {
                    let account = format!("ca-{n}");
                    sessions.end_all(&account, None).unwrap();
                    told.iter_mut().filter(|t| t.account == account).for_each(|t| t.is_over = true);
                }
                Step::Pass(seconds) => now = now.plus_seconds(seconds),
                Step::Restart => {
                    sessions.flush(now).unwrap();
                    sessions = Sessions::open(dir.path(), BOUNDS, now).unwrap();
                }
                _ => {}
            }
        }
        for told in &told {
            prop_assert_eq!(sessions.find(&told.id, now).is_some(), told.holds(now));
        }
    }
}
