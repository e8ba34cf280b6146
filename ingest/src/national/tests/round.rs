//! Events as a record again: what the protocol can carry comes back, and what it cannot is named.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Hours after the dossier was filed, as the protocol writes them; absent now and then.
fn time() -> impl Strategy<Value = String> {
    let some = (0..400_i64).prop_map(|hour| {
        let filed = EventTime::parse_rfc3339("2026-09-28T10:15:00+07:00").unwrap();
        moment::write(filed.plus_seconds(hour * 3600)).to_string()
    });
    prop_oneof![1 => Just(String::new()), 3 => some]
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(words).prop_map(str::to_owned)
}

prop_compose! {
    fn round()(asked in time(), came in time(), before in time(), after in time(), same: bool) -> Value {
        let before = if same { after.clone() } else { before };
        json!({"NgayBoSung": asked, "NgayTiepNhanBoSung": came, "NgayHenTraTruoc": before, "NgayHenTraMoi": after})
    }
}

prop_compose! {
    fn paper()(deleted in one_of(&["", "0", "1"]), digitised in one_of(&["", "0", "1"]),
        reused in one_of(&["0", "1", "2"]), store in one_of(&["0", "1"])) -> Value {
        json!({"IsDeleted": deleted, "DuocSoHoa": digitised, "DuocTaiSuDung": reused, "DuocLayTuKhoDMQG": store})
    }
}

prop_compose! {
    fn dossier()(
        code in one_of(&[CODE, "000.00.01.H26-260928-0001", "other/form-1"]),
        field in one_of(&["G00-XX01", ""]), name in one_of(&["Lĩnh vực giả định", "Ho-tich"]),
        status in 1..=10_u8, channel in one_of(&["", "1", "2", "3"]), on in one_of(&["", "1", "2"]),
        unit in one_of(&["", "000.99.98.H26", "Đơn vị giả định"]),
        times in proptest::collection::vec(time(), 5), filed_at in time(),
        flags in (one_of(&["", "0", "1"]), one_of(&["", "0", "1"]), one_of(&["", "0", "1", "2", "3"]), one_of(&["", "0", "1"])),
        rounds in proptest::collection::vec(round(), 0..3),
        papers in proptest::option::of(proptest::collection::vec(paper(), 0..4)),
        fees in proptest::option::of(0..2_usize),
        results in proptest::option::of(one_of(&["", "https://example.invalid/1"])),
    ) -> Value {
        let filed_at = if filed_at.is_empty() { "20260928101500".to_owned() } else { filed_at };
        let mut record = json!({
            "MaHoSo": code, "MaTTHC": "9.990001", "MaLinhVuc": field, "TenLinhVuc": name, "TrangThaiHoSo": status,
            "KenhThucHien": channel, "NoiNopHoSo": on, "DonViXuLy": unit, "NgayNopHoSo": filed_at,
            "NgayTiepNhan": times[0], "NgayHenTra": times[1], "NgayKetThucXuLy": times[2], "NgayTra": times[3],
            "NgayTuChoi": times[4], "HoSoCoThanhPhanSoHoa": flags.0, "TaiKhoanDuocXacThucVoiVNeID": flags.1,
            "DuocThanhToanTrucTuyen": flags.2, "HinhThuc": flags.3, "DanhSachHoSoBoSung": rounds,
        });
        if let Some(papers) = papers { record["TaiLieuNop"] = json!(papers); }
        if let Some(fees) = fees { record["DanhSachLePhi"] = json!(vec![json!({}); fees]); }
        if let Some(link) = results { record["DanhSachGiayToKetQua"] = json!([{"DuongDanTepTinKetQua": link}]); }
        record
    }
}

fn set(events: &[Event]) -> BTreeSet<String> {
    let lines = events.iter().map(|event| {
        let mut line = Vec::new();
        event.write_json(&mut line);
        String::from_utf8(line).unwrap()
    });
    lines.collect()
}

const OWN: &str = r#"
version = 1
[[table]]
effective_from = "2026-09-29"
feeds = ["000.99.99.H26"]
agencies = { "Đơn vị giả định" = "dept/a", "000.00.01.H26" = "dept/b" }
sites = { "000.99.99.H26" = "00004" }
fields = { "G00-XX01" = "Hộ tịch" }
"#;

proptest! {
    #[test]
    fn a_dossier_written_and_read_again_says_the_same(record in dossier(), own: bool) {
        let mapping = if own { shipped().with(OWN).unwrap() } else { shipped() };
        let unit = "000.99.99.H26";
        let first = read(&message("DongBoHoSoMC", &[record]), &mapping).unwrap();
        prop_assert!(first.records[0].outcome.is_ok(), "{:?}", first.records);
        let first = events(&first);
        let written = reverse::record(unit, &first, &mapping).unwrap();
        prop_assert_eq!(&written.left_out, &[], "{}", written.record);
        let body = reverse::message(unit, vec![written.record]).to_string();
        let second = events(&read(body.as_bytes(), &mapping).unwrap());
        prop_assert_eq!(set(&first), set(&second), "{}", body);
    }

    #[test]
    fn sent_again_it_is_the_same(record in dossier()) {
        let body = message("DongBoHoSoMC", &[record]);
        prop_assert_eq!(read_or_fail(&body).lines, read_or_fail(&body).lines);
    }
}

#[test]
fn what_the_record_cannot_carry_is_named() {
    let mut all = events(&read_or_fail(DOSSIERS.as_bytes()));
    all.truncate(7);
    all.extend(events(&read_or_fail(PROGRESS.as_bytes())));
    let written = reverse::record("000.99.99.H26", &all, &shipped()).unwrap();
    assert_eq!(written.record["TrangThaiHoSo"], "9");
    assert_eq!(written.record["NgayHenTra"], "20261006143000");
    let left_out = written.left_out.iter();
    let kinds: Vec<&str> = left_out.map(|event| event.body.type_name()).collect();
    // The reception of the progress names no due date, and is told with one.
    let expected = ["dossier.accepted", "dossier.taken", "dossier.taken"];
    assert_eq!(kinds, expected);
    assert_eq!(
        reverse::record("000.99.99.H26", &all[1..2], &shipped()),
        None
    );
    assert_eq!(reverse::record("không", &all, &shipped()), None);
}

#[test]
fn a_paper_that_comes_back_unsettled_is_no_result() {
    let withdrawn = json!({"TrangThaiHoSo": "7", "NgayKetThucXuLy": "20260929080000"});
    let body = message("DongBoHoSoMC", &[filed(withdrawn)]);
    let mut all = events(&read_or_fail(&body));
    let returned = message("CapNhatTienDoHoSoMC", &[step("10", "20260929090000")]);
    all.extend(events(&read_or_fail(&returned)));
    let written = reverse::record("000.99.99.H26", &all, &shipped()).unwrap();
    assert_eq!(written.record["TrangThaiHoSo"], "7");
    assert_eq!(written.left_out, all[3..]);
}
