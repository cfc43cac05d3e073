//! The item on screen, with the reviewer's work on it.

pub mod diff;
pub mod find;
mod input;
pub mod lens;
mod marks;
pub mod opinions;
mod previous;
pub mod rubric;

use super::panes::Pane;
use crate::domain::attachment::{self, Attachment};
use crate::domain::claim::{Claimed, EXTEND_MILLIS};
use crate::domain::decision::{Draft, Judgement, Verdict};
use crate::domain::item::{Content, ContentKind, Seq};
use crate::domain::pace;
use crate::domain::queue::Over;
use crate::domain::spec::Spec;
use crate::domain::time::UtcMillis;
use crate::store::{Served, StoreError};
use crate::text::sanitize;
use crate::tui::activity::Activity;
use crate::tui::app_context::AppContext;
use crate::tui::humanize::thousands;
use crate::tui::render::output::{self, Input};
use crate::tui::render::{self, Look, source};
use crate::tui::rich_text::{Highlight, ShownRange};
use crate::tui::text_view::TextView;
use crate::tui::worker::ReviewRequest;
use diff::Diff;
use find::Find;
use input::InputView;
use lens::LensView;
use marks::Marked;
use opinions::OpinionsView;
use previous::Previous;
use rubric::RubricView;
use std::sync::Arc;

/// A change of the draft is saved when this long has passed without another.
const SAVE_DRAFT_AFTER_MILLIS: i64 = 400;

/// A draft that could not be saved is tried again after this long.
const RETRY_DRAFT_AFTER_MILLIS: i64 = 5_000;

/// The time on an item that is left is kept once it has grown by this much.
const KEEP_TIME_AFTER_MILLIS: i64 = 500;

/// The claim of a reviewer who did nothing for longer is left to expire.
const PRESENT_FOR_MILLIS: i64 = 30 * 60 * 1000;

/// A decision that could not be recorded. It stays on screen until it is sent again,
/// or another takes its place.
#[derive(Debug)]
pub struct Unsaved {
    pub judgement: Judgement,
    pub reason: String,
    pub hint: Option<String>,
    pub retry: Retry,
}

/// A remedy for an unsaved decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Sending it again as it is.
    Again,
    /// Looking at the item again: the claim on it was lost.
    LookAgain,
    /// Looking at the item and at a rubric that has changed.
    Reopen,
}

impl Retry {
    fn of(error: &StoreError) -> Self {
        match error {
            StoreError::ClaimLost { .. } | StoreError::Claimed { .. } => Retry::LookAgain,
            StoreError::SpecChanged { .. } => Retry::Reopen,
            _ => Retry::Again,
        }
    }
}

/// Takes off the draft what a changed rubric knows no more, which nobody could take off.
fn forget_unknown(draft: &mut Draft, output: &str, spec: &Spec) {
    draft.marks = marks::settled(std::mem::take(&mut draft.marks), output, spec);
    draft.categories.retain(|key| spec.failure(key).is_some());
    draft
        .scores
        .retain(|key, score| spec.criterion(key).is_some_and(|c| (1..=c.levels.len()).contains(&(*score).into())));
    draft.route.take_if(|key| spec.route(key).is_none());
}

/// The number of words, of prose.
fn words(output: &Content, words: usize) -> Option<String> {
    let words = words as i64;
    let more = if output.text.len() > pace::COUNTED { "+" } else { "" };
    let is_prose = output.kind == ContentKind::Text && words > 0 && !render::is_json(&output.text);
    is_prose.then(|| format!("{}{more} {}", thousands(words), if words == 1 { "word" } else { "words" }))
}

/// Bytes of an output that are searched for what nobody sees: a longer one would be felt at the key.
const SEARCHED: usize = 64 * 1024;

fn invisible(output: &str) -> usize {
    sanitize::hidden(&output[..output.floor_char_boundary(SEARCHED)]).count()
}

/// An item on screen.
pub struct OpenItem {
    pub served: Served,
    pub draft: Arc<Draft>,
    /// The draft as the store has it; `None` when that is not known.
    kept: Option<Arc<Draft>>,
    /// The active time on the item as the store has it.
    kept_millis: i64,
    save_at: Option<UtcMillis>,
    /// Drafts on their way.
    saving: u32,
    /// The decision with the draft that is on its way.
    pub sending: Option<Verdict>,
    /// The claim was lost; to whom, where that is known.
    pub lost: Option<Option<String>>,
    extending: bool,
    /// The time at which a frame with the item reached the terminal first.
    pub shown_at: Option<UtcMillis>,
    pub activity: Activity,
    pub unsaved: Option<Unsaved>,
    /// Whose verdict the reviewer has said that theirs takes the place of.
    pub over: Over,
    pub criterion: usize,
    pub source: TextView,
    pub output: TextView,
    pub rubric: RubricView,
    pub opinions: OpinionsView,
    /// How the input stands above the output.
    pub input: InputView,
    pub look: Look,
    /// The images, files and pages that the item names.
    pub attachments: Vec<Attachment>,
    pub lens: LensView,
    pub find: Option<Find>,
    pub diff: Option<Diff>,
    pub previous: Previous,
    pub marked: Marked,
    /// Words of the output, as [`pace::words`] counts them.
    pub word_count: usize,
    /// `74 words`, of an output that is prose.
    pub words: Option<String>,
    /// Runs of characters that nobody sees, in the beginning of the output.
    pub invisible: usize,
    /// The stretch that was pointed at last in the output.
    pub pointed: Option<ShownRange>,
}

impl OpenItem {
    pub fn new(mut served: Served, spec: &Spec, look: Look, idle_millis: i64) -> Self {
        let decided = || served.mine.as_ref().map(|mine| Arc::clone(&mine.judgement.draft));
        let mut draft = served.draft.take().map(Arc::new).or_else(decided).unwrap_or_default();
        let all = draft.marks.len();
        forget_unknown(Arc::make_mut(&mut draft), &served.item.output.text, spec);
        let marked = Marked { gone: all - draft.marks.len(), ..Marked::default() };
        let word_count = pace::words(&served.item.output.text);
        let criterion = spec.criteria.iter().position(|c| !draft.scores.contains_key(&c.key)).unwrap_or_default();
        let mut open = Self {
            kept: Some(Arc::clone(&draft)),
            kept_millis: served.active_millis,
            draft,
            save_at: None,
            saving: 0,
            sending: None,
            lost: None,
            extending: false,
            shown_at: None,
            activity: Activity::new(idle_millis, served.active_millis),
            unsaved: None,
            over: Over::Nobody,
            criterion,
            source: TextView::new(source::rich_text(&served.item.context, spec, look)),
            output: TextView::new(output::rich_text(&served.item, Input::Whole, look)),
            rubric: RubricView::default(),
            opinions: OpinionsView::new(&served.opinions.sides, &served.item.output.text),
            input: InputView::of(&served, spec),
            look,
            attachments: attachment::of_item(&served.item),
            lens: LensView::new(&served.item, spec),
            find: None,
            diff: None,
            previous: Previous::default(),
            marked,
            word_count,
            words: words(&served.item.output, word_count),
            invisible: invisible(&served.item.output.text),
            pointed: None,
            served,
        };
        open.place_marks();
        open
    }

    /// The draft, to be changed; [`OpenItem::changed`] is to follow. What the store is saving
    /// stays as it was.
    pub fn draft_mut(&mut self) -> &mut Draft {
        Arc::make_mut(&mut self.draft)
    }

    pub fn seq(&self) -> Seq {
        self.served.seq
    }

    /// The token of the claim, while it is ours.
    pub fn token(&self) -> Option<&str> {
        match (&self.served.claimed, &self.lost) {
            (Claimed::Mine(claim), None) => Some(&claim.token),
            _ => None,
        }
    }

    /// The claim has ended: the item is decided, deferred or given up.
    pub fn let_go(&mut self) {
        self.lost = Some(None);
    }

    /// Gives the item up, if it is claimed.
    pub fn release(&mut self, ctx: &mut AppContext) {
        if let Some(token) = self.token() {
            ctx.ask(ReviewRequest::Release { seq: self.seq(), token: token.to_owned() });
            self.let_go();
        }
    }

    /// The highlights of a pane; later ones lie over earlier ones.
    pub fn highlights(&self, pane: Pane) -> Vec<Highlight> {
        let found = self.find.iter().flat_map(|find| find.highlights(pane));
        // What is selected must stand out: the lens is silent meanwhile.
        let lens = if self.is_marking() { Vec::new() } else { self.lens.highlights(pane) };
        let others = self.opinions.highlights(pane);
        let last = if self.is_marking() { Vec::new() } else { self.last_mark_highlights(pane) };
        lens.into_iter().chain(last).chain(others).chain(self.mark_highlights(pane)).chain(found).collect()
    }

    /// A stretch of the output is being selected, or a mark is looked at.
    pub fn is_marking(&self) -> bool {
        self.marked.selection.is_some()
    }

    /// Shows the texts in another way.
    pub fn set_look(&mut self, look: Look, spec: &Spec) {
        self.look = look;
        self.lay_out_output();
        self.source.replace(source::rich_text(&self.served.item.context, spec, look));
        self.find = self.find.take().map(|find| find.again(self));
    }

    /// Folds JSON one level more, or less; says how far.
    pub fn fold(&mut self, more: bool, spec: &Spec) -> String {
        let deepest = render::depth_of(&self.served.item);
        let level = self.look.fold.map_or(deepest, |fold| fold.min(deepest));
        let level = if more { level.saturating_sub(1).max(1) } else { level + 1 };
        let fold = (level < deepest).then_some(level);
        if fold != self.look.fold {
            self.set_look(Look { fold, ..self.look }, spec);
        }
        match fold {
            _ if deepest < 2 => "there is no JSON to fold here".into(),
            Some(level) => format!("JSON folded below level {level} of {deepest}"),
            None => "JSON is open to its last level".into(),
        }
    }

    /// Some JSON of the item is deep enough to be folded.
    pub fn has_folds(&self) -> bool {
        render::depth_of(&self.served.item) > 1
    }

    /// The item names an image, a file or a page.
    pub fn has_attachments(&self) -> bool {
        !self.attachments.is_empty() || self.served.item.context.iter().any(|document| document.url.is_some())
    }

    /// The judgement as it would be recorded: each verdict takes of the draft what belongs to it.
    pub fn judgement(&self, verdict: Verdict, now: UtcMillis) -> Judgement {
        let mut draft = Arc::clone(&self.draft);
        if verdict == Verdict::Accept && !draft.categories.is_empty() {
            Arc::make_mut(&mut draft).categories.clear();
        }
        if verdict != Verdict::Escalate && draft.route.is_some() {
            Arc::make_mut(&mut draft).route = None;
        }
        let lens = self.lens.was_seen();
        Judgement { verdict, draft, active_millis: self.activity.millis(now), lens, before: None, cause: None }
    }

    pub fn refused(&mut self, judgement: Judgement, error: &StoreError, now: UtcMillis) {
        if let StoreError::ClaimLost { by, .. } = error {
            self.lost = Some(by.clone());
        }
        self.sending = None;
        self.changed(now);
        let retry = Retry::of(error);
        self.unsaved = Some(Unsaved { judgement, reason: error.to_string(), hint: error.hint(), retry });
    }

    /// The draft may have changed: it is saved soon.
    pub fn changed(&mut self, now: UtcMillis) {
        self.save_at = self.is_changed().then_some(now + SAVE_DRAFT_AFTER_MILLIS);
    }

    /// Saves the draft now, if it has changed.
    pub fn save_draft(&mut self, ctx: &mut AppContext) {
        self.save_at = None;
        if self.is_changed() {
            self.keep(ctx);
        }
    }

    /// Saves the draft, and the time on an item that is still to be decided, before the item
    /// leaves the screen.
    pub fn save_visit(&mut self, ctx: &mut AppContext) {
        let grown = self.activity.millis(ctx.now) - self.kept_millis;
        let is_to_decide = self.token().is_some() && self.served.mine.is_none() && self.sending.is_none();
        if is_to_decide && grown >= KEEP_TIME_AFTER_MILLIS { self.keep(ctx) } else { self.save_draft(ctx) }
    }

    fn keep(&mut self, ctx: &mut AppContext) {
        self.save_at = None;
        self.kept = Some(Arc::clone(&self.draft));
        self.kept_millis = self.activity.millis(ctx.now);
        self.saving += 1;
        let (draft, active_millis) = (Arc::clone(&self.draft), self.kept_millis);
        ctx.ask(ReviewRequest::SaveDraft { seq: self.seq(), draft, active_millis });
    }

    fn is_changed(&self) -> bool {
        self.sending.is_none() && self.kept.as_ref() != Some(&self.draft)
    }

    pub fn draft_saved(&mut self) {
        self.saving = self.saving.saturating_sub(1);
    }

    pub fn draft_not_saved(&mut self, now: UtcMillis) {
        self.draft_saved(); // no more on its way
        self.kept = None;
        self.save_at = Some(now + RETRY_DRAFT_AFTER_MILLIS);
    }

    /// The request that records a judgement, where the item is claimed. It ends the draft, which
    /// must not be saved behind it.
    pub fn decision(&mut self, judgement: Judgement) -> Option<ReviewRequest> {
        let token = self.token()?.to_owned();
        self.save_at = None;
        self.sending = Some(judgement.verdict);
        self.unsaved = None;
        Some(ReviewRequest::Decide { seq: self.seq(), token, judgement, over: self.over })
    }

    /// Work that the store has not acknowledged.
    pub fn unacknowledged(&self) -> Option<String> {
        let id = &self.served.item.id;
        let verdict = self.sending.or(self.unsaved.as_ref().map(|unsaved| unsaved.judgement.verdict));
        match verdict {
            Some(verdict) => Some(format!("The {} of {id}", verdict.as_str())),
            None => (self.saving > 0 || self.is_changed()).then(|| format!("What you wrote on {id}")),
        }
    }

    pub fn extended(&mut self, until: UtcMillis) {
        self.extending = false;
        if let Claimed::Mine(claim) = &mut self.served.claimed {
            claim.expires_at = until;
        }
    }

    pub fn not_extended(&mut self, error: &StoreError, now: UtcMillis) {
        match error {
            StoreError::ClaimLost { by, .. } => self.lost = Some(by.clone()),
            _ => self.extended(now + EXTEND_MILLIS + RETRY_DRAFT_AFTER_MILLIS), // tried again then
        }
    }

    /// The time at which the claim wants to be extended; never while nobody is there.
    fn extend_at(&self) -> Option<UtcMillis> {
        let Claimed::Mine(claim) = &self.served.claimed else { return None };
        let at = claim.expires_at - EXTEND_MILLIS;
        let there = self.activity.last().is_some_and(|last| at - last < PRESENT_FOR_MILLIS);
        (there && !self.extending && self.lost.is_none()).then_some(at)
    }

    pub fn due(&self) -> Option<UtcMillis> {
        [self.save_at, self.extend_at()].into_iter().flatten().min()
    }

    /// Saves the draft and extends the claim, where that is due.
    pub fn tick(&mut self, ctx: &mut AppContext) {
        if self.save_at.is_some_and(|at| at <= ctx.now) {
            self.save_draft(ctx);
        }
        if self.extend_at().is_some_and(|at| at <= ctx.now)
            && let Some(token) = self.token()
        {
            ctx.ask(ReviewRequest::Extend { seq: self.seq(), token: token.to_owned() });
            self.extending = true;
        }
    }
}
