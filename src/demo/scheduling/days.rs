//! How many visits there are on each day: more on Mondays than on Fridays, and fewer the further ahead.

use time::{Date, Weekday};

use super::Period;

/// Days on which a doctor usually sees patients, of all days.
const WORKED: f64 = 0.65;
/// Where there are few appointments, the weeks around today have so many times more of them, at most.
const MOST_AROUND_TODAY: f64 = 12.0;
/// From so many a day and doctor on, they are spread evenly.
const ENOUGH: f64 = 4.0;

/// The number of appointments for each day of the period, together `total`.
pub fn targets(period: &Period, duty: &[Date], closed: &[Date], doctors: usize, total: u64) -> Vec<(Date, u64)> {
    let days: Vec<Date> = period.days().collect();
    let density = total as f64 / (days.len() as f64 * WORKED * doctors.max(1) as f64);
    let around_today = (ENOUGH / density.max(0.01)).clamp(1.0, MOST_AROUND_TODAY);
    let weights: Vec<f64> = days.iter().map(|day| weight(*day, period, duty, closed, around_today)).collect();
    let whole: f64 = weights.iter().sum();
    let (mut reached, mut given) = (0.0, 0);
    let mut share = |weight: f64| {
        reached += weight;
        let until = (total as f64 * reached / whole.max(f64::EPSILON)).round() as u64;
        let own = until.saturating_sub(given);
        given = until;
        own
    };
    days.iter().zip(weights).map(|(day, weight)| (*day, share(weight))).collect()
}

fn weight(day: Date, period: &Period, duty: &[Date], closed: &[Date], around_today: f64) -> f64 {
    let distance = (day - period.today).whole_days() as f64;
    let usual = match day.weekday() {
        _ if day == period.today => 1.0,
        _ if duty.binary_search(&day).is_ok() => 0.1,
        _ if closed.contains(&day) => 0.0,
        Weekday::Monday => 1.25,
        Weekday::Tuesday => 1.1,
        Weekday::Wednesday => 0.95,
        Weekday::Thursday => 1.05,
        Weekday::Friday => 0.85,
        Weekday::Saturday => 0.08,
        Weekday::Sunday => 0.0,
    };
    let trend = if distance < 0.0 {
        let grown = 1.0 + distance / 7_300.0;
        grown + (around_today - 1.0) * (distance / 90.0).exp()
    } else {
        // Most visits are booked within a few weeks.
        (-distance / 60.0).exp() * (1.0 + (around_today - 1.0) * (-distance / 30.0).exp())
    };
    usual * trend
}

/// How likely a time of this hour is taken, of those that the doctor offers.
pub fn is_popular(hour: i64) -> f64 {
    match hour {
        9..=10 => 1.0,
        11 | 14 | 15 => 0.85,
        8 | 16 => 0.75,
        12 | 13 => 0.6,
        _ => 0.45,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn the_days_have_all_appointments_together() {
        let period = Period::around(date!(2026 - 11 - 30), crate::db::UtcDateTime::midnight(date!(2026 - 11 - 30)));
        for (doctors, total) in [(50, 15_000), (60, 1_500_000), (5, 600)] {
            let targets = targets(&period, &[date!(2026 - 11 - 29)], &[date!(2026 - 12 - 25)], doctors, total);
            assert_eq!(targets.iter().map(|(_, count)| count).sum::<u64>(), total);
            let of = |day: Date| targets.iter().find(|(own, _)| *own == day).map_or(0, |(_, count)| *count);
            assert_eq!((of(date!(2026 - 12 - 25)), of(date!(2026 - 11 - 22))), (0, 0));
            assert!(of(date!(2026 - 11 - 30)) >= of(date!(2027 - 03 - 01)));
        }
    }
}
