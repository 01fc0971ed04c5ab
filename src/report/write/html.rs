//! One HTML file that needs nothing else: readable on a phone, printed as it is, charts as inline SVG. Every text is escaped.

use std::fmt::Write;

use crate::lang::Language;
use crate::report::document::{Beside, Block, Chart, Head30, ReportDocument, Signature};
use crate::report::tally::phrases;
use crate::report::tally::table::{Cell, ReportTable, Role};
use crate::report::write::paper::{CellAlign, clean_char, side};

const STYLE: &str = "
:root{color-scheme:light}
body{font:16px/1.5 'Times New Roman',Tinos,serif;color:#000;background:#fff;max-width:60rem;margin:0 auto;padding:1rem}
header{display:flex;flex-wrap:wrap;gap:1rem;justify-content:space-between;text-align:center}
header div{flex:1 1 16rem}header p{margin:.1rem 0}
.motto{text-decoration:underline;text-underline-offset:.3em}.place{font-style:italic}
h1{font-size:1.15rem;text-align:center;margin:1.5rem 0 .2rem}.subject{text-align:center;font-weight:bold;margin:0 auto 1rem;max-width:40rem;text-wrap:balance}
h2{font-size:1.05rem;margin:1.4rem 0 .4rem}h3{font-size:1rem;text-align:center;margin:2rem 0 .3rem}
p.body{text-align:justify;text-indent:1cm;margin:.4rem 0}.note{font-size:.85rem;margin:.3rem 0;overflow-wrap:anywhere}
.with{text-align:center;font-style:italic;font-size:.9rem}
.banner{position:sticky;top:0;background:#b00020;color:#fff;text-align:center;font-weight:bold;padding:.4rem}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{border:1px solid #444;padding:.2rem .4rem;vertical-align:top}th{background:#eee}
td.c{text-align:center;white-space:nowrap}td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}td.long{min-width:8rem;overflow-wrap:break-word}
tr.group td,tr.total td{font-weight:bold}
footer{display:flex;flex-wrap:wrap;gap:2rem;justify-content:space-between;margin:1.5rem 0}footer .office{text-align:center;font-weight:bold}
footer .signer{margin-top:4rem}.how{font-weight:normal;font-style:italic}figure{margin:1rem 0}figcaption{font-weight:bold}svg{width:100%;height:auto;max-width:26rem}
@media(max-width:36rem){p.body{text-align:left}footer{gap:1rem}}
@media print{h3,.with{break-after:avoid}.table,figure{break-inside:avoid}.banner{position:static}}
";

pub fn write(document: &ReportDocument) -> String {
    let mut out = String::with_capacity(64 * 1024);
    let lang = document.lang.pick("vi", "en");
    let title = escaped(&document.title);
    out.push_str("<!DOCTYPE html>\n");
    let _ = writeln!(
        out,
        "<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head><body>"
    );
    if let Some(banner) = document.banner {
        let _ = writeln!(out, "<p class=\"banner\">{}</p>", escaped(banner));
    }
    document.blocks.iter().for_each(|block| self::block(&mut out, block, document.lang));
    out.push_str("</body></html>\n");
    out
}

fn block(out: &mut String, block: &Block, lang: Language) {
    let _ = match block {
        Block::Letterhead(head) => {
            letterhead(out, head);
            Ok(())
        }
        Block::Title { kind, subject } => {
            writeln!(out, "<h1>{}</h1><p class=\"subject\">{}</p>", escaped(kind), escaped(subject))
        }
        Block::Addressees { dear, to } => {
            let to: Vec<String> = to.iter().map(|to| escaped(to)).collect();
            writeln!(out, "<p class=\"with\" style=\"font-style:normal\">{}{}.</p>", escaped(dear), to.join("; "))
        }
        Block::Heading(text) => writeln!(out, "<h2>{}</h2>", escaped(text)),
        Block::Paragraph(text) | Block::Told { sentence: text, .. } => writeln!(out, "<p class=\"body\">{}</p>", escaped(text)),
        Block::Blank => writeln!(out, "<p class=\"note\">{}</p>", crate::lang::report::left_blank()),
        Block::Signature(signature) => {
            self::signature(out, signature);
            Ok(())
        }
        Block::Annexes => Ok(()),
        Block::Annex { letter, title, with } => {
            writeln!(out, "<h3>{}<br>{}</h3><p class=\"with\">{}</p>", escaped(letter), escaped(title), escaped(with))
        }
        Block::Table(table) => {
            self::table(out, table, lang);
            Ok(())
        }
        Block::Chart(chart) => {
            self::chart(out, chart, lang);
            Ok(())
        }
        Block::Note(text) => writeln!(out, "<p class=\"note\">{}</p>", escaped(text)),
    };
}

fn letterhead(out: &mut String, head: &Head30) {
    let agency = head.agency.as_ref().map(|agency| format!("<p>{}</p>", escaped(agency))).unwrap_or_default();
    let letter = head.letter.as_ref();
    let number = letter.map(|(number, _)| format!("<p>{}</p>", escaped(number))).unwrap_or_default();
    let dated = letter.map(|(_, dated)| format!("<p class=\"place\">{}</p>", escaped(dated))).unwrap_or_default();
    let _ = writeln!(
        out,
        "<header><div>{agency}<p><b>{}</b></p>{number}</div><div><p><b>{}</b></p><p class=\"motto\"><b>{}</b></p>{dated}</div></header>",
        escaped(&head.issuer),
        escaped(&head.nation),
        escaped(&head.motto)
    );
}

fn signature(out: &mut String, signature: &Signature) {
    let signed = |how: &str| format!("<br><span class=\"how\">{}</span>", escaped(how));
    let (beside, how) = match &signature.beside {
        Beside::Copies { head, copies } => {
            let end = |at| if at + 1 == copies.len() { "." } else { ";" };
            let copies = copies.iter().enumerate().map(|(at, copy)| format!("<br>- {}{}", escaped(copy), end(at)));
            (format!("<div class=\"note\"><b><i>{}</i></b>{}</div>", escaped(head), copies.collect::<String>()), String::new())
        }
        Beside::Office { office, how } => {
            (format!("<div class=\"office\">{}{}</div>", escaped(office), signed(how)), signed(how))
        }
    };
    let dated =
        signature.dated.iter().map(|dated| format!("<span class=\"how\">{}</span><br>", escaped(dated))).collect::<String>();
    let office: Vec<String> = signature.office.iter().map(|line| escaped(line)).collect();
    let signer = signature.signer.as_deref().map(escaped).unwrap_or_default();
    let _ = writeln!(
        out,
        "<footer>{beside}<div class=\"office\">{dated}{}{how}<div class=\"signer\">{signer}</div></div></footer>",
        office.join("<br>")
    );
}

fn table(out: &mut String, table: &ReportTable, lang: Language) {
    out.push_str("<div class=\"table\"><table><thead><tr>");
    for column in &table.columns {
        let _ = write!(out, "<th>{}</th>", crate::lang::report::column(lang, table.id.as_str(), column.as_str()));
    }
    out.push_str("</tr></thead><tbody>\n");
    for line in &table.lines {
        out.push_str(match line.role {
            Role::Group => "<tr class=\"group\">",
            Role::Item => "<tr>",
            Role::Total => "<tr class=\"total\">",
        });
        for (column, cell) in table.columns.iter().zip(&line.cells) {
            let class = match (side(*column, cell), cell) {
                (CellAlign::Right, _) => " class=\"n\"",
                (CellAlign::Centre, _) => " class=\"c\"",
                (CellAlign::Left, Cell::Text(text)) if text.chars().count() > 12 => " class=\"long\"",
                (CellAlign::Left, _) => "",
            };
            let _ = write!(out, "<td{class}>{}</td>", escaped(&phrases::cell(lang, cell)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

/// Bars that lie, so that long names have room; the figure stands at its end.
fn chart(out: &mut String, chart: &Chart, lang: Language) {
    /// About as many as a phone has, so that the letters stay letters there.
    const WIDTH: usize = 320;
    const BAR: usize = 16;
    const GAP: usize = 26;
    const COLORS: [&str; 2] = ["#1b5e8c", "#d08a1e"];
    let most = chart.most();
    let of_one = GAP + BAR * chart.series.len();
    let height = 40 + of_one * chart.bars.len();
    let title = escaped(&chart.title);
    let _ = write!(
        out,
        "<figure><figcaption>{title}</figcaption><svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{title}\" \
         font-family=\"serif\">"
    );
    if chart.series.len() > 1 {
        for (at, name) in chart.series.iter().enumerate() {
            let x = at * 160;
            let _ = write!(
                out,
                "<rect x=\"{x}\" y=\"6\" width=\"12\" height=\"12\" fill=\"{}\"/><text x=\"{}\" y=\"17\" font-size=\"13\">{}</text>",
                COLORS[at % 2],
                x + 18,
                escaped(name)
            );
        }
    }
    for (at, (label, series)) in chart.bars.iter().enumerate() {
        let top = 42 + at * of_one;
        let _ = write!(out, "<text x=\"0\" y=\"{}\" font-size=\"13\">{}</text>", top - 4, escaped(&short(label)));
        for (nth, tenths) in series.iter().enumerate() {
            let length = usize::try_from((*tenths).max(0) * 270 / most).unwrap_or(0).max(1);
            let y = top + nth * BAR;
            let _ = write!(
                out,
                "<rect x=\"0\" y=\"{y}\" width=\"{length}\" height=\"{}\" fill=\"{}\"/><text x=\"{}\" y=\"{}\" font-size=\"12\">{}</text>",
                BAR - 4,
                COLORS[nth % 2],
                length + 6,
                y + 10,
                phrases::cell(lang, &Cell::Tenths(*tenths))
            );
        }
    }
    out.push_str("</svg></figure>\n");
}

/// As much of a label as has room in one line.
fn short(label: &str) -> String {
    const MOST: usize = 48;
    let cut: String = label.chars().take(MOST).collect();
    if cut.len() < label.len() { format!("{cut}…") } else { cut }
}

/// A text that is text, whatever it holds.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(clean_char(c)),
        }
    }
    safe
}
