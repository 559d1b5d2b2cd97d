//! Binding a form that is not a record.

use actix_web::web::Data;

use crate::app::App;
use crate::error::AppResult;
use crate::resource::form::bind::{Binder, BoundForm};
use crate::resource::{Actor, Field, FormData, FormErrors};

/// Fields that belong to no record, ready to be rendered.
pub async fn bind(app: &Data<App>, fields: Vec<Field>, typed: FormData, errors: FormErrors) -> AppResult<BoundForm> {
    let data = app.clone();
    app.db
        .read(move |c| {
            let nobody = Actor::system();
            let binder = Binder::new(&data.registry, &nobody, &data.clinic_zone());
            Ok(binder.bind(c, &[("", fields.iter().collect())], &typed, &errors)?)
        })
        .await
}
