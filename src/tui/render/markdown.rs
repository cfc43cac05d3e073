//! Markdown, laid out. Line breaks stay, and a link shows where it leads.

use super::page::Page;
use super::{code, table};
use crate::tui::syntax_highlight::Language;
use crate::tui::theme::Role;
use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// A text that is Markdown, laid out; `None` for one that reads better as it is.
pub(super) fn render(source: &str) -> Option<Page> {
    if !looks_like_it(source) {
        return None;
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
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

/// A link under way: where it leads, what it is called, and where its text begins.
struct Link<'s> {
    target: CowStr<'s>,
    title: CowStr<'s>,
    start: usize,
}

struct Writer<'s> {
    source: &'s str,
    page: Page,
    /// The beginning of each line: the signs of quotes, the room below a bullet.
    indents: Vec<String>,
    /// Levels that are not indented, below those that are.
    below: usize,
    /// The number of the next item of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    roles: Vec<Role>,
    /// The target of each open link.
    links: Vec<Link<'s>>,
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
            lists: Vec::new(),
            roles: Vec::new(),
            links: Vec::new(),
            table: None,
            code: None,
            blank_end: 0,
            reached: 0,
        }
    }

    fn take(&mut self, event: Event<'s>, range: Range<usize>) {
        match &event {
            Event::Start(tag) if !is_inline(tag) => self.keep_definitions(range.start),
            Event::Rule => self.keep_definitions(range.start),
            Event::Start(_) | Event::End(TagEnd::TableRow) => {}
            Event::End(TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::List(_)) => self.keep_definitions(range.end),
            _ => self.reached = self.reached.max(range.end),
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(TagEnd::Heading(_)) => self.end_heading(range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(_) if self.code.is_some() => self.code_text(range),
            Event::Text(text) => self.text(&text, range, self.role()),
            Event::Code(text) => self.text(&text, range, Role::Code),
            Event::Html(_) | Event::InlineHtml(_) => self.html(range),
            Event::SoftBreak | Event::HardBreak => self.break_line(range.end),
            Event::Rule => {
                self.begin_block(range.start);
                self.add(&"─".repeat(24), Role::Dim);
            }
            Event::TaskListMarker(done) => self.add(if done { "☑ " } else { "☐ " }, Role::Accent),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'s>, range: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.begin_block(range.start),
            Tag::Heading { .. } => {
                self.begin_block(range.start);
                self.roles.push(Role::Heading);
            }
            Tag::BlockQuote(_) => {
                self.begin_block(range.start);
                self.indent("│ ".into());
                self.roles.push(Role::Quote);
            }
            Tag::CodeBlock(kind) => {
                self.begin_block(range.start);
                let info = if let CodeBlockKind::Fenced(info) = kind { info } else { "".into() };
                if !info.is_empty() && Language::named(&info).is_none() {
                    self.add(&format!("{info}\n"), Role::Dim); // the colours do not tell it
                }
                self.code = Some(info.split([' ', ',']).next().unwrap_or_default().to_owned());
            }
            Tag::List(first) => self.lists.push(first),
            Tag::Item => self.begin_item(range.start),
            Tag::Table(alignments) => {
                self.begin_block(range.start);
                self.table = Some(Table { alignments, ..Table::default() });
            }
            Tag::TableHead | Tag::TableRow => self.table.iter_mut().for_each(|table| table.rows.push(Vec::new())),
            Tag::TableCell => self.table.iter_mut().for_each(Table::begin_cell),
            Tag::Emphasis => self.roles.push(Role::Emphasis),
            Tag::Strong => self.roles.push(Role::Strong),
            Tag::Strikethrough => self.roles.push(Role::Dim),
            Tag::Link { dest_url, title, .. } => self.begin_link(dest_url, title),
            Tag::Image { dest_url, title, .. } => {
                self.add("image: ", Role::Dim);
                self.begin_link(dest_url, title);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => drop(self.roles.pop()),
            TagEnd::BlockQuote(_) => {
                self.roles.pop();
                self.outdent();
            }
            TagEnd::CodeBlock => self.code = None,
            TagEnd::List(_) => drop(self.lists.pop()),
            TagEnd::Item => self.outdent(),
            TagEnd::Link | TagEnd::Image => self.end_link(),
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

    /// The line under a heading stays where it is one: it may have been meant to part.
    fn end_heading(&mut self, range: Range<usize>) {
        self.roles.pop();
        let block = self.source[range.clone()].trim_end();
        let (above, line) = block.rsplit_once('\n').unwrap_or_default();
        if !above.is_empty() && line.trim_start().starts_with(['-', '=']) {
            self.page.end_line();
            let line = line.trim_start();
            let start = line.as_ptr() as usize - self.source.as_ptr() as usize;
            self.text(line, start..start + line.len(), Role::Dim);
        }
    }

    /// Keeps definitions of links, which say nothing by themselves but must not go unseen.
    fn keep_definitions(&mut self, to: usize) {
        let from = self.reached;
        self.reached = from.max(to);
        let gap = self.source.get(from..to).filter(|gap| gap.contains("]:")).unwrap_or_default();
        for line in gap.lines() {
            let line = line.trim_matches([' ', '\t', '\r', '>']);
            if !line.is_empty() {
                let start = line.as_ptr() as usize - self.source.as_ptr() as usize;
                self.begin_block(start);
                self.text(line, start..start + line.len(), Role::Dim);
            }
        }
    }

    /// A block begins on a line of its own; a blank line before it stays.
    fn begin_block(&mut self, at: usize) {
        let is_after_bullet = self.page.text.ends_with(['•', ' ']) && self.lists.last().is_some();
        if self.page.text.is_empty() || is_after_bullet {
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

    fn begin_item(&mut self, at: usize) {
        self.begin_block(at);
        let sign = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "• ".into(),
        };
        self.add(&sign, Role::Accent);
        self.indent(" ".repeat(sign.chars().count()));
    }

    fn text(&mut self, text: &str, range: Range<usize>, role: Role) {
        self.begin_line();
        let source = self.source;
        match source[range.clone()].find(text) {
            Some(at) => self.out().copy(source, range.start + at..range.start + at + text.len(), role),
            None => self.out().add(text, role),
        }
    }

    fn html(&mut self, range: Range<usize>) {
        for line in self.source[range.clone()].split_inclusive('\n') {
            let start = line.as_ptr() as usize - self.source.as_ptr() as usize;
            self.text(line, start..start + line.len(), Role::Comment);
        }
    }

    fn code_text(&mut self, range: Range<usize>) {
        let prefix = format!("{}▏ ", self.indents.concat());
        let language = self.code.clone().unwrap_or_default();
        code::write_as(&mut self.page, self.source, range, &language, &prefix);
    }

    fn begin_link(&mut self, target: CowStr<'s>, title: CowStr<'s>) {
        let start = self.out().text.len();
        self.roles.push(Role::Link);
        self.links.push(Link { target, title, start });
    }

    /// The target stands behind a link, unless the text says it already.
    fn end_link(&mut self) {
        self.roles.pop();
        let Some(Link { target, title, start }) = self.links.pop() else { return };
        let says_it = self.out().text.get(start..).is_some_and(|text| text.trim() == &*target);
        match title.is_empty() {
            true if says_it => {}
            true => self.add(&format!(" ‹{target}›"), Role::Dim),
            false => self.add(&format!(" ‹{target} · {title}›"), Role::Dim),
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
    matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. } | Tag::TableCell
    )
}

impl Table {
    fn begin_cell(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.push(Page::default());
        }
    }
}
