//! A workbook: a sheet for each table with its title, a chart, and the log. Airtime is a number of minutes wherever it stands, so that a
//! column has one unit (where lines have different ones, a column says which); days are days, and a take's length is a duration. Texts are
//! texts, whatever they begin with.

use rust_xlsxwriter::{Chart as Diagram, ChartType, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::lang::{Language, report as words};
use crate::report::document::{Block, Chart, ReportDocument};
use crate::report::tally::phrases;
use crate::report::tally::table::{Cell, Column, Minutes, ReportTable, Role, TableId};
use crate::report::write::paper::{clean, weight};

/// Of the column of running text, in characters.
const WORDS: u32 = 76;
const MS_A_DAY: f64 = 86_400_000.0;

pub fn write(document: &ReportDocument) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let looks = Looks::new(document.lang);
    first(book.add_worksheet(), document)?;
    let mut names: Vec<String> = Vec::new();
    for table in document.blocks.iter().filter_map(Block::table) {
        let name = name(table, document, &names);
        sheet(book.add_worksheet().set_name(&name)?, table, document, &looks)?;
        names.push(name);
    }
    let charts: Vec<&Chart> = document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Chart(chart) => Some(chart),
            _ => None,
        })
        .collect();
    if !charts.is_empty() {
        let name = words::charts(document.lang);
        let sheet = book.add_worksheet().set_name(name)?;
        let mut row = 0;
        for chart in charts {
            row = diagram(sheet, chart, row, name, &looks)?;
        }
    }
    book.save_to_buffer()
}

/// A cell holds so many characters and no more.
fn text(of: &str) -> String {
    clean(of).replace('\u{a0}', " ").chars().take(32_000).collect()
}

/// How high a row is that has this text in a column so wide: not every program finds that out by itself.
fn height(text: &str, width: u32) -> u32 {
    let chars = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    16 * chars.saturating_mul(9).div_ceil(width.max(1) * 10).clamp(1, 25)
}

struct Looks {
    head: Format,
    text: Format,
    bold: Format,
    count: Format,
    tenths: Format,
    duration: Format,
    date: Format,
    moment: Format,
    title: Format,
}

impl Looks {
    fn new(lang: Language) -> Looks {
        let base = || {
            Format::new()
                .set_font_name("Times New Roman")
                .set_font_size(12)
                .set_border(FormatBorder::Thin)
                .set_text_wrap()
                .set_align(FormatAlign::Top)
        };
        let of = |form: &str| base().set_num_format(form);
        Looks {
            head: base().set_bold().set_align(FormatAlign::Center),
            text: base(),
            bold: base().set_bold(),
            count: of("#,##0"),
            tenths: of("#,##0.0"),
            duration: of("[m]:ss"),
            date: of(lang.pick("dd/mm/yyyy", "yyyy-mm-dd")),
            moment: of(lang.pick("dd/mm/yyyy hh:mm", "yyyy-mm-dd hh:mm")),
            title: Format::new().set_font_name("Times New Roman").set_font_size(13).set_bold(),
        }
    }

    fn of(&self, cell: &Cell, role: Role) -> Format {
        let form = match cell {
            Cell::Count(_) => &self.count,
            Cell::Length(_) | Cell::Seconds(_) => &self.duration,
            Cell::Minutes(_) | Cell::Percent(_) | Cell::Tenths(_) => &self.tenths,
            Cell::Date(_) => &self.date,
            Cell::Moment(_) => &self.moment,
            Cell::Blank | Cell::NoData | Cell::Text(_) | Cell::Recording(_) => &self.text,
        };
        if role == Role::Item { form.clone() } else { form.clone().set_bold() }
    }
}

/// The words of the report, so that the workbook says what it is.
fn first(sheet: &mut Worksheet, document: &ReportDocument) -> Result<(), XlsxError> {
    sheet.set_name(words::report(document.lang))?.set_column_width(0, WORDS)?.set_paper_size(9).set_print_fit_to_pages(1, 0);
    let plain = Format::new().set_font_name("Times New Roman").set_font_size(12).set_text_wrap();
    let heading = plain.clone().set_bold();
    let mut row = 0;
    let mut say = |sheet: &mut Worksheet, said: &str, format: &Format| -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, text(said), format)?.set_row_height(row, height(said, WORDS))?;
        row += 1;
        Ok(())
    };
    say(sheet, &document.title, &heading)?;
    if let Some(banner) = document.banner {
        say(sheet, banner, &heading)?;
    }
    for block in document.body() {
        let look = if matches!(block, Block::Heading(_)) { &heading } else { &plain };
        if let Some(text) = block.spoken() {
            say(sheet, text, look)?;
        }
    }
    for block in document.blocks.iter().skip_while(|block| !matches!(block, Block::Annexes)) {
        if let Block::Paragraph(text) | Block::Note(text) = block {
            say(sheet, text, &plain)?;
        }
    }
    Ok(())
}

/// A sheet's name: at most 31 characters, none of them `[]:*?/\`, none twice.
fn name(table: &ReportTable, document: &ReportDocument, taken: &[String]) -> String {
    let full = format!("{} {}", document.annexes.number(table.id), words::table(document.lang, table.id.as_str()));
    let plain: String =
        full.trim_start().chars().filter(|c| !r"[]:*?/\".contains(*c)).take(28).collect::<String>().trim_end().to_owned();
    let mut name = plain.clone();
    let mut more = 2;
    while taken.contains(&name) {
        name = format!("{plain} {more}");
        more += 1;
    }
    name
}

/// In characters; a recording's hash has 64.
fn width(column: Column) -> u32 {
    if column == Column::Recording { 66 } else { weight(column).max(7) + 4 }
}

/// What a sheet is about, over its table: for whoever prints it alone.
fn title(table: &ReportTable, document: &ReportDocument) -> String {
    let lang = document.lang;
    let name = words::table(lang, table.id.as_str());
    let name = table.about.as_ref().map_or_else(|| name.to_owned(), |about| format!("{about}: {name}"));
    match document.annexes.number(table.id) {
        "" => name,
        number => format!("{}. {name}", words::annex(lang, number)),
    }
}

fn sheet(sheet: &mut Worksheet, table: &ReportTable, document: &ReportDocument, looks: &Looks) -> Result<(), XlsxError> {
    let lang = document.lang;
    sheet.write_string_with_format(0, 0, text(&title(table, document)), &looks.title)?;
    sheet.write_string(1, 0, text(&document.title))?;
    let head_row = 2;
    let mut row = head_row;
    for (at, column) in (0..).zip(&table.columns) {
        let head = words::column(lang, table.id.as_str(), column.as_str());
        let head = if *column == Column::Length { words::in_minutes_and_seconds(lang, head) } else { head.to_owned() };
        sheet.write_string_with_format(row, at, head, &looks.head)?;
        sheet.set_column_width(at, width(*column))?;
    }
    sheet.set_row_height(row, 32)?.set_repeat_rows(row, row)?.set_freeze_panes(row + 1, 0)?;
    for line in &table.lines {
        row += 1;
        let heights = line.cells.iter().zip(&table.columns).map(|(cell, column)| match cell {
            Cell::Text(text) | Cell::Recording(text) => height(text, width(*column)),
            _ => height("", 1),
        });
        sheet.set_row_height(row, heights.max().unwrap_or(16))?;
        for (at, cell) in (0..).zip(&line.cells) {
            put(sheet, (row, at), cell, &looks.of(cell, line.role), lang)?;
        }
    }
    let last_column = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(0);
    for note in &table.notes {
        row += 1;
        sheet.write_string(row + 1, 0, text(note))?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    if table.id == TableId::Log && !table.lines.is_empty() {
        let last = u32::try_from(table.lines.len()).unwrap_or(u32::MAX).saturating_add(head_row);
        sheet.autofilter(head_row, 0, last, last_column)?;
    }
    Ok(())
}

fn put(sheet: &mut Worksheet, (row, at): (u32, u16), cell: &Cell, format: &Format, lang: Language) -> Result<(), XlsxError> {
    let number = match cell {
        Cell::Blank => return sheet.write_blank(row, at, format).map(|_| ()),
        Cell::Recording(hash) => return sheet.write_string_with_format(row, at, text(hash), format).map(|_| ()),
        Cell::NoData | Cell::Text(_) => {
            return sheet.write_string_with_format(row, at, text(&phrases::cell(lang, cell)), format).map(|_| ());
        }
        Cell::Count(count) => *count as f64,
        Cell::Minutes(Minutes { ms, .. }) => *ms as f64 / 60_000.0,
        Cell::Length(ms) | Cell::Seconds(ms) => *ms as f64 / MS_A_DAY,
        Cell::Percent(tenths) | Cell::Tenths(tenths) => *tenths as f64 / 10.0,
        Cell::Date(date) => serial(*date),
        Cell::Moment(moment) => {
            let seconds = i32::from(moment.hour()) * 3600 + i32::from(moment.minute()) * 60;
            serial(moment.date()) + f64::from(seconds) / 86_400.0
        }
    };
    sheet.write_number_with_format(row, at, number, format).map(|_| ())
}

/// A day as spreadsheets count them.
fn serial(date: jiff::civil::Date) -> f64 {
    let first = jiff::civil::date(1899, 12, 30);
    f64::from(date.since(first).map_or(0, |span| span.get_days()))
}

/// The chart's figures and the chart beside them; the next free row.
fn diagram(sheet: &mut Worksheet, chart: &Chart, top: u32, name: &str, looks: &Looks) -> Result<u32, XlsxError> {
    sheet.set_column_width(0, 46)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.write_string_with_format(top, 0, text(&chart.title), &looks.title)?;
    for (at, series) in (1..).zip(&chart.series) {
        sheet.write_string_with_format(top + 1, at, text(series), &looks.bold)?;
    }
    let mut row = top + 2;
    for (label, series) in &chart.bars {
        sheet.write_string_with_format(row, 0, text(label), &looks.text)?;
        for (at, tenths) in (1..).zip(series) {
            sheet.write_number_with_format(row, at, *tenths as f64 / 10.0, &looks.tenths)?;
        }
        row += 1;
    }
    let mut made = Diagram::new(ChartType::Bar);
    // By the cell that has it: a text that begins with `=` would be taken for a range.
    made.title().set_name((name, top, 0));
    for (at, _) in (1_u16..).zip(&chart.series) {
        made.add_series().set_name((name, top + 1, at)).set_categories((name, top + 2, 0, row - 1, 0)).set_values((
            name,
            top + 2,
            at,
            row - 1,
            at,
        ));
    }
    // Bars as long as their figures, the first on top.
    made.x_axis().set_min(0);
    made.y_axis().set_reverse();
    let height = 120 + 34 * u32::try_from(chart.bars.len()).unwrap_or(10);
    made.set_width(640).set_height(height);
    sheet.insert_chart(top, 4, &made)?;
    Ok((row + 2).max(top + height / 20 + 2))
}
