//! A batch as a mail: plain text, Vietnamese and then English.
//!
//! A mail's Message-ID comes from its notices, so that one that is sent twice is the same mail. A case threads by
//! In-Reply-To and References to an id that stands for the case and is no mail's own: the first mail about it may be about
//! others too. Header values are one line each ([`one_line`]) and are encoded by the mail library, as the body is; mailboxes
//! were parsed when the settings were read.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};

use super::{Batch, Notice, Told, What, digest, for_people, one_line, page};
use crate::notify::settings::Email;

/// Longest subject, characters.
const LONGEST_SUBJECT: usize = 160;
/// Cases that a mail refers to, at most.
const MOST_REFERENCES: usize = 20;
/// Microseconds since 1970 of a date that headers can still be written with, in the year 9000.
const LAST_DATE_US: i64 = 221_845_392_000_000_000;
const PRODUCT: &str = "[Vọng Lâu]";
const SIMULATED: &str = "[mô phỏng/simulated]";

/// The mail could not be made; it says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mail cannot be made: {0}; look at `from` and `to` in notify.toml")]
pub struct MailError(String);

/// The mail of a batch, dated at an instant (microseconds since 1970), as lines for SMTP before dots are doubled.
///
/// # Errors
/// Where the mail library refuses an address or a header.
pub fn mail(email: &Email, batch: &Batch, at: i64) -> Result<Vec<u8>, MailError> {
    let domain = email.from.email.domain();
    let mut builder = Message::builder()
        .from(email.from.clone())
        .subject(subject(batch))
        .message_id(Some(format!("<{}@{domain}>", batch.key())))
        .date(UNIX_EPOCH + Duration::from_micros(at.clamp(0, LAST_DATE_US) as u64))
        .header(ContentType::TEXT_PLAIN)
        // RFC 3834: keeps holiday answers away.
        .raw_header(raw("Auto-Submitted", "auto-generated")?)
        .raw_header(raw("X-Vonglau-Key", &batch.key())?);
    for to in &email.to {
        builder = builder.to(to.clone());
    }
    let cases = threads(batch, domain);
    if let Some(first) = cases.first() {
        builder = builder
            .in_reply_to(first.clone())
            .references(cases.join(" "));
    }
    let mail = builder
        .body(body(batch))
        .map_err(|e| MailError(e.to_string()))?;
    Ok(mail.formatted())
}

fn raw(name: &str, value: &str) -> Result<HeaderValue, MailError> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|e| MailError(e.to_string()))?;
    Ok(HeaderValue::new(name, value.to_owned()))
}

/// The ids that stand for the batch's cases.
fn threads(batch: &Batch, domain: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for told in batch
        .notices
        .iter()
        .filter(|told| told.notice.what != What::Test)
    {
        let id = format!("<case-{}@{domain}>", digest(&told.notice.case));
        if !ids.contains(&id) {
            ids.push(id);
        }
        if ids.len() == MOST_REFERENCES {
            break;
        }
    }
    ids
}

/// The subject of a batch: what it is about, or how many and the most serious.
pub fn subject(batch: &Batch) -> String {
    let mut subject = PRODUCT.to_owned();
    if batch.is_simulated() {
        subject = format!("{subject} {SIMULATED}");
    }
    // The first of the most serious.
    let worst = batch
        .notices
        .iter()
        .rev()
        .max_by_key(|told| told.notice.priority);
    let Some(worst) = worst.map(|told| &*told.notice) else {
        return subject;
    };
    let count = batch.notices.len();
    let many = if count > 1 {
        format!("{count} thông báo · ")
    } else {
        String::new()
    };
    let (what, priority) = (worst.what.vi(), worst.priority.vi());
    let text = format!(
        "{subject} {many}{what} ({priority}): {} — {}",
        worst.title_vi, worst.subject_name
    );
    one_line(&text, LONGEST_SUBJECT)
}

/// The body of a batch.
pub fn body(batch: &Batch) -> String {
    let mut text = String::new();
    if batch.is_simulated() {
        text.push_str("DỮ LIỆU MÔ PHỎNG, không phải tình hình thật.\nSIMULATED DATA, not what is really so.\n\n");
    }
    for told in &batch.notices {
        vietnamese(&mut text, told);
    }
    given_up(
        &mut text,
        batch.given_up,
        "thông báo trước đó không gửi được và đã bỏ; xem bàn cảnh báo.",
    );
    text.push_str("----- English -----\n\n");
    for told in &batch.notices {
        english(&mut text, told);
    }
    given_up(
        &mut text,
        batch.given_up,
        "earlier notices could not be sent and were given up; see the alert desk.",
    );
    text
}

fn given_up(text: &mut String, count: u64, words: &str) {
    if count > 0 {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "{count} {words}\n");
    }
}

fn line(text: &mut String, label: &str, value: &str) {
    let value = one_line(value, super::LONGEST_LINE);
    if !value.is_empty() {
        let _ = writeln!(text, "{label}: {value}");
    }
}

fn vietnamese(text: &mut String, told: &Told) {
    let notice = &*told.notice;
    let again = if told.repeated_at.is_some() {
        " (nhắc lại)"
    } else {
        ""
    };
    let _ = writeln!(
        text,
        "{}{again} · mức {}",
        notice.what.vi(),
        notice.priority.vi()
    );
    line(text, "Cảnh báo", &notice.title_vi);
    line(text, "Nơi", &place(notice));
    line(text, "Từ", &for_people(notice.since));
    line(text, "Lúc", &for_people(notice.at));
    line(text, "Căn cứ", &notice.evidence_vi);
    line(text, "Việc cần làm", &notice.response_vi);
    line(text, "Người xử lý", &notice.owner);
    common(text, notice);
}

fn english(text: &mut String, told: &Told) {
    let notice = &*told.notice;
    let again = if told.repeated_at.is_some() {
        " (again)"
    } else {
        ""
    };
    let _ = writeln!(
        text,
        "{}{again} · {} priority",
        notice.what.en(),
        notice.priority.as_str()
    );
    line(text, "Alert", &notice.title_en);
    line(text, "Where", &place(notice));
    line(text, "Since", &for_people(notice.since));
    line(text, "At", &for_people(notice.at));
    line(text, "Evidence", &notice.evidence_en);
    line(text, "What to do", &notice.response_en);
    line(text, "Who acts", &notice.owner);
    common(text, notice);
}

fn common(text: &mut String, notice: &Notice) {
    if let Some(page) = page(notice) {
        let _ = writeln!(text, "{page}");
    }
    let _ = writeln!(text, "#{} {}\n", notice.number, one_line(&notice.case, 200));
}

fn place(notice: &Notice) -> String {
    match (&*notice.subject_name, &*notice.subject) {
        ("", id) => id.to_owned(),
        (name, "") => name.to_owned(),
        (name, id) => format!("{name} ({id})"),
    }
}
