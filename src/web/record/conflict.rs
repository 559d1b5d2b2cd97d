//! The page for the second of two users who changed one record: the original, their values and yours, field by field.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::QueryResult;

use super::form::{RecordForm, VERSION};
use super::merge::{ASKED, BASE, Pick, is_undecided};
use crate::db::Connection;
use crate::english::isolated;
use crate::error::AppResult;
use crate::resource::form::bind::{Binder, BoundField, BoundForm, Control, Summary};
use crate::resource::form::data::{lower, parse};
use crate::resource::write::conflict::Conflict;
use crate::resource::{Field, FormData, FormErrors, Value, Values};
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "web/record/conflict_page.html")]
struct ConflictPage {
    shell: Shell,
    form: BoundForm,
    /// Who changed it last and when.
    who: String,
    label: String,
    disputes: Vec<Dispute>,
    hidden_inputs: Vec<(String, String)>,
    action: String,
    cancel: String,
}

/// A field in which the two differ.
struct Dispute {
    name: &'static str,
    label: &'static str,
    was: String,
    theirs: String,
    yours: String,
    /// Who set their value, and when.
    by: String,
    pick: Option<Pick>,
    /// Only one of the two changed it: nothing to decide, so it is shown collapsed.
    settled: bool,
    error: Option<String>,
    /// The control with your value.
    fields: Vec<BoundField>,
}

impl ConflictPage {
    fn has_files(&self) -> bool {
        self.disputes.iter().flat_map(|one| &one.fields).any(BoundField::is_file)
    }
}

impl Dispute {
    fn picks_theirs(&self) -> bool {
        self.pick == Some(Pick::Theirs)
    }

    fn picks_yours(&self) -> bool {
        self.pick == Some(Pick::Yours)
    }

    fn closing(&self) -> String {
        match self.pick {
            Some(Pick::Theirs) => format!("changed only by {}", self.by),
            _ => "changed only by you".into(),
        }
    }
}

/// Renders the page. `action` is where the form is sent, `cancel` where 'Cancel' leads.
pub async fn render(
    visit: &Visit,
    form: &RecordForm,
    typed: FormData,
    conflict: Conflict,
    action: String,
    cancel: String,
) -> AppResult<HttpResponse> {
    let own = form.resource()?.declaration();
    let theirs = conflict.theirs.clone();
    let label = theirs.label.clone();
    let zone = &visit.zone();
    let who = conflict.since.first().map_or_else(
        || "Somebody changed this record while you were editing it".to_string(),
        |entry| format!("{} changed this record on {}, while you were editing it", entry.actor, zone.show(entry.at)),
    );
    // The current record.
    let form = form.clone().of(Some(conflict.theirs.clone()));
    let page = visit.app.db.read(move |c| page(c, &form, typed, &conflict)).await?;
    let (disputes, hidden_inputs, hidden) = page;
    let errors: Vec<Summary> =
        disputes.iter().filter_map(|one| Some(Summary { target: format!("pick-{}", one.name), text: one.error.clone()? })).collect();
    let shell = visit.shell(format!("Two versions of {}", isolated(&label))).renamed("Two versions").after(&label, &cancel);
    let shell = shell.with_errors(!errors.is_empty()).of_record(visit, own, &theirs, &cancel);
    let form = BoundForm { hidden, errors, ..BoundForm::default() };
    html(StatusCode::CONFLICT, &ConflictPage { shell, form, who, label, disputes, hidden_inputs, action, cancel })
}

type Drawn = (Vec<Dispute>, Vec<(String, String)>, Vec<(&'static str, String)>);

fn page(c: &mut Connection, form: &RecordForm, typed: FormData, conflict: &Conflict) -> AppResult<Drawn> {
    let mut disputes = Vec::new();
    let binder = form.binder();
    for field in form.fields()? {
        // Fields that are not in the form cannot be decided by the user.
        if binder.can_choose(field) && (!field.keeps_value_unsent() || typed.sends(field.name)) {
            disputes.extend(dispute(c, form, &binder, field, &typed, conflict)?);
        }
    }
    let hidden_inputs = typed.clone().forget(|name| {
        let ours = name.starts_with('_') && name != crate::web::record::form::PARKED;
        ours || name == crate::web::request::csrf::FIELD
    });
    let hidden_inputs = disputes.iter().fold(hidden_inputs, |hidden_inputs, one| hidden_inputs.without(one.name)).into_pairs();
    let base = typed.text(VERSION).to_string();
    let hidden = vec![(VERSION, conflict.theirs.version.to_string()), (BASE, base)];
    let hidden = hidden.into_iter().chain(disputes.iter().map(|one| (ASKED, one.name.to_string()))).collect();
    Ok((disputes, hidden_inputs, hidden))
}

/// `None` for a field with equal values, or that neither changed.
fn dispute(
    c: &mut Connection,
    form: &RecordForm,
    binder: &Binder,
    field: &Field,
    typed: &FormData,
    conflict: &Conflict,
) -> QueryResult<Option<Dispute>> {
    let (read, wrong) = parse(std::iter::once(field), typed, form.app.latest_today(&form.actor), &form.zone());
    // A value that cannot be parsed is a change as well.
    let yours = read.get(field.name);
    let theirs = conflict.theirs.values.at(field.name);
    let same = |one: &Value, other: &Value| one == other || (one.is_blank() && other.is_blank());
    if yours.is_some_and(|yours| same(yours, theirs)) {
        return Ok(None);
    }
    let base = conflict.base.as_ref().map(|base| base.at(field.name));
    let by_them = base.is_none_or(|base| !same(base, theirs));
    let by_you = base.is_none_or(|base| !yours.is_some_and(|yours| same(yours, base)));
    let settled = by_them != by_you;
    let pick = Pick::of(typed, field.name).or(match (by_them, by_you) {
        (true, false) => Some(Pick::Theirs),
        (false, true) => Some(Pick::Yours),
        _ => None,
    });
    let said = wrong.of(field.name).map(|error| error.text.clone());
    let undecided = is_undecided(typed, field.name).then(|| format!("Choose which {} to keep", lower(field.label)));
    let zone = &form.zone();
    let mut control = binder.field(c, field, typed, &if pick == Some(Pick::Yours) { wrong } else { FormErrors::default() })?;
    control.related.clear();
    let yours = match &yours {
        Some(value) => in_words(c, binder, field, value)?,
        None => said.unwrap_or_default(),
    };
    Ok(Some(Dispute {
        name: field.name,
        label: field.label,
        was: base.map_or(Ok(String::new()), |base| in_words(c, binder, field, base))?,
        theirs: in_words(c, binder, field, theirs)?,
        yours,
        by: conflict.by(field.name).map_or_else(
            || if by_them { "somebody" } else { "unchanged" }.into(),
            |entry| format!("{}, {}", entry.actor, zone.show(entry.at)),
        ),
        pick,
        settled: settled && undecided.is_none(),
        error: undecided,
        fields: vec![control],
    }))
}

/// A value for display to this user.
fn in_words(c: &mut Connection, binder: &Binder, field: &Field, value: &Value) -> QueryResult<String> {
    let values: Values = [(field.name, value.clone())].into_iter().collect();
    let drawn = binder.text(c, field, &FormData::of(std::iter::once(field), &values, &binder.zone))?;
    Ok(if let Control::Fixed { text, .. } = drawn.control { text } else { String::new() })
}
