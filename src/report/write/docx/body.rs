//! The text of a section, block by block.

use docx_rs::*;

use super::{BODY, SMALL, SectionPart, TABLE, centred, mm, paragraph, run, spaced};
use crate::lang::{Language, report as words};
use crate::report::document::{Beside, Block, Head30, Signature};
use crate::report::write::letters::{Face, Letters};
use crate::report::write::paper::clean;

pub(super) struct DocxBody<'l> {
    pub lang: Language,
    /// Of the text, in twentieths of a point.
    pub width: usize,
    pub letters: &'l Letters,
    pub parts: Vec<SectionPart>,
    letter: bool,
    /// What is added stays on a page with what follows it, where a page has room for both.
    pub keep: bool,
}

impl<'l> DocxBody<'l> {
    pub fn new(lang: Language, width: usize, letters: &'l Letters) -> DocxBody<'l> {
        DocxBody { lang, width, letters, parts: Vec::new(), letter: false, keep: false }
    }

    /// Blocks that belong together.
    pub fn unit(&mut self, blocks: &[Block]) {
        for (at, block) in blocks.iter().enumerate() {
            self.keep = at + 1 < blocks.len();
            self.block(block);
        }
    }

    pub(super) fn add(&mut self, of: Paragraph) {
        let of = if self.keep { of.keep_next(true) } else { of };
        self.parts.push(paragraph(of));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Letterhead(head) => self.letterhead(head),
            Block::Title { kind, subject } => {
                self.add(centred(run(kind, BODY).bold()).line_spacing(spaced(240, 0)));
                self.title(subject, BODY);
                self.add(rule(self.width, 30));
                self.add(gap());
            }
            Block::Addressees { dear, to } => self.addressees(dear, to),
            Block::Heading(text) => {
                let heading = Paragraph::new().add_run(run(text, BODY).bold()).keep_next(true).line_spacing(spaced(120, 60));
                // A letter's begin where its paragraphs do.
                let indent = self.letter.then_some(SpecialIndentType::FirstLine(mm(10)));
                self.add(heading.indent(None, indent, None, None));
            }
            Block::Paragraph(text) | Block::Told { sentence: text, .. } => {
                let indent = Some(SpecialIndentType::FirstLine(mm(10)));
                let body = Paragraph::new().align(AlignmentType::Both).indent(None, indent, None, None).add_run(run(text, BODY));
                self.add(body.line_spacing(spaced(60, 60)));
            }
            Block::Blank => self.add(Paragraph::new().add_run(run(words::left_blank(), SMALL))),
            Block::Signature(signature) => self.signature(signature),
            Block::Annexes => {}
            Block::Chart(chart) => self.chart(chart),
            Block::Annex { letter, title, with } => {
                // Clear of the annex above it.
                let above = if self.parts.is_empty() { 0 } else { 320 };
                self.add(centred(run(letter, BODY).bold()).line_spacing(spaced(above, 0)).keep_next(true));
                self.add(centred(run(title, BODY).bold()).keep_next(true));
                self.add(centred(run(with, TABLE).italic()).line_spacing(spaced(0, 120)).keep_next(true));
            }
            Block::Table(table) => self.table(table),
            Block::Note(text) => {
                self.add(Paragraph::new().add_run(run(text, TABLE).italic()).line_spacing(spaced(60, 0)));
            }
        }
    }

    /// Two cells without lines: agency on the left, nation on the right.
    fn letterhead(&mut self, head: &Head30) {
        /// Hundredths of the width.
        const LEFT: usize = 38;
        let width = self.width * LEFT / 100;
        let mut left = TableCell::new();
        if let Some(agency) = &head.agency {
            left = left.add_paragraph(centred(run(agency, 26)));
        }
        let issuer = self.broken(&head.issuer, 26, width);
        let mut left = left.add_paragraph(centred(issuer.bold())).add_paragraph(rule(width, 40));
        let mut right = TableCell::new()
            .add_paragraph(centred(run(&head.nation, 24).bold()))
            .add_paragraph(centred(run(&head.motto, BODY).bold()))
            .add_paragraph(rule(self.width - width, 62));
        if let Some((number, place_and_date)) = &head.letter {
            self.letter = true;
            left = left.add_paragraph(centred(run(number, 26)));
            right = right.add_paragraph(centred(run(place_and_date, BODY).italic()));
        }
        self.pair(left, right, LEFT);
    }

    /// Centred and bold, in lines of about one length.
    fn title(&mut self, text: &str, size: usize) {
        let title = centred(self.broken(text, size, self.width).bold());
        self.add(title);
    }

    /// Two cells side by side without lines; the left one has so many hundredths of the width.
    fn pair(&mut self, left: TableCell, right: TableCell, share: usize) {
        let first = self.width * share / 100;
        let widths = [first, self.width - first];
        let cells = [left, right].into_iter().zip(widths).map(|(cell, width)| cell.width(width, WidthType::Dxa)).collect();
        let table = Table::without_borders(vec![TableRow::new(cells).cant_split()])
            .set_grid(widths.to_vec())
            .layout(TableLayoutType::Fixed)
            .width(self.width, WidthType::Dxa);
        self.parts.push(SectionPart::Table(Box::new(table)));
    }

    fn addressees(&mut self, dear: &str, to: &[String]) {
        if let [one] = to {
            return self.add(centred(run(&format!("{dear}{one}."), BODY)).line_spacing(spaced(0, 120)));
        }
        self.add(Paragraph::new().indent(Some(mm(25)), None, None, None).add_run(run(dear, BODY)));
        for (at, one) in to.iter().enumerate() {
            let end = if at + 1 == to.len() { "." } else { ";" };
            self.add(Paragraph::new().indent(Some(mm(40)), None, None, None).add_run(run(&format!("- {one}{end}"), BODY)));
        }
    }

    fn signature(&mut self, signature: &Signature) {
        let mut left = TableCell::new().add_paragraph(gap());
        let mut right = TableCell::new().add_paragraph(gap());
        right = signature.dated.iter().fold(right, |cell, dated| cell.add_paragraph(centred(run(dated, BODY).italic())));
        right = signature.office.iter().fold(right, |cell, line| cell.add_paragraph(centred(run(line, BODY).bold())));
        match &signature.beside {
            Beside::Copies { head, copies } => {
                left = left.add_paragraph(Paragraph::new().add_run(run(head, 24).bold().italic()));
                for (at, copy) in copies.iter().enumerate() {
                    let end = if at + 1 == copies.len() { "." } else { ";" };
                    left = left.add_paragraph(Paragraph::new().add_run(run(&format!("- {copy}{end}"), 22)));
                }
            }
            Beside::Office { office, how } => {
                // Level with the other, above which stands the day.
                let line = left.add_paragraph(Paragraph::new()).add_paragraph(centred(run(office, BODY).bold()));
                left = line.add_paragraph(centred(run(how, BODY).italic()));
                right = right.add_paragraph(centred(run(how, BODY).italic()));
            }
        }
        // Room to sign in.
        for _ in 0..3 {
            right = right.add_paragraph(Paragraph::new());
        }
        right = right.add_paragraph(centred(run(signature.signer.as_deref().unwrap_or(""), BODY).bold()));
        self.pair(left, right, 45);
    }

    /// A text in lines of about one length, as far as a width in twentieths of a point and the letters' size tell; in Word they can be changed.
    fn broken(&self, text: &str, size: usize, width: usize) -> Run {
        // What Word keeps free on either side of a cell, and a little for its own way of counting.
        let lines = self.letters.balanced(&clean(text), size as f32 / 2.0, Face::Bold, width as f32 / 20.0 - 14.0);
        let last = lines.len();
        lines.into_iter().enumerate().fold(Run::new().size(size), |made, (at, line)| {
            if at + 1 == last {
                made.add_text(line)
            } else {
                made.add_text(format!("{line} ")).add_break(BreakType::TextWrapping)
            }
        })
    }
}

/// A line below a text: a paragraph of no height with a border, so long in hundredths of the width.
fn rule(width: usize, share: usize) -> Paragraph {
    let side = i32::try_from(width * (100 - share) / 200).ok();
    let thin = LineSpacing::new().line(60).line_rule(LineSpacingType::Exact).before(40).after(0);
    let mut rule = Paragraph::new().indent(side, None, side, None).line_spacing(thin);
    let border = ParagraphBorder::new(ParagraphBorderPosition::Top).val(BorderType::Single).size(4).space(0).color("000000");
    rule.property = rule.property.set_borders(ParagraphBorders::with_empty().set(border));
    rule
}

/// Clear of what stands above.
fn gap() -> Paragraph {
    Paragraph::new().line_spacing(LineSpacing::new().line(160).line_rule(LineSpacingType::Exact))
}
