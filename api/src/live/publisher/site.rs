//! A site's own topic: its keys, and the outlook that whoever forecasts has shown for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analytics::live::State;
use analytics::names::Name;
use analytics::view::{self, SiteLive};
use ingest::event::EventTime;

use super::super::code::percent_decoded;
use super::super::topic::Json;
use super::{Live, serialised};

impl Live {
    /// All keys of a site's topic.
    pub(super) fn site_view(
        &self,
        state: &State,
        live: &SiteLive,
        now: EventTime,
    ) -> BTreeMap<Arc<str>, Json> {
        let site = &live.summary.id;
        let place = state.lasting.places.get(site);
        let today = state.day_of(now.day(), site);
        let visits = view::visits_today(state, site, now);
        let mut out: BTreeMap<Arc<str>, Json> = BTreeMap::new();
        out.insert("clock".into(), self.clock_value(now));
        out.insert("summary".into(), serialised(&live.summary));
        out.insert(
            "waits".into(),
            serialised(&view::waits(place, &visits, now)),
        );
        for service in view::services(place, &visits, now) {
            out.insert(
                format!("service/{}", service.service).into(),
                serialised(&service),
            );
        }
        for counter in view::counters(place, today, &visits, now) {
            out.insert(
                format!("counter/{}", counter.counter).into(),
                serialised(&counter),
            );
        }
        for board in view::boards(today, now) {
            out.insert(
                format!("board/{}", board.service).into(),
                serialised(&board),
            );
        }
        if let Some(outlook) = self.outlooks.lock().get(site) {
            out.insert("outlook".into(), Json::clone(outlook));
        }
        out
    }

    /// The sites whose topics are being read.
    pub fn watched(&self) -> BTreeSet<Name> {
        let sites = self.sites.lock();
        let read = sites.iter().filter(|(_, topic)| topic.readers > 0);
        let codes = read.filter_map(|(site, _)| percent_decoded(site));
        codes.map(|code| code.as_str().into()).collect()
    }

    /// Shows a site's outlook in its topic, from the next setting on.
    pub fn show_outlook(&self, site: &Name, outlook: &impl serde::Serialize) {
        let value = serialised(outlook);
        self.outlooks.lock().insert(site.clone(), value);
        let mut inbox = self.inbox.lock();
        inbox.sites.insert(site.clone());
        inbox.told = true;
        drop(inbox);
        self.wake.notify_one();
    }

    /// Forgets the outlooks of other sites: an old one is not to be the first thing that a reader sees.
    pub fn keep_outlooks(&self, watched: &BTreeSet<Name>) {
        self.outlooks
            .lock()
            .retain(|site, _| watched.contains(site));
    }
}
