//! Whether the API matches its description: schemathesis with all of its checks.

use std::process::Command;

use crate::stories;
use crate::support::Clinic;
use crate::support::binary::{praxis, told};
use crate::support::database::Backend;
use crate::support::people::{PASSWORD, Rights};
use crate::support::tools;

stories![Schemathesis: the_api_keeps_to_its_description];

/// The same requests each time; another seed gives others.
const SEED: &str = "20261121";

async fn the_api_keeps_to_its_description(clinic: Clinic) {
    // The description does not depend on the database, and the run takes half a minute. Differences between the databases are
    // covered by the other stories, which run on both.
    if clinic.backend != Backend::Sqlite {
        return;
    }
    let settings = [("API_DOCS", "public"), ("API_RATE", "off"), ("API_ANONYMOUS_RATE", "off")];
    let clinic = Clinic::open_with(clinic.backend, &settings).await;
    let filled = praxis(&clinic.database, &["demo", "--patients", "120", "--doctors", "120"], &[], "");
    assert!(filled.status.success(), "{}", told(&filled));
    clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    let url = format!("http://{}", clinic.address);
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/schemathesis");
    let folder = clinic.database.folder.path().to_path_buf();
    let asked = actix_web::web::block(move || {
        Command::new(tools::find("schemathesis").expect("schemathesis"))
            .args(["--config-file", &format!("{here}/schemathesis.toml"), "run", &format!("{url}/api/schema/")])
            .args(["--checks", "all", "--seed", SEED, "--no-color"])
            .current_dir(folder)
            .envs([
                ("PYTHONPATH", here),
                ("PYTHONHASHSEED", "0"),
                ("PYTHONDONTWRITEBYTECODE", "1"),
                ("SCHEMATHESIS_HOOKS", "hooks"),
                ("PRAXIS_URL", url.as_str()),
                ("PRAXIS_USER", "ada"),
                ("PRAXIS_PASSWORD", PASSWORD),
            ])
            .output()
    });
    let output = asked.await.expect("an end").expect("schemathesis");
    assert!(output.status.success(), "{}", told(&output));
    clinic.server.stop(false).await;
}
