//! `/admin/clinic`: superusers give the clinic its name, its time zone and its logo.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::logo;
use super::model::{Changes, PATH, refresh, store};
use crate::db::Zone;
use crate::error::{AppError, AppResult};
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Field, FormData, FormErrors, field};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::record::plain_form::bind;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::upload::Uploaded;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// Ticked to remove the logo.
const NO_LOGO: &str = "remove_logo";
const LOGO: &str = "logo";

#[derive(Template)]
#[template(path = "clinic/details.html")]
struct DetailsPage {
    shell: Shell,
    form: BoundForm,
    /// What the settings decide, in sentences.
    fixed: Vec<String>,
    /// The address of the logo.
    logo: Option<String>,
    logo_error: Option<String>,
    types: String,
}

fn fields(visit: &Visit) -> Vec<Field> {
    let name = field("Name of the clinic").named("name").max(80).required_error("Enter the name of the clinic");
    let zone = field("Time zone").named("time_zone").max(64).widget(Widget::TimeZone).required_error("Enter a time zone");
    let zone = zone.help("For example, Europe/Paris. Users can choose another for themselves.");
    let settings = &visit.app.settings;
    let open = [(name, !settings.names_clinic), (zone, !settings.names_time_zone)];
    open.into_iter().filter(|(_, is_open)| *is_open).map(|(field, _)| field).collect()
}

pub async fn edit(visit: Visit) -> AppResult<HttpResponse> {
    refresh(&visit.app).await?;
    let typed = FormData::default().with("name", visit.app.clinic_name()).with("time_zone", visit.app.clinic_zone().name());
    render(&visit, typed, FormErrors::default()).await
}

pub async fn update(visit: Visit, user: CurrentUser, posted: PostedForm, uploaded: Uploaded) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let (values, mut errors) = parse(fields(&visit).iter(), &typed, visit.app.today(), &visit.app.clinic_zone());
    let text = |name: &str| values.get(name).map(|value| value.as_text().to_string());
    let (name, time_zone) = (text("name"), text("time_zone"));
    if time_zone.as_deref().is_some_and(|name| !name.is_empty() && Zone::named(name).is_none()) {
        errors.add("time_zone", "Choose a time zone from the list, such as Europe/Paris");
    }
    let chosen = logo::read(&uploaded)?.unwrap_or_else(|sentence| {
        errors.add(LOGO, sentence);
        None
    });
    if !errors.is_empty() {
        return render(&visit, typed, errors).await;
    }
    let logo = if chosen.is_none() && !typed.has(NO_LOGO) { None } else { Some(chosen) };
    let changes = Changes { name, time_zone, logo, steps_done: false };
    let note = note(&visit, &changes);
    if !note.is_empty() {
        let (app, actor) = (visit.app.clone(), user.to_actor());
        let stored = visit.app.db.write(move |c| {
            store(c, &changes, app.now())?;
            app.act(c, &actor, |_, writer| {
                writer.log_entry(Entry::noted(LogAction::Act, "user", format!("Clinic: {note}")));
                Ok::<_, AppError>(())
            })
        });
        stored.await?;
        refresh(&visit.app).await?;
    }
    leave(&visit.request, &visit.app, Tone::Ok, "Clinic details saved.");
    Ok(see_other(PATH))
}

/// What is changed, for the log; blank for nothing.
fn note(visit: &Visit, changes: &Changes) -> String {
    let (app, mut parts) = (&visit.app, Vec::new());
    parts.extend(changes.name.as_ref().filter(|name| Some(*name) != app.details().name.as_ref()).map(|name| format!("name {name}")));
    let zone = app.details().time_zone.as_ref().map(Zone::name);
    parts.extend(changes.time_zone.as_ref().filter(|name| Some(*name) != zone.as_ref()).map(|name| format!("time zone {name}")));
    parts.extend(changes.logo.as_ref().map(|logo| if logo.is_some() { "new logo".to_string() } else { "logo removed".into() }));
    parts.join(", ")
}

async fn render(visit: &Visit, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (app, logo_error) = (&visit.app, errors.of(LOGO).map(|error| error.text.clone()));
    let form = bind(app, fields(visit), typed, errors).await?;
    let named = [
        (app.settings.names_clinic, "CLINIC_NAME", "the name", app.clinic_name()),
        (app.settings.names_time_zone, "TIME_ZONE", "the time zone", app.clinic_zone().name()),
    ];
    let fixed = named.into_iter().filter(|(is_fixed, ..)| *is_fixed);
    let page = DetailsPage {
        shell: visit.shell("Name and logo").under(&[("Administration", "/admin")]).with_errors(!form.errors.is_empty()),
        fixed: fixed
            .map(|(_, name, what, value)| format!("The setting {name} decides {what}: {value}. Without it, you can choose here."))
            .collect(),
        logo: app.details().logo.as_deref().map(logo::address),
        logo_error,
        types: logo::TYPES.join(","),
        form,
    };
    html(status, &page)
}
