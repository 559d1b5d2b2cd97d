//! What the set-up asks beside the first administrator's account: who sees patients, and who may register.

use diesel::QueryResult;

use crate::accounts::registration::policy;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::Connection;
use crate::resource::access::permissions;
use crate::resource::declare::widget::Widget;
use crate::resource::form::data::parse;
use crate::resource::registry::StaffQuestion;
use crate::resource::write::writer::Writer;
use crate::resource::{Field, FormData, FormErrors, Kind, Row, field};
use crate::settings::Registration;

/// The name of the question about all staff, and the answer that gives them the permission.
const STAFF: &str = "staff";
const ALL: &str = "all";

/// The questions that no setting answers.
pub fn fields(app: &App) -> Vec<Field> {
    let staff = app.registry.staff_question.map(|question| {
        field(question.label).named(STAFF).kind(Kind::Choice(question.choices)).widget(Widget::Radio).required_error(question.missing)
    });
    let registration = app.settings.registration.is_none().then(|| policy::question(app));
    staff.into_iter().chain(registration).collect()
}

/// The answers that are chosen already.
pub fn usual() -> FormData {
    FormData::default().with(STAFF, ALL).with(policy::REGISTRATION, Registration::Invitation.as_str())
}

/// What was answered.
pub struct Answers {
    all_staff: bool,
    registration: Registration,
}

impl Answers {
    pub fn read(app: &App, typed: &FormData, errors: &mut FormErrors) -> Self {
        let (values, wrong) = parse(fields(app).iter(), typed, app.today(), &app.clinic_zone());
        for error in wrong.iter() {
            errors.add(error.field, error.text.clone());
        }
        // Where a setting answers, the clinic did not: without the setting, registration is by invitation.
        let registration = Registration::parse(values.at(policy::REGISTRATION).as_text());
        Self { all_staff: values.at(STAFF).as_text() == ALL, registration: registration.unwrap_or(Registration::Invitation) }
    }

    /// The same from the command line: one of the choices, or blank for the usual one; registration is by invitation.
    pub fn of_operator(question: StaffQuestion, answer: &str) -> Option<Self> {
        let answer = if answer.is_empty() { ALL } else { answer };
        let is_known = question.choices.iter().any(|(value, _)| *value == answer);
        is_known.then_some(Self { all_staff: answer == ALL, registration: Registration::Invitation })
    }

    /// In the transaction that adds the administrator, whose log entry says it.
    pub fn store(&self, c: &mut Connection, writer: &Writer, administrator: &Row) -> QueryResult<()> {
        if let Some(question) = writer.registry.staff_question.filter(|_| self.all_staff) {
            permissions::grant(c, question.permission, question.groups, writer.now)?;
        }
        policy::decide(c, self.registration, writer.now)?;
        let staff = writer.registry.staff_question.map_or_else(String::new, |question| {
            let chosen = question.choices.iter().find(|(value, _)| (*value == ALL) == self.all_staff).map_or("", |(_, words)| words);
            format!("{} {chosen}. ", question.label)
        });
        let note = format!("Set-up: {staff}Registration: {}.", self.registration.as_str());
        writer.append_note(writer.registry.of::<User>(), administrator.id, &note);
        Ok(())
    }
}
