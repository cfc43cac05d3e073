//! How opinions were settled, in words.

use crate::domain::decision::Verdict;
use crate::domain::policy::SettledBy;
use crate::store::Settlement;
use crate::tui::app_context::AppContext;
use ratatui::style::Style;
use ratatui::text::Span;

/// `you ✗ rejected → ✓ accepted`; without an opinion of the reader's, the verdict alone.
pub fn verdicts(settlement: &Settlement, style: Style, ctx: &AppContext) -> Vec<Span<'static>> {
    let verdict =
        |verdict: Verdict| Span::styled(format!("{} {}", verdict.sign(), verdict.past()), ctx.theme.verdict(verdict));
    let own = settlement.own.map(|own| [Span::styled("you ", style), verdict(own), Span::styled(" → ", style)]);
    own.into_iter().flatten().chain([verdict(settlement.verdict)]).collect()
}

/// `settled by lee, who took your opinion · unclear: the rubric does not say`
pub fn sentence(settlement: &Settlement, reader: &str) -> String {
    let Settlement { who, by, cause, taken_from, .. } = settlement;
    let person = |name: &str| if name == reader { "you".to_owned() } else { name.to_owned() };
    let how = match (by, taken_from) {
        (SettledBy::Adjudicated, Some(taken)) if taken == reader => format!("settled by {who}, who took your opinion"),
        (SettledBy::Adjudicated, Some(taken)) => format!("settled by {}, with the opinion of {taken}", person(who)),
        (SettledBy::Adjudicated, None) => format!("settled by {}, who decided anew", person(who)),
        (SettledBy::Majority, _) => "settled by most of the opinions".into(),
        (SettledBy::Strictest, _) => "settled by the strictest opinion".into(),
        (SettledBy::Answer, _) => format!("answered by {}", person(who)),
        (SettledBy::Unanimous, _) => "the opinions agree".into(),
        (SettledBy::Single | SettledBy::Check, _) => "settled".into(),
    };
    match cause {
        Some(cause) => format!("{how} · {}: {}", cause.phrase(), cause.detail()),
        None => how,
    }
}
