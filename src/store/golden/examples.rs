//! Golden examples with their texts, for what goes out of the workspace.

use super::list::Reach;
use super::{Golden, GoldenRow};
use crate::domain::golden::{Expected, Narrow};
use crate::domain::item::{Content, Item};
use crate::domain::queue::Queue;
use crate::store::engine::params;
use crate::store::items::content;
use crate::store::{Result, Store, StoreError};

/// Examples that are read at once.
const WINDOW: usize = 500;

/// An example with its item, decided or not, and the output as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldenText {
    pub golden: Golden,
    pub item: Item,
    /// `None` where no text is expected.
    pub expected: Option<Content>,
}

impl Store {
    /// Hands over the queue's examples that are left by `narrow`, those changed last first, as
    /// they stand at one moment, without those that others have kept of items
    /// whose opinions are not settled. Ends with the first error that `each` gives.
    pub fn golden_examples<E: From<StoreError>>(
        &self,
        queue: &Queue,
        narrow: &Narrow,
        reader: &str,
        mut each: impl FnMut(GoldenText) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let mut refused = None;
        let outcome = self.read_once(|| {
            self.each_golden(queue, narrow, reader, |text| {
                each(text).map_err(|error| {
                    refused = Some(error);
                    StoreError::Stopped
                })
            })
        });
        refused.map_or(outcome.map_err(E::from), Err)
    }

    /// As [`Store::golden_examples`], within the transaction that there is.
    pub(super) fn each_golden(
        &self,
        queue: &Queue,
        narrow: &Narrow,
        reader: &str,
        mut each: impl FnMut(GoldenText) -> Result<()>,
    ) -> Result<()> {
        let mut reach = Reach::Newest;
        loop {
            let page = self.goldens_for_all(queue, narrow, reader, reach, WINDOW)?;
            let last = page.rows.last().map(|golden| golden.seq);
            for golden in page.rows {
                let (seq, text) = (golden.seq, self.golden_text(golden));
                if let Some(text) = self.readable("golden example", &seq, text)? {
                    each(text)?;
                }
            }
            match last {
                Some(last) if page.more => reach = Reach::OlderThan(last),
                _ => return Ok(()),
            }
        }
    }

    /// The item of a row of either list, and the output as it should be.
    pub fn golden_row_text(&self, row: &GoldenRow) -> Result<(Item, Option<Content>)> {
        match row {
            GoldenRow::Example(golden) => {
                let GoldenText { item, expected, .. } = self.golden_text(golden.clone())?;
                Ok((item, expected))
            }
            GoldenRow::Candidate(candidate) => {
                let sql = "SELECT d.correction_kind, d.correction FROM item i JOIN decision d ON d.seq = i.decision_seq
                    WHERE i.seq = ?1";
                let expected = self.first(sql, params![candidate.item], |row| content(row, 0, 1))?.flatten();
                Ok((self.peek(candidate.item)?, expected))
            }
        }
    }

    /// The example with its texts.
    pub fn golden_text(&self, golden: Golden) -> Result<GoldenText> {
        let item = self.peek(golden.item)?;
        let expected = match golden.example.expected {
            Expected::Output => Some(item.output.clone()),
            Expected::Reference => item.reference.clone(),
            Expected::Correction => self.expected_correction(golden.seq)?,
            Expected::Nothing => None,
        };
        Ok(GoldenText { golden, item, expected })
    }

    fn expected_correction(&self, golden: i64) -> Result<Option<Content>> {
        let sql = "SELECT d.correction_kind, d.correction FROM golden g JOIN decision d ON d.seq = g.corrected_by
            WHERE g.seq = ?1";
        Ok(self.first(sql, params![golden], |row| content(row, 0, 1))?.flatten())
    }
}
