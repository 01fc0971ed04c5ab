//! What rows that tell of no take say in words: who ordered what, what became of the clock, which fault it was, which rows are gone.

use crate::asrun::fact::{ByItself, ClockChange, Fact, GapFact, Lack, OrderFact};
use crate::asrun::row::Row;
use crate::lang::{Language, chores, log, rows as words};
use crate::terms::*;

/// `None` for what no program of ours wrote. `time` prints an instant as the station's clock shows it.
pub(super) fn row_text(row: &Row, time: impl Fn(Wall) -> String, lang: Language) -> Option<String> {
    match &row.fact {
        Fact::Order(OrderFact { by_itself: Some(ByItself::RanOut), .. }) => Some(words::ran_out(lang).to_owned()),
        Fact::Order(given) => Some(words::order(lang, given.order.as_ref()?, row.ended_at.map(time).as_deref())),
        Fact::Clock(judged) => match judged.what {
            ClockChange::Step { step_ms } => Some(words::stepped(lang, step_ms)),
            ClockChange::Evidence { doubtful, .. } => Some(words::believed(lang, row.clock?, doubtful)),
        },
        // Where it stands in the plan's files, and what follows it, is a page of its own.
        Fact::Plan(read) => {
            Some(words::plan(lang, read.accepted, read.why.as_deref().and_then(|why| why.split("-->").next()).map(str::trim)))
        }
        Fact::Start(start) => Some(words::started(lang, start.off, start.doubtful)),
        Fact::Fault(fault) => Some(words::fault(lang, fault.what?, fault.detail.as_deref().or(fault.why.as_deref()))),
        Fact::Void(void) => Some(words::void(lang, &void.rows)),
        Fact::Gap(gap) => lost(gap, lang),
        Fact::Stop(stop) => Some(words::stopped(lang, &stop.why).to_owned()),
        Fact::Hand(entry) => Some(words::by_hand(lang, entry.what, row.seq, entry.withdraws)),
        Fact::Air(_) | Fact::End | Fact::Other(..) => None,
    }
}

/// What a `gap` row says of itself.
fn lost(gap: &GapFact, lang: Language) -> Option<String> {
    let lost = gap.from_seq.zip(gap.to_seq).map(|(from, to)| chores::rows_gone(lang, from, to));
    Some(match gap.what {
        Lack::LostRows => chores::log_gap(lang, gap.from_seq?, gap.to_seq?),
        Lack::OtherLog => chores::log_other(lang).to_owned(),
        Lack::NoRoom => chores::rows_let_go(lang, gap.rows?),
        Lack::LogDamaged => {
            let rescued = chores::log_rescued(lang, gap.set_aside.as_deref(), gap.backup.as_deref());
            [Some(log::log_damaged(lang, &rescued)), lost].into_iter().flatten().collect::<Vec<_>>().join("; ")
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn said(kind: Kind, detail: &str, lang: Language) -> Option<String> {
        let row = Row {
            clock: Some(Evidence::Ntp),
            ended_at: (kind == Kind::Order).then_some(Wall(0)),
            ..Row::of(Fact::parse(kind, detail).0, Arc::from("cam-tan"), Origin::Live)
        };
        row_text(&row, |_| "18:00:00".to_owned(), lang)
    }

    #[test]
    fn each_kind_is_told_in_words() {
        let hold = r#"{"id":"a","order":{"do":"hold","until":5}}"#;
        assert_eq!(said(Kind::Order, hold, Language::Vi).unwrap(), "tạm ngừng mọi buổi phát đến 18:00:00");
        let over = r#"{"order":{"do":"release"},"what":"ran_out"}"#;
        assert_eq!(said(Kind::Order, over, Language::En).unwrap(), "the hold was over");
        let flood = r#"{"id":"b","order":{"do":"play","item":"lu-quet","priority":"emergency","outputs":["loa-1"],"reason":"lũ quét",
            "emergency":{"every":"PT5M","lasting":"PT25M","times":3}}}"#;
        assert_eq!(said(Kind::Order, flood, Language::Vi).unwrap(), "phát lu-quet (khẩn cấp) → loa-1 đến 18:00:00: lũ quét");
        let both = flood.replace("[\"loa-1\"]", "[\"loa-1\",\"loa-2\"]");
        assert!(said(Kind::Order, &both, Language::En).unwrap().contains("(emergency) → loa-1, loa-2 until"));
        let step = r#"{"after":"ntp","before":"rtc","step_ms":-3245836,"what":"step"}"#;
        assert_eq!(said(Kind::Clock, step, Language::Vi).unwrap(), "giờ máy lùi lại 54 phút 6 giây");
        let years = r#"{"after":"ntp","before":"rtc","step_ms":1803854877544,"what":"step"}"#;
        assert_eq!(said(Kind::Clock, years, Language::En).unwrap(), "set forward by 20877 days");
        let believed = r#"{"after":"ntp","before":"rtc","doubtful":false,"what":"evidence","why":null}"#;
        assert_eq!(said(Kind::Clock, believed, Language::Vi).unwrap(), "theo giờ mạng");
        let fault = r#"{"detail":"unplugged","what":"device_lost"}"#;
        assert_eq!(said(Kind::Fault, fault, Language::Vi).unwrap(), "mất thiết bị âm thanh");
        assert_eq!(said(Kind::Fault, fault, Language::En).unwrap(), "the sound device is lost (unplugged)");
        let stop = r#"{"why":"SIGTERM"}"#;
        assert_eq!(said(Kind::Stop, stop, Language::Vi).unwrap(), "hệ thống yêu cầu");
        let void = r#"{"rows":[7,9]}"#;
        assert_eq!(
            said(Kind::Void, void, Language::Vi).unwrap(),
            "các dòng 7, 9 ghi theo giờ sai, không tính; phát lại theo giờ đúng"
        );
        let start = r#"{"boot_id":"x","version":"1","off_since":null,"off":"power_off","doubtful":true,"why":"carried"}"#;
        assert_eq!(said(Kind::Start, start, Language::Vi).unwrap(), "trước đó: mất điện; chưa tin được giờ máy, đài không phát");
    }

    #[test]
    fn a_gap_is_told_in_words_and_nothing_of_it_is_hidden() {
        let gap = |detail: &str, lang| said(Kind::Gap, detail, lang);
        let lost = r#"{"from_seq":6,"lodged":null,"to_seq":9,"what":"lost_rows"}"#;
        assert!(gap(lost, Language::Vi).unwrap().starts_with("mất các dòng 6–9: mất điện"));
        assert!(gap(r#"{"what":"other_log","lodged":null,"common":null}"#, Language::En).unwrap().contains("exchanged"));
        assert!(gap(r#"{"rows":14,"what":"no_room"}"#, Language::Vi).unwrap().contains("mất 14 dòng"));
        let damaged = r#"{"what":"log_damaged","why":"x","set_aside":"log.damaged-1","backup":null,"from_seq":1,"to_seq":4}"#;
        let said = gap(damaged, Language::En).unwrap();
        assert!(said.contains("log.damaged-1") && said.contains("rows 1 to 4"), "{said}");
        for other in ["", "7", "{}", r#"{"what":"lost_rows"}"#, r#"{"what":"else"}"#] {
            assert_eq!(gap(other, Language::Vi), None, "{other}: shown as it stands");
        }
    }

    #[test]
    fn what_is_not_ours_is_shown_as_it_stands() {
        for other in ["", "7", "{}", r#"{"order":{"do":"dance"}}"#] {
            assert_eq!(said(Kind::Order, other, Language::Vi), None, "{other}");
        }
    }
}
