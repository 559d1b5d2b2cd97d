//! Everything that the product consists of: one line for each resource, panel and profile card. Its pages are in `routes.rs`.

use crate::accounts::api_token::model::ApiToken;
use crate::accounts::identity::model::Identity;
use crate::accounts::profile::card::{self, ProfileCards};
use crate::accounts::session::model::Session;
use crate::accounts::throttle;
use crate::accounts::throttle::attempt::SignIn;
use crate::accounts::user::group::{self, Group, Permission};
use crate::accounts::user::model::User;
use crate::accounts::{invitation, second_factor};
use crate::clinic::assignment::Assignment;
use crate::clinic::details;
use crate::clinic::doctor::Doctor;
use crate::clinic::own_record;
use crate::clinic::patient::Patient;
use crate::clinic::patient_access;
use crate::clinic::patient_identifier::Identifier;
use crate::mail::queued::QueuedMail;
use crate::notes::addendum::Addendum;
use crate::notes::extensions as notes;
use crate::notes::note::Note;
use crate::notes::phrase::Phrase;
use crate::notes::template::NoteTemplate;
use crate::notes::visit::Visit;
use crate::resource::Registry;
use crate::resource::log::entry::LogEntry;
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment_type::AppointmentType;
use crate::scheduling::extensions;
use crate::scheduling::feed::model::CalendarFeed;
use crate::scheduling::holiday::Holiday;
use crate::scheduling::offer::model::AppointmentOffer;
use crate::scheduling::outside_calendar::model::OutsideCalendar;
use crate::scheduling::reminder::rule::ReminderRule;
use crate::scheduling::room::Room;
use crate::scheduling::schedule_exception::ScheduleException;
use crate::scheduling::site::Site;
use crate::scheduling::waiting_list::model::WaitingEntry;
use crate::scheduling::waiting_list::offering;
use crate::scheduling::working_hours::WorkingHours;
use crate::web::page::extension::{RecordExtension, TodayCards};
use crate::web::page::panel::{Panel, SetUpStep};
use crate::{admin, mail};

/// Every resource of the product. A new one is one line here.
pub fn registry() -> Registry {
    Registry::default()
        .with::<Patient>()
        .with::<Doctor>()
        .with::<Assignment>()
        .with::<Identifier>()
        .with::<Appointment>()
        .with::<AppointmentType>()
        .with::<WaitingEntry>()
        .with::<AppointmentOffer>()
        .with::<WorkingHours>()
        .with::<ScheduleException>()
        .with::<Holiday>()
        .with::<Room>()
        .with::<Site>()
        .with::<ReminderRule>()
        .with::<CalendarFeed>()
        .with::<OutsideCalendar>()
        .with::<Visit>()
        .with::<Note>()
        .with::<Addendum>()
        .with::<NoteTemplate>()
        .with::<Phrase>()
        .with::<User>()
        .with::<Group>()
        .with::<Permission>()
        .with::<Session>()
        .with::<SignIn>()
        .with::<Identity>()
        .with::<ApiToken>()
        .with::<LogEntry>()
        .with::<QueuedMail>()
        .requiring(group::default_group)
        .asking(patient_access::QUESTION)
        .with_guests(own_record::is_for)
        .delivering(mail::message::deliver)
}

/// What areas add to the administration's first page.
pub fn panels() -> Vec<Panel> {
    vec![admin::system::PANEL, mail::panel::PANEL, throttle::attempt::PANEL]
}

/// What is left to do for a new clinic, in this order.
pub fn set_up_steps() -> Vec<SetUpStep> {
    vec![
        details::model::NAME_STEP,
        details::model::TIME_ZONE_STEP,
        mail::panel::STEP,
        second_factor::STEP,
        invitation::STEP,
        admin::system::BACKUP_STEP,
    ]
}

/// What areas add to the pages of records.
pub fn record_extensions() -> Vec<RecordExtension> {
    vec![
        extensions::OF_PATIENT,
        extensions::OF_DOCTOR,
        extensions::OF_APPOINTMENT,
        offering::OF_ENTRY,
        notes::OF_PATIENT,
        notes::OF_APPOINTMENT,
    ]
}

/// What the start page shows first.
pub fn today_cards() -> Vec<TodayCards> {
    vec![extensions::TODAY, notes::TODAY]
}

/// What a user's profile shows beside their name, in this order.
pub fn profile_cards() -> ProfileCards {
    ProfileCards(vec![card::PASSWORD, card::SECOND_STEP, card::IDENTITIES, card::SESSIONS, card::TOKENS, card::ACCOUNT])
}
