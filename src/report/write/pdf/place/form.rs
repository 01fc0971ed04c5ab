//! What the form of Decree 30 asks for around the text: its head, to whom it goes, and who signs.

use super::{BODY, Drawn, LEADING, Layout, MM, SMALL, TextAlign};
use crate::report::document::{Beside, Head30, Signature};
use crate::report::write::letters::Face;

/// A signature keeps clear of what stands above it.
const ABOVE: f32 = 14.0;

impl Layout {
    /// One in the middle of the line, several one below the other.
    pub(super) fn addressees(&mut self, dear: &str, to: &[String]) {
        if let [one] = to {
            return self.text(&format!("{dear}{one}."), BODY, Face::Regular, TextAlign::Centre, 0.0);
        }
        let (x, width) = (self.x, self.width);
        for (at, one) in [dear].into_iter().chain(to.iter().map(String::as_str)).enumerate() {
            (self.x, self.width) = if at == 0 { (x + 25.0 * MM, width - 25.0 * MM) } else { (x + 40.0 * MM, width - 40.0 * MM) };
            let end = if at == to.len() { "." } else { ";" };
            let text = if at == 0 { one.trim_end().to_owned() } else { format!("- {one}{end}") };
            self.text(&text, BODY, Face::Regular, TextAlign::Left, 0.0);
        }
        (self.x, self.width) = (x, width);
    }

    /// Writes in a part of the line and returns how far down it went.
    fn column(&mut self, from: f32, share: f32, write: impl FnOnce(&mut Layout)) -> f32 {
        let (x, width, y) = (self.x, self.width, self.y);
        (self.x, self.width) = (x + width * from, width * share);
        write(self);
        let down = self.y;
        (self.x, self.width, self.y) = (x, width, y);
        down
    }

    pub(super) fn letterhead(&mut self, head: &Head30) {
        self.letter = head.letter.is_some();
        let left = self.column(0.0, 0.40, |layout| {
            if let Some(agency) = &head.agency {
                layout.title(agency, 13.0, Face::Regular);
            }
            layout.title(&head.issuer, 13.0, Face::Bold);
            layout.rule(0.4);
            if let Some((number, _)) = &head.letter {
                layout.text(number, 13.0, Face::Regular, TextAlign::Centre, 0.0);
            }
        });
        let right = self.column(0.38, 0.62, |layout| {
            layout.text(&head.nation, 12.5, Face::Bold, TextAlign::Centre, 0.0);
            layout.text(&head.motto, 13.5, Face::Bold, TextAlign::Centre, 0.0);
            layout.rule(0.56);
            if let Some((_, place_and_date)) = &head.letter {
                layout.text(place_and_date, BODY, Face::Italic, TextAlign::Centre, 0.0);
            }
        });
        self.y = left.max(right);
    }

    /// The line below the issuer and the motto.
    pub(super) fn rule(&mut self, share: f32) {
        let half = self.width * share / 2.0;
        let (middle, y) = (self.x + self.width / 2.0, self.y + 2.0);
        self.mark(Drawn::Line { from: (middle - half, y), to: (middle + half, y) });
        self.y += 6.0;
    }

    pub(super) fn signature(&mut self, signature: &Signature) {
        self.y += ABOVE;
        let left = self.column(0.0, 0.45, |layout| match &signature.beside {
            Beside::Copies { head, copies } => {
                layout.text(head, 12.0, Face::BoldItalic, TextAlign::Left, 0.0);
                for (at, copy) in copies.iter().enumerate() {
                    let end = if at + 1 == copies.len() { "." } else { ";" };
                    layout.text(&format!("- {copy}{end}"), SMALL, Face::Regular, TextAlign::Left, 0.0);
                }
            }
            Beside::Office { office, how } => {
                // Level with the other, above which stands the day.
                layout.y += BODY * LEADING;
                layout.text(office, BODY, Face::Bold, TextAlign::Centre, 0.0);
                layout.text(how, BODY, Face::Italic, TextAlign::Centre, 0.0);
            }
        });
        let right = self.column(0.45, 0.55, |layout| {
            if let Some(dated) = &signature.dated {
                layout.text(dated, BODY, Face::Italic, TextAlign::Centre, 0.0);
            }
            for line in &signature.office {
                layout.text(line, BODY, Face::Bold, TextAlign::Centre, 0.0);
            }
            if let Beside::Office { how, .. } = &signature.beside {
                layout.text(how, BODY, Face::Italic, TextAlign::Centre, 0.0);
            }
            layout.y += BODY * LEADING * 4.0;
            if let Some(signer) = &signature.signer {
                layout.text(signer, BODY, Face::Bold, TextAlign::Centre, 0.0);
            }
        });
        self.y = left.max(right);
    }
}
