//! Whatever comes, nothing panics; and what a message becomes does not depend on the order of its records.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(|b| json!(b)),
        any::<i64>().prop_map(|n| json!(n)),
        any::<f64>().prop_map(|n| json!(n)),
        "\\PC{0,20}".prop_map(|s| json!(s)),
        "[0-9]{14}".prop_map(|s| json!(s)),
        "[0-9]{1,2}".prop_map(|s| json!(s)),
    ];
    let names = prop_oneof![
        4 => proptest::sample::select(vec![
            "MaHoSo", "MaTTHC", "NgayNopHoSo", "NgayTiepNhan", "TrangThaiHoSo", "TaiLieuNop", "DanhSachHoSoBoSung",
            "NgayBoSung", "data", "madonvi", "service", "ThoiDiemXuLy", "TrangThai",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(|v| json!(v)),
            proptest::collection::btree_map(names.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn take(body: &[u8]) {
    if let Ok(reading) = read(body, &shipped()) {
        let batch = Decoder::new(&Secret::new([7; 32])).ndjson(&reading.lines, None);
        let _ = serde_json::to_vec(&reading.answer(&batch.rejected)).unwrap();
        let lines: u64 = reading
            .records
            .iter()
            .map(|r| r.lines.end - r.lines.start)
            .sum();
        assert_eq!(lines, (batch.len() + batch.rejected.len()) as u64);
    }
}

/// Some status at some second of a few, so that they meet.
fn steps() -> impl Strategy<Value = Vec<Value>> {
    let one = (1..=10_u8, 0..12_u8, 0..2_u8).prop_map(|(status, second, dossier)| {
        json!({
            "MaHoSo": format!("000.99.99.H26-260928-000{dossier}"),
            "ThoiDiemXuLy": format!("202609281015{second:02}"), "TrangThai": status,
        })
    });
    proptest::collection::vec(one, 0..12)
}

fn set(records: &[Value]) -> BTreeSet<Vec<u8>> {
    let reading = read_or_fail(&message("CapNhatTienDoHoSoMC", records));
    let lines = reading.lines.split(|b| *b == b'\n');
    lines.map(<[u8]>::to_vec).collect()
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        take(&bytes);
    }

    #[test]
    fn any_json(value in json_value()) {
        take(value.to_string().as_bytes());
        for service in ["DongBoHoSoMC", "CapNhatTienDoHoSoMC"] {
            take(&message(service, std::slice::from_ref(&value)));
            let data = json!({"madonvi": "000.99.99.H26", "service": service, "data": value});
            take(data.to_string().as_bytes());
        }
    }

    #[test]
    fn records_in_any_order_and_again_tell_the_same(records in steps(), seed: u64) {
        let mut others = records.clone();
        // A shuffle of its own for each seed.
        others.sort_by_key(|record| {
            crate::hex::encode(format!("{record}{seed}").as_bytes()).bytes().fold(seed, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(b)))
        });
        prop_assert_eq!(set(&records), set(&others));
        let twice: Vec<Value> = records.iter().chain(&others).cloned().collect();
        prop_assert_eq!(set(&records), set(&twice));
    }

    #[test]
    fn one_identity_has_one_content(records in steps()) {
        let events = events(&read_or_fail(&message("CapNhatTienDoHoSoMC", &records)));
        for one in &events {
            for other in &events {
                prop_assert_eq!(one.id == other.id, one == other);
            }
        }
    }
}
