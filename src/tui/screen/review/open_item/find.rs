//! Finding in the item: every pane at once, by regular expression.

use super::OpenItem;
use crate::text::compare::Search;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::render::Look;
use crate::tui::rich_text::{Highlight, ShownRange, TextRange};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::panes::Pane;
use crate::tui::theme::HighlightKind;

/// More matches than this are not looked for.
const MAX_MATCHES: usize = 100_000;

/// A search in the item and what it found.
pub struct Find {
    pub query: String,
    /// The reason why the query is no regular expression; it was taken literally.
    pub fault: Option<String>,
    /// The matches in reading order: those of the output, then those of the source.
    matches: Vec<(Pane, ShownRange)>,
    /// The match that was jumped to.
    at: usize,
}

impl Find {
    /// Searches what the panes show. Capitals count if there is one in the query.
    fn new(query: &str, open: &OpenItem) -> Self {
        let (search, fault) = match Search::new(query) {
            Ok(search) => (Ok(search), None),
            Err(error) => (Search::literal(query), Some(fault(&error))),
        };
        let matches = search.map(|search| matches(&search, open)).unwrap_or_default();
        Self { query: query.into(), fault, matches, at: 0 }
    }

    /// Repeats the search in what is shown now.
    pub fn again(self, open: &OpenItem) -> Self {
        Self::new(&self.query, open)
    }

    pub fn matches(&self) -> usize {
        self.matches.len()
    }

    /// `3/17 · output 5, source 12`, or why nothing was found.
    pub fn summary(&self) -> String {
        let of = |pane| self.matches.iter().filter(|(of, _)| *of == pane).count();
        let more = if self.matches.len() >= MAX_MATCHES { "+" } else { "" };
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
        let kind = move |at| if at == self.at { HighlightKind::Current } else { HighlightKind::Match };
        let of_pane = self.matches.iter().enumerate().filter(move |(_, (of, _))| *of == pane);
        of_pane.map(move |(at, (_, shown))| Highlight { range: TextRange::Shown(shown.clone()), kind: kind(at) })
    }
}

/// The last line of the error says what is wrong; the ones before it point at it.
fn fault(error: &regex::Error) -> String {
    let message = error.to_string();
    let why = message.lines().next_back().unwrap_or_default().trim_start_matches("error: ");
    let place = message.lines().find_map(|line| line.find('^')).map(|at| format!(" at {}", at.saturating_sub(3)));
    format!("{why}{}", place.unwrap_or_default())
}

fn matches(search: &Search, open: &OpenItem) -> Vec<(Pane, ShownRange)> {
    let panes = [(Pane::Output, &open.output), (Pane::Source, &open.source)];
    let found = panes.into_iter().flat_map(|(pane, view)| view.find(search).map(move |shown| (pane, shown)));
    found.take(MAX_MATCHES).collect()
}

impl Review {
    pub fn found(&self) -> Option<&Find> {
        self.open_item()?.find.as_ref()
    }

    /// Searches the item, and shows the first match from the output on.
    pub fn find(&mut self, query: &str) {
        self.last_search = query.into();
        let Some((spec, open)) = self.spec_and_item() else { return };
        // What is asked for may stand in what was closed or folded.
        if open.look.fold.is_some() {
            open.set_look(Look { fold: None, ..open.look }, spec);
        }
        open.open_input();
        open.find = (!query.is_empty()).then(|| Find::new(query, open));
        self.jump(0);
    }

    pub fn end_find(&mut self) {
        if let Some(open) = self.open_item_mut() {
            open.find = None;
        }
    }

    /// Goes on to another match, round the ends.
    pub fn jump(&mut self, by: isize) {
        let Some(open) = self.open_item_mut() else { return };
        let Some(find) = open.find.as_mut().filter(|find| !find.matches.is_empty()) else { return };
        find.at = (find.at as isize + by).rem_euclid(find.matches.len() as isize) as usize;
        let (pane, shown) = find.matches[find.at].clone();
        match pane {
            Pane::Source => open.source.reveal_shown(&shown),
            _ => open.output.reveal_shown(&shown),
        }
        self.panes.focus(pane);
    }

    pub fn say_found(&self, ctx: &mut AppContext) {
        if let Some(find) = self.found() {
            let tone = if find.matches.is_empty() { Tone::Warning } else { Tone::Quiet };
            ctx.set_status(tone, find.summary());
        }
    }

    pub(in crate::tui::screen::review) fn jump_and_say(&mut self, by: isize, ctx: &mut AppContext) {
        self.jump(by);
        self.say_found(ctx);
    }
}
