//! The inbox: what waits for the reviewer's answer in all queues, what is overdue first.

mod draw;
pub mod overlay;

use super::preview::Preview;
use super::{Place, Subject};
use crate::domain::decision::{Draft, Judgement, Verdict};
use crate::domain::filter::Filter;
use crate::domain::item::{Item, Seq};
use crate::domain::spec::Spec;
use crate::domain::time::UtcMillis;
use crate::store::{Asked, Change};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::overlay::{Navigation, Outcome};
use crate::tui::render::{self, Look};
use crate::tui::rich_text::RichText;
use crate::tui::widget::list::Cursor;
use crate::tui::worker::{InboxReply, InboxRequest, QueueReply, QueueRequest, Reply, Request};
use crossterm::event::MouseEvent;
use overlay::AnswerForm;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeMap;

/// What waits for the reviewer.
#[derive(Default)]
pub struct Inbox {
    /// `None` until it was read.
    questions: Option<Vec<Asked>>,
    /// The specs of their queues.
    specs: BTreeMap<String, Spec>,
    cursor: Cursor,
    opening: bool,
    /// An answer is on its way to the disk.
    answering: bool,
    /// The queue of the last answer, which undo takes back.
    answered_in: Option<String>,
    /// The texts of the item under the cursor.
    preview: Preview<Seq>,
    /// The item whose texts are on screen, and since when.
    seen: Option<(Seq, UtcMillis)>,
}

impl Inbox {
    fn read(ctx: &mut AppContext) -> Self {
        ctx.ask(InboxRequest::List);
        Self::default()
    }

    fn refresh(&mut self, ctx: &mut AppContext) {
        self.opening = false;
        ctx.ask(InboxRequest::List);
    }

    fn questions(&self) -> &[Asked] {
        self.questions.as_deref().unwrap_or_default()
    }

    fn chosen(&self) -> Option<&Asked> {
        self.questions().get(self.cursor.at)
    }

    /// The question on an item, while it waits.
    fn question(&self, item: Seq) -> Option<&Asked> {
        self.questions().iter().find(|question| question.seq == item)
    }

    /// The spec under which an item is answered.
    fn spec_for(&self, item: Seq) -> Option<&Spec> {
        self.spec_of(self.question(item)?)
    }

    /// The spec of the question's queue.
    fn spec_of(&self, question: &Asked) -> Option<&Spec> {
        self.specs.get(&question.queue)
    }

    /// Whether an answer may send the item back to who asked.
    fn returns(&self, question: &Asked) -> bool {
        let route = question.asked.route.as_ref();
        route.and_then(|key| self.spec_of(question)?.route(key)).is_some_and(|route| route.returns)
            && question.asked.is_by_person()
    }

    /// Takes the questions as they are now; the cursor stays on its own where that still waits.
    fn fill(&mut self, questions: Vec<Asked>, specs: BTreeMap<String, Spec>) -> bool {
        let chosen = self.chosen().map(|question| question.seq);
        let is_new = self.questions.as_ref() != Some(&questions);
        let place = questions.iter().position(|question| Some(question.seq) == chosen);
        self.cursor.at = place.unwrap_or(self.cursor.at).min(questions.len().saturating_sub(1));
        (self.questions, self.specs) = (Some(questions), specs);
        is_new
    }

    fn open_item(&mut self, ctx: &mut AppContext) {
        let Some(question) = self.chosen().filter(|_| !self.opening) else { return };
        let (queue, seq) = (question.queue.clone(), question.seq);
        self.opening = true;
        ctx.ask(QueueRequest::OpenItem { queue, seq, filter: Filter::default() });
    }

    /// Whether a key that answers is dropped, and says why: it would answer what nobody has seen.
    fn refuses(&self, action: Action, ctx: &mut AppContext) -> bool {
        let shown_at = self.seen.filter(|(seq, _)| self.chosen().is_some_and(|question| question.seq == *seq));
        let reason = match shown_at {
            _ if ctx.refuses(action) => return true,
            _ if self.answering => "the answer before is still on its way",
            _ if ctx.key_is_held => "it is held down",
            None => "the item was not shown yet",
            Some((_, at)) if ctx.is_unseen(at) => "the item was not shown yet for anybody to see it",
            Some(_) => return false,
        };
        ctx.say_ignored(reason);
        true
    }

    /// Accepts at once, as a key of a review does; the others ask for more.
    fn answer_with(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        if self.refuses(action, ctx) {
            return Outcome::Stay;
        }
        let Some(question) = self.chosen() else { return Outcome::Stay };
        let verdict = match action {
            Action::Accept => Verdict::Accept,
            Action::Reject => Verdict::Reject,
            _ => Verdict::Escalate,
        };
        if verdict == Verdict::Accept {
            self.answer(question.seq, Judgement::new(verdict, Draft::default()), ctx);
            return Outcome::Stay;
        }
        if verdict == Verdict::Escalate && !self.returns(question) {
            ctx.set_status(Tone::Warning, "this route sends nothing back: accept or reject");
            return Outcome::Stay;
        }
        Outcome::over(AnswerForm::new(verdict, question))
    }

    /// Answers the question on an item; `false` where the rules forbid it.
    fn answer(&mut self, item: Seq, judgement: Judgement, ctx: &mut AppContext) -> bool {
        let Some(question) = self.question(item) else {
            ctx.set_status(Tone::Warning, "somebody else has answered it meanwhile");
            return true;
        };
        // What is sent back keeps its route, which the store knows.
        let checked = judgement.verdict != Verdict::Escalate;
        let spec = self.spec_of(question).filter(|_| checked);
        if let Some(violation) = spec.and_then(|spec| judgement.violations(spec).into_iter().next()) {
            let key = ctx.keymap.keys_for(Context::Inbox, Action::OpenItem).join(" or ");
            ctx.set_status(Tone::Warning, format!("{violation} · {key} opens the item"));
            return false;
        }
        let (queue, item) = (question.queue.clone(), question.item.clone());
        self.answered_in = Some(queue.clone());
        self.answering = true;
        ctx.ask(InboxRequest::Answer { queue, item, judgement });
        true
    }

    fn undo(&self, ctx: &mut AppContext) {
        match self.answered_in.clone() {
            Some(queue) => ctx.ask(InboxRequest::Undo { queue }),
            None => ctx.set_status(Tone::Quiet, "nothing was answered here yet"),
        }
    }

    fn undone(&mut self, undone: Option<(String, Change)>, ctx: &mut AppContext) {
        match undone {
            Some((id, _)) => ctx.set_status(Tone::Good, format!("undone: {id} waits for an answer again")),
            None => ctx.set_status(Tone::Quiet, "there is no answer of yours to undo"),
        }
        self.refresh(ctx);
    }
}

impl Place for Inbox {
    const OPENED_BY: Option<Action> = Some(Action::Inbox);

    fn open(_: Subject, ctx: &mut AppContext) -> Option<Self> {
        Some(Self::read(ctx))
    }

    fn subject(&self) -> Option<Subject> {
        let question = self.chosen()?;
        let title = self.spec_of(question).map(|spec| spec.title.clone()).unwrap_or_default();
        let (queue, item) = (question.queue.clone(), Some(question.seq));
        Some(Subject { queue, title, item, filter: Filter::default(), back: Navigation::Back })
    }

    fn is_kept_behind(&self) -> bool {
        true
    }

    fn returned_to(&mut self, ctx: &mut AppContext) {
        self.refresh(ctx);
    }

    fn context(&self) -> Context {
        Context::Inbox
    }

    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        match action {
            Action::Leave => return Outcome::leave_for(Navigation::Back),
            Action::Refresh => self.refresh(ctx),
            Action::OpenItem => self.open_item(ctx),
            Action::Accept | Action::Reject | Action::SendBack => return self.answer_with(action, ctx),
            Action::Undo => self.undo(ctx),
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => self.preview.act(action),
            action => {
                let count = self.questions().len();
                self.cursor.act(action, count);
                ctx.clear_status();
            }
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Outcome<Self> {
        let count = self.questions().len();
        if self.cursor.mouse(mouse, count) {
            self.open_item(ctx);
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Inbox(InboxReply::List { questions, specs }) => {
                ctx.stale_frame |= self.fill(questions, specs);
                return None;
            }
            Reply::Inbox(InboxReply::Text { seq, item }) => self.preview.fill(seq, item.id.clone(), text(&item)),
            Reply::Inbox(InboxReply::Answered { item, decision }) => {
                self.answering = false;
                let verdict = decision.judgement.verdict;
                let done = if verdict == Verdict::Escalate { "sent back" } else { verdict.past() };
                let keys = ctx.keymap.keys_for(Context::Inbox, Action::Undo).join(" or ");
                ctx.set_status(Tone::Good, format!("{done} {item}, saved · {keys} undoes"));
                self.refresh(ctx);
            }
            Reply::Inbox(InboxReply::Undone(undone)) => self.undone(undone, ctx),
            reply @ (Reply::Queue(QueueReply::Opened { .. }) | Reply::Review(_)) => return Some(reply),
            Reply::Failed { request, error } if request.outlives_its_screen() => {
                return Some(Reply::Failed { request, error });
            }
            Reply::Failed { request, error } => {
                if let Request::Inbox(InboxRequest::Text { .. }) = *request {
                    self.preview.failed();
                }
                (self.opening, self.answering) = (false, false);
                ctx.set_failure(&error);
            }
            _ => return None,
        }
        ctx.stale_frame = true;
        None
    }

    fn changed(&mut self, ctx: &mut AppContext) {
        ctx.ask(InboxRequest::List);
    }

    fn offers(&self, action: Action) -> bool {
        match action {
            Action::OpenItem | Action::Accept | Action::Reject => self.chosen().is_some(),
            Action::SendBack => self.chosen().is_some_and(|question| self.returns(question)),
            Action::Undo => self.answered_in.is_some(),
            Action::Redo => false,
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => {
                self.chosen().is_some() && self.preview.offers(action)
            }
            _ => true,
        }
    }

    /// Asks for the item under the cursor, and notes since when it is seen.
    fn painted(&mut self, ctx: &mut AppContext) {
        let Some(seq) = self.chosen().map(|question| question.seq) else { return };
        if self.preview.wants(&seq) {
            ctx.ask(InboxRequest::Text { seq });
        }
        if !self.preview.shows(&seq) {
            self.seen = None;
        } else if self.seen.is_none_or(|(seen, _)| seen != seq) {
            self.seen = Some((seq, ctx.now));
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        self.draw_all(area, buf, ctx);
    }
}

/// The texts of an item that a question is about.
fn text(item: &Item) -> RichText {
    let texts = [("Input", &item.input), ("Output", &item.output)];
    let sections = texts.into_iter().flat_map(|(heading, text)| render::sections(heading, text, None, Look::default()));
    RichText::new(sections.collect())
}
