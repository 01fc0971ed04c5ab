//! What officials print: the form of Decree 30/2020/NĐ-CP, annex I, with Tinos (the metrics of Times New Roman) embedded.
//!
//! First everything is placed on pages, then the pages are drawn: the page's number is known by then.

mod place;

use krilla::Document as Pdf;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::text::{Font, TextDirection};

use crate::report::document::ReportDocument;

use super::letters::{FONTS, Face};
use place::{Drawn, Placed};

/// Of a chart's first and second series: told apart on an office's printer.
const GREYS: [u8; 2] = [64, 168];

pub fn write(document: &ReportDocument) -> Result<Vec<u8>, String> {
    let Placed { pages } = place::place(document).ok_or("the font cannot be read")?;
    let font = |bytes: &'static [u8]| Font::new(bytes.to_vec().into(), 0).ok_or("the font cannot be read");
    let [regular, bold, italic, both] = FONTS;
    let fonts = [font(regular)?, font(bold)?, font(italic)?, font(both)?];
    let of = |face: Face| match face {
        Face::Regular => fonts[0].clone(),
        Face::Bold => fonts[1].clone(),
        Face::Italic => fonts[2].clone(),
        Face::BoldItalic => fonts[3].clone(),
    };
    let mut pdf = Pdf::new();
    pdf.set_metadata(Metadata::new().title(document.title.clone()).language(document.lang.pick("vi", "en").to_owned()));
    for page in pages {
        let settings = PageSettings::from_wh(page.width, page.height).ok_or("a page without size")?;
        let mut sheet = pdf.start_page_with(settings);
        let mut surface = sheet.surface();
        for mark in &page.marks {
            match mark {
                Drawn::Text { x, y, size, face, text } => {
                    surface.draw_text(Point::from_xy(*x, *y), of(*face), *size, text, false, TextDirection::LeftToRight);
                }
                Drawn::Bar { x, y, width, height, nth } => {
                    let mut path = PathBuilder::new();
                    Rect::from_xywh(*x, *y, *width, *height).into_iter().for_each(|bar| path.push_rect(bar));
                    let grey = luma::Color::new(GREYS.get(*nth).copied().unwrap_or(0));
                    surface.set_fill(Some(Fill { paint: grey.into(), ..Fill::default() }));
                    path.finish().iter().for_each(|path| surface.draw_path(path));
                    surface.set_fill(None);
                }
                Drawn::Line { from, to } => {
                    let mut path = PathBuilder::new();
                    path.move_to(from.0, from.1);
                    path.line_to(to.0, to.1);
                    if let Some(path) = path.finish() {
                        surface.set_stroke(Some(Stroke { width: 0.5, ..Stroke::default() }));
                        surface.draw_path(&path);
                        surface.set_stroke(None);
                    }
                }
            }
        }
        surface.finish();
        sheet.finish();
    }
    pdf.finish().map_err(|error| format!("{error:?}"))
}
