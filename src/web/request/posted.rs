//! A posted form, read and checked by the middleware.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::error::AppError;
use crate::resource::FormData;

/// The values of a form with a valid token.
#[derive(Clone)]
pub struct PostedForm(pub Rc<FormData>);

/// A form that was refused, for the user to send again.
#[derive(Clone)]
pub struct RefusedForm {
    pub path: String,
    pub data: FormData,
    /// It came in parts, and can only be sent again so.
    pub in_parts: bool,
}

impl Deref for PostedForm {
    type Target = FormData;

    fn deref(&self) -> &FormData {
        &self.0
    }
}

impl FromRequest for PostedForm {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let posted = request.extensions().get::<PostedForm>().cloned();
        ready(posted.ok_or_else(|| AppError::internal("a form was asked for where none was read")))
    }
}
