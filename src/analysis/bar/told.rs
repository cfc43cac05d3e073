//! Where a bar stands, in sentences.

use super::{Compared, Recount};
use crate::domain::bar::{Bar, Method, Target};
use crate::text::percent::{exact, percent};
use crate::text::plural::thousands;

impl Recount {
    /// What is asked, what is read, and why the bar stands where it stands: sentences without a full stop.
    pub fn sentences(&self, bar: &Bar) -> Vec<String> {
        let mut told = vec![asked(bar)];
        told.extend(self.read_so_far(bar));
        told.extend(self.why.iter().map(ToString::to_string));
        told
    }

    fn read_so_far(&self, bar: &Bar) -> Option<String> {
        let rate = percent(self.rate?);
        let (read, eligible) = (number(self.read), number(self.eligible));
        Some(match self.compared {
            _ if !bar.is_judged => format!("{rate} of {eligible} items, counted without review"),
            Some(Compared { better, same, worse }) => format!(
                "{read} pairs read of {eligible}: better {}, the same {}, worse {}",
                number(better),
                number(same),
                number(worse)
            ),
            None if matches!(bar.target, Target::Against { .. }) => {
                format!("the share that is good differs by {rate}, {read} read of {eligible}")
            }
            None => format!("{} of {read} read are good, {rate}, of {eligible}", number(self.good)),
        })
    }
}

/// `95 % are asked, with 95 % confidence, decided once at 240`
fn asked(bar: &Bar) -> String {
    let asked = match &bar.target {
        Target::AtLeast(share) => format!("{} are asked", exact(*share)),
        Target::Against { baseline, margin } if *margin > 0.0 => {
            format!("no more than {} below {baseline} is asked", exact(*margin))
        }
        Target::Against { baseline, .. } => format!("more than with {baseline} is asked"),
    };
    let once = match (bar.method, bar.reviews) {
        (Method::Fixed, Some(reviews)) => format!(", decided once, at {}", number(reviews.into())),
        _ => String::new(),
    };
    if bar.is_judged { format!("{asked}, with {} confidence{once}", exact(bar.confidence)) } else { asked }
}

fn number(number: u64) -> String {
    thousands(i64::try_from(number).unwrap_or(i64::MAX))
}
