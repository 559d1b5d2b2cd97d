//! `/admin/booking-rules`: what patients may book by themselves.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::model::BookingRules;
use crate::error::{AppError, AppResult};
use crate::resource::form::data::parse;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Field, FormData, FormErrors, Kind, field};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::form_page::FormPage;
use crate::web::record::plain_form::bind;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

pub const PATH: &str = "/admin/booking-rules";

fn fields() -> Vec<Field> {
    let number = |label, name, range: (i64, i64)| field(label).named(name).kind(Kind::Integer).range(range.0, range.1);
    let flag = |label, name| field(label).named(name).kind(Kind::Bool);
    vec![
        number("Open appointments of one patient", "open_requests", (1, 50))
            .help("How many requests and bookings of their own a patient may have at the same time"),
        number("Hours for an answer", "hold_hours", (1, 336))
            .help("A request of a patient keeps its time for so long. After that the time is free again, and the patient is notified"),
        flag("Fill the waiting list", "fills_waiting_list")
            .help("When an appointment is cancelled, its time is offered to those who wait for one"),
        number("Patients to offer a free time to", "offers_at_once", (1, 20)).help("The first of them who accepts has the time"),
    ]
}

pub async fn edit(visit: Visit) -> AppResult<HttpResponse> {
    let rules = visit.app.db.read(|c| Ok::<_, AppError>(BookingRules::load(c)?)).await?;
    let typed = FormData::default()
        .with("open_requests", rules.open_requests.to_string())
        .with("hold_hours", rules.hold_hours.to_string())
        .with("offers_at_once", rules.offers_at_once.to_string());
    let typed = if rules.fills_waiting_list { typed.with("fills_waiting_list", "on") } else { typed };
    render(&visit, typed, FormErrors::default()).await
}

pub async fn update(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let (values, errors) = parse(fields().iter(), &typed, visit.app.today(), &visit.app.clinic_zone());
    if !errors.is_empty() {
        return render(&visit, typed, errors).await;
    }
    let number = |name: &str| values.at(name).as_id().and_then(|number| i32::try_from(number).ok()).unwrap_or(1);
    let rules = BookingRules {
        open_requests: number("open_requests"),
        hold_hours: number("hold_hours"),
        fills_waiting_list: typed.has("fills_waiting_list"),
        offers_at_once: number("offers_at_once"),
    };
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let stored = visit.app.db.write(move |c| {
        let before = rules.store(c, app.now())?;
        if before != rules {
            app.act(c, &actor, |_, writer| {
                writer.log_entry(Entry::noted(LogAction::Act, "appointment", format!("Booking rules: {}", described(rules))));
                Ok::<_, AppError>(())
            })?;
        }
        Ok::<_, AppError>(())
    });
    stored.await?;
    leave(&visit.request, &visit.app, Tone::Ok, "Booking rules saved.");
    Ok(see_other(PATH))
}

fn described(rules: BookingRules) -> String {
    let fills = if rules.fills_waiting_list { "the waiting list fills itself" } else { "the waiting list does not fill itself" };
    let BookingRules { open_requests, hold_hours, offers_at_once, .. } = rules;
    format!("open appointments {open_requests}, hours for an answer {hold_hours}, {fills}, offers at once {offers_at_once}")
}

async fn render(visit: &Visit, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bind(&visit.app, fields(), typed, errors).await?;
    let shell = visit.shell("Booking rules").under(&[("Administration", "/admin")]).with_errors(!form.errors.is_empty());
    html(status, &FormPage { shell, form, action: PATH.into(), cancel: "/admin".into(), button: "Save".into() })
}
