//! What came of the race, as a table.

use std::collections::BTreeMap;
use std::time::Duration;

use diesel::QueryResult;

use super::Race;
use super::clients::Answer;
use crate::db::Connection;
use crate::db::sql::Sql;
use crate::english::plural;
use crate::scheduling::appointment::claims;

pub struct Outcome {
    slots: u32,
    clients: u32,
    servers: u32,
    pub took: Duration,
    /// How many times were won by so many clients.
    winners: BTreeMap<usize, u32>,
    /// Rounds for any doctor: how many there were, how many had as many winners as doctors were free, and all of these.
    anybody: (u32, u32, i64),
    statuses: BTreeMap<u16, u64>,
    times: Vec<Duration>,
}

/// What the database has in the end.
pub struct Stored {
    appointments: i64,
    overlaps: i64,
    differences: i64,
}

pub fn stored(c: &mut Connection) -> QueryResult<Stored> {
    let counted = Sql::new("SELECT count(*) FROM appointments").load_ids(c)?;
    Ok(Stored {
        appointments: counted.first().copied().unwrap_or_default(),
        overlaps: claims::overlaps(c)?,
        differences: claims::differences(c)?,
    })
}

impl Outcome {
    pub fn new(race: &Race) -> Self {
        let (slots, clients, servers) = (race.slots, race.clients, race.servers);
        Self {
            slots,
            clients,
            servers,
            took: Duration::ZERO,
            winners: BTreeMap::new(),
            anybody: (0, 0, 0),
            statuses: BTreeMap::new(),
            times: Vec::new(),
        }
    }

    /// The answers to those who wanted one time.
    pub fn add(&mut self, answers: Vec<Answer>) {
        let won = answers.iter().filter(|(status, _)| *status == 201).count();
        *self.winners.entry(won).or_default() += 1;
        self.note(answers);
    }

    /// The answers to those who wanted any of the doctors who are free at one time.
    pub fn add_anybody(&mut self, free: usize, answers: Vec<Answer>) {
        let won = answers.iter().filter(|(status, _)| *status == 201).count();
        let (rounds, sound, places) = &mut self.anybody;
        *rounds += 1;
        *sound += u32::from(won == free);
        *places += free as i64;
        self.note(answers);
    }

    fn note(&mut self, answers: Vec<Answer>) {
        for (status, time) in answers {
            *self.statuses.entry(status).or_default() += 1;
            self.times.push(time);
        }
    }

    /// Prints the table. An error if anything but one winner for each time came of it.
    pub fn report(mut self, stored: Stored) -> Result<(), String> {
        self.times.sort_unstable();
        let of = |status: fn(u16) -> bool| self.statuses.iter().filter(|(own, _)| status(**own)).map(|(_, count)| count).sum::<u64>();
        let (refused, failed) = (of(|status| matches!(status, 400 | 409)), of(|status| !matches!(status, 201 | 400 | 409)));
        let at = |percent: usize| self.times.get(self.times.len().saturating_sub(1) * percent / 100).map_or(0, Duration::as_millis);
        let one = self.winners.get(&1).copied().unwrap_or(0);
        let line = |name: &str, text: String| say!("{name:<24} {text}");
        line("Times", self.slots.to_string());
        line("Clients for each", format!("{} on {}", self.clients, plural(self.servers.into(), "server", "servers")));
        line("Requests", format!("{} in {:.1} s", self.times.len(), self.took.as_secs_f64()));
        line("One winner", format!("{one} of {}", self.slots));
        let (rounds, sound, places) = self.anybody;
        line("Any doctor", format!("{sound} of {} with one winner for each doctor", plural(rounds.into(), "round", "rounds")));
        line("Refused", refused.to_string());
        line("Errors", failed.to_string());
        line("Appointments stored", stored.appointments.to_string());
        line("Overlaps", stored.overlaps.to_string());
        line("Claims without a rule", stored.differences.to_string());
        line("Answer", format!("median {} ms, 99th percentile {} ms, slowest {} ms", at(50), at(99), at(100)));
        if failed > 0 {
            let statuses: Vec<String> = self.statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
            line("Answers by status", statuses.join(", "));
        }
        let is_sound = one == self.slots && sound == rounds && failed == 0;
        let is_sound = is_sound && stored.appointments == i64::from(self.slots) + places;
        if is_sound && stored.overlaps == 0 && stored.differences == 0 { Ok(()) } else { Err("the race was lost".into()) }
    }
}
