//! The page for the screen in a real browser, as wide as the smallest phones, as most, and as a desk.

use std::process::Command;

use super::trial;

const WIDTHS: [u32; 3] = [320, 390, 1280];

/// Frames of these widths around the page, and what sticks out of each: the page itself, a block (tables scroll by themselves), a chart's
/// words.
fn frame(page: &str) -> String {
    let frames = WIDTHS.map(|width| format!("<iframe src='{page}' style='border:0;width:{width}px;height:2000px'></iframe>"));
    let look = "const found = [];
        for (const frame of document.querySelectorAll('iframe')) {
            const page = frame.contentDocument, width = page.documentElement.clientWidth;
            const over = (element, edge) => { if (element.getBoundingClientRect().right > edge + 1)
                found.push(frame.clientWidth + ' ' + element.tagName + ' ' + element.textContent.slice(0, 40)); };
            if (page.documentElement.scrollWidth > width) found.push(frame.clientWidth + ' scrolls');
            for (const element of page.querySelectorAll('body *')) if (!element.closest('table, svg')) over(element, width);
            for (const text of page.querySelectorAll('svg text')) over(text, text.closest('svg').getBoundingClientRect().right);
        }
        document.title = 'looked';
        document.body.innerHTML = '<p>' + found.length + ' over</p>';
        for (const text of found) document.body.append(text, document.createElement('br'));";
    format!("<meta charset='utf-8'><body>{}<script>onload = () => {{ {look} }}</script>", frames.concat())
}

#[test]
fn nothing_of_it_sticks_out_on_a_phone() {
    if Command::new("chromium").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no browser (apt-get install chromium)");
        return;
    }
    let station = trial::station();
    let folder = station.dir.path();
    let week = ["report", "--form", "logbook", "--from", "2024-11-18"];
    for (name, what) in [("page", &["report", "--month", "2024-11"] as &[&str]), ("week", &week)] {
        let page = folder.join(format!("{name}.html"));
        station.prints(&[what, &["--out", page.to_str().unwrap()]].concat());
        let outer = folder.join(format!("{name}-frames.html"));
        std::fs::write(&outer, frame(&format!("{name}.html"))).unwrap();
        let mut browser = Command::new("chromium");
        browser.args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--allow-file-access-from-files",
            "--virtual-time-budget=5000",
        ]);
        browser.arg(format!("--user-data-dir={}", folder.join("browser").display()));
        let shown = browser.arg("--dump-dom").arg(format!("file://{}", outer.display())).output().unwrap();
        let dom = String::from_utf8_lossy(&shown.stdout);
        assert!(dom.contains("<title>looked</title>") || dom.contains(" over</p>"), "{shown:?}");
        assert!(dom.contains("<p>0 over</p>"), "{dom}");
    }
}
