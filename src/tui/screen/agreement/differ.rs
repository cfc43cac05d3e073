//! Where people differ, drawn: who with whom, over which sentences, for what causes; and the items to
//! talk about, the worst first, each with the opinions on it.

use super::AgreementScreen;
use super::draw::{inset, paragraph};
use crate::analysis::opinions::{Differing, Sentence};
use crate::domain::decision::Decision;
use crate::domain::item::{Content, Item};
use crate::domain::spec::Spec;
use crate::text::fit::cut;
use crate::text::plural::count;
use crate::tui::app_context::AppContext;
use crate::tui::render::{self, Look};
use crate::tui::rich_text::RichText;
use crate::tui::widget::text::{data, spread, width_of};
use crate::tui::worker::Counted;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// The least width for the text of an item to stand beside the list.
const BESIDE: u16 = 100;

/// Lines of each kind above the items; where there is little room, one less.
const EACH: usize = 3;

/// Rows under which there is little room.
const LITTLE: u16 = 25;

impl AgreementScreen {
    pub(super) fn draw_differing(&mut self, body: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let Some(counted) = &self.counted else { return };
        if counted.disagreement.differing == 0 {
            let compared = counted.disagreement.compared;
            let text = match compared {
                0 => "Nothing that you may see was judged by two people yet.".to_owned(),
                _ => format!("No opinions differ: {} were compared.", count(compared as usize, "pair")),
            };
            return paragraph(&text, inset(body), buf, &ctx.theme);
        }
        let each = if body.height < LITTLE { EACH - 1 } else { EACH };
        let above = summary(counted, each, usize::from(inset(body).width), ctx);
        let height = (above.len() as u16 + 1).min(body.height / 2);
        let [top, rest] = Layout::vertical([Constraint::Length(height), Constraint::Fill(1)]).areas(body);
        above.into_iter().zip(inset(top).rows()).for_each(|(line, place)| line.render(place, buf));
        let items = counted.disagreement.items.len();
        let (list, text) = self.preview.divide(rest, rest.width >= BESIDE, items.min(usize::from(u16::MAX)) as u16);
        let list = inset(list);
        let at = self.items.at;
        for (of, place) in self.items.arrange(list, items, |_| 1) {
            let chosen = of == at;
            if chosen {
                buf.set_style(Rect { x: place.x - 1, width: place.width + 2, ..place }, ctx.theme.selection());
            }
            item(counted, of, chosen, usize::from(place.width), ctx).render(place, buf);
        }
        if let Some(text) = text {
            self.preview.draw(text, Vec::new(), buf, ctx);
        }
    }
}

/// What differs in all: a few lines of each kind.
fn summary(counted: &Counted, each: usize, width: usize, ctx: &AppContext) -> Vec<Line<'static>> {
    let (theme, found) = (&ctx.theme, &counted.disagreement);
    let mut lines = Vec::new();
    let mut line = |text: String, style| lines.push(Line::from(data(&cut(&text, width), style, theme)));
    line(
        format!("{} of {} of opinions differ in something", found.differing, count(found.compared as usize, "pair")),
        theme.heading(),
    );
    for pair in found.pairs.iter().filter(|pair| pair.differing > 0).take(each) {
        let [one, other] = [pair.reviewers.0, pair.reviewers.1].map(|place| &counted.reviewers[place as usize]);
        let most = pair.most.as_ref().map_or(String::new(), |(of, _)| format!(", most on {}", subject(of)));
        line(
            format!("  {one} and {other}: {} of {}{most}", pair.differing, count(pair.items as usize, "item")),
            theme.text(),
        );
    }
    if found.unsettled > 0 {
        let pairs = count(found.unsettled as usize, "pair");
        line(format!("  {pairs} of them not settled yet: who said what is told after that"), theme.text());
    }
    for sentence in found.sentences.iter().take(each) {
        line(format!("  {}", over(sentence, &counted.spec)), theme.text());
    }
    let (causes, without) = &counted.causes;
    if !causes.is_empty() || *without > 0 {
        let mut told: Vec<String> = causes.iter().map(|(cause, times)| format!("{} {times}", cause.phrase())).collect();
        told.extend((*without > 0).then(|| format!("no cause given {without}")));
        line(format!("  causes: {}", told.join(", ")), theme.text());
    }
    lines
}

/// `level 3 of tone: 41 % of all disagreements · “Kind”`
fn over(Sentence { of, level, share, .. }: &Sentence, spec: &Spec) -> String {
    let percent = format!("{:.0} % of all disagreements", share * 100.0);
    match (of, level) {
        (Differing::Criterion(key), Some(level)) => {
            let criterion = spec.criteria.iter().find(|criterion| criterion.key == *key);
            let words = criterion.and_then(|criterion| criterion.levels.get(usize::from(*level) - 1));
            let words = words.map_or(String::new(), |words| format!(" · “{words}”"));
            format!("level {level} of {key}: {percent}{words}")
        }
        _ => format!("{}: {percent}", subject(of)),
    }
}

fn subject(of: &Differing) -> &str {
    match of {
        Differing::Verdict => "the verdict",
        Differing::Category(key) | Differing::Criterion(key) => key,
    }
}

/// `▸ i7   the verdict, tone, wrong    3 levels`
fn item(counted: &Counted, of: usize, chosen: bool, width: usize, ctx: &AppContext) -> Line<'static> {
    let theme = &ctx.theme;
    let talk = &counted.disagreement.items[of];
    let style = if chosen { theme.accent() } else { theme.text() };
    let id = counted.ids.get(&talk.seq).cloned().unwrap_or_default();
    let mut left = vec![Span::styled(if chosen { "▸ " } else { "  " }, style)];
    left.extend(data(&cut(&id, width / 3), style, theme));
    let gap = (width / 3 + 3).saturating_sub(width_of(&left)).max(2);
    left.push(Span::raw(" ".repeat(gap)));
    let what: Vec<&str> = talk.in_what.iter().map(subject).collect();
    left.extend(data(&what.join(", "), theme.text(), theme));
    let right = match talk.distance {
        0 => Vec::new(),
        levels => vec![Span::styled(format!("{} apart", count(levels as usize, "level")), theme.dim())],
    };
    spread(left, right, width)
}

/// The item's texts below the opinions on it.
pub(super) fn item_with_opinions(item: &Item, opinions: &[(Option<String>, Decision)], spec: &Spec) -> RichText {
    let said: Vec<String> = opinions.iter().enumerate().map(|(at, opinion)| told(at, opinion, spec)).collect();
    let said =
        Content::text(if said.is_empty() { "kept from you until it is settled".into() } else { said.join("\n\n") });
    let texts = [("Opinions", &said), ("Output", &item.output), ("Input", &item.input)];
    let sections = texts.into_iter().flat_map(|(heading, text)| render::sections(heading, text, None, Look::default()));
    RichText::new(sections.collect())
}

fn told(at: usize, (name, decision): &(Option<String>, Decision), spec: &Spec) -> String {
    let judgement = &decision.judgement;
    let side = char::from(b'A' + (at as u8).min(25));
    let who = name.as_ref().map_or_else(|| side.to_string(), |name| format!("{side} {name}"));
    let mut parts = vec![format!("{who}: {} {}", judgement.verdict.sign(), judgement.verdict.past())];
    parts.extend((!judgement.draft.categories.is_empty()).then(|| judgement.draft.categories.join(", ")));
    let scores: Vec<String> = spec
        .criteria
        .iter()
        .filter_map(|criterion| Some(format!("{} {}", criterion.key, judgement.draft.scores.get(&criterion.key)?)))
        .collect();
    parts.extend((!scores.is_empty()).then(|| scores.join(", ")));
    let note = judgement.draft.note.trim();
    parts.extend((!note.is_empty()).then(|| format!("“{note}”")));
    parts.join("\n")
}
