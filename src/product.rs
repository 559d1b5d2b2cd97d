//! Everything that the product consists of: one line for each resource, administration page, panel and profile card.

use crate::accounts::api_token::model::ApiToken;
use crate::accounts::identity::model::Identity;
use crate::accounts::profile::card::{self, ProfileCards};
use crate::accounts::session::model::Session;
use crate::accounts::throttle::attempt::SignIn;
use crate::accounts::user::group::{self, Group, Permission};
use crate::accounts::user::model::User;
use crate::accounts::{registration, throttle};
use crate::clinic::doctor::Doctor;
use crate::clinic::mapping::Assignment;
use crate::clinic::patient::Patient;
use crate::mail::queued::QueuedMail;
use crate::resource::Registry;
use crate::resource::log::entry::LogEntry;
use crate::web::site::Site;
use crate::{admin, mail};

/// Every resource of the product. A new one is one line here.
pub fn registry() -> Registry {
    Registry::default()
        .with::<Patient>()
        .with::<Doctor>()
        .with::<Assignment>()
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
}

/// The pages and panels that areas add to the administration. A new page is one line here and its route in `routes.rs`.
pub fn site() -> Site {
    Site {
        pages: vec![registration::admin_page::PAGE, admin::system::PAGE],
        panels: vec![admin::system::PANEL, mail::panel::PANEL, throttle::attempt::PANEL],
    }
}

/// What a user's profile shows beside their name, in this order.
pub fn profile_cards() -> ProfileCards {
    ProfileCards(vec![card::PASSWORD, card::SECOND_STEP, card::IDENTITIES, card::SESSIONS, card::TOKENS, card::ACCOUNT])
}
