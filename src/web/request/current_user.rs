//! The current user. The session store loads the user with the session; here they become part of the request.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::error::AppError;
use crate::resource::Actor;

/// The signed-in user. A handler that takes one cannot run without.
#[derive(Clone)]
pub struct CurrentUser(Rc<Actor>);

impl Deref for CurrentUser {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl CurrentUser {
    pub fn new(actor: Actor) -> Self {
        Self(Rc::new(actor))
    }

    /// The current user, if somebody is signed in.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// For the threads that do blocking work.
    pub fn to_actor(&self) -> Actor {
        Actor::clone(&self.0)
    }
}

impl FromRequest for CurrentUser {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or(AppError::SignInFirst))
    }
}
