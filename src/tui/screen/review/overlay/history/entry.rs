//! The lines of a history: attempts and events as people tell them.

use crate::domain::decision::{Draft, Verdict};
use crate::domain::decline::told;
use crate::domain::event::{Event, EventKind, GoldenChanged, Repair, Reversal, StepWhat};
use crate::domain::item::Seq;
use crate::domain::judge::{ImportedJudgement, JudgeKind};
use crate::domain::policy::Purpose;
use crate::domain::record::RecordField;
use crate::domain::sampling::share;
use crate::domain::spec::Spec;
use crate::domain::time::{UtcMillis, ago, format_rfc3339};
use crate::store::{Attempt, Decided, Entry, History, KeptJudgement, State};
use crate::text::fit::{clipped, cut, wrap};
use crate::tui::app_context::AppContext;
use crate::tui::theme::Role;
use crate::tui::widget::settlement;
use crate::tui::widget::text::{data, spread};
use ratatui::text::{Line, Span};
use serde_json::Value;

/// Rows of a note, and of a correction's beginning.
const NOTE_ROWS: usize = 8;
const CORRECTION_ROWS: usize = 3;

/// Rows of the reason that a judge gave, and of what else it said.
const REASON_ROWS: usize = 2;

const MODEL: RecordField = RecordField::item("model");
const PROMPT: RecordField = RecordField::item("prompt_version");

/// The indent of an event's details.
const INDENT: &str = "    ";

/// The theme, width and context that lines are written with.
pub(super) struct Pen<'a> {
    pub read: &'a History,
    pub item: Seq,
    pub spec: &'a Spec,
    pub width: usize,
    pub ctx: &'a AppContext,
}

impl Pen<'_> {
    /// The lines of an entry: the attempts come first, then the events.
    pub(super) fn lines(&self, at: usize, chosen: bool) -> Vec<Line<'static>> {
        let attempts = &self.read.attempts;
        let mut lines = self.heading(at);
        match at.checked_sub(attempts.len()) {
            None => lines.push(self.attempt(&attempts[at], chosen)),
            Some(event) => lines.extend(self.event(&self.read.entries[event], chosen)),
        }
        lines
    }

    /// The heading before the first attempt and the first event.
    fn heading(&self, at: usize) -> Vec<Line<'static>> {
        let theme = &self.ctx.theme;
        let attempts = self.read.attempts.len();
        if at == 0 && attempts > 0 {
            return vec![Line::styled("Attempts at this case", theme.heading())];
        }
        if at != attempts {
            return Vec::new();
        }
        let mut lines = if at > 0 { vec![Line::default()] } else { Vec::new() };
        if let Some(settled) = &self.read.settled {
            lines.push(Line::styled("How it was settled", theme.heading()));
            lines.push(Line::from(
                [vec![Span::raw("  ")], settlement::verdicts(settled, theme.text(), self.ctx)].concat(),
            ));
            let sentence = settlement::sentence(settled, &self.ctx.reviewer);
            let wrapped = wrap(&sentence, self.width.saturating_sub(2)).into_iter();
            lines.extend(wrapped.map(|line| Line::styled(format!("  {line}"), theme.text())));
            lines.push(Line::default());
        }
        lines.extend(self.judgements());
        lines.push(Line::from(vec![
            Span::styled("What happened", theme.heading()),
            Span::styled("  times in UTC", theme.dim()),
        ]));
        if self.read.blind {
            let text = "What others decided is shown once you have decided this item and it is settled; what they escalated is not held back.";
            lines.extend(wrap(text, self.width).into_iter().map(|line| Line::styled(line, theme.dim())));
        }
        lines
    }

    /// What judges say of the item, by their kinds, each with its reason.
    fn judgements(&self) -> Vec<Line<'static>> {
        let theme = &self.ctx.theme;
        let mut lines = Vec::new();
        let mut kind = None;
        for KeptJudgement { judgement, .. } in &self.read.judgements {
            if kind.replace(judgement.kind) != Some(judgement.kind) {
                lines.extend((!lines.is_empty()).then(Line::default));
                let heading = match judgement.kind {
                    JudgeKind::Model => "What models said",
                    JudgeKind::Code => "What code said",
                    JudgeKind::Person => "What people said elsewhere",
                };
                lines.push(Line::styled(heading, theme.heading()));
            }
            let mut spans = vec![Span::raw("  ")];
            spans.push(match judgement.verdict {
                Some(verdict) => Span::styled(format!("{} {}", verdict.sign(), verdict.past()), theme.verdict(verdict)),
                None => Span::styled("· no verdict", theme.dim()),
            });
            spans.extend(data(&format!(" by {}", cut(&judgement.judge.to_string(), 40)), theme.text(), theme));
            if !judgement.source.is_empty() {
                spans.extend(data(&format!(", {}", cut(&judgement.source, 20)), theme.dim(), theme));
            }
            lines.push(Line::from(spans));
            let categories = judgement.categories.clone().unwrap_or_default();
            let draft = Draft { categories, scores: judgement.scores.clone(), ..Draft::default() };
            let width = self.width.saturating_sub(INDENT.len()).max(1);
            let said = [self.judged(&draft), others(judgement)].concat().join(" · ");
            let facts = clipped(&said, width, REASON_ROWS).into_iter().filter(|line| !line.is_empty());
            let reason = match judgement.reason.trim() {
                "" => Vec::new(),
                reason => clipped(&format!("“{reason}”"), width, REASON_ROWS),
            };
            let below =
                facts.map(|line| (line, theme.dim())).chain(reason.into_iter().map(|line| (line, theme.text())));
            lines.extend(below.map(|(line, style)| Line::styled(format!("{INDENT}{line}"), style)));
        }
        lines.extend((!lines.is_empty()).then(Line::default));
        lines
    }

    fn attempt(&self, attempt: &Attempt, chosen: bool) -> Line<'static> {
        let theme = &self.ctx.theme;
        let style = if chosen { theme.accent() } else { theme.text() };
        let mut left = vec![Span::styled(format!("{}{:>2}  ", pointer(chosen), attempt.attempt), style)];
        left.extend(data(&cut(&attempt.id, self.width / 3), style, theme));
        let made = [(MODEL, &attempt.model), (PROMPT, &attempt.prompt_version)];
        let seen = made.into_iter().filter(|(field, _)| !field.is_hidden(self.spec, attempt.is_mine));
        let made: Vec<String> = seen.filter_map(|(_, value)| value.clone()).collect();
        left.extend(data(&format!("  {}", made.join(" · ")), theme.dim(), theme));
        if attempt.seq == self.item {
            left.push(Span::styled("  this item", theme.dim()));
        }
        let right = verdict(attempt).into_iter().map(|(text, role)| Span::styled(text, theme.role(role)));
        spread(left, right.collect(), self.width)
    }

    fn event(&self, entry: &Entry, chosen: bool) -> Vec<Line<'static>> {
        let theme = &self.ctx.theme;
        let style = if chosen { theme.accent() } else { theme.text() };
        let mut left = vec![
            Span::styled(pointer(chosen), style),
            Span::styled(format!("{}  ", minute(entry.event.at)), theme.dim()),
        ];
        left.extend(self.who_did_what(entry, style));
        let lines = vec![spread(left, self.aside(entry), self.width)];
        lines.into_iter().chain(entry.decision.iter().flat_map(|decided| self.body(decided))).collect()
    }

    /// A sentence of who did what.
    fn who_did_what(&self, entry: &Entry, style: ratatui::style::Style) -> Vec<Span<'static>> {
        let theme = &self.ctx.theme;
        let who = cut(&entry.event.actor, 32);
        if entry.withheld {
            return data(&format!("{} by {who}", withheld(&entry.event.word)), theme.dim(), theme);
        }
        let Some(decided) = &entry.decision else {
            return data(&sentence(&entry.event, &who), style, theme);
        };
        let verdict = decided.verdict;
        let past = match (decided.part.purpose, verdict) {
            (Purpose::Answer, Verdict::Escalate) => "sent back",
            (Purpose::Answer, Verdict::Accept) => "answered: accepted",
            (Purpose::Answer, Verdict::Reject) => "answered: rejected",
            (Purpose::Adjudication, Verdict::Accept) => "settled: accepted",
            (Purpose::Adjudication, Verdict::Reject) => "settled: rejected",
            (Purpose::Repeat, Verdict::Accept) => "once more: accepted",
            (Purpose::Repeat, Verdict::Reject) => "once more: rejected",
            (Purpose::Repeat, Verdict::Escalate) => "once more: escalated",
            (Purpose::Golden, Verdict::Accept) => "as a known example: accepted",
            (Purpose::Golden, Verdict::Reject) => "as a known example: rejected",
            (Purpose::Golden, Verdict::Escalate) => "as a known example: escalated",
            _ => verdict.past(),
        };
        let mut spans = vec![Span::styled(format!("{} {past}", verdict.sign()), theme.verdict(verdict))];
        spans.extend(data(&format!(" by {who}"), style, theme));
        if decided.part.is_extra() {
            spans.push(Span::styled("  a second opinion", theme.dim()));
        }
        if decided.part.after_seen {
            spans.push(Span::styled("  after others' could be seen", theme.dim()));
        }
        match decided.state {
            State::Standing => {}
            State::Superseded => spans.push(Span::styled("  superseded since", theme.dim())),
            State::Reopened => spans.push(Span::styled("  reopened since", theme.dim())),
            State::Undone => spans.push(Span::styled("  undone since", theme.dim())),
        }
        spans
    }

    /// The event's age, and its attempt where that is another.
    fn aside(&self, entry: &Entry) -> Vec<Span<'static>> {
        let theme = &self.ctx.theme;
        let of = |attempt: &&Attempt| Some(&attempt.id) == entry.event.item.as_ref() && attempt.seq != self.item;
        let attempt = self.read.attempts.iter().find(of);
        let attempt = attempt.map(|attempt| format!("attempt {} · ", attempt.attempt)).unwrap_or_default();
        vec![Span::styled(format!("{attempt}{}", ago(entry.event.at, self.ctx.now)), theme.dim())]
    }

    /// The lines of a decision besides its verdict.
    fn body(&self, decided: &Decided) -> Vec<Line<'static>> {
        let theme = &self.ctx.theme;
        let style = if decided.state == State::Standing { theme.text() } else { theme.dim() };
        let width = self.width.saturating_sub(INDENT.len()).max(1);
        let lines = wrap(&self.facts(decided).join(" · "), width).into_iter().map(|line| (line, theme.dim()));
        let note = decided.body.note.trim();
        let note = match note {
            "" => Vec::new(),
            note => clipped(&format!("“{note}”"), width, NOTE_ROWS),
        };
        let correction = decided.correction.as_ref().map(|text| format!("corrected to: {}", text.trim()));
        let correction = correction.map(|text| clipped(&text, width, CORRECTION_ROWS)).unwrap_or_default();
        let lines = lines.chain(note.into_iter().chain(correction).map(|line| (line, style)));
        lines.map(|(line, style)| Line::styled(format!("{INDENT}{line}"), style)).collect()
    }

    fn facts(&self, decided: &Decided) -> Vec<String> {
        let body = &decided.body;
        let mut facts: Vec<String> = body.categories.iter().map(|key| self.name_of(key)).collect();
        facts.extend(body.route.iter().map(|key| {
            let name = self.spec.route(key).map_or(key, |route| &route.name);
            format!("to {name}")
        }));
        facts.extend(self.scores(body));
        facts.extend(decided.cause.map(|cause| format!("{}: {}", cause.phrase(), cause.detail())));
        if decided.active_millis > 0 {
            facts.push(format!("{} s", (decided.active_millis + 500) / 1000));
        }
        facts.push(format!("spec {}", decided.spec_version));
        facts
    }

    /// Categories and scores.
    fn judged(&self, body: &Draft) -> Vec<String> {
        body.categories.iter().map(|key| self.name_of(key)).chain(self.scores(body)).collect()
    }

    fn name_of(&self, category: &str) -> String {
        self.spec.failure(category).map_or_else(|| category.to_owned(), |failure| failure.name.clone())
    }

    fn scores(&self, body: &Draft) -> Vec<String> {
        let named = body.scores.iter().map(|(key, score)| {
            let name = self.spec.criterion(key).map_or(key, |criterion| &criterion.name);
            format!("{name} {score}")
        });
        named.collect()
    }
}

/// An attempt's verdict of record, as far as it may be told.
pub(super) fn verdict(attempt: &Attempt) -> Vec<(String, Role)> {
    match attempt.verdict {
        Some(verdict) => vec![(format!("{} {}", verdict.sign(), verdict.past()), Role::Verdict(verdict))],
        None if attempt.withheld => vec![("decided".into(), Role::Dim)],
        None => vec![("undecided".into(), Role::Dim)],
    }
}

fn pointer(chosen: bool) -> &'static str {
    if chosen { "▸ " } else { "  " }
}

/// `2026-11-24 09:00`, in UTC.
fn minute(at: UtcMillis) -> String {
    format_rfc3339(at).chars().take(16).collect::<String>().replace('T', " ")
}

/// An event of which only that it happened may be told.
fn withheld(kind: &str) -> &'static str {
    match kind {
        "decided" => "decided",
        "undone" => "an undo",
        "redone" => "a redo",
        "declined" => "declined",
        _ => "an opinion",
    }
}

fn sentence(event: &Event, who: &str) -> String {
    match &event.kind {
        EventKind::Imported { source } => format!("imported by {who} from {source}"),
        EventKind::ItemUpdated { .. } => format!("its content was replaced by an import of {who}"),
        EventKind::TakenIn { rule, chance, .. } => {
            let rule = rule.as_ref().map_or_else(|| "no rule".into(), |rule| format!("the rule `{rule}`"));
            format!("taken in by {who}: {rule} takes {} of its cases now", share(*chance))
        }
        EventKind::Pulled { why } => format!("pulled in by {who}: “{why}”"),
        EventKind::Replaced { by } => format!("the attempt {by} has taken its place, brought by {who}"),
        EventKind::Moved(moved) => format!("went on from `{}` to `{}`: no answer came in time", moved.from, moved.to),
        EventKind::Deferred { .. } => format!("deferred by {who}"),
        EventKind::Declined(declined) => format!("declined by {who}: {}", told(&declined.why)),
        EventKind::Reopened(reopened) => {
            let to = reopened.to.as_ref().map(|to| format!(" for {to}")).unwrap_or_default();
            format!("reopened{to} by {who}: “{}”", reopened.why)
        }
        EventKind::AskedAgain { bar } => format!("a second opinion was asked by {who}, for the bar `{bar}`"),
        EventKind::GoldenKept(golden) => format!("kept as golden by {who}: {}", example(golden)),
        EventKind::GoldenRemoved(_) => format!("golden no more, by {who}"),
        EventKind::Undone(reversal) => format!("undone by {who}: {}{}", what(reversal), stands(reversal)),
        EventKind::Redone(reversal) => format!("redone by {who}: {}{}", what(reversal), stands(reversal)),
        EventKind::Repaired(repair) => format!("the log was repaired by {who}: {}", repaired(repair)),
        EventKind::QueueCreated { .. }
        | EventKind::SpecApplied { .. }
        | EventKind::Waived(_)
        | EventKind::BarTold(_)
        | EventKind::ImportStarted { .. }
        | EventKind::ImportFinished { .. }
        | EventKind::Judged(_)
        | EventKind::ChancesRaised { .. }
        | EventKind::Decided(_)
        | EventKind::Tagged(_)
        | EventKind::Prioritised(_)
        | EventKind::Paused { .. }
        | EventKind::Lifted(_)
        | EventKind::Released { .. }
        | EventKind::Bulk(_)
        | EventKind::FilterSaved { .. }
        | EventKind::FilterRemoved { .. }
        | EventKind::GoldenFrozen(_)
        | EventKind::Merged { .. }
        | EventKind::Unknown
        | EventKind::Withheld => format!("{} by {who}{}", event.word.replace('_', " "), rest(&event.data)),
    }
}

/// An example in a few words: "reject, #edge-case, “too late”".
fn example(golden: &GoldenChanged) -> String {
    let tags = golden.tags.iter().map(|tag| format!("#{tag}"));
    let why = (!golden.why.is_empty()).then(|| format!("“{}”", golden.why));
    std::iter::once(golden.verdict.as_str().to_owned()).chain(tags).chain(why).collect::<Vec<_>>().join(", ")
}

/// What a judge said beside a verdict: a score, a label, the answers to what a person was asked.
fn others(judgement: &ImportedJudgement) -> Vec<String> {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let of = |name: &str| judgement.others.get(name).and_then(|said| serde_json::from_str::<Value>(said).ok());
    let named =
        ["score", "label", "answer"].into_iter().filter_map(|name| Some(format!("{name} {}", plain(&of(name)?))));
    let answers = of("answers").and_then(|answers| answers.as_object().cloned()).unwrap_or_default();
    let answered = answers.iter().map(|(question, answer)| match answer {
        Value::Array(list) => format!("{question}: {}", list.iter().map(plain).collect::<Vec<_>>().join(", ")),
        answer => format!("{question}: {}", plain(answer)),
    });
    named.chain(answered).collect()
}

/// The name of what was undone or redone: "the rejection", "the deferral".
fn what(reversal: &Reversal) -> String {
    match (reversal.verdict, reversal.what) {
        (Some(Verdict::Accept), _) => "the acceptance".into(),
        (Some(Verdict::Reject), _) => "the rejection".into(),
        (Some(Verdict::Escalate), _) => "the escalation".into(),
        (None, StepWhat::Golden) => "a change of the golden example".into(),
        (None, what) => format!("the {}", what.noun()),
    }
}

fn stands(reversal: &Reversal) -> String {
    match reversal.stands {
        Some(None) => "; it was undecided again".into(),
        Some(Some(verdict)) => format!("; it was {} again", verdict.past()),
        None => String::new(),
    }
}

fn repaired(repair: &Repair) -> String {
    match repair {
        Repair::Duplicate { decision: Some(_), .. } => "a decision stands in it twice".into(),
        Repair::Duplicate { decision: None, .. } => "it tells something twice".into(),
        Repair::BulkItems { items, .. } => format!("{items} items of a bulk are not told one by one"),
        Repair::Unreadable { .. } => "it has data that is no JSON".into(),
        Repair::Unfounded { .. } => "it tells a decision that was never recorded".into(),
        Repair::Standing { stands: true, .. } => "a decision stands again".into(),
        Repair::Standing { stands: false, .. } => "a decision stands no more".into(),
        Repair::SetAside { row, .. } => format!("{row} could not be read and was set aside"),
        Repair::Verdict { after, .. } => {
            let after = after.map_or("undecided", Verdict::past);
            format!("by its decisions the item is {after}")
        }
    }
}

/// The members of an event whose kind has no sentence of its own.
fn rest(data: &Value) -> String {
    let part = |(key, value): (&String, &Value)| match value {
        Value::String(text) => Some(format!("{key} {text}")),
        Value::Number(number) => Some(format!("{key} {number}")),
        _ => None,
    };
    let parts: Vec<String> = data.as_object().into_iter().flatten().filter_map(part).collect();
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn events_read_like_speech() {
        let of = |word: &str, data: Value| {
            let kind = EventKind::read(word, &data);
            let (actor, word) = (String::new(), word.to_owned());
            sentence(
                &Event { seq: 1, at: 0, actor, queue: 1, item: None, case: None, attempt: None, kind, word, data },
                "ops-1",
            )
        };
        assert_eq!(
            of("undone", json!({ "what": "decision", "verdict": "reject", "stands": null })),
            "undone by ops-1: the rejection; it was undecided again"
        );
        assert_eq!(
            of("redone", json!({ "what": "decision", "verdict": "accept", "stands": "accept" })),
            "redone by ops-1: the acceptance; it was accepted again"
        );
        assert_eq!(of("undone", json!({ "what": "deferral" })), "undone by ops-1: the deferral");
        let kept = json!({ "verdict": "reject", "expected": "none", "tags": ["typical"], "why": "Too late.", "set_version": 1 });
        assert_eq!(of("golden_kept", kept), "kept as golden by ops-1: reject, #typical, “Too late.”");
        assert_eq!(of("something_new", json!({ "n": 3, "at": [1] })), "something new by ops-1: n 3");
    }
}
