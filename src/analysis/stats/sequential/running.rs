//! What some length of a stream has ruled out, kept so that a look is cheap and an end is solved
//! only when it is asked for.

/// The evidence of one length of a stream against claims of the kind "at most so much".
///
/// Claims lie on a scale from minus to plus infinity on which the logarithm of the evidence falls and is convex.
pub(super) trait Evidence: Copy {
    /// A claim, with what is computed of it once.
    type Claim;

    fn claim(at: f64) -> Self::Claim;

    /// Where to begin with solving.
    fn start(self) -> f64;

    fn ln_evidence(self, claim: &Self::Claim) -> f64;

    /// The derivative of the logarithm of the evidence along the scale, where that is `ln_evidence`.
    fn slope(self, claim: &Self::Claim, ln_evidence: f64) -> f64;

    /// Not less than the logarithm of the evidence, and quick.
    fn ln_at_most(self, claim: &Self::Claim) -> f64;

    /// How many places so far could raise the evidence against a claim.
    fn steps(self) -> u64;

    /// By how much one of them raises its logarithm at most.
    fn most_a_step(claim: &Self::Claim) -> f64;

    /// Whether this length rules out more than the earlier one, by its counts alone.
    fn surely_rules_out_more_than(self, earlier: Self) -> bool;

    /// About how much a length rules out, to tell lengths apart.
    fn promise(self, ln_threshold: f64) -> f64;
}

/// The greatest claim that some length has ruled out.
pub(super) struct RunningBound<E: Evidence> {
    ln_threshold: f64,
    /// What those lengths rule out that are pending no more, with its place on the scale.
    ruled_out: Option<(f64, E::Claim)>,
    /// Before so many steps no length rules out more than `ruled_out`.
    not_before: u64,
    /// Lengths that rule out more than `ruled_out`, as far as a quick look tells.
    pending: Vec<E>,
}

impl<E: Evidence> RunningBound<E> {
    /// So many pending lengths are kept.
    const MOST_PENDING: usize = 4096;

    pub(super) fn new(confidence: f64) -> RunningBound<E> {
        RunningBound { ln_threshold: -(1.0 - confidence).ln(), ruled_out: None, not_before: 1, pending: Vec::new() }
    }

    pub(super) fn look(&mut self, at: E) {
        if at.steps() < self.not_before {
            return;
        }
        if let Some(last) = self.pending.last_mut() {
            // What was added speaks against it.
            if at.steps() == last.steps() {
                return;
            }
            if at.surely_rules_out_more_than(*last) {
                *last = at;
                return;
            }
        }
        if let Some((_, claim)) = &self.ruled_out {
            let missing = self.ln_threshold - at.ln_at_most(claim);
            if missing > 0.0 {
                let steps = (missing / E::most_a_step(claim) * 0.999_999) as u64;
                self.not_before = at.steps() + steps.max(1);
                return;
            }
        }
        self.pending.push(at);
        if self.pending.len() == Self::MOST_PENDING {
            self.settle();
        }
    }

    /// The greatest claim that is ruled out, or none is.
    pub(super) fn ruled_out(&mut self) -> Option<&E::Claim> {
        self.settle();
        self.ruled_out.as_ref().map(|(_, claim)| claim)
    }

    /// Solves the most promising length; most others rule out no more than it then.
    fn settle(&mut self) {
        let promise = |at: &E| at.promise(self.ln_threshold);
        let best =
            |pending: &[E]| (0..pending.len()).max_by(|&a, &b| promise(&pending[a]).total_cmp(&promise(&pending[b])));
        let mut pending = std::mem::take(&mut self.pending);
        while let Some(index) = best(&pending) {
            let at = pending.swap_remove(index);
            let earlier = self.ruled_out.as_ref().map(|(at, _)| *at);
            let solved = greatest_ruled_out(at, self.ln_threshold, earlier);
            if earlier.is_none_or(|earlier| solved > earlier) {
                self.ruled_out = Some((solved, E::claim(solved)));
            }
            pending.retain(|&at| self.rules_out_more(at));
        }
    }

    fn rules_out_more(&self, at: E) -> bool {
        let is_enough = |ln_evidence: f64| ln_evidence >= self.ln_threshold;
        let rules_out = |claim| is_enough(at.ln_at_most(claim)) && is_enough(at.ln_evidence(claim));
        self.ruled_out.as_ref().is_none_or(|(_, claim)| rules_out(claim))
    }
}

/// The place of the greatest claim that a length rules out, which is beyond `earlier`.
///
/// Newton's steps come from below without passing the root, and one from above falls below it.
fn greatest_ruled_out<E: Evidence>(length: E, ln_threshold: f64, earlier: Option<f64>) -> f64 {
    // Beyond these a rate or what it leaves is no number.
    let (mut low, mut high) = (-745.0, 745.0);
    let mut at = earlier.unwrap_or_else(|| length.start());
    for _ in 0..200 {
        let claim = E::claim(at);
        let ln_evidence = length.ln_evidence(&claim);
        if ln_evidence >= ln_threshold {
            low = at;
        } else {
            high = at;
        }
        let step = (ln_evidence - ln_threshold) / length.slope(&claim, ln_evidence);
        if step.abs() <= 1e-11 {
            return at - step;
        }
        let next = at - step;
        at = if low < next && next < high { next } else { 0.5 * (low + high) };
    }
    at
}
