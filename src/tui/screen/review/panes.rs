//! Which panes are seen, how wide, and which one has the focus.

use ratatui::layout::{Constraint, Layout, Position, Rect};

/// A part of the review screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    Source,
    Output,
    Rubric,
}

impl Pane {
    pub const ALL: [Pane; 3] = [Pane::Source, Pane::Output, Pane::Rubric];

    pub fn name(self) -> &'static str {
        match self {
            Pane::Source => "Source",
            Pane::Output => "Output",
            Pane::Rubric => "Rubric",
        }
    }
}

/// The least width for all panes side by side.
const THREE: u16 = 120;

/// The least width for two panes side by side.
const TWO: u16 = 100;

/// No pane is made narrower.
const NARROWEST: u16 = 24;

/// The step by which a key makes a pane wider or narrower, in hundredths of the screen.
const STEP: u16 = 4;

/// Hundredths that a pane keeps at least.
const LEAST_SHARE: u16 = 16;

/// The arrangement of the panes.
#[derive(Debug, Clone)]
pub struct Panes {
    pub focus: Pane,
    pub zoomed: bool,
    /// The widths in hundredths, in the order of [`Pane::ALL`].
    shares: [u16; 3],
    /// The pane beside the output where only two fit.
    beside: Pane,
    /// The area of each pane as drawn last, with its border.
    areas: [Option<Rect>; 3],
    /// The areas of the tabs as drawn last.
    tabs: [Option<Rect>; 3],
}

impl Default for Panes {
    fn default() -> Self {
        Self {
            focus: Pane::Output,
            zoomed: false,
            shares: [32, 40, 28],
            beside: Pane::Rubric,
            areas: [None; 3],
            tabs: [None; 3],
        }
    }
}

impl Panes {
    pub fn focus(&mut self, pane: Pane) {
        self.focus = pane;
        if pane != Pane::Output {
            self.beside = pane;
        }
    }

    /// Moves the focus to the next pane, or back.
    pub fn step(&mut self, by: isize) {
        let at = (self.focus as isize + by).rem_euclid(3);
        self.focus(Pane::ALL[at as usize]);
    }

    /// The panes that are seen at a width, from left to right.
    pub fn seen(&self, width: u16) -> Vec<Pane> {
        match width {
            _ if self.zoomed => vec![self.focus],
            THREE.. => Pane::ALL.to_vec(),
            TWO.. if self.beside == Pane::Source => vec![Pane::Source, Pane::Output],
            TWO.. => vec![Pane::Output, self.beside],
            _ => vec![self.focus],
        }
    }

    /// Some pane is out of sight, so tabs show where they are.
    pub fn has_tabs(&self, width: u16) -> bool {
        self.seen(width).len() < 3
    }

    /// Another item is on screen: where one pane is seen at a time, it is the output.
    pub fn begin_item(&mut self) {
        let seen = self.areas.iter().flatten().count();
        if seen == 1 && !self.zoomed {
            self.focus(Pane::Output);
        }
    }

    /// Makes the focused pane wider or narrower, at the cost of the others; `false` when
    /// one of them would become too narrow to read.
    pub fn resize(&mut self, wider: bool) -> bool {
        let before = self.shares;
        self.share_out(wider);
        let readable = self.shares != before && self.is_readable();
        if !readable {
            self.shares = before;
        }
        readable
    }

    /// No pane that was drawn last would be narrower than the narrowest.
    fn is_readable(&self) -> bool {
        let drawn = || (0..3).filter(|&at| self.areas[at].is_some());
        let width: u32 = self.areas.iter().flatten().map(|area| u32::from(area.width)).sum();
        let shares: u32 = drawn().map(|at| u32::from(self.shares[at])).sum();
        let part = |at: usize| u32::from(self.shares[at]) * width / shares.max(1);
        drawn().count() > 1 && drawn().all(|at| part(at) >= u32::from(NARROWEST))
    }

    fn share_out(&mut self, wider: bool) {
        let focus = self.focus as usize;
        let others: u16 = (0..3).filter(|&at| at != focus).map(|at| self.shares[at]).sum();
        let share = if wider { self.shares[focus] + STEP } else { self.shares[focus].saturating_sub(STEP) };
        let share = share.clamp(LEAST_SHARE, 100 - 2 * LEAST_SHARE);
        for at in (0..3).filter(|&at| at != focus) {
            let scaled = u32::from(self.shares[at]) * u32::from(100 - share) / u32::from(others.max(1));
            self.shares[at] = (scaled as u16).max(LEAST_SHARE / 2);
        }
        self.shares[focus] = share;
    }

    /// Takes the area apart among the panes that are seen, and remembers where they are.
    pub fn arrange(&mut self, area: Rect) -> Vec<(Pane, Rect)> {
        let seen = self.seen(area.width);
        let widths = seen.iter().map(|&pane| Constraint::Fill(self.shares[pane as usize])).collect::<Vec<_>>();
        let floor = NARROWEST.min(area.width / seen.len() as u16);
        let mut areas = Layout::horizontal(widths).split(area).to_vec();
        if areas.iter().any(|part| part.width < floor) {
            areas = Layout::horizontal(seen.iter().map(|_| Constraint::Fill(1))).split(area).to_vec();
        }
        self.areas = [None; 3];
        for (&pane, &part) in seen.iter().zip(&areas) {
            self.areas[pane as usize] = Some(part);
        }
        seen.into_iter().zip(areas).collect()
    }

    /// Remembers where the tabs are.
    pub fn place_tabs(&mut self, tabs: [Option<Rect>; 3]) {
        self.tabs = tabs;
    }

    /// The pane, or the pane's tab, at a point.
    pub fn at(&self, point: Position) -> Option<Pane> {
        let hit = |areas: &[Option<Rect>; 3], pane: Pane| areas[pane as usize].is_some_and(|area| area.contains(point));
        Pane::ALL.into_iter().find(|&pane| hit(&self.areas, pane) || hit(&self.tabs, pane))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_two_or_one_are_seen() {
        let mut panes = Panes::default();
        assert_eq!(panes.seen(120), Pane::ALL);
        assert_eq!(panes.seen(110), [Pane::Output, Pane::Rubric]);
        assert_eq!(panes.seen(80), [Pane::Output]);
        panes.focus(Pane::Source);
        assert_eq!((panes.seen(110), panes.seen(80)), (vec![Pane::Source, Pane::Output], vec![Pane::Source]));
        panes.zoomed = true;
        assert_eq!(panes.seen(200), [Pane::Source]);
    }

    #[test]
    fn a_pane_grows_at_the_cost_of_the_others_and_not_without_end() {
        let mut panes = Panes::default();
        let width = |panes: &mut Panes| panes.arrange(Rect::new(0, 0, 120, 30))[1].1.width;
        let before = width(&mut panes);
        panes.resize(true);
        assert!(width(&mut panes) > before);
        for wider in [[true; 40], [false; 40]].concat() {
            panes.resize(wider);
            assert!(panes.arrange(Rect::new(0, 0, 120, 30)).iter().all(|(_, area)| area.width >= NARROWEST));
        }
    }
}
