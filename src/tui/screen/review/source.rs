//! The source pane: the documents that the output must agree with.

use crate::domain::item::Document;
use crate::domain::spec::Spec;
use crate::domain::time::format_rfc3339;
use crate::tui::paper::{Paper, Part, Section, Source, SourceMap};
use crate::tui::theme::Role;

/// The documents one after the other.
pub fn paper(context: &[Document], spec: &Spec) -> Paper {
    match context {
        [] => Paper::new(vec![missing(spec)]),
        documents => {
            let count = documents.len();
            Paper::new(documents.iter().enumerate().map(|(at, document)| section(document, at + 1, count)).collect())
        }
    }
}

fn section(document: &Document, position: usize, count: usize) -> Section {
    let title = document.title.as_deref().or(document.id.as_deref()).unwrap_or("Document");
    let place = if count > 1 { format!("{position}/{count}  ") } else { String::new() };
    let (body, role) = match document.text.as_str() {
        "" => ("(empty document)".into(), Role::Dim),
        text => (text.to_owned(), Role::Text),
    };
    let source = Source { part: Part::Document(position - 1), map: SourceMap::verbatim(0, document.text.len()) };
    let heading = Some(format!("{place}{title}"));
    Section { heading, detail: detail(document), body, role, source: Some(source), inks: Vec::new() }
}

fn detail(document: &Document) -> Option<String> {
    let date = document.updated_at.map(|at| format_rfc3339(at).chars().take(10).collect::<String>());
    let id = document.title.as_ref().and(document.id.clone());
    let parts: Vec<String> =
        [id, document.url.clone(), date.map(|date| format!("updated {date}"))].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn missing(spec: &Spec) -> Section {
    let body = match &spec.source_of_truth {
        Some(truth) => format!("This item came without a source.\n\nThe spec names: {truth}"),
        None => "This item came without a source, and the spec names none.".into(),
    };
    Section { heading: Some("No source".into()), body, role: Role::Dim, ..Section::default() }
}
