//! Bulk actions: a page that says what will happen to which records, and then performs exactly that. One route for every resource
//! and action; the user returns to the list in its state.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::action::BulkOperation;
use super::perform::{BulkError, BulkRequest, perform};
use super::plan::{Batch, BulkPlan, counted};
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Actor;
use crate::resource::form::bind::{Binder, BoundForm};
use crate::resource::write::relations::Dependents;
use crate::resource::{Declaration, FormData, FormErrors};
use crate::web::list::return_link::Back;
use crate::web::list::selection::Selection;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "admin/bulk/action.html")]
struct ActionPage {
    shell: Shell,
    about: String,
    /// Shown first, such as that the list has changed.
    notice: String,
    failed: Vec<Batch>,
    /// Fields that send the same action without the records that failed.
    leave_out: Option<Vec<(&'static str, String)>>,
    count: usize,
    samples: Batch,
    out: Vec<Batch>,
    tree: Vec<Dependents>,
    form: BoundForm,
    /// Hidden fields.
    hidden_inputs: Vec<(&'static str, String)>,
    seen: String,
    action: String,
    icon: &'static str,
    is_dangerous: bool,
    /// The address of a record, before and after its id.
    href: (String, String),
    back: String,
}

/// Why the page is shown again.
#[derive(Default)]
struct BulkProblem {
    status: StatusCode,
    notice: String,
    errors: FormErrors,
    failed: Vec<Batch>,
    leave_out: Option<Selection>,
}

pub async fn create(visit: Visit, user: CurrentUser, slug: Path<String>, posted: PostedForm) -> AppResult<HttpResponse> {
    let own = crate::admin::declared(&visit.app, &slug)?;
    let chosen = Selection::read(&posted, own, own.list_filter);
    let back = chosen.back(&visit.app, &crate::admin::home(own));
    let place = place(&posted, own, &back);
    let actor = user.to_actor();
    let word = posted.text("_action").to_string();
    if word.is_empty() {
        leave(&visit.request, &visit.app, Tone::Warn, "Choose an action. Nothing was changed.");
        return Ok(see_other(place));
    }
    let Some(operation) = BulkOperation::named(&visit.app, &actor, own, &word) else {
        return Err(AppError::Forbidden("You do not have permission for this action."));
    };
    if chosen.is_empty() {
        let message = format!("Select at least one {}. Nothing was changed.", own.singular_lower());
        leave(&visit.request, &visit.app, Tone::Warn, message);
        return Ok(see_other(place));
    }
    if !posted.has("_confirmed") || posted.has("_find") {
        return render(&visit, &actor, own, &word, &chosen, &posted, BulkProblem::default()).await;
    }
    let order =
        BulkRequest { actor: actor.clone(), name: own.name, word: word.clone(), chosen: chosen.clone(), typed: FormData::clone(&posted) };
    let trouble = match perform(&visit.app, order).await {
        Ok((count, out)) => {
            let verb = if count == 1 { "was" } else { "were" };
            let rest = if out > 0 { format!(" {out} left out.") } else { String::new() };
            leave(&visit.request, &visit.app, Tone::Ok, format!("{} {verb} {}.{rest}", counted(count, own), operation.done(own)));
            let is_gone = matches!(operation, BulkOperation::Delete);
            return Ok(see_other(if is_gone { back.list() } else { place }));
        }
        Err(BulkError::Overtaken) => BulkProblem {
            status: StatusCode::CONFLICT,
            notice: "Some of these records have changed. Nothing was done. Check the updated list and confirm again.".into(),
            ..BulkProblem::default()
        },
        Err(BulkError::Inputs(errors)) => BulkProblem { status: StatusCode::UNPROCESSABLE_ENTITY, errors, ..BulkProblem::default() },
        Err(BulkError::Rows(failed, ids)) => BulkProblem {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            failed,
            leave_out: Some(chosen.leaving_out(ids.into_iter())),
            ..BulkProblem::default()
        },
        Err(BulkError::Other(error)) => return Err(error),
    };
    render(&visit, &actor, own, &word, &chosen, &posted, trouble).await
}

/// Where the user came from: the list, or the page of one record.
fn place(posted: &FormData, own: &Declaration, back: &Back) -> String {
    match posted.text("_from").parse::<i64>() {
        Ok(id) => back.from(&format!("{}/{id}", crate::admin::home(own))),
        Err(_) => back.list(),
    }
}

async fn render(
    visit: &Visit,
    actor: &Actor,
    own: &Declaration,
    word: &str,
    chosen: &Selection,
    posted: &FormData,
    trouble: BulkProblem,
) -> AppResult<HttpResponse> {
    let (app, who, name, asked) = (visit.app.clone(), actor.clone(), own.name, word.to_string());
    let (selection, typed, errors) = (chosen.clone(), posted.clone(), trouble.errors);
    let (plan, form) = visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.get(name).ok_or(AppError::NotFound)?;
            let operation = BulkOperation::named(&app, &who, resource.declaration(), &asked).ok_or(AppError::NotFound)?;
            let plan = BulkPlan::make(c, &app, &who, resource, &operation, &selection)?;
            let inputs = operation.inputs();
            let binder = Binder::new(&app.registry, &who, &app.clinic_zone());
            let form = binder.bind(c, &[("", inputs.iter().collect())], &typed, &errors)?;
            Ok::<_, AppError>((plan, form))
        })
        .await?;
    let operation = BulkOperation::named(&visit.app, actor, own, word).ok_or(AppError::NotFound)?;
    let home = crate::admin::home(own);
    let back = chosen.back(&visit.app, &home);
    let mut hidden_inputs = vec![("_action", word.to_string()), ("_from", posted.text("_from").to_string())];
    let leave_out = trouble.leave_out.map(|without| hidden_inputs.iter().cloned().chain(without.fields()).collect());
    hidden_inputs.extend(chosen.fields());
    let idle = plan.rows.is_empty() && trouble.failed.is_empty() || plan.is_too_much;
    let title = if idle { "Nothing to do".into() } else { operation.title(&counted(plan.rows.len(), own)) };
    let list = back.list();
    let shell = visit.shell(title).under(&[crate::admin::ROOT, (own.plural, &list)]);
    let shell = match plan.rows.as_slice() {
        [row] => shell.of_record(visit, own, row, &back.from(&format!("{home}/{}", row.id))),
        _ => shell,
    };
    let page = ActionPage {
        shell: shell.with_errors(!form.errors.is_empty() || !trouble.failed.is_empty()),
        about: if plan.rows.len() == 1 && matches!(operation, BulkOperation::Delete) { String::new() } else { operation.about(own) },
        notice: if plan.is_too_much {
            format!("You can select up to {} at once. Narrow the list with a search or a filter.", crate::admin::bulk::plan::most())
        } else {
            trouble.notice
        },
        count: if plan.is_too_much { 0 } else { plan.rows.len() },
        samples: plan.samples(),
        seen: plan.seen(),
        out: plan.out,
        tree: plan.tree,
        failed: trouble.failed,
        leave_out,
        form,
        hidden_inputs,
        action: format!("{home}/actions"),
        icon: operation.icon(),
        is_dangerous: operation.is_dangerous(),
        href: (format!("{home}/"), back.from("")),
        back: place(posted, own, &back),
    };
    html(trouble.status, &page)
}
