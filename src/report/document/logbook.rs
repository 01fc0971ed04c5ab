//! The week's logbook ("sổ nhật ký phát thanh"): what aired day by day, for signature.

use crate::lang::report as words;
use crate::lang::rundown;
use crate::report::document::annex::LogLine;
use crate::report::document::compose::{Frame, banner, head, place_and_date, proved};
use crate::report::document::{Beside, Block, ReportDocument, Signature};
use crate::report::tally::phrases;
use crate::report::tally::table::{Annexes, Column, ReportTable, TableId, TableLine};
use crate::report::tally::tables::Sums;

/// The annex's columns that a logbook has; the first where there are several stations.
const COLUMNS: [Column; 9] = [
    Column::Station,
    Column::Number,
    Column::PlannedAt,
    Column::StartedAt,
    Column::Title,
    Column::Run,
    Column::Length,
    Column::Outcome,
    Column::Approver,
];

/// A line a session; behind that the log's lines, of so many stations, where they are asked for.
pub fn logbook(frame: &Frame<'_>, sums: &Sums, lines: Option<Vec<LogLine>>) -> ReportDocument {
    let lang = frame.paper.lang;
    let subject = words::span(lang, sums.scope.from, sums.scope.until);
    let mut blocks = vec![
        Block::Letterhead(head(frame, false)),
        Block::Title { kind: words::logbook(lang).to_owned(), subject: subject.clone() },
        Block::Table(sums.sessions.clone()),
    ];
    if let Some(by_hand) = sums.table(TableId::ByHand) {
        blocks.push(Block::Heading(words::table(lang, by_hand.id.as_str()).to_owned()));
        blocks.push(Block::Table(by_hand.clone()));
        blocks.extend(by_hand.notes.iter().cloned().map(Block::Note));
    }
    if let Some(lines) = lines {
        blocks.push(Block::Heading(words::in_detail(lang).to_owned()));
        detail(frame, sums, lines, &mut blocks);
    }
    blocks.push(Block::Paragraph(match (sums.figures.airings, sums.figures.airtime_ms) {
        (Some(airings), Some(ms)) => words::week_sum(lang, &words::count(lang, airings), &phrases::minutes(lang, ms)),
        _ => words::no_log(lang).to_owned(),
    }));
    blocks.extend(frame.proofs.iter().map(|proof| Block::Note(proved(frame, proof))));
    let [kept, checked] = words::checked_by(lang);
    let beside = Beside::Office { office: kept.to_owned(), how: words::sign_here(lang).to_owned() };
    let (dated, office) = (Some(place_and_date(frame)), vec![checked.to_owned()]);
    blocks.push(Block::Signature(Signature { beside, dated, office, signer: None }));
    let title = format!("{}, {subject}", words::logbook(lang));
    let banner = banner(sums.scope.origin, lang);
    ReportDocument { lang, title, banner, annexes: Annexes::default(), blocks }.unbroken(&frame.paper)
}

/// Element by element, day by day.
fn detail(frame: &Frame<'_>, sums: &Sums, mut lines: Vec<LogLine>, blocks: &mut Vec<Block>) {
    let lang = frame.paper.lang;
    let columns = if frame.proofs.len() > 1 { &COLUMNS } else { COLUMNS.get(1..).unwrap_or(&COLUMNS) };
    lines.sort_by_key(|line| line.planned_at);
    let mut day = sums.scope.from;
    while day <= sums.scope.until {
        blocks.push(Block::Heading(rundown::both_days(lang, day)));
        let of_day = lines.iter().filter(|line| line.planned_at.date() == day).cloned();
        // Numbered day by day.
        let numbered = (1..).zip(of_day).map(|(number, line)| LogLine { number, ..line }.line(columns, lang));
        let of_day: Vec<TableLine> = numbered.collect();
        if of_day.is_empty() {
            blocks.push(Block::Paragraph(words::nothing_that_day(lang).to_owned()));
        } else {
            let columns = columns.to_vec();
            blocks.push(Block::Table(ReportTable { id: TableId::Log, about: None, columns, lines: of_day, notes: Vec::new() }));
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
}
