//! What rows that tell of no take say in words: who ordered what, what became of the clock, which fault it was.

use serde::Deserialize;

use crate::asrun::row::Row;
use crate::control::request::Order;
use crate::lang::{Language, rows as words};
use crate::terms::*;

/// The names that our own rows use in `detail`; others are shown as they stand.
#[derive(Deserialize)]
struct Detail {
    what: Option<String>,
    why: Option<String>,
    detail: Option<String>,
    step_ms: Option<i64>,
    doubtful: Option<bool>,
    accepted: Option<bool>,
    off: Option<Reason>,
    order: Option<Order>,
}

/// `None` for what no program of ours wrote. `time` prints an instant as the station's clock shows it.
pub(super) fn told(row: &Row, time: impl Fn(Wall) -> String, lang: Language) -> Option<String> {
    let detail: Detail = serde_json::from_str(row.detail.as_deref()?).ok()?;
    let what = detail.what.as_deref();
    match row.kind {
        Kind::Order if what == Some("ran_out") => Some(words::ran_out(lang).to_owned()),
        Kind::Order => Some(words::order(lang, &detail.order?, row.ended_at.map(time).as_deref())),
        Kind::Clock => match detail.step_ms {
            Some(step_ms) => Some(words::stepped(lang, step_ms)),
            None => Some(words::believed(lang, row.clock?, detail.doubtful?)),
        },
        Kind::Plan => Some(words::plan(lang, detail.accepted?, detail.why.as_deref())),
        Kind::Start => Some(words::started(lang, detail.off, detail.doubtful.unwrap_or(false))),
        Kind::Fault => Some(words::fault(lang, what?, detail.detail.as_deref().or(detail.why.as_deref()))),
        Kind::Stop | Kind::Air | Kind::End | Kind::Hand | Kind::Gap => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn said(kind: Kind, detail: &str, lang: Language) -> Option<String> {
        let row = Row {
            detail: Some(detail.to_owned()),
            clock: Some(Evidence::Ntp),
            ended_at: (kind == Kind::Order).then_some(Wall(0)),
            ..Row::of(kind, Arc::from("cam-tan"), Origin::Live)
        };
        told(&row, |_| "18:00:00".to_owned(), lang)
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
        let step = r#"{"after":"ntp","before":"rtc","step_ms":-3245836,"what":"step"}"#;
        assert_eq!(said(Kind::Clock, step, Language::Vi).unwrap(), "giờ máy lùi lại 54 phút 6 giây");
        let years = r#"{"step_ms":1803854877544,"what":"step"}"#;
        assert_eq!(said(Kind::Clock, years, Language::En).unwrap(), "set forward by 20877 days");
        let believed = r#"{"after":"ntp","before":"rtc","doubtful":false,"what":"evidence","why":null}"#;
        assert_eq!(said(Kind::Clock, believed, Language::Vi).unwrap(), "theo giờ mạng");
        let fault = r#"{"detail":"unplugged","what":"device_lost"}"#;
        assert_eq!(said(Kind::Fault, fault, Language::Vi).unwrap(), "mất thiết bị âm thanh (unplugged)");
        let start = r#"{"boot_id":"x","version":"1","off_since":null,"off":"power_off","doubtful":true,"why":"carried"}"#;
        assert_eq!(said(Kind::Start, start, Language::Vi).unwrap(), "trước đó: mất điện; chưa tin được giờ máy, đài không phát");
    }

    #[test]
    fn what_is_not_ours_is_shown_as_it_stands() {
        for other in ["", "7", "{}", r#"{"order":{"do":"dance"}}"#] {
            assert_eq!(said(Kind::Order, other, Language::Vi), None, "{other}");
        }
    }
}
