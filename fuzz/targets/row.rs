//! Whatever a row's text is: it is read or refused, what is read is written back as it was, and the chain takes it.
#![no_main]

use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use loaxa::asrun::chain::Head;
use loaxa::asrun::history::History;
use loaxa::asrun::row::{COLUMNS, Row, SEPARATOR};
use loaxa::asrun::standing::Standing;

fuzz_target!(|bytes: &[u8]| {
    // Separators are rare among bytes: a bar stands for one.
    let text = String::from_utf8_lossy(bytes).replace('|', &SEPARATOR.to_string());
    let _ = text.parse::<Head>();
    let Ok(mut row) = Row::parse(&text) else { return };
    for (column, cell) in COLUMNS.iter().zip(text.split(SEPARATOR)) {
        let json = column.form.json(cell);
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{}: {json}", column.name);
        column.form.csv(cell);
    }
    if let Ok(canonical) = row.canonical(&TimeZone::UTC) {
        let again = Row::parse(&canonical).unwrap();
        assert_eq!(again.canonical(&TimeZone::UTC).unwrap(), canonical);
        let _ = Head::EMPTY.next(&canonical);
    }
    row.clean();
    row.canonical(&TimeZone::UTC).expect("what was cleaned can be written");
    History::default().note(&row);
    Standing::default().note(&row);
});
