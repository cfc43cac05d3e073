//! The source pane: the documents that the output must agree with.

use crate::domain::item::Document;
use crate::domain::spec::Spec;
use crate::domain::time::format_rfc3339;
use crate::tui::render::{self, Look};
use crate::tui::rich_text::{Part, RichText, Section};
use crate::tui::theme::Role;
use std::sync::Arc;

/// The documents one after the other.
pub fn rich_text(context: &[Arc<Document>], spec: &Spec, look: Look) -> RichText {
    match context {
        [] => RichText::new(vec![missing(spec)]),
        documents => {
            let count = documents.len();
            let in_all = documents.iter().map(|document| document.text.len()).sum();
            let sections =
                documents.iter().enumerate().map(|(at, document)| section(document, (at, count), in_all, look));
            RichText::new(sections.collect())
        }
    }
}

fn section(document: &Document, (at, count): (usize, usize), in_all: usize, look: Look) -> Section {
    let title = document.title.as_deref().or(document.id.as_deref()).unwrap_or("Document");
    let place = if count > 1 { format!("{}/{count}  ", at + 1) } else { String::new() };
    let part = Some(Part::Document(at));
    let section = match in_all > render::MOST_OF_SEVERAL && !look.raw {
        true => render::as_it_came("Document", &document.text, part, in_all),
        false => render::text("Document", &document.text, part, look),
    };
    let details = [detail(document), section.detail].into_iter().flatten().collect::<Vec<_>>();
    let detail = (!details.is_empty()).then(|| details.join(" · "));
    Section { heading: Some(format!("{place}{title}")), detail, ..section }
}

/// Id and date. Where the document is to be found takes rows that nobody reads; a key opens it.
fn detail(document: &Document) -> Option<String> {
    let date = document.updated_at.map(|at| format_rfc3339(at).chars().take(10).collect::<String>());
    let id = document.title.as_ref().and(document.id.clone());
    let parts: Vec<String> = [id, date.map(|date| format!("updated {date}"))].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn missing(spec: &Spec) -> Section {
    let body = match &spec.source_of_truth {
        Some(truth) => format!("This item came without a source.\n\nThe spec names: {truth}"),
        None => "This item came without a source, and the spec names none.".into(),
    };
    Section { heading: Some("No source".into()), body, role: Role::Dim, ..Section::default() }
}
