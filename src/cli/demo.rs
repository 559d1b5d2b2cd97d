//! `praxis demo`

use actix_web::web::Data;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::App;
use crate::demo::{APPOINTMENTS_EACH, Plan, fill};
use crate::english::plural;

#[derive(Args)]
pub struct Demo {
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=2_000_000))]
    patients: u32,
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    doctors: u32,
    /// Over five years and a half, 15 for each patient unless you say otherwise; fewer if the doctors have no time for so many
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=5_000_000))]
    appointments: Option<u32>,
    /// The seed: the same seed creates the same people
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Demo {
    pub async fn run(self, app: App) -> Result<(), String> {
        app.migrate()?;
        let app = Data::new(app);
        let hash = app.passwords.hash(crate::demo::PASSWORD.into()).await.map_err(|error| error.to_string())?;
        let appointments = self.appointments.unwrap_or(self.patients.saturating_mul(APPOINTMENTS_EACH));
        let plan = Plan { patients: self.patients, doctors: self.doctors, appointments, seed: self.seed };
        let bar = ProgressBar::new(plan.steps());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {eta}") {
            bar.set_style(style);
        }
        let (data, moved) = (app.clone(), bar.clone());
        let filled = app
            .db
            .write(move |c| fill(c, &data, &plan, &hash, &mut |step| moved.inc(step)))
            .await
            .map_err(|error: crate::demo::DemoError| error.to_string())?;
        bar.finish();
        say!(
            "Added {}, {} and {}. Sign in with the password {} as",
            plural(self.patients as i64, "patient", "patients"),
            plural(self.doctors as i64, "doctor", "doctors"),
            plural(filled.appointments as i64, "appointment", "appointments"),
            crate::demo::PASSWORD
        );
        for (usernames, what) in filled.sign_ins {
            say!("  {usernames:<23} {what}");
        }
        Ok(())
    }
}
