//! Who may use a route, for pages and for the API, and the one check of it.

use crate::app::App;
use crate::error::{AppError, READ_ONLY_VIEW};
use crate::resource::access::actor::Action;
use crate::resource::{Actor, Declaration};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    /// Anybody: the listed exception.
    Public,
    /// Anybody who is signed in, and anybody at all where a setting opens the description of the API.
    Description,
    /// Anybody who is signed in.
    SignedIn,
    /// Who holds the permission, by codename.
    Permission(&'static str),
    /// Who may do this with the resource of this name.
    Records(&'static str, Action),
    /// Who may open the administration.
    Staff,
    /// Who may open the administration and holds the permission.
    Administration(&'static str),
    /// Who may open the administration and do this with the resource that `{resource}` names.
    Resource(Action),
    /// A superuser, and not while they see Praxis as somebody else.
    Superuser,
}

/// Why somebody may not use a route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Denial {
    NotSignedIn,
    NotStaff,
    NoPermission,
    ReadOnlyView,
    NotSuperuser,
    /// There is no such resource.
    NotFound,
}

/// Checks a route for whoever is signed in. `named` is the resource in its address.
pub fn check(access: Access, actor: Option<&Actor>, app: &App, named: Option<&Declaration>) -> Result<(), Denial> {
    if access == Access::Public || (access == Access::Description && app.settings.api_docs_public) {
        return Ok(());
    }
    let actor = actor.ok_or(Denial::NotSignedIn)?;
    let needs_staff = matches!(access, Access::Staff | Access::Administration(_) | Access::Resource(_));
    if needs_staff && !actor.is_staff {
        return Err(Denial::NotStaff);
    }
    let allowed = match access {
        Access::Public | Access::Description | Access::SignedIn | Access::Staff => true,
        Access::Permission(codename) | Access::Administration(codename) => actor.can(codename),
        Access::Records(name, action) => app.registry.get(name).ok_or(Denial::NotFound)?.declaration().allows(actor, action),
        Access::Resource(action) => named.ok_or(Denial::NotFound)?.allows(actor, action),
        Access::Superuser if actor.impersonated_by.is_some() => return Err(Denial::ReadOnlyView),
        Access::Superuser if !actor.is_superuser => return Err(Denial::NotSuperuser),
        Access::Superuser => true,
    };
    match actor.impersonated_by {
        _ if allowed => Ok(()),
        Some(_) => Err(Denial::ReadOnlyView),
        None => Err(Denial::NoPermission),
    }
}

/// The same for a page. Whoever is here on their own behalf uses none of the staff's pages about records.
pub fn check_page(access: Access, actor: Option<&Actor>, app: &App, named: Option<&Declaration>) -> Result<(), Denial> {
    check(access, actor, app, named)?;
    let is_about_records = matches!(access, Access::Records(..)) || named.is_some();
    match actor {
        Some(actor) if is_about_records && app.registry.is_guest(actor) => Err(Denial::NotFound),
        _ => Ok(()),
    }
}

impl From<Denial> for AppError {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::NotSignedIn => Self::SignInFirst,
            Denial::NotStaff => Self::Forbidden("You do not have permission to use the administration area."),
            Denial::NoPermission => Self::Forbidden("You do not have permission to view this page."),
            Denial::ReadOnlyView => Self::Forbidden(READ_ONLY_VIEW),
            Denial::NotSuperuser => Self::Forbidden("Only superusers can do this."),
            Denial::NotFound => Self::NotFound,
        }
    }
}
