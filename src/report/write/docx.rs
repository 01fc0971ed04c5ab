//! What officials edit: Word's form of Decree 30/2020/NĐ-CP, annex I. A4, Times New Roman 14, margins 20/20/30/15 mm, page numbers at the
//! top from the second page.

mod body;
mod table;

use std::io::{Cursor, Seek, Write};

use docx_rs::*;
use zip::read::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::report::document::ReportDocument;
use crate::report::write::columns::{self, PageKind, PaperSection};
use crate::report::write::letters::Letters;
use crate::report::write::paper::clean;

use body::DocxBody;

/// Twentieths of a point in a millimetre, times ten.
const fn mm(mm: i32) -> i32 {
    mm * 1440 * 10 / 254
}

const FONT: &str = "Times New Roman";
/// Half points.
const BODY: usize = 28;
const SMALL: usize = 24;
const TABLE: usize = 21;
const WIDE: u32 = 16_838;
const NARROW: u32 = 11_906;

pub fn write(document: &ReportDocument, out: impl Write + Seek) -> Result<(), String> {
    let letters = Letters::read().ok_or("the font cannot be read")?;
    let mut docx =
        Docx::new().default_fonts(RunFonts::new().ascii(FONT).hi_ansi(FONT).cs(FONT).east_asia(FONT)).default_size(BODY);
    let mut sections = columns::sections(document, &letters);
    let last = sections.pop().ok_or("a document without pages")?;
    for section in &sections {
        let (width, height) = page(section);
        let mut made =
            Section::new().page_size(PageSize::new().size(width, height)).page_margin(margins()).header(header(document));
        if section.across {
            made = made.page_orient(PageOrientationType::Landscape);
        }
        if section.begins() {
            made = made.title_pg();
        }
        if section.of == PageKind::FirstAnnexes {
            made = made.page_num_type(PageNumType::new().start(1));
        }
        for part in parts(document, section, &letters) {
            made = match part {
                SectionPart::Paragraph(paragraph) => made.add_paragraph(*paragraph),
                SectionPart::Table(table) => made.add_table(*table),
            };
        }
        docx = docx.add_section(made);
    }
    let (width, height) = page(&last);
    docx = docx.page_size(width, height).page_margin(margins()).header(header(document));
    if last.across {
        docx = docx.page_orient(PageOrientationType::Landscape);
    }
    if last.begins() {
        docx = docx.title_pg();
    }
    if last.of == PageKind::FirstAnnexes {
        docx = docx.page_num_type(PageNumType::new().start(1));
    }
    docx = parts(document, &last, &letters).into_iter().fold(docx, put);
    let mut parts = docx.build();
    parts.document = with_repeated_heads(parts.document);
    let mut stored = Cursor::new(Vec::new());
    parts.pack(&mut stored).and_then(|()| compressed(stored, out)).map_err(|error| error.to_string())
}

/// Twentieths of a point.
fn page(section: &PaperSection<'_>) -> (u32, u32) {
    if section.across { (WIDE, NARROW) } else { (NARROW, WIDE) }
}

/// What stands in a section. The library drops the header of its first page, where that has no number: the banner stands in the text there.
fn parts(document: &ReportDocument, section: &PaperSection<'_>, letters: &Letters) -> Vec<SectionPart> {
    let (width, _) = page(section);
    let mut body = DocxBody::new(document.lang, width as usize - mm(45) as usize, letters);
    if section.begins() {
        body.parts.extend(banner(document).map(paragraph));
    }
    section.units.iter().for_each(|unit| body.unit(unit));
    body.parts
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

fn put(docx: Docx, part: SectionPart) -> Docx {
    match part {
        SectionPart::Paragraph(paragraph) => docx.add_paragraph(*paragraph),
        SectionPart::Table(table) => docx.add_table(*table),
    }
}

fn margins() -> PageMargin {
    PageMargin::new().top(mm(20)).bottom(mm(20)).left(mm(30)).right(mm(15)).header(mm(10)).footer(mm(10)).gutter(0)
}

/// The page's number and the banner.
fn header(document: &ReportDocument) -> Header {
    let number = Paragraph::new().align(AlignmentType::Center).add_page_num(PageNum::new());
    banner(document).into_iter().fold(Header::new().add_paragraph(number), Header::add_paragraph)
}

fn banner(document: &ReportDocument) -> Option<Paragraph> {
    document.banner.map(|text| centred(run(text, TABLE).bold().color("B00020")))
}

/// A part of a section.
enum SectionPart {
    Paragraph(Box<Paragraph>),
    Table(Box<Table>),
}

fn paragraph(of: Paragraph) -> SectionPart {
    SectionPart::Paragraph(Box::new(of))
}

fn run(text: &str, size: usize) -> Run {
    Run::new().add_text(clean(text)).size(size)
}

fn centred(of: Run) -> Paragraph {
    Paragraph::new().align(AlignmentType::Center).add_run(of)
}

fn spaced(before: u32, after: u32) -> LineSpacing {
    LineSpacing::new().before(before).after(after)
}
