//! The cases to look at, as CSV.

use crate::domain::versions::{Case, Output, Said, Version, Versions};
use crate::export::format::csv_row;
use color_eyre::eyre::Result;
use std::io::{BufWriter, Write, stdout};

/// The columns of a case, then those of its output in A, then in B.
const OF_CASE: [&str; 3] = ["case", "result", "basis"];
const OF_OUTPUT: [&str; 4] = ["id", "verdict", "categories", "reviewer"];

/// Prints the cases whose verdict changed, then those without a verdict in both, then those of one
/// version alone.
pub(super) fn print(versions: &Versions) -> Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    let sides = ["a", "b"].into_iter().flat_map(|side| OF_OUTPUT.map(|name| format!("{side}_{name}")));
    let heads = OF_CASE.map(str::to_owned).into_iter().chain(sides);
    let changed = versions.changed().map(|(case, result, basis)| row(case, result.as_str(), basis.as_str()));
    let unpaired = ["undecided", "only in a", "only in b"].into_iter().flat_map(|wanted| {
        let found = versions.cases.iter().filter(move |case| unpaired(case) == Some(wanted));
        found.map(move |case| row(case, wanted, ""))
    });
    let mut line = Vec::new();
    for row in [heads.collect()].into_iter().chain(changed).chain(unpaired) {
        line.clear();
        csv_row(row, &mut line);
        out.write_all(&line)?;
    }
    Ok(out.flush()?)
}

/// Why the case is in no pair.
fn unpaired(case: &Case) -> Option<&'static str> {
    match case.said() {
        Said::Undecided(_) => Some("undecided"),
        Said::Only(Version::A) => Some("only in a"),
        Said::Only(Version::B) => Some("only in b"),
        Said::Judged { .. } => None,
    }
}

fn row(case: &Case, result: &str, basis: &str) -> Vec<String> {
    let of_case = [case.name.clone(), result.to_owned(), basis.to_owned()];
    of_case.into_iter().chain(case.outputs.iter().flat_map(|output| cells(output.as_ref()))).collect()
}

/// The cells under [`OF_OUTPUT`].
fn cells(output: Option<&Output>) -> [String; 4] {
    let Some(Output { id, judged, .. }) = output else { return Default::default() };
    let of = |told: &dyn Fn(&crate::domain::versions::Judged) -> String| judged.as_ref().map(told).unwrap_or_default();
    [
        id.to_string(),
        of(&|judged| judged.verdict().as_str().to_owned()),
        of(&|judged| judged.remarks.categories.join(";")),
        of(&|judged| judged.reviewer.to_string()),
    ]
}
