//! The routes of patients. By an account they need a record that belongs to it; by a link, the secret in the address.

use actix_web::web::Path;

use super::holder::{Holder, Ticket};
use super::link::Purpose;
use super::{moving, new_page, visit_page};
use crate::error::AppError;
use crate::scheduling::offer::answer_page;
use crate::scheduling::waiting_list::own_page;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::routing::access::Access::{Public, SignedIn};
use crate::web::routing::route::{Route, get, post};

pub fn routes() -> Vec<Route> {
    let mut routes = of_accounts();
    routes.extend(of_links());
    routes
}

fn of_accounts() -> Vec<Route> {
    vec![
        get("/my/appointments/new", SignedIn, |v: Visit, u: CurrentUser| async move {
            let holder = Holder::of_account(&v, &u, "/my/appointments".into()).await?;
            new_page::new(v, holder).await
        }),
        post("/my/appointments/new", SignedIn, |v: Visit, u: CurrentUser, f: PostedForm| async move {
            let holder = Holder::of_account(&v, &u, "/my/appointments".into()).await?;
            new_page::create(v, holder, f).await
        }),
        post("/my/appointments/wait", SignedIn, |v: Visit, u: CurrentUser, f: PostedForm| async move {
            let holder = Holder::of_account(&v, &u, "/my/appointments".into()).await?;
            own_page::create(v, holder, f).await
        }),
        get("/my/waiting/{id}", SignedIn, |v: Visit, u: CurrentUser, id: Path<i64>| async move {
            let holder = Holder::of_account(&v, &u, format!("/my/waiting/{id}")).await?;
            own_page::show(v, holder, *id).await
        }),
        post("/my/waiting/{id}/end", SignedIn, |v: Visit, u: CurrentUser, id: Path<i64>| async move {
            let holder = Holder::of_account(&v, &u, "/my/appointments".into()).await?;
            own_page::end(v, holder, *id).await
        }),
        get("/my/appointments/{id}", SignedIn, |v: Visit, u: CurrentUser, id: Path<i64>| async move {
            let ticket = Ticket::of_account(&v, &u, *id).await?;
            visit_page::show(v, ticket).await
        }),
        post("/my/appointments/{id}/confirm", SignedIn, |v: Visit, u: CurrentUser, id: Path<i64>| async move {
            let ticket = Ticket::of_account(&v, &u, *id).await?;
            visit_page::confirm(v, ticket).await
        }),
        post("/my/appointments/{id}/cancel", SignedIn, |v: Visit, u: CurrentUser, id: Path<i64>, f: PostedForm| async move {
            let ticket = Ticket::of_account(&v, &u, *id).await?;
            visit_page::cancel(v, ticket, f).await
        }),
        get("/my/appointments/{id}/move", SignedIn, |v: Visit, u: CurrentUser, id: Path<i64>| async move {
            let ticket = Ticket::of_account(&v, &u, *id).await?;
            moving::edit(v, ticket).await
        }),
        post("/my/appointments/{id}/move", SignedIn, |v: Visit, u: CurrentUser, id: Path<i64>, f: PostedForm| async move {
            let ticket = Ticket::of_account(&v, &u, *id).await?;
            moving::update(v, ticket, f).await
        }),
        get("/my/offers/{id}", SignedIn, |v: Visit, u: CurrentUser, id: Path<i64>| async move {
            let holder = Holder::of_account(&v, &u, format!("/my/offers/{id}")).await?;
            answer_page::show(v, holder, *id).await
        }),
        post("/my/offers/{id}", SignedIn, |v: Visit, u: CurrentUser, id: Path<i64>, f: PostedForm| async move {
            let holder = Holder::of_account(&v, &u, format!("/my/offers/{id}")).await?;
            answer_page::create(v, holder, *id, f).await
        }),
    ]
}

fn of_links() -> Vec<Route> {
    vec![
        get("/visits/{token}", Public, |v: Visit, token: Path<String>| async move {
            let ticket = Ticket::of_link(&v, &token).await?;
            visit_page::show(v, ticket).await
        }),
        post("/visits/{token}/confirm", Public, |v: Visit, token: Path<String>| async move {
            let ticket = Ticket::of_link(&v, &token).await?;
            visit_page::confirm(v, ticket).await
        }),
        post("/visits/{token}/cancel", Public, |v: Visit, token: Path<String>, f: PostedForm| async move {
            let ticket = Ticket::of_link(&v, &token).await?;
            visit_page::cancel(v, ticket, f).await
        }),
        get("/visits/{token}/move", Public, |v: Visit, token: Path<String>| async move {
            let ticket = Ticket::of_link(&v, &token).await?;
            moving::edit(v, ticket).await
        }),
        post("/visits/{token}/move", Public, |v: Visit, token: Path<String>, f: PostedForm| async move {
            let ticket = Ticket::of_link(&v, &token).await?;
            moving::update(v, ticket, f).await
        }),
        get("/visits/{token}/new", Public, |v: Visit, token: Path<String>| async move {
            let ticket = Ticket::of_link(&v, &token).await?;
            new_page::new(v, ticket.holder).await
        }),
        post("/visits/{token}/new", Public, |v: Visit, token: Path<String>, f: PostedForm| async move {
            let ticket = Ticket::of_link(&v, &token).await?;
            ticket.check_over(&v).await?;
            new_page::create(v, ticket.holder, f).await
        }),
        post("/visits/{token}/wait", Public, |v: Visit, token: Path<String>, f: PostedForm| async move {
            let ticket = Ticket::of_link(&v, &token).await?;
            ticket.check_over(&v).await?;
            own_page::create(v, ticket.holder, f).await
        }),
        get("/offers/{token}", Public, |v: Visit, token: Path<String>| async move {
            let (holder, id) = offered(&v, &token).await?;
            answer_page::show(v, holder, id).await
        }),
        post("/offers/{token}", Public, |v: Visit, token: Path<String>, f: PostedForm| async move {
            let (holder, id) = offered(&v, &token).await?;
            answer_page::create(v, holder, id, f).await
        }),
    ]
}

/// The patient and the offer of a link.
async fn offered(visit: &Visit, token: &str) -> Result<(Holder, i64), AppError> {
    match Holder::of_link(visit, token).await? {
        (holder, Purpose::Offer(id)) => Ok((holder, id)),
        _ => Err(AppError::LinkEnded),
    }
}
