//! `karat import` of the same table in each format, beside the bare loop that decodes the file and puts every
//! field into one table of SQLite.

use crate::workspace::{Workspace, remove_database};
use crate::{Bench, alone, beside, rows, run};
use color_eyre::eyre::Result;
use std::process::Command;

/// How fast an import is at least, in the share of the bare loop's speed.
const BOUND: f64 = 0.7;

pub(crate) fn measure(bench: &Bench) -> Result<()> {
    let workspace = Workspace::new(bench);
    for extension in ["csv", "parquet", "arrow"] {
        let file = rows::table(bench, extension)?;
        let insert = || {
            let db = bench.dir.join("bare.db");
            remove_database(&db);
            let run = run::run(Command::new(std::env::current_exe()?).arg("insert").arg(&file).arg(&db));
            remove_database(&db);
            run
        };
        let [floor, karat] = bench.in_turn([&insert, &|| workspace.import(&file)])?;
        beside(&format!("import of {extension}"), karat, floor, BOUND);
    }
    for extension in ["jsonl", "xlsx"] {
        let file = rows::table(bench, extension)?;
        let [karat] = bench.in_turn([&|| workspace.import(&file)])?;
        alone(&format!("import of {extension}"), karat);
    }
    Ok(())
}
