//! How long each trial took: with `PRAXIS_TEST_SLOWEST=20` the run ends with the twenty slowest and with sums by kind.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

struct Measured {
    name: String,
    kind: String,
    took: Duration,
}

static MEASURED: Mutex<Vec<Measured>> = Mutex::new(Vec::new());

thread_local! {
    /// How long the story of this thread waited for its turn: that is no time of its own.
    static WAITED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Measures from its start until it is dropped, so that a trial that fails is counted as well.
pub struct Stopwatch {
    name: String,
    kind: String,
    begun: Instant,
}

impl Stopwatch {
    pub fn start(name: &str, kind: String) -> Self {
        WAITED.set(Duration::ZERO);
        Self { name: name.into(), kind, begun: Instant::now() }
    }
}

impl Drop for Stopwatch {
    fn drop(&mut self) {
        let took = self.begun.elapsed().saturating_sub(WAITED.get());
        let measured = Measured { name: std::mem::take(&mut self.name), kind: std::mem::take(&mut self.kind), took };
        MEASURED.lock().unwrap_or_else(PoisonError::into_inner).push(measured);
    }
}

/// Leaves a wait for other stories out of the time of this one.
pub async fn leave_out<T>(wait: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = wait.await;
    WAITED.set(WAITED.get() + begun.elapsed());
    done
}

/// Prints what `PRAXIS_TEST_SLOWEST` asks for, after the last trial.
pub fn report() {
    let Some(count) = std::env::var("PRAXIS_TEST_SLOWEST").ok().and_then(|count| count.parse::<usize>().ok()) else { return };
    let mut measured = MEASURED.lock().unwrap_or_else(PoisonError::into_inner);
    measured.sort_by_key(|one| std::cmp::Reverse(one.took));
    println!("the slowest, in seconds:");
    for one in measured.iter().take(count) {
        println!("{:8.2}  {}", one.took.as_secs_f64(), one.name);
    }
    let mut sums: BTreeMap<&str, (usize, Duration)> = BTreeMap::new();
    for one in measured.iter() {
        let (trials, took) = sums.entry(&one.kind).or_default();
        (*trials, *took) = (*trials + 1, *took + one.took);
    }
    println!("together, by kind:");
    for (kind, (trials, took)) in sums {
        println!("{:8.2}  {trials} × {kind}", took.as_secs_f64());
    }
}
