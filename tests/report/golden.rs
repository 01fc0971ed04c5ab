//! What stands in each format, kept as files: the trial's November, in which titles are formulas, tags, control characters, emoji and far
//! too long.

use std::path::{Path, PathBuf};

use loaxa::calendar::timezone::Timezone;
use loaxa::terms::Wall;

use super::opened::*;
use super::station::Station;
use super::trial;

const NOVEMBER: [&str; 3] = ["report", "--month", "2024-11"];

fn written(station: &Station, ending: &str, more: &[&str]) -> PathBuf {
    let out = station.dir.path().join(format!("bao-cao.{ending}"));
    station.prints(&[&NOVEMBER as &[&str], more, &["--out", out.to_str().unwrap(), "--force"]].concat());
    out
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// The month beside the place is the one in which the report is made.
fn undated(text: &str) -> String {
    let now = i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap();
    let today = Timezone::named("Asia/Ho_Chi_Minh").unwrap().civil(Wall(now)).date();
    [-1, 0, 1].into_iter().fold(text.to_owned(), |text, days| {
        let day = today.checked_add(jiff::Span::new().days(days)).unwrap();
        let month = if day.month() <= 2 { format!("{:02}", day.month()) } else { day.month().to_string() };
        let (vi, en) = (format!("tháng {month} năm {}", day.year()), format!("{:02}/{}", day.month(), day.year()));
        text.replace(&vi, "tháng M năm YYYY").replace(&format!("\u{a0}{en}"), "\u{a0}MM/YYYY")
    })
}

fn table(rows: &[Vec<String>]) -> String {
    rows.iter().map(|row| row.join(" | ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_word_document() {
    let station = trial::station();
    let out = written(&station, "docx", &[]);
    insta::assert_snapshot!("docx", undated(&docx_text(&out)));
    let document = part(&out, "word/document.xml");
    assert!(!document.contains("<w:hyperlink") && !document.contains("<w:instrText"), "a title is a text and does nothing");
    // One head for each table, which Word repeats on every page.
    assert_eq!(
        document.matches("<w:tblHeader />").count(),
        document.matches("<w:tbl>").count() - 4,
        "but of the head, the signature and the two charts"
    );
    assert!(std::fs::metadata(&out).unwrap().len() < 40_000, "it is compressed");
}

#[test]
fn the_page_for_the_screen() {
    let page = read(&written(&trial::station(), "html", &[]));
    insta::assert_snapshot!("html", undated(&page));
    for harm in ["<script", "javascript:", " on", "href", "src="] {
        let tags = page.split('<').skip(1).map(|tag| tag.split('>').next().unwrap());
        assert!(tags.clone().all(|tag| !format!("<{tag}").contains(harm)), "{harm}");
    }
}

#[test]
fn the_page_for_the_printer() {
    let station = trial::station();
    let out = written(&station, "pdf", &[]);
    // Another version of the printing program spaces otherwise.
    let squeezed: Vec<String> = pdf_text(&out, "-layout")
        .lines()
        .map(|line| line.split("  ").map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  "))
        .filter(|line| !line.is_empty())
        .collect();
    insta::assert_snapshot!("pdf", undated(&squeezed.join("\n")));
    let bytes = std::fs::read(&out).unwrap();
    assert!(!bytes.windows(4).any(|bytes| bytes == b"/URI" || bytes == b"/JS "), "nothing to click at");
}

#[test]
fn the_workbook() {
    let station = trial::station();
    let out = written(&station, "xlsx", &[]);
    let sheets: Vec<String> = xlsx_sheets(&out).into_iter().map(|(name, rows)| format!("== {name}\n{}", table(&rows))).collect();
    insta::assert_snapshot!("xlsx", undated(&sheets.join("\n")));
    let parts = parts(&out);
    assert!(parts.iter().any(|part| part.starts_with("xl/charts/chart")), "{parts:?}");
    for sheet in parts.iter().filter(|part| part.starts_with("xl/worksheets/sheet")) {
        let text = part(&out, sheet);
        assert!(!text.contains("<f>") && !text.contains("<hyperlink"), "{sheet}: a title is a text");
    }
}

#[test]
fn the_tables_for_other_programs() {
    let station = trial::station();
    let csv = read(&written(&station, "csv", &[]));
    insta::assert_snapshot!("csv", csv.trim_start_matches('\u{feff}'));
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(csv.as_bytes());
    for cell in reader.records().flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
        assert!(
            !cell.starts_with(['=', '+', '@']) && (!cell.starts_with('-') || cell.replace(',', ".").parse::<f64>().is_ok()),
            "{cell}"
        );
    }
    insta::assert_snapshot!("json", read(&written(&station, "json", &[])));
}

#[test]
fn the_words_in_english() {
    let station = trial::station();
    insta::assert_snapshot!("docx_en", undated(&docx_text(&written(&station, "docx", &["--lang", "en"]))));
}
