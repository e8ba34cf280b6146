//! What words mean: by sender and by day.

use super::*;

const OWN: &str = r#"
version = 1

[[table]]
effective_from = "2026-01-01"
feeds = ["000.99.99.H26"]
status = { receiving = "registered", new = "accepted", processing = "processing" }
agencies = { "000.99.99.H26" = "dept/justice" }
steps = { "Phòng giả định" = "thẩm định" }

[[table]]
effective_from = "2026-09-29"
feeds = ["000.99.99.H26"]
status = { new = "registered", receiving = "accepted" }

[[table]]
effective_from = "2026-09-01"
sites = { "000.99.99.H26" = "00004" }
"#;

fn kinds(records: &[Value]) -> Vec<Result<Vec<String>, Refusal>> {
    let mapping = shipped().with(OWN).unwrap();
    let reading = read(&message("CapNhatTienDoHoSoMC", records), &mapping).unwrap();
    let lines: Vec<Value> = reading
        .lines
        .split(|b| *b == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    let kind = |n: u64| lines[n as usize - 1]["type"].as_str().unwrap().to_owned();
    let records = reading.records.iter();
    records
        .map(|record| match &record.outcome {
            Ok(_) => Ok(record.lines.clone().map(kind).collect()),
            Err(refusal) => Err(*refusal),
        })
        .collect()
}

#[test]
fn a_feed_with_words_of_its_own_is_read_by_them_alone() {
    let told = kinds(&[
        step("new", "20260928080000"),
        step("receiving", "20260928080001"),
        // The same words from the next day on, the other way round.
        step("new", "20260929080000"),
        step("receiving", "20260929080001"),
        // The national number is none of its words, and this word none of the second list's.
        step("2", "20260928080000"),
        step("processing", "20260929080000"),
    ]);
    let accepted = || Ok(vec!["dossier.accepted".to_owned()]);
    let unmapped = Err(Refusal::Unmapped("TrangThai"));
    let expected = [
        accepted(),
        Ok(vec![]),
        Ok(vec![]),
        accepted(),
        unmapped.clone(),
        unmapped,
    ];
    assert_eq!(told, expected);
}

#[test]
fn agencies_points_and_steps_are_mapped() {
    let mapping = shipped().with(OWN).unwrap();
    let mut record = step("processing", "20260928080000");
    record["PhongBanXuLy"] = json!(" Phòng giả định ");
    let reading = read(&message("CapNhatTienDoHoSoMC", &[record]), &mapping).unwrap();
    let line = reading.lines.split(|b| *b == b'\n').next().unwrap();
    let line: Value = serde_json::from_slice(line).unwrap();
    assert_eq!(line["data"]["agency"], "dept/justice");
    assert_eq!(line["data"]["step"], "thẩm định");

    let record = filed(json!({"TrangThaiHoSo": "receiving"}));
    let reading = read(&message("DongBoHoSoMC", &[record]), &mapping).unwrap();
    let filing = match &events(&reading)[0].body {
        Body::DossierSubmitted(filing) => filing.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        filing.site.as_str(),
        "00004",
        "everybody's counts where the feed has none"
    );
    assert_eq!(filing.agency.as_str(), "dept/justice");
}

#[test]
fn an_unknown_channel_is_left_out_and_said() {
    let odd = json!({"KenhThucHien": "9", "DuocThanhToanTrucTuyen": "7"});
    let reading = read_or_fail(&message("DongBoHoSoMC", &[filed(odd)]));
    let notes = [
        Note::LeftOut("KenhThucHien"),
        Note::LeftOut("DuocThanhToanTrucTuyen"),
    ];
    assert_eq!(reading.records[0].outcome, Ok(notes.to_vec()));
    let answer = reading.answer(&[]);
    assert!(answer.is_success());
    assert!(
        answer.data[0].message.contains("KenhThucHien"),
        "{answer:?}"
    );
}

#[test]
fn a_mapping_that_says_what_there_is_not_is_refused() {
    for (text, word) in [
        ("version = 2", "version"),
        (
            "version = 1\n[[table]]\neffective_from = \"today\"",
            "effective_from",
        ),
        (
            "version = 1\n[[table]]\neffective_from = \"2026-01-01\"\nstatus = { x = \"done\" }",
            "done",
        ),
        (
            "version = 1\n[[table]]\neffective_from = \"2026-01-01\"\nagencies = { x = \"Sở Tư pháp\" }",
            "agencies",
        ),
        (
            "version = 1\n[[table]]\neffective_from = \"2026-01-01\"\nstates = {}",
            "states",
        ),
    ] {
        let error = shipped().with(text).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}
