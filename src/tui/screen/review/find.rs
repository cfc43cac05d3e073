//! Finding in the item: every pane at once, by regular expression.

use super::Review;
use super::panes::Pane;
use super::sheet::Sheet;
use crate::tui::paper::{Highlight, Place, Spot};
use crate::tui::render::Look;
use crate::tui::station::{Station, Tone};
use crate::tui::theme::Glow;
use regex::{Regex, RegexBuilder};

/// More matches than this are not looked for.
const MOST: usize = 100_000;

/// A search in the item and what it found.
pub struct Find {
    pub sought: String,
    /// Why what was sought is no regular expression; it was taken literally.
    pub fault: Option<String>,
    /// In reading order: those of the output, then those of the source.
    matches: Vec<(Pane, Spot)>,
    /// The match that was jumped to.
    at: usize,
}

impl Find {
    /// Searches what the panes show. Capitals count if there is one in what is sought.
    fn new(sought: &str, sheet: &Sheet) -> Self {
        let (pattern, fault) = match build(sought) {
            Ok(pattern) => (Ok(pattern), None),
            Err(error) => (build(&regex::escape(sought)), Some(fault(&error))),
        };
        let matches = pattern.map(|pattern| matches(&pattern, sheet)).unwrap_or_default();
        Self { sought: sought.into(), fault, matches, at: 0 }
    }

    /// The same search in what is shown now.
    pub fn again(self, sheet: &Sheet) -> Self {
        Self::new(&self.sought, sheet)
    }

    /// `3/17 · output 5, source 12`, or why nothing was found.
    pub fn told(&self) -> String {
        let of = |pane| self.matches.iter().filter(|(of, _)| *of == pane).count();
        let more = if self.matches.len() >= MOST { "+" } else { "" };
        let counted = match self.matches.len() {
            0 => "no match".into(),
            all => format!("{}/{all}{more} · output {}, source {}", self.at + 1, of(Pane::Output), of(Pane::Source)),
        };
        match &self.fault {
            Some(fault) => format!("{fault}, so taken literally · {counted}"),
            None => counted,
        }
    }

    /// The matches in a pane, the present one over the others.
    pub fn highlights(&self, pane: Pane) -> impl Iterator<Item = Highlight> {
        let glow = move |at| if at == self.at { Glow::Current } else { Glow::Match };
        let of_pane = self.matches.iter().enumerate().filter(move |(_, (of, _))| *of == pane);
        of_pane.map(move |(at, (_, spot))| Highlight { place: Place::Shown(spot.clone()), glow: glow(at) })
    }
}

fn build(sought: &str) -> Result<Regex, regex::Error> {
    let has_capital = sought.chars().any(char::is_uppercase);
    RegexBuilder::new(sought).case_insensitive(!has_capital).multi_line(true).build()
}

/// The last line of the error says what is wrong; the ones before it point at it.
fn fault(error: &regex::Error) -> String {
    let told = error.to_string();
    let why = told.lines().next_back().unwrap_or_default().trim_start_matches("error: ");
    let place = told.lines().find_map(|line| line.find('^')).map(|at| format!(" at {}", at.saturating_sub(3)));
    format!("{why}{}", place.unwrap_or_default())
}

fn matches(pattern: &Regex, sheet: &Sheet) -> Vec<(Pane, Spot)> {
    let panes = [(Pane::Output, &sheet.output), (Pane::Source, &sheet.source)];
    let found = panes.into_iter().flat_map(|(pane, reader)| reader.find(pattern).map(move |spot| (pane, spot)));
    found.take(MOST).collect()
}

impl Review {
    /// What was sought last, on this item or another.
    pub fn sought(&self) -> &str {
        &self.sought
    }

    pub fn found(&self) -> Option<&Find> {
        self.sheet()?.find.as_ref()
    }

    /// Searches the item, and shows the first match from the output on.
    pub fn find(&mut self, sought: &str) {
        self.sought = sought.into();
        let Some((spec, sheet)) = self.desk() else { return };
        // What is asked for may stand in what was closed or folded.
        if sheet.look.fold.is_some() {
            sheet.set_look(Look { fold: None, ..sheet.look }, spec);
        }
        if !sheet.input_open {
            sheet.toggle_input();
        }
        sheet.find = (!sought.is_empty()).then(|| Find::new(sought, sheet));
        self.jump(0);
    }

    pub fn end_find(&mut self) {
        if let Some(sheet) = self.sheet_mut() {
            sheet.find = None;
        }
    }

    /// Goes on to another match, round the ends.
    pub fn jump(&mut self, by: isize) {
        let Some(sheet) = self.sheet_mut() else { return };
        let Some(find) = sheet.find.as_mut().filter(|find| !find.matches.is_empty()) else { return };
        find.at = (find.at as isize + by).rem_euclid(find.matches.len() as isize) as usize;
        let (pane, spot) = find.matches[find.at].clone();
        match pane {
            Pane::Source => sheet.source.reveal_spot(&spot),
            _ => sheet.output.reveal_spot(&spot),
        }
        self.panes.focus(pane);
    }

    pub fn say_found(&self, station: &mut Station) {
        if let Some(find) = self.found() {
            let tone = if find.matches.is_empty() { Tone::Warning } else { Tone::Quiet };
            station.say(tone, find.told());
        }
    }

    pub(super) fn jump_and_say(&mut self, by: isize, station: &mut Station) {
        self.jump(by);
        self.say_found(station);
    }
}
