//! The report for programs: figures exact (airtime in milliseconds), keys in English whatever the language. Field names stay.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::report::document::Proof;
use crate::report::document::ReportDocument;
use crate::report::tally::figures::{Compared, Figures, LeftOut, Outcomes, SameDays};
use crate::report::tally::fold::Reasons;
use crate::report::tally::table::{Cell, Column, Minutes, ReportTable, Role, TableLine};
use crate::report::tally::tables::Sums;

/// Everything but the log's lines; [`Lines`] adds those.
pub fn head(document: &ReportDocument, sums: &Sums, proofs: &[Proof]) -> Map<String, Value> {
    let scope = &sums.scope;
    let proof = |proof: &Proof| json!({ "station": proof.station, "head": proof.head.to_string(), "ok": proof.good, "witnessed": proof.witnessed });
    let annexes = sums.annexes();
    let all = document.sessions().into_iter().chain(&sums.tables);
    let tables: Vec<Value> = all.map(|of| table(of, annexes.number(of.id))).collect();
    let whole = json!({
        "title": document.title,
        "banner": document.banner,
        "origin": scope.origin,
        "from": scope.from.to_string(),
        "until": scope.until.to_string(),
        "as_of": scope.as_of.min(scope.until).to_string(),
        "days": scope.days(), "days_with_log": sums.figures.days,
        "log": proofs.iter().map(proof).collect::<Vec<_>>(),
        "log_since": sums.log_since.map(|day| day.to_string()),
        "log_until": sums.log_until.iter().map(|(_, at)| at.to_string()).min(),
        "missing_plans": sums.missing_plans,
        "unreadable_rows": sums.unreadable,
        "summary": figures(&sums.figures),
        "compared": compared(&sums.compared),
        "outcomes": outcomes(&sums.outcomes),
        "ordered": outcomes(&sums.ordered),
        "apart": {
            "signals_ms": sums.apart.signals_ms, "music_ms": sums.apart.music_ms, "notices_ms": sums.apart.notices_ms,
            "emergencies_ms": sums.apart.emergencies_ms,
            "live_by_hand_ms": sums.apart.live_by_hand_ms, "relayed_by_hand_ms": sums.apart.relayed_by_hand_ms,
            "test_airings": sums.apart.tests,
        },
        "punctuality": {
            "begun": sums.punctuality.begun, "within_1s": sums.punctuality.on_time, "worst_ms": sums.punctuality.worst_ms,
        },
        "tables": tables,
    });
    match whole {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn figures(of: &Figures) -> Value {
    json!({
        "airings": of.airings, "first_runs": of.first_runs, "repeats": of.repeats, "airtime_ms": of.airtime_ms,
        "duty_airtime_ms": of.duty_ms, "items": of.items, "recordings": of.recordings, "broadcasts": of.broadcasts,
        "programmes": of.programmes, "broadcasts_a_day": of.times_a_day().map(|tenths| tenths as f64 / 10.0),
    })
}

fn compared(compared: &Compared) -> Value {
    match compared {
        Compared::None => Value::Null,
        Compared::LeftOut { from, until, why } => {
            let why = match why {
                LeftOut::NoData => "no_data",
                LeftOut::NotWhole => "not_whole",
            };
            json!({ "from": from.to_string(), "until": until.to_string(), "source": null, "left_out": why, "summary": null })
        }
        Compared::Log { from, until, same, figures: of } => {
            let same_days = |same: &SameDays| json!({ "from": same.from.to_string(), "until": same.until.to_string(), "summary": figures(&same.figures) });
            json!({
                "from": from.to_string(), "until": until.to_string(), "source": "log", "summary": figures(of),
                "same_days": same.as_ref().map(same_days),
            })
        }
        Compared::Baseline { from, until, source, figures: of } => {
            json!({ "from": from.to_string(), "until": until.to_string(), "source": source, "summary": figures(of) })
        }
    }
}

fn outcomes(of: &Outcomes) -> Value {
    let reasons = |of: &Reasons| -> Value {
        let all = of.by_count().into_iter().map(|(reason, count)| (reason.as_str().to_owned(), json!(count)));
        Value::Object(all.collect())
    };
    json!({
        "planned": of.planned(), "aired": of.aired, "partial": of.partial, "missed": of.missed, "skipped": of.skipped,
        "no_data": of.no_data, "made_up": of.made_up,
        "reasons": { "partial": reasons(&of.why_partial), "missed": reasons(&of.why_missed), "skipped": reasons(&of.why_skipped) },
    })
}

fn table(table: &ReportTable, annex: &str) -> Value {
    let lines: Vec<Value> = table.lines.iter().map(|line| self::line(&table.columns, line)).collect();
    json!({ "table": table.id, "annex": annex, "about": table.about, "lines": lines, "notes": table.notes })
}

pub fn line(columns: &[Column], line: &TableLine) -> Value {
    let role = match line.role {
        Role::Group => "group",
        Role::Item => "item",
        Role::Total => "total",
    };
    let mut map = Map::new();
    map.insert("role".to_owned(), json!(role));
    map.insert("id".to_owned(), json!(line.key));
    for (column, cell) in columns.iter().zip(&line.cells).filter(|(column, _)| **column != Column::Number) {
        let (suffix, value) = value(cell);
        map.insert(format!("{column}{suffix}"), value);
    }
    Value::Object(map)
}

fn value(cell: &Cell) -> (&'static str, Value) {
    let tenths = |value: i64| json!(value as f64 / 10.0);
    match cell {
        Cell::Blank | Cell::NoData => ("", Value::Null),
        Cell::Text(text) | Cell::Recording(text) => ("", json!(text)),
        Cell::Count(count) => ("", json!(count)),
        Cell::Minutes(Minutes { ms, .. }) | Cell::Length(ms) | Cell::Seconds(ms) => ("_ms", json!(ms)),
        Cell::Percent(value) | Cell::Tenths(value) => ("", tenths(*value)),
        Cell::Date(date) => ("", json!(date.to_string())),
        Cell::Moment(at) => ("", json!(at.to_string())),
    }
}

/// Writes the document with the log's lines streamed into it, one by one.
pub fn begin(out: &mut impl Write, head: Map<String, Value>) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&Value::Object(head))?;
    out.write_all(text.trim_end().trim_end_matches('}').trim_end().as_bytes())?;
    out.write_all(b",\n  \"rows\": [")
}

pub fn row(out: &mut impl Write, first: bool, row: &Value) -> io::Result<()> {
    out.write_all(if first { b"\n    " } else { b",\n    " })?;
    serde_json::to_writer(&mut *out, row)?;
    Ok(())
}

pub fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\n  ]\n}\n")
}
