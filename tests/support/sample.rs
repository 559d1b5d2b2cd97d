//! A record of any resource, made from its declaration alone, so that new resources need no line in the tests.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::prelude::*;
use praxis::accounts::api_token::model::Scope;
use praxis::db::schema::{
    addenda, api_tokens, appointment_offers, calendar_feeds, notes, outside_calendars, users, visits, waiting_entries,
};
use praxis::notes::addendum::AddendumKind;
use praxis::notes::visit::VisitKind;
use praxis::resource::declare::widget::Widget;
use praxis::resource::form::data::parse;
use praxis::resource::write::writer::WriteError;
use praxis::resource::{Actor, Field, FormData, FormErrors, Kind, Resource};
use praxis::scheduling::feed::model::{Content, Subject};
use praxis::scheduling::offer::model::{Cause, OfferState};

use super::Clinic;

/// Values for a form.
pub type Typed = Vec<(&'static str, String)>;

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Clinic {
    /// The values of a form for a new record; the records that it refers to are added first.
    pub async fn sample_form(&self, name: &str) -> Typed {
        let declaration = self.declared(name);
        let mut typed = Typed::new();
        for field in declaration.fields.iter().filter(|field| field.is_editable() && field.required) {
            let value = match field.reference {
                Some(reference) => Box::pin(self.sample_record(reference.resource)).await.to_string(),
                None => plain(field),
            };
            typed.push((field.name, value));
        }
        typed
    }

    /// Adds a record and returns its id; for read-only resources, the id of an existing one.
    pub async fn sample_record(&self, name: &str) -> i64 {
        if name == "mail" {
            return self.mail().await;
        }
        if name == "api_token" {
            return self.api_token().await;
        }
        if name == "calendar_feed" {
            return self.calendar_feed().await;
        }
        if name == "appointment_offer" {
            return self.appointment_offer().await;
        }
        if name == "outside_calendar" {
            return self.outside_calendar().await;
        }
        if let "visit" | "note" | "addendum" = name {
            return self.note(name).await;
        }
        if name == "identity" {
            return self.identity(1, "http://127.0.0.1:1", "number-of-somebody").await;
        }
        if self.declared(name).read_only {
            return 1;
        }
        let (app, typed, name) = (self.app.clone(), self.sample_form(name).await, name.to_string());
        let made = self.app.db.write(move |c| {
            let known = app.registry.get(&name).expect("a resource");
            let mut data = FormData::default();
            typed.into_iter().for_each(|(field, value)| data.push(field, value));
            let own = known.declaration();
            let sent = own.fields.iter().filter(|field| field.kind != Kind::Bool);
            let (values, _) = parse(sent, &data, app.today(), &app.settings.time_zone);
            app.act(c, &Actor::system(), |c, writer| writer.create(c, known, values, FormErrors::default()))
        });
        made.await.map(|row| row.id).unwrap_or_else(|error: WriteError| panic!("{error:?}"))
    }

    /// A personal access token.
    async fn api_token(&self) -> i64 {
        let ends = self.app.now().plus(time::Duration::days(30));
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let made = self.arrange(move |c| {
            let owner = users::table.select(users::id).order(users::id).first::<i64>(c)?;
            let row = (
                api_tokens::user_id.eq(owner),
                api_tokens::name.eq(format!("Report {number}")),
                api_tokens::token_hash.eq(format!("{number:064}")),
                api_tokens::hint.eq("wxyz"),
                api_tokens::scope.eq(Scope::Read),
                api_tokens::expires_at.eq(ends),
                api_tokens::created_at.eq(ends),
                api_tokens::updated_at.eq(ends),
            );
            diesel::insert_into(api_tokens::table).values(row).returning(api_tokens::id).get_result::<i64>(c)
        });
        made.await.expect("a token")
    }

    /// The calendar of a person.
    async fn calendar_feed(&self) -> i64 {
        let (now, number) = (self.app.now(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let made = self.arrange(move |c| {
            let owner = users::table.select(users::id).order(users::id).first::<i64>(c)?;
            let row = (
                calendar_feeds::user_id.eq(owner),
                calendar_feeds::subject.eq(Subject::Person),
                calendar_feeds::content.eq(Content::Busy),
                calendar_feeds::token_hash.eq(format!("{number:064}")),
                calendar_feeds::hint.eq("wxyz"),
                calendar_feeds::created_at.eq(now),
                calendar_feeds::updated_at.eq(now),
            );
            diesel::insert_into(calendar_feeds::table).values(row).returning(calendar_feeds::id).get_result::<i64>(c)
        });
        made.await.expect("a feed")
    }

    /// Times that were offered to a patient who waits.
    async fn appointment_offer(&self) -> i64 {
        let (now, entry) = (self.app.now(), Box::pin(self.sample_record("waiting_entry")).await);
        let made = self.arrange(move |c| {
            let own = waiting_entries::table.find(entry).select((waiting_entries::patient_id, waiting_entries::type_id));
            let (patient_id, type_id) = own.first::<(i64, i64)>(c)?;
            let row = (
                appointment_offers::patient_id.eq(patient_id),
                appointment_offers::type_id.eq(type_id),
                appointment_offers::waiting_entry_id.eq(Some(entry)),
                appointment_offers::cause.eq(Cause::WaitingList),
                appointment_offers::state.eq(OfferState::Open),
                appointment_offers::expires_at.eq(now),
                appointment_offers::created_at.eq(now),
                appointment_offers::updated_at.eq(now),
            );
            diesel::insert_into(appointment_offers::table).values(row).returning(appointment_offers::id).get_result::<i64>(c)
        });
        made.await.expect("an offer")
    }

    /// A signed note with its visit and what was added to it; the id of one of them.
    async fn note(&self, wanted: &str) -> i64 {
        let (now, patient) = (self.app.now(), Box::pin(self.sample_record("patient")).await);
        let made = self.arrange(move |c| {
            let author = users::table.select(users::id).order(users::id).first::<i64>(c)?;
            let times = (visits::started_at.eq(now), visits::created_at.eq(now), visits::updated_at.eq(now));
            let row = (visits::patient_id.eq(patient), visits::kind.eq(VisitKind::Clinic), times);
            let visit: i64 = diesel::insert_into(visits::table).values(row).returning(visits::id).get_result(c)?;
            let row =
                (notes::visit_id.eq(visit), notes::patient_id.eq(patient), notes::author_id.eq(author), notes::signed_by.eq("sample"));
            let row = (row, notes::plan.eq("Rest"), notes::signed_at.eq(now), notes::created_at.eq(now));
            let note: i64 = diesel::insert_into(notes::table).values(row).returning(notes::id).get_result(c)?;
            let row = (addenda::note_id.eq(note), addenda::patient_id.eq(patient), addenda::author_id.eq(author));
            let kind = addenda::kind.eq(AddendumKind::Addendum);
            let row = (row, kind, addenda::signed_by.eq("sample"), addenda::text.eq("Called"), addenda::created_at.eq(now));
            let addendum: i64 = diesel::insert_into(addenda::table).values(row).returning(addenda::id).get_result(c)?;
            Ok((visit, note, addendum))
        });
        let (visit, note, addendum) = made.await.expect("a note");
        match wanted {
            "visit" => visit,
            "note" => note,
            _ => addendum,
        }
    }

    /// A calendar of another program.
    async fn outside_calendar(&self) -> i64 {
        let (now, number) = (self.app.now(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let doctor = Box::pin(self.sample_record("doctor")).await;
        let made = self.arrange(move |c| {
            let row = (
                outside_calendars::doctor_id.eq(doctor),
                outside_calendars::name.eq(format!("Duty {number}")),
                outside_calendars::address.eq("sealed"),
                outside_calendars::address_hash.eq(format!("{number:064}")),
                outside_calendars::host.eq("calendar.example.org"),
                outside_calendars::hint.eq("wxyz"),
                outside_calendars::due_at.eq(now),
                outside_calendars::created_at.eq(now),
                outside_calendars::updated_at.eq(now),
            );
            diesel::insert_into(outside_calendars::table).values(row).returning(outside_calendars::id).get_result::<i64>(c)
        });
        made.await.expect("a calendar")
    }

    fn declared(&self, name: &str) -> &praxis::resource::Declaration {
        self.app.registry.get(name).map(Resource::declaration).expect("a resource")
    }
}

fn plain(field: &Field) -> String {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    match field.kind {
        Kind::Choice(choices) => choices[0].0.into(),
        Kind::Integer | Kind::Measure(_) => field.range.0.to_string(),
        Kind::Date => "2001-02-03".into(),
        Kind::Text if field.widget == Widget::Email => format!("sample{number}@example.org"),
        Kind::Text => format!("sample{number}"),
        Kind::DateTime => "2026-03-04T08:30".into(),
        Kind::Bool | Kind::Many | Kind::File => String::new(),
    }
}
