//! `[calibrate]`: golden examples among what is served, to see how often each reviewer is right.

use super::{Document, Section, TableReader};
use crate::domain::golden::Narrow;
use crate::domain::spec::{CalibrateTerms, Spec};
use crate::spec::change::{Change, Touched, value};
use crate::spec::name::shown;
use crate::spec::shape::{Form, Key, Shape};
use toml::Spanned;

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "calibrate",
        form: Form::Table,
        purpose: "Golden examples that are served among the items of the queue, as if they were new, to see how often each \
              reviewer comes to the verdict that is known to be right. What is decided on them is never of record.",
        keys: &[
            Key::required(
                "golden",
                "\"tag:starter\"",
                "which examples, narrowed as by `karat golden list --only`: `tag:TAG`, `verdict:accept`, `verdict:reject` or \
                 `verdict:escalate`, and words of their id, tags or why. An example whose item is still open is not among \
                 them",
            ),
            Key::required(
                "share",
                "0.03",
                "the share of what a reviewer is served, from 0 to 1, in whose place an example comes; 0: none does",
            ),
            Key::optional(
                "least",
                "20",
                "so many answers that are right or wrong are waited for before anything follows from them; 20 without the line",
            ),
            Key::optional(
                "pass",
                "0.8",
                "the share that should be right, between 0 and 1: the answers are weighed against it after each one; 0.8 \
             without the line",
            ),
            Key::optional(
                "otherwise",
                "\"pause\"",
                "what follows once the answers speak against that share a hundred to one: `pause` (the reviewer is served \
             and decides nothing more in the queue until a lead lifts it) or `tell` (both are told); `pause` without the line",
            ),
        ],
    },
    read,
    changes,
};

const LEAST: u32 = 20;

const OTHERWISE: [(&str, bool); 2] = [("pause", true), ("tell", false)];

fn read(document: &mut Document, table: &mut TableReader) {
    let golden = table.text("golden");
    check_golden(table, &golden);
    let share = table.share("share");
    let least = table.positive("least").unwrap_or(LEAST);
    let pass = table.amount("pass");
    if let Some(at) = pass.as_ref().filter(|pass| !(*pass.get_ref() > 0.0 && *pass.get_ref() < 1.0)) {
        let reason = format!("`pass` is {}, but must lie between 0 and 1, and be neither", at.get_ref());
        table.report(at.span().start, reason, "write the share that should be right, as in 0.8");
    }
    let pass = pass.map_or(CalibrateTerms::PASS, Spanned::into_inner);
    let pauses = table.optional_one_of("otherwise", &OTHERWISE).unwrap_or(true);
    let terms = CalibrateTerms { golden: golden.into_inner(), share, least, pass, pauses };
    document.spec.calibrate = Some(terms).filter(|terms| terms.share > 0.0);
}

/// A word with a colon that narrows nothing would find no example.
fn check_golden(table: &mut TableReader, golden: &Spanned<String>) {
    let narrow = Narrow::parse(golden.get_ref());
    for word in narrow.words {
        let Some((before, after)) = word.split_once(':') else { continue };
        let (reason, hint) = match before {
            "verdict" => (
                format!("`{}` is no verdict", shown(after)),
                "write verdict:accept, verdict:reject or verdict:escalate".to_owned(),
            ),
            _ => (
                format!("examples are not narrowed by `{}:`", shown(before)),
                "write tag:TAG, verdict:VERDICT, or words of their id, tags or why".to_owned(),
            ),
        };
        table.report(golden.span().start, format!("in this filter: {reason}"), hint);
    }
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let [old, new] = [&old.calibrate, &new.calibrate].map(|terms| {
        let say = |say: fn(&CalibrateTerms) -> String| terms.as_ref().map(say);
        [
            say(|terms| terms.golden.clone()),
            say(|terms| terms.share.to_string()),
            say(|terms| terms.least.to_string()),
            say(|terms| terms.pass.to_string()),
            say(|terms| OTHERWISE[usize::from(!terms.pauses)].0.into()),
        ]
    });
    let labels = [
        "examples among what is served",
        "share of examples among what is served",
        "answers on examples before anything follows",
        "share of answers that should be right",
        "what follows from wrong answers",
    ];
    let values = labels.into_iter().zip(old.iter().zip(&new));
    values.filter_map(|(label, (old, new))| value(label, old.as_ref(), new.as_ref(), Touched::None)).collect()
}
