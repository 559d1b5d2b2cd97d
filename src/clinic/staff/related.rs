//! The rows of an inline on the staff page of a record: the doctors of a patient, the lines of an invoice.

use diesel::QueryResult;

use crate::app::App;
use crate::db::{Connection, Zone};
use crate::error::AppResult;
use crate::resource::access::actor::Action;
use crate::resource::declare::declaration::Declaration;
use crate::resource::declare::inline::Inline;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::lower;
use crate::resource::list::choices::Joined;
use crate::resource::log::entry::words;
use crate::resource::value::{Row, Value};
use crate::resource::{Actor, Field, FormData, ListQuery, Resource, Test};
use crate::web::list::return_link::Back;
use crate::web::page::shell::{hue, initials};
use crate::web::record::form::RecordForm;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

/// The most rows that are shown.
const SHOWN: i64 = 50;

/// A card with rows.
pub struct Related {
    pub title: &'static str,
    pub rows: Vec<RelatedRow>,
    pub total: i64,
    /// What is shown without rows.
    pub empty: String,
    /// The verb and the address of the form that adds a row.
    pub add: Option<(&'static str, String)>,
    /// That form, where it is only a picker: the record shows it.
    pub form: Option<BoundForm>,
    inline: &'static Inline,
    /// The word for the marked row.
    pub mark: &'static str,
}

impl Related {
    /// Its pages keep the way back to the list that the record was opened from.
    pub fn keep(&mut self, back: &Back) {
        let ways = self.rows.iter_mut().flat_map(|row| [&mut row.remove, &mut row.mark]).flatten();
        ways.chain(self.add.iter_mut().map(|(_, way)| way)).for_each(|way| *way = back.from(way));
    }
}

pub struct RelatedRow {
    pub label: String,
    /// Blank if the row has no page.
    pub href: String,
    pub note: String,
    pub initials: String,
    pub hue: u32,
    pub remove: Option<String>,
    /// Who is primary, for instance.
    pub is_marked: bool,
    /// The address that marks this row instead.
    pub mark: Option<String>,
}

/// One card for each inline whose rows this person may view.
pub fn load(c: &mut Connection, app: &App, actor: &Actor, own: &Declaration, parent: &Row) -> QueryResult<Vec<Related>> {
    let (id, mut cards) = (parent.id, Vec::new());
    for inline in own.inlines {
        let Some(child) = inline.child(&app.registry, actor) else { continue };
        let other = child.declaration().other_end(inline.field);
        let target = other.and_then(|field| app.registry.get(field.reference?.resource));
        if target.is_some_and(|target| !target.declaration().allows(actor, Action::View)) {
            continue;
        }
        let query = ListQuery::only(inline.field, Test::In(vec![Value::Integer(id)]), SHOWN).order_by("created_at", true);
        let mut rows = child.list(c, &query, Some(actor))?;
        let total = if (rows.len() as i64) < SHOWN { rows.len() as i64 } else { child.count(c, &query, Some(actor))? };
        let page = format!("{}/{id}/{}", own.staff.path, inline.path);
        let removes = !inline.path.is_empty() && child.declaration().allows(actor, Action::Delete);
        let remove = |row: &Row| removes.then(|| format!("{page}/{}/delete", row.id));
        let mut rows = match (other, target) {
            (Some(field), Some(target)) => {
                let mark = Mark { inline, parent, page: Some(page.as_str()).filter(|_| own.allows(actor, Action::Change)) };
                through(c, app, actor, (target, field), &rows, &mark, &remove)?
            }
            _ => {
                app.registry.name(c, child.declaration(), &mut rows)?;
                plain(c, app, actor, child, inline, &rows, &remove)?
            }
        };
        // The marked one first.
        rows.sort_by_key(|row| !row.is_marked);
        let shown = target.unwrap_or(child).declaration();
        let adds = !inline.path.is_empty() && child.declaration().allows(actor, Action::Add);
        cards.push(Related {
            title: shown.plural,
            empty: empty(shown, inline, other.is_some()),
            form: None,
            inline,
            add: adds.then(|| (inline.verb.0, format!("{page}/new"))),
            mark: inline.marked.1,
            rows,
            total,
        });
    }
    Ok(cards)
}

impl Related {
    /// Opens the form of the card if it only picks the other record.
    pub async fn open(&mut self, visit: &Visit, user: &CurrentUser, id: i64) -> AppResult<()> {
        let Some(child) = visit.app.registry.get(self.inline.resource).map(Resource::declaration) else { return Ok(()) };
        let editable = child.fields.iter().filter(|field| field.is_editable() && field.name != self.inline.field).count();
        if self.add.is_some() && editable == 1 && child.other_end(self.inline.field).is_some() {
            let mut form = row_form(self.inline, visit, user, id).waiting().open(FormData::default()).await?;
            // It stands below the record, so it neither takes the focus nor leads away.
            for field in form.sections.iter_mut().flat_map(|section| &mut section.fields) {
                field.focus = false;
                field.related.clear();
            }
            self.form = Some(form);
        }
        Ok(())
    }
}

/// The form that adds a row to a record, which is part of the address and never read from the form. Who is there already is not
/// offered again.
pub fn row_form(inline: &'static Inline, visit: &Visit, user: &CurrentUser, id: i64) -> RecordForm {
    let joined = Joined { resource: inline.resource, field: inline.field, id };
    RecordForm::new(visit, user, inline.resource).adding_to(joined).with_drafts()
}

/// Which row is marked: the one at whose other end stands the record that the parent's field refers to.
struct Mark<'a> {
    inline: &'a Inline,
    parent: &'a Row,
    /// Where the rows have their addresses, if the actor may mark another.
    page: Option<&'a str>,
}

impl Mark<'_> {
    fn is_on(&self, other: &Row) -> bool {
        let field = self.inline.marked.0;
        !field.is_empty() && self.parent.values.at(field).as_id() == Some(other.id)
    }

    /// The address that marks this row instead.
    fn address(&self, row: &Row) -> Option<String> {
        let (field, word) = self.inline.marked;
        self.page.filter(|_| !field.is_empty()).map(|page| format!("{page}/{}/{word}", row.id))
    }
}

/// `No doctors assigned.`
fn empty(shown: &Declaration, inline: &Inline, joins: bool) -> String {
    let done = inline.verb.1.split_whitespace().next().unwrap_or_default();
    match joins {
        true => format!("No {} {done}.", shown.plural_lower()),
        false => format!("No {} yet.", shown.plural_lower()),
    }
}

/// Rows that join two records are shown as the record at the other end.
fn through(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    (target, field): (&Resource, &Field),
    rows: &[Row],
    mark: &Mark,
    remove: &impl Fn(&Row) -> Option<String>,
) -> QueryResult<Vec<RelatedRow>> {
    let ids: Vec<Value> = rows.iter().map(|row| row.values.at(field.name).clone()).collect();
    let found = target.list(c, &ListQuery::only("id", Test::In(ids), SHOWN), Some(actor))?;
    let (zone, own) = (&app.zone(actor), target.declaration());
    let list = own.list_url(actor);
    let shown = rows.iter().filter_map(|row| {
        let other = found.iter().find(|other| Some(other.id) == row.values.at(field.name).as_id())?;
        let since = format!("since {}", on(row.values.at("created_at"), zone));
        let note = (own.staff.note)(other, zone, app.today_of(actor));
        Some(RelatedRow {
            label: other.label.clone(),
            href: list.as_ref().map_or_else(String::new, |list| format!("{list}/{}", other.id)),
            note: if note.is_empty() { since } else { format!("{note} · {since}") },
            initials: initials(&other.label),
            hue: hue(&other.label),
            remove: remove(row),
            is_marked: mark.is_on(other),
            mark: mark.address(row).filter(|_| !mark.is_on(other)),
        })
    });
    Ok(shown.collect())
}

/// Other rows are shown with the columns of their own list.
fn plain(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    child: &Resource,
    inline: &Inline,
    rows: &[Row],
    remove: &impl Fn(&Row) -> Option<String>,
) -> QueryResult<Vec<RelatedRow>> {
    let (zone, own) = (app.zone(actor), child.declaration());
    let list = own.list_url(actor);
    let mut shown = Vec::new();
    for row in rows {
        let mut parts = Vec::new();
        for field in own.fields_named(own.list_display).filter(|field| field.name != inline.field) {
            let text = words(c, &app.registry, &zone, field, row.values.at(field.name))?;
            parts.extend(Some(format!("{} {text}", lower(field.label))).filter(|_| !text.is_empty() && text != row.label));
        }
        shown.push(RelatedRow {
            label: row.label.clone(),
            href: list.as_ref().map_or_else(String::new, |list| format!("{list}/{}", row.id)),
            note: parts.join(" · "),
            initials: initials(&row.label),
            hue: hue(&row.label),
            remove: remove(row),
            is_marked: false,
            mark: None,
        });
    }
    Ok(shown)
}

/// The date of an instant.
fn on(value: &Value, zone: &Zone) -> String {
    if let Value::DateTime(at) = value { zone.show_date(zone.date(*at)) } else { String::new() }
}
