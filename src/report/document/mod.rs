//! A report as blocks: what stands where, in words, before anybody knows in which format.
//!
//! Pure. [`compose`] makes the report from the sums, [`logbook`] the week's logbook; the writers only render.

pub mod annex;
pub mod compose;
pub mod logbook;
mod sentences;

use crate::asrun::chain::Head;
use crate::lang::{Language, report as words};
use crate::plan::{Issuer, Letterhead};
use crate::report::tally::table::{Annexes, ReportTable};

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
    pub fn body(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().take_while(|block| !matches!(block, Block::Annexes))
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
    /// Annexes follow, on pages that lie across.
    Annexes,
    /// The head of one annex.
    Annex {
        letter: String,
        title: String,
        with: String,
    },
    Table(ReportTable),
    Chart(Chart),
    /// A sentence in small letters.
    Note(String),
}

impl Block {
    /// The running text of a report: what is left of it where there is no page to lay out.
    pub fn spoken(&self) -> Option<&str> {
        match self {
            Block::Heading(text) | Block::Paragraph(text) | Block::Note(text) => Some(text),
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
    fn by_commune(&self) -> bool {
        self.letterhead.is_some_and(|letterhead| letterhead.issuer == Issuer::Commune)
    }
}
