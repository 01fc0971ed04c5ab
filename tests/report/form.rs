//! The form of the report: what an official signs, and what he would send back.

use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::opened::*;
use super::station::Station;
use super::trial;

/// The trial's plan with a letterhead of its own.
fn plan_with(station: &Station, letterhead: &str) -> PathBuf {
    let (before, _) = trial::PLAN.split_once("[letterhead]").unwrap();
    let plan = station.dir.path().join("other.toml");
    std::fs::write(&plan, format!("{before}[letterhead]\ncommune = \"xã Cẩm Tân\"\n{letterhead}\n")).unwrap();
    plan
}

/// November's report, written by that letterhead.
fn november(station: &Station, letterhead: &str, ending: &str) -> PathBuf {
    let plan = plan_with(station, letterhead);
    let out = station.dir.path().join(format!("form.{ending}"));
    let args = ["report", "--month", "2024-11", "--force", "--plan", plan.to_str().unwrap(), "--out", out.to_str().unwrap()];
    station.prints(&args);
    out
}

#[test]
fn the_plan_says_what_the_report_is_about_and_without_a_word_of_it_nobody_guesses() {
    let station = trial::station();
    let text = docx_text(&november(&station, "subject = \"Kết quả tuyên truyền phòng, chống sốt xuất huyết\"", "docx"));
    for phrase in [
        "Kết quả tuyên truyền phòng, chống sốt xuất huyết tháng 11 năm 2024",
        "Trên đây là báo cáo kết quả tuyên truyền phòng, chống sốt xuất huyết tháng 11 năm 2024, ",
    ] {
        assert!(flowing(&text).contains(phrase), "{phrase} in {text}");
    }
    let text = docx_text(&november(&station, "", "docx"));
    assert!(flowing(&text).contains("Kết quả phát thanh trên loa truyền thanh tháng 11 năm 2024"), "{text}");
    assert!(!text.contains("bình đẳng giới"), "{text}");
}

#[test]
fn nobody_writes_to_himself() {
    let station = trial::station();
    let to = |to: &str| format!("issuer = \"commune\"\nto = [{to}]");
    let text = flowing(&docx_text(&november(&station, &to(r#""Ủy ban nhân dân xã Cẩm Tân (qua Văn phòng)""#), "docx")));
    assert!(!text.contains("Kính gửi") && !text.contains("Như trên") && text.contains("Lưu: VT"), "{text}");
    assert!(text.contains("Ủy ban nhân dân xã Cẩm Tân báo cáo kết quả từ ngày"), "it is the commune that reports: {text}");
    let both = to(r#""UBND xã Cẩm Tân", "Phòng Văn hóa – Xã hội""#);
    let text = flowing(&docx_text(&november(&station, &both, "docx")));
    assert!(text.contains("Kính gửi: Phòng Văn hóa – Xã hội.") && text.contains("Như trên"), "{text}");
}

/// Wide and high, in points, of each page.
fn page_sizes(pdf: &Path) -> Vec<(f32, f32)> {
    let info = Command::new("pdfinfo").args(["-l", "999"]).arg(pdf).output().expect("pdfinfo (poppler-utils) is there");
    let text = String::from_utf8(info.stdout).unwrap();
    let sizes = text.lines().filter(|line| line.starts_with("Page ") && line.contains(" size:"));
    let size = |line: &str| {
        let numbers: Vec<f32> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        (numbers[1], numbers[2])
    };
    sizes.map(size).collect()
}

/// What a printer would print, page by page, as its lines.
fn pages(pdf: &Path) -> Vec<String> {
    pdf_text(pdf, "-layout").split('\u{c}').map(str::to_owned).filter(|page| !page.trim().is_empty()).collect()
}

#[test]
fn annexes_stand_upright_one_below_the_other_and_each_is_named_in_the_letter() {
    let station = trial::station();
    let pdf = november(&station, "", "pdf");
    let (sizes, pages) = (page_sizes(&pdf), pages(&pdf));
    let log = pages.iter().position(|page| page.contains("Phụ lục IX\n")).unwrap();
    let across: Vec<usize> = (0..sizes.len()).filter(|at| sizes[*at].0 > sizes[*at].1).collect();
    assert_eq!(across, (log..sizes.len()).collect::<Vec<usize>>(), "the log alone needs the whole width");
    assert!(log <= 6, "a letter of one page or two, and eight annexes on at most four: {log}");
    let shared = pages.iter().filter(|page| page.matches("(Kèm theo Báo cáo số").count() > 1);
    assert!(shared.count() > 0, "short ones stand together");
    // From 1 on again, and the first page of the annexes shows none.
    let first = pages.iter().position(|page| page.contains("Phụ lục I\n")).unwrap();
    assert!(pages[first].trim_start().starts_with("Phụ lục I\n"), "{}", pages[first]);
    assert!(pages[first + 1].trim_start().starts_with("2\n"), "{}", pages[first + 1]);
    let letter = flowing(&pages[..first].concat());
    for number in ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"] {
        assert!(pages.iter().any(|page| page.contains(&format!("Phụ lục {number}\n"))), "{number}");
        assert!(letter.contains(&format!(" {number}. ")), "{number} in {letter}");
    }
}

#[test]
fn a_table_of_one_row_is_a_sentence_and_a_sheet_has_it_whole() {
    let station = Station::new(loaxa::terms::Origin::Live);
    let (docx, xlsx) = (station.dir.path().join("one.docx"), station.dir.path().join("one.xlsx"));
    let outs = ["--out", docx.to_str().unwrap(), "--out", xlsx.to_str().unwrap()];
    station.prints(&[&["report", "--month", "2026-11"] as &[&str], &outs].concat());
    let text = docx_text(&docx);
    assert!(text.contains("Tiếng Việt: 1 tin, bài; 1 lượt; 0,3 phút; tỷ trọng 100,0%."), "{text}");
    assert!(!docx_rows(&docx).iter().any(|row| row.iter().any(|cell| cell == "Tiếng Việt")));
    let sheets = xlsx_sheets(&xlsx);
    let (_, rows) = sheets.iter().find(|(name, _)| name.contains("Theo tiếng")).unwrap();
    assert!(rows[0][0].ends_with("Theo tiếng") && rows[0][0].starts_with("Phụ lục "), "{rows:?}");
    assert!(rows.iter().any(|row| row.get(1).is_some_and(|cell| cell == "Tiếng Việt")), "{rows:?}");
}

#[test]
fn no_line_breaks_within_an_agencys_name() {
    let station = trial::station();
    let letterhead = "issuer = \"commune\"\nto = [\"Ủy ban nhân dân huyện Cẩm Thủy\"]";
    let pdf = november(&station, letterhead, "pdf");
    let first = pages(&pdf).remove(0);
    // In the narrow column of the head the name is broken before the commune's, and nowhere else.
    assert!(first.lines().any(|line| line.replace('\u{a0}', " ").trim_start().starts_with("ỦY BAN NHÂN DÂN ")), "{first}");
    assert!(first.contains("XÃ\u{a0}CẨM\u{a0}TÂN") || flowing(&first).contains("XÃ CẨM TÂN"), "{first}");
    for name in ["Ủy ban nhân dân", "xã Cẩm Tân"] {
        let bound = name.replace(' ', "\u{a0}");
        for ending in ["docx", "html"] {
            let out = november(&station, letterhead, ending);
            let text = if ending == "docx" { docx_text(&out) } else { std::fs::read_to_string(&out).unwrap() };
            let letter = text.split("Phụ lục").next().unwrap();
            assert!(letter.contains(&bound), "{name} in {ending}: {letter}");
        }
    }
    let pasted = station.prints(&["report", "--month", "2024-11"]);
    assert!(!pasted.contains('\u{a0}'), "what is pasted elsewhere has plain spaces");
}

#[test]
fn charts_are_drawn_on_paper_as_on_the_screen() {
    let station = trial::station();
    let html = std::fs::read_to_string(november(&station, "", "html")).unwrap();
    let bars = html.matches("<rect").count() - html.matches("width=\"12\" height=\"12\"").count();
    let document = part(&november(&station, "", "docx"), "word/document.xml");
    let shaded = document.matches("w:fill=\"404040\"").count() + document.matches("w:fill=\"A8A8A8\"").count();
    assert_eq!((bars, shaded), (9, 9), "three topics, and three weeks as planned and as aired");
    let pdf = november(&station, "", "pdf");
    let stem = station.dir.path().join("drawn");
    assert!(Command::new("pdftoppm").args(["-gray", "-r", "50"]).arg(&pdf).arg(&stem).status().unwrap().success());
    let entries = std::fs::read_dir(station.dir.path()).unwrap().map(|entry| entry.unwrap().path());
    let drawn: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().contains("drawn-")).collect();
    let grey = |page: &PathBuf| std::fs::read(page).unwrap().iter().filter(|grey| **grey == 64).count();
    let grey: Vec<usize> = drawn.iter().map(grey).collect();
    assert_eq!(grey.iter().filter(|count| **count > 400).count(), 2, "two pages with bars: {grey:?}");
}

#[test]
fn a_week_of_the_logbook_is_a_line_a_session() {
    let station = trial::station();
    let out = |ending: &str| station.dir.path().join(format!("week.{ending}"));
    let week = ["report", "--form", "logbook", "--from", "2024-11-18", "--force", "--out"];
    let write = |ending: &str, more: &[&str]| {
        station.prints(&[&week as &[&str], &[out(ending).to_str().unwrap()], more].concat());
        out(ending)
    };
    let rows = html_rows(&std::fs::read_to_string(write("html", &[])).unwrap());
    assert_eq!(rows[0], ["Ngày", "Buổi", "Chương trình", "Giờ phát", "Thời lượng (phút)", "Kết quả", "Ghi chú", "Người trực"]);
    // By the trial's lines: the dark morning of the 22nd on two outputs; the evening of the 24th, displaced after 45 s, and its story ordered
    // five minutes later. What was replaced on the 23rd was not owed.
    let line = |cells: [&str; 8]| cells.map(str::to_owned).to_vec();
    assert!(
        rows.contains(&line(["22/11/2024", "Sáng", "Bản tin sáng", "", "0,0", "không phát được", "mất điện: 2", ""])),
        "{rows:#?}"
    );
    let evening = rows.iter().find(|row| row[0] == "24/11/2024").unwrap();
    assert_eq!(evening[1..6], ["Chiều", "Bản tin chiều; Phát theo lệnh", "17:00", "2,3", "đã phát đủ: 1, phát một phần: 1"]);
    assert!(rows.contains(&line(["23/11/2024", "", "", "", "", "không có lịch", "", ""])), "{rows:#?}");
    assert_eq!(rows.len(), 1 + 7, "{rows:#?}");
    assert!(page_sizes(&write("pdf", &[])).len() <= 2);
    let html = std::fs::read_to_string(write("html", &["--annex", "full"])).unwrap();
    assert!(html.contains("Chi tiết từng tin, bài") && html.contains("Tổng đài 111 😀"), "element by element on request");
    let bad = station.loaxa(&["report", "--month", "2024-11", "--annex", "some"]);
    assert_eq!(bad.status.code(), Some(2));
}

/// A simulated station: its log is as long as a real one's.
fn simulated(from: &str, to: &str) -> Station {
    let station = Station { dir: tempfile::tempdir().unwrap() };
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("schedules/cam-tan");
    let data = station.dir.path().join("data");
    let mut command = Command::new(env!("CARGO_BIN_EXE_loaxa"));
    command.arg("simulate").arg(plan).args(["--from", from, "--to", to, "--data"]).arg(&data);
    assert!(command.output().unwrap().status.success());
    station
}

fn reported(station: &Station, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loaxa"));
    let done = command.args(args).arg("--data").arg(station.dir.path().join("data")).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn a_long_log_lies_beside_the_report_under_its_name_and_hash() {
    let station = simulated("2026-11-02", "2026-11-15");
    let out = station.dir.path().join("thang.docx");
    let said = reported(&station, &["report", "--month", "2026-11", "--out", out.to_str().unwrap()]);
    let beside = station.dir.path().join("thang.nhat-ky.csv");
    assert!(said.contains(&format!("Đã ghi {}", beside.display())), "{said}");
    let hash: String = Sha256::digest(std::fs::read(&beside).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
    let text = docx_text(&out);
    assert!(text.contains("tệp thang.nhat-ky.csv kèm theo") && text.contains(&hash), "{text}");
    assert!(!text.contains("Giờ lịch"));
    std::fs::remove_file(&beside).unwrap();
    reported(&station, &["report", "--month", "2026-11", "--annex", "full", "--force", "--out", out.to_str().unwrap()]);
    assert!(!beside.exists() && docx_text(&out).contains("Giờ lịch"), "all of it in the report");
}

#[test]
fn a_year_has_six_pages_at_most() {
    let station = simulated("2026-01-01", "2026-12-31");
    let out = station.dir.path().join("nam.pdf");
    reported(&station, &["report", "--year", "2026", "--out", out.to_str().unwrap()]);
    let sizes = page_sizes(&out);
    assert!(sizes.len() <= 6 && sizes.iter().all(|(width, height)| width < height), "{sizes:?}");
}
