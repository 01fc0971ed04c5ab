//! Tables, and a chart, which is a table too: its bars are shaded paragraphs, so that any program that opens the file prints it.

use docx_rs::*;

use super::body::DocxBody;
use super::{SectionPart, TABLE, centred, run, spaced};
use crate::lang::report as words;
use crate::report::document::Chart;
use crate::report::tally::phrases;
use crate::report::tally::table::{Cell, ReportTable, Role};
use crate::report::write::columns::{ColumnWidths, PADDING};
use crate::report::write::paper::{CellAlign, side};

/// So many lines are kept together; of more, those at both ends.
const SHORT: usize = 8;
const ENDS: usize = 3;
/// Twentieths of a point, on either side of a cell.
const ASIDE: usize = (PADDING * 10.0) as usize;
/// Of a chart's first and second series: told apart on an office's printer.
const GREYS: [&str; 2] = ["404040", "A8A8A8"];
/// Hundredths of the line: names, bars, figures.
const CHART: [usize; 3] = [54, 36, 10];

impl DocxBody<'_> {
    pub(super) fn table(&mut self, table: &ReportTable) {
        let widths = ColumnWidths::of(table, self.lang, self.letters).widths(self.width as f32 / 20.0);
        let widths: Vec<usize> = widths.into_iter().map(|points| (points * 20.0) as usize).collect();
        let count = table.lines.len();
        let kept = |at: usize| at + 1 < count && (count <= SHORT || at < ENDS || at + ENDS >= count);
        let head = table.columns.iter().zip(&widths).map(|(column, width)| {
            let text = words::column(self.lang, table.id.as_str(), column.as_str());
            TableCell::new()
                .add_paragraph(centred(run(text, TABLE).bold()).keep_next(true))
                .width(*width, WidthType::Dxa)
                .vertical_align(VAlignType::Center)
        });
        let mut rows = vec![TableRow::new(head.collect())];
        for (at, line) in table.lines.iter().enumerate() {
            let keep = self.keep || kept(at);
            let cells = table.columns.iter().zip(&line.cells).zip(&widths).map(|((column, cell), width)| {
                let text = run(&phrases::cell(self.lang, cell), TABLE);
                let text = if line.role == Role::Item { text } else { text.bold() };
                let align = match side(*column, cell) {
                    CellAlign::Left => AlignmentType::Left,
                    CellAlign::Centre => AlignmentType::Center,
                    CellAlign::Right => AlignmentType::Right,
                };
                let text = Paragraph::new().align(align).add_run(text).keep_next(keep);
                TableCell::new().add_paragraph(text).width(*width, WidthType::Dxa)
            });
            rows.push(TableRow::new(cells.collect()).cant_split());
        }
        let made = Table::new(rows).set_grid(widths).layout(TableLayoutType::Fixed).width(self.width, WidthType::Dxa);
        let made = made.margins(TableCellMargins::new().margin(0, ASIDE, 0, ASIDE));
        self.parts.push(SectionPart::Table(Box::new(made)));
    }

    /// Names on the left, bars as long as their figures, and the figures.
    pub(super) fn chart(&mut self, chart: &Chart) {
        let keep = std::mem::replace(&mut self.keep, true);
        self.add(centred(run(&chart.title, TABLE).bold()).line_spacing(spaced(160, 60)));
        if chart.series.len() > 1 {
            let legend =
                chart.series.iter().zip(GREYS).fold(Paragraph::new().align(AlignmentType::Center), |line, (name, grey)| {
                    line.add_run(run("■ ", TABLE).color(grey)).add_run(run(&format!("{name}    "), TABLE))
                });
            self.add(legend);
        }
        self.keep = keep;
        let widths = CHART.map(|share| self.width * share / 100);
        let most = chart.most();
        let last = chart.bars.len();
        let rows = chart.bars.iter().enumerate().map(|(at, (label, series))| {
            let keep = keep || at + 1 < last;
            let mut cells = [TableCell::new(), TableCell::new(), TableCell::new()];
            let [name, bars, figures] = &mut cells;
            *name = name.clone().add_paragraph(Paragraph::new().add_run(run(label, TABLE)).keep_next(keep));
            for (tenths, grey) in series.iter().zip(GREYS) {
                *bars = bars.clone().add_paragraph(bar(*tenths, most, widths[1] - 2 * ASIDE, grey).keep_next(keep));
                let figure = run(&phrases::cell(self.lang, &Cell::Tenths(*tenths)), TABLE);
                *figures = figures.clone().add_paragraph(Paragraph::new().align(AlignmentType::Right).add_run(figure));
            }
            let cells = cells.into_iter().zip(widths).map(|(cell, width)| cell.width(width, WidthType::Dxa));
            TableRow::new(cells.collect()).cant_split()
        });
        let made = Table::without_borders(rows.collect())
            .set_grid(widths.to_vec())
            .layout(TableLayoutType::Fixed)
            .width(self.width, WidthType::Dxa)
            .margins(TableCellMargins::new().margin(0, ASIDE, 0, ASIDE));
        self.parts.push(SectionPart::Table(Box::new(made)));
    }
}

/// A shaded line, as long as its figure is a part of the largest.
fn bar(tenths: i64, most: i64, width: usize, grey: &str) -> Paragraph {
    let length = usize::try_from(tenths.max(0)).unwrap_or(0) * width / usize::try_from(most).unwrap_or(1).max(1);
    let free = i32::try_from(width.saturating_sub(length.max(20))).ok();
    let thin = LineSpacing::new().line(180).line_rule(LineSpacingType::Exact).before(40).after(32);
    let mut bar = Paragraph::new().indent(None, None, free, None).line_spacing(thin);
    bar.property = bar.property.shading(Shading::new().fill(grey));
    bar
}
