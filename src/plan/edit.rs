//! The plan's text edited in place: what a person wrote, comments and layout with it, stays as it is.
//!
//! Pure: text in, text out. Whoever writes it reads it as a plan first.

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};

use crate::calendar::span::DaySpan;
use crate::terms::*;

/// An item to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NewItem {
    pub id: String,
    pub file: String,
    pub title: String,
    pub kind: ItemKind,
    pub topic: Option<String>,
    pub tags: Vec<String>,
    pub language: Option<String>,
    pub supplier: Option<String>,
    pub valid: DaySpan,
}

/// A file of the plan with one more item, behind the others that it has; `None` where the text is no TOML, or its items are not written as
/// `[[item]]`.
pub fn with_item(text: &str, item: &NewItem) -> Option<String> {
    // What Notepad puts first stays first.
    let bare = text.trim_start_matches('\u{feff}');
    let mark = &text[..text.len() - bare.len()];
    let mut document: DocumentMut = bare.parse().ok()?;
    let items = document.entry("item").or_insert(Item::ArrayOfTables(ArrayOfTables::new())).as_array_of_tables_mut()?;
    items.push(table(item));
    let mut edited = document.to_string();
    // Windows' line ends stay what they are all over the file.
    if text.contains("\r\n") {
        edited = edited.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    Some(format!("{mark}{edited}"))
}

fn table(item: &NewItem) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table.insert("id", value(item.id.as_str()));
    table.insert("file", value(item.file.as_str()));
    table.insert("title", value(item.title.as_str()));
    if item.kind != ItemKind::Announcement {
        table.insert("kind", value(item.kind.as_str()));
    }
    for (key, text) in [("topic", &item.topic), ("language", &item.language), ("supplier", &item.supplier)] {
        if let Some(text) = text {
            table.insert(key, value(text.as_str()));
        }
    }
    if !item.tags.is_empty() {
        table.insert("tags", value(item.tags.iter().map(String::as_str).collect::<Array>()));
    }
    let days = [("from", item.valid.from), ("until", item.valid.until)];
    let mut valid = InlineTable::new();
    for (key, day) in days {
        let day = day.and_then(|day| day.to_string().parse::<toml_edit::Datetime>().ok());
        if let Some(day) = day {
            valid.insert(key, day.into());
        }
    }
    if !valid.is_empty() {
        table.insert("valid", value(valid));
    }
    table
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn notice() -> NewItem {
        NewItem {
            id: "tiem-chung".into(),
            file: "tiem-chung.mp3".into(),
            title: "Tiêm \"chủng\"".into(),
            kind: ItemKind::Notice,
            topic: None,
            tags: vec!["moi".into()],
            language: None,
            supplier: Some("y-te".into()),
            valid: DaySpan { from: None, until: Some(date(2026, 12, 8)) },
        }
    }

    #[test]
    fn what_a_person_wrote_stays_as_it_is() {
        let text = "# Của xã\nformat = 1\n\n[[item]]   # một\nid=\"a\"\n\n# Chương trình\n[[programme]]\nid = \"p\" # giữ\n";
        let edited = with_item(text, &notice()).unwrap();
        insta::assert_snapshot!(edited);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().all(|line| edited.lines().any(|other| other == *line)), "{edited}");
    }

    #[test]
    fn a_file_without_an_item_gets_its_first() {
        let edited = with_item("format = 1\r\n", &notice()).unwrap();
        assert!(edited.starts_with("format = 1\r\n\r\n[[item]]\r\nid = \"tiem-chung\"\r\n"), "{edited:?}");
        assert!(!edited.replace("\r\n", "").contains('\n'));
        assert!(with_item("\u{feff}format = 1\n", &notice()).unwrap().starts_with("\u{feff}format = 1\n"));
        assert_eq!(with_item("= 1", &notice()), None);
        assert_eq!(with_item("item = 1", &notice()), None);
    }
}
