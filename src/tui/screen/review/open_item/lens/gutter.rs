//! The gutter beside the output: how well each row's sentence is supported. The less, the
//! heavier the bar, so that it can be told without colours.

use super::LensView;
use crate::domain::decision::Verdict;
use crate::tui::rich_text::{Part, Shown};
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::ops::Range;

/// The support from which a sentence is well supported; below [`HARDLY`] it hardly is.
const WELL: f32 = 0.6;
const HARDLY: f32 = 0.3;

/// The fewest words of a sentence that gets a sign: a greeting or a signature needs no source.
const WORTH_A_SIGN: usize = 4;

impl LensView {
    /// Draws it into the column left of the rows.
    pub fn draw_gutter(&self, (area, rows): (Rect, Vec<Shown>), buf: &mut Buffer, theme: &Theme) {
        for (row, shown) in area.rows().zip(rows) {
            let output = shown.into_iter().filter(|(part, _)| *part == Part::Output).map(|(_, range)| range);
            let Some((sign, style)) = self.sign(&output.collect::<Vec<_>>(), theme) else { continue };
            if row.x > buf.area.x {
                buf[(row.x - 1, row.y)].set_symbol(sign).set_style(style);
            }
        }
    }

    /// The worst of what stands in a row.
    fn sign(&self, row: &[Range<usize>], theme: &Theme) -> Option<(&'static str, Style)> {
        let reading = self.reading()?;
        if reading.findings.iter().any(|finding| row.iter().any(|shown| shown.contains(&finding.range.start))) {
            return Some(("!", theme.warning()));
        }
        let here = row.iter().flat_map(|shown| {
            let from = reading.sentences.partition_point(|sentence| sentence.range.end <= shown.start);
            reading.sentences[from..].iter().take_while(|sentence| sentence.range.start < shown.end)
        });
        let worst = here
            .filter(|sentence| sentence.content >= WORTH_A_SIGN)
            // A sentence without a value or a name has nothing that could be looked up.
            .map(|sentence| if sentence.is_checkable { sentence.support } else { sentence.support.max(HARDLY) })
            .reduce(f32::min)?;
        Some(match worst {
            WELL.. => ("▏", theme.verdict(Verdict::Accept)),
            HARDLY..WELL => ("▌", theme.dim()),
            _ => ("█", theme.warning()),
        })
    }
}
