//! Proves that nothing about a person is kept: an applicant's pseudonym is keyed again, fields outside
//! the contract and free text as a reason are dropped, and neither files nor logs hold them.

use std::path::Path;

use harness::events::{line, ndjson};
use harness::program;
use harness::server::{Clock, Server};
use serde_json::json;

/// Words that must be found nowhere. Random enough to be in no file by chance.
const SECRETS: &[&str] = &[
    "applicant-Qx7Vd0",
    "NguyenVanTest-Zk3",
    "0912-555-Wt9",
    "reason-about-Lan-Pm2",
    "rejected-Hg5-text",
];

fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).expect("a directory can be listed");
    let paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry can be read").path())
        .collect();
    paths
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn what_could_name_a_person_is_in_no_file_log_or_answer() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let submitted = json!({
        "dossier": "000.00.01.H26-261123-0001", "procedure": "1.000001", "field": "hộ tịch", "site": "00004",
        "agency": "000.00.01.H26", "applicant": SECRETS[0], "name": SECRETS[1], "phone": SECRETS[2],
    });
    let refused = json!({"dossier": "000.00.01.H26-261123-0001", "reason": SECRETS[3]});
    let issued = json!({"site": "00004", "ticket": "A1", "service": "s", "applicant": SECRETS[0]});
    // One at a time: the journal packs large groups, and a packed word would not be found.
    let mut sums = (0, 0);
    for one in [
        line("dossier.submitted", "08:00", "1", submitted),
        line("dossier.refused", "09:00", "2", refused),
        line("ticket.issued", "08:00", "3", issued),
        line("ticket.issued", "08:00", "4", json!({"ticket": SECRETS[4]})),
    ] {
        let answer = server.http().post(&ndjson(&[one])).ok();
        let count = |name: &str| answer[name].as_u64().expect("a receipt has counts");
        sums = (sums.0 + count("accepted"), sums.1 + count("dropped_fields"));
    }
    assert_eq!(sums, (3, 2));
    let feed = harness::live::Readers::new()
        .subscribe(&server.ws_url(), "feed")
        .first();
    let mut shown = format!("{:?}", feed.values);
    shown += &server.log();
    assert!(server.stop().success());

    let data = dir.path().to_str().expect("test paths are UTF-8");
    for table in ["visits", "dossiers", "dossier_steps"] {
        shown += &program::run(&["sql", "--data", data, &format!("select * from {table}")])
            .done()
            .stdout;
    }
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} is shown");
        for file in files(dir.path()) {
            let bytes = std::fs::read(&file).expect("a file can be read");
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in {}", file.display());
        }
    }
}
