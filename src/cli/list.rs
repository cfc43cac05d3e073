//! `karat list`

use super::context::Context;
use super::output::{Hinted, Texts, tell_damaged};
use super::searching;
use crate::domain::decision::Verdict;
use crate::domain::filter::{Comparison, Pattern, Piece, Term};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::record::{Cell, RecordField};
use crate::domain::time::{UtcMillis, format_rfc3339};
use crate::store::{BrowseRow, By, Sort, Store};
use crate::text::fit::cut;
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::{Value, json};
use std::io::{BufWriter, IsTerminal, Write, stdout};
use std::process::ExitCode;
use std::time::Duration;
use unicode_width::UnicodeWidthStr;

#[derive(Args)]
pub(super) struct List {
    /// The queue's name
    queue: String,
    /// Which items, such as 'verdict:rejected category:tone created>7d'; all by default
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    filter: Option<String>,
    /// At most this many items
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[arg(long, value_name = "ORDER", default_value = "imported", allow_hyphen_values = true, value_parser = sort)]
    #[arg(help = format!("{} or shuffled:SEED; with a `-` before it from the other end", orders()))]
    sort: Sort,
    /// Whom `is:mine`, `is:deferred` and `has:draft` are about; by default as in a review
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    #[command(flatten)]
    texts: Texts,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

fn sort(argument: &str) -> Result<Sort, String> {
    let (word, descending) = argument.strip_prefix('-').map_or((argument, false), |word| (word, true));
    let by = match word.split_once(':') {
        Some(("shuffled", seed)) => {
            By::Shuffled(seed.parse().map_err(|_| format!("`{seed}` is no seed; it is a whole number"))?)
        }
        _ => named(word)?,
    };
    Ok(Sort { by, descending })
}

fn named(word: &str) -> Result<By, String> {
    let found = By::named().find(|(name, _)| *name == word);
    found.map(|(_, by)| by).ok_or_else(|| format!("`{word}` is no order; it is one of {}", orders()))
}

fn orders() -> String {
    By::named().map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

/// Rows read at once.
const ROWS: usize = 200;

/// How often the rows found are printed while a line is searched.
const SLICE: Duration = Duration::from_millis(50);

impl List {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let filter = searching::read(&store, &queue, self.filter.as_deref())?;
        let filter = searching::resolve(&store, &queue, &filter)?;
        let condition = store.condition(&queue, &filter, &reviewer).hinted()?;
        let mut listing = store.listing(&queue, condition, self.sort).hinted()?;
        let mut printer = Printer::new(&store, &reviewer, filter.at(), self.texts, self.json);
        let most = self.limit.unwrap_or(usize::MAX);
        let mut printed = 0;
        while printed < most && (printed < listing.seqs().len() || !listing.is_done()) {
            if listing.seqs().len() < most {
                store.extend_listing(&mut listing, SLICE).hinted()?;
            }
            let found = &listing.seqs()[printed..listing.seqs().len().min(most)];
            found.chunks(ROWS).try_for_each(|seqs| printer.print(seqs))?;
            printed += found.len();
        }
        printer.finish()?;
        if printed == 0 && !self.json {
            for term in filter.filter().terms() {
                hollow(&store, &queue, term, &reviewer)?.iter().for_each(|why| super::output::aside(why));
            }
        }
        Ok(tell_damaged(&store))
    }
}

/// Why a term about a member of the metadata holds of no item, whatever its value.
fn hollow(store: &Store, queue: &Queue, term: &Term, reviewer: &str) -> Result<Option<String>> {
    let (Term::Meta(member, _) | Term::MetaNumber(member, ..)) = term else { return Ok(None) };
    if !finds(store, queue, Term::Meta(member.clone(), Pattern::of([Piece::Any])), reviewer)? {
        return Ok(Some(format!("no item has a member `{}` in its metadata", sanitize::line(member))));
    }
    let number = Term::MetaNumber(member.clone(), Comparison::AtLeast, f64::MIN);
    let is_number = !matches!(term, Term::MetaNumber(..)) || finds(store, queue, number, reviewer)?;
    Ok((!is_number).then(|| format!("`{}` is a number in no item's metadata", sanitize::line(member))))
}

/// Whether a term holds of an item.
fn finds(store: &Store, queue: &Queue, term: Term, reviewer: &str) -> Result<bool> {
    let filter = searching::resolve(store, queue, &term.into())?;
    let condition = store.condition(queue, &filter, reviewer).hinted()?;
    let mut listing = store.listing(queue, condition, Sort::default()).hinted()?;
    while listing.seqs().is_empty() && !listing.is_done() {
        store.extend_listing(&mut listing, SLICE).hinted()?;
    }
    Ok(!listing.seqs().is_empty())
}

struct Printer<'a> {
    store: &'a Store,
    reviewer: &'a str,
    now: UtcMillis,
    texts: Texts,
    json: bool,
    /// Fixed by the first rows: what follows streams.
    columns: Option<Columns>,
    out: BufWriter<std::io::Stdout>,
}

impl<'a> Printer<'a> {
    fn new(store: &'a Store, reviewer: &'a str, now: UtcMillis, texts: Texts, json: bool) -> Self {
        Self { store, reviewer, now, texts, json, columns: None, out: BufWriter::new(stdout()) }
    }

    fn print(&mut self, seqs: &[Seq]) -> Result<()> {
        let rows = self.store.browse(seqs, self.reviewer, self.now).hinted()?;
        if self.json {
            for row in &rows {
                writeln!(self.out, "{}", sanitize::json(&as_json(row)?.to_string()))?;
            }
        } else {
            let cells: Vec<Cells> = rows.iter().map(|row| cells(row, self.texts, self.now)).collect();
            if self.columns.is_none() {
                let columns = Columns::of(&cells);
                writeln!(self.out, "{}", columns.line(&HEADINGS.map(str::to_owned)))?;
                self.columns = Some(columns);
            }
            for cells in &cells {
                let line = self.columns.as_ref().map(|columns| columns.line(cells)).unwrap_or_default();
                writeln!(self.out, "{line}")?;
            }
        }
        self.out.flush()?; // what is found is seen
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        if !self.json && self.columns.is_none() {
            super::output::aside("no item matches");
        }
        Ok(self.out.flush()?)
    }
}

fn as_json(row: &BrowseRow) -> Result<Value> {
    let mut members = vec![
        (14, "imported_at", format_rfc3339(row.imported_at).into()),
        (16, "held_by", row.claimed_by.as_deref().into()),
        (17, "deferred", row.deferred.into()),
        (18, "output", row.first_words.as_str().into()),
    ];
    for field in RecordField::all() {
        if let Some(place) = field.uses().member {
            members.push((place, field.name(), json_value(row, field)?));
        }
    }
    members.sort_by_key(|(place, ..)| *place);
    Ok(members.into_iter().map(|(_, name, value)| (name.to_owned(), value)).collect())
}

fn json_value(row: &BrowseRow, field: RecordField) -> Result<Value> {
    Ok(match row.cell(field) {
        Cell::Null if field.holds().is_list() => json!([]),
        // As it is written in CSV; beyond this not every whole number is one of its own.
        Cell::Real(number) if number.fract() == 0.0 && number.abs() < 1e15 => json!(number as i64),
        cell => cell.to_json()?,
    })
}

type Cells = [String; HEADINGS.len()];

const HEADINGS: [&str; 6] = ["ID", "VERDICT", "CATEGORIES", "MODEL", "AGE", "OUTPUT"];

/// Widest that a column but the last may be.
const WIDEST: usize = 32;

fn cells(row: &BrowseRow, texts: Texts, now: UtcMillis) -> Cells {
    let categories = row.decision.as_ref().map_or(&[][..], |decision| &decision.judgement.draft.categories);
    [
        texts.shown(&row.item.id).into_owned(),
        row.verdict().map_or("-", Verdict::as_str).to_owned(),
        texts.shown(&categories.join(",")).into_owned(),
        texts.shown(row.item.model.as_deref().unwrap_or("-")).into_owned(),
        age(row.item.created_at.unwrap_or(row.imported_at), now),
        texts.shown(&row.first_words).into_owned(),
    ]
}

/// `12d`
fn age(at: UtcMillis, now: UtcMillis) -> String {
    let minutes = (now - at).max(0) / 60_000;
    match minutes {
        0..60 => format!("{minutes}m"),
        60..1440 => format!("{}h", minutes / 60),
        _ => format!("{}d", minutes / 1440),
    }
}

/// The widths of the columns.
struct Columns {
    widths: [usize; HEADINGS.len() - 1],
    /// The terminal's columns; none in a pipe.
    room: Option<usize>,
}

impl Columns {
    fn of(rows: &[Cells]) -> Self {
        let widest = |at: usize| rows.iter().map(|cells| cells[at].width()).max().unwrap_or(0);
        let width = |at: usize| widest(at).max(HEADINGS[at].len()).min(WIDEST);
        let size = || crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns));
        Self { widths: std::array::from_fn(width), room: if stdout().is_terminal() { size() } else { None } }
    }

    /// A row as a line, cut to the terminal's width; in a pipe it is whole.
    fn line(&self, cells: &Cells) -> String {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(self.widths) {
            let cell = if self.room.is_some() { cut(cell, width) } else { cell.clone() };
            line.push_str(&cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        line.push_str(&cells[HEADINGS.len() - 1]);
        match self.room {
            Some(room) => cut(line.trim_end(), room),
            None => line.trim_end().to_owned(),
        }
    }
}
