//! Nothing about a person comes out: not in the lines, the answer, a refusal or a `Debug` form.

use super::*;
use proptest::prelude::*;
use std::fmt::Write as _;

/// Of the protocol, what is personal or free text, and what nobody knows.
const PERSONAL: &[&str] = &[
    "TenTTHC",
    "SoBienNhan",
    "ChuHoSo",
    "SoGiayToChuHoSo",
    "MaDoiTuong",
    "ThongTinKhac",
    "Email",
    "Fax",
    "SoDienThoai",
    "TrichYeuHoSo",
    "ThongTinTra",
    "DonViXuLy",
    "GhiChu",
    "NguoiXuLy",
    "ChucDanh",
    "NoiDungXuLy",
    "PhongBanXuLy",
    "UnknownField",
    "session",
];
/// The same of lists.
const IN_LISTS: &[(&str, &[&str])] = &[
    ("DinhDanhCHS", &["LoaiDinhDanh", "SoDinhDanh"]),
    (
        "TaiLieuNop",
        &[
            "TepDinhKemId",
            "TenTepDinhKem",
            "MaThanhPhanHoSo",
            "DuongDanTaiTepTin",
            "MaKetQuaThayThe",
        ],
    ),
    ("DanhSachLePhi", &["TenPhiLePhi", "MaPhiLePhi", "Gia"]),
    ("DanhSachTepDinhKemKhac", &["TenGiayTo"]),
    (
        "DanhSachHoSoBoSung",
        &[
            "NguoiYeuCauBoSung",
            "NoiDungBoSung",
            "NguoiTiepNhanBoSung",
            "ThongTinTiepNhan",
        ],
    ),
    (
        "DanhSachGiayToKetQua",
        &[
            "TenGiayTo",
            "GiayToId",
            "DuongDanTepTinKetQua",
            "MaGiayToKetQua",
        ],
    ),
    ("DSKetNoiCSDL", &["MaCSDL"]),
];
/// Fields that are read, where a person may have typed what belongs elsewhere.
const MISUSED: &[&str] = &[
    "MaTTHC",
    "MaLinhVuc",
    "KenhThucHien",
    "NoiNopHoSo",
    "NgayNopHoSo",
    "NgayTiepNhan",
    "NgayHenTra",
    "TrangThaiHoSo",
    "NgayKetThucXuLy",
    "NgayTra",
    "NgayTuChoi",
    "HinhThuc",
    "HoSoCoThanhPhanSoHoa",
    "TaiKhoanDuocXacThucVoiVNeID",
    "DuocThanhToanTrucTuyen",
    "ThoiDiemXuLy",
    "TrangThai",
    "NgayKetThucTheoQuyDinh",
];

/// A marker that no field of the contract has by chance; with a blank, as names have.
fn marker(n: usize) -> String {
    format!("Qx{n}Zv Nguyễn")
}

fn with_markers(mut record: Value) -> Value {
    let mut n = 0;
    let mut next = || {
        n += 1;
        json!(marker(n))
    };
    for name in PERSONAL {
        record[name] = next();
    }
    for (list, names) in IN_LISTS {
        let mut element = json!({});
        for name in *names {
            element[name] = next();
        }
        record[list] = json!([element]);
    }
    record
}

#[track_caller]
fn assert_hidden(body: &[u8]) {
    let mut shown = String::new();
    match read(body, &shipped()) {
        Ok(reading) => {
            shown += &String::from_utf8_lossy(&reading.lines);
            let _ = write!(shown, "{reading:?}");
            let answer = reading.answer(&[]);
            shown += &serde_json::to_string(&answer).unwrap();
            let _ = write!(shown, "{answer:?}");
        }
        Err(fault) => {
            let _ = write!(shown, "{fault} {fault:?} {:?}", Answer::to_fault(&fault));
        }
    }
    for part in ["Qx", "Zv", "Nguy"] {
        assert!(!shown.contains(part), "{shown}");
    }
}

#[test]
fn personal_and_unknown_fields_end_at_the_door() {
    let ended = json!({"TrangThaiHoSo": "10", "NgayKetThucXuLy": "20260929080000", "NgayTra": "20260929080000", "HinhThuc": "0"});
    let dossier = with_markers(filed(ended));
    let step = with_markers(step("4", "20260928101500"));
    for (service, record) in [("DongBoHoSoMC", &dossier), ("CapNhatTienDoHoSoMC", &step)] {
        let body = message(service, std::slice::from_ref(record));
        let reading = read_or_fail(&body);
        assert!(reading.records[0].outcome.is_ok(), "{reading:?}");
        assert!(!events(&reading).is_empty());
        assert_hidden(&body);
    }
    let raw = serde_json::value::RawValue::from_string(dossier.to_string()).unwrap();
    let record: message::DossierRecord = message::record(&raw).unwrap();
    assert!(!format!("{record:?}").contains("Qx"), "{record:?}");
    let raw = serde_json::value::RawValue::from_string(step.to_string()).unwrap();
    let record: message::StepRecord = message::record(&raw).unwrap();
    assert!(!format!("{record:?}").contains("Qx"), "{record:?}");
}

/// What a client may send for a field.
fn any_shape() -> impl Strategy<Value = Value> {
    let marker = (0..100_usize).prop_map(|n| json!(marker(n)));
    let nested = marker.clone();
    prop_oneof![
        4 => marker.clone(),
        1 => nested.prop_map(|m| json!([m.clone(), {"x": m}])),
        1 => marker.prop_map(|m| json!({"ChuHoSo": m})),
        1 => Just(Value::Null),
    ]
}

proptest! {
    #[test]
    fn no_field_shows_what_does_not_belong_there(
        fields in proptest::collection::vec((0..PERSONAL.len() + MISUSED.len() + IN_LISTS.len(), any_shape()), 0..12),
        whole in proptest::option::weighted(0.1, any_shape()),
        is_progress: bool,
    ) {
        let mut record = if is_progress { step("4", "20260928101500") } else { filed(json!({})) };
        for (place, value) in fields {
            let lists = IN_LISTS.iter().map(|(name, _)| name);
            let names: Vec<&&str> = PERSONAL.iter().chain(MISUSED).chain(lists).collect();
            record[*names[place]] = value;
        }
        let service = if is_progress { "CapNhatTienDoHoSoMC" } else { "DongBoHoSoMC" };
        assert_hidden(&message(service, &[record]));
        if let Some(value) = whole {
            assert_hidden(&message(service, std::slice::from_ref(&value)));
            let envelope = json!({"madonvi": value, "service": value, "data": value, "other": value});
            assert_hidden(envelope.to_string().as_bytes());
        }
    }
}
