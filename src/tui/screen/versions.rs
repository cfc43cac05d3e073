//! Two versions of a queue's outputs: which is better, who says so, what would change that, and the cases whose
//! verdict changed.

mod draw;
pub mod overlay;

use crate::analysis::versions::{Comparison, Names, report};
use crate::domain::filter::Filter;
use crate::domain::item::Seq;
use crate::domain::versions::{Case, Versions};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::overlay::{Layer, Navigation, Outcome};
use crate::tui::rich_text::{Code, RichText, Section};
use crate::tui::screen::{Place, Subject};
use crate::tui::syntax_highlight::Language;
use crate::tui::text_view::{Scroll, TextView};
use crate::tui::widget::list::Cursor;
use crate::tui::worker::{QueueReply, QueueRequest, Reply, VersionsReply, VersionsRequest};
use crossterm::event::MouseEvent;
use overlay::{Pair, VersionsForm};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The comparison of two versions of a queue's outputs.
pub struct VersionsScreen {
    queue: String,
    title: String,
    /// The filter that was in force where one came from.
    within: String,
    /// Filters that find a version each; `None` until they were read.
    known: Option<Vec<String>>,
    /// The form that asks for the versions is to be opened.
    asks: bool,
    shown: Option<Shown>,
    cursor: Cursor,
    opening: bool,
    back: Navigation,
}

/// A comparison that is on screen.
struct Shown {
    names: Names,
    /// The filter that both versions' items keep; empty for all.
    within: String,
    versions: Versions,
    /// The places of the cases whose verdict changed.
    changed: Vec<usize>,
    report: TextView,
}

impl Shown {
    fn new(filters: [String; 2], within: String, versions: Versions, comparison: &Comparison) -> Self {
        let names = Names::of(filters);
        let changed: Vec<usize> = {
            let place = |case: &Case| versions.cases.iter().position(|other| std::ptr::eq(other, case));
            versions.changed().filter_map(|(case, ..)| place(case)).collect()
        };
        let sections = report(comparison, &versions, &names).iter().map(section).collect();
        Self { report: TextView::in_columns(RichText::new(sections)), names, within, changed, versions }
    }

    fn case(&self, at: usize) -> Option<&Case> {
        self.versions.cases.get(*self.changed.get(at)?)
    }
}

/// A section of the report: of its table no line is wrapped.
fn section(of: &crate::analysis::versions::Section) -> Section {
    let table = of.table.join("\n");
    let body = of.sentences.join("\n") + &table;
    let range = (body.len() - table.len()) as u32..body.len() as u32;
    let code = Language::named("txt").filter(|_| !table.is_empty());
    let code = code.map(|language| Code { range, prefix: 0, language }).into_iter().collect();
    Section { heading: Some(of.heading.into()), body, code, hangs: true, ..Section::default() }
}

impl VersionsScreen {
    fn new(subject: Subject, ctx: &mut AppContext) -> Self {
        let Subject { queue, title, back, filter, .. } = subject;
        ctx.ask(VersionsRequest::Known { queue: queue.clone() });
        let within = if filter.is_everything() { String::new() } else { filter.to_string() };
        Self {
            queue,
            title,
            within,
            known: None,
            asks: true,
            shown: None,
            cursor: Cursor::default(),
            opening: false,
            back,
        }
    }

    fn changed_cases(&self) -> usize {
        self.shown.as_ref().map_or(0, |shown| shown.changed.len())
    }

    fn chosen(&self) -> Option<&Case> {
        self.shown.as_ref()?.case(self.cursor.at)
    }

    /// The filters of the present comparison; else the last two prompts that there are, or models where there
    /// are no two prompts.
    fn proposed(&self) -> [String; 2] {
        if let Some(shown) = &self.shown {
            return shown.names.filters.clone();
        }
        let known = self.known.as_deref().unwrap_or_default();
        let last_two = |field: &str| {
            let mut latest = known.iter().rev().filter(|version| version.starts_with(field));
            let (b, a) = (latest.next()?, latest.next()?);
            Some([a.clone(), b.clone()])
        };
        last_two("prompt_version:").or_else(|| last_two("model:")).unwrap_or_default()
    }

    fn form(&self) -> VersionsForm {
        let within = self.shown.as_ref().map_or(&self.within, |shown| &shown.within);
        VersionsForm::new(&self.queue, self.proposed(), within, self.known.clone().unwrap_or_default())
    }

    /// Shows a comparison, unless a version has no item; gives what is wrong then.
    fn show(
        &mut self,
        filters: [String; 2],
        within: String,
        versions: Versions,
        comparison: &Comparison,
    ) -> Result<(), String> {
        let names = ["the one that there was", "the one that is asked about"];
        for (at, name) in names.into_iter().enumerate() {
            if versions.items[at] == 0 && versions.under_both > 0 {
                return Err(format!("{name}, {}, finds no item that the other does not find too", filters[at]));
            }
            if versions.items[at] == 0 {
                let within = if within.is_empty() { String::new() } else { format!(" within {within}") };
                return Err(format!("{name}, {}, finds no item{within}", filters[at]));
            }
        }
        self.shown = Some(Shown::new(filters, within, versions, comparison));
        self.cursor = Cursor::default();
        Ok(())
    }

    fn open_pair(&mut self, ctx: &mut AppContext) -> Outcome<Self> {
        match self.shown.as_ref().zip(self.chosen()) {
            Some((shown, case)) => Pair::new(case, &shown.names, ctx).map_or(Outcome::Stay, Outcome::over),
            None => Outcome::Stay,
        }
    }

    fn open_item(&mut self, seq: Seq, ctx: &mut AppContext) {
        if !std::mem::replace(&mut self.opening, true) {
            ctx.ask(QueueRequest::OpenItem { queue: self.queue.clone(), seq, filter: Filter::default() });
        }
    }

    fn compare_again(&mut self, ctx: &mut AppContext) {
        if let Some(shown) = &self.shown {
            let (filters, within) = (shown.names.filters.clone(), shown.within.clone());
            ctx.ask(VersionsRequest::Compare { queue: self.queue.clone(), filters, within });
        }
    }
}

impl Place for VersionsScreen {
    const OPENED_BY: Option<Action> = Some(Action::Versions);

    fn open(subject: Subject, ctx: &mut AppContext) -> Option<Self> {
        Some(Self::new(subject, ctx))
    }

    fn context(&self) -> Context {
        Context::Versions
    }

    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        if self.cursor.act(action, self.changed_cases()) {
            ctx.clear_status();
            return Outcome::Stay;
        }
        let scroll = match action {
            Action::Leave => return Outcome::leave_for(self.back.clone()),
            Action::ChooseVersions => return Outcome::over(self.form()),
            Action::OpenItem => return self.open_pair(ctx),
            Action::Refresh => {
                self.compare_again(ctx);
                return Outcome::Stay;
            }
            Action::PreviewDown => Scroll::Pages(1),
            Action::PreviewUp => Scroll::Pages(-1),
            _ => return Outcome::Stay,
        };
        if let Some(shown) = &mut self.shown {
            shown.report.scroll(scroll);
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Outcome<Self> {
        let count = self.changed_cases();
        if self.cursor.mouse(mouse, count) {
            return self.open_pair(ctx);
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Versions(VersionsReply::Known(known)) => self.known = Some(known),
            Reply::Versions(VersionsReply::Compared { filters, within, versions, comparison }) => {
                let at = self.cursor.at;
                if let Err(why) = self.show(filters, within, *versions, &comparison) {
                    ctx.set_status(Tone::Warning, why);
                }
                self.cursor.at = at; // the same comparison, read again
            }
            Reply::Versions(VersionsReply::Pair { .. }) => return None, // its overlay is closed
            reply @ Reply::Queue(QueueReply::Opened { .. }) => return Some(reply),
            Reply::Failed { request, error } if request.outlives_its_screen() => {
                return Some(Reply::Failed { request, error });
            }
            Reply::Failed { error, .. } => {
                self.opening = false;
                self.known.get_or_insert_default();
                ctx.set_failure(&error);
            }
            other => return Some(other),
        }
        ctx.stale_frame = true;
        None
    }

    fn take_question(&mut self) -> Option<Layer<Self>> {
        let is_ready = self.known.is_some() && std::mem::take(&mut self.asks);
        self.asks &= !is_ready;
        is_ready.then(|| Box::new(self.form()) as Layer<Self>)
    }

    fn subject(&self) -> Option<Subject> {
        let (queue, title) = (self.queue.clone(), self.title.clone());
        Some(Subject { queue, title, item: None, filter: Filter::default(), back: self.back.clone() })
    }

    fn is_kept_behind(&self) -> bool {
        true
    }

    fn returned_to(&mut self, ctx: &mut AppContext) {
        self.opening = false;
        self.compare_again(ctx);
    }

    fn offers(&self, action: Action) -> bool {
        match action {
            Action::OpenItem | Action::Down | Action::Up => self.chosen().is_some(),
            Action::PreviewDown => self.shown.as_ref().is_some_and(|shown| shown.report.has_more_below()),
            Action::PreviewUp => self.shown.as_ref().is_some_and(|shown| shown.report.has_more_above()),
            Action::Refresh => self.shown.is_some(),
            Action::Undo | Action::Redo => false,
            _ => true,
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        self.draw_all(area, buf, ctx);
    }
}
