//! A dataset for the Hugging Face Hub: a folder with Parquet for each split, and a card.

use super::parquet::ParquetWriter;
use super::{Cover, Folder, Format, RowWriter, Setting};
use crate::domain::format_option::FormatOption;
use crate::domain::spec::Spec;
use crate::export::compression::Compression;
use std::fmt::Write;
use std::io;

const LICENSE: FormatOption = FormatOption {
    name: "license",
    value: Some("ID"),
    help: "The licence that the card names, such as cc-by-4.0; unknown by default",
};

pub(super) struct HuggingFace;

impl Format for HuggingFace {
    fn name(&self) -> &'static str {
        "huggingface"
    }

    fn about(&self) -> &'static str {
        "a folder for the Hugging Face Hub: Parquet for each split, and a card with rubric, counts and provenance"
    }

    fn extension(&self) -> &'static str {
        ""
    }

    fn is_flat(&self) -> bool {
        false
    }

    fn members(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("data/SPLIT-00000-of-00001.parquet", "the columns of `parquet`; the split `train` without `--split`"),
            (
                "README.md",
                "title, rubric and categories of the spec, counts of labels, queue, filter, seed and what was taken out; `license` from `--license`",
            ),
        ]
    }

    fn options(&self) -> &'static [FormatOption] {
        &[LICENSE]
    }

    fn compresses_itself(&self) -> Option<&'static [Compression]> {
        Some(&Compression::ALL)
    }

    fn folder(&self) -> Option<Folder> {
        Some(Folder { part: |split| path_of(split.unwrap_or("train")), cover: "README.md", write_cover: card })
    }

    fn writer(&self, setting: &Setting) -> io::Result<Box<dyn RowWriter>> {
        Ok(Box::new(ParquetWriter::new(setting)))
    }
}

fn path_of(split: &str) -> String {
    format!("data/{split}-00000-of-00001.parquet")
}

/// The card: what the Hub reads, then what people read.
fn card(cover: &Cover) -> String {
    let Cover { spec, counts, .. } = cover;
    let mut card = front_matter(cover);
    let _ = write!(
        card,
        "# {}\n\nOutputs that were reviewed for one decision: {}\n",
        line(&spec.title),
        line(&spec.decision)
    );
    rubric(spec, &mut card);
    let _ = write!(card, "\n## Labels\n\n| verdict | rows |\n|---|---:|\n");
    for (verdict, rows) in [("accept", counts.accept), ("reject", counts.reject), ("escalate", counts.escalate)] {
        let _ = writeln!(card, "| {verdict} | {rows} |");
    }
    if !cover.categories.is_empty() {
        let _ = write!(card, "\n| category | rows |\n|---|---:|\n");
        for (key, rows) in cover.categories {
            let _ = writeln!(card, "| {} | {rows} |", line(key));
        }
    }
    provenance(cover, &mut card);
    card
}

fn front_matter(cover: &Cover) -> String {
    let license = cover.options.value(&LICENSE).unwrap_or("unknown");
    let parts = cover.parts.iter().map(|(split, _)| split.unwrap_or("train"));
    let files: String = parts.map(|split| format!("  - split: {split}\n    path: {}\n", path_of(split))).collect();
    format!(
        "---\npretty_name: {}\nlicense: {}\nannotations_creators:\n- expert-generated\nsize_categories:\n- {}\n\
         configs:\n- config_name: default\n  data_files:\n{files}---\n\n",
        quoted(&cover.spec.title),
        quoted(license),
        size(cover.counts.rows),
    )
}

/// The Hub's word for so many rows.
fn size(rows: u64) -> &'static str {
    match rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        _ => "10M<n<100M",
    }
}

fn rubric(spec: &Spec, card: &mut String) {
    if !spec.criteria.is_empty() {
        card.push_str("\n## Rubric\n");
    }
    for criterion in &spec.criteria {
        let _ =
            write!(card, "\n**{}** (`{}`): {}\n\n", line(&criterion.name), criterion.key, line(&criterion.question));
        for (level, sentence) in (1..).zip(&criterion.levels) {
            let _ = writeln!(card, "{level}. {}", line(sentence));
        }
    }
    if !spec.failures.is_empty() {
        card.push_str("\n## Failure categories\n\n| key | name | severity |\n|---|---|---|\n");
    }
    for failure in &spec.failures {
        let _ = writeln!(card, "| `{}` | {} | {} |", failure.key, line(&failure.name), failure.severity.as_str());
    }
}

fn provenance(cover: &Cover, card: &mut String) {
    let Cover { queue, spec_version, counts, filter, at, .. } = cover;
    card.push_str("\n## Provenance\n\n");
    let _ = writeln!(
        card,
        "- Queue `{queue}` under version {spec_version} of its spec, written by karat {}",
        env!("CARGO_PKG_VERSION")
    );
    if let Some(truth) = &cover.spec.source_of_truth {
        let _ = writeln!(card, "- Source of truth: {}", line(truth));
    }
    if let Some(filter) = filter {
        let _ = writeln!(card, "- Rows that `{}` finds", filter.replace('`', "'"));
    }
    if let Some(at) = at {
        let _ = writeln!(card, "- As it was at {at}");
    }
    if let Some(split) = &cover.split {
        let _ = writeln!(card, "- Split by case under the seed {}: no case is in two splits", split.seed);
    }
    for (name, count) in cover.redacted {
        let _ = writeln!(card, "- Taken out of the texts: {} {count}", line(name));
    }
    let parts = cover.parts.iter().map(|(split, rows)| format!("{} {rows}", split.unwrap_or("train")));
    let _ = writeln!(card, "- {} rows: {}", counts.rows, parts.collect::<Vec<_>>().join(", "));
}

/// Text of a spec within a line of Markdown.
fn line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|")
}

/// A text of YAML: JSON's strings are such.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
