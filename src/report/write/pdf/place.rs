//! Blocks on pages: lines broken by the font's own widths, tables with their heads on every page.

use crate::lang::{Language, report as words};
use crate::report::document::{Beside, Block, Head30, ReportDocument, Signature};
use crate::report::tally::phrases;
use crate::report::tally::table::{ReportTable, Role};
use crate::report::write::letters::{Face, Letters};
use crate::report::write::paper::{self, side, widths};

pub enum Drawn {
    Text { x: f32, y: f32, size: f32, face: Face, text: String },
    Line { from: (f32, f32), to: (f32, f32) },
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
/// A signature keeps clear of what stands above it.
const ABOVE: f32 = 14.0;
/// Of a paragraph's first line.
const INDENT: f32 = 10.0 * MM;
/// From line to line, in sizes of the font.
const LEADING: f32 = 1.2;

pub fn place(document: &ReportDocument) -> Option<Placed> {
    let mut layout = Layout::new(document)?;
    layout.page(false);
    for (at, block) in document.blocks.iter().enumerate() {
        let (_, rest) = document.blocks.split_at(at);
        layout.together(rest);
        layout.block(block);
    }
    Some(Placed { pages: layout.pages })
}

/// Of a signature: the room above it, the day, the offices and how they sign, room to sign in, the name.
fn height(signature: &Signature) -> f32 {
    let how = usize::from(matches!(signature.beside, Beside::Office { .. }));
    let lines = signature.office.len() + usize::from(signature.dated.is_some()) + how + 4;
    ABOVE + BODY * LEADING * (lines + usize::from(signature.signer.is_some())) as f32
}

struct Layout {
    lang: Language,
    /// Over every page.
    banner: Option<&'static str>,
    letters: Letters,
    /// What stands upright is a letter, whose headings begin where its paragraphs do.
    letter: bool,
    pages: Vec<PdfPage>,
    across: bool,
    y: f32,
    /// Where text stands just now.
    x: f32,
    width: f32,
}

impl Layout {
    fn new(document: &ReportDocument) -> Option<Layout> {
        let letters = Letters::read()?;
        let width = SHORT - LEFT - RIGHT;
        let (lang, banner) = (document.lang, document.banner);
        Some(Layout { lang, banner, letters, letter: false, pages: Vec::new(), across: false, y: TOP, x: LEFT, width })
    }

    fn page(&mut self, across: bool) {
        let (width, height) = if across { (LONG, SHORT) } else { (SHORT, LONG) };
        self.across = across;
        (self.x, self.width, self.y) = (LEFT, width - LEFT - RIGHT, TOP);
        self.pages.push(PdfPage { width, height, marks: Vec::new() });
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

    /// A signature does not stand on a page alone: what comes right before it goes with it.
    fn together(&mut self, blocks: &[Block]) {
        let [Block::Heading(_), rest @ ..] = blocks else { return };
        let before = rest.iter().take_while(|block| matches!(block, Block::Blank | Block::Note(_))).count();
        let Some(Block::Signature(signature)) = rest.get(before) else { return };
        let lines = before * 2 + 3;
        self.room(SMALL * LEADING * lines as f32 + height(signature));
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
                let indent = if self.letter && !self.across { INDENT } else { 0.0 };
                self.text(text, BODY, Face::Bold, TextAlign::Left, indent);
                self.y += 2.0;
            }
            Block::Paragraph(text) => {
                self.y += 3.0;
                self.text(text, BODY, Face::Regular, TextAlign::Both, INDENT);
                self.y += 3.0;
            }
            Block::Blank => self.text(words::left_blank(), 12.0, Face::Regular, TextAlign::Left, 0.0),
            Block::Signature(signature) => self.signature(signature),
            Block::Annexes | Block::Chart(_) => {}
            Block::Annex { letter, title, with } => {
                self.page(true);
                self.text(letter, BODY, Face::Bold, TextAlign::Centre, 0.0);
                self.title(title, BODY, Face::Bold);
                self.text(with, 13.0, Face::Italic, TextAlign::Centre, 0.0);
                self.y += 8.0;
            }
            Block::Table(table) => self.table(table),
            Block::Note(text) => {
                self.y += 3.0;
                self.text(text, SMALL, Face::Italic, TextAlign::Left, 0.0);
            }
        }
    }

    /// One in the middle of the line, several one below the other.
    fn addressees(&mut self, dear: &str, to: &[String]) {
        if let [one] = to {
            return self.text(&format!("{dear}{one}."), BODY, Face::Regular, TextAlign::Centre, 0.0);
        }
        let (x, width) = (self.x, self.width);
        for (at, one) in [dear].into_iter().chain(to.iter().map(String::as_str)).enumerate() {
            (self.x, self.width) = if at == 0 { (x + 25.0 * MM, width - 25.0 * MM) } else { (x + 40.0 * MM, width - 40.0 * MM) };
            let end = if at == to.len() { "." } else { ";" };
            let text = if at == 0 { one.trim_end().to_owned() } else { format!("- {one}{end}") };
            self.text(&text, BODY, Face::Regular, TextAlign::Left, 0.0);
        }
        (self.x, self.width) = (x, width);
    }

    /// Writes in a part of the line and returns how far down it went.
    fn column(&mut self, from: f32, share: f32, write: impl FnOnce(&mut Layout)) -> f32 {
        let (x, width, y) = (self.x, self.width, self.y);
        (self.x, self.width) = (x + width * from, width * share);
        write(self);
        let down = self.y;
        (self.x, self.width, self.y) = (x, width, y);
        down
    }

    fn letterhead(&mut self, head: &Head30) {
        self.letter = head.letter.is_some();
        let left = self.column(0.0, 0.40, |layout| {
            if let Some(agency) = &head.agency {
                layout.title(agency, 13.0, Face::Regular);
            }
            layout.title(&head.issuer, 13.0, Face::Bold);
            layout.rule(0.4);
            if let Some((number, _)) = &head.letter {
                layout.text(number, 13.0, Face::Regular, TextAlign::Centre, 0.0);
            }
        });
        let right = self.column(0.38, 0.62, |layout| {
            layout.text(&head.nation, 12.5, Face::Bold, TextAlign::Centre, 0.0);
            layout.text(&head.motto, 13.5, Face::Bold, TextAlign::Centre, 0.0);
            layout.rule(0.56);
            if let Some((_, place_and_date)) = &head.letter {
                layout.text(place_and_date, BODY, Face::Italic, TextAlign::Centre, 0.0);
            }
        });
        self.y = left.max(right);
    }

    /// The line below the issuer and the motto.
    fn rule(&mut self, share: f32) {
        let half = self.width * share / 2.0;
        let (middle, y) = (self.x + self.width / 2.0, self.y + 2.0);
        self.mark(Drawn::Line { from: (middle - half, y), to: (middle + half, y) });
        self.y += 6.0;
    }

    fn signature(&mut self, signature: &Signature) {
        // Whole or on the next page: what is signed, and by whom.
        self.room(height(signature));
        self.y += ABOVE;
        let left = self.column(0.0, 0.45, |layout| match &signature.beside {
            Beside::Copies { head, copies } => {
                layout.text(head, 12.0, Face::BoldItalic, TextAlign::Left, 0.0);
                for (at, copy) in copies.iter().enumerate() {
                    let end = if at + 1 == copies.len() { "." } else { ";" };
                    layout.text(&format!("- {copy}{end}"), SMALL, Face::Regular, TextAlign::Left, 0.0);
                }
            }
            Beside::Office { office, how } => {
                // Level with the other, above which stands the day.
                layout.y += BODY * LEADING;
                layout.text(office, BODY, Face::Bold, TextAlign::Centre, 0.0);
                layout.text(how, BODY, Face::Italic, TextAlign::Centre, 0.0);
            }
        });
        let right = self.column(0.45, 0.55, |layout| {
            if let Some(dated) = &signature.dated {
                layout.text(dated, BODY, Face::Italic, TextAlign::Centre, 0.0);
            }
            for line in &signature.office {
                layout.text(line, BODY, Face::Bold, TextAlign::Centre, 0.0);
            }
            if let Beside::Office { how, .. } = &signature.beside {
                layout.text(how, BODY, Face::Italic, TextAlign::Centre, 0.0);
            }
            layout.y += BODY * LEADING * 4.0;
            if let Some(signer) = &signature.signer {
                layout.text(signer, BODY, Face::Bold, TextAlign::Centre, 0.0);
            }
        });
        self.y = left.max(right);
    }

    fn table(&mut self, table: &ReportTable) {
        let widths: Vec<f32> = widths(table, (self.width * 10.0) as u32).into_iter().map(|tenths| tenths as f32 / 10.0).collect();
        let head: Vec<(String, TextAlign)> = table
            .columns
            .iter()
            .map(|column| (words::column(self.lang, table.id.as_str(), column.as_str()).to_owned(), TextAlign::Centre))
            .collect();
        self.row(&widths, &head, Face::Bold);
        for line in &table.lines {
            let face = if line.role == Role::Item { Face::Regular } else { Face::Bold };
            let cells = table.columns.iter().zip(&line.cells);
            let cells: Vec<(String, TextAlign)> =
                cells.map(|(column, cell)| (phrases::cell(self.lang, cell), TextAlign::of(side(*column, cell)))).collect();
            if self.y + self.height(&widths, &cells, face) > self.floor() {
                self.page(self.across);
                self.row(&widths, &head, Face::Bold);
            }
            self.row(&widths, &cells, face);
        }
        self.y += 4.0;
    }

    fn height(&self, widths: &[f32], cells: &[(String, TextAlign)], face: Face) -> f32 {
        let lines = widths
            .iter()
            .zip(cells)
            .map(|(width, (text, _))| self.letters.lines(&self.letters.shown(text, face), SMALL, face, width - 6.0, 0.0).len());
        lines.max().unwrap_or(1) as f32 * SMALL * LEADING + 5.0
    }

    fn row(&mut self, widths: &[f32], cells: &[(String, TextAlign)], face: Face) {
        let height = self.height(widths, cells, face);
        self.room(height);
        let (x, width, top) = (self.x, self.width, self.y);
        let bottom = top + height;
        let mut left = x;
        self.mark(Drawn::Line { from: (x, top), to: (x + width, top) });
        self.mark(Drawn::Line { from: (x, bottom), to: (x + width, bottom) });
        for (of_cell, (text, side)) in widths.iter().zip(cells) {
            self.mark(Drawn::Line { from: (left, top), to: (left, bottom) });
            (self.x, self.width, self.y) = (left + 3.0, of_cell - 6.0, top + 1.0);
            self.text(text, SMALL, face, *side, 0.0);
            left += of_cell;
        }
        self.mark(Drawn::Line { from: (x + width, top), to: (x + width, bottom) });
        (self.x, self.width, self.y) = (x, width, bottom);
    }
}
