//! The report, block by block, in the form of Decree 30/2020/NĐ-CP, annex I.

use jiff::civil::Date;

use crate::lang::{report as words, report_cli};
use crate::report::document::{Beside, Block, Chart, Head30, LogAnnex, Paper, Proof, ReportDocument, Signature, sentences};
use crate::report::tally::campaign::CampaignSum;
use crate::report::tally::phrases;
use crate::report::tally::table::{ReportTable, TableId};
use crate::report::tally::tables::Sums;
use crate::terms::Origin;

/// What the report goes by beside its sums.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    pub paper: Paper<'a>,
    /// Kính gửi: as the plan has them.
    pub to: Vec<String>,
    /// Its period is not over: said over every page.
    pub draft: bool,
    /// How the period is called in the subject.
    pub period: String,
    /// Whose year and month stand beside the place; the day is left blank.
    pub today: Date,
    pub proofs: Vec<Proof>,
}

impl Frame<'_> {
    fn subject(&self) -> String {
        let subject = self.paper.letterhead.and_then(|letterhead| letterhead.subject.as_ref());
        words::subject(self.paper.lang, subject.map(|subject| subject.of(self.paper.lang)), &self.period)
    }

    fn addressees(&self) -> Vec<String> {
        self.to.iter().filter(|to| !self.paper.is_issuer(to)).cloned().collect()
    }
}

pub fn report(frame: &Frame<'_>, sums: &Sums, log: LogAnnex) -> ReportDocument {
    let paper = &frame.paper;
    let (lang, subject, to) = (paper.lang, frame.subject(), frame.addressees());
    let mut blocks = vec![
        Block::Letterhead(head(frame, true)),
        Block::Title { kind: words::report(lang).to_owned(), subject: subject.clone() },
    ];
    if !to.is_empty() {
        blocks.push(Block::Addressees { dear: words::dear(lang).to_owned(), to: to.clone() });
    }
    blocks.push(Block::Paragraph(sentences::opening(paper, sums)));
    blocks.push(Block::Heading(words::heading(lang, 0).to_owned()));
    let results = sentences::results(paper, sums);
    blocks.extend(results.into_iter().zip(1..).map(|(text, number)| Block::Paragraph(format!("{number}. {text}"))));
    if sums.scope.as_of < sums.scope.until {
        blocks.push(Block::Paragraph(words::unfinished(lang, sums.scope.as_of)));
    }
    blocks.push(Block::Paragraph(sentences::annexes(paper, &sums.annexes())));
    blocks.push(Block::Heading(words::heading(lang, 1).to_owned()));
    // Before anything else is said to be missing: that the log is not what was written.
    blocks.extend(frame.proofs.iter().filter(|proof| !proof.good).map(|proof| Block::Paragraph(proved(frame, proof))));
    blocks.extend(sentences::lost(paper, sums).into_iter().map(Block::Paragraph));
    blocks.push(Block::Heading(words::heading(lang, 2).to_owned()));
    blocks.push(Block::Blank);
    blocks.push(Block::Paragraph(words::closing(lang, &subject, &paper.issuer(), &to)));
    blocks.push(Block::Signature(signature(frame, to.is_empty())));
    annexes(frame, sums, log, &mut blocks);
    let draft = frame.draft.then(|| report_cli::draft(lang));
    let banner = banner(sums.scope.origin, lang).or(draft);
    let title = format!("{}. {}", words::report(lang), subject);
    ReportDocument { lang, title, banner, annexes: sums.annexes(), blocks }.unbroken(paper)
}

/// What stands over a document of which nothing is the station's airtime.
pub fn banner(origin: Origin, lang: crate::lang::Language) -> Option<&'static str> {
    match origin {
        Origin::Live => None,
        Origin::Rehearsal => Some(words::banner(lang, false)),
        Origin::Simulation => Some(words::banner(lang, true)),
    }
}

pub(super) fn proved(frame: &Frame<'_>, proof: &Proof) -> String {
    let text = proof.describe(frame.paper.lang);
    proof.station.as_ref().map_or_else(|| text.clone(), |station| format!("{station}: {text}"))
}

pub(super) fn head(frame: &Frame<'_>, letter: bool) -> Head30 {
    let paper = &frame.paper;
    let (lang, by_commune) = (paper.lang, paper.by_commune());
    let (nation, motto) = words::nation(lang);
    let (agency, issuer) = match paper.letterhead {
        Some(letterhead) => words::issuer(lang, &letterhead.commune, paper.station, by_commune),
        None => (None, paper.station.to_uppercase()),
    };
    let letter = letter.then(|| (words::number(lang, by_commune), place_and_date(frame)));
    Head30 { agency, issuer, nation: nation.to_owned(), motto: motto.to_owned(), letter }
}

pub(super) fn place_and_date(frame: &Frame<'_>) -> String {
    let place = frame.paper.letterhead.map_or("…", |letterhead| letterhead.place.as_str());
    words::place_and_date(frame.paper.lang, place, frame.today.year(), frame.today.month())
}

/// `unaddressed`: there is nobody above to whom "as above" could point.
fn signature(frame: &Frame<'_>, unaddressed: bool) -> Signature {
    let paper = &frame.paper;
    let (lang, by_commune) = (paper.lang, paper.by_commune());
    let of = |list: fn(&crate::plan::Letterhead) -> &Vec<String>| {
        paper.letterhead.map(|letterhead| list(letterhead).clone()).filter(|list| !list.is_empty())
    };
    let [as_above, files] = words::copies(lang);
    let mut copies = of(|letterhead| &letterhead.copies).unwrap_or_else(|| vec![as_above.to_owned(), files.to_owned()]);
    copies.retain(|copy| !unaddressed || copy != as_above);
    let mut office = of(|letterhead| &letterhead.office).unwrap_or_else(|| vec![words::office(lang, by_commune).to_owned()]);
    // The commune's report is signed on behalf of its committee.
    if by_commune && !office.iter().any(|line| line.starts_with("TM.")) {
        office.insert(0, words::on_behalf(lang).to_owned());
    }
    let signer = paper.letterhead.and_then(|letterhead| letterhead.signer.clone());
    let beside = Beside::Copies { head: words::copies_head(lang).to_owned(), copies };
    Signature { beside, dated: None, office, signer }
}

fn annexes(frame: &Frame<'_>, sums: &Sums, log: LogAnnex, blocks: &mut Vec<Block>) {
    let lang = frame.paper.lang;
    let numbers = sums.annexes();
    blocks.push(Block::Annexes);
    let annex = |table: TableId, about: Option<&String>| Block::Annex {
        letter: words::annex(lang, numbers.number(table)),
        title: words::upper(&match about {
            Some(about) => format!("{about}: {}", words::table(lang, table.as_str())),
            None => words::table(lang, table.as_str()).to_owned(),
        }),
        with: words::with_report(lang, frame.paper.by_commune(), &frame.paper.issuer()),
    };
    let mut open = None;
    for table in sums.tables.iter().filter(|table| !table.lines.is_empty()) {
        // What belongs to the annex before stands below it.
        match annex(table.id, table.about.as_ref()) {
            Block::Annex { title, .. } if open == Some(table.id.first_of_annex()) => blocks.push(Block::Heading(title)),
            new => blocks.push(new),
        }
        open = Some(table.id.first_of_annex());
        blocks.push(match phrases::told(lang, table) {
            Some(sentence) => Block::Told { sentence, table: table.clone() },
            None => Block::Table(table.clone()),
        });
        blocks.extend(table.notes.iter().cloned().map(Block::Note));
        blocks.extend(chart(frame, sums, table).map(Block::Chart));
    }
    match log {
        LogAnnex::Table(table) => {
            blocks.push(annex(TableId::Log, None));
            let notes = table.notes.clone();
            blocks.push(Block::Table(table));
            blocks.extend(notes.into_iter().map(Block::Note));
        }
        LogAnnex::File { rows, name, sha256 } => {
            blocks.push(annex(TableId::Log, None));
            let rows = words::count(lang, i64::try_from(rows).unwrap_or(i64::MAX));
            blocks.push(Block::Note(words::in_file(lang, &rows, &name, &sha256)));
        }
        LogAnnex::Elsewhere => {}
    }
    blocks.push(Block::Note(words::counted(lang).to_owned()));
    blocks.extend(phrases::punctuality(lang, &sums.punctuality).map(Block::Note));
    blocks.extend(frame.proofs.iter().map(|proof| Block::Note(proved(frame, proof))));
}

/// What is drawn below a table: airtime by topic below the summary, and a campaign's weeks below theirs. One bar alone says nothing.
fn chart(frame: &Frame<'_>, sums: &Sums, table: &ReportTable) -> Option<Chart> {
    let chart = match table.id {
        TableId::Summary => topics_chart(frame, sums),
        TableId::Weeks => {
            weeks_chart(frame, sums.campaigns.iter().find(|campaign| Some(&campaign.name) == table.about.as_ref())?)
        }
        _ => return None,
    };
    let drawn = chart.bars.iter().any(|(_, tenths)| tenths.iter().any(|tenths| *tenths > 0));
    (chart.bars.len() > 1 && drawn).then_some(chart)
}

fn topics_chart(frame: &Frame<'_>, sums: &Sums) -> Chart {
    let lang = frame.paper.lang;
    let topics = sums.topics.each().map(|topic| (topic.name.clone(), vec![topic.airtime.tenths]));
    Chart {
        title: words::chart_topics(lang).to_owned(),
        series: vec![words::column(lang, "topics", "minutes").to_owned()],
        bars: topics.filter(|(_, tenths)| tenths.iter().any(|tenths| *tenths > 0)).collect(),
    }
}

fn weeks_chart(frame: &Frame<'_>, campaign: &CampaignSum) -> Chart {
    let lang = frame.paper.lang;
    let [title, planned, aired] = words::chart_weeks(lang);
    let bars = campaign.weeks.iter().zip(campaign.minutes()).map(|(week, (planned, aired))| {
        (words::week(lang, week.number, week.from, week.until), vec![planned.tenths, aired.tenths])
    });
    let (title, series) = (format!("{}: {title}", campaign.name), vec![planned.to_owned(), aired.to_owned()]);
    Chart { title, series, bars: bars.collect() }
}
