//! Nothing is left to serve: the queue is done, or its rest is claimed or deferred.

use super::Review;
use crate::domain::bar::Outcome;
use crate::domain::decision::Verdict;
use crate::domain::stage::Stage;
use crate::domain::time::UtcMillis;
use crate::store::{End, Share};
use crate::text::fit::{cut, wrap};
use crate::text::sanitize;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::{count, percent, thousands, until};
use crate::tui::widget::{bar, standing};
use crate::tui::worker::BarStanding;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// After a claim has expired it is waited for this long before looking again.
const GRACE_MILLIS: i64 = 500;

/// A claimed item may come free before its claim expires: it is looked for this often.
const REFRESH_MILLIS: i64 = 5_000;

/// Bars that are listed.
const BARS: usize = 5;

/// The end, as it was when it was asked for.
#[derive(Debug, Default)]
pub(super) struct EndView {
    pub end: End,
    /// Items that came in since.
    pub came_in: i64,
    /// Something is free, and the reviewer was not there to be served it.
    pub goes_on: bool,
    since: UtcMillis,
}

impl EndView {
    pub(super) fn new(end: End, now: UtcMillis) -> Self {
        Self { end, came_in: 0, goes_on: false, since: now }
    }

    /// The time at which a claimed item may be free, and looking again is worth it.
    pub(super) fn refresh_at(&self) -> Option<UtcMillis> {
        let free = self.end.claimed.iter().map(|claimant| claimant.first_free_at).min()?;
        Some((free.max(self.since) + GRACE_MILLIS).min(self.since + REFRESH_MILLIS))
    }
}

/// Draws what there is to say, in the middle of the area.
pub(super) fn draw(review: &Review, view: &EndView, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let width = usize::from(area.width.saturating_sub(4)).min(72);
    let lines = lines(review, view, width, ctx);
    let top = area.height.saturating_sub(lines.len() as u16) / 3;
    let left = (usize::from(area.width) - width) as u16 / 2;
    for (line, row) in lines.into_iter().zip(area.rows().skip(usize::from(top))) {
        line.render(Rect { x: row.x + left, width: row.width.saturating_sub(left), ..row }, buf);
    }
}

fn lines(review: &Review, view: &EndView, width: usize, ctx: &AppContext) -> Vec<Line<'static>> {
    let (theme, end) = (&ctx.theme, &view.end);
    let mut lines = vec![Line::styled(title(review, view), theme.heading()), Line::default()];
    lines.push(Line::from(bar::shares(&end.counts, width, theme)));
    lines.push(Line::from(shares(end, ctx)));
    lines.push(Line::default());
    if !review.bars.is_empty() {
        lines.extend(bars(review, width, ctx));
        lines.push(Line::default());
    }
    lines.extend(body(review, view, ctx).into_iter().flat_map(|text| {
        let wrapped = wrap(&text, width);
        wrapped.into_iter().map(|line| Line::styled(line, theme.text())).collect::<Vec<_>>()
    }));
    lines
}

fn title(review: &Review, view: &EndView) -> String {
    let end = &view.end;
    match end.counts {
        _ if view.goes_on => "There is work again.".into(),
        _ if end.paused.is_some() => "You are paused in this queue.".into(),
        counts if counts.items == 0 => "This queue has no items yet.".into(),
        counts if counts.taken() == 0 => "Sampling has taken no item yet.".into(),
        counts if counts.remaining() == 0 && counts.taken() == 1 => "The one item is decided.".into(),
        counts if counts.remaining() == 0 => format!("All {} are decided.", count(counts.taken(), "item")),
        _ if is_narrowed(review, end) => "Nothing more is found by the filter.".into(),
        _ if end.claimed.is_empty() && end.deferred > 0 => "What is left, you have deferred.".into(),
        _ if end.share.is_some() => "What is left is for others first.".into(),
        counts if end.declined == counts.remaining() => "What is left, you have declined.".into(),
        _ if !end.claimed.is_empty() => "What is left is with other reviewers.".into(),
        counts => format!("{} left, and none is free.", count(counts.remaining(), "item")),
    }
}

/// Where the bars of the queue stand, and how many more reviews they take: those first that reviews can decide.
fn bars(review: &Review, width: usize, ctx: &AppContext) -> Vec<Line<'static>> {
    let mut bars: Vec<&BarStanding> = review.bars.iter().collect();
    bars.sort_by_key(|bar| bar.outcome != Outcome::Undecided);
    let shown = bars.iter().take(BARS).map(|bar| standing::line(bar, width, &ctx.theme));
    let more = bars.len().saturating_sub(BARS);
    let more = (more > 0).then(|| Line::styled(format!("  and {}", count(more as i64, "more bar")), ctx.theme.dim()));
    shown.chain(more).collect()
}

/// With a capital letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn shares(end: &End, ctx: &AppContext) -> Vec<Span<'static>> {
    let counts = &end.counts;
    let spans = Verdict::ALL.into_iter().flat_map(|verdict| {
        let number = counts.of(verdict);
        let text = format!("{} {} {}", verdict.sign(), thousands(number), verdict.past());
        let share = format!(" {}    ", percent(number, counts.taken()));
        [Span::styled(text, ctx.theme.verdict(verdict)), Span::styled(share, ctx.theme.dim())]
    });
    spans.collect()
}

/// The filter may keep back what is left.
fn is_narrowed(review: &Review, end: &End) -> bool {
    !review.serving.filter.is_everything() && end.counts.remaining() > 0
}

fn body(review: &Review, view: &EndView, ctx: &AppContext) -> Vec<String> {
    let end = &view.end;
    let spec = review.spec();
    let key = |action| ctx.keymap.keys_for(Context::End, action).join(" or ");
    let db = sanitize::line(&ctx.db_option);
    let mut body = Vec::new();
    if end.counts.items == 0 {
        return vec![format!("Fill it:  karat import {} FILE{db}", spec.name)];
    }
    let held_back = end.counts.at(Stage::HeldBack);
    if held_back > 0 {
        let items = count(held_back, "more item");
        body.push(format!("Sampling holds {items} back; `karat pull {}{db}` takes some in.", spec.name));
    }
    if let Some(paused) = &end.paused {
        body.push(format!("{}.", sentence(&paused.why())));
        body.push(format!(
            "What you decided stands. {} shows your answers. Talk to a lead, who lifts it on the same screen, or with:  \
             karat lift {} {} --why TEXT",
            key(Action::People),
            spec.name,
            cut(&paused.reviewer, 40)
        ));
        body.push(format!("{} looks whether it was lifted.", key(Action::Refresh)));
    }
    if end.counts.remaining() == 0 && end.counts.taken() > 0 {
        body.push("Every one of them has a verdict, and every verdict is on disk.".into());
        body.push(format!("Take them out:  karat export {} --to csv --out {}.csv{db}", spec.name, spec.name));
    }
    if view.goes_on {
        let came_in = match view.came_in {
            0 => String::new(),
            items => format!("{} came in. ", count(items, "new item")),
        };
        body.push(format!("{came_in}{} serves what is free.", key(Action::Refresh)));
    }
    if is_narrowed(review, end) {
        let left = thousands(end.counts.remaining());
        body.push(format!("Undecided in the whole queue: {left}; {} serves them too.", key(Action::Order)));
    }
    for claimant in &end.claimed {
        let free = until(claimant.first_free_at, ctx.now);
        let items = count(claimant.items, "item");
        body.push(format!("⚑ {} has claimed {items}; the first comes free {free}", cut(&claimant.reviewer, 40)));
    }
    if !end.claimed.is_empty() {
        body.push(format!("An item that comes free is shown at once; {} looks now.", key(Action::Refresh)));
    }
    for (stage, whom) in
        [(Stage::NeedsOpinion, "for another's opinion"), (Stage::Disputed, "for who settles a disagreement")]
    {
        if end.counts.at(stage) > 0 {
            body.push(format!("Waiting {whom}: {}.", count(end.counts.at(stage), "item")));
        }
    }
    if end.counts.at(Stage::ToRetry) > 0 {
        let items = count(end.counts.at(Stage::ToRetry), "output");
        body.push(format!("To be made again: {items}; `karat retry {}` prints what a program needs.", spec.name));
    }
    if end.deferred > 0 {
        let items = count(end.deferred, "item");
        body.push(format!("⏸ You have set {items} aside; {} serves them now.", key(Action::ServeDeferred)));
    }
    if end.declined > 0 {
        body.push(format!("⊘ You have declined {}: others decide.", count(end.declined, "item")));
    }
    if let Some(Share { held, settled, most }) = end.share {
        body.push(format!(
            "You hold {} of the {} settled, {}, and the spec lets one reviewer hold {}: you are served again once \
             others have settled more.",
            thousands(held),
            thousands(settled),
            percent(held, settled),
            percent((most * 1000.0).round() as i64, 1000)
        ));
    }
    if end.left_to_nobody > 0 {
        let items = count(end.left_to_nobody, "item");
        body.push(format!(
            "Nobody on the team is left for {items}: everybody has declined or given an opinion. Somebody takes that \
             back, or a lead grants one more person: karat team grant"
        ));
    }
    body.push(String::new());
    if review.asks_for_opinions() {
        body.push(format!("{} tells how opinions of yours were settled.", key(Action::Settled)));
    }
    let back = format!("{} returns to the queues.", key(Action::Leave));
    body.push(match review.history.first_decided() {
        Some(_) => format!("{} undoes your last decision, {back}", key(Action::Undo)),
        None => back,
    });
    body
}
