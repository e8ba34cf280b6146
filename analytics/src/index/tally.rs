//! An index in the making: cases are shown to it one by one, and counted for the city and for each part of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use compact_str::CompactString;
use ingest::event::EventTime;
use serde::Serialize;

use super::definition::{Counted, Formula, Indicator, Version};
use super::judge::{self, Case, Loss, Uses, Verdict};
use super::score::{Ratio, Scored, score};
use crate::live::dossier::{Dossier, DossierState, Stage};
use crate::live::petition::{Petition, PetitionState};
use crate::live::timeline::Said;
use crate::names::Name;
use crate::procedure::{Online, Procedure, comparable};
use crate::registry::Registry;
use crate::rules::Rules;

/// Whose index it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The city's.
    City,
    /// Of each competent agency.
    Agency,
    /// Of each receiving point's unit.
    Unit,
    /// Of each receiving point.
    Site,
}

impl Part {
    /// Of its word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "city" => Some(Self::City),
            "agency" => Some(Self::Agency),
            "unit" => Some(Self::Unit),
            "site" => Some(Self::Site),
            _ => None,
        }
    }
}

/// What is asked of an index.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The version in force.
    pub version: &'a Version,
    /// Begin of the period.
    pub from: EventTime,
    /// Its end, or now where that comes first.
    pub to: EventTime,
    /// The period's own end.
    pub period_end: EventTime,
    /// By which parts.
    pub part: Part,
    /// The cases that cost points in an indicator of a part are listed.
    pub losses: Option<Wanted<'a>>,
}

/// Which losses are listed.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The indicator.
    pub indicator: &'a Indicator,
    /// The part: its code, empty for the city.
    pub key: &'a str,
}

/// A case that costs points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lost {
    /// The dossier, petition or procedure.
    pub case: String,
    /// Why.
    pub loss: Loss,
    /// The procedure, for a dossier.
    pub procedure: Option<Name>,
    /// The receiving point.
    pub site: Option<Name>,
    /// The competent agency.
    pub agency: Option<Name>,
    /// When it was due.
    pub due: Option<EventTime>,
    /// When it ended.
    pub ended: Option<EventTime>,
    /// What was asked for was not reported: it may be good.
    pub unreported: bool,
}

impl Lost {
    /// What would give its points back, where something can still be done.
    pub fn cure(&self) -> Option<Said> {
        // A fee is paid before the result is handed out.
        let is_too_late = self.loss == Loss::NotPaidOnline && self.ended.is_some();
        self.loss.cure().filter(|_| !is_too_late)
    }

    fn of_procedure(code: &str, loss: Loss) -> Self {
        Self {
            case: code.to_owned(),
            loss,
            procedure: Some(Name::from(code)),
            site: None,
            agency: None,
            due: None,
            ended: None,
            unreported: false,
        }
    }

    fn of(code: &str, loss: Loss, state: &DossierState<'_>, unreported: bool) -> Self {
        Self {
            case: code.to_owned(),
            loss,
            procedure: state.filing.map(|f| f.procedure.clone()),
            site: state.filing.map(|f| f.site.clone()),
            agency: state.filing.map(|f| f.agency.clone()),
            due: state.due,
            ended: state.ended,
            unreported,
        }
    }
}

#[derive(Default, Clone, Copy)]
struct Counts {
    good: u64,
    all: u64,
    unreported: u64,
}

#[derive(Default)]
struct Tally {
    counts: [Counts; Formula::ALL.len()],
    procedures: HashMap<Name, Uses>,
    at_risk: u64,
}

/// An index in the making.
pub struct Index<'a> {
    asked: Asked<'a>,
    rules: &'a Rules,
    registry: &'a Registry,
    disliked: HashSet<CompactString>,
    complained: HashSet<CompactString>,
    repeated: HashSet<CompactString>,
    parts: BTreeMap<String, Tally>,
    lost: Vec<Lost>,
}

/// A part's index.
#[derive(Debug, Clone, PartialEq)]
pub struct PartIndex {
    /// Its code; empty for the city.
    pub key: String,
    /// Indicators, in the version's order.
    pub indicators: Vec<Scored>,
    /// Dossiers that are in time and due before the period's end: late then if nothing is done.
    pub at_risk: u64,
}

impl<'a> Index<'a> {
    /// For a question.
    pub fn new(asked: Asked<'a>, rules: &'a Rules, registry: &'a Registry) -> Self {
        let mut parts = BTreeMap::new();
        if asked.part == Part::City {
            parts.insert(String::new(), Tally::default());
        }
        Self {
            asked,
            rules,
            registry,
            disliked: HashSet::new(),
            complained: HashSet::new(),
            repeated: HashSet::new(),
            parts,
            lost: Vec::new(),
        }
    }

    /// A rating of a dossier, given before the end: all of them come before the dossiers do.
    pub fn rating(&mut self, dossier: &str, score: u8) {
        if score <= 2 {
            self.disliked.insert(dossier.into());
        }
    }

    /// Petitions: all of them come before the dossiers do.
    pub fn petitions(&mut self, petitions: &[(CompactString, Petition)]) {
        let rules = self.rules;
        let states: Vec<(&CompactString, PetitionState<'_>)> = petitions
            .iter()
            .map(|(code, petition)| (code, petition.at(self.asked.to, rules)))
            .collect();
        for (_, state) in &states {
            self.complained
                .extend(state.dossier.map(CompactString::from));
            self.repeated
                .extend(state.repeat_of.map(CompactString::from));
        }
        for (code, state) in &states {
            let is_repeated = self.repeated.contains(*code);
            let verdicts = judge::petition(state, is_repeated, self.asked.from, self.asked.to);
            let Some(verdicts) = verdicts else { continue };
            let key = match self.asked.part {
                Part::City => Some(""),
                Part::Agency => state.agency.map(|a| &**a),
                Part::Site => state.site.map(|s| &**s),
                Part::Unit => state.site.map(|s| self.registry.unit_of(s)),
            };
            let Some(key) = key.map(str::to_owned) else {
                continue;
            };
            for (formula, verdict) in verdicts {
                let tally = self.parts.entry(key.clone()).or_default();
                tally.count(formula, verdict, true);
                if let Verdict::Bad(loss) = verdict
                    && self.is_wanted(formula, &key)
                {
                    self.lost.push(Lost {
                        case: code.to_string(),
                        loss,
                        procedure: None,
                        site: state.site.cloned(),
                        agency: state.agency.cloned(),
                        due: state.due,
                        ended: state.answered,
                        unreported: false,
                    });
                }
            }
        }
    }

    fn is_wanted(&self, formula: Formula, key: &str) -> bool {
        let wanted = self.asked.losses;
        wanted.is_some_and(|w| w.indicator.formula == formula && w.key == key)
    }

    /// A dossier that may count in the period.
    pub fn dossier(&mut self, code: &str, dossier: &Dossier) {
        let (from, to) = (self.asked.from, self.asked.to);
        let state = dossier.at(to, self.rules);
        let key = match (self.asked.part, state.filing) {
            (Part::City, _) => "",
            (_, None) => return,
            (Part::Agency, Some(filing)) => &filing.agency,
            (Part::Site, Some(filing)) => &filing.site,
            (Part::Unit, Some(filing)) => self.registry.unit_of(&filing.site),
        };
        let case = Case {
            dossier,
            state: &state,
            rules: self.rules,
            from,
            to,
            is_disliked: self.disliked.contains(code),
            has_petition: self.complained.contains(code),
        };
        let wanted = self.asked.losses.filter(|w| w.key == key);
        let mut said: Vec<(Formula, Verdict, bool)> = Vec::with_capacity(12);
        case.verdicts(|formula, verdict, is_reported| said.push((formula, verdict, is_reported)));
        let is_at_risk = case.is_at_risk(self.asked.period_end);
        let used = state.filing.filter(|_| {
            state.stage != Stage::AwaitingAcceptance
                && (within(state.accepted, from, to) || within(state.ended, from, to))
        });
        // A part without a case has no index.
        if said.is_empty() && !is_at_risk && used.is_none() {
            return;
        }
        let tally = match self.parts.get_mut(key) {
            Some(tally) => tally,
            None => self.parts.entry(key.to_owned()).or_default(),
        };
        for (formula, verdict, is_reported) in said {
            tally.count(formula, verdict, is_reported);
            if let Verdict::Bad(loss) = verdict
                && wanted.is_some_and(|w| w.indicator.formula == formula)
            {
                self.lost.push(Lost::of(code, loss, &state, !is_reported));
            }
        }
        if is_at_risk {
            tally.at_risk += 1;
            if wanted.is_some_and(|w| w.indicator.formula == Formula::SettledOnTime) {
                self.lost.push(Lost::of(code, Loss::AtRisk, &state, false));
            }
        }
        if let Some(filing) = used {
            let uses = case.uses();
            match tally.procedures.get_mut(&filing.procedure) {
                Some(known) => *known |= uses,
                None => {
                    tally.procedures.insert(filing.procedure.clone(), uses);
                }
            }
        }
    }

    /// The parts, in order of their codes, with what the wanted losses are. `entered` tells what people entered for an
    /// indicator of a part.
    pub fn finish(
        self,
        entered: impl Fn(&str, &Indicator) -> Option<Ratio>,
    ) -> (Vec<PartIndex>, Vec<Lost>) {
        let known = (self.rules.procedures).in_force(EventTime(self.asked.to.0 - 1).day());
        let (wanted, mut lost) = (self.asked.losses, self.lost);
        let mut parts = Vec::with_capacity(self.parts.len());
        for (key, tally) in &self.parts {
            let is_city = self.asked.part == Part::City;
            let indicators = self.asked.version.indicators.iter().map(|indicator| {
                if let Some(ratio) = entered(key, indicator) {
                    return score(indicator, Some(ratio), 0, true);
                }
                let formula = indicator.formula;
                match formula.counted() {
                    Counted::Elsewhere => score(indicator, None, 0, false),
                    Counted::Procedures => {
                        let is_wanted =
                            wanted.is_some_and(|w| w.indicator.formula == formula && w.key == key);
                        let ratio = tally.of_procedures(formula, &known, is_city, |code, loss| {
                            if is_wanted {
                                lost.push(Lost::of_procedure(code, loss));
                            }
                        });
                        score(indicator, ratio, 0, false)
                    }
                    Counted::Dossiers | Counted::Petitions => {
                        let counts = tally.counts[formula as usize];
                        let ratio = Ratio {
                            good: counts.good as f64,
                            all: counts.all as f64,
                        };
                        // No dossier of a procedure that is known to be online is no case, and nothing known is unknown.
                        let is_known = formula != Formula::FullOnline
                            || known.iter().any(|p| p.online.is_some());
                        let ratio = is_known.then_some(ratio);
                        score(indicator, ratio, counts.unreported, false)
                    }
                }
            });
            parts.push(PartIndex {
                key: key.clone(),
                indicators: indicators.collect(),
                at_risk: tally.at_risk,
            });
        }
        // What can still be mended comes first.
        let key = |one: &Lost| (one.cure().is_none(), one.loss, one.due);
        lost.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.case.cmp(&b.case)));
        (parts, lost)
    }
}

fn within(t: Option<EventTime>, from: EventTime, to: EventTime) -> bool {
    t.is_some_and(|t| from <= t && t < to)
}

impl Tally {
    fn count(&mut self, formula: Formula, verdict: Verdict, is_reported: bool) {
        let counts = &mut self.counts[formula as usize];
        counts.all += 1;
        counts.good += u64::from(verdict == Verdict::Good);
        counts.unreported += u64::from(!is_reported);
    }

    /// Of the procedures that are known, and in a part of the city of those that it had dossiers of; `None` where none is said to be
    /// online, or to have a fee. `bad` is shown those that cost points.
    fn of_procedures(
        &self,
        formula: Formula,
        known: &[&Procedure],
        is_city: bool,
        mut bad: impl FnMut(&str, Loss),
    ) -> Option<Ratio> {
        let mut uses: BTreeMap<&str, Uses> = BTreeMap::new();
        for (code, use_) in &self.procedures {
            *uses.entry(comparable(code)).or_default() |= *use_;
        }
        let (mut good, mut all) = (0_u32, 0_u32);
        let mut count = |code: &str, is_good: bool, loss: Loss| {
            all += 1;
            good += u32::from(is_good);
            if !is_good {
                bad(code, loss);
            }
        };
        if formula == Formula::PopulationProcedures {
            for (code, uses) in &uses {
                count(code, uses.population, Loss::ProcedureNotPopulation);
            }
        } else {
            let is_fee = matches!(formula, Formula::PaymentOffered | Formula::PaymentUsed);
            let is_said = |p: &&Procedure| {
                if is_fee {
                    p.has_fee.is_some()
                } else {
                    p.online.is_some()
                }
            };
            if !known.iter().any(is_said) {
                return None;
            }
            for procedure in known {
                let used = uses.get(comparable(&procedure.code)).copied();
                if !is_city && used.is_none() {
                    continue;
                }
                let used = used.unwrap_or_default();
                let is_online = procedure.online.is_some_and(|o| o != Online::None);
                let code = procedure.code.as_str();
                match formula {
                    Formula::OfferedOnline if procedure.online.is_some() => {
                        count(code, is_online, Loss::ProcedureNotOffered);
                    }
                    Formula::UsedOnline if is_online => {
                        count(code, used.online, Loss::ProcedureNotUsedOnline);
                    }
                    Formula::PaymentOffered if procedure.has_fee == Some(true) => {
                        let pays = procedure.pays_online == Some(true);
                        count(code, pays, Loss::PaymentNotOffered);
                    }
                    Formula::PaymentUsed if procedure.has_fee == Some(true) => {
                        count(code, used.paid_online, Loss::PaymentNotUsed);
                    }
                    _ => {}
                }
            }
        }
        Some(Ratio {
            good: f64::from(good),
            all: f64::from(all),
        })
    }
}
