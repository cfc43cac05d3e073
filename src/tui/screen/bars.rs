//! Where the bars of a queue stand, and the verdicts that each hangs on: those that, each by itself, would change the
//! outcome if they were otherwise, and as many others.

mod draw;

use super::preview::Preview;
use super::{Place, Subject};
use crate::domain::filter::Filter;
use crate::domain::item::Seq;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::humanize::count;
use crate::tui::overlay::{Confirm, Navigation, Outcome};
use crate::tui::rich_text::{RichText, Section};
use crate::tui::widget::list::Cursor;
use crate::tui::worker::{HangingBar, HangingItem, InfluenceReply, InfluenceRequest, QueueReply, QueueRequest, Reply};
use crossterm::event::MouseEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The bars of a queue.
pub struct Bars {
    queue: String,
    title: String,
    /// `None` until they were counted.
    bars: Option<Vec<HangingBar>>,
    /// The key of the bar that is to be shown once they are.
    wanted: Option<String>,
    /// The bar that is shown.
    at: usize,
    /// Among the items that it hangs on.
    cursor: Cursor,
    opening: bool,
    /// Why the bar stands where it stands.
    report: Preview<String>,
}

impl Bars {
    /// Asks for the bars of a queue; the one of this key is shown first.
    pub fn at(subject: Subject, bar: Option<String>, ctx: &mut AppContext) -> Self {
        let Subject { queue, title, .. } = subject;
        ctx.ask(InfluenceRequest::Read { queue: queue.clone() });
        let (cursor, report) = (Cursor::default(), Preview::default());
        Self { queue, title, bars: None, wanted: bar, at: 0, cursor, opening: false, report }
    }

    fn refresh(&mut self, ctx: &mut AppContext) {
        self.opening = false;
        ctx.ask(InfluenceRequest::Read { queue: self.queue.clone() });
    }

    fn shown(&self) -> Option<&HangingBar> {
        self.bars.as_ref()?.get(self.at)
    }

    fn items(&self) -> &[HangingItem] {
        self.shown().and_then(|bar| bar.items.as_deref()).unwrap_or_default()
    }

    fn chosen(&self) -> Option<Seq> {
        self.items().get(self.cursor.at).map(|item| item.seq)
    }

    /// Takes the bars as they are now; the same bar stays on screen, and the cursor on its item.
    fn fill(&mut self, bars: Vec<HangingBar>) {
        let (item, shown) = (self.chosen(), self.shown().map(|bar| bar.standing.key.clone()));
        let key = self.wanted.take().or(shown);
        self.at = bars.iter().position(|bar| Some(&bar.standing.key) == key.as_ref()).unwrap_or_default();
        self.bars = Some(bars);
        let place = self.items().iter().position(|one| Some(one.seq) == item);
        self.cursor.at = place.unwrap_or(self.cursor.at).min(self.items().len().saturating_sub(1));
        self.show_report();
    }

    fn show_report(&mut self) {
        let Some(bar) = self.shown() else { return };
        let standing = &bar.standing;
        let sentences = [standing.told()].into_iter().chain(bar.told.iter().cloned());
        let lines: Vec<String> = sentences.map(|sentence| format!("• {sentence}")).collect();
        let text = RichText::new(vec![Section { body: lines.join("\n"), hangs: true, ..Section::default() }]);
        let (key, title) = (standing.key.clone(), standing.title.clone());
        self.report.fill(key, title, text);
    }

    /// Shows another bar.
    fn turn(&mut self, by: isize) {
        let count = self.bars.as_ref().map_or(0, Vec::len);
        if count > 1 {
            self.at = (self.at + count).saturating_add_signed(by) % count;
            self.cursor = Cursor::default();
            self.show_report();
        }
    }

    fn open_item(&mut self, ctx: &mut AppContext) {
        let Some(seq) = self.chosen().filter(|_| !self.opening) else { return };
        self.opening = true;
        ctx.ask(QueueRequest::OpenItem { queue: self.queue.clone(), seq, filter: Filter::default() });
    }

    /// Asks a second opinion of what the bar hangs on, after a question: it opens those items again.
    fn ask_again(&self) -> Outcome<Self> {
        let Some(bar) = self.shown().filter(|_| !self.items().is_empty()) else { return Outcome::Stay };
        let question = format!(
            "Ask a second opinion of {} ({} decisive)? Until it is given they are open, and count against either outcome.",
            count(self.items().len() as i64, "item"),
            self.items().iter().filter(|item| item.is_decisive).count()
        );
        let (queue, bar) = (self.queue.clone(), bar.standing.key.clone());
        let ask = move |_: &mut Self, ctx: &mut AppContext| {
            ctx.ask(InfluenceRequest::AskAgain { queue, bar });
            Outcome::Stay
        };
        Outcome::over(Confirm::new("Ask again", question, Box::new(ask)))
    }
}

impl Place for Bars {
    const OPENED_BY: Option<Action> = Some(Action::Bars);

    fn open(subject: Subject, ctx: &mut AppContext) -> Option<Self> {
        Some(Self::at(subject, None, ctx))
    }

    fn subject(&self) -> Option<Subject> {
        let (queue, title) = (self.queue.clone(), self.title.clone());
        Some(Subject { queue, title, item: self.chosen(), filter: Filter::default(), back: Navigation::Back })
    }

    fn is_kept_behind(&self) -> bool {
        true
    }

    fn returned_to(&mut self, ctx: &mut AppContext) {
        self.refresh(ctx);
    }

    fn changed(&mut self, ctx: &mut AppContext) {
        self.refresh(ctx);
    }

    fn context(&self) -> Context {
        Context::Bars
    }

    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        match action {
            Action::Leave => return Outcome::leave_for(Navigation::Back),
            Action::Refresh => self.refresh(ctx),
            Action::OpenItem => self.open_item(ctx),
            Action::AskAgain => return self.ask_again(),
            Action::NextBar => self.turn(1),
            Action::PreviousBar => self.turn(-1),
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => self.report.act(action),
            action => {
                let count = self.items().len();
                self.cursor.act(action, count);
                ctx.clear_status();
            }
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Outcome<Self> {
        let count = self.items().len();
        if self.cursor.mouse(mouse, count) {
            self.open_item(ctx);
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Influence(InfluenceReply::Read { queue, bars }) => {
                if queue == self.queue && self.bars.as_ref() != Some(&bars) {
                    self.fill(bars);
                    ctx.stale_frame = true;
                }
                return None;
            }
            Reply::Influence(InfluenceReply::Asked { bar, items }) => {
                let told = match items {
                    0 => "nothing is asked: they have several opinions already".to_owned(),
                    items => format!("a second opinion is asked of {} for {bar}", count(items, "item")),
                };
                ctx.set_status(Tone::Good, told);
                self.refresh(ctx);
            }
            reply @ Reply::Queue(QueueReply::Opened { .. }) => return Some(reply),
            Reply::Failed { request, error } if request.outlives_its_screen() => {
                return Some(Reply::Failed { request, error });
            }
            Reply::Failed { error, .. } => {
                self.opening = false;
                ctx.set_failure(&error);
            }
            _ => return None,
        }
        ctx.stale_frame = true;
        None
    }

    fn offers(&self, action: Action) -> bool {
        match action {
            Action::OpenItem | Action::AskAgain | Action::Down | Action::Up => self.chosen().is_some(),
            Action::NextBar | Action::PreviousBar => self.bars.as_ref().is_some_and(|bars| bars.len() > 1),
            Action::Undo | Action::Redo => false,
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => self.report.offers(action),
            _ => true,
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        self.draw_all(area, buf, ctx);
    }
}
