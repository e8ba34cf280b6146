//! The events' bodies that more than one service tells: equal facts have equal bodies, and so equal ids.

use crate::event::fields::Json;
use crate::event::types::{
    DossierChannel, DossierRefused, DossierResolved, DossierResumed, DossierReturned,
    DossierStopped, DossierSupplemented, DossierSuspended, DossierWithdrawn, SupplementRequested,
};
use crate::event::value::Value as _;
use crate::event::{Body, DossierId, Reason};

/// A reason of the installation's list.
fn reason(code: &'static str) -> Option<Reason> {
    Reason::read(Json::Str(code.into()))
}

pub(super) fn requested(dossier: &DossierId) -> Body {
    Body::SupplementRequested(SupplementRequested {
        dossier: dossier.clone(),
        reason: None,
    })
}

pub(super) fn supplemented(dossier: &DossierId) -> Body {
    Body::DossierSupplemented(DossierSupplemented {
        dossier: dossier.clone(),
        reason: None,
    })
}

pub(super) fn refused(dossier: &DossierId) -> Body {
    Body::DossierRefused(DossierRefused {
        dossier: dossier.clone(),
        reason: None,
    })
}

pub(super) fn withdrawn(dossier: &DossierId) -> Body {
    Body::DossierWithdrawn(DossierWithdrawn {
        dossier: dossier.clone(),
        reason: reason("withdrawn_by_applicant"),
    })
}

pub(super) fn stopped(dossier: &DossierId) -> Body {
    Body::DossierStopped(DossierStopped {
        dossier: dossier.clone(),
        reason: None,
    })
}

pub(super) fn resolved(dossier: &DossierId, e_result: Option<bool>) -> Body {
    Body::DossierResolved(DossierResolved {
        dossier: dossier.clone(),
        result: None,
        e_result,
    })
}

pub(super) fn returned(dossier: &DossierId, channel: Option<DossierChannel>) -> Body {
    Body::DossierReturned(DossierReturned {
        dossier: dossier.clone(),
        site: None,
        channel,
    })
}

/// The clock stops until the applicant has paid.
pub(super) fn suspended(dossier: &DossierId) -> Body {
    Body::DossierSuspended(DossierSuspended {
        dossier: dossier.clone(),
        reason: reason("financial_obligation"),
    })
}

pub(super) fn resumed(dossier: &DossierId) -> Body {
    Body::DossierResumed(DossierResumed {
        dossier: dossier.clone(),
        reason: None,
    })
}
