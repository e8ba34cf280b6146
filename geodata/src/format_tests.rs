//! The pack's bytes: what is written reads back, what is damaged is refused, nothing panics.

use crate::{Pack, PackError, format::FORMAT_VERSION};
use proptest::prelude::*;
use std::time::Instant;

static HANOI: &[u8] = include_bytes!("../packs/hanoi.vlpack");

#[test]
fn hanoi_is_whole() {
    let pack = Pack::hanoi().unwrap();
    assert_eq!(pack.units.len(), 126);
    assert_eq!(pack.population(), 8_807_523);
    let people: u64 = pack
        .cells
        .iter()
        .map(|cell| u64::from(cell.population))
        .sum();
    assert_eq!(people, 8_807_523);
    assert_eq!(pack.roads.component_count(), 1);
    assert!(
        (pack.roads.length_km() - 3_020.8).abs() < 0.1,
        "{}",
        pack.roads.length_km()
    );
    assert!(pack.units.iter().all(|unit| unit.old_district.is_some()));
}

#[test]
fn hanois_points_are_the_seats_and_the_branches() {
    use crate::{CoordClass, PointKind};
    let pack = Pack::hanoi().unwrap();
    let of = |kind| pack.points.iter().filter(move |point| point.kind == kind);
    assert_eq!(
        (of(PointKind::Point).count(), of(PointKind::Branch).count()),
        (126, 30)
    );
    let first = &pack.points[0];
    assert_eq!(first.id, "00004");
    assert_eq!(first.name, "Điểm phục vụ hành chính công Phường Ba Đình");
    let count = |class| {
        of(PointKind::Point)
            .filter(|point| point.coord_class == class)
            .count()
    };
    assert_eq!(
        (
            count(CoordClass::A),
            count(CoordClass::B),
            count(CoordClass::C)
        ),
        (105, 9, 12)
    );
    assert!(of(PointKind::Branch).all(|point| point.coord_class == CoordClass::Unconfirmed));
    let last = of(PointKind::Branch).next_back().unwrap();
    assert_eq!(
        (last.id.as_str(), last.name.as_str()),
        ("CN30", "Điểm tiếp nhận chi nhánh – Huyện Mỹ Đức (cũ)")
    );
}

#[test]
fn hanoi_is_small_and_loads_quickly() {
    assert!(HANOI.len() < 5_000_000, "{} bytes", HANOI.len());
    let start = Instant::now();
    Pack::read(HANOI).unwrap();
    let elapsed = start.elapsed();
    println!("hanoi.vlpack: {} bytes, read in {elapsed:?}", HANOI.len());
    // The promise is for the release program; test builds are several times slower.
    let limit_ms = if cfg!(debug_assertions) { 1_000 } else { 100 };
    assert!(elapsed.as_millis() < limit_ms, "{elapsed:?}");
}

#[test]
fn what_is_read_writes_the_same_bytes() {
    let pack = Pack::read(HANOI).unwrap();
    assert!(pack.write().unwrap() == HANOI);
}

#[test]
fn other_versions_are_refused_and_say_what_to_do() {
    for found in [0, 1, FORMAT_VERSION + 1, u16::MAX] {
        let mut bytes = HANOI.to_vec();
        bytes[8..10].copy_from_slice(&found.to_le_bytes());
        let error = Pack::read(&bytes).unwrap_err();
        let supported = FORMAT_VERSION;
        let expected = if found < supported {
            PackError::OldFormat { found, supported }
        } else {
            PackError::NewFormat { found, supported }
        };
        assert_eq!(error, expected);
        assert!(error.to_string().contains("vonglau pack build"));
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn cut_and_lengthened_packs_are_refused() {
    for len in [0, 7, 8, 9, 20, 25, 26, 1_000, HANOI.len() - 1] {
        assert!(Pack::read(&HANOI[..len]).is_err(), "{len}");
    }
    let longer = [HANOI, b"!"].concat();
    assert!(matches!(Pack::read(&longer), Err(PackError::Length { .. })));
    assert_eq!(
        Pack::read(b"PK\x03\x04 something else"),
        Err(PackError::NotAPack)
    );
}

/// A header that fits any body, so that the reading behind the checksum is reached too.
fn with_header(packed: &[u8], unpacked_len: u32) -> Vec<u8> {
    let mut bytes = HANOI[..10].to_vec();
    bytes.extend_from_slice(&crc32fast::hash(packed).to_le_bytes());
    bytes.extend_from_slice(&unpacked_len.to_le_bytes());
    bytes.extend_from_slice(&(packed.len() as u64).to_le_bytes());
    bytes.extend_from_slice(packed);
    bytes
}

fn unpacked_hanoi() -> Vec<u8> {
    zstd::bulk::decompress(&HANOI[26..], 64 << 20).unwrap()
}

proptest! {
    #[test]
    fn any_one_byte_changed_is_noticed(at in 0..HANOI.len(), flip in 1u8..) {
        let mut bytes = HANOI.to_vec();
        bytes[at] ^= flip;
        prop_assert!(Pack::read(&bytes).is_err());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = Pack::read(&bytes);
        let _ = Pack::read(&with_header(&bytes, 4_000));
        let packed = zstd::bulk::compress(&bytes, 1).unwrap();
        let _ = Pack::read(&with_header(&packed, bytes.len() as u32));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Damage behind a checksum that fits: refused or read, never a panic.
    #[test]
    fn changed_content_never_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut body = unpacked_hanoi();
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        let packed = zstd::bulk::compress(&body, 1).unwrap();
        if let Ok(pack) = Pack::read(&with_header(&packed, body.len() as u32)) {
            pack.check().unwrap();
        }
    }
}
