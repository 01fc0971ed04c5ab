//! A report as blocks: what stands where, in words, before anybody knows in which format.
//!
//! Pure. [`compose`] makes the report from the sums, [`logbook`] the week's logbook; the writers only render.

pub mod annex;
pub mod compose;
pub mod logbook;
mod sentences;
mod unbroken;

use crate::asrun::chain::Head;
use crate::lang::{Language, report as words};
use crate::plan::{Issuer, Letterhead};
use crate::report::tally::table::{Annexes, ReportTable, TableId};

/// A whole document.
#[derive(Clone, Debug)]
pub struct ReportDocument {
    pub lang: Language,
    /// For a window's title and a file's properties.
    pub title: String,
    /// Over every page, when nothing of it is the station's airtime.
    pub banner: Option<&'static str>,
    pub annexes: Annexes,
    pub blocks: Vec<Block>,
}

impl ReportDocument {
    /// What stands before the annexes: the letter itself.
    pub fn body(&self) -> &[Block] {
        self.split().0
    }

    /// The annexes, one after another.
    pub fn each_annex(&self) -> impl Iterator<Item = &[Block]> {
        let begins = |block: &Block| matches!(block, Block::Annex { .. });
        self.split().1.chunk_by(move |_, next| !begins(next)).filter(move |annex| annex.first().is_some_and(begins))
    }

    /// Of a logbook, its lines.
    pub fn sessions(&self) -> Option<&ReportTable> {
        self.blocks.iter().filter_map(Block::table).find(|table| table.id == TableId::Sessions)
    }

    fn split(&self) -> (&[Block], &[Block]) {
        let at = self.blocks.iter().position(|block| matches!(block, Block::Annexes));
        self.blocks.split_at(at.unwrap_or(self.blocks.len()))
    }

    /// Where that part of the body begins which a signature is not parted from: what is signed does not stand on another page.
    pub fn signed_from(&self) -> usize {
        let body = self.body();
        let signature = body.iter().position(|block| matches!(block, Block::Signature(_))).unwrap_or(body.len());
        let mut before = body.get(..signature).unwrap_or(&[]).iter();
        let light = |block: &Block| matches!(block, Block::Paragraph(_) | Block::Blank | Block::Note(_));
        let first = before.rposition(|block| !light(block)).unwrap_or(0);
        if matches!(body.get(first), Some(Block::Heading(_))) { first } else { first + 1 }
    }

    /// No name in it is broken by a line's end.
    fn unbroken(mut self, paper: &Paper<'_>) -> ReportDocument {
        let names = unbroken::AgencyNames::of(paper);
        self.blocks.iter_mut().for_each(|block| block.each_text(|text| *text = names.bind(text)));
        self
    }
}

#[derive(Clone, Debug)]
pub enum Block {
    Letterhead(Head30),
    /// The type of document and its subject, centred.
    Title {
        kind: String,
        subject: String,
    },
    /// Kính gửi.
    Addressees {
        dear: String,
        to: Vec<String>,
    },
    Heading(String),
    Paragraph(String),
    /// Lines to be filled in by hand.
    Blank,
    Signature(Signature),
    /// Annexes follow, on pages of their own.
    Annexes,
    /// The head of one annex.
    Annex {
        letter: String,
        title: String,
        with: String,
    },
    Table(ReportTable),
    /// A table that one sentence says as well: to be read, the sentence; to be reckoned with, the table.
    Told {
        sentence: String,
        table: ReportTable,
    },
    Chart(Chart),
    /// A sentence in small letters.
    Note(String),
}

impl Block {
    /// The running text of a report: what is left of it where there is no page to lay out.
    pub fn spoken(&self) -> Option<&str> {
        match self {
            Block::Heading(text) | Block::Paragraph(text) | Block::Note(text) | Block::Told { sentence: text, .. } => Some(text),
            Block::Letterhead(_)
            | Block::Title { .. }
            | Block::Addressees { .. }
            | Block::Blank
            | Block::Signature(_)
            | Block::Annexes
            | Block::Annex { .. }
            | Block::Table(_)
            | Block::Chart(_) => None,
        }
    }

    pub fn table(&self) -> Option<&ReportTable> {
        match self {
            Block::Table(table) | Block::Told { table, .. } => Some(table),
            _ => None,
        }
    }

    /// Its running texts; what stands in tables and charts has little room, and is broken where it must be.
    fn each_text(&mut self, mut of: impl FnMut(&mut String)) {
        match self {
            Block::Letterhead(head) => {
                head.agency.iter_mut().chain([&mut head.issuer]).for_each(of);
            }
            Block::Title { subject: text, .. }
            | Block::Heading(text)
            | Block::Paragraph(text)
            | Block::Note(text)
            | Block::Annex { with: text, .. }
            | Block::Told { sentence: text, .. } => of(text),
            Block::Addressees { to, .. } => to.iter_mut().for_each(of),
            Block::Signature(signature) => {
                if let Beside::Copies { copies, .. } = &mut signature.beside {
                    copies.iter_mut().for_each(&mut of);
                }
                signature.office.iter_mut().for_each(of);
            }
            Block::Blank | Block::Annexes | Block::Table(_) | Block::Chart(_) => {}
        }
    }
}

/// The head of Decree 30/2020: agency on the left, nation on the right.
#[derive(Clone, Debug)]
pub struct Head30 {
    pub agency: Option<String>,
    pub issuer: String,
    pub nation: String,
    pub motto: String,
    /// What a letter has: its number and symbol, where and when it is written.
    pub letter: Option<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct Signature {
    pub beside: Beside,
    /// Where and when, for what has it not at its head.
    pub dated: Option<String>,
    pub office: Vec<String>,
    pub signer: Option<String>,
}

/// What stands to the left of a signature.
#[derive(Clone, Debug)]
pub enum Beside {
    /// Nơi nhận.
    Copies { head: String, copies: Vec<String> },
    /// Somebody else who signs; below both offices stands how.
    Office { office: String, how: String },
}

/// Bars of airtime, in tenths of a minute as the table beside it prints them.
#[derive(Clone, Debug)]
pub struct Chart {
    pub title: String,
    /// One or two, the plan first.
    pub series: Vec<String>,
    pub bars: Vec<(String, Vec<i64>)>,
}

impl Chart {
    /// The largest figure: bars are drawn in parts of it.
    pub fn most(&self) -> i64 {
        self.bars.iter().flat_map(|(_, series)| series).copied().max().unwrap_or(0).max(1)
    }
}

/// What is known of the log beside its rows.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The station's code, where there are several.
    pub station: Option<String>,
    pub head: Head,
    pub good: bool,
    /// Something beside the log has seen it: heads that were lodged, or handed over.
    pub witnessed: bool,
}

impl Proof {
    /// The log's head, and what it was held against.
    pub fn describe(&self, lang: Language) -> String {
        let head = self.head.grouped();
        match (self.good, self.witnessed) {
            (true, false) => words::not_witnessed(lang, &head),
            (good, _) => words::verified(lang, &head, good),
        }
    }
}

/// The log itself: within the document while it is short, else in a file beside it.
#[derive(Clone, Debug)]
pub enum LogAnnex {
    Table(ReportTable),
    File {
        rows: usize,
        name: String,
        sha256: String,
    },
    /// The format has the rows elsewhere.
    Elsewhere,
}

/// Who issues, as the plan's letterhead says, or as well as can be without one.
#[derive(Clone, Debug)]
pub struct Paper<'a> {
    pub lang: Language,
    pub station: &'a str,
    pub letterhead: Option<&'a Letterhead>,
}

impl Paper<'_> {
    /// Who reports.
    fn issuer(&self) -> String {
        let commune = self.letterhead.filter(|_| self.by_commune()).map(|letterhead| letterhead.commune.as_str());
        commune.map_or_else(|| self.station.to_owned(), |commune| words::committee(self.lang, commune))
    }

    /// Whether a recipient is who reports, in full or abbreviated, through whomever: nobody writes to himself.
    fn is_issuer(&self, recipient: &str) -> bool {
        let short = |letterhead: &Letterhead| words::committee_short(self.lang, &letterhead.commune);
        let names = [Some(self.issuer()), self.letterhead.filter(|_| self.by_commune()).map(short)];
        let recipient = recipient.to_lowercase();
        names.into_iter().flatten().any(|name| {
            let rest = recipient.strip_prefix(&name.to_lowercase());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
        })
    }

    fn by_commune(&self) -> bool {
        self.letterhead.is_some_and(|letterhead| letterhead.issuer == Issuer::Commune)
    }
}
