//! What an escalation asks of whoever opens its item.

use super::text::{data, width_of};
use crate::domain::decision::{Escalation, Returned, Verdict};
use crate::domain::spec::Spec;
use crate::domain::time::{UtcMillis, ago};
use crate::text::fit::clipped;
use crate::tui::app_context::AppContext;
use crate::tui::humanize::about;
use crate::tui::theme::Theme;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// A deadline nearer than this is shown as a warning.
const SOON_MILLIS: i64 = 60 * 60 * 1000;

/// Who asks whom, since when and by when, and why: in one line where there is room, else with
/// the reason below, in `rows` lines at most.
pub fn lines(asked: &Escalation, spec: &Spec, width: usize, rows: usize, ctx: &AppContext) -> Vec<Line<'static>> {
    let theme = &ctx.theme;
    let mut head = head(asked, spec, ctx);
    let reason = data(&format!(": “{}”", asked.reason.trim()), theme.text(), theme);
    if width_of(&head) + width_of(&reason) <= width && !asked.reason.trim().contains('\n') {
        head.extend(reason);
        return vec![Line::from(head)];
    }
    let reason = clipped(&format!("“{}”", asked.reason.trim()), width.saturating_sub(2), rows.saturating_sub(1).max(1));
    let reason = reason.into_iter().map(|line| Line::styled(format!("  {line}"), theme.text()));
    std::iter::once(Line::from(head)).chain(reason).collect()
}

/// The answer with which an item came back: `↩ ana, 5 min ago: “only in writing”`.
pub fn answer_lines(returned: &Returned, width: usize, rows: usize, ctx: &AppContext) -> Vec<Line<'static>> {
    let theme = &ctx.theme;
    let text = format!("↩ {}, {}: “{}”", returned.by, ago(returned.at, ctx.now), returned.note.trim());
    let lines = clipped(&text, width, rows).into_iter();
    lines.map(|line| Line::from(data(&line, theme.accent(), theme))).collect()
}

/// `▲ root → Safety desk, 12 min ago, due in 3 h 48 min`
pub fn head(asked: &Escalation, spec: &Spec, ctx: &AppContext) -> Vec<Span<'static>> {
    let theme = &ctx.theme;
    let sign = Span::styled(format!("{} ", Verdict::Escalate.sign()), theme.verdict(Verdict::Escalate));
    let route = asked.route.as_ref().map(|key| format!(" → {}", spec.route(key).map_or(key, |route| &route.name)));
    let who = format!("{}{}", asked.by, route.unwrap_or_default());
    let mut spans = vec![sign];
    spans.extend(data(&who, theme.verdict(Verdict::Escalate), theme));
    spans.push(Span::styled(format!(", {}", ago(asked.at, ctx.now)), theme.dim()));
    if let Some(at) = asked.due_at.filter(|_| asked.returned.is_none()) {
        spans.push(Span::styled(format!(", {}", due(at, ctx.now)), due_style(at, ctx.now, theme)));
    }
    spans
}

/// `due in 3 h 48 min`, `overdue since 20 min`.
pub fn due(at: UtcMillis, now: UtcMillis) -> String {
    match at - now {
        left @ 0.. => format!("due in {}", about(left)),
        late => format!("overdue since {}", about(-late)),
    }
}

/// The style of a deadline: a warning within its last hour, an error past it.
pub fn due_style(at: UtcMillis, now: UtcMillis, theme: &Theme) -> Style {
    match at - now {
        ..0 => theme.error(),
        0..SOON_MILLIS => theme.warning(),
        _ => theme.text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_says_how_long_there_is() {
        assert_eq!(due(13_680_000, 0), "due in 3 h 48 min");
        assert_eq!(due(0, 1_200_000), "overdue since 20 min");
    }

    #[test]
    fn the_last_hour_warns_and_a_missed_deadline_is_an_error() {
        let theme = Theme::plain();
        let styles = [SOON_MILLIS, SOON_MILLIS - 1, -1].map(|at| due_style(at, 0, &theme));
        assert_eq!(styles, [theme.text(), theme.warning(), theme.error()]);
    }
}
