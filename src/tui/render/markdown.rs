//! Markdown, laid out: it says what the text says. Signs go only where their meaning is shown in
//! another way: bold, a bullet, a bar. What the parser passes over besides (backslashes, entities,
//! numbers of lists, stars of a multiplication) is put back from the source. Line breaks stay,
//! and a link shows where it leads.

use super::page::Page;
use super::{code, table};
use crate::tui::theme::Role;
use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;
use unicode_width::UnicodeWidthChar;

/// A text that is Markdown, laid out; `None` for one that reads better as it is.
pub(super) fn render(source: &str) -> Option<Page> {
    if !looks_like_it(source) {
        return None;
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    let mut writer = Writer::new(source);
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        writer.take(event, range);
    }
    writer.keep_definitions(source.len());
    Some(writer.page)
}

/// Whether a text uses Markdown. Plain prose with a stray star or dash does not.
fn looks_like_it(source: &str) -> bool {
    let mut items = 0;
    source.lines().any(|line| {
        let text = line.trim_start();
        if line.len() - text.len() > 3 && !text.starts_with(['-', '*', '+']) {
            return false; // indented so far, it would be taken literally
        }
        let level = text.bytes().take_while(|byte| *byte == b'#').count();
        let numbered = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_numbered = numbered.len() < text.len() && (numbered.starts_with(". ") || numbered.starts_with(") "));
        items += usize::from(["- ", "* ", "+ "].iter().any(|sign| text.starts_with(sign)) || is_numbered);
        items > 1
            || (1..=6).contains(&level) && text[level..].starts_with(' ')
            || ["```", "~~~", "> ", "|--", "| --", "|:-", "| :-"].iter().any(|sign| text.starts_with(sign))
            || between(text, "**", "**")
            || between(text, "](", ")")
            || between(text, "`", "`")
    })
}

fn between(text: &str, open: &str, close: &str) -> bool {
    let inner = text.split_once(open).and_then(|(_, rest)| rest.split_once(close));
    inner.is_some_and(|(inner, _)| !inner.is_empty() && inner.trim() == inner)
}

/// Quotes and lists deeper than this are not indented.
const DEEPEST: usize = 12;

/// A table under way.
#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<Page>>,
}

/// Emphasis under way.
struct Emphasis {
    /// Bytes of each of its signs.
    sign: usize,
    /// The signs are seen: they may be no markup at all.
    is_kept: bool,
}

struct Writer<'s> {
    source: &'s str,
    page: Page,
    /// The beginning of each line: the signs of quotes, the room below a bullet.
    indents: Vec<String>,
    /// Levels that are not indented, below those that are.
    below: usize,
    /// The page's length behind a bullet or the like, where a block goes on.
    opened: usize,
    /// Bullets stay as they are written: a `+` among them may tell what was added.
    has_plus: bool,
    roles: Vec<Role>,
    emphasis: Vec<Emphasis>,
    /// The page's length where the text of each open link begins.
    links: Vec<(LinkType, usize)>,
    table: Option<Table>,
    /// The language of the code block that is open.
    code: Option<String>,
    /// The end of the last blank line that was written.
    blank_end: usize,
    /// The byte of the source up to which everything was seen to.
    reached: usize,
}

impl<'s> Writer<'s> {
    fn new(source: &'s str) -> Self {
        Self {
            source,
            page: Page::default(),
            indents: Vec::new(),
            below: 0,
            opened: 0,
            has_plus: source.lines().any(|line| line.trim_start().starts_with("+ ")),
            roles: Vec::new(),
            emphasis: Vec::new(),
            links: Vec::new(),
            table: None,
            code: None,
            blank_end: 0,
            reached: 0,
        }
    }

    fn take(&mut self, event: Event<'s>, range: Range<usize>) {
        match &event {
            Event::Start(Tag::TableCell) => self.reached = self.reached.max(range.start),
            Event::Start(tag) if is_inline(tag) => self.restore(range.start),
            Event::Start(_) | Event::Rule => self.keep_definitions(range.start),
            Event::End(TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::List(_)) => self.keep_definitions(range.end),
            Event::Text(_) if self.code.is_some() => {}
            Event::Text(_) | Event::Code(_) | Event::InlineHtml(_) => self.restore(range.start),
            Event::SoftBreak | Event::HardBreak => self.restore(range.start),
            _ => {}
        }
        let (end, is_start) = (range.end, matches!(event, Event::Start(_)));
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(_) if self.code.is_some() => self.code_text(range),
            Event::Text(text) => self.text(&text, range, self.role()),
            Event::Code(_) => self.code_span(range),
            Event::Html(_) | Event::InlineHtml(_) => self.html(range),
            Event::SoftBreak => self.break_line(range.end),
            Event::HardBreak => {
                self.restore(range.end); // a backslash
                self.break_line(range.end);
            }
            Event::Rule => {
                self.begin_block(range.start);
                self.add(&"─".repeat(24), Role::Dim);
            }
            Event::TaskListMarker(done) => {
                self.add(if done { "☑ " } else { "☐ " }, Role::Accent);
                self.opened = self.page.text.len();
            }
            _ => {}
        }
        if !is_start {
            self.reached = self.reached.max(end);
        }
    }

    fn start(&mut self, tag: Tag<'s>, range: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.begin_block(range.start),
            Tag::Heading { .. } => {
                self.begin_block(range.start);
                self.roles.push(Role::Heading);
                let block = &self.source[range.clone()];
                self.reached = range.start + (block.len() - block.trim_start_matches('#').len());
            }
            Tag::BlockQuote(_) => {
                self.begin_block(range.start);
                self.indent("│ ".into());
                self.roles.push(Role::Quote);
                self.comparison(range.start);
            }
            Tag::CodeBlock(kind) => {
                self.begin_block(range.start);
                let info = if let CodeBlockKind::Fenced(info) = kind { info } else { "".into() };
                if !info.is_empty() {
                    self.text(&info, range, Role::Dim);
                    self.page.end_line();
                }
                self.code = Some(info.split([' ', ',']).next().unwrap_or_default().to_owned());
            }
            Tag::Item => self.begin_item(range.start),
            Tag::Table(alignments) => {
                self.begin_block(range.start);
                self.table = Some(Table { alignments, ..Table::default() });
            }
            Tag::TableHead | Tag::TableRow => self.table.iter_mut().for_each(|table| table.rows.push(Vec::new())),
            Tag::TableCell => self.table.iter_mut().for_each(Table::begin_cell),
            Tag::Emphasis => self.begin_emphasis(&range, 1, Role::Emphasis),
            Tag::Strong => self.begin_emphasis(&range, 2, Role::Strong),
            Tag::Link { link_type, .. } => self.begin_link(link_type, range.start, "["),
            Tag::Image { link_type, .. } => {
                self.add("image: ", Role::Dim);
                self.begin_link(link_type, range.start, "![");
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Heading(_) => self.end_heading(range),
            TagEnd::Emphasis | TagEnd::Strong => self.end_emphasis(range.end),
            TagEnd::BlockQuote(_) => {
                self.roles.pop();
                self.outdent();
            }
            TagEnd::CodeBlock => self.code = None,
            TagEnd::Item => self.outdent(),
            TagEnd::Link | TagEnd::Image => self.end_link(range.end),
            TagEnd::TableRow => self.end_row(range.end),
            TagEnd::Table => self.end_table(),
            _ => {}
        }
    }

    /// Goes a level deeper; what is too deep to be read is indented no further.
    fn indent(&mut self, sign: String) {
        match self.indents.len() < DEEPEST {
            true => self.indents.push(sign),
            false => self.below += 1,
        }
    }

    fn outdent(&mut self) {
        match self.below.checked_sub(1) {
            Some(below) => self.below = below,
            None => drop(self.indents.pop()),
        }
    }

    /// The page that text is being written to.
    fn out(&mut self) -> &mut Page {
        let cell = self.table.as_mut().and_then(|table| table.rows.last_mut()?.last_mut());
        cell.unwrap_or(&mut self.page)
    }

    fn role(&self) -> Role {
        self.roles.last().copied().unwrap_or_default()
    }

    fn add(&mut self, text: &str, role: Role) {
        self.begin_line();
        self.out().add(text, role);
    }

    /// Writes the beginning of a line, unless it has begun.
    fn begin_line(&mut self) {
        if self.table.is_none() && (self.page.text.is_empty() || self.page.text.ends_with('\n')) {
            self.page.add(&self.indents.concat(), Role::Dim);
        }
    }

    /// Breaks the line before a byte of the source. Outside of lists and quotes the room
    /// before the next one stays: verses and addresses are indented.
    fn break_line(&mut self, at: usize) {
        let role = self.role();
        match self.table {
            Some(_) => self.out().add(" ", role),
            None => self.page.add("\n", role),
        }
        if self.table.is_none() && self.indents.is_empty() {
            let room = self.source[at..].len() - self.source[at..].trim_start_matches([' ', '\t']).len();
            self.page.copy(self.source, at..at + room, Role::Text);
        }
    }

    /// The line under a heading stays where it is one: it may have been meant to part. Signs
    /// behind a heading go where they are as many as before it: the heading may end in `C #`.
    fn end_heading(&mut self, range: Range<usize>) {
        let role = self.roles.pop().unwrap_or_default();
        let block = self.source[range.clone()].trim_end();
        let (above, line) = block.rsplit_once('\n').unwrap_or_default();
        if !above.is_empty() && line.trim_start().starts_with(['-', '=']) {
            self.page.end_line();
            let start = self.offset(line.trim_start());
            self.copy(start..start + line.trim_start().len(), Role::Dim);
            return;
        }
        let rest = block.get(self.reached - range.start..).unwrap_or_default();
        let level = block.bytes().take_while(|byte| *byte == b'#').count();
        if !rest.trim().is_empty() && rest.trim().len() != level {
            self.copy(self.reached..self.reached + rest.len(), role);
        }
    }

    /// The first byte in the source of a stretch of it.
    fn offset(&self, stretch: &str) -> usize {
        stretch.as_ptr() as usize - self.source.as_ptr() as usize
    }

    /// Writes a stretch of the source as it is.
    fn copy(&mut self, range: Range<usize>, role: Role) {
        self.begin_line();
        let source = self.source;
        self.out().copy(source, range, role);
    }

    /// Writes what the parser passed over within a line, up to a byte of the source.
    fn restore(&mut self, to: usize) {
        let gap = self.source.get(self.reached..to).unwrap_or_default();
        self.reached = self.reached.max(to);
        let rest = gap.trim_start_matches([' ', '\t', '\r', '\n', '>']).trim_end();
        if !rest.is_empty() {
            let start = self.offset(rest);
            self.copy(start..start + rest.len(), self.role());
        }
    }

    /// The sign of a quote stays where it may compare: `>50%`, `>= 3`.
    fn comparison(&mut self, at: usize) {
        let compares = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit() || "=-.$€£".contains(c));
        if self.source[at..].strip_prefix('>').is_some_and(compares) {
            self.copy(at..at + 1, self.role());
            self.opened = self.page.text.len();
        }
    }

    fn begin_emphasis(&mut self, range: &Range<usize>, sign: usize, role: Role) {
        let is_kept = !self.is_emphasis(range, sign);
        self.emphasis.push(Emphasis { sign, is_kept });
        self.reached = range.start + sign;
        if is_kept {
            self.copy(range.start..range.start + sign, self.role());
        }
        self.roles.push(if is_kept { self.role() } else { role });
    }

    fn end_emphasis(&mut self, end: usize) {
        self.roles.pop();
        let Some(Emphasis { sign, is_kept }) = self.emphasis.pop() else { return };
        self.restore(end - sign);
        if is_kept {
            self.copy(end - sign..end, self.role());
        }
    }

    /// Whether stars or underscores stand around words, as in prose. Those of a multiplication,
    /// of a name in code or of a pattern for files are text.
    fn is_emphasis(&self, range: &Range<usize>, sign: usize) -> bool {
        let inner = &self.source[range.start + sign..range.end - sign];
        let before = self.source[..range.start].chars().next_back();
        let mut rest = self.source[range.end..].chars();
        let after = rest.next();
        let goes_on = rest.next().is_some_and(char::is_alphanumeric); // `.log`
        let is_within = |c: Option<char>| c.is_some_and(|c| matches!(c, '*' | '_'));
        if (is_within(before) || is_within(after)) && self.emphasis.last().is_some_and(|outer| outer.is_kept) {
            return false;
        }
        let is_free = |c: char| c.is_whitespace() || c.width() == Some(2) || matches!(c, '*' | '_' | '"' | '\'' | '|');
        let opens = before.is_none_or(|c| is_free(c) || "([{“‘„«¿¡—–:>".contains(c));
        let ends = |c: char| ")]}”’“»—–<".contains(c) || ":;,.!?…".contains(c) && !goes_on;
        let closes = after.is_none_or(|c| is_free(c) || ends(c));
        let is_word = inner.starts_with(|c: char| !"./\\,;:=%^|~?!)]}+-".contains(c));
        let is_name = self.source[range.start..].starts_with('_') && !inner.contains(char::is_whitespace);
        let is_torn =
            !inner.matches('"').count().is_multiple_of(2) || sign == 1 && inner.replace("**", "").contains('*');
        opens && closes && is_word && !is_name && !is_torn && inner.contains(char::is_alphabetic)
    }

    /// Keeps definitions of links, which say nothing by themselves but must not go unseen.
    fn keep_definitions(&mut self, to: usize) {
        let from = self.reached;
        self.reached = from.max(to);
        let gap = self.source.get(from..to).filter(|gap| gap.contains("]:")).unwrap_or_default();
        for line in gap.lines() {
            let line = line.trim_matches([' ', '\t', '\r', '>']);
            if !line.is_empty() {
                let start = self.offset(line);
                self.begin_block(start);
                self.copy(start..start + line.len(), Role::Dim);
            }
        }
    }

    /// A block begins on a line of its own; a blank line before it stays.
    fn begin_block(&mut self, at: usize) {
        if self.page.text.len() == self.opened {
            return;
        }
        self.page.end_line();
        if self.page.text.len() != self.blank_end && self.follows_blank_line(at) {
            self.page.add(self.indents.concat().trim_end(), Role::Dim);
            self.page.add("\n", Role::Text);
            self.blank_end = self.page.text.len();
        }
    }

    /// The line before that of a place says nothing.
    fn follows_blank_line(&self, at: usize) -> bool {
        let mut lines = self.source[..at].rsplit('\n').skip(1);
        lines.next().is_some_and(|line| line.trim_matches([' ', '\t', '\r', '>']).is_empty())
    }

    /// A number stays as it is written, whichever the parser would count.
    fn begin_item(&mut self, at: usize) {
        self.begin_block(at);
        let rest = &self.source[at..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let sign = digits + 1; // a bullet, or what ends a number
        self.reached = at + sign.min(rest.len());
        match digits == 0 && !self.has_plus {
            true => self.add("• ", Role::Accent),
            false => {
                self.copy(at..self.reached, Role::Accent);
                self.add(" ", Role::Accent);
            }
        }
        self.opened = self.page.text.len();
        self.indent(" ".repeat(sign + 1));
    }

    /// Writes what a stretch of the source says: the text where it stands there, else as it is
    /// written, such as `&lt;`.
    fn text(&mut self, text: &str, range: Range<usize>, role: Role) {
        let at = self.source[range.clone()].find(text);
        self.copy(at.map_or(range.clone(), |at| range.start + at..range.start + at + text.len()), role);
    }

    /// Writes what stands between backticks.
    fn code_span(&mut self, range: Range<usize>) {
        let span = &self.source[range];
        let ticks = span.bytes().take_while(|byte| *byte == b'`').count();
        let inner = span.get(ticks..span.len().saturating_sub(ticks)).unwrap_or_default();
        let trimmed = inner.strip_prefix(' ').and_then(|inner| inner.strip_suffix(' '));
        let inner = trimmed.filter(|inner| !inner.trim().is_empty()).unwrap_or(inner);
        for (nth, line) in inner.lines().enumerate() {
            if nth > 0 {
                self.add(" ", Role::Code);
            }
            let start = self.offset(line);
            self.copy(start..start + line.len(), Role::Code);
        }
    }

    fn html(&mut self, range: Range<usize>) {
        for line in self.source[range].split_inclusive('\n') {
            let start = self.offset(line);
            self.copy(start..start + line.len(), Role::Comment);
        }
    }

    fn code_text(&mut self, range: Range<usize>) {
        let prefix = format!("{}▏ ", self.indents.concat());
        let language = self.code.clone().unwrap_or_default();
        code::write_as(&mut self.page, self.source, range, &language, &prefix);
    }

    /// The signs of a link that says its target elsewhere, or nothing else, stay.
    fn begin_link(&mut self, kind: LinkType, at: usize, sign: &str) {
        let sign = if matches!(kind, LinkType::Autolink | LinkType::Email) { 1 } else { sign.len() };
        self.reached = at + sign;
        if kind != LinkType::Inline {
            self.copy(at..at + sign, Role::Link);
        }
        let start = self.out().text.len();
        self.roles.push(Role::Link);
        self.links.push((kind, start));
    }

    /// The target stands behind a link, unless the text says it already.
    fn end_link(&mut self, end: usize) {
        self.roles.pop();
        let Some((kind, start)) = self.links.pop() else { return };
        if kind != LinkType::Inline {
            self.copy(self.reached..end, Role::Link);
            return;
        }
        let rest = self.source.get(self.reached..end).and_then(|rest| rest.split_once("]("));
        let target = rest.map_or("", |(_, target)| target.strip_suffix(')').unwrap_or(target).trim());
        let says_it = self.out().text.get(start..).is_some_and(|text| text.trim() == target);
        if !says_it {
            let at = self.offset(target);
            self.add(" ‹", Role::Dim);
            self.copy(at..at + target.len(), Role::Dim);
            self.add("›", Role::Dim);
        }
    }

    /// Cells beyond the columns of the head belong to no column, and are seen all the same.
    fn end_row(&mut self, to: usize) {
        let rest = self.source.get(self.reached..to).unwrap_or_default().trim_matches(['|', ' ', '\t', '\r', '\n']);
        self.reached = self.reached.max(to);
        if let Some(table) = self.table.as_mut().filter(|_| !rest.is_empty()) {
            table.begin_cell();
            self.out().add(rest, Role::Dim);
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        table::write(&mut self.page, table.rows, &table.alignments, &self.indents.concat());
    }
}

/// Whether a tag stands within a line.
fn is_inline(tag: &Tag) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Link { .. } | Tag::Image { .. })
}

impl Table {
    fn begin_cell(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.push(Page::default());
        }
    }
}
