//! How long deleted records are stored.

use crate::app::App;
use crate::db::{UtcDateTime, Zone};

/// The last day on which a record deleted at this instant can be restored; `None` if there is no limit.
pub fn kept_until(app: &App, zone: &Zone, deleted: UtcDateTime) -> Option<String> {
    let days = app.settings.trash_days;
    (days > 0).then(|| zone.show_date(zone.date(deleted.plus(time::Duration::days(days)))))
}
