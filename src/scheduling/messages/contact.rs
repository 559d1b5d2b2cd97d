//! How a patient is reached: only who agrees to be contacted, is alive and not in the trash.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::clinic::patient::RemindersBy;
use crate::db::sql::Sql;
use crate::db::{Connection, Zone};
use crate::resource::write::message::Channel;

/// A patient who agrees to be contacted.
pub struct Contact {
    /// The address of their account, else that of their record; blank for none.
    pub email: String,
    /// As it was entered; blank for none.
    pub phone: String,
    pub wants_text_messages: bool,
    /// Whether reminders may be sent by email as well.
    pub wants_reminders_by_mail: bool,
    /// Their time zone and their way to write dates, or the clinic's.
    pub zone: Zone,
}

#[derive(Queryable)]
struct Found {
    id: i64,
    email: String,
    phone: String,
    reminders_by: RemindersBy,
    account_email: Option<String>,
    time_zone: Option<String>,
    locale: Option<String>,
}

const FIND: &str = "SELECT p.id, p.email, p.phone, p.reminders_by, u.email, u.time_zone, u.locale FROM patients AS p \
    LEFT JOIN users AS u ON u.id = p.user_id AND u.is_active AND u.email_confirmed_at IS NOT NULL \
    WHERE p.may_contact AND p.deceased_on IS NULL AND p.deleted_at IS NULL AND ";

type Columns = (BigInt, Text, Text, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>);

impl Contact {
    /// `None` if the patient must not be contacted. An address of an account counts once it is confirmed: until then it may be
    /// somebody else's.
    pub fn find(c: &mut Connection, patient_id: i64, clinic: &Zone) -> QueryResult<Option<Self>> {
        Ok(Self::list(c, &[patient_id], clinic)?.remove(&patient_id))
    }

    /// How they hear of appointments, and at which address or number: by email, or by text message if there is no email address.
    /// `None` if only a call reaches them.
    pub fn way(&self, has_texts: bool) -> Option<(Channel, String)> {
        let by_text = has_texts && self.wants_text_messages && !self.phone.is_empty();
        match self.email.is_empty() {
            false => Some((Channel::Mail, self.email.clone())),
            true => by_text.then(|| (Channel::Sms, self.phone.clone())),
        }
    }

    /// Those of several patients, by their ids.
    pub fn list(c: &mut Connection, patients: &[i64], clinic: &Zone) -> QueryResult<BTreeMap<i64, Self>> {
        let found: Vec<Found> = Sql::new(FIND).is_one_of("p.id", patients).returning::<Columns>().load(c)?;
        let contacts = found.into_iter().map(|found| {
            let text = |text: Option<String>| text.unwrap_or_default();
            let zone = clinic.read_by(&text(found.time_zone), &text(found.locale));
            let email = found.account_email.filter(|email| !email.is_empty()).unwrap_or(found.email);
            let ways = found.reminders_by;
            let wants_text_messages = matches!(ways, RemindersBy::Both | RemindersBy::Sms);
            let wants_reminders_by_mail = matches!(ways, RemindersBy::Both | RemindersBy::Mail);
            (found.id, Self { email, phone: found.phone, wants_text_messages, wants_reminders_by_mail, zone })
        });
        Ok(contacts.collect())
    }
}
