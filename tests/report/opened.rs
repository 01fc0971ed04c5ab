//! Documents opened again: what stands in them, as text and as cells, without the programs that show them.

use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;

/// One part of an office file.
pub fn part(file: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(std::fs::read(file).unwrap())).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap_or_else(|_| panic!("{name}")).read_to_string(&mut text).unwrap();
    text
}

pub fn parts(file: &Path) -> Vec<String> {
    let archive = zip::ZipArchive::new(Cursor::new(std::fs::read(file).unwrap())).unwrap();
    archive.file_names().map(str::to_owned).collect()
}

/// Everything between a tag and its end, for each of them. No tag of these files holds one of its own name, but tables in tables,
/// which there are none of.
fn within<'t>(text: &'t str, tag: &str) -> Vec<&'t str> {
    let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(&open) {
        let after = &rest[at + open.len()..];
        if !after.starts_with(['>', ' ', '/']) {
            rest = after;
            continue;
        }
        let head = after.find('>').unwrap();
        if after[..head].ends_with('/') {
            found.push("");
            rest = &after[head + 1..];
            continue;
        }
        let end = after.find(&close).unwrap_or_else(|| panic!("<{tag}> without an end"));
        found.push(&after[head + 1..end]);
        rest = &after[end + close.len()..];
    }
    found
}

fn plain(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c))
}

/// The rows of all tables of a web page.
pub fn html_rows(page: &str) -> Vec<Vec<String>> {
    let cells = |row: &str| {
        let cells = if row.contains("<th>") { within(row, "th") } else { within(row, "td") };
        cells.into_iter().map(plain).collect()
    };
    within(page, "tr").into_iter().map(cells).collect()
}

/// The text of a Word document, a paragraph a line.
pub fn docx_text(file: &Path) -> String {
    let paragraphs: Vec<String> = within(&part(file, "word/document.xml"), "w:p").into_iter().map(docx_words).collect();
    paragraphs.join("\n")
}

fn docx_words(part: &str) -> String {
    plain(&within(part, "w:t").concat())
}

/// The rows of its tables that have lines around them: not those that only place the head and the signature.
pub fn docx_rows(file: &Path) -> Vec<Vec<String>> {
    let document = part(file, "word/document.xml");
    let rows = |table: &str| -> Vec<Vec<String>> {
        within(table, "w:tr").into_iter().map(|row| within(row, "w:tc").into_iter().map(docx_words).collect()).collect()
    };
    within(&document, "w:tbl").into_iter().filter(|table| table.contains("<w:tblHeader")).flat_map(rows).collect()
}

/// The sheets of a workbook: name, and the cells of each row; numbers as they are kept.
pub fn xlsx_sheets(file: &Path) -> Vec<(String, Vec<Vec<String>>)> {
    let strings: Vec<String> =
        within(&part(file, "xl/sharedStrings.xml"), "si").into_iter().map(|si| plain(&within(si, "t").concat())).collect();
    let book = part(file, "xl/workbook.xml");
    let names = book.split("<sheet name=\"").skip(1).map(|rest| plain(rest.split('"').next().unwrap()));
    let cell = |cell: &str| {
        let value = within(cell, "v").concat();
        if cell.contains("t=\"s\"") { strings[value.parse::<usize>().unwrap()].clone() } else { value }
    };
    let sheet = |number: usize| -> Vec<Vec<String>> {
        let text = part(file, &format!("xl/worksheets/sheet{number}.xml"));
        let cells = |row: &str| row.split("<c ").skip(1).map(cell).collect();
        within(&text, "row").into_iter().map(cells).collect()
    };
    names.enumerate().map(|(at, name)| (name, sheet(at + 1))).collect()
}

/// As `pdftotext` prints it.
pub fn pdf_text(file: &Path, how: &str) -> String {
    let printed = Command::new("pdftotext").arg(how).arg(file).arg("-").output().expect("pdftotext (poppler-utils) is there");
    assert!(printed.status.success());
    String::from_utf8(printed.stdout).unwrap()
}

/// All white space as one space, for texts that lines were broken in.
pub fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
