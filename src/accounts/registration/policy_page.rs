//! `/admin/registration`: superusers decide who may create an account.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::policy::{self, REGISTRATION};
use crate::error::{AppError, AppResult};
use crate::resource::form::data::parse;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{FormData, FormErrors};
use crate::settings::Registration;
use crate::web::page::confirm::{ConfirmPage, Effect};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::form_page::FormPage;
use crate::web::page::shell::Shell;
use crate::web::record::plain_form::bind;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

const PATH: &str = "/admin/registration";
const BACK: &str = "/admin";

pub async fn edit(visit: Visit) -> AppResult<HttpResponse> {
    if let Some(fixed) = visit.app.settings.registration {
        let sentence = format!("The setting REGISTRATION decides: {}. Without it, you can choose here.", fixed.as_str());
        let page = ConfirmPage { shell: shell(&visit), sentences: vec![sentence], act: None, back: BACK.into(), effect: Effect::Changes };
        return html(StatusCode::OK, &page);
    }
    policy::refresh(&visit.app).await?;
    let chosen = visit.app.decided.get().and_then(|known| known.registration);
    let typed = chosen.map_or_else(FormData::default, |chosen| FormData::default().with(REGISTRATION, chosen.as_str()));
    render(&visit, typed, FormErrors::default()).await
}

pub async fn update(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    if visit.app.settings.registration.is_some() {
        return Err(AppError::NotFound);
    }
    let typed = FormData::clone(&posted);
    let (values, errors) = parse([policy::question(&visit.app)].iter(), &typed, visit.app.today(), &visit.app.clinic_zone());
    let Some(chosen) = Registration::parse(values.at(REGISTRATION).as_text()).filter(|_| errors.is_empty()) else {
        return render(&visit, typed, errors).await;
    };
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let stored = visit.app.db.write(move |c| {
        policy::decide(c, chosen, app.now())?;
        app.act(c, &actor, |_, writer| {
            writer.log_entry(Entry::noted(LogAction::Act, "user", format!("Registration: {}", chosen.as_str())));
            Ok::<_, AppError>(())
        })
    });
    stored.await?;
    policy::refresh(&visit.app).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "Registration saved.");
    Ok(see_other(PATH))
}

fn shell(visit: &Visit) -> Shell {
    visit.shell("Registration").under(&[("Administration", BACK)])
}

async fn render(visit: &Visit, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bind(&visit.app, vec![policy::question(&visit.app)], typed, errors).await?;
    let shell = shell(visit).with_errors(!form.errors.is_empty());
    html(status, &FormPage { shell, form, action: PATH.into(), cancel: BACK.into(), button: "Save".into() })
}
