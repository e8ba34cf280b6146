//! The answer in the protocol's manner: `{error_code, message, data: [{MaHoSo, error_code, message}]}`.
//!
//! Two clients whose source is public show what they read of it (OpenCPS `DVCQGIntegrationActionImpl`, the PASETO portal's
//! `SyncLocalDataToDVCQGService`): `error_code` as a text, 0 for success, compared as a number by one and as the text `0` by the other;
//! and the words `thành công` in the message, of progress even anywhere in the body. Hence these
//! words stand in an answer only where all of the message was taken, and the portal's `đã tồn tại`, at which a client
//! sends again, stands in none. `data` is this service's own: the clients do not look at it.

use serde::Serialize;

use super::refusal::Fault;
use super::{Reading, Record};
use crate::decode::{Code, Rejection};

/// Success.
const TAKEN: &str = "0";
/// Of a message: some of its records were not taken.
const IN_PART: &str = "1";
/// Of a record: a time ahead of the clock.
const AHEAD: &str = "207";
/// Of a record: a line that the decoder refused for another reason.
const REFUSED: &str = "208";

/// The answer to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// `0`: all of it was taken.
    pub error_code: &'static str,
    /// In words.
    pub message: String,
    /// Each record, in the message's order.
    pub data: Vec<RecordAnswer>,
}

/// The answer to a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordAnswer {
    /// The dossier's code; empty where it has not an identifier's form.
    #[serde(rename = "MaHoSo")]
    pub dossier: String,
    /// `0`: it was taken.
    pub error_code: &'static str,
    /// In words.
    pub message: String,
}

impl Answer {
    /// Of a message that could not be read record by record.
    pub fn to_fault(fault: &Fault) -> Self {
        Self {
            error_code: fault.code(),
            message: fault.to_string(),
            data: Vec::new(),
        }
    }

    /// True where all was taken.
    pub fn is_success(&self) -> bool {
        self.error_code == TAKEN
    }
}

impl Reading {
    /// The answer, once the decoder and the journal have had the lines; `rejected` are the lines that the decoder refused.
    pub fn answer(&self, rejected: &[Rejection]) -> Answer {
        let records = self.records.iter();
        let data: Vec<RecordAnswer> = records.map(|record| record.answer(rejected)).collect();
        let taken = data.iter().filter(|r| r.error_code == TAKEN).count();
        let all = data.len();
        let (error_code, message) = if taken == all {
            (TAKEN, format!("Nhận thành công {all} bản ghi"))
        } else {
            let message = format!(
                "Đã nhận {taken} trong {all} bản ghi; các bản ghi còn lại có lý do trong data, hãy sửa rồi gửi lại"
            );
            (IN_PART, message)
        };
        Answer {
            error_code,
            message,
            data,
        }
    }
}

impl Record {
    fn answer(&self, rejected: &[Rejection]) -> RecordAnswer {
        let own = rejected.iter().filter(|r| self.lines.contains(&r.line));
        let codes: Vec<Code> = own.map(|rejection| rejection.code).collect();
        let (error_code, message) = match &self.outcome {
            Err(refusal) => (refusal.code(), refusal.to_string()),
            Ok(_) if codes.contains(&Code::ClockAhead) => {
                let message = "Có thời điểm ở sau giờ hiện tại quá 5 phút nên phần đó chưa được nhận: hãy kiểm tra đồng hồ và các ngày trong bản ghi, rồi gửi lại";
                (AHEAD, message.to_owned())
            }
            Ok(_) if !codes.is_empty() => {
                let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
                let message = format!(
                    "Một phần bản ghi chưa được nhận ({}): hãy báo người vận hành hệ thống",
                    words.join(", ")
                );
                (REFUSED, message)
            }
            Ok(notes) if notes.is_empty() => (TAKEN, "Đã ghi nhận".to_owned()),
            Ok(notes) => {
                let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
                (TAKEN, format!("Đã ghi nhận; {}", notes.join("; ")))
            }
        };
        let dossier = self.dossier.as_ref();
        RecordAnswer {
            dossier: dossier.map_or_else(String::new, |id| id.as_str().to_owned()),
            error_code,
            message,
        }
    }
}
