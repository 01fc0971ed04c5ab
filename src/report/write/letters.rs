//! How wide texts are in Tinos, which is as wide as Times New Roman: where lines end, on paper of our own and in what Word will print.

use ttf_parser::Face as Metrics;

use crate::report::write::paper::clean;

pub const FONTS: [&[u8]; 4] = [
    include_bytes!("../../../assets/fonts/Tinos-Regular.ttf"),
    include_bytes!("../../../assets/fonts/Tinos-Bold.ttf"),
    include_bytes!("../../../assets/fonts/Tinos-Italic.ttf"),
    include_bytes!("../../../assets/fonts/Tinos-BoldItalic.ttf"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Regular,
    Bold,
    Italic,
    BoldItalic,
}

pub struct Letters {
    faces: [Metrics<'static>; 4],
}

impl Letters {
    pub fn read() -> Option<Letters> {
        let [a, b, c, d] = FONTS;
        let read = |bytes: &'static [u8]| Metrics::parse(bytes, 0).ok();
        Some(Letters { faces: [read(a)?, read(b)?, read(c)?, read(d)?] })
    }

    fn face(&self, face: Face) -> &Metrics<'static> {
        let [regular, bold, italic, both] = &self.faces;
        match face {
            Face::Regular => regular,
            Face::Bold => bold,
            Face::Italic => italic,
            Face::BoldItalic => both,
        }
    }

    pub fn length(&self, text: &str, size: f32, face: Face) -> f32 {
        let font = self.face(face);
        let units: u32 = text
            .chars()
            .filter_map(|c| font.glyph_index(c))
            .filter_map(|glyph| font.glyph_hor_advance(glyph))
            .map(u32::from)
            .sum();
        units as f32 * size / f32::from(font.units_per_em())
    }

    /// What the font can show; the rest as question marks.
    pub fn shown(&self, text: &str, face: Face) -> String {
        let font = self.face(face);
        clean(text).chars().map(|c| if font.glyph_index(c).is_some() { c } else { '?' }).collect()
    }

    /// Lines no longer than `width`, the first one shorter by `indent`. A word that is too long is cut.
    pub fn lines(&self, text: &str, size: f32, face: Face, width: f32, indent: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let most = width - if lines.is_empty() { indent } else { 0.0 };
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.length(&longer, size, face) <= most {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                line.push(c);
                if self.length(&line, size, face) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, c.to_string()));
                }
            }
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// As many lines as it needs, but about equally long: the subject of a letter does not leave one word alone in its last line.
    pub fn balanced(&self, text: &str, size: f32, face: Face, width: f32) -> Vec<String> {
        let widest = self.lines(text, size, face, width, 0.0);
        // No narrower than its longest word: that would be cut.
        let longest = text.split(' ').map(|word| self.length(word, size, face)).fold(0.0, f32::max);
        let (mut narrow, mut wide) = ((width / 2.0).max(longest.min(width)), width);
        while wide - narrow > 2.0 {
            let middle = (narrow + wide) / 2.0;
            if self.lines(text, size, face, middle, 0.0).len() > widest.len() { narrow = middle } else { wide = middle }
        }
        self.lines(text, size, face, wide, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_broken_into_lines_of_about_one_length() {
        let letters = Letters::read().unwrap();
        let title = "Kết quả tuyên truyền bình đẳng giới và phòng ngừa, ứng phó với bạo lực trên cơ sở giới năm 2026 trên loa truyền thanh";
        let greedy = letters.lines(title, 14.0, Face::Bold, 467.0, 0.0);
        let balanced = letters.balanced(title, 14.0, Face::Bold, 467.0);
        assert_eq!(greedy.len(), balanced.len());
        assert_eq!(balanced.join(" "), title);
        let length = |line: &String| letters.length(line, 14.0, Face::Bold);
        let (shortest, longest) =
            balanced.iter().map(length).fold((f32::MAX, 0.0_f32), |(a, b), length| (a.min(length), b.max(length)));
        assert!(longest <= 467.0 && shortest > longest * 0.7, "{balanced:?}");
        assert_eq!(
            letters.balanced("ĐÀI\u{a0}TRUYỀN\u{a0}THANH XÃ\u{a0}CẨM\u{a0}TÂN", 13.0, Face::Bold, 170.0).len(),
            2,
            "no name is cut"
        );
        assert_eq!(letters.balanced("BÁO CÁO", 14.0, Face::Bold, 467.0), ["BÁO CÁO"]);
    }
}
