//! Selecting what is to be marked. The output itself is the field: nothing lies over it.

use super::picker::KEYS;
use super::{After, MarkForm, Overlay};
use crate::analysis::stretch::Unit;
use crate::domain::mark::Mark;
use crate::domain::spec::Spec;
use crate::tui::action::{Action, Context};
use crate::tui::paper::Spot;
use crate::tui::screen::Screen;
use crate::tui::screen::review::Review;
use crate::tui::screen::review::reader::Scroll;
use crate::tui::screen::review::selection::Selection;
use crate::tui::screen::review::sheet::Sheet;
use crate::tui::station::{Station, Tone};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::ops::Range;

/// A selection under way.
pub struct Marking {
    /// Where a drag began.
    from: Option<Spot>,
}

impl Marking {
    /// Says the categories that a digit marks with.
    pub fn new(sheet: &Sheet, spec: &Spec, station: &mut Station) -> Self {
        let named =
            spec.failures.iter().zip(KEYS.chars()).take(9).map(|(failure, key)| format!("{key} {}", failure.name));
        station.say(Tone::Quiet, named.collect::<Vec<_>>().join(" · "));
        Self { from: sheet.pointed.clone() }
    }

    fn step(sheet: &mut Sheet, action: Action) -> bool {
        let Some(mut selection) = sheet.marked.selection.clone() else { return false };
        let output = &sheet.output;
        match action {
            Action::SelectNextSentence => selection.step(output, Unit::Sentence, true),
            Action::SelectPreviousSentence => selection.step(output, Unit::Sentence, false),
            Action::SelectNextWord => selection.step(output, Unit::Word, true),
            Action::SelectPreviousWord => selection.step(output, Unit::Word, false),
            Action::ExtendSentence => selection.extend(output, Unit::Sentence, true),
            Action::ShrinkSentence => selection.extend(output, Unit::Sentence, false),
            Action::ExtendWord => selection.extend(output, Unit::Word, true),
            Action::ShrinkWord => selection.extend(output, Unit::Word, false),
            Action::ExtendCharacter => selection.extend(output, Unit::Character, true),
            Action::ShrinkCharacter => selection.extend(output, Unit::Character, false),
            Action::OtherEnd => selection.turn(),
            _ => return false,
        }
        sheet.select(selection);
        true
    }

    /// Marks with the category of a digit at once.
    fn mark(&self, c: char, review: &mut Review, station: &mut Station) -> After {
        let nth = KEYS.chars().take(9).position(|key| key == c);
        let Some((spec, sheet)) = review.desk() else { return After::Close };
        let Some(failure) = nth.and_then(|nth| spec.failures.get(nth)) else { return After::Stay };
        let Some(range) = bytes(sheet) else { return nothing(station) };
        match Mark::on(&sheet.served.item.output.text, range, &failure.key, "") {
            Some(mark) => super::mark_form::put(sheet, mark, None, &failure.name, station),
            None => nothing(station),
        }
    }

    fn choose(&self, review: &mut Review, station: &mut Station) -> After {
        match review.sheet().and_then(bytes) {
            Some(range) => After::Swap(Box::new(MarkForm::at(range, None))),
            None => nothing(station),
        }
    }
}

/// The bytes of the output that are selected.
fn bytes(sheet: &Sheet) -> Option<Range<usize>> {
    sheet.output.source_of(&sheet.marked.selection.as_ref()?.spot)
}

fn nothing(station: &mut Station) -> After {
    station.say(Tone::Warning, "what is selected is none of the output's own text");
    After::Stay
}

impl Overlay for Marking {
    fn context(&self) -> Context {
        Context::Mark
    }

    fn keys(&self) -> &'static [Action] {
        &[
            Action::ChooseCategory,
            Action::SelectNextSentence,
            Action::SelectNextWord,
            Action::ExtendWord,
            Action::ExtendCharacter,
            Action::Cancel,
            Action::OtherEnd,
            Action::ExtendSentence,
            Action::SelectPreviousSentence,
            Action::SelectPreviousWord,
        ]
    }

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, station: &mut Station) -> After {
        let Some(review) = screen.review_mut() else { return After::Close };
        match (station.keymap.lookup(Context::Mark, &key), key.code) {
            (Some(Action::Cancel), _) => {
                review.end_selection();
                station.hush();
                After::Close
            }
            (Some(Action::ChooseCategory), _) => self.choose(review, station),
            (Some(action), _) => {
                review.sheet_mut().map(|sheet| Self::step(sheet, action));
                After::Stay
            }
            (None, KeyCode::Char(c)) if key.modifiers == KeyModifiers::NONE => self.mark(c, review, station),
            _ => After::Stay,
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, screen: &mut Screen, _: &mut Station) -> After {
        let Some(sheet) = screen.review_mut().and_then(Review::sheet_mut) else { return After::Close };
        let spot = sheet.output.spot_at(Position::new(mouse.column, mouse.row));
        let selection = match (mouse.kind, spot, &self.from) {
            (MouseEventKind::ScrollDown, ..) => return scroll(sheet, 3),
            (MouseEventKind::ScrollUp, ..) => return scroll(sheet, -3),
            (MouseEventKind::Down(_), Some(spot), _) => {
                let sentence = Selection::at(&sheet.output, spot.section, spot.range.start);
                self.from = Some(spot);
                sentence
            }
            (MouseEventKind::Drag(_), Some(spot), Some(from)) => Selection::between(&sheet.output, from, &spot),
            _ => None,
        };
        if let Some(selection) = selection {
            sheet.select(selection);
        }
        After::Stay
    }

    fn draw(&mut self, _: Rect, _: &mut Buffer, _: &mut Screen, _: &Station) {}
}

fn scroll(sheet: &mut Sheet, rows: isize) -> After {
    sheet.output.scroll(Scroll::Rows(rows));
    After::Stay
}
