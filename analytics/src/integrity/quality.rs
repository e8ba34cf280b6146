//! Odd histories counted: how often each documented reading had to be used, with examples.

use std::collections::BTreeMap;

use ingest::event::{DossierId, EventTime};
use serde::Serialize;

use crate::live::dossier::Dossier;
use crate::live::timeline::{Remark, Said};
use crate::names::Name;
use crate::registry::Registry;
use crate::rules::Rules;

/// Examples of each that are kept.
pub const EXAMPLES: usize = 20;

/// Something odd, counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Odd {
    /// Dossiers.
    pub count: u64,
    /// Some of them: those with the smallest codes.
    pub examples: Vec<String>,
    /// How many by competent agency.
    pub by_agency: BTreeMap<Name, u64>,
}

impl Odd {
    fn add(&mut self, code: &str, agency: Option<&Name>) {
        self.count += 1;
        if let Some(agency) = agency {
            match self.by_agency.get_mut(agency) {
                Some(count) => *count += 1,
                None => {
                    self.by_agency.insert(agency.clone(), 1);
                }
            }
        }
        keep_smallest(&mut self.examples, code, EXAMPLES);
    }
}

/// Keeps the smallest of all that it is shown, so that the order of showing does not matter.
pub(super) fn keep_smallest(kept: &mut Vec<String>, one: &str, most: usize) {
    let place = kept.partition_point(|known| known.as_str() < one);
    let is_known = kept.get(place).is_some_and(|known| known == one);
    if place < most && !is_known {
        kept.insert(place, one.to_owned());
        kept.truncate(most);
    }
}

/// What is odd about dossiers, in the making.
#[derive(Debug)]
pub struct Quality<'a> {
    rules: &'a Rules,
    registry: &'a Registry,
    from: EventTime,
    to: EventTime,
    dossiers: u64,
    remarks: BTreeMap<Remark, Odd>,
    code: Odd,
    unregistered: Odd,
    unknown_agency: Odd,
    old_code: Odd,
}

/// Odd histories of a span.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Dossiers that something happened to in the span.
    pub dossiers: u64,
    /// What was found.
    pub found: Vec<Reading>,
}

/// A kind of oddity, and how it is read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// Its word.
    pub code: String,
    /// How it is read.
    #[serde(flatten)]
    pub said: Said,
    /// How often it was found.
    #[serde(flatten)]
    pub odd: Odd,
}

impl<'a> Quality<'a> {
    /// Of dossiers that something happened to in `[from, to)`.
    pub fn new(rules: &'a Rules, registry: &'a Registry, from: EventTime, to: EventTime) -> Self {
        Self {
            rules,
            registry,
            from,
            to,
            dossiers: 0,
            remarks: BTreeMap::new(),
            code: Odd::default(),
            unregistered: Odd::default(),
            unknown_agency: Odd::default(),
            old_code: Odd::default(),
        }
    }

    /// Adds a dossier.
    pub fn add(&mut self, code: &str, dossier: &Dossier) {
        let marks = dossier.marks.before(self.to);
        if marks.last().is_none_or(|last| last.time < self.from) {
            return;
        }
        self.dossiers += 1;
        let state = dossier.at(self.to, self.rules);
        let agency = state.filing.map(|f| &f.agency);
        for remark in dossier.remarks(&state, self.to) {
            self.remarks.entry(remark).or_default().add(code, agency);
        }
        if !DossierId::new(code).is_some_and(|id| id.code_valid()) {
            self.code.add(code, agency);
        }
        if let Some(filing) = state.filing {
            if self.registry.get(&filing.site).is_none() {
                self.unregistered.add(code, agency);
            }
            if self.rules.agencies.level(&filing.agency) == crate::rules::UNKNOWN {
                self.unknown_agency.add(code, agency);
            }
            if is_localised(&filing.procedure) {
                self.old_code.add(code, agency);
            }
        }
    }

    /// What was found, in a fixed order; what was not is not in it.
    pub fn finish(self) -> Found {
        let remarks = self.remarks.into_iter().map(|(remark, odd)| Reading {
            code: remark.as_str().to_owned(),
            said: remark.reading(),
            odd,
        });
        let more = [
            ("code_form", self.code, CODE),
            ("unregistered_site", self.unregistered, UNREGISTERED),
            ("unknown_agency", self.unknown_agency, AGENCY),
            ("localised_procedure", self.old_code, LOCALISED),
        ];
        let more = more.into_iter().filter(|(_, odd, _)| odd.count > 0);
        let more = more.map(|(code, odd, said)| Reading {
            code: code.to_owned(),
            said,
            odd,
        });
        Found {
            dossiers: self.dossiers,
            found: remarks.chain(more).collect(),
        }
    }
}

/// `1.001234.000.00.00.H26`, the form that a national code has in a province.
fn is_localised(procedure: &str) -> bool {
    crate::procedure::comparable(procedure).len() < procedure.len()
}

const CODE: Said = Said {
    vi: "Mã hồ sơ không theo mẫu: giữ nguyên và đánh dấu.",
    en: "The dossier's code has another form: kept as it is, and marked.",
};
const UNREGISTERED: Said = Said {
    vi: "Nơi tiếp nhận chưa có trong danh mục: số liệu vẫn được giữ, hiển thị là chưa đăng ký.",
    en: "The receiving point is not registered: its figures are kept and shown as unregistered.",
};
const AGENCY: Said = Said {
    vi: "Cơ quan chưa có trong danh mục: vẫn tính theo mã; cấp chưa xác định, lịch làm việc của Thành phố.",
    en: "The agency is not known: it counts by its code, with an unknown level and the city's calendar.",
};
const LOCALISED: Said = Said {
    vi: "Mã thủ tục có phần địa phương: so khớp theo 8 ký tự đầu.",
    en: "The procedure's code has a local part: compared on its first eight characters.",
};
