//! Blocks on pages: lines broken by the font's own widths; what belongs together on one page, where a page has room for it.

mod form;
mod table;

use crate::lang::{Language, report as words};
use crate::report::document::{Block, ReportDocument};
use crate::report::write::columns::{ACROSS, MM, PageKind, SIZE as SMALL, UPRIGHT, sections};
use crate::report::write::letters::{Face, Letters};
use crate::report::write::paper;

pub enum Drawn {
    Text {
        x: f32,
        y: f32,
        size: f32,
        face: Face,
        text: String,
    },
    Line {
        from: (f32, f32),
        to: (f32, f32),
    },
    /// Of a chart's series, the first or the second.
    Bar {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        nth: usize,
    },
}

pub struct PdfPage {
    pub width: f32,
    pub height: f32,
    pub marks: Vec<Drawn>,
}

pub struct Placed {
    pub pages: Vec<PdfPage>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TextAlign {
    Left,
    Centre,
    Right,
    Both,
}

impl TextAlign {
    fn of(side: paper::CellAlign) -> TextAlign {
        match side {
            paper::CellAlign::Left => TextAlign::Left,
            paper::CellAlign::Centre => TextAlign::Centre,
            paper::CellAlign::Right => TextAlign::Right,
        }
    }
}

const SHORT: f32 = 595.28;
const LONG: f32 = 841.89;
const TOP: f32 = 20.0 * MM;
const BOTTOM: f32 = 20.0 * MM;
const LEFT: f32 = 30.0 * MM;
const BODY: f32 = 14.0;
/// Of a paragraph's first line.
const INDENT: f32 = 10.0 * MM;
/// A table of so many lines is not torn in two; of a longer one, its head and three lines with the head of its annex stay together.
const WHOLE: usize = 8;
const BEGINNING: f32 = 150.0;
/// From line to line, in sizes of the font.
const LEADING: f32 = 1.15;

pub fn place(document: &ReportDocument) -> Option<Placed> {
    let mut layout = Layout::new(document)?;
    for section in sections(document, &layout.letters) {
        if section.of == PageKind::FirstAnnexes {
            (layout.number, layout.letter) = (0, false);
        }
        layout.page(section.across);
        section.units.into_iter().for_each(|unit| layout.unit(unit));
    }
    Some(Placed { pages: layout.pages })
}

struct Layout {
    lang: Language,
    /// Over every page.
    banner: Option<&'static str>,
    letters: Letters,
    /// It is a letter just now, whose headings begin where its paragraphs do.
    letter: bool,
    pages: Vec<PdfPage>,
    /// Of the page: the letter's begin with 1, and the annexes' again.
    number: usize,
    across: bool,
    y: f32,
    /// Where text stands just now.
    x: f32,
    width: f32,
}

impl Layout {
    fn new(document: &ReportDocument) -> Option<Layout> {
        let letters = Letters::read()?;
        let (lang, banner) = (document.lang, document.banner);
        let (pages, across, width) = (Vec::new(), false, UPRIGHT);
        Some(Layout { lang, banner, letters, letter: false, pages, number: 0, across, y: TOP, x: LEFT, width })
    }

    fn page(&mut self, across: bool) {
        let (width, height) = if across { (LONG, SHORT) } else { (SHORT, LONG) };
        self.across = across;
        (self.x, self.width, self.y) = (LEFT, if across { ACROSS } else { UPRIGHT }, TOP);
        self.pages.push(PdfPage { width, height, marks: Vec::new() });
        self.number += 1;
        // The first page has none.
        if self.number > 1 {
            self.over(self.number.to_string(), 12.0 * MM, 13.0, Face::Regular);
        }
        if let Some(banner) = self.banner {
            self.over(banner.to_owned(), 17.5 * MM, SMALL, Face::Bold);
        }
    }

    /// Centred in the upper margin.
    fn over(&mut self, text: String, y: f32, size: f32, face: Face) {
        let x = (self.x * 2.0 + self.width - self.letters.length(&text, size, face)) / 2.0;
        self.mark(Drawn::Text { x, y, size, face, text });
    }

    fn floor(&self) -> f32 {
        (if self.across { SHORT } else { LONG }) - BOTTOM
    }

    /// Begins a page when so much does not fit any more.
    fn room(&mut self, height: f32) {
        if self.y + height > self.floor() && self.y > TOP {
            let (x, width) = (self.x, self.width);
            self.page(self.across);
            (self.x, self.width) = (x, width);
        }
    }

    /// Blocks that belong together: what does not fit below what stands there begins the next page. Of a long table only the beginning is
    /// kept with its head.
    fn unit(&mut self, blocks: &[Block]) {
        if blocks.iter().any(|block| matches!(block, Block::Table(table) if table.lines.len() > WHOLE)) {
            self.room(BEGINNING);
            return blocks.iter().for_each(|block| self.block(block));
        }
        let (pages, number, y) = (self.pages.len(), self.number, self.y);
        let marks = self.pages.last().map_or(0, |page| page.marks.len());
        blocks.iter().for_each(|block| self.block(block));
        if self.pages.len() == pages || y <= TOP || blocks.len() < 2 {
            return;
        }
        self.pages.truncate(pages);
        self.number = number;
        if let Some(page) = self.pages.last_mut() {
            page.marks.truncate(marks);
        }
        self.page(self.across);
        blocks.iter().for_each(|block| self.block(block));
    }

    fn mark(&mut self, mark: Drawn) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(mark);
        }
    }

    fn text(&mut self, text: &str, size: f32, face: Face, side: TextAlign, indent: f32) {
        let text = self.letters.shown(text, face);
        let lines = self.letters.lines(&text, size, face, self.width, indent);
        self.write(lines, size, face, side, indent);
    }

    /// Centred, in lines of about one length.
    fn title(&mut self, text: &str, size: f32, face: Face) {
        let text = self.letters.shown(text, face);
        let lines = self.letters.balanced(&text, size, face, self.width);
        self.write(lines, size, face, TextAlign::Centre, 0.0);
    }

    fn write(&mut self, lines: Vec<String>, size: f32, face: Face, side: TextAlign, indent: f32) {
        let count = lines.len();
        for (at, line) in lines.into_iter().enumerate() {
            self.room(size * LEADING);
            let indent = if at == 0 { indent } else { 0.0 };
            let spare = self.width - indent - self.letters.length(&line, size, face);
            let y = self.y + size;
            let x = self.x + indent;
            match side {
                TextAlign::Both if at + 1 < count => self.justified(&line, x, y, size, face, spare),
                TextAlign::Left | TextAlign::Both => self.mark(Drawn::Text { x, y, size, face, text: line }),
                TextAlign::Centre => self.mark(Drawn::Text { x: x + spare / 2.0, y, size, face, text: line }),
                TextAlign::Right => self.mark(Drawn::Text { x: x + spare, y, size, face, text: line }),
            }
            self.y += size * LEADING;
        }
    }

    /// Words with the spare room between them.
    fn justified(&mut self, line: &str, mut x: f32, y: f32, size: f32, face: Face, spare: f32) {
        let words: Vec<&str> = line.split(' ').collect();
        let gap = spare / (words.len().saturating_sub(1).max(1)) as f32 + self.letters.length(" ", size, face);
        for word in words {
            // Each word carries its space, so that the text comes out of the file as it went in.
            let text = format!("{word} ");
            let length = self.letters.length(word, size, face);
            self.mark(Drawn::Text { x, y, size, face, text });
            x += length + gap;
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Letterhead(head) => self.letterhead(head),
            Block::Title { kind, subject } => {
                self.y += 14.0;
                self.text(kind, BODY, Face::Bold, TextAlign::Centre, 0.0);
                self.title(subject, BODY, Face::Bold);
                self.rule(0.3);
                self.y += 8.0;
            }
            Block::Addressees { dear, to } => {
                self.addressees(dear, to);
                self.y += 8.0;
            }
            Block::Heading(text) => {
                self.y += 6.0;
                self.room(BODY * LEADING * 3.0);
                let indent = if self.letter { INDENT } else { 0.0 };
                self.text(text, BODY, Face::Bold, TextAlign::Left, indent);
                self.y += 2.0;
            }
            Block::Paragraph(text) | Block::Told { sentence: text, .. } => {
                self.y += 3.0;
                self.text(text, BODY, Face::Regular, TextAlign::Both, INDENT);
                self.y += 3.0;
            }
            Block::Blank => self.text(words::left_blank(), 12.0, Face::Regular, TextAlign::Left, 0.0),
            Block::Signature(signature) => self.signature(signature),
            Block::Annexes => {}
            Block::Chart(chart) => self.chart(chart),
            Block::Annex { letter, title, with } => {
                if self.y > TOP {
                    self.y += 14.0;
                }
                self.text(letter, BODY, Face::Bold, TextAlign::Centre, 0.0);
                self.title(title, BODY, Face::Bold);
                self.title(with, SMALL, Face::Italic);
                self.y += 6.0;
            }
            Block::Table(table) => self.table(table),
            Block::Note(text) => {
                self.y += 3.0;
                self.text(text, SMALL, Face::Italic, TextAlign::Left, 0.0);
            }
        }
    }
}
