//! The week's logbook ("sổ nhật ký phát thanh"): what aired day by day, for signature.

use jiff::civil::Date;

use crate::lang::report as words;
use crate::lang::rundown;
use crate::report::document::compose::{Frame, banner, head, proved};
use crate::report::document::{Block, Document, Signature};
use crate::report::phrases;
use crate::report::tally::table::{Cell, Column, Line, Table, TableId};
use crate::report::tally::tables::Sums;

/// The annex's columns that a logbook has.
const COLUMNS: [Column; 8] = [
    Column::Number,
    Column::PlannedAt,
    Column::StartedAt,
    Column::Title,
    Column::Run,
    Column::Length,
    Column::Outcome,
    Column::Approver,
];

/// `lines` are the annex's, in the order in which they were planned.
pub fn logbook(frame: &Frame<'_>, sums: &Sums, lines: &[Line]) -> Document {
    let lang = frame.paper.lang;
    let subject = words::span(lang, sums.scope.from, sums.scope.until);
    let mut blocks =
        vec![Block::Letterhead(head(frame)), Block::Title { kind: words::logbook(lang).to_owned(), subject: subject.clone() }];
    let mut day = sums.scope.from;
    while day <= sums.scope.until {
        blocks.push(Block::Heading(rundown::day(lang, day)));
        let of_day: Vec<Line> =
            lines.iter().filter(|line| is_of(line, day)).enumerate().map(|(at, line)| short(at, line)).collect();
        if of_day.is_empty() {
            blocks.push(Block::Paragraph(words::nothing_that_day(lang).to_owned()));
        } else {
            let columns = COLUMNS.to_vec();
            blocks.push(Block::Table(Table { id: TableId::Log, about: None, columns, lines: of_day, notes: Vec::new() }));
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    if let Some(by_hand) = sums.table(TableId::ByHand) {
        blocks.push(Block::Heading(words::table(lang, by_hand.id.as_str()).to_owned()));
        blocks.push(Block::Table(by_hand.clone()));
        blocks.extend(by_hand.notes.iter().cloned().map(Block::Note));
    }
    let airings = words::count(lang, sums.figures.airings.unwrap_or(0));
    let minutes = phrases::minutes(lang, sums.figures.airtime_ms.unwrap_or(0));
    blocks.push(Block::Paragraph(words::week_sum(lang, &airings, &minutes)));
    blocks.extend(frame.proofs.iter().map(|proof| Block::Note(proved(frame, proof))));
    let [kept, checked] = words::checked_by(lang);
    let office = vec![checked.to_owned()];
    blocks.push(Block::Signature(Signature { copies_head: kept.to_owned(), copies: Vec::new(), office, signer: None }));
    let title = format!("{}, {subject}", words::logbook(lang));
    Document { lang, title, banner: banner(sums.scope.origin, lang), blocks }
}

fn is_of(line: &Line, day: Date) -> bool {
    line.cells.get(1) == Some(&Cell::Date(day))
}

/// A line without its day and its recording.
fn short(at: usize, line: &Line) -> Line {
    let cells = line.cells.iter().enumerate().filter(|(place, _)| !matches!(place, 0 | 1 | 9)).map(|(_, cell)| cell.clone());
    Line { cells: [Cell::count(at + 1)].into_iter().chain(cells).collect(), ..line.clone() }
}
