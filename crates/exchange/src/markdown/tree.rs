//! A Markdown document as a tree of blocks, each with its lines.
//!
//! Guarantee: any text gives a tree; nesting beyond [`DEEPEST`] is flattened onto it.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Lists nested deeper than this are read as if they were not.
const DEEPEST: usize = 32;

/// Text on a line, without its marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Inline {
    /// The words; line breaks within are `\n`.
    pub(crate) text: String,
    /// Whether all of it is struck through.
    pub(crate) struck: bool,
    /// Whether all of it is bold.
    pub(crate) strong: bool,
    /// Where its links lead.
    pub(crate) links: Vec<String>,
    /// Whether all of it is links.
    pub(crate) linked: bool,
    /// The first and the last line that it stands on; 0 where it is empty.
    pub(crate) first: usize,
    pub(crate) last: usize,
}

impl Inline {
    pub(crate) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// An item of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Item {
    /// Whether its box is ticked; none without a box.
    pub(crate) ticked: Option<bool>,
    /// Its own text.
    pub(crate) text: Inline,
    /// Items below it.
    pub(crate) items: Vec<Item>,
    /// Paragraphs behind the first.
    pub(crate) more: Vec<Inline>,
    /// The line that it begins on.
    pub(crate) line: usize,
}

impl Item {
    /// How many levels are below it.
    pub(crate) fn height(&self) -> usize {
        let below = self.items.iter().map(Self::height).max();
        below.map_or(0, |below| below + 1)
    }
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    Heading(usize, Inline),
    Paragraph(Inline),
    List(Vec<Item>),
    /// The header, and the rows with their lines.
    Table(Vec<Inline>, Vec<Vec<Inline>>, usize),
    /// A mark of structure alone, such as a rule across the page.
    Rule(Range<usize>),
}

/// The lines of a text by byte.
#[derive(Debug)]
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn new(text: &str) -> Self {
        let starts = text.match_indices('\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(starts).collect())
    }

    /// The line of a byte, from 1.
    pub(crate) fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte)
    }
}

/// Reads a document into its blocks.
pub(crate) fn parse(text: &str) -> Vec<Block> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut builder = Builder::new(Lines::new(text));
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        builder.event(event, range);
    }
    builder.blocks
}

#[derive(Debug)]
struct Builder {
    lines: Lines,
    blocks: Vec<Block>,
    /// Open items, outermost first.
    items: Vec<Item>,
    /// Items finished of each open list, outermost first.
    lists: Vec<Vec<Item>>,
    inline: Inline,
    /// Characters of text that are struck, bold, or linked; and open marks of each.
    marked: [usize; 3],
    open: [usize; 3],
    heading: Option<usize>,
    table: Option<(Vec<Inline>, Vec<Vec<Inline>>, usize)>,
    row: Vec<Inline>,
    /// Within something that is no text for people: code, HTML.
    hidden: usize,
}

impl Builder {
    fn new(lines: Lines) -> Self {
        Self {
            lines,
            blocks: Vec::new(),
            items: Vec::new(),
            lists: Vec::new(),
            inline: Inline::default(),
            marked: [0; 3],
            open: [0; 3],
            heading: None,
            table: None,
            row: Vec::new(),
            hidden: 0,
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, &range),
            Event::End(tag) => self.end(tag, &range),
            Event::Text(text) | Event::Code(text) if self.hidden == 0 => self.text(&text, &range),
            Event::SoftBreak | Event::HardBreak => self.text("\n", &range),
            Event::TaskListMarker(ticked) => {
                if let Some(item) = self.items.last_mut() {
                    item.ticked = Some(ticked);
                }
            }
            Event::InlineHtml(html) => self.text(&html, &range),
            Event::Rule => {
                let lines = self.lines.at(range.start)..self.lines.at(range.end.max(1) - 1) + 1;
                self.blocks.push(Block::Rule(lines));
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, range: &Range<usize>) {
        let line = self.lines.at(range.start);
        if self.inline.first == 0 {
            self.inline.first = line;
        }
        self.inline.last = self
            .inline
            .last
            .max(self.lines.at(range.end.max(1) - 1).max(line));
        let visible = text.chars().filter(|c| !c.is_whitespace()).count();
        for (marked, open) in self.marked.iter_mut().zip(self.open) {
            if open > 0 {
                *marked += visible;
            }
        }
        self.inline.text.push_str(text);
    }

    fn start(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(depth(level));
            }
            Tag::List(_) => {
                self.flush();
                if self.lists.len() < DEEPEST {
                    self.lists.push(Vec::new());
                }
            }
            Tag::Item => {
                let line = self.lines.at(range.start);
                self.items.push(Item {
                    line,
                    ..Item::default()
                });
            }
            Tag::Table(_) => {
                self.flush();
                self.table = Some((Vec::new(), Vec::new(), self.lines.at(range.start) + 1));
            }
            Tag::Strikethrough => self.open[0] += 1,
            Tag::Strong => self.open[1] += 1,
            Tag::Link { dest_url, .. } => {
                self.open[2] += 1;
                self.inline.links.push(dest_url.to_string());
            }
            Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_) => {
                self.flush();
                self.hidden += 1;
            }
            Tag::Paragraph | Tag::BlockQuote(_) => self.flush(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Heading(_) => {
                let mut inline = self.take();
                // A heading that is underlined takes two lines.
                inline.last = self.lines.at(range.end.max(1) - 1).max(inline.last);
                if let Some(level) = self.heading.take() {
                    self.blocks.push(Block::Heading(level, inline));
                }
            }
            TagEnd::Paragraph => self.flush(),
            TagEnd::Item => {
                self.flush();
                if let Some(item) = self.items.pop()
                    && let Some(list) = self.lists.last_mut()
                {
                    list.push(item);
                }
            }
            TagEnd::List(_) => self.end_list(),
            TagEnd::TableCell => {
                let cell = self.take();
                self.row.push(cell);
            }
            TagEnd::TableHead => {
                let row = std::mem::take(&mut self.row);
                if let Some(table) = &mut self.table {
                    table.0 = row;
                }
            }
            TagEnd::TableRow => {
                let row = std::mem::take(&mut self.row);
                if let Some(table) = &mut self.table {
                    table.1.push(row);
                }
            }
            TagEnd::Table => {
                if let Some((header, rows, line)) = self.table.take() {
                    self.blocks.push(Block::Table(header, rows, line));
                }
            }
            TagEnd::Strikethrough => self.open[0] = self.open[0].saturating_sub(1),
            TagEnd::Strong => self.open[1] = self.open[1].saturating_sub(1),
            TagEnd::Link => self.open[2] = self.open[2].saturating_sub(1),
            TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) => {
                self.hidden = self.hidden.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn end_list(&mut self) {
        // The end of a list nested too deep to have one of its own ends none.
        if self.lists.len() > self.items.len() {
            let done = self.lists.pop().unwrap_or_default();
            match self.items.last_mut() {
                Some(item) => item.items.extend(done),
                None => self.blocks.push(Block::List(done)),
            }
        }
    }

    fn take(&mut self) -> Inline {
        let mut inline = std::mem::take(&mut self.inline);
        let all = inline.text.chars().filter(|c| !c.is_whitespace()).count();
        let [struck, strong, linked] =
            std::mem::take(&mut self.marked).map(|n| n == all && all > 0);
        (inline.struck, inline.strong, inline.linked) = (struck, strong, linked);
        inline
    }

    /// What text there is goes where it belongs: the open item, or a paragraph.
    fn flush(&mut self) {
        let inline = self.take();
        if inline.is_empty() {
            return;
        }
        match self.items.last_mut() {
            Some(item) if item.text.is_empty() && item.items.is_empty() => item.text = inline,
            Some(item) => item.more.push(inline),
            None => self.blocks.push(Block::Paragraph(inline)),
        }
    }
}

const fn depth(level: HeadingLevel) -> usize {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_becomes_blocks_with_their_lines() {
        let text = "# One\n\nSome **words**\nmore\n\n- [x] ~~a~~\n  - b [l](u)\n- c\n\n| A | B |\n|---|---|\n| 1 | 2 |\n";
        let blocks = parse(text);
        let [
            Block::Heading(1, one),
            Block::Paragraph(words),
            Block::List(items),
            Block::Table(header, rows, line),
        ] = blocks.as_slice()
        else {
            panic!("{blocks:?}");
        };
        assert_eq!((one.text.as_str(), one.first), ("One", 1));
        assert_eq!((words.first, words.last, words.strong), (3, 4, false));
        assert_eq!(items.len(), 2);
        assert_eq!(
            (items[0].ticked, items[0].text.struck, items[0].line),
            (Some(true), true, 6)
        );
        assert_eq!(items[0].items[0].text.links, ["u"]);
        assert_eq!((header.len(), rows.len(), *line), (2, 1, 11));
        assert_eq!(rows[0][1].first, 12);
    }

    #[test]
    fn nesting_without_end_is_flattened() {
        let text: String = (0..100)
            .map(|n| format!("{}- x{n}\n", "  ".repeat(n)))
            .collect();
        let blocks = parse(&text);
        let Block::List(items) = &blocks[0] else {
            panic!()
        };
        assert!(items[0].height() <= DEEPEST);
    }
}
