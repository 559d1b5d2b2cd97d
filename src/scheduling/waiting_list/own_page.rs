//! Patients put themselves on the waiting list, and leave it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::prelude::*;

use super::model::{WaitingEntry, WaitingState};
use crate::db::UtcDateTime;
use crate::db::connection::exclusive;
use crate::db::schema::{appointment_types, waiting_entries};
use crate::error::{AppError, AppResult};
use crate::resource::write::writer::WriteError;
use crate::resource::{FormErrors, Model, Value, Values};
use crate::scheduling::portal::ask::refused;
use crate::scheduling::portal::holder::Holder;
use crate::scheduling::portal::new_page::Asking;
use crate::scheduling::portal::page::{Frame, answer, refusal, say};
use crate::scheduling::portal::terms::PatientTerms;
use crate::web::page::flash::Tone;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// The most entries of one patient.
const MOST: i64 = 5;

const OWN: <WaitingEntry as Model>::Fields = WaitingEntry::FIELDS;

pub async fn create(visit: Visit, holder: Holder, posted: PostedForm) -> AppResult<HttpResponse> {
    let asking = Asking::read(&posted, visit.app.today(), &holder.zone);
    match add(&visit, &holder, asking).await {
        Ok(()) => say(&visit, Tone::Ok, "You are on the waiting list. We will email you when a time becomes free."),
        Err(error) => say(&visit, Tone::Warn, refusal(error)?.1),
    }
    Ok(see_other(if holder.is_signed_in { "/".into() } else { holder.base }))
}

async fn add(visit: &Visit, holder: &Holder, asking: Asking) -> Result<(), WriteError> {
    let (app, holder) = (visit.app.clone(), holder.clone());
    let work = visit.app.db.write(move |c| {
        use waiting_entries as own;
        let note = asking.checked_note()?;
        exclusive(c, "bookings of a patient", holder.patient_id)?;
        let types = PatientTerms::list(c)?;
        let terms = types.iter().find(|terms| asking.is_type(&terms.type_id)).ok_or_else(|| refused("Choose what it is for"))?;
        let waiting = own::table.filter(own::patient_id.eq(holder.patient_id)).filter(own::deleted_at.is_null());
        let waiting = waiting.filter(own::state.eq_any([WaitingState::Waiting.as_str(), WaitingState::Paused.as_str()]));
        let known: Vec<(i64, Option<i64>)> = waiting.select((own::type_id, own::doctor_id)).load(c)?;
        // A second press is the same wish.
        if known.contains(&(terms.type_id, asking.doctor_id)) {
            return Ok(());
        }
        if known.len() as i64 >= MOST {
            return Err(refused("You wait for several appointments already. Contact us"));
        }
        let minutes = |minutes: i64| Value::Integer(minutes % 1_440);
        let hours = asking.hours();
        let values: Values = [
            (OWN.patient_id, Value::Integer(holder.patient_id)),
            (OWN.type_id, Value::Integer(terms.type_id)),
            (OWN.doctor_id, asking.doctor_id.map_or(Value::Null, Value::Integer)),
            (OWN.from_day, Value::Date(asking.from)),
            (OWN.note, Value::Text(note)),
            (OWN.from_time, hours.map_or(Value::Null, |hours| minutes(hours.from))),
            (OWN.to_time, hours.map_or(Value::Null, |hours| minutes(hours.to))),
        ]
        .into_iter()
        .collect();
        let resource = app.registry.of::<WaitingEntry>();
        app.act(c, &holder.actor, |c, writer| writer.create(c, resource, values, FormErrors::default())).map(|_| ())
    });
    work.await
}

#[derive(Template)]
#[template(path = "scheduling/portal/waiting.html")]
struct WaitingPage {
    frame: Frame,
    kind: String,
    since: String,
}

/// What the patient waits for, with the button that ends it.
pub async fn show(visit: Visit, holder: Holder, id: i64) -> AppResult<HttpResponse> {
    let patient_id = holder.patient_id;
    let found = visit.app.db.read(move |c| {
        use waiting_entries as own;
        let waiting = own::table
            .inner_join(appointment_types::table.on(appointment_types::id.eq(own::type_id)))
            .filter(own::id.eq(id).and(own::patient_id.eq(patient_id)).and(own::deleted_at.is_null()))
            .filter(own::state.eq(WaitingState::Waiting));
        Ok::<_, AppError>(waiting.select((appointment_types::name, own::created_at)).first::<(String, UtcDateTime)>(c).optional()?)
    });
    let (kind, since) = found.await?.ok_or(AppError::NotFound)?;
    let since = holder.zone.show_date(holder.zone.date(since));
    answer(&visit, &holder, "You are on the waiting list", (StatusCode::OK, String::new()), |frame| WaitingPage { frame, kind, since })
}

pub async fn end(visit: Visit, holder: Holder, id: i64) -> AppResult<HttpResponse> {
    let (app, who) = (visit.app.clone(), holder.clone());
    let ended = visit.app.db.write(move |c| {
        let resource = app.registry.of::<WaitingEntry>();
        let row = app.registry.find(c, resource, id, None)?.ok_or(WriteError::NotFound)?;
        if row.values.at(OWN.patient_id).as_id() != Some(who.patient_id) {
            return Err(WriteError::NotFound);
        }
        let state = [(OWN.state, Value::Text(WaitingState::Ended.as_str().into()))].into_iter().collect();
        app.act(c, &who.actor, |c, writer| writer.update(c, resource, id, state, FormErrors::default(), None))
    });
    ended.await?;
    say(&visit, Tone::Ok, "You are not on the waiting list any more.");
    Ok(see_other("/"))
}
