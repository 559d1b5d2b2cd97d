//! How long deleted records are kept.

use crate::app::App;
use crate::db::{UtcDateTime, Zone};

/// The last day on which what was deleted at this instant is still there; `None` where it is kept.
pub fn kept_until(app: &App, zone: &Zone, deleted: UtcDateTime) -> Option<String> {
    let days = app.settings.trash_days;
    (days > 0).then(|| zone.show_date(zone.date(deleted.plus(time::Duration::days(days)))))
}
