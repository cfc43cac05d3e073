//! The input above the output: whole where both fit the pane, else folded, until it is asked for.

use super::OpenItem;
use crate::domain::spec::Spec;
use crate::store::Served;
use crate::tui::render::output::{self, Input};
use crate::tui::text_view::Scroll;
use ratatui::layout::Rect;

/// How the input stands above the output.
#[derive(Debug, Default)]
pub struct InputView {
    /// It was asked for: all of it is there, and what else came with the item.
    pub is_open: bool,
    /// Some of it is left out.
    pub is_folded: bool,
    /// The spec hides the prompt until the item is decided.
    pub hides_prompt: bool,
    /// Width and height that it was folded for, or found to fit.
    fitted: Option<(u16, u16)>,
}

impl InputView {
    /// As it stands when the item is opened.
    pub fn of(served: &Served, spec: &Spec) -> Self {
        Self { hides_prompt: output::hides_prompt(spec, served.mine.is_some()), ..Self::default() }
    }
}

/// The share of the pane that a folded input keeps at least: half of it.
const LEAST_SHARE: usize = 2;

/// Rows of a folded input at least.
const LEAST_ROWS: usize = 4;

impl OpenItem {
    /// Shows all of the input and goes to it, or folds it again.
    pub fn toggle_input(&mut self) {
        self.input.is_open = !self.input.is_open;
        self.diff = None; // it stands above the output itself
        self.lay_out_output();
        self.output.scroll(Scroll::Top);
    }

    /// Shows all of the input, where some of it is left out.
    pub fn open_input(&mut self) {
        if self.input.is_folded {
            self.input.is_open = true;
            self.lay_out_output();
        }
    }

    pub(super) fn lay_out_output(&mut self) {
        self.pointed = None;
        self.input.fitted = None;
        self.input.is_folded = false;
        let InputView { is_open, hides_prompt, .. } = self.input;
        let input = if is_open { Input::Everything { hides_prompt } } else { Input::Whole };
        self.output.replace(output::rich_text(&self.served.item, input, self.look));
    }

    /// Lays the output out anew where lines of the input wrap otherwise than they did.
    pub fn refit_input(&mut self) {
        if self.input.is_folded {
            self.lay_out_output();
        }
        self.input.fitted = None;
    }

    /// Folds the input where it and the output do not fit a pane together. `key` shows it.
    pub fn fit_input(&mut self, pane: Rect, key: &str) {
        let size = (pane.width, pane.height);
        if self.input.is_open || self.is_marking() || self.input.fitted == Some(size) || pane.is_empty() {
            return;
        }
        if self.input.is_folded {
            self.lay_out_output();
        }
        self.input.fitted = Some(size);
        let (fit, height) = (self.output.fit_in(size.0), usize::from(size.1));
        let (below, end) = (output::input_len(&self.served.item, self.look), self.output.sections());
        let of_input = self.output.rows(0..below, fit, height + 1);
        let of_output = self.output.rows(below..end, fit, height + 1);
        let rows = height.saturating_sub(of_output).max(height / LEAST_SHARE).max(LEAST_ROWS);
        if of_input > rows {
            self.input.is_folded = true;
            let input = Input::Rows { rows, fit, key };
            self.output.replace(output::rich_text(&self.served.item, input, self.look));
        }
    }
}
