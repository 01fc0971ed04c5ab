//! Tables, their heads on every page; and a chart, which is bars between texts.

use super::{Drawn, LEADING, Layout, SMALL, TextAlign, WHOLE};
use crate::lang::report as words;
use crate::report::document::Chart;
use crate::report::tally::phrases;
use crate::report::tally::table::{Cell, ReportTable, Role};
use crate::report::write::columns::{ColumnWidths, PADDING};
use crate::report::write::letters::Face;
use crate::report::write::paper::side;

/// Of a row of one line.
const ROW: f32 = SMALL * LEADING + BELOW;
const BELOW: f32 = 2.5;
/// Hundredths of the line: where a chart's bars begin, and how long the longest is.
const LABELS: f32 = 0.54;
const LONGEST: f32 = 0.36;
/// The height of a bar, and from bar to bar.
const BAR: f32 = 8.0;
const STEP: f32 = 11.5;

impl Layout {
    pub(super) fn table(&mut self, table: &ReportTable) {
        let widths = ColumnWidths::of(table, self.lang, &self.letters).widths(self.width);
        let head: Vec<(String, TextAlign)> = table
            .columns
            .iter()
            .map(|column| (words::column(self.lang, table.id.as_str(), column.as_str()).to_owned(), TextAlign::Centre))
            .collect();
        // A head does not stand alone at a page's end, and what is short is not torn in two.
        let kept = if table.lines.len() <= WHOLE { table.lines.len() } else { 3 };
        self.room(self.height(&widths, &head, Face::Bold) + ROW * kept as f32);
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
        let lines = widths.iter().zip(cells).map(|(width, (text, _))| {
            self.letters.lines(&self.letters.shown(text, face), SMALL, face, width - PADDING, 0.0).len()
        });
        lines.max().unwrap_or(1) as f32 * SMALL * LEADING + BELOW
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
            (self.x, self.width, self.y) = (left + PADDING / 2.0, of_cell - PADDING, top);
            self.text(text, SMALL, face, *side, 0.0);
            left += of_cell;
        }
        self.mark(Drawn::Line { from: (x + width, top), to: (x + width, bottom) });
        (self.x, self.width, self.y) = (x, width, bottom);
    }

    /// Names on the left, bars as long as their figures, and the figures.
    pub(super) fn chart(&mut self, chart: &Chart) {
        let gap = if chart.series.len() > 1 { 3.0 } else { 0.0 };
        let whole = chart.bars.len() as f32 * (STEP * chart.series.len() as f32 + gap);
        self.room(whole + 45.0);
        self.y += 8.0;
        self.title(&chart.title, SMALL, Face::Bold);
        self.y += 3.0;
        if chart.series.len() > 1 {
            self.legend(&chart.series);
        }
        let most = chart.most();
        let (x, width) = (self.x, self.width);
        let bars = x + width * LABELS;
        for (label, series) in &chart.bars {
            let top = self.y;
            let label = self.fitting(label, width * LABELS - 6.0);
            self.mark(Drawn::Text { x, y: top + BAR, size: SMALL, face: Face::Regular, text: label });
            for (nth, tenths) in series.iter().enumerate() {
                let y = top + STEP * nth as f32;
                let length = (width * LONGEST * (*tenths).max(0) as f32 / most as f32).max(0.5);
                self.mark(Drawn::Bar { x: bars, y: y + 1.0, width: length, height: BAR, nth });
                let text = phrases::cell(self.lang, &Cell::Tenths(*tenths));
                self.mark(Drawn::Text { x: bars + length + 4.0, y: y + BAR, size: SMALL, face: Face::Regular, text });
            }
            self.y = top + STEP * series.len() as f32 + gap;
        }
        self.y += 4.0;
    }

    /// Which bar is which.
    fn legend(&mut self, series: &[String]) {
        let mut x = self.x + self.width * LABELS;
        for (nth, name) in series.iter().enumerate() {
            self.mark(Drawn::Bar { x, y: self.y + 1.0, width: BAR, height: BAR, nth });
            let (y, face) = (self.y + BAR, Face::Regular);
            self.mark(Drawn::Text { x: x + BAR + 4.0, y, size: SMALL, face, text: name.clone() });
            x += BAR + 4.0 + self.letters.length(name, SMALL, face) + 16.0;
        }
        self.y += STEP + 2.0;
    }

    /// As much of a text as one line has.
    fn fitting(&self, text: &str, width: f32) -> String {
        let text = self.letters.shown(text, Face::Regular);
        let lines = self.letters.lines(&text, SMALL, Face::Regular, width, 0.0);
        match lines.as_slice() {
            [] | [_] => text,
            [first, ..] => format!("{first} …"),
        }
    }
}
