//! One request, with everything that its response needs.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::current_user::CurrentUser;
use crate::app::App;
use crate::db::Zone;
use crate::error::{AppError, AppResult};
use crate::web::site::Site;

/// One request, with everything that its response needs.
pub struct Visit {
    pub request: HttpRequest,
    pub app: web::Data<App>,
    pub site: web::Data<Site>,
    pub user: Option<CurrentUser>,
}

impl Visit {
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let app = request.app_data::<web::Data<App>>()?.clone();
        let site = request.app_data::<web::Data<Site>>()?.clone();
        Some(Self { request: request.clone(), app, site, user: CurrentUser::of(request) })
    }

    /// The time zone and date format of the user, or the clinic's.
    pub fn zone(&self) -> Zone {
        self.user.as_ref().map_or_else(|| self.app.clinic_zone(), |user| self.app.zone(user))
    }
}

impl FromRequest for Visit {
    type Error = AppError;
    type Future = Ready<AppResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(|| AppError::internal("no application")))
    }
}
