//! Keeping an item as a golden example: what is expected of it, tags, and why.

use super::{Outcome, Overlay};
use crate::domain::decision::Verdict;
use crate::domain::golden::{Example, Expected, TAGS, Texts, tags};
use crate::domain::item::Seq;
use crate::store::{Because, Candidate, Golden};
use crate::text::fit::{cut, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::theme::Theme;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, fit};
use crate::tui::widget::text_field::TextField;
use crate::tui::worker::{GoldenReply, GoldenRequest, Reply, Request};
use crossterm::event::{KeyCode, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// Rows for the sentence why.
const WHY_ROWS: u16 = 3;

/// Columns of the fields' names.
const NAMES: u16 = 11;

/// A part of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Verdict,
    Expected,
    Categories,
    Why,
    Tags,
}

impl Field {
    const ALL: [Field; 5] = [Field::Verdict, Field::Expected, Field::Categories, Field::Why, Field::Tags];

    fn name(self) -> &'static str {
        match self {
            Field::Verdict => "Verdict",
            Field::Expected => "Expected",
            Field::Categories => "Failures",
            Field::Why => "Why",
            Field::Tags => "Tags",
        }
    }
}

/// An example under way. It stays open until it is on disk.
pub struct GoldenForm {
    queue: String,
    item: Seq,
    id: String,
    /// The item is golden already.
    edits: bool,
    verdict: Verdict,
    expected: Expected,
    /// The reviewer has chosen them: they follow from nothing any more.
    chosen: [bool; 2],
    texts: Texts,
    /// Keys of failure categories.
    categories: TextField,
    why: TextField,
    tags: TextField,
    /// Tags to choose from.
    known: Vec<String>,
    /// Keys of failure categories to choose from.
    failures: Vec<String>,
    field: Field,
    saving: bool,
    done: bool,
    /// The area of each field as drawn last.
    places: [Rect; 5],
}

impl GoldenForm {
    /// The form for the item under review: its verdict is the reviewer's own, or what the draft
    /// leads to.
    pub fn of_item(queue: &str, open: &OpenItem, ctx: &mut AppContext) -> Self {
        let id = &open.served.item.id;
        if let Some(golden) = &open.served.golden {
            return Self::edit(queue, golden, ctx);
        }
        let own = open.served.mine.as_ref().map(|mine| &mine.judgement);
        let drafted = if open.draft.categories.is_empty() { Verdict::Accept } else { Verdict::Reject };
        let texts = Texts {
            reference: open.served.item.reference.is_some(),
            correction: own.is_some_and(|own| own.draft.correction.is_some()),
        };
        let verdict = own.map_or(drafted, |own| own.verdict);
        let expected = Expected::proposed(verdict, texts);
        let categories = own.map_or(&open.draft, |own| &own.draft).categories.clone();
        let example = Example { verdict, expected, categories, tags: Vec::new(), why: String::new() };
        Self::new(queue, open.seq(), id, &example, texts, ctx)
    }

    /// The form for an item that was rejected and corrected.
    pub fn of_candidate(queue: &str, candidate: &Candidate, ctx: &mut AppContext) -> Self {
        let texts = Texts { correction: matches!(candidate.because, Because::Corrected(_)), reference: false };
        let expected = Expected::proposed(candidate.verdict, texts);
        let (verdict, categories) = (candidate.verdict, candidate.categories.clone());
        let example = Example { verdict, expected, categories, tags: Vec::new(), why: candidate.note.clone() };
        Self::new(queue, candidate.item, &candidate.id, &example, texts, ctx)
    }

    /// The form for an example as it stands.
    pub fn edit(queue: &str, golden: &Golden, ctx: &mut AppContext) -> Self {
        let expected = golden.example.expected;
        let texts = Texts { reference: expected == Expected::Reference, correction: expected == Expected::Correction };
        let form = Self::new(queue, golden.item, &golden.id, &golden.example, texts, ctx);
        Self { edits: true, chosen: [true; 2], ..form }
    }

    fn new(queue: &str, item: Seq, id: &str, example: &Example, texts: Texts, ctx: &mut AppContext) -> Self {
        ctx.ask(GoldenRequest::Facts { queue: queue.into(), seq: item });
        ctx.clear_status();
        Self {
            queue: queue.into(),
            item,
            id: id.into(),
            edits: false,
            verdict: example.verdict,
            expected: example.expected,
            chosen: [false; 2],
            texts,
            categories: TextField::new(&example.categories.join(", ")),
            why: TextField::new(&example.why),
            tags: TextField::new(&example.tags.join(", ")),
            known: TAGS.map(str::to_owned).to_vec(),
            failures: Vec::new(),
            field: Field::Why,
            saving: false,
            done: false,
            places: [Rect::ZERO; 5],
        }
    }

    fn step(&mut self, by: isize) {
        let at = (self.field as isize + by).clamp(0, Field::ALL.len() as isize - 1);
        self.field = Field::ALL[at as usize];
    }

    /// The next or previous choice of the field; those that cannot be are passed over.
    fn choose(&mut self, by: isize) {
        match self.field {
            Field::Verdict => {
                self.verdict = turned(&Verdict::ALL, self.verdict, by, |_| true);
                self.chosen[0] = true;
                if !self.chosen[1] {
                    self.expected = Expected::proposed(self.verdict, self.texts);
                }
            }
            Field::Expected => {
                self.expected = turned(&Expected::ALL, self.expected, by, |expected| self.texts.has(expected));
                self.chosen[1] = true;
            }
            Field::Categories | Field::Why | Field::Tags => {}
        }
    }

    fn text(&mut self) -> Option<&mut TextField> {
        match self.field {
            Field::Categories => Some(&mut self.categories),
            Field::Why => Some(&mut self.why),
            Field::Tags => Some(&mut self.tags),
            _ => None,
        }
    }

    /// Writes the rest of the known tag that was begun; without one, goes on.
    fn complete_or_step(&mut self) {
        let (text, known) = match self.field {
            Field::Categories => (&mut self.categories, &self.failures),
            Field::Tags => (&mut self.tags, &self.known),
            Field::Verdict | Field::Expected | Field::Why => return self.step(1),
        };
        let typed = text.text();
        let begun = typed.rsplit([',', '\n']).next().unwrap_or_default().trim_start();
        let rest = known.iter().find_map(|word| word.strip_prefix(begun).filter(|rest| !rest.is_empty()));
        match rest.filter(|_| !begun.is_empty()) {
            Some(rest) => text.paste(rest),
            None => self.step(1),
        }
    }

    fn commit(&mut self, ctx: &mut AppContext) {
        if self.saving {
            return;
        }
        self.saving = true;
        let why = self.why.text().trim().to_owned();
        // What is accepted has nothing wrong with it.
        let categories = if self.verdict == Verdict::Accept { Vec::new() } else { tags(&self.categories.text()) };
        let (verdict, expected) = (self.verdict, self.expected);
        let example = Example { verdict, expected, categories, tags: tags(&self.tags.text()), why };
        ctx.ask(GoldenRequest::Keep { queue: self.queue.clone(), seq: self.item, example });
    }

    fn verdicts(&self, theme: &Theme) -> Vec<Span<'static>> {
        let choices = Verdict::ALL.into_iter().flat_map(|verdict| {
            let name = format!("{} {}", verdict.sign(), verdict.as_str());
            choice(&name, verdict == self.verdict, theme.verdict(verdict), theme)
        });
        choices.collect()
    }

    fn expectations(&self, theme: &Theme) -> Vec<Span<'static>> {
        let choices = Expected::ALL.into_iter().filter(|expected| self.texts.has(*expected));
        let choices = choices.flat_map(|expected| {
            let name = match expected {
                Expected::Output => "this output",
                Expected::Reference => "the reference",
                Expected::Correction => "the correction",
                Expected::Nothing => "no output",
            };
            choice(name, expected == self.expected, theme.accent(), theme)
        });
        choices.collect()
    }

    fn draw_text(&mut self, field: Field, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let focused = self.field == field;
        let (text, empty) = match field {
            Field::Categories => (&mut self.categories, "keys of what is wrong, separated by commas"),
            Field::Why => (&mut self.why, "what it shows, in a sentence"),
            _ => (&mut self.tags, "separated by commas"),
        };
        if focused {
            return text.draw(area, buf, theme);
        }
        let said = text.text();
        let (said, style) = if said.is_empty() { (empty.to_owned(), theme.dim()) } else { (said, theme.text()) };
        let lines = wrap(&said, area.width.into()).into_iter();
        lines.zip(area.rows()).for_each(|(line, row)| Line::styled(line, style).render(row, buf));
    }
}

impl<S: 'static> Overlay<S> for GoldenForm {
    fn context(&self) -> Context {
        Context::GoldenForm
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::KeepGolden, Action::ChooseNext, Action::Complete, Action::Down, Action::DropGolden]
    }

    fn key(&mut self, key: KeyPress, _: &mut S, ctx: &mut AppContext) -> Outcome<S> {
        let newline = key.event.code == KeyCode::Enter && key.event.modifiers != KeyModifiers::NONE;
        let action = key.action.filter(|_| !newline);
        match (action, self.text()) {
            (Some(Action::DropGolden), _) => return Outcome::Close,
            (Some(Action::KeepGolden), _) => self.commit(ctx),
            (Some(Action::Up), _) => self.step(-1),
            (Some(Action::Down), _) => self.step(1),
            (Some(Action::Complete), _) => self.complete_or_step(),
            (_, Some(text)) => text.key(key.event),
            (Some(Action::ChooseNext), None) => self.choose(1),
            (Some(Action::ChoosePrevious), None) => self.choose(-1),
            _ => {}
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut S, _: &mut AppContext) {
        if let Some(text) = self.text() {
            text.paste(pasted);
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut S, _: &mut AppContext) -> Outcome<S> {
        let hit = self.places.iter().position(|place| place.contains((mouse.column, mouse.row).into()));
        if let (MouseEventKind::Down(_), Some(at)) = (mouse.kind, hit) {
            match self.field == Field::ALL[at] {
                true => self.choose(1), // a second click turns the choice
                false => self.field = Field::ALL[at],
            }
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, _: &mut S, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Golden(GoldenReply::Facts(facts)) if facts.item == self.item => {
                self.texts = facts.texts;
                if let Some(verdict) = facts.verdict.filter(|_| !self.chosen[0]) {
                    self.verdict = verdict;
                }
                if !self.chosen[1] {
                    self.expected = Expected::proposed(self.verdict, self.texts);
                }
                let known = facts.tags.into_iter().filter(|tag| !TAGS.contains(&tag.as_str()));
                self.known.extend(known);
                self.failures = facts.categories;
            }
            Reply::Golden(GoldenReply::Kept(golden)) => {
                self.done = golden.item == self.item;
                return Some(Reply::Golden(GoldenReply::Kept(golden))); // the screen below shows it
            }
            Reply::Failed { request, error } if is_ours(&request, self.item) => {
                if !request.is_lookup() {
                    self.saving = false;
                    ctx.set_status(Tone::Error, format!("not kept: {error}"));
                }
            }
            other => return Some(other),
        }
        ctx.stale_frame = true;
        None
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut S, ctx: &AppContext) {
        let theme = &ctx.theme;
        let width = area.width.saturating_sub(8).min(84);
        let id = cut(&self.id, usize::from(width / 2));
        let title = match self.edits {
            true => format!("Golden example {id}"),
            false => format!("Keep {id} as a golden example"),
        };
        let room = popup::draw(area, (width, WHY_ROWS + 7), Anchor::Foot, &title, buf, theme);
        let rows = [1, 1, 1, 1, WHY_ROWS, 1, 1, 1].map(Constraint::Length);
        let [verdict, expected, categories, _, why, _, tags, known] = Layout::vertical(rows).areas(room);
        self.places = [verdict, expected, categories, why, tags];
        for (field, place) in Field::ALL.into_iter().zip(self.places) {
            let (pointer, style) = if field == self.field { ("▸ ", theme.accent()) } else { ("  ", theme.dim()) };
            Line::styled(format!("{pointer}{}", field.name()), style).render(place, buf);
            let place = inset(place);
            match field {
                Field::Verdict => Line::from(self.verdicts(theme)).render(place, buf),
                Field::Expected => Line::from(self.expectations(theme)).render(place, buf),
                Field::Categories | Field::Why | Field::Tags => self.draw_text(field, place, buf, theme),
            }
        }
        let offered = if self.field == Field::Categories { &self.failures } else { &self.known };
        let offered = format!("{}   Tab completes", offered.join(" · "));
        let place = inset(known);
        Line::from(fit(data(&offered, theme.dim(), theme), place.width.into())).render(place, buf);
    }
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x + NAMES.min(area.width), width: area.width.saturating_sub(NAMES), ..area }
}

fn is_ours(request: &Request, item: Seq) -> bool {
    matches!(request, Request::Golden(GoldenRequest::Facts { seq, .. }) | Request::Golden(GoldenRequest::Keep { seq, .. }) if *seq == item)
}

/// A choice among others, the chosen one in brackets: colour never stands alone.
fn choice(name: &str, chosen: bool, style: Style, theme: &Theme) -> [Span<'static>; 1] {
    match chosen {
        true => [Span::styled(format!("[{name}] "), style)],
        false => [Span::styled(format!(" {name}  "), theme.dim())],
    }
}

/// The next of a list that may be, round and round.
fn turned<T: Copy + PartialEq>(all: &[T], at: T, by: isize, may_be: impl Fn(T) -> bool) -> T {
    let from = all.iter().position(|one| *one == at).unwrap_or_default() as isize;
    let count = all.len() as isize;
    let order = (1..=count).map(|step| all[(from + step * by).rem_euclid(count) as usize]);
    order.into_iter().find(|one| may_be(*one)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_go_round_and_pass_over_what_cannot_be() {
        let texts = Texts { reference: false, correction: true };
        let turn = |at, by| turned(&Expected::ALL, at, by, |expected| texts.has(expected));
        assert_eq!(turn(Expected::Output, 1), Expected::Correction);
        assert_eq!(turn(Expected::Output, -1), Expected::Nothing);
        assert_eq!(turn(Expected::Nothing, 1), Expected::Output);
    }
}
