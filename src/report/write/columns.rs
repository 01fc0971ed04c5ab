//! How wide the columns of a table are on paper: by what stands in them, and as much as the page has.

use crate::lang::{Language, report as words};
use crate::report::document::Block;
use crate::report::document::ReportDocument;
use crate::report::tally::phrases;
use crate::report::tally::table::{Cell, Column, ReportTable, Role};
use crate::report::write::letters::{Face, Letters};
use crate::report::write::paper::{CellAlign, side};

/// Points. Letters in tables; what stays free on both sides of a cell together, and what more it has where there is room.
pub const SIZE: f32 = 10.5;
pub const PADDING: f32 = 6.0;
const EASE: f32 = 6.0;
/// Points in a millimetre.
pub const MM: f32 = 72.0 / 25.4;
/// Of the text on a page that stands upright: A4 without its margins.
pub const UPRIGHT: f32 = (210.0 - 30.0 - 15.0) * MM;
pub const ACROSS: f32 = (297.0 - 30.0 - 15.0) * MM;

/// Texts are read well in a column so wide, however long they are.
const ROOMY: f32 = 38.0 * MM;
/// What is longer has no more claim to room than that.
const LONGEST_TEXT: f32 = 85.0 * MM;
/// A word that is longer is broken.
const LONGEST_WORD: f32 = 34.0 * MM;
/// Room for somebody's hand.
const BY_HAND: f32 = 20.0 * MM;

/// What the columns of a table need.
pub struct ColumnWidths(Vec<ColumnNeed>);

#[derive(Clone, Copy)]
struct ColumnNeed {
    /// For its longest word; for a figure or a time, which is not broken.
    least: f32,
    /// For its longest cell in one line.
    cells: f32,
    /// For both, with ease.
    whole: f32,
    /// A text takes what is left.
    text: bool,
}

impl ColumnWidths {
    pub fn of(table: &ReportTable, lang: Language, letters: &Letters) -> ColumnWidths {
        let need = |at: usize, column: Column| {
            let words = |text: &str, face| {
                let widest = text.split(' ').map(|word| letters.length(word, SIZE, face)).fold(0.0, f32::max);
                widest.min(LONGEST_WORD)
            };
            let head = words::column(lang, table.id.as_str(), column.as_str());
            let (mut least, mut cells, mut text) = (words(head, Face::Bold), 0.0_f32, false);
            for (cell, role) in table.lines.iter().filter_map(|line| Some((line.cells.get(at)?, line.role))) {
                let written = phrases::cell(lang, cell);
                let face = if role == Role::Item { Face::Regular } else { Face::Bold };
                let length = letters.length(&written, SIZE, face);
                let is_text = matches!(cell, Cell::NoData) || side(column, cell) == CellAlign::Left;
                least = least.max(if is_text { words(&written, face) } else { length });
                cells = cells.max(length);
                text |= is_text && written.contains(' ');
            }
            if matches!(column, Column::Approver | Column::OnDuty) {
                least = least.max(BY_HAND);
            }
            let (least, cells) = (least + PADDING + 2.0, cells + PADDING + 2.0);
            // Figures leave the room to the texts.
            let whole = cells.min(LONGEST_TEXT).max(least) + EASE;
            ColumnNeed { least, cells, whole, text }
        };
        ColumnWidths(table.columns.iter().enumerate().map(|(at, column)| need(at, *column)).collect())
    }

    /// Whether the table reads well on a page that stands upright.
    pub fn stand_upright(&self) -> bool {
        self.0.iter().map(|need| need.least.max(need.cells.min(ROOMY))).sum::<f32>() <= UPRIGHT
    }

    /// Adding up to `width`.
    pub fn widths(&self, width: f32) -> Vec<f32> {
        let sum = |of: fn(&ColumnNeed) -> f32| self.0.iter().map(of).sum::<f32>();
        let (least, whole) = (sum(|need| need.least), sum(|need| need.whole));
        if least >= width {
            return self.0.iter().map(|need| need.least * width / least).collect();
        }
        if whole >= width {
            let share = (width - least) / (whole - least).max(1.0);
            return self.0.iter().map(|need| need.least + (need.whole - need.least) * share).collect();
        }
        // What is over goes to the texts, or to all where there are none.
        let texts = sum(|need| if need.text { need.whole } else { 0.0 });
        let share = |need: &ColumnNeed| match (texts > 0.0, need.text) {
            (true, true) => need.whole / texts,
            (true, false) => 0.0,
            (false, _) => need.whole / whole,
        };
        self.0.iter().map(|need| need.whole + (width - whole) * share(need)).collect()
    }
}

/// Pages of one kind, one after another.
pub struct PaperSection<'d> {
    pub across: bool,
    pub of: PageKind,
    /// What stands together on a page where it can: a block and its head, or all that a signature is not parted from.
    pub units: Vec<&'d [Block]>,
}

/// The annexes have page numbers of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    Letter,
    FirstAnnexes,
    MoreAnnexes,
}

impl PaperSection<'_> {
    /// Its first page is the first of its numbers, and shows none.
    pub fn begins(&self) -> bool {
        self.of != PageKind::MoreAnnexes
    }
}

/// The letter, then the annexes: each lies across only where a table of it needs that.
pub fn sections<'d>(document: &'d ReportDocument, letters: &Letters) -> Vec<PaperSection<'d>> {
    let upright = |block: &Block| match block {
        Block::Table(table) => ColumnWidths::of(table, document.lang, letters).stand_upright(),
        _ => true,
    };
    let (flowing, signed) = document.body().split_at(document.signed_from().min(document.body().len()));
    // A head goes with what it heads.
    let units = |blocks: &'d [Block]| blocks.chunk_by(|block, _| matches!(block, Block::Heading(_) | Block::Annex { .. }));
    let letter = units(flowing).chain((!signed.is_empty()).then_some(signed)).collect();
    let mut sections = vec![PaperSection { across: !document.body().iter().all(upright), of: PageKind::Letter, units: letter }];
    for annex in document.each_annex() {
        let across = !annex.iter().all(upright);
        let of = if sections.len() == 1 { PageKind::FirstAnnexes } else { PageKind::MoreAnnexes };
        match sections.last_mut().filter(|last| last.across == across && last.of != PageKind::Letter) {
            Some(last) => last.units.extend(units(annex)),
            None => sections.push(PaperSection { across, of, units: units(annex).collect() }),
        }
    }
    sections
}
