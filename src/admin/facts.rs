//! The automatic and computed values of a record, shown beside its form.

use std::collections::BTreeMap;

use crate::error::{AppError, AppResult};
use crate::resource::declare::field::Mode;
use crate::resource::declare::widget::Widget;
use crate::resource::{Declaration, Field, Row};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

/// Label and text; blank values are left out, and a reference is shown by its label if the user may view it.
pub async fn list(visit: &Visit, user: &CurrentUser, declaration: &Declaration, row: &Row) -> AppResult<Vec<(&'static str, String)>> {
    let automatic: Vec<&Field> = declaration.fields.iter().filter(|field| matches!(field.mode, Mode::Automatic | Mode::Computed)).collect();
    let named = names(visit, user, &automatic, row).await?;
    let text = |field: &Field| match (field.widget, visit.app.registry.get(row.values.at(field.name).as_text())) {
        (Widget::ResourceName, Some(named)) => named.declaration().singular.into(),
        _ => named.get(field.name).cloned().unwrap_or_else(|| field.show(row.values.at(field.name), &visit.zone())),
    };
    Ok(automatic.into_iter().map(|field| (field.label, text(field))).filter(|(_, text)| !text.is_empty()).collect())
}

/// The labels of the records that these fields refer to.
async fn names(visit: &Visit, user: &CurrentUser, fields: &[&Field], row: &Row) -> AppResult<BTreeMap<&'static str, String>> {
    let meant = fields.iter().filter_map(|field| Some((field.name, field.reference?.resource, row.values.at(field.name).as_id()?)));
    let meant: Vec<(&'static str, &'static str, i64)> = meant.collect();
    if meant.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (app, actor) = (visit.app.clone(), user.to_actor());
    visit
        .app
        .db
        .read(move |c| {
            let name = |(field, resource, id)| Ok::<_, AppError>((field, app.registry.visible_label(c, &actor, resource, id)?));
            meant.into_iter().map(name).collect()
        })
        .await
}
