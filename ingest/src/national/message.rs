//! A message as it is read: the members that are asked for, and no other.
//!
//! What could name a person has no field here, so it ends in the JSON reader. Errors of that reader
//! can quote what they read; they are never passed on.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::refusal::{Fault, Refusal};
use super::scalar::{Given, List, Scalar};

/// The envelope. `session` is not read: who may send is decided before.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message<'a> {
    #[serde(rename = "madonvi")]
    pub(super) unit: Scalar,
    pub(super) service: Scalar,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

impl<'a> Message<'a> {
    pub(super) fn of_json(body: &'a [u8]) -> Result<Self, Fault> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        // A structure would be read from an array, too, member by member.
        let is_object = body.trim_ascii_start().first() == Some(&b'{');
        let read = if is_object {
            serde_json::from_slice(body).map(Some)
        } else {
            serde_json::from_slice(body).map(|_: IgnoredAny| None)
        };
        match read {
            Ok(Some(message)) => Ok(message),
            Ok(None) => Err(Fault::Shape),
            Err(e) if e.is_data() => Err(Fault::Shape),
            Err(e) => Err(Fault::Json {
                line: e.line(),
                column: e.column(),
            }),
        }
    }

    /// The records, not yet read.
    pub(super) fn records(&self) -> Result<Vec<&'a RawValue>, Fault> {
        let data = self.data.ok_or(Fault::Data)?;
        serde_json::from_str(data.get()).map_err(|_| Fault::Data)
    }
}

/// Reads a record.
pub(super) fn record<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, Refusal> {
    if !raw.get().starts_with('{') {
        return Err(Refusal::Shape);
    }
    serde_json::from_str(raw.get()).map_err(|_| Refusal::Shape)
}

/// A record of `DongBoHoSoMC`: a dossier as it stands.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct DossierRecord {
    #[serde(rename = "MaHoSo")]
    pub(super) dossier: Scalar,
    #[serde(rename = "MaTTHC")]
    pub(super) procedure: Scalar,
    #[serde(rename = "MaLinhVuc")]
    pub(super) field_code: Scalar,
    #[serde(rename = "TenLinhVuc")]
    pub(super) field_name: Scalar,
    #[serde(rename = "KenhThucHien")]
    pub(super) channel: Scalar,
    #[serde(rename = "NoiNopHoSo")]
    pub(super) filed_on: Scalar,
    #[serde(rename = "NgayNopHoSo")]
    pub(super) filed_at: Scalar,
    #[serde(rename = "NgayTiepNhan")]
    pub(super) received_at: Scalar,
    #[serde(rename = "NgayHenTra")]
    pub(super) due_at: Scalar,
    #[serde(rename = "TrangThaiHoSo")]
    pub(super) status: Scalar,
    #[serde(rename = "NgayKetThucXuLy")]
    pub(super) ended_at: Scalar,
    #[serde(rename = "NgayTra")]
    pub(super) returned_at: Scalar,
    #[serde(rename = "NgayTuChoi")]
    pub(super) refused_at: Scalar,
    #[serde(rename = "HinhThuc")]
    pub(super) handover: Scalar,
    #[serde(rename = "DonViXuLy")]
    pub(super) handling_unit: Scalar,
    #[serde(rename = "HoSoCoThanhPhanSoHoa")]
    pub(super) digitised: Scalar,
    #[serde(rename = "TaiKhoanDuocXacThucVoiVNeID")]
    pub(super) verified: Scalar,
    #[serde(rename = "DuocThanhToanTrucTuyen")]
    pub(super) paid: Scalar,
    #[serde(rename = "TaiLieuNop")]
    pub(super) papers: List<Paper>,
    #[serde(rename = "DanhSachLePhi")]
    pub(super) fees: List<Fee>,
    #[serde(rename = "DanhSachHoSoBoSung")]
    pub(super) rounds: List<Round>,
    #[serde(rename = "DanhSachGiayToKetQua")]
    pub(super) results: List<ResultPaper>,
}

/// A paper handed in: how it came, not what it is.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
pub(super) struct Paper {
    #[serde(rename = "IsDeleted")]
    pub(super) deleted: Scalar,
    #[serde(rename = "DuocSoHoa")]
    pub(super) digitised: Scalar,
    #[serde(rename = "DuocTaiSuDung")]
    pub(super) reused: Scalar,
    #[serde(rename = "DuocLayTuKhoDMQG")]
    pub(super) from_store: Scalar,
}

/// A fee: that there is one.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
pub(super) struct Fee {}

/// A round of supplement.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
pub(super) struct Round {
    #[serde(rename = "NgayBoSung")]
    pub(super) asked_at: Scalar,
    #[serde(rename = "NgayTiepNhanBoSung")]
    pub(super) came_at: Scalar,
    #[serde(rename = "NgayHenTraTruoc")]
    pub(super) due_before: Scalar,
    #[serde(rename = "NgayHenTraMoi")]
    pub(super) due_after: Scalar,
}

/// A result paper: whether it is there to fetch.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
pub(super) struct ResultPaper {
    #[serde(rename = "DuongDanTepTinKetQua")]
    pub(super) link: Given,
}

/// A record of `CapNhatTienDoHoSoMC`: a dossier's step.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct StepRecord {
    #[serde(rename = "MaHoSo")]
    pub(super) dossier: Scalar,
    #[serde(rename = "ThoiDiemXuLy")]
    pub(super) at: Scalar,
    #[serde(rename = "TrangThai")]
    pub(super) status: Scalar,
    /// Only looked up in the mapping.
    #[serde(rename = "PhongBanXuLy")]
    pub(super) department: Scalar,
    #[serde(rename = "NgayKetThucTheoQuyDinh")]
    pub(super) step_due_at: Scalar,
}
