//! What is known of the people of a queue: one's own figures first, and for a lead those of all, by name.

mod draw;
pub mod overlay;

use super::preview::Preview;
use super::{Place, Subject};
use crate::analysis::reviewer::Person;
use crate::domain::filter::Filter;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::overlay::{Navigation, Outcome};
use crate::tui::rich_text::{RichText, Section};
use crate::tui::widget::list::Cursor;
use crate::tui::worker::{PeopleOfQueue, PeopleReply, PeopleRequest, Reply};
use crossterm::event::{MouseEvent, MouseEventKind};
use overlay::LiftForm;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The people of a queue.
pub struct People {
    queue: String,
    title: String,
    /// `None` until they were read.
    read: Option<PeopleOfQueue>,
    cursor: Cursor,
    /// What is known of the chosen one, by their name.
    figures: Preview<String>,
}

impl People {
    fn refresh(&mut self, ctx: &mut AppContext) {
        ctx.ask(PeopleRequest::Figures { queue: self.queue.clone() });
    }

    fn people(&self) -> &[Person] {
        self.read.as_ref().map(|read| read.people.as_slice()).unwrap_or_default()
    }

    fn chosen(&self) -> Option<&Person> {
        self.people().get(self.cursor.at)
    }

    /// Takes the figures as they are now; the cursor stays on its person.
    fn fill(&mut self, read: PeopleOfQueue) {
        let name = self.chosen().map(|person| person.reviewer.clone());
        let place = read.people.iter().position(|person| Some(&person.reviewer) == name.as_ref());
        self.cursor.at = place.unwrap_or_default();
        self.read = Some(read);
        self.show_figures();
    }

    fn show_figures(&mut self) {
        let pass = self.read.as_ref().and_then(|read| read.pass);
        let Some(person) = self.chosen() else { return };
        let lines: Vec<String> = person.sentences(pass).iter().map(|sentence| format!("• {sentence}")).collect();
        let text = RichText::new(vec![Section { body: lines.join("\n"), hangs: true, ..Section::default() }]);
        let name = person.reviewer.clone();
        self.figures.fill(name.clone(), name, text);
    }

    /// Whether the chosen person is paused, or told, and the reviewer may lift it.
    fn may_lift(&self) -> bool {
        self.read.as_ref().is_some_and(|read| read.leads) && self.chosen().is_some_and(|person| person.paused.is_some())
    }

    /// Lifts what stands against a person.
    pub fn lift(&self, person: String, why: String, ctx: &mut AppContext) {
        ctx.ask(PeopleRequest::Lift { queue: self.queue.clone(), person, why });
    }

    fn choose(&mut self, row: usize) {
        self.cursor.at = row;
        self.show_figures();
    }
}

impl Place for People {
    const OPENED_BY: Option<Action> = Some(Action::People);

    fn open(subject: Subject, ctx: &mut AppContext) -> Option<Self> {
        let Subject { queue, title, .. } = subject;
        ctx.ask(PeopleRequest::Figures { queue: queue.clone() });
        Some(Self { queue, title, read: None, cursor: Cursor::default(), figures: Preview::default() })
    }

    fn subject(&self) -> Option<Subject> {
        let (queue, title) = (self.queue.clone(), self.title.clone());
        Some(Subject { queue, title, item: None, filter: Filter::default(), back: Navigation::Back })
    }

    fn context(&self) -> Context {
        Context::People
    }

    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        match action {
            Action::Leave => return Outcome::leave_for(Navigation::Back),
            Action::Refresh => self.refresh(ctx),
            Action::Lift if !self.may_lift() => {
                ctx.set_status(Tone::Quiet, "nothing to lift: a lead lifts the pause of who is paused");
            }
            Action::Lift if ctx.refuses(action) => {}
            Action::Lift => {
                let form = self.chosen().map(|person| LiftForm::new(person.reviewer.clone()));
                return form.map_or(Outcome::Stay, Outcome::over);
            }
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => self.figures.act(action),
            action => {
                let count = self.people().len();
                self.cursor.act(action, count);
                self.show_figures();
                ctx.clear_status();
            }
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut AppContext) -> Outcome<Self> {
        let count = self.people().len();
        match mouse.kind {
            MouseEventKind::ScrollDown => self.cursor.step(1, count),
            MouseEventKind::ScrollUp => self.cursor.step(-1, count),
            MouseEventKind::Down(_) => {
                let hit = self.cursor.hit(mouse.column, mouse.row);
                hit.into_iter().for_each(|row| self.choose(row));
            }
            _ => return Outcome::Stay,
        }
        self.show_figures();
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::People(PeopleReply::Figures(read)) => {
                if self.read.as_ref() != Some(&*read) {
                    self.fill(*read);
                    ctx.stale_frame = true;
                }
                return None;
            }
            Reply::People(PeopleReply::Lifted { person, people }) => {
                self.fill(*people);
                ctx.set_status(Tone::Good, format!("lifted: {person} goes on, and answers are counted anew"));
            }
            Reply::Failed { request, error } if request.outlives_its_screen() => {
                return Some(Reply::Failed { request, error });
            }
            Reply::Failed { error, .. } => ctx.set_failure(&error),
            _ => return None,
        }
        ctx.stale_frame = true;
        None
    }

    fn offers(&self, action: Action) -> bool {
        match action {
            Action::Lift => self.may_lift(),
            Action::Undo | Action::Redo => false,
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => self.figures.offers(action),
            _ => true,
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        self.draw_all(area, buf, ctx);
    }
}
