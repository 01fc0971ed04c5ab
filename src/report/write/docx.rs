//! What officials edit: Word's form of Decree 30/2020/NĐ-CP, annex I. A4, Times New Roman 14, margins 20/20/30/15 mm, page numbers at the
//! top from the second page, annexes on pages that lie across.

use std::io::{Cursor, Seek, Write};

use docx_rs::*;
use zip::read::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::lang::{Language, report as words};
use crate::report::document::{Beside, Block, Head30, ReportDocument, Signature};
use crate::report::tally::phrases;
use crate::report::tally::table::{ReportTable, Role};
use crate::report::write::letters::{Face, Letters};
use crate::report::write::paper::{CellAlign, clean, side, widths};

/// Twentieths of a point in a millimetre, times ten.
const fn mm(mm: i32) -> i32 {
    mm * 1440 * 10 / 254
}

const FONT: &str = "Times New Roman";
/// Half points.
const BODY: usize = 28;
const SMALL: usize = 24;
const TABLE: usize = 22;
const WIDE: u32 = 16_838;
const NARROW: u32 = 11_906;

pub fn write(document: &ReportDocument, out: impl Write + Seek) -> Result<(), String> {
    let at = document.blocks.iter().position(|block| matches!(block, Block::Annexes)).unwrap_or(document.blocks.len());
    let (body, annexes) = document.blocks.split_at(at);
    let mut upright = DocxBody::new(document.lang, (NARROW as i32 - mm(45)) as usize);
    upright.parts.extend(banner(document).map(paragraph));
    for (at, block) in body.iter().enumerate() {
        let signed = body.iter().skip(at + 1).find(|block| !matches!(block, Block::Blank | Block::Note(_)));
        upright.to_sign = matches!(signed, Some(Block::Signature(_)));
        upright.block(block);
    }
    let mut docx = Docx::new()
        .default_fonts(RunFonts::new().ascii(FONT).hi_ansi(FONT).cs(FONT).east_asia(FONT))
        .default_size(BODY)
        .page_size(NARROW, WIDE)
        .page_margin(margins());
    if annexes.len() > 1 {
        let mut section = Section::new()
            .page_size(PageSize::new().size(NARROW, WIDE))
            .page_margin(margins())
            .header(header(document))
            .title_pg();
        for part in upright.parts {
            section = match part {
                Part::Paragraph(paragraph) => section.add_paragraph(*paragraph),
                Part::Table(table) => section.add_table(*table),
            };
        }
        let mut across = DocxBody::new(document.lang, (WIDE as i32 - mm(45)) as usize);
        annexes.iter().for_each(|block| across.block(block));
        docx = docx
            .add_section(section)
            .page_size(WIDE, NARROW)
            .page_orient(PageOrientationType::Landscape)
            .header(header(document));
        docx = across.parts.into_iter().fold(docx, put);
    } else {
        docx = docx.header(header(document)).first_header(Header::new().add_paragraph(Paragraph::new()));
        docx = upright.parts.into_iter().fold(docx, put);
    }
    let mut parts = docx.build();
    parts.document = with_repeated_heads(parts.document);
    let mut stored = Cursor::new(Vec::new());
    parts.pack(&mut stored).and_then(|()| compressed(stored, out)).map_err(|error| error.to_string())
}

/// The library cannot say that a row is the head of its table, which stands on every page. Of all rows only heads have no property of
/// their own, and no text of a document can hold this tag: its `<` would be escaped.
fn with_repeated_heads(document: Vec<u8>) -> Vec<u8> {
    const PLAIN: &str = "<w:trPr />";
    const HEAD: &str = "<w:trPr><w:cantSplit /><w:tblHeader /></w:trPr>";
    match String::from_utf8(document) {
        Ok(text) => text.replace(PLAIN, HEAD).into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

/// The library stores its parts as they are: a month's log is 3 MB, and 150 kB compressed.
fn compressed(stored: Cursor<Vec<u8>>, out: impl Write + Seek) -> zip::result::ZipResult<()> {
    let mut from = ZipArchive::new(stored)?;
    let mut to = ZipWriter::new(out);
    for at in 0..from.len() {
        let mut part = from.by_index(at)?;
        if part.is_file() {
            to.start_file(part.name(), SimpleFileOptions::default())?;
            std::io::copy(&mut part, &mut to)?;
        }
    }
    to.finish().map(|_| ())
}

fn put(docx: Docx, part: Part) -> Docx {
    match part {
        Part::Paragraph(paragraph) => docx.add_paragraph(*paragraph),
        Part::Table(table) => docx.add_table(*table),
    }
}

fn margins() -> PageMargin {
    PageMargin::new().top(mm(20)).bottom(mm(20)).left(mm(30)).right(mm(15)).header(mm(10)).footer(mm(10)).gutter(0)
}

/// The page's number and the banner, on every page but the first, whose body begins with the banner: the library drops the header of a
/// section's first page.
fn header(document: &ReportDocument) -> Header {
    let number = Paragraph::new().align(AlignmentType::Center).add_page_num(PageNum::new());
    banner(document).into_iter().fold(Header::new().add_paragraph(number), Header::add_paragraph)
}

fn banner(document: &ReportDocument) -> Option<Paragraph> {
    document.banner.map(|text| centred(run(text, TABLE).bold().color("B00020")))
}

/// A part of a section.
enum Part {
    Paragraph(Box<Paragraph>),
    Table(Box<Table>),
}

fn paragraph(of: Paragraph) -> Part {
    Part::Paragraph(Box::new(of))
}

fn run(text: &str, size: usize) -> Run {
    Run::new().add_text(clean(text)).size(size)
}

/// A text in lines of about one length, as far as a width in twentieths of a point and the letters' size tell; in Word they can be changed.
fn broken(text: &str, size: usize, width: usize) -> Run {
    let cleaned = clean(text);
    let Some(letters) = Letters::read() else { return run(text, size) };
    // What Word keeps free on either side of a cell, and a little for its own way of counting.
    let lines = letters.balanced(&cleaned, size as f32 / 2.0, Face::Bold, width as f32 / 20.0 - 14.0);
    let last = lines.len();
    lines.into_iter().enumerate().fold(Run::new().size(size), |made, (at, line)| {
        if at + 1 == last { made.add_text(line) } else { made.add_text(format!("{line} ")).add_break(BreakType::TextWrapping) }
    })
}

fn centred(of: Run) -> Paragraph {
    Paragraph::new().align(AlignmentType::Center).add_run(of)
}

fn spaced(before: u32, after: u32) -> LineSpacing {
    LineSpacing::new().before(before).after(after)
}

/// A line below a text: a paragraph of no height with a border, so long in hundredths of the width.
fn rule(width: usize, share: usize) -> Paragraph {
    let side = i32::try_from(width * (100 - share) / 200).ok();
    let thin = LineSpacing::new().line(60).line_rule(LineSpacingType::Exact).before(40).after(0);
    let mut rule = Paragraph::new().indent(side, None, side, None).line_spacing(thin);
    let border = ParagraphBorder::new(ParagraphBorderPosition::Top).val(BorderType::Single).size(4).space(0).color("000000");
    rule.property = rule.property.set_borders(ParagraphBorders::with_empty().set(border));
    rule
}

struct DocxBody {
    lang: Language,
    /// Of the text, in twentieths of a point.
    width: usize,
    parts: Vec<Part>,
    annexes: usize,
    letter: bool,
    /// It stays with the signature below it, which does not stand on a page alone.
    to_sign: bool,
}

impl DocxBody {
    fn new(lang: Language, width: usize) -> DocxBody {
        DocxBody { lang, width, parts: Vec::new(), annexes: 0, letter: false, to_sign: false }
    }

    fn add(&mut self, of: Paragraph) {
        self.parts.push(paragraph(of));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Letterhead(head) => self.letterhead(head),
            Block::Title { kind, subject } => {
                self.add(centred(run(kind, BODY).bold()).line_spacing(spaced(240, 0)));
                self.title(subject, BODY);
                self.add(rule(self.width, 30));
                self.add(Paragraph::new());
            }
            Block::Addressees { dear, to } => self.addressees(dear, to),
            Block::Heading(text) => {
                let heading = Paragraph::new().add_run(run(text, BODY).bold()).keep_next(true).line_spacing(spaced(120, 60));
                // A letter's begin where its paragraphs do.
                let indent = self.letter.then_some(SpecialIndentType::FirstLine(mm(10)));
                self.add(heading.indent(None, indent, None, None));
            }
            Block::Paragraph(text) => {
                let indent = Some(SpecialIndentType::FirstLine(mm(10)));
                let body = Paragraph::new().align(AlignmentType::Both).indent(None, indent, None, None).add_run(run(text, BODY));
                self.add(body.line_spacing(spaced(60, 60)));
            }
            Block::Blank => self.add(Paragraph::new().add_run(run(words::left_blank(), SMALL)).keep_next(self.to_sign)),
            Block::Signature(signature) => self.signature(signature),
            Block::Annexes | Block::Chart(_) => {}
            Block::Annex { letter, title, with } => {
                self.annexes += 1;
                let head = centred(run(letter, BODY).bold()).page_break_before(self.annexes > 1).keep_next(true);
                self.add(head);
                self.add(centred(run(title, BODY).bold()).keep_next(true));
                self.add(centred(run(with, 26).italic()).keep_next(true).line_spacing(spaced(0, 120)));
            }
            Block::Table(table) => self.table(table),
            Block::Note(text) => {
                let note = Paragraph::new().add_run(run(text, TABLE).italic()).line_spacing(spaced(60, 0));
                self.add(note.keep_next(self.to_sign));
            }
        }
    }

    /// Two cells without lines: agency on the left, nation on the right.
    fn letterhead(&mut self, head: &Head30) {
        /// Hundredths of the width.
        const LEFT: usize = 38;
        let width = self.width * LEFT / 100;
        let mut left = TableCell::new();
        if let Some(agency) = &head.agency {
            left = left.add_paragraph(centred(run(agency, 26)));
        }
        let issuer = broken(&head.issuer, 26, width);
        let mut left = left.add_paragraph(centred(issuer.bold())).add_paragraph(rule(width, 40));
        let mut right = TableCell::new()
            .add_paragraph(centred(run(&head.nation, 24).bold()))
            .add_paragraph(centred(run(&head.motto, BODY).bold()))
            .add_paragraph(rule(self.width - width, 62));
        if let Some((number, place_and_date)) = &head.letter {
            self.letter = true;
            left = left.add_paragraph(centred(run(number, 26)));
            right = right.add_paragraph(centred(run(place_and_date, BODY).italic()));
        }
        self.pair(left, right, LEFT);
    }

    /// Centred and bold, in lines of about one length.
    fn title(&mut self, text: &str, size: usize) {
        self.add(centred(broken(text, size, self.width).bold()));
    }

    /// Two cells side by side without lines; the left one has so many hundredths of the width.
    fn pair(&mut self, left: TableCell, right: TableCell, share: usize) {
        let first = self.width * share / 100;
        let widths = [first, self.width - first];
        let cells = [left, right].into_iter().zip(widths).map(|(cell, width)| cell.width(width, WidthType::Dxa)).collect();
        let table = Table::without_borders(vec![TableRow::new(cells).cant_split()])
            .set_grid(widths.to_vec())
            .layout(TableLayoutType::Fixed)
            .width(self.width, WidthType::Dxa);
        self.parts.push(Part::Table(Box::new(table)));
    }

    fn addressees(&mut self, dear: &str, to: &[String]) {
        if let [one] = to {
            return self.add(centred(run(&format!("{dear}{one}."), BODY)).line_spacing(spaced(0, 120)));
        }
        self.add(Paragraph::new().indent(Some(mm(25)), None, None, None).add_run(run(dear, BODY)));
        for (at, one) in to.iter().enumerate() {
            let end = if at + 1 == to.len() { "." } else { ";" };
            self.add(Paragraph::new().indent(Some(mm(40)), None, None, None).add_run(run(&format!("- {one}{end}"), BODY)));
        }
    }

    fn signature(&mut self, signature: &Signature) {
        let mut left = TableCell::new();
        let mut right = TableCell::new();
        right = signature.dated.iter().fold(right, |cell, dated| cell.add_paragraph(centred(run(dated, BODY).italic())));
        right = signature.office.iter().fold(right, |cell, line| cell.add_paragraph(centred(run(line, BODY).bold())));
        match &signature.beside {
            Beside::Copies { head, copies } => {
                left = left.add_paragraph(Paragraph::new().add_run(run(head, 24).bold().italic()));
                for (at, copy) in copies.iter().enumerate() {
                    let end = if at + 1 == copies.len() { "." } else { ";" };
                    left = left.add_paragraph(Paragraph::new().add_run(run(&format!("- {copy}{end}"), 22)));
                }
            }
            Beside::Office { office, how } => {
                // Level with the other, above which stands the day.
                let line = left.add_paragraph(Paragraph::new()).add_paragraph(centred(run(office, BODY).bold()));
                left = line.add_paragraph(centred(run(how, BODY).italic()));
                right = right.add_paragraph(centred(run(how, BODY).italic()));
            }
        }
        for _ in 0..4 {
            right = right.add_paragraph(Paragraph::new());
        }
        right = right.add_paragraph(centred(run(signature.signer.as_deref().unwrap_or(""), BODY).bold()));
        self.add(Paragraph::new().keep_next(true));
        self.pair(left, right, 45);
    }

    fn table(&mut self, table: &ReportTable) {
        let width = u32::try_from(self.width).unwrap_or(9_000);
        let widths: Vec<usize> = widths(table, width).into_iter().map(|width| width as usize).collect();
        let head = table.columns.iter().zip(&widths).map(|(column, width)| {
            let text = words::column(self.lang, table.id.as_str(), column.as_str());
            TableCell::new()
                .add_paragraph(centred(run(text, TABLE).bold()))
                .width(*width, WidthType::Dxa)
                .vertical_align(VAlignType::Center)
        });
        let mut rows = vec![TableRow::new(head.collect())];
        for line in &table.lines {
            let cells = table.columns.iter().zip(&line.cells).zip(&widths).map(|((column, cell), width)| {
                let text = run(&phrases::cell(self.lang, cell), TABLE);
                let text = if line.role == Role::Item { text } else { text.bold() };
                let align = match side(*column, cell) {
                    CellAlign::Left => AlignmentType::Left,
                    CellAlign::Centre => AlignmentType::Center,
                    CellAlign::Right => AlignmentType::Right,
                };
                TableCell::new().add_paragraph(Paragraph::new().align(align).add_run(text)).width(*width, WidthType::Dxa)
            });
            rows.push(TableRow::new(cells.collect()).cant_split());
        }
        let made = Table::new(rows).set_grid(widths).layout(TableLayoutType::Fixed).width(self.width, WidthType::Dxa);
        // A millimetre on either side.
        let made = made.margins(TableCellMargins::new().margin(0, 57, 0, 57));
        self.parts.push(Part::Table(Box::new(made)));
    }
}
