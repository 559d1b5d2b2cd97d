//! Bulk actions for users: deactivating, activating, adding to a group.

use diesel::QueryResult;

use crate::accounts::user::group::Group;
use crate::db::Connection;
use crate::resource::Resource;
use crate::resource::access::actor::Actor;
use crate::resource::access::permissions::outranks;
use crate::resource::declare::bulk_action::BulkAction;
use crate::resource::declare::reference::OnDelete;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Field, FormErrors, Kind, Row, Value, Values, field};

pub const BULK_ACTIONS: &[BulkAction] = &[
    BulkAction {
        name: "deactivate",
        label: "Deactivate",
        title: "Deactivate {}",
        done: "deactivated and signed out",
        about: "Users are signed out everywhere and cannot sign in until they are activated again. Nothing is deleted.",
        icon: "lock",
        permissions: &["user.change"],
        reject: |c, actor, row| match is_active(row) {
            _ if row.id == actor.id => Ok(Some("You cannot deactivate your own account.".into())),
            true => touchable(c, actor, row),
            false => Ok(Some("Already inactive.".into())),
        },
        apply: |c, writer, resource, row, _| set_active(c, writer, resource, row, false),
        on_record: true,
        is_dangerous: true,
        ..BulkAction::blank()
    },
    BulkAction {
        name: "activate",
        label: "Activate",
        title: "Activate {}",
        done: "activated",
        about: "Users can sign in again with their old password.",
        icon: "check",
        permissions: &["user.change"],
        reject: |c, actor, row| if is_active(row) { Ok(Some("Already active.".into())) } else { touchable(c, actor, row) },
        apply: |c, writer, resource, row, _| set_active(c, writer, resource, row, true),
        on_record: true,
        ..BulkAction::blank()
    },
    BulkAction {
        name: "join",
        label: "Add to a group",
        title: "Add {} to a group",
        done: "added to the group",
        about: "Users get the permissions of the group in addition to their own.",
        icon: "group",
        permissions: &["user.change", "group.view"],
        inputs: || vec![group()],
        reject: touchable,
        apply: join,
        ..BulkAction::blank()
    },
];

fn group() -> Field {
    field("Group").named("group").kind(Kind::Integer).references::<Group>(OnDelete::Cascade)
}

fn is_active(row: &Row) -> bool {
    row.values.at("is_active") == &Value::Bool(true)
}

/// The same rule as for changing one account, checked beforehand.
fn touchable(c: &mut Connection, actor: &Actor, row: &Row) -> QueryResult<Option<String>> {
    if row.values.at("is_superuser") == &Value::Bool(true) && !actor.is_superuser {
        return Ok(Some("Only a superuser can change a superuser.".into()));
    }
    Ok((!outranks(c, actor, row.id)?).then(|| "This account has permissions that you do not have.".into()))
}

fn set_active(c: &mut Connection, writer: &Writer, resource: &Resource, row: &Row, active: bool) -> Result<(), WriteError> {
    let values = [("is_active", Value::Bool(active))].into_iter().collect();
    writer.update(c, resource, row.id, values, FormErrors::default(), None).map(|_| ())
}

fn join(c: &mut Connection, writer: &Writer, resource: &Resource, row: &Row, values: &Values) -> Result<(), WriteError> {
    // Lists leave out values stored in other tables.
    let whole = resource.find(c, row.id, Some(writer.actor))?.ok_or(WriteError::NotFound)?;
    let mut ids = if let Value::Many(ids) = whole.values.at("groups") { ids.clone() } else { Vec::new() };
    ids.extend(values.at("group").as_id().filter(|id| !ids.contains(id)));
    ids.sort_unstable();
    let values = [("groups", Value::Many(ids))].into_iter().collect();
    writer.update(c, resource, row.id, values, FormErrors::default(), None).map(|_| ())
}
