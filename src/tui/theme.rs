//! Colours. A theme is a small palette; every widget's style is derived from it
//! here, so that a screen never names a colour.
//!
//! A palette holds indexes of the fixed part of the 256-colour table: they look
//! alike on every terminal, with or without true colour, and their contrast can
//! be checked.

use crate::config::ThemeChoice;
use crate::domain::decision::Verdict;
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// The terminal's background, as it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Background {
    Dark,
    Light,
}

impl Background {
    /// Reads the answer to a question for the background's colour, without its frame:
    /// `]11;rgb:1e1e/1e1e/2e2e`; `None` where it answers something else.
    pub fn of_answer(answer: &[u8]) -> Option<Self> {
        let colour = xterm_color::Color::parse(answer.strip_prefix(b"]11;")?).ok()?;
        Some(if colour.perceived_lightness() < 0.5 { Background::Dark } else { Background::Light })
    }
}

/// The role of a stretch of text, where a style is chosen by data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Role {
    #[default]
    Text,
    Dim,
    Accent,
    Heading,
    Warning,
    Verdict(Verdict),
    /// Stressed and strongly stressed text.
    Emphasis,
    Strong,
    Link,
    Quote,
    /// Code, and what of it is told apart.
    Code,
    Keyword,
    Literal,
    Number,
    Comment,
    /// The place at which a text stops being what it should be.
    Fault,
    /// The name of a member of an object.
    Name,
    /// A stretch that a comparison adds.
    Added,
    Removed,
}

/// The way in which a stretch stands out from its text. Each has a shape besides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HighlightKind {
    /// A match of a search, and the one that was jumped to.
    Match,
    Current,
    /// The sentence that is looked at, and what corresponds to it in the source.
    Sentence,
    Evidence,
    /// A stretch that the source does not bear out.
    Finding,
    /// A reviewer's mark, and what lies under several.
    Mark,
    Marks,
    /// A mark of one of the opinions that are settled: of the first, the second, or another.
    SideA,
    SideB,
    SideC,
    /// What was marked in the attempt before, where its words still stand.
    LastMark,
    /// The selection under way.
    Selection,
}

/// The roles that colours play, as indexes of the 256-colour table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Palette {
    background: u8,
    text: u8,
    dim: u8,
    accent: u8,
    heading: u8,
    focus: u8,
    border: u8,
    accept: u8,
    reject: u8,
    escalate: u8,
    warning: u8,
    mark: u8,
    key: u8,
    selection: u8,
    track: u8,
}

/// The styles of everything on screen.
#[derive(Debug, Clone)]
pub struct Theme {
    /// `None`: no colours at all, told apart by modifiers.
    palette: Option<Palette>,
    /// The terminal's own background is not known to suit, so it is painted.
    paint: bool,
}

struct Source {
    choice: ThemeChoice,
    background: Background,
    toml: &'static str,
}

macro_rules! source {
    ($choice:ident, $background:ident, $file:literal) => {
        Source {
            choice: ThemeChoice::$choice,
            background: Background::$background,
            toml: include_str!(concat!("../../assets/themes/", $file)),
        }
    };
}

/// The first is what everything falls back to.
static SOURCES: [Source; 6] = [
    source!(Dark, Dark, "dark.toml"),
    source!(Light, Light, "light.toml"),
    source!(HighContrast, Dark, "high-contrast-dark.toml"),
    source!(HighContrast, Light, "high-contrast-light.toml"),
    source!(ColourBlind, Dark, "colour-blind-dark.toml"),
    source!(ColourBlind, Light, "colour-blind-light.toml"),
];

impl Source {
    fn find(choice: ThemeChoice, background: Option<Background>) -> &'static Source {
        let choice = match (choice, background) {
            (ThemeChoice::Auto, Some(Background::Light)) => ThemeChoice::Light,
            (ThemeChoice::Auto, _) => ThemeChoice::Dark,
            (choice, _) => choice,
        };
        let of_choice = || SOURCES.iter().filter(|source| source.choice == choice);
        let suits = |source: &&Source| Some(source.background) == background;
        of_choice().find(suits).or_else(|| of_choice().next()).unwrap_or(&SOURCES[0])
    }
}

impl Theme {
    /// The theme chosen, in its variant for the terminal's background. Where the
    /// background is another or not known, the theme brings its own.
    pub fn load(choice: ThemeChoice, background: Option<Background>) -> Theme {
        let source = Source::find(choice, background);
        let palette = toml::from_str(source.toml).ok(); // a test reads them all
        Theme { palette, paint: background != Some(source.background) }
    }

    /// No colours, for `NO_COLOR`: bold, dim, underlined and reversed only.
    pub fn plain() -> Theme {
        Theme { palette: None, paint: false }
    }

    pub fn has_colours(&self) -> bool {
        self.palette.is_some()
    }

    /// The style that the whole screen starts from.
    pub fn base(&self) -> Style {
        match &self.palette {
            Some(palette) if self.paint => self.text().bg(Color::Indexed(palette.background)),
            _ => self.text(),
        }
    }

    pub fn text(&self) -> Style {
        self.colour(|p| p.text)
    }

    /// The style of what matters less: details, hints, what is empty.
    pub fn dim(&self) -> Style {
        self.colour_or(|p| p.dim, Modifier::DIM)
    }

    pub fn accent(&self) -> Style {
        self.colour_or(|p| p.accent, Modifier::BOLD)
    }

    pub fn heading(&self) -> Style {
        self.colour(|p| p.heading).add_modifier(Modifier::BOLD)
    }

    /// The border of a pane.
    pub fn border(&self, focused: bool) -> Style {
        match focused {
            true => self.colour_or(|p| p.focus, Modifier::BOLD),
            false => self.colour_or(|p| p.border, Modifier::DIM),
        }
    }

    /// The title in a pane's border.
    pub fn title(&self, focused: bool) -> Style {
        match focused {
            true => self.colour(|p| p.focus).add_modifier(Modifier::BOLD),
            false => self.text(),
        }
    }

    /// A verdict's word and sign. The sign goes with it always: colour never stands alone.
    pub fn verdict(&self, verdict: Verdict) -> Style {
        let style = self.colour(|p| p.verdict(verdict));
        style.add_modifier(Modifier::BOLD)
    }

    /// A verdict's share of a bar, drawn with full or partial blocks.
    pub fn bar(&self, verdict: Verdict) -> Style {
        self.colour(|p| p.verdict(verdict))
    }

    /// The part of a bar, or of a scrollbar, that is not filled.
    pub fn track(&self) -> Style {
        self.colour_or(|p| p.track, Modifier::DIM)
    }

    pub fn warning(&self) -> Style {
        self.colour_or(|p| p.warning, Modifier::BOLD)
    }

    /// Something failed.
    pub fn error(&self) -> Style {
        self.colour(|p| p.reject).add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// The style of a mark for a character that must not reach the terminal. Reversed,
    /// so that text which merely spells a mark looks different.
    pub fn mark(&self) -> Style {
        self.colour(|p| p.mark).add_modifier(Modifier::REVERSED)
    }

    /// A key in a footer or in the help.
    pub fn key(&self) -> Style {
        self.colour(|p| p.key).add_modifier(Modifier::BOLD)
    }

    /// The line under the cursor, laid over the styles of its text.
    pub fn selection(&self) -> Style {
        match &self.palette {
            Some(palette) => Style::new().bg(Color::Indexed(palette.selection)).add_modifier(Modifier::BOLD),
            None => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    pub fn role(&self, role: Role) -> Style {
        match role {
            Role::Text => self.text(),
            Role::Dim => self.dim(),
            Role::Accent => self.accent(),
            Role::Heading => self.heading(),
            Role::Warning => self.warning(),
            Role::Fault => self.error(),
            Role::Verdict(verdict) => self.verdict(verdict),
            Role::Emphasis => self.text().add_modifier(Modifier::ITALIC),
            Role::Strong => self.text().add_modifier(Modifier::BOLD),
            Role::Link => self.accent().add_modifier(Modifier::UNDERLINED),
            Role::Quote => self.dim().add_modifier(Modifier::ITALIC),
            Role::Code => self.colour(|p| p.key),
            Role::Keyword => self.colour_or(|p| p.heading, Modifier::BOLD),
            Role::Literal => self.colour(|p| p.accept),
            Role::Number => self.colour(|p| p.warning),
            Role::Comment => self.dim().add_modifier(Modifier::ITALIC),
            Role::Name => self.colour_or(|p| p.accent, Modifier::BOLD),
            Role::Added => self.colour(|p| p.accept).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            Role::Removed => self.colour_or(|p| p.reject, Modifier::DIM).add_modifier(Modifier::CROSSED_OUT),
        }
    }

    /// Laid over the style of the text.
    pub fn highlight(&self, kind: HighlightKind) -> Style {
        match kind {
            HighlightKind::Match => self.ground(|p| p.selection).add_modifier(Modifier::UNDERLINED),
            HighlightKind::Current => self.colour(|p| p.accent).add_modifier(Modifier::REVERSED),
            HighlightKind::Sentence => self.ground_or(|p| p.selection, Modifier::BOLD),
            HighlightKind::Evidence => self.colour(|p| p.accent).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            HighlightKind::Finding => self.colour(|p| p.warning).add_modifier(Modifier::ITALIC | Modifier::UNDERLINED),
            HighlightKind::Mark => self.colour(|p| p.mark).add_modifier(Modifier::UNDERLINED),
            HighlightKind::Marks => self.colour(|p| p.mark).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            HighlightKind::SideA => self.colour(|p| p.heading).add_modifier(Modifier::UNDERLINED),
            HighlightKind::SideB => self.colour(|p| p.key).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            HighlightKind::SideC => self.colour(|p| p.escalate).add_modifier(Modifier::ITALIC | Modifier::UNDERLINED),
            HighlightKind::LastMark => {
                self.ground(|p| p.selection).patch(self.colour(|p| p.mark)).add_modifier(Modifier::ITALIC)
            }
            HighlightKind::Selection => self.text().add_modifier(Modifier::REVERSED),
        }
    }

    fn ground(&self, of: impl Fn(&Palette) -> u8) -> Style {
        self.ground_or(of, Modifier::empty())
    }

    /// The role's colour as the ground of a text; without colours, the modifier.
    fn ground_or(&self, of: impl Fn(&Palette) -> u8, modifier: Modifier) -> Style {
        match &self.palette {
            Some(palette) => Style::new().bg(Color::Indexed(of(palette))),
            None => Style::new().add_modifier(modifier),
        }
    }

    fn colour(&self, of: impl Fn(&Palette) -> u8) -> Style {
        self.colour_or(of, Modifier::empty())
    }

    /// The role's colour; without colours, the modifier.
    fn colour_or(&self, of: impl Fn(&Palette) -> u8, modifier: Modifier) -> Style {
        match &self.palette {
            Some(palette) => Style::new().fg(Color::Indexed(of(palette))),
            None => Style::new().add_modifier(modifier),
        }
    }
}

impl Palette {
    fn verdict(&self, verdict: Verdict) -> u8 {
        match verdict {
            Verdict::Accept => self.accept,
            Verdict::Reject => self.reject,
            Verdict::Escalate => self.escalate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Palette {
        fn of(source: &Source) -> Palette {
            toml::from_str(source.toml).unwrap()
        }

        /// Everything that is read as text.
        fn inks(&self) -> [(&'static str, u8); 11] {
            [
                ("text", self.text),
                ("dim", self.dim),
                ("accent", self.accent),
                ("heading", self.heading),
                ("accept", self.accept),
                ("reject", self.reject),
                ("escalate", self.escalate),
                ("warning", self.warning),
                ("mark", self.mark),
                ("key", self.key),
                ("focus", self.focus),
            ]
        }

        fn others(&self) -> [u8; 4] {
            [self.background, self.border, self.selection, self.track]
        }
    }

    /// Red, green and blue of an index in the fixed part of the 256-colour table.
    fn rgb(index: u8) -> [f64; 3] {
        let step = |n: u8| if n == 0 { 0.0 } else { f64::from(55 + 40 * n) };
        match index {
            232.. => [f64::from(8 + 10 * (index - 232)); 3],
            _ => [step((index - 16) / 36), step((index - 16) / 6 % 6), step((index - 16) % 6)],
        }
    }

    /// Relative luminance as WCAG 2 defines it.
    fn luminance(index: u8) -> f64 {
        let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
        let [r, g, b] = rgb(index).map(|c| linear(c / 255.0));
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: u8, b: u8) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn an_answer_tells_dark_from_light() {
        let answers = [
            ("]11;rgb:1e1e/1e1e/2e2e", Some(Background::Dark)),
            ("]11;rgb:ff/ff/ee", Some(Background::Light)),
            ("]11;rgba:0000/0000/0000/ffff", Some(Background::Dark)),
            ("]10;rgb:ffff/ffff/ffff", None),
            ("]11;#nonsense", None),
        ];
        for (answer, background) in answers {
            assert_eq!(Background::of_answer(answer.as_bytes()), background, "{answer}");
        }
    }

    #[test]
    fn text_is_readable_on_every_background() {
        for source in &SOURCES {
            let palette = Palette::of(source);
            let least = if source.choice == ThemeChoice::HighContrast { 7.0 } else { 4.5 };
            for (name, ink) in palette.inks() {
                let ratio = contrast(ink, palette.background);
                assert!(ratio >= least, "{:?} {:?} {name}: {ratio:.2}", source.choice, source.background);
                let ratio = contrast(ink, palette.selection);
                assert!(ratio >= 4.5, "{:?} {:?} {name} selected: {ratio:.2}", source.choice, source.background);
            }
        }
    }

    #[test]
    fn frames_rules_and_the_chosen_line_are_seen_on_every_background() {
        for source in &SOURCES {
            let palette = Palette::of(source);
            let parts = [
                ("border", palette.border, 2.3),
                ("track", palette.track, 1.7),
                ("selection", palette.selection, 1.25),
            ];
            for (name, colour, least) in parts {
                let ratio = contrast(colour, palette.background);
                assert!(ratio >= least, "{:?} {:?} {name}: {ratio:.2}", source.choice, source.background);
            }
        }
    }

    #[test]
    fn colours_are_those_that_no_user_redefines() {
        for source in &SOURCES {
            let palette = Palette::of(source);
            let inks = palette.inks().map(|(_, ink)| ink);
            assert!(inks.into_iter().chain(palette.others()).all(|index| index >= 16), "{:?}", source.choice);
        }
    }

    #[test]
    fn verdicts_differ_in_every_theme() {
        for source in &SOURCES {
            let [a, r, e] = Verdict::ALL.map(|verdict| Palette::of(source).verdict(verdict));
            assert!(a != r && r != e && a != e, "{:?}", source.choice);
        }
    }

    #[test]
    fn the_background_decides_and_is_painted_when_it_does_not_suit() {
        let load = Theme::load;
        let background = |theme: &Theme| theme.base().bg;
        assert_eq!(background(&load(ThemeChoice::Auto, Some(Background::Light))), None);
        assert_eq!(background(&load(ThemeChoice::Auto, None)), Some(Color::Indexed(234)));
        assert_eq!(background(&load(ThemeChoice::Dark, Some(Background::Light))), Some(Color::Indexed(234)));
        assert_eq!(background(&load(ThemeChoice::HighContrast, Some(Background::Light))), None);
        assert_eq!(load(ThemeChoice::HighContrast, Some(Background::Light)).text().fg, Some(Color::Indexed(16)));
    }

    #[test]
    fn plain_has_no_colour() {
        let theme = Theme::plain();
        let styles = [theme.base(), theme.selection(), theme.mark(), theme.error(), theme.border(true)];
        assert!(styles.iter().all(|style| style.fg.is_none() && style.bg.is_none()));
        assert_ne!(theme.selection(), theme.text());
        assert_ne!(theme.mark(), theme.text());
    }
}
