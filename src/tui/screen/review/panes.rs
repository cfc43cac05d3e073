//! The arrangement of the panes: source and output side by side, the rubric in a drawer below
//! them, or in a column of its own on a wide screen. Opinions to settle stand below the texts.

use ratatui::layout::{Constraint, Layout, Position, Rect};

/// A part of the review screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    Source,
    Output,
    /// The opinions that disagree, where the reviewer settles them.
    Opinions,
    Rubric,
}

impl Pane {
    pub const ALL: [Pane; PANES] = [Pane::Source, Pane::Output, Pane::Opinions, Pane::Rubric];

    pub fn name(self) -> &'static str {
        match self {
            Pane::Source => "Source",
            Pane::Output => "Output",
            Pane::Opinions => "Opinions",
            Pane::Rubric => "Rubric",
        }
    }
}

/// How many panes there are.
pub const PANES: usize = 4;

/// The least width for the rubric beside the texts.
const THREE: u16 = 160;

/// The least width for source and output side by side.
const TWO: u16 = 80;

/// No pane is made narrower.
const NARROWEST: u16 = 24;

/// The step by which a key makes a pane wider or narrower, in hundredths of two equal panes.
const STEP: u16 = 4;

/// The arrangement of the panes.
#[derive(Debug, Clone)]
pub struct Panes {
    pub focus: Pane,
    pub zoomed: bool,
    /// The item has documents to show.
    has_source: bool,
    /// The reviewer has opinions to settle.
    pub has_opinions: bool,
    /// Two texts stand beside each other in the output's pane, and in the room of the source until
    /// that has the focus.
    pub compares: bool,
    /// The text in sight where there is room for one.
    front: Pane,
    /// The widths in relation to each other, in the order of [`Pane::ALL`].
    shares: [u16; PANES],
    /// The area of each pane as drawn last, with its border.
    areas: [Option<Rect>; PANES],
    /// The panes side by side as drawn last.
    columns: Vec<Pane>,
    /// The areas of the tabs as drawn last.
    tabs: [Option<Rect>; PANES],
}

impl Default for Panes {
    fn default() -> Self {
        Self {
            focus: Pane::Output,
            zoomed: false,
            has_source: true,
            has_opinions: false,
            compares: false,
            front: Pane::Output,
            shares: [50, 50, 50, 40],
            areas: [None; PANES],
            columns: Vec::new(),
            tabs: [None; PANES],
        }
    }
}

impl Panes {
    pub fn focus(&mut self, pane: Pane) {
        self.focus = pane;
        if matches!(pane, Pane::Source | Pane::Output) {
            self.front = pane;
        }
    }

    /// The panes that the item has.
    pub fn present(&self) -> impl Iterator<Item = Pane> {
        let (has_source, has_opinions) = (self.has_source, self.has_opinions);
        Pane::ALL.into_iter().filter(move |pane| match pane {
            Pane::Source => has_source,
            Pane::Opinions => has_opinions,
            Pane::Output | Pane::Rubric => true,
        })
    }

    /// The pane was seen when the screen was drawn last.
    pub fn is_seen(&self, pane: Pane) -> bool {
        self.areas[pane as usize].is_some()
    }

    /// Moves the focus to the next pane, or back.
    pub fn step(&mut self, by: isize) {
        let panes: Vec<_> = self.present().collect();
        let at = panes.iter().position(|pane| *pane == self.focus).unwrap_or_default() as isize;
        self.focus(panes[(at + by).rem_euclid(panes.len() as isize) as usize]);
    }

    /// The panes that stand side by side at a width, from left to right.
    pub fn side_by_side(&self, width: u16) -> Vec<Pane> {
        let gives_way = self.compares && self.focus != Pane::Source;
        let below = |pane: &Pane| *pane == Pane::Opinions || gives_way && *pane == Pane::Source;
        let panes = self.present().filter(|pane| !below(pane));
        match width {
            _ if self.zoomed => vec![self.focus],
            THREE.. => panes.collect(),
            TWO.. => panes.filter(|pane| *pane != Pane::Rubric).collect(),
            _ => vec![self.front],
        }
    }

    /// The rubric is a drawer below the texts.
    pub fn has_drawer(&self, width: u16) -> bool {
        !self.zoomed && width < THREE
    }

    /// The opinions to settle stand below the texts.
    pub fn has_band(&self) -> bool {
        self.has_opinions && !self.zoomed
    }

    /// Some pane is out of sight, so tabs show where they are.
    pub fn has_tabs(&self, width: u16) -> bool {
        let seen = self.side_by_side(width).len() + usize::from(self.has_drawer(width)) + usize::from(self.has_band());
        seen < self.present().count()
    }

    /// Another item is on screen. It is read first: the focus does not stay in the rubric.
    pub fn begin_item(&mut self, has_source: bool) {
        self.has_source = has_source;
        let one_at_a_time = self.columns.len() == 1 && !self.zoomed;
        if matches!(self.focus, Pane::Rubric | Pane::Opinions) || !has_source || one_at_a_time {
            self.focus(Pane::Output);
        }
    }

    /// Makes the focused pane wider or narrower, at the cost of the others; `false` when
    /// one of them would become too narrow to read.
    pub fn resize(&mut self, wider: bool) -> bool {
        let share = &mut self.shares[self.focus as usize];
        let before = *share;
        *share = if wider { before + STEP } else { before.saturating_sub(STEP) };
        let readable = self.columns.contains(&self.focus) && self.is_readable();
        if !readable {
            self.shares[self.focus as usize] = before;
        }
        readable
    }

    /// The focused pane stands beside another.
    pub fn can_be_resized(&self) -> bool {
        self.columns.len() > 1 && self.columns.contains(&self.focus)
    }

    /// No pane that was drawn last would be narrower than the narrowest.
    fn is_readable(&self) -> bool {
        let share = |pane: &Pane| u32::from(self.shares[*pane as usize]);
        let drawn = self.columns.iter().filter_map(|pane| self.areas[*pane as usize]);
        let width: u32 = drawn.map(|area| u32::from(area.width)).sum();
        let shares: u32 = self.columns.iter().map(share).sum();
        let part = |pane| share(pane) * width / shares.max(1);
        self.columns.len() > 1 && self.columns.iter().all(|pane| part(pane) >= u32::from(NARROWEST))
    }

    /// Takes the area apart among the panes that are seen, and remembers where they are.
    pub fn arrange(&mut self, area: Rect, drawer_rows: u16, band_rows: u16) -> Vec<(Pane, Rect)> {
        let drawer_rows = if self.has_drawer(area.width) { drawer_rows } else { 0 };
        let band_rows = if self.has_band() { band_rows } else { 0 };
        let parts = [Constraint::Fill(1), Constraint::Length(band_rows), Constraint::Length(drawer_rows)];
        let [texts, band, drawer] = Layout::vertical(parts).areas(area);
        self.columns = self.side_by_side(area.width);
        let widths = self.columns.iter().map(|&pane| Constraint::Fill(self.shares[pane as usize]));
        let mut areas = Layout::horizontal(widths).split(texts).to_vec();
        let floor = NARROWEST.min(area.width / self.columns.len() as u16);
        if areas.iter().any(|part| part.width < floor) {
            areas = Layout::horizontal(areas.iter().map(|_| Constraint::Fill(1))).split(texts).to_vec();
        }
        let mut placed: Vec<(Pane, Rect)> = self.columns.iter().copied().zip(areas).collect();
        if band_rows > 0 {
            placed.push((Pane::Opinions, band));
        }
        if drawer_rows > 0 {
            placed.push((Pane::Rubric, drawer));
        }
        self.areas = [None; PANES];
        placed.iter().for_each(|(pane, area)| self.areas[*pane as usize] = Some(*area));
        placed
    }

    /// Remembers where the tabs are.
    pub fn place_tabs(&mut self, tabs: [Option<Rect>; PANES]) {
        self.tabs = tabs;
    }

    /// The pane, or the pane's tab, at a point.
    pub fn at(&self, point: Position) -> Option<Pane> {
        let hit =
            |areas: &[Option<Rect>; PANES], pane: Pane| areas[pane as usize].is_some_and(|area| area.contains(point));
        Pane::ALL.into_iter().find(|&pane| hit(&self.areas, pane) || hit(&self.tabs, pane))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(panes: &Panes, width: u16) -> Vec<Pane> {
        panes.side_by_side(width)
    }

    #[test]
    fn what_is_compared_has_the_room_of_the_source_until_that_is_asked_for() {
        let mut panes = Panes { compares: true, ..Panes::default() };
        assert_eq!(seen(&panes, 120), [Pane::Output]);
        assert_eq!(seen(&panes, 160), [Pane::Output, Pane::Rubric]);
        assert!(panes.has_tabs(120), "they say where the source is");
        panes.focus(Pane::Source);
        assert_eq!(seen(&panes, 120), [Pane::Source, Pane::Output]);
    }

    #[test]
    fn source_and_output_stand_side_by_side_from_eighty_columns_on() {
        let mut panes = Panes::default();
        assert_eq!((seen(&panes, 160).len(), panes.has_drawer(160)), (3, false));
        for width in [80, 100, 159] {
            assert_eq!(seen(&panes, width), [Pane::Source, Pane::Output]);
            assert!(panes.has_drawer(width) && !panes.has_tabs(width));
        }
        assert_eq!(seen(&panes, 79), [Pane::Output]);
        assert!(panes.has_tabs(79));
        panes.focus(Pane::Source);
        panes.focus(Pane::Rubric);
        assert_eq!(seen(&panes, 79), [Pane::Source], "the drawer opens below what was read");
        panes.zoomed = true;
        assert_eq!(seen(&panes, 200), [Pane::Rubric]);
    }

    #[test]
    fn without_a_source_the_output_has_the_whole_width() {
        let mut panes = Panes::default();
        panes.focus(Pane::Source);
        panes.begin_item(false);
        assert_eq!((seen(&panes, 100), panes.focus), (vec![Pane::Output], Pane::Output));
        assert!(!panes.has_tabs(60));
        panes.step(1);
        panes.step(1);
        assert_eq!(panes.focus, Pane::Output, "two panes, round and round");
    }

    #[test]
    fn an_item_is_read_before_it_is_scored() {
        let mut panes = Panes::default();
        panes.arrange(Rect::new(0, 0, 100, 30), 9, 0);
        panes.focus(Pane::Rubric);
        panes.begin_item(true);
        assert_eq!(panes.focus, Pane::Output);
        panes.focus(Pane::Source);
        panes.begin_item(true);
        assert_eq!(panes.focus, Pane::Source, "who reads the source first goes on so");
    }

    #[test]
    fn a_pane_grows_at_the_cost_of_the_others_and_not_without_end() {
        let mut panes = Panes::default();
        let width = |panes: &mut Panes| panes.arrange(Rect::new(0, 0, 120, 30), 9, 0)[1].1.width;
        let before = width(&mut panes);
        panes.resize(true);
        assert!(width(&mut panes) > before);
        for wider in [[true; 40], [false; 40]].concat() {
            panes.resize(wider);
            assert!(panes.arrange(Rect::new(0, 0, 120, 30), 9, 0).iter().all(|(_, area)| area.width >= NARROWEST));
        }
        panes.focus(Pane::Rubric);
        assert!(!panes.resize(true), "the drawer has the whole width");
    }

    #[test]
    fn opinions_to_settle_stand_below_the_texts() {
        let mut panes = Panes { has_opinions: true, ..Panes::default() };
        for width in [60, 100, 200] {
            let placed = panes.arrange(Rect::new(0, 0, width, 30), 4, 8);
            let band = placed.iter().find(|(pane, _)| *pane == Pane::Opinions).map(|(_, area)| *area);
            assert_eq!(band.map(|band| (band.width, band.height)), Some((width, 8)), "{placed:?}");
        }
        panes.step(1);
        assert_eq!(panes.focus, Pane::Opinions);
        panes.zoomed = true;
        assert_eq!(seen(&panes, 100), [Pane::Opinions]);
        assert!(panes.has_tabs(100));
    }
}
