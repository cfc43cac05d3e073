//! The rubric's rows: what is said first, the criteria, and what is wrong with the output.

use super::row::{Cell, RULE_WIDTH, Row, beside, fitted, flow, text};
use super::{OpenItem, Target};
use crate::domain::decision::Decision;
use crate::domain::mark::{Mark, excerpt};
use crate::domain::spec::{Criterion, FailureCategory, Spec};
use crate::domain::time::ago;
use crate::text::fit::{cut, cut_apart, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::count;
use crate::tui::screen::review::open_item::{Retry, Unsaved};
use crate::tui::theme::Theme;
use crate::tui::widget::categories::{Choice, KEYS, MARKING_KEYS, failure_line};
use crate::tui::widget::text::width_of;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// The rows of a form, those of the focused criterion among them, and the column of the rule
/// between two halves.
type Laid = (Vec<Row>, Range<usize>, Option<u16>);

/// The least width of a category in one of two columns.
const CATEGORY: usize = 20;

/// Columns of a category before its name: key, box and severity.
const BEFORE_NAME: usize = 9;

/// Columns of the number of marks behind the name of a category.
const MARKS: usize = 3;

/// Rows below the categories: a rule, and what else was put down.
const BELOW_CATEGORIES: usize = 2;

/// Columns of the drawer's title beside the decision asked.
const TITLE: usize = 18;

pub(super) struct Page<'a> {
    open: &'a OpenItem,
    spec: &'a Spec,
    ctx: &'a AppContext,
    theme: &'a Theme,
    /// The reviewer looks at the rubric: marks and note stand there in full.
    opened: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(open: &'a OpenItem, spec: &'a Spec, ctx: &'a AppContext, opened: bool) -> Self {
        Self { open, spec, ctx, theme: &ctx.theme, opened }
    }

    fn key(&self, action: Action) -> String {
        self.ctx.keymap.keys_for(Context::Review, action).into_iter().next().unwrap_or_default()
    }

    /// One thing under the other.
    pub(super) fn column(&self, width: u16) -> Laid {
        let width = usize::from(width);
        let mut rows = self.said_first(width);
        rows.extend(text(&self.spec.decision, self.theme.heading(), (0, width), None));
        let (criteria, focus) = self.criteria(width);
        if !criteria.is_empty() {
            rows.push(Row::default());
        }
        let start = rows.len();
        rows.extend(criteria);
        rows.push(Row::default());
        rows.extend(self.wrong(width, 1));
        (rows, start + focus.start..start + focus.end, None)
    }

    /// The criteria at the left, what is wrong at the right, in a drawer of at most so many rows.
    pub(super) fn halves(&self, width: u16, most: usize) -> Laid {
        let mut rows = self.said_first(width.into());
        let columns = self.category_columns(width, most.saturating_sub(rows.len()));
        let left = self.left_width(width, columns);
        let (criteria, focus) = self.criteria(left.into());
        let wrong = self.wrong((width - left - RULE_WIDTH).into(), columns);
        let start = rows.len();
        rows.extend(beside(criteria, wrong, left, self.theme.track()));
        (rows, start + focus.start..start + focus.end, Some(left + 1))
    }

    /// The columns that so many columns of categories take with all names whole.
    fn categories_width(&self, columns: usize) -> usize {
        let names = self.spec.failures.iter().map(|failure| failure.name.width());
        let marks = if self.open.draft.marks.is_empty() { 0 } else { MARKS };
        columns * (names.max().unwrap_or(0) + BEFORE_NAME + marks + 2) - 2
    }

    /// The number of columns of the categories: one where it is no higher than the levels, two
    /// where they are whole beside whole levels. Else one again, as far as the drawer has rows.
    fn category_columns(&self, width: u16, most: usize) -> usize {
        let levels = self.spec.criteria.iter().map(|criterion| criterion.levels.len()).max().unwrap_or(0);
        let rows = self.spec.failures.len() + BELOW_CATEGORIES;
        let room = usize::from(width).saturating_sub(self.whole_left() + usize::from(RULE_WIDTH));
        let two = rows > levels + CRITERION_HEAD && (rows > most || self.categories_width(2) <= room);
        if two { 2 } else { 1 }
    }

    /// The columns that the row of criteria, the decision asked and the longest level take.
    fn whole_left(&self) -> usize {
        let levels = self.spec.criteria.iter().flat_map(|criterion| &criterion.levels);
        let levels = levels.map(|level| level.width() + LEVEL_MARGIN);
        let criteria = flow(self.criterion_cells(usize::MAX), usize::MAX);
        let criteria = criteria.into_iter().map(|row| row.line.width());
        levels.chain(criteria).chain([self.spec.decision.width() + TITLE]).max().unwrap_or(0)
    }

    /// Columns for the criteria: what they take, as far as the names of the categories are whole
    /// beside them.
    fn left_width(&self, width: u16, columns: usize) -> u16 {
        let least = width / 3;
        let right = self.categories_width(columns).max(2 * CATEGORY + 4);
        let right = u16::try_from(right).unwrap_or(u16::MAX);
        let most = width.saturating_sub(right.saturating_add(RULE_WIDTH)).max(least);
        u16::try_from(self.whole_left()).unwrap_or(u16::MAX).clamp(least, most)
    }

    /// A few rows: the criteria, the focused one's level or question, and the categories.
    pub(super) fn rows(&self, most: usize, width: usize) -> Vec<Row> {
        let mut rows = self.unsaved(width);
        if self.open.is_marking() {
            rows.extend(flow(self.category_cells(usize::MAX), width));
            return rows;
        }
        if self.spec.criteria.is_empty() && self.spec.failures.is_empty() {
            rows.extend(text(&self.spec.decision, self.theme.heading(), (0, width), None).into_iter().take(1));
            return rows;
        }
        let has_criteria = !self.spec.criteria.is_empty();
        if has_criteria {
            rows.extend(fitted(|name| self.criterion_cells(name), 1, width));
        }
        if has_criteria && most > 3 {
            rows.push(self.focused_in_a_row(width));
        }
        if most > 1 && !self.spec.failures.is_empty() {
            rows.extend(fitted(|name| self.category_cells(name), 2, width));
        }
        rows
    }

    /// What comes before everything else: a decision that is not saved, and the one that stands.
    fn said_first(&self, width: usize) -> Vec<Row> {
        self.unsaved(width).into_iter().chain(self.mine(width)).collect()
    }

    /// The decision that could not be recorded stays in sight, with what helps.
    fn unsaved(&self, width: usize) -> Vec<Row> {
        let Some(Unsaved { judgement, reason, hint, retry }) = &self.open.unsaved else { return Vec::new() };
        let verdict = judgement.verdict;
        let keys = self.ctx.keymap.keys_for(Context::Review, Action::Retry).join(" or ");
        let what = match retry {
            Retry::Again => "saves it again",
            Retry::LookAgain => "looks at the item again",
            Retry::Reopen => "shows the rubric in force",
        };
        let title = format!("{} {} NOT SAVED", verdict.sign(), verdict.past());
        let mut rows = text(&title, self.theme.error(), (0, width), None);
        rows.extend(text(reason, self.theme.warning(), (2, width), None));
        rows.extend(hint.iter().flat_map(|hint| text(hint, self.theme.dim(), (2, width), None)));
        rows.extend(text(&format!("{keys} {what}; nothing is lost"), self.theme.text(), (2, width), None));
        rows
    }

    fn mine(&self, width: usize) -> Option<Row> {
        let Decision { judgement, decided_at, .. } = self.open.served.mine.as_ref()?;
        let verdict = judgement.verdict;
        let words = format!("{} You {} it", verdict.sign(), verdict.past());
        let then = match self.open.served.settled_by_another() {
            Some(settled) => {
                format!("{} {} since by {}", settled.verdict.sign(), settled.verdict.past(), settled.who)
            }
            None => "another verdict takes its place".into(),
        };
        let when = format!(" · {} · {then}", ago(*decided_at, self.ctx.now));
        let when = cut(&when, width.saturating_sub(words.width()));
        let spans = vec![Span::styled(words, self.theme.verdict(verdict)), Span::styled(when, self.theme.dim())];
        Some(Row::of(spans, None))
    }

    /// The criteria with their scores, and the focused one in full; as high for each of them, so
    /// that nothing moves when another one is focused.
    fn criteria(&self, width: usize) -> (Vec<Row>, Range<usize>) {
        let Some(focused) = self.spec.criteria.get(self.open.criterion) else { return (Vec::new(), 0..0) };
        let mut rows = flow(self.criterion_cells(usize::MAX), width);
        let start = rows.len();
        rows.extend(self.in_full(focused, width));
        let end = rows.len();
        let highest = self.spec.criteria.iter().map(|criterion| height_in_full(criterion, width)).max();
        rows.resize_with(end.max(start + highest.unwrap_or(0)), Row::default);
        (rows, 0..end)
    }

    fn criterion_cells(&self, name_width: usize) -> Vec<Cell> {
        let cell = |(at, criterion): (usize, &Criterion)| {
            let theme = self.theme;
            let score = self.score(criterion);
            let is_focused = at == self.open.criterion;
            let (pointer, style) = if is_focused { ("▸", theme.accent()) } else { (" ", theme.text()) };
            let name = format!("{pointer}{} ", cut(&criterion.name, name_width));
            let number = match score {
                Some(score) => Span::styled(score.to_string(), theme.accent()),
                None if criterion.required => Span::styled("*", theme.warning()),
                None => Span::styled("–", theme.dim()),
            };
            Cell { spans: vec![Span::styled(name, style), number], target: Some(Target::Criterion(at)) }
        };
        self.spec.criteria.iter().enumerate().map(cell).collect()
    }

    fn score(&self, criterion: &Criterion) -> Option<u8> {
        self.open.draft.scores.get(&criterion.key).copied()
    }

    /// The question and every level with its digit.
    fn in_full(&self, criterion: &Criterion, width: usize) -> Vec<Row> {
        let mut rows = text(&question(criterion), self.theme.dim(), (0, width), None);
        let score = self.score(criterion);
        for (digit, level) in (1..).zip(&criterion.levels) {
            let is_chosen = score == Some(digit);
            let (sign, style) = if is_chosen { ('●', self.theme.accent()) } else { (' ', self.theme.text()) };
            let target = Some(Target::Level(digit));
            for (nth, line) in wrap(level, width.saturating_sub(LEVEL_MARGIN)).into_iter().enumerate() {
                let margin = match nth {
                    0 => vec![
                        Span::styled(format!("{sign}"), style),
                        Span::styled(format!("{digit} "), self.theme.key()),
                    ],
                    _ => vec![Span::raw(" ".repeat(LEVEL_MARGIN))],
                };
                rows.push(Row::of([margin, vec![Span::styled(line, style)]].concat(), target));
            }
        }
        rows
    }

    /// The focused criterion's question, or the level that was chosen.
    fn focused_in_a_row(&self, width: usize) -> Row {
        let Some(criterion) = self.spec.criteria.get(self.open.criterion) else { return Row::default() };
        let level = self.score(criterion).and_then(|score| {
            let level = criterion.levels.get(usize::from(score).checked_sub(1)?)?;
            Some(format!("{} {score}: {level}", criterion.name))
        });
        let line = level.unwrap_or_else(|| question(criterion));
        Row::of(Line::styled(cut(&line, width), self.theme.dim()), None)
    }

    /// The failure categories in one column or two, and what else was put down.
    fn wrong(&self, width: usize, columns: usize) -> Vec<Row> {
        let mut rows = self.categories(width, columns);
        if !rows.is_empty() {
            rows.push(Row::of(Line::styled("─".repeat(width), self.theme.track()), None));
        }
        if self.opened {
            rows.extend(self.open.draft.marks.iter().enumerate().flat_map(|(at, mark)| self.mark(at, mark, width)));
            rows.extend(self.route(width));
            rows.extend(self.note(width));
        } else {
            rows.push(self.put_down(width));
        }
        rows
    }

    fn categories(&self, width: usize, columns: usize) -> Vec<Row> {
        let failures = &self.spec.failures;
        let column = (width + 2) / columns - 2;
        let cell = |(at, failure): (usize, &FailureCategory)| {
            let marks = Some(self.marks_of(failure)).filter(|marks| *marks > 0).map(|marks| format!("▸{marks}"));
            let beside = [self.again(failure).map(str::to_owned), marks].into_iter().flatten();
            let beside = beside.collect::<Vec<_>>().join(" ");
            let key = (self.category_key(at), Some(beside.as_str()).filter(|beside| !beside.is_empty()));
            let line = failure_line(failure, Choice::Many, self.is_chosen(failure), key, column, self.theme);
            Cell { spans: line.spans, target: Some(Target::Failure(at)) }
        };
        let per_column = failures.len().div_ceil(columns).max(1);
        let mut cells: Vec<Option<Cell>> = failures.iter().enumerate().map(cell).map(Some).collect();
        (0..per_column.min(failures.len()))
            .flat_map(|row| {
                let of_row = (0..columns).filter_map(|nth| cells.get_mut(row + nth * per_column)?.take());
                flow(of_row.collect::<Vec<_>>(), usize::MAX)
            })
            .collect()
    }

    /// The categories without their boxes, for rows that are few.
    fn category_cells(&self, name_width: usize) -> Vec<Cell> {
        let names = cut_apart(self.spec.failures.iter().map(|failure| failure.name.as_str()), name_width);
        let cell = |(at, (failure, name)): (usize, (&FailureCategory, String))| {
            let is_chosen = self.is_chosen(failure);
            let style = if is_chosen { self.theme.warning() } else { self.theme.text() };
            let sign = if is_chosen { "✗" } else { " " };
            let again = self.again(failure).map(|again| format!(" {again}")).unwrap_or_default();
            let name = format!("{sign}{name}{again}");
            let spans =
                vec![Span::styled(self.category_key(at).to_string(), self.theme.key()), Span::styled(name, style)];
            Cell { spans, target: Some(Target::Failure(at)) }
        };
        let verb = if self.open.is_marking() { "mark".into() } else { self.key(Action::Reject) };
        let label = Cell { spans: vec![Span::styled(verb, self.theme.dim())], target: None };
        std::iter::once(label).chain(self.spec.failures.iter().zip(names).enumerate().map(cell)).collect()
    }

    /// The key of a category; while marking, digits alone are keys.
    fn category_key(&self, at: usize) -> char {
        let keys = if self.open.is_marking() { MARKING_KEYS } else { KEYS.len() };
        KEYS.chars().take(keys).nth(at).unwrap_or(' ')
    }

    fn marks_of(&self, failure: &FailureCategory) -> usize {
        self.open.draft.marks.iter().filter(|mark| mark.category == failure.key).count()
    }

    /// The category is ticked, or something is marked with it.
    fn is_chosen(&self, failure: &FailureCategory) -> bool {
        self.open.is_put_down(&failure.key)
    }

    /// Says that the category is chosen which the attempt before was rejected for.
    fn again(&self, failure: &FailureCategory) -> Option<&'static str> {
        (self.is_chosen(failure) && self.open.was_rejected_for(failure)).then_some("again")
    }

    /// Note, marks and what else there is, in a row.
    fn put_down(&self, width: usize) -> Row {
        let theme = self.theme;
        let cell = |text: String, style: Style, action: Option<Action>, target| {
            let key = action.map(|action| Span::styled(format!(" {}", self.key(action)), theme.key()));
            Cell { spans: std::iter::once(Span::styled(text, style)).chain(key).collect(), target }
        };
        let draft = &self.open.draft;
        let mut others = Vec::new();
        if !draft.marks.is_empty() {
            let marks = count(draft.marks.len() as i64, "mark");
            others.push(cell(marks, theme.warning(), Some(Action::Marks), Some(Target::Mark)));
        }
        if draft.correction.is_some() {
            others.push(cell("✎".into(), theme.accent(), Some(Action::Correct), None));
        }
        if self.open.served.golden.is_some() {
            others.push(cell("★".into(), theme.accent(), Some(Action::Golden), None));
        }
        if let Some(key) = &draft.route {
            others.push(cell(format!("→ {}", self.route_name(key)), theme.text(), None, None));
        }
        let taken: usize = others.iter().map(|cell| width_of(&cell.spans) + 2).sum();
        let label = cell("Note".into(), theme.text(), Some(Action::Note), Some(Target::Note));
        let room = width.saturating_sub(taken + width_of(&label.spans) + 1).max(6);
        let (words, style) = match draft.note.trim() {
            "" => ("(none)".into(), theme.dim()),
            note => (cut(&format!("“{note}”"), room), theme.text()),
        };
        let note = [label.spans, vec![Span::styled(format!(" {words}"), style)]].concat();
        let cells = std::iter::once(Cell { spans: note, target: Some(Target::Note) }).chain(others).collect();
        flow(cells, usize::MAX).pop().unwrap_or_default()
    }

    fn mark(&self, at: usize, mark: &Mark, width: usize) -> Vec<Row> {
        let target = Some(Target::Mark);
        let name = self.spec.failure(&mark.category).map_or(&mark.category, |failure| &failure.name);
        let words = cut(&excerpt(&mark.text, width), width.saturating_sub(name.width().min(width / 2) + 8));
        let spans = vec![
            Span::styled(format!("▸{} ", at + 1), self.theme.key()),
            Span::styled(cut(name, width / 2), self.theme.warning()),
            Span::styled(format!(" “{words}”"), self.theme.text()),
        ];
        let comment = Some(&mark.comment).filter(|comment| !comment.is_empty());
        let comment = comment.into_iter().flat_map(|comment| text(comment, self.theme.dim(), (3, width), target));
        std::iter::once(Row::of(spans, target)).chain(comment).collect()
    }

    fn route_name(&self, key: &'a str) -> &'a str {
        self.spec.route(key).map_or(key, |route| &route.name)
    }

    fn route(&self, width: usize) -> Vec<Row> {
        let key = self.open.draft.route.iter();
        key.flat_map(|key| text(&format!("→ {}", self.route_name(key)), self.theme.text(), (0, width), None)).collect()
    }

    fn note(&self, width: usize) -> Vec<Row> {
        let target = Some(Target::Note);
        let label =
            vec![Span::styled("Note ", self.theme.text()), Span::styled(self.key(Action::Note), self.theme.key())];
        match self.open.draft.note.as_str() {
            "" => vec![Row::of([label, vec![Span::styled(" (none)", self.theme.dim())]].concat(), target)],
            note => {
                let words = text(note, self.theme.text(), (2, width), target);
                std::iter::once(Row::of(label, target)).chain(words).collect()
            }
        }
    }
}

/// Rows above the levels of the focused criterion, as a rule: the criteria, and its question.
const CRITERION_HEAD: usize = 2;

/// Columns before the words of a level: whether it is chosen, and its digit.
const LEVEL_MARGIN: usize = 3;

fn question(criterion: &Criterion) -> String {
    format!("{}: {}", criterion.name, criterion.question)
}

/// The rows of a criterion in full.
fn height_in_full(criterion: &Criterion, width: usize) -> usize {
    let level = |level: &String| wrap(level, width.saturating_sub(LEVEL_MARGIN)).len();
    wrap(&question(criterion), width).len() + criterion.levels.iter().map(level).sum::<usize>()
}
