//! Binds the rows of an inline, as stored or as submitted.

use diesel::QueryResult;

use super::bind::{Binder, BoundField, Summary, summary};
use super::data::FormData;
use super::errors::FormErrors;
use crate::db::{Connection, UtcDateTime};
use crate::english::plural;
use crate::resource::Resource;
use crate::resource::access::actor::Action;
use crate::resource::declare::field::Field;
use crate::resource::declare::inline::{BoundInline, BoundRow, Inline, PAGE, RowErrors, SentRow};
use crate::resource::list::choices::Joined;
use crate::resource::list::query::{ListQuery, Test};
use crate::resource::value::{Row, Value, Values};

/// Longer lists of choices are searched, because every row would repeat them.
const FEW: i64 = 20;

/// More rows are a list: each is changed on its own page, so that no slip changes one unnoticed.
const OPEN: i64 = 10;

/// The hidden input of a row that is only listed.
pub const LISTED: &str = "listed";

/// The rows of one parent.
struct RowBinder<'a> {
    inline: &'a Inline,
    child: &'a Resource,
    binder: Binder<'a>,
    columns: Vec<&'a Field>,
    initial: Values,
}

impl Binder<'_> {
    /// Binds the inlines of the record. `sent` is the submitted form, or `None` if the form is only opened. If `read_only` is
    /// set, the rows are read-only as well.
    pub fn inlines(
        &self,
        c: &mut Connection,
        inlines: &[Inline],
        sent: Option<&FormData>,
        asked: &FormData,
        errors: &RowErrors,
        now: UtcDateTime,
    ) -> QueryResult<(Vec<BoundInline>, Vec<Summary>)> {
        let (mut drawn, mut summaries) = (Vec::new(), Vec::new());
        for inline in inlines {
            let Some(child) = inline.child(self.registry, self.actor) else { continue };
            let mut binder = Binder::new(self.registry, self.actor, &self.zone);
            (binder.few, binder.inside, binder.read_only) = (FEW, self.inside, self.read_only);
            (binder.today, binder.words) = (self.today, self.words);
            binder.joined = self.row.map(|parent| Joined { resource: inline.resource, field: inline.field, id: parent.id });
            let initial = child.initial(self.actor, now);
            let drawing = RowBinder { inline, child, binder, columns: inline.columns(child.declaration()), initial };
            drawn.push(drawing.render(c, self.row, sent, asked, errors)?);
            summaries.extend(drawing.summaries(errors));
        }
        Ok((drawn, summaries))
    }
}

impl RowBinder<'_> {
    fn may(&self, action: Action) -> bool {
        !self.binder.read_only && self.child.declaration().allows(self.binder.actor, action)
    }

    fn render(
        &self,
        c: &mut Connection,
        parent: Option<&Row>,
        sent: Option<&FormData>,
        asked: &FormData,
        errors: &RowErrors,
    ) -> QueryResult<BoundInline> {
        let own = self.child.declaration();
        let query = parent.map(|parent| ListQuery::only(self.inline.field, Test::In(vec![Value::Integer(parent.id)]), PAGE));
        let wanted = sent.unwrap_or(asked).text(&self.inline.page_name()).parse::<i64>().unwrap_or(1);
        // A first page that is not full is all there is.
        let mut first = match &query {
            Some(query) if wanted <= 1 => Some(self.child.list(c, query, Some(self.binder.actor))?),
            _ => None,
        };
        let total = match (&query, &first) {
            (_, Some(rows)) if (rows.len() as i64) < PAGE => rows.len() as i64,
            (Some(query), _) => self.child.count(c, query, Some(self.binder.actor))?,
            (None, _) => 0,
        };
        let last = (total.max(1) + PAGE - 1) / PAGE;
        let page = wanted.clamp(1, last);
        let is_sent = [Action::Add, Action::Change, Action::Delete].into_iter().any(|action| self.may(action));
        let rows = match (sent.filter(|_| is_sent), query) {
            (Some(sent), _) => self.again(c, parent, self.inline.sent(sent), errors)?,
            (None, query) => {
                let mut stored = match query {
                    Some(_) if first.is_some() => first.take().unwrap_or_default(),
                    Some(query) => self.child.list(c, &ListQuery { offset: (page - 1) * PAGE, ..query }, Some(self.binder.actor))?,
                    None => Vec::new(),
                };
                self.binder.registry.name(c, own, &mut stored)?;
                self.opened(c, stored, total)?
            }
        };
        let can_add = self.may(Action::Add);
        Ok(BoundInline {
            name: self.inline.resource,
            title: own.plural,
            singular: own.singular,
            headers: self.columns.iter().map(|field| field.label).collect(),
            blank: if can_add { Some(self.new_row(c, format!("{}-__row__", self.inline.resource))?) } else { None },
            is_sent,
            can_delete: rows.iter().any(|row| row.delete.is_some()),
            error: errors_of(errors, self.inline.resource).and_then(|errors| errors.of("")).map(|error| error.text.clone()),
            count_text: self.message(total),
            pages: match parent.filter(|_| last > 1) {
                Some(_) => (1..=last).map(|page| (page, format!("?{}={page}#{}", self.inline.page_name(), self.inline.resource))).collect(),
                None => Vec::new(),
            },
            page,
            rows,
        })
    }

    fn message(&self, total: i64) -> String {
        let own = self.child.declaration();
        let counted = plural(total, &own.singular_lower(), &own.plural_lower());
        match (self.inline.min, self.may(Action::Add)) {
            (0, _) | (_, false) => counted,
            (least, true) => format!("{counted}; at least {least}"),
        }
    }

    /// The stored rows, and empty rows for new ones up to the maximum.
    fn opened(&self, c: &mut Connection, stored: Vec<Row>, total: i64) -> QueryResult<Vec<BoundRow>> {
        let mut rows = Vec::new();
        for (number, row) in stored.iter().enumerate() {
            let name = format!("{}-{number}", self.inline.resource);
            rows.push(self.stored_row(c, name, row, None, &FormErrors::default(), total > OPEN)?);
        }
        if self.may(Action::Add) {
            let room = usize::try_from((self.inline.max - total).max(0)).unwrap_or(0);
            for number in 0..self.inline.extra.min(room) {
                rows.push(self.new_row(c, format!("{}-{}", self.inline.resource, stored.len() + number))?);
            }
        }
        Ok(rows)
    }

    /// The submitted rows, without those whose record does not belong to the parent.
    fn again(&self, c: &mut Connection, parent: Option<&Row>, sent: Vec<SentRow>, errors: &RowErrors) -> QueryResult<Vec<BoundRow>> {
        let ids: Vec<Value> = sent.iter().filter_map(|row| row.id).map(Value::Integer).collect();
        let mut stored = match ids.is_empty() {
            true => Vec::new(),
            false => self.child.list(c, &ListQuery::only("id", Test::In(ids), i64::MAX), Some(self.binder.actor))?,
        };
        stored.retain(|row| parent.is_some_and(|parent| row.values.at(self.inline.field).as_id() == Some(parent.id)));
        self.binder.registry.name(c, self.child.declaration(), &mut stored)?;
        let (mut rows, none) = (Vec::new(), FormErrors::default());
        for one in sent {
            let wrong = errors_of(errors, &one.name).unwrap_or(&none);
            match one.id {
                Some(id) => {
                    if let Some(row) = stored.iter().find(|row| row.id == id) {
                        rows.push(self.stored_row(c, one.name.clone(), row, Some(&one), wrong, one.data.has(LISTED))?);
                    }
                }
                None if self.may(Action::Add) => {
                    let cells = self.cells(c, &one.name, &one.data, wrong, None)?;
                    rows.push(BoundRow { error: row_error(wrong), cells, ..new(one.name) });
                }
                None => {}
            }
        }
        Ok(rows)
    }

    fn stored_row(
        &self,
        c: &mut Connection,
        name: String,
        row: &Row,
        sent: Option<&SentRow>,
        errors: &FormErrors,
        is_listed: bool,
    ) -> QueryResult<BoundRow> {
        let own = self.child.declaration();
        let may_change = self.may(Action::Change) && !is_listed;
        let shown = FormData::of(self.columns.iter().copied(), &row.values, &self.binder.zone);
        let data = match sent.filter(|_| may_change) {
            Some(sent) => sent.data.with_fixed(
                self.columns.iter().copied().filter(|field| !self.binder.can_choose(field)),
                &row.values,
                &self.binder.zone,
            ),
            None => shown,
        };
        // After a conflict the row sends the current version, because the user has seen the message.
        let version = if errors.is_conflict() { row.version } else { sent.and_then(|sent| sent.version).unwrap_or(row.version) };
        Ok(BoundRow {
            id: row.id.to_string(),
            version: version.to_string(),
            label: row.label.clone(),
            href: own.list_url_in(self.binder.actor, true).map(|_| format!("/admin/{}/{}", own.slug, row.id)).unwrap_or_default(),
            cells: self.cells(c, &name, &data, errors, Some((row, may_change)))?,
            delete: self.may(Action::Delete).then(|| sent.is_some_and(|sent| sent.delete)),
            error: row_error(errors),
            is_listed: is_listed && self.may(Action::Change),
            name,
        })
    }

    fn new_row(&self, c: &mut Connection, name: String) -> QueryResult<BoundRow> {
        let data = FormData::of(self.columns.iter().copied(), &self.initial, &self.binder.zone);
        Ok(BoundRow { cells: self.cells(c, &name, &data, &FormErrors::default(), None)?, ..new(name) })
    }

    fn cells(
        &self,
        c: &mut Connection,
        name: &str,
        data: &FormData,
        errors: &FormErrors,
        of: Option<(&Row, bool)>,
    ) -> QueryResult<Vec<BoundField>> {
        let mut cells = Vec::new();
        for field in &self.columns {
            let mut cell = match of {
                Some((_, false)) => self.binder.text(c, field, data)?,
                _ => self.binder.field(c, field, data, errors)?,
            };
            cell.name = format!("{name}-{}", field.name);
            (cell.help, cell.locked) = ("", String::new());
            cells.push(cell);
        }
        Ok(cells)
    }

    fn summaries(&self, errors: &RowErrors) -> Vec<Summary> {
        let start = format!("{}-", self.inline.resource);
        let parts = [("", self.columns.clone())];
        let mut summaries = Vec::new();
        for (name, errors) in errors.iter().filter(|(name, _)| *name == self.inline.resource || name.starts_with(&start)) {
            for error in errors.iter() {
                let found = summary(error.field, error.part, &error.text, &parts);
                let target = if error.field.is_empty() { name.clone() } else { format!("{name}-{}", found.target) };
                summaries.push(Summary { target, text: found.text });
            }
        }
        summaries
    }
}

fn new(name: String) -> BoundRow {
    let blank = String::new;
    BoundRow {
        name,
        id: blank(),
        version: blank(),
        label: blank(),
        href: blank(),
        cells: Vec::new(),
        delete: None,
        error: None,
        is_listed: false,
    }
}

fn errors_of<'a>(errors: &'a RowErrors, name: &str) -> Option<&'a FormErrors> {
    errors.iter().find(|(known, _)| known == name).map(|(_, errors)| errors)
}

fn row_error(errors: &FormErrors) -> Option<String> {
    errors.of("").map(|error| error.text.clone())
}
