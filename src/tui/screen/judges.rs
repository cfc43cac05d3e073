//! What model judges are worth, measured against people: a report on each, and the items on which it
//! and people disagree.

mod draw;

use super::preview::Preview;
use super::{Place, Subject};
use crate::domain::filter::Filter;
use crate::domain::judge::Judge;
use crate::store::Disagreement;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::overlay::{Navigation, Outcome};
use crate::tui::rich_text::{RichText, Section};
use crate::tui::widget::list::Cursor;
use crate::tui::worker::{JudgeOfQueue, JudgesReply, JudgesRequest, QueueReply, QueueRequest, Reply};
use crossterm::event::MouseEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The judges of a queue.
pub struct Judges {
    queue: String,
    title: String,
    /// `None` until they were read.
    judges: Option<Vec<JudgeOfQueue>>,
    /// The judge that is shown.
    at: usize,
    /// Among its disagreements.
    cursor: Cursor,
    opening: bool,
    /// The report on the judge.
    report: Preview<Judge>,
}

impl Judges {
    fn refresh(&mut self, ctx: &mut AppContext) {
        self.opening = false;
        ctx.ask(JudgesRequest::Report { queue: self.queue.clone() });
    }

    fn shown(&self) -> Option<&JudgeOfQueue> {
        self.judges.as_ref()?.get(self.at)
    }

    fn disagreements(&self) -> &[Disagreement] {
        self.shown().map(|judge| judge.disagreements.as_slice()).unwrap_or_default()
    }

    fn chosen(&self) -> Option<&Disagreement> {
        self.disagreements().get(self.cursor.at)
    }

    /// Takes the judges as they are now; the same judge stays on screen, and the cursor on its item.
    fn fill(&mut self, judges: Vec<JudgeOfQueue>) {
        let item = self.chosen().map(|chosen| chosen.seq);
        let judge = self.shown().map(|shown| shown.judge().clone());
        let place = judges.iter().position(|one| Some(one.judge()) == judge.as_ref());
        self.at = place.unwrap_or_default();
        self.judges = Some(judges);
        let place = self.disagreements().iter().position(|one| Some(one.seq) == item);
        let last = self.disagreements().len().saturating_sub(1);
        self.cursor.at = place.unwrap_or(self.cursor.at).min(last);
        self.show_report();
    }

    fn show_report(&mut self) {
        let Some(shown) = self.shown() else { return };
        let figures = &shown.figures;
        let sentences = figures.report.sentences(figures.by_check, figures.later_attempts);
        let lines: Vec<String> = sentences.iter().map(|sentence| format!("• {sentence}")).collect();
        let text = RichText::new(vec![Section { body: lines.join("\n"), hangs: true, ..Section::default() }]);
        let judge = shown.judge().clone();
        self.report.fill(judge.clone(), judge.to_string(), text);
    }

    /// Shows another judge.
    fn turn(&mut self, by: isize) {
        let count = self.judges.as_ref().map_or(0, Vec::len);
        if count > 1 {
            self.at = (self.at + count).saturating_add_signed(by) % count;
            self.cursor = Cursor::default();
            self.show_report();
        }
    }

    fn open_item(&mut self, ctx: &mut AppContext) {
        let Some(seq) = self.chosen().map(|chosen| chosen.seq).filter(|_| !self.opening) else { return };
        self.opening = true;
        ctx.ask(QueueRequest::OpenItem { queue: self.queue.clone(), seq, filter: Filter::default() });
    }
}

impl Place for Judges {
    const OPENED_BY: Option<Action> = Some(Action::Judges);

    fn open(subject: Subject, ctx: &mut AppContext) -> Option<Self> {
        let Subject { queue, title, .. } = subject;
        ctx.ask(JudgesRequest::Report { queue: queue.clone() });
        let (cursor, report) = (Cursor::default(), Preview::default());
        Some(Self { queue, title, judges: None, at: 0, cursor, opening: false, report })
    }

    fn subject(&self) -> Option<Subject> {
        let (queue, title) = (self.queue.clone(), self.title.clone());
        let item = self.chosen().map(|chosen| chosen.seq);
        Some(Subject { queue, title, item, filter: Filter::default(), back: Navigation::Back })
    }

    fn is_kept_behind(&self) -> bool {
        true
    }

    fn returned_to(&mut self, ctx: &mut AppContext) {
        self.refresh(ctx);
    }

    fn context(&self) -> Context {
        Context::Judges
    }

    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        match action {
            Action::Leave => return Outcome::leave_for(Navigation::Back),
            Action::Refresh => self.refresh(ctx),
            Action::OpenItem => self.open_item(ctx),
            Action::NextJudge => self.turn(1),
            Action::PreviousJudge => self.turn(-1),
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => self.report.act(action),
            action => {
                let count = self.disagreements().len();
                self.cursor.act(action, count);
                ctx.clear_status();
            }
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Outcome<Self> {
        let count = self.disagreements().len();
        if self.cursor.mouse(mouse, count) {
            self.open_item(ctx);
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Judges(JudgesReply::Report(judges)) => {
                if self.judges.as_ref() != Some(&judges) {
                    self.fill(judges);
                    ctx.stale_frame = true;
                }
                return None;
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
            Action::OpenItem => self.chosen().is_some(),
            Action::NextJudge | Action::PreviousJudge => self.judges.as_ref().is_some_and(|judges| judges.len() > 1),
            Action::Undo | Action::Redo => false,
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => self.report.offers(action),
            _ => true,
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        self.draw_all(area, buf, ctx);
    }
}
