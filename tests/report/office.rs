//! LibreOffice opens what the program writes, and what it prints of it looks like a document.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::opened::{flowing, pdf_text};
use super::trial;

/// Both files as LibreOffice prints them, in one run of it, which takes seconds; `None` where there is none.
fn printed(folder: &Path, files: &[PathBuf]) -> Option<Vec<PathBuf>> {
    if Command::new("soffice").arg("--version").output().is_err() {
        eprintln!("SKIPPED: LibreOffice is not installed (apt-get install libreoffice-writer-nogui libreoffice-calc-nogui)");
        return None;
    }
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let out = folder.join("printed");
    let mut command = Command::new("soffice");
    command.args([&profile, "--headless", "--convert-to", "pdf", "--outdir"]).arg(&out).args(files);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{done:?}");
    Some(files.iter().map(|file| out.join(file.file_name().unwrap()).with_extension("pdf")).collect())
}

/// What part of each page is dark, in millionths, as a renderer draws it.
fn darkness(pdf: &Path) -> Vec<usize> {
    let stem = pdf.with_extension("");
    assert!(Command::new("pdftoppm").args(["-gray", "-r", "30"]).arg(pdf).arg(&stem).status().unwrap().success());
    let mut pages: Vec<PathBuf> = std::fs::read_dir(pdf.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let prefix = format!("{}-", stem.file_name().unwrap().to_string_lossy());
    pages.retain(|page| page.file_name().unwrap().to_string_lossy().starts_with(&prefix));
    pages.sort();
    let dark = |page: &PathBuf| {
        // The head of a PGM is four words; grey values follow.
        let bytes = std::fs::read(page).unwrap();
        let pixels = &bytes[bytes.len() / 50..];
        pixels.iter().filter(|grey| **grey < 128).count() * 1_000_000 / pixels.len()
    };
    pages.iter().map(dark).collect()
}

fn pages(pdf: &Path) -> Vec<String> {
    pdf_text(pdf, "-layout").split('\u{c}').map(flowing).filter(|page| !page.is_empty()).collect()
}

#[test]
fn libreoffice_opens_and_prints_them() {
    let station = trial::station();
    let files = ["word.docx", "sheets.xlsx"].map(|name| station.dir.path().join(name));
    for file in &files {
        station.prints(&["report", "--month", "2024-11", "--out", file.to_str().unwrap()]);
    }
    let Some(printed) = printed(station.dir.path(), &files) else { return };
    for pdf in &printed {
        let dark = darkness(pdf);
        assert!(dark.len() > 3 && dark.iter().all(|dark| (100..300_000).contains(dark)), "no page is blank or black: {dark:?}");
    }
    let word = pages(&printed[0]);
    assert!(word[0].contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") && word[0].contains("Độc lập - Tự do - Hạnh phúc"));
    // The letter's pages have numbers from their second on, and so have the annexes.
    let first = word.iter().position(|page| page.starts_with("Phụ lục I ")).unwrap();
    for (at, page) in word.iter().enumerate().filter(|(at, _)| ![0, first].contains(at)) {
        let number = if at < first { at + 1 } else { at - first + 1 };
        assert!(page.starts_with(&number.to_string()), "page {} has its number at the top: {page}", at + 1);
    }
    // The log goes over several pages, and its head stands on each that has lines of it.
    let log = word.iter().position(|page| page.contains("Phụ lục IX")).unwrap();
    assert!(word[log..].iter().filter(|page| page.contains("Giờ lịch")).count() > 1, "{word:?}");
    assert!(word[log..].iter().all(|page| !page.contains("amplifier") || page.contains("Giờ lịch")), "{word:?}");
    let sheets = pages(&printed[1]).join(" ");
    for phrase in ["BÁO CÁO", "16.2", "=HYPERLINK", "<script>", "Phút theo nhóm nội dung", "01/11/2024"] {
        assert!(sheets.contains(phrase), "{phrase} in {sheets}");
    }
}
