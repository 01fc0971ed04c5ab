//! Text on a screen of so many columns: what does not fit goes on the next line, between words, and nothing is cut off. Where nobody
//! looks (a file, another program) a page is as wide as it needs.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns the screen has.
pub type ScreenWidth = Option<usize>;

/// What stands between two columns.
const GAP: usize = 2;
/// No column of text is made narrower.
const NARROWEST: usize = 10;

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    Left,
    Right,
    /// At the left, over several lines where the screen is narrow.
    Wrapped,
}

/// The columns of a table whose cells are known, so that its lines can be printed one by one.
pub struct TableLayout {
    columns: Vec<(Set, usize)>,
}

impl TableLayout {
    /// `rows` are all the rows, the head among them.
    pub fn of(columns: &[Set], rows: &[Vec<String>], screen: ScreenWidth) -> TableLayout {
        let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0);
        let columns: Vec<(Set, usize)> = columns.iter().enumerate().map(|(at, set)| (*set, widest(at))).collect();
        let Some(screen) = screen else { return TableLayout { columns } };
        let mut layout = TableLayout { columns };
        // The widest gives way first.
        while layout.width() > screen {
            let wrapped = layout.columns.iter_mut().filter(|(set, width)| *set == Set::Wrapped && *width > NARROWEST);
            let Some((_, width)) = wrapped.max_by_key(|(_, width)| *width) else { break };
            *width -= 1;
        }
        layout
    }

    fn width(&self) -> usize {
        self.columns.iter().map(|(_, width)| width + GAP).sum::<usize>().saturating_sub(GAP)
    }

    /// One row, as many lines as its cells need, each with its end.
    pub fn row(&self, cells: &[String]) -> String {
        let wrapped: Vec<Vec<String>> = self.columns.iter().zip(cells).map(|((_, width), cell)| wrap(cell, *width)).collect();
        let mut text = String::new();
        for line in 0..wrapped.iter().map(Vec::len).max().unwrap_or(0) {
            let mut set = String::new();
            for ((how, width), cell) in self.columns.iter().zip(&wrapped) {
                let cell = cell.get(line).map_or("", String::as_str);
                let space = " ".repeat(width.saturating_sub(cell.width()));
                set += &if *how == Set::Right { format!("{space}{cell}") } else { format!("{cell}{space}") };
                set += &" ".repeat(GAP);
            }
            text += set.trim_end();
            text.push('\n');
        }
        text
    }
}

/// A table of its own: the head and the rows below it. The head's words come to stand below each other only where the table is too wide
/// with them.
pub fn table(columns: &[Set], rows: &[Vec<String>], screen: ScreenWidth) -> String {
    let layout = TableLayout::of(columns, rows, screen);
    if screen.is_none_or(|screen| layout.width() <= screen) {
        return rows.iter().map(|row| layout.row(row)).collect();
    }
    let body = rows.get(1..).unwrap_or(&[]);
    let below = TableLayout::of(columns, body, None).columns;
    let heads = rows.first().map_or(&[][..], Vec::as_slice);
    let split: Vec<Vec<String>> =
        heads.iter().zip(&below).map(|(head, (_, width))| wrap(head, longest_word(head).max(*width))).collect();
    let lines = split.iter().map(Vec::len).max().unwrap_or(0);
    let heads = (0..lines).map(|line| split.iter().map(|head| head.get(line).cloned().unwrap_or_default()).collect());
    let rows: Vec<Vec<String>> = heads.chain(body.iter().cloned()).collect();
    let layout = TableLayout::of(columns, &rows, screen);
    rows.iter().map(|row| layout.row(row)).collect()
}

fn longest_word(text: &str) -> usize {
    text.split(' ').map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// A page whose lines fit: what goes on stands two columns to the right of where its line began.
pub fn page(text: &str, screen: ScreenWidth) -> String {
    let Some(screen) = screen else { return text.to_owned() };
    let mut fitted = String::new();
    for line in text.lines() {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        let hang = " ".repeat(indent + GAP);
        for (at, part) in wrap(body, screen.saturating_sub(indent + GAP).max(NARROWEST)).iter().enumerate() {
            fitted += &if at == 0 { format!("{}{part}\n", &line[..indent]) } else { format!("{hang}{part}\n") };
        }
    }
    fitted
}

/// The lines of a text, none wider than that. A word that is too long by itself is broken, behind a sign where it has one.
fn wrap(text: &str, width: usize) -> Vec<String> {
    if text.width() <= width {
        return vec![text.to_owned()];
    }
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ') {
        let mut word = word;
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        while word.width() > width {
            let (first, rest) = word.split_at(place_to_break(word, width));
            lines.push(first.to_owned());
            word = rest;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    lines.push(line);
    lines
}

/// How many bytes of a word fit.
fn place_to_break(word: &str, width: usize) -> usize {
    let mut used = 0;
    let fits = word.char_indices().find(|(_, c)| {
        used += c.width().unwrap_or(0);
        used > width
    });
    let most = fits.map_or(word.len(), |(at, _)| at);
    let first = word.chars().next().map_or(0, char::len_utf8);
    let sign = word[..most].rfind(['-', '_', '/', '.']).map(|at| at + 1).filter(|at| *at > first);
    sign.unwrap_or(most.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<String>> {
        let rows = [
            ["Giờ lịch", "Nội dung", "Độ to (LUFS)", "Kết quả"],
            ["05:30:00", "Tổng đài quốc gia bảo vệ trẻ em 111, gọi miễn phí cả ngày lẫn đêm", "−18,0", "đã phát đủ"],
            ["05:31:00", "Chín", "−9,5", "không phát được: thiết bị âm thanh lỗi"],
        ];
        rows.map(|row| row.map(str::to_owned).to_vec()).to_vec()
    }

    const COLUMNS: [Set; 4] = [Set::Left, Set::Wrapped, Set::Right, Set::Wrapped];

    #[test]
    fn a_table_fits_its_screen_and_loses_no_word() {
        let words = |text: &str| {
            let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            words.sort();
            words
        };
        let wide = table(&COLUMNS, &rows(), None);
        assert_eq!(wide.lines().count(), 3, "{wide}");
        for screen in [60, 80, 100] {
            let narrow = table(&COLUMNS, &rows(), Some(screen));
            assert!(narrow.lines().all(|line| line.width() <= screen), "{narrow}");
            assert_eq!(words(&narrow), words(&wide), "{narrow}");
        }
    }

    #[test]
    fn what_has_room_stays_on_one_line() {
        assert_eq!(table(&COLUMNS, &rows(), Some(200)), table(&COLUMNS, &rows(), None));
    }

    #[test]
    fn a_word_that_is_too_long_breaks_behind_a_sign() {
        assert_eq!(wrap("action-month-where-to-turn", 15), ["action-month-", "where-to-turn"]);
        assert_eq!(wrap("aaaaaaaaaaaa", 5), ["aaaaa", "aaaaa", "aa"]);
        assert_eq!(wrap("ở đây", 4), ["ở", "đây"]);
    }

    #[test]
    fn a_line_goes_on_to_the_right_of_where_it_began() {
        let text = "Sự cố:\n  mất thiết bị âm thanh, cắm lại dây USB\n";
        assert_eq!(page(text, Some(26)), "Sự cố:\n  mất thiết bị âm thanh,\n    cắm lại dây USB\n");
        assert_eq!(page(text, None), text);
    }
}
