//! The area under the ROC curve.

/// The chance that a positive scores above a negative; half of it where they are equal.
pub(crate) fn auroc(labels: &[bool], scores: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let (mut below, mut wins) = (0.0, 0.0);
    for equal in order.chunk_by(|a, b| scores[*a] == scores[*b]) {
        let positive = equal.iter().filter(|at| labels[**at]).count() as f64;
        let negative = equal.len() as f64 - positive;
        wins += positive * (below + negative / 2.0);
        below += negative;
    }
    let positive = labels.iter().filter(|label| **label).count() as f64;
    wins / (positive * (labels.len() as f64 - positive))
}
