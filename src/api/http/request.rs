//! A request that has passed the checks of its route: the caller, and the body.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::body::Body;
use super::caller::Caller;
use super::error::ApiError;
use crate::api::state::State;
use crate::resource::{Actor, FormData};

pub struct Call {
    pub request: HttpRequest,
    pub app: Data<State>,
    /// `None` on a public route.
    pub caller: Option<Caller>,
    pub body: Body,
}

impl Call {
    /// The caller. Never fails on a route that is not public.
    pub fn caller(&self) -> Result<&Caller, ApiError> {
        self.caller.as_ref().ok_or_else(ApiError::not_authenticated)
    }

    pub fn actor(&self) -> Result<Arc<Actor>, ApiError> {
        Ok(self.caller()?.actor.clone())
    }

    /// The id of the record in the address. [`ApiError::not_found`] if it is not a number.
    pub fn id(&self) -> Result<i64, ApiError> {
        self.request.match_info().query("id").parse().map_err(|_| ApiError::not_found())
    }

    /// The parameters of the address.
    pub fn query(&self) -> Result<FormData, ApiError> {
        FormData::parse(self.request.query_string().as_bytes()).ok_or_else(|| ApiError::malformed("The address has too many parameters."))
    }
}
