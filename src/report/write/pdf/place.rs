//! Blocks on pages: lines broken by the font's own widths, tables with their heads on every page.

use ttf_parser::Face as Metrics;

use crate::lang::{Language, report as words};
use crate::report::document::{Block, Document, Head30, Signature};
use crate::report::phrases;
use crate::report::tally::table::{Role, Table};
use crate::report::write::paper::{clean, is_figure, widths};

use super::FONTS;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Regular,
    Bold,
    Italic,
    BoldItalic,
}

pub enum Mark {
    Text { x: f32, y: f32, size: f32, face: Face, text: String },
    Line { from: (f32, f32), to: (f32, f32) },
}

pub struct Page {
    pub width: f32,
    pub height: f32,
    pub marks: Vec<Mark>,
}

pub struct Placed {
    pub pages: Vec<Page>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Centre,
    Right,
    Both,
}

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;
const SHORT: f32 = 595.28;
const LONG: f32 = 841.89;
const TOP: f32 = 20.0 * MM;
const BOTTOM: f32 = 20.0 * MM;
const LEFT: f32 = 30.0 * MM;
const RIGHT: f32 = 15.0 * MM;
const BODY: f32 = 14.0;
const SMALL: f32 = 11.0;
/// From line to line, in sizes of the font.
const LEADING: f32 = 1.2;

pub fn place(document: &Document) -> Option<Placed> {
    let mut pen = Pen::new(document)?;
    pen.page(false);
    document.blocks.iter().for_each(|block| pen.block(block));
    Some(Placed { pages: pen.pages })
}

struct Pen {
    lang: Language,
    /// Over every page.
    banner: Option<&'static str>,
    fonts: [Metrics<'static>; 4],
    pages: Vec<Page>,
    across: bool,
    y: f32,
    /// Where text stands just now.
    x: f32,
    width: f32,
}

impl Pen {
    fn new(document: &Document) -> Option<Pen> {
        let [a, b, c, d] = FONTS;
        let read = |bytes: &'static [u8]| Metrics::parse(bytes, 0).ok();
        let fonts = [read(a)?, read(b)?, read(c)?, read(d)?];
        let width = SHORT - LEFT - RIGHT;
        let (lang, banner) = (document.lang, document.banner);
        Some(Pen { lang, banner, fonts, pages: Vec::new(), across: false, y: TOP, x: LEFT, width })
    }

    fn page(&mut self, across: bool) {
        let (width, height) = if across { (LONG, SHORT) } else { (SHORT, LONG) };
        self.across = across;
        (self.x, self.width, self.y) = (LEFT, width - LEFT - RIGHT, TOP);
        self.pages.push(Page { width, height, marks: Vec::new() });
        let number = self.pages.len();
        // The first page has none.
        if number > 1 {
            self.over(number.to_string(), 12.0 * MM, 13.0, Face::Regular);
        }
        if let Some(banner) = self.banner {
            self.over(banner.to_owned(), 17.5 * MM, SMALL, Face::Bold);
        }
    }

    /// Centred in the upper margin.
    fn over(&mut self, text: String, y: f32, size: f32, face: Face) {
        let x = (self.x * 2.0 + self.width - self.length(&text, size, face)) / 2.0;
        self.mark(Mark::Text { x, y, size, face, text });
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

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(mark);
        }
    }

    fn font(&self, face: Face) -> &Metrics<'static> {
        let [regular, bold, italic, both] = &self.fonts;
        match face {
            Face::Regular => regular,
            Face::Bold => bold,
            Face::Italic => italic,
            Face::BoldItalic => both,
        }
    }

    fn length(&self, text: &str, size: f32, face: Face) -> f32 {
        let font = self.font(face);
        let units: u32 = text
            .chars()
            .filter_map(|c| font.glyph_index(c))
            .filter_map(|glyph| font.glyph_hor_advance(glyph))
            .map(u32::from)
            .sum();
        units as f32 * size / f32::from(font.units_per_em())
    }

    /// What the font can show; the rest as question marks.
    fn shown(&self, text: &str, face: Face) -> String {
        let font = self.font(face);
        clean(text).chars().map(|c| if font.glyph_index(c).is_some() { c } else { '?' }).collect()
    }

    /// Lines no longer than `width`, the first one shorter by `indent`. A word that is too long is cut.
    fn lines(&self, text: &str, size: f32, face: Face, width: f32, indent: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let most = width - if lines.is_empty() { indent } else { 0.0 };
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.length(&longer, size, face) <= most {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                line.push(c);
                if self.length(&line, size, face) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, c.to_string()));
                }
            }
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    fn text(&mut self, text: &str, size: f32, face: Face, side: Side, indent: f32) {
        let text = self.shown(text, face);
        let lines = self.lines(&text, size, face, self.width, indent);
        let count = lines.len();
        for (at, line) in lines.into_iter().enumerate() {
            self.room(size * LEADING);
            let indent = if at == 0 { indent } else { 0.0 };
            let spare = self.width - indent - self.length(&line, size, face);
            let y = self.y + size;
            let x = self.x + indent;
            match side {
                Side::Both if at + 1 < count => self.justified(&line, x, y, size, face, spare),
                Side::Left | Side::Both => self.mark(Mark::Text { x, y, size, face, text: line }),
                Side::Centre => self.mark(Mark::Text { x: x + spare / 2.0, y, size, face, text: line }),
                Side::Right => self.mark(Mark::Text { x: x + spare, y, size, face, text: line }),
            }
            self.y += size * LEADING;
        }
    }

    /// Words with the spare room between them.
    fn justified(&mut self, line: &str, mut x: f32, y: f32, size: f32, face: Face, spare: f32) {
        let words: Vec<&str> = line.split(' ').collect();
        let gap = spare / (words.len().saturating_sub(1).max(1)) as f32 + self.length(" ", size, face);
        for word in words {
            // Each word carries its space, so that the text comes out of the file as it went in.
            let text = format!("{word} ");
            let length = self.length(word, size, face);
            self.mark(Mark::Text { x, y, size, face, text });
            x += length + gap;
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Letterhead(head) => self.letterhead(head),
            Block::Title { kind, subject } => {
                self.y += 14.0;
                self.text(kind, BODY, Face::Bold, Side::Centre, 0.0);
                self.text(subject, BODY, Face::Bold, Side::Centre, 0.0);
                self.rule(0.3);
                self.y += 8.0;
            }
            Block::Addressees { dear, to } => {
                let to = to.join("; ");
                self.text(&format!("{dear}{to}."), BODY, Face::Regular, Side::Centre, 0.0);
                self.y += 8.0;
            }
            Block::Heading(text) => {
                self.y += 6.0;
                self.room(BODY * LEADING * 3.0);
                self.text(text, BODY, Face::Bold, Side::Left, 0.0);
                self.y += 2.0;
            }
            Block::Paragraph(text) => {
                self.y += 3.0;
                self.text(text, BODY, Face::Regular, Side::Both, 10.0 * MM);
                self.y += 3.0;
            }
            Block::Blank => self.text(words::left_blank(), 12.0, Face::Regular, Side::Left, 0.0),
            Block::Signature(signature) => self.signature(signature),
            Block::Annexes | Block::Chart(_) => {}
            Block::Annex { letter, title, with } => {
                self.page(true);
                self.text(letter, BODY, Face::Bold, Side::Centre, 0.0);
                self.text(title, BODY, Face::Bold, Side::Centre, 0.0);
                self.text(with, 12.0, Face::Italic, Side::Centre, 0.0);
                self.y += 8.0;
            }
            Block::Table(table) => self.table(table),
            Block::Note(text) => {
                self.y += 3.0;
                self.text(text, SMALL, Face::Italic, Side::Both, 0.0);
            }
        }
    }

    /// Writes in a part of the line and returns how far down it went.
    fn column(&mut self, from: f32, share: f32, write: impl FnOnce(&mut Pen)) -> f32 {
        let (x, width, y) = (self.x, self.width, self.y);
        (self.x, self.width) = (x + width * from, width * share);
        write(self);
        let down = self.y;
        (self.x, self.width, self.y) = (x, width, y);
        down
    }

    fn letterhead(&mut self, head: &Head30) {
        let left = self.column(0.0, 0.40, |pen| {
            if let Some(agency) = &head.agency {
                pen.text(agency, 13.0, Face::Regular, Side::Centre, 0.0);
            }
            pen.text(&head.issuer, 13.0, Face::Bold, Side::Centre, 0.0);
            pen.rule(0.4);
            pen.text(&head.number, 13.0, Face::Regular, Side::Centre, 0.0);
        });
        let right = self.column(0.38, 0.62, |pen| {
            pen.text(&head.nation, 12.5, Face::Bold, Side::Centre, 0.0);
            pen.text(&head.motto, 13.5, Face::Bold, Side::Centre, 0.0);
            pen.rule(0.56);
            pen.text(&head.place_and_date, BODY, Face::Italic, Side::Centre, 0.0);
        });
        self.y = left.max(right);
    }

    /// The line below the issuer and the motto.
    fn rule(&mut self, share: f32) {
        let half = self.width * share / 2.0;
        let (middle, y) = (self.x + self.width / 2.0, self.y + 2.0);
        self.mark(Mark::Line { from: (middle - half, y), to: (middle + half, y) });
        self.y += 6.0;
    }

    fn signature(&mut self, signature: &Signature) {
        self.y += 14.0;
        // Whole or on the next page: what is signed, and by whom.
        self.room(BODY * LEADING * (signature.office.len() + 5) as f32);
        let left = self.column(0.0, 0.45, |pen| {
            pen.text(&signature.copies_head, 12.0, Face::BoldItalic, Side::Left, 0.0);
            for (at, copy) in signature.copies.iter().enumerate() {
                let end = if at + 1 == signature.copies.len() { "." } else { ";" };
                pen.text(&format!("- {copy}{end}"), SMALL, Face::Regular, Side::Left, 0.0);
            }
        });
        let right = self.column(0.5, 0.5, |pen| {
            for line in &signature.office {
                pen.text(line, BODY, Face::Bold, Side::Centre, 0.0);
            }
            pen.y += BODY * LEADING * 4.0;
            pen.text(signature.signer.as_deref().unwrap_or(""), BODY, Face::Bold, Side::Centre, 0.0);
        });
        self.y = left.max(right);
    }

    fn table(&mut self, table: &Table) {
        let widths: Vec<f32> = widths(table, (self.width * 10.0) as u32).into_iter().map(|tenths| tenths as f32 / 10.0).collect();
        let head: Vec<(String, Side)> = table
            .columns
            .iter()
            .map(|column| (words::column(self.lang, table.id.as_str(), column.as_str()).to_owned(), Side::Centre))
            .collect();
        self.row(&widths, &head, Face::Bold);
        for line in &table.lines {
            let face = if line.role == Role::Item { Face::Regular } else { Face::Bold };
            let side = |figure: bool| if figure { Side::Right } else { Side::Left };
            let cells: Vec<(String, Side)> =
                line.cells.iter().map(|cell| (phrases::cell(self.lang, cell), side(is_figure(cell)))).collect();
            if self.y + self.height(&widths, &cells, face) > self.floor() {
                self.page(self.across);
                self.row(&widths, &head, Face::Bold);
            }
            self.row(&widths, &cells, face);
        }
        self.y += 4.0;
    }

    fn height(&self, widths: &[f32], cells: &[(String, Side)], face: Face) -> f32 {
        let lines = widths
            .iter()
            .zip(cells)
            .map(|(width, (text, _))| self.lines(&self.shown(text, face), SMALL, face, width - 6.0, 0.0).len());
        lines.max().unwrap_or(1) as f32 * SMALL * LEADING + 5.0
    }

    fn row(&mut self, widths: &[f32], cells: &[(String, Side)], face: Face) {
        let height = self.height(widths, cells, face);
        self.room(height);
        let (x, width, top) = (self.x, self.width, self.y);
        let bottom = top + height;
        let mut left = x;
        self.mark(Mark::Line { from: (x, top), to: (x + width, top) });
        self.mark(Mark::Line { from: (x, bottom), to: (x + width, bottom) });
        for (of_cell, (text, side)) in widths.iter().zip(cells) {
            self.mark(Mark::Line { from: (left, top), to: (left, bottom) });
            (self.x, self.width, self.y) = (left + 3.0, of_cell - 6.0, top + 1.0);
            self.text(text, SMALL, face, *side, 0.0);
            left += of_cell;
        }
        self.mark(Mark::Line { from: (x + width, top), to: (x + width, bottom) });
        (self.x, self.width, self.y) = (x, width, bottom);
    }
}
