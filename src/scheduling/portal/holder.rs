//! Who a patient is on their own pages: an account, or a link in an email. Both see one person's appointments, and nothing else.

use diesel::prelude::*;

use super::link::{self, Purpose};
use crate::db::schema::{appointments, patients};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::error::{AppError, AppResult};
use crate::resource::Actor;
use crate::scheduling::appointment::state::State;
use crate::scheduling::messages::contact::Contact;
use crate::scheduling::messages::occasion::Occasion;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

/// A patient on their own pages.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Whose name the log has.
    pub actor: Actor,
    pub patient_id: i64,
    pub zone: Zone,
    /// Where these pages begin: `/my/appointments/7`, `/visits/…`.
    pub base: String,
    pub is_signed_in: bool,
}

impl Holder {
    /// The patient whose account this is.
    pub async fn of_account(visit: &Visit, user: &CurrentUser, base: String) -> AppResult<Self> {
        let (actor, id) = (by_account(user), user.id);
        let own = visit.app.db.read(move |c| {
            let own = patients::table.filter(patients::user_id.eq(id)).filter(patients::deleted_at.is_null());
            Ok::<_, AppError>(own.select(patients::id).first::<i64>(c).optional()?)
        });
        let patient_id = own.await?.ok_or(AppError::NotFound)?;
        Ok(Self { actor, patient_id, zone: visit.zone(), base, is_signed_in: true })
    }

    /// The patient who has this link. What it is for is returned as well.
    pub async fn of_link(visit: &Visit, token: &str) -> AppResult<(Self, Purpose)> {
        let (app, secret) = (visit.app.clone(), token.to_string());
        let found = visit.app.db.read(move |c| {
            let Some(link) = link::find(c, &secret, app.now())? else { return Ok::<_, AppError>(None) };
            let known = patients::table.find(link.patient_id).filter(patients::deleted_at.is_null()).select(patients::name);
            let Some(name) = known.first::<String>(c).optional()? else { return Ok(None) };
            let clinic = app.clinic_zone();
            let zone = Contact::find(c, link.patient_id, &clinic)?.map_or(clinic, |contact| contact.zone);
            Ok(Some((link, name, zone)))
        });
        let (link, name, zone) = found.await?.ok_or(AppError::LinkEnded)?;
        let base = match link.purpose {
            Purpose::Appointment(_) => format!("/visits/{token}"),
            Purpose::Offer(_) => format!("/offers/{token}"),
        };
        let holder = Self { actor: by_link(&name), patient_id: link.patient_id, zone, base, is_signed_in: false };
        Ok((holder, link.purpose))
    }

    /// An appointment of theirs, that is not in the trash. The one of somebody else does not exist.
    pub fn occasion(&self, c: &mut Connection, id: i64, clinic: &Zone) -> QueryResult<Option<Occasion>> {
        let own = appointments::table.filter(appointments::id.eq(id)).filter(appointments::patient_id.eq(self.patient_id));
        let is_own = own.filter(appointments::deleted_at.is_null()).select(appointments::id).first::<i64>(c).optional()?.is_some();
        if is_own { Occasion::find(c, id, clinic) } else { Ok(None) }
    }
}

/// A user who acts for themselves. These pages decide what they may do; their permissions are about the records of others.
fn by_account(user: &CurrentUser) -> Actor {
    Actor { is_staff: true, is_superuser: true, permissions: Default::default(), acts_for_self: true, ..user.to_actor() }
}

/// Who acts through a link, as the log names them.
fn by_link(name: &str) -> Actor {
    let name = format!("{name} (by a link in an email)");
    Actor { username: name.clone(), name, acts_for_self: true, ..Actor::system() }
}

/// A patient and the appointment that their page is about.
pub struct Ticket {
    pub holder: Holder,
    pub id: i64,
}

impl Ticket {
    pub async fn of_account(visit: &Visit, user: &CurrentUser, id: i64) -> AppResult<Self> {
        Ok(Self { holder: Holder::of_account(visit, user, format!("/my/appointments/{id}")).await?, id })
    }

    pub async fn of_link(visit: &Visit, token: &str) -> AppResult<Self> {
        match Holder::of_link(visit, token).await? {
            (holder, Purpose::Appointment(id)) => Ok(Self { holder, id }),
            _ => Err(AppError::LinkEnded),
        }
    }

    /// Whether they may ask for another time instead: by a link once the appointment is cancelled.
    pub async fn check_over(&self, visit: &Visit) -> AppResult<()> {
        let occasion = self.load(visit).await?;
        let is_over = self.holder.is_signed_in || occasion.state == State::Cancelled;
        if is_over { Ok(()) } else { Err(AppError::Conflict("Cancel this appointment before you look for another time.")) }
    }

    /// The appointment now.
    pub async fn load(&self, visit: &Visit) -> AppResult<Occasion> {
        let (holder, id, clinic) = (self.holder.clone(), self.id, visit.app.clinic_zone());
        let found = visit.app.db.read(move |c| Ok::<_, AppError>(holder.occasion(c, id, &clinic)?)).await?;
        found.ok_or(if self.holder.is_signed_in { AppError::NotFound } else { AppError::LinkEnded })
    }
}

/// Until when a link to an appointment works: a day after it ends.
pub fn expiry(ends_at: UtcDateTime) -> UtcDateTime {
    ends_at.plus(time::Duration::days(1))
}
