//! The words of the log's rows that tell of no take: orders, the clock, plans, starts and faults.

use crate::control::status::FaultCode;
use crate::lang::log::{priority, reason};
use crate::lang::status::{evidence, fault as standing_fault};
use crate::lang::{Language, mourning, status};
use crate::terms::*;

/// What a person ordered. `until` is when it ends, as the station's clock shows it.
pub fn order(lang: Language, order: &Order, until: Option<&str>) -> String {
    let until = until.map(|until| format!(" {}", status::until(lang, until))).unwrap_or_default();
    match order {
        Order::Play { item, priority: rank, outputs, reason, .. } => {
            let names: Vec<&str> = outputs.iter().map(OutputId::as_str).collect();
            let outputs = if names.is_empty() { String::new() } else { format!(" → {}", names.join(", ")) };
            let why = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{} {item} ({}){outputs}{until}{why}", lang.pick("phát", "play"), priority(lang, *rank))
        }
        Order::Drill { item, .. } => lang.pick(format!("phát thử nghiệm {item}"), format!("drill {item}")),
        Order::Stop { output: Some(output) } => lang.pick(format!("ngừng phát ở {output}"), format!("stop {output}")),
        Order::Stop { output: None } => lang.pick("ngừng phát", "stop").to_owned(),
        Order::Hold { .. } => format!("{}{}", lang.pick("tạm ngừng mọi buổi phát", "hold"), until),
        Order::Release => lang.pick("cho phát lại", "release").to_owned(),
        Order::Skip { broadcast, .. } => lang.pick(format!("bỏ một lần {broadcast}"), format!("skip {broadcast}")),
        Order::Unskip { broadcast, .. } => lang.pick(format!("thôi bỏ {broadcast}"), format!("unskip {broadcast}")),
        Order::Mourning(period) => mourning::ordered(lang, period, &until),
        Order::WithdrawMourning { .. } => mourning::withdrawn(lang).to_owned(),
        Order::ConfirmClock => lang.pick("xác nhận giờ máy đúng", "the clock is right").to_owned(),
    }
}

/// A hold that had an end was over.
pub fn ran_out(lang: Language) -> &'static str {
    lang.pick("hết hạn tạm ngừng, phát lại", "the hold was over")
}

pub fn stepped(lang: Language, step_ms: i64) -> String {
    // A clock that woke in 1970 is set forward by fifty years.
    let days = step_ms.saturating_abs() / 86_400_000;
    let in_days = || lang.pick(format!("{days} ngày"), format!("{days} days"));
    let length = if days < 2 { status::length(lang, step_ms.saturating_abs()) } else { in_days() };
    let way = if step_ms < 0 {
        lang.pick("giờ máy lùi lại", "set back by")
    } else {
        lang.pick("giờ máy tiến lên", "set forward by")
    };
    format!("{way} {length}")
}

pub fn believed(lang: Language, why: Evidence, doubtful: bool) -> String {
    let doubt = if doubtful { format!("; {}", standing_fault(lang, FaultCode::ClockDoubtful).0) } else { String::new() };
    format!("{}{doubt}", evidence(lang, why))
}

pub fn plan(lang: Language, accepted: bool, why: Option<&str>) -> String {
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    if accepted {
        lang.pick("dùng từ đây", "in force").to_owned()
    } else {
        format!("{}{why}", standing_fault(lang, FaultCode::PlanRefused).0)
    }
}

/// Why the station had been silent before it started.
pub fn started(lang: Language, off: Option<Reason>, doubtful: bool) -> String {
    let off = off.map(|off| lang.pick(format!("trước đó: {}", reason(lang, off)), format!("before: {}", reason(lang, off))));
    let doubt = doubtful.then(|| standing_fault(lang, FaultCode::ClockDoubtful).0.to_owned());
    [off, doubt].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Why the station ended, as its `stop` row says.
pub fn stopped(lang: Language, why: &str) -> &str {
    match why {
        "SIGTERM" => lang.pick("hệ thống yêu cầu", "the system asked (SIGTERM)"),
        "SIGINT" => lang.pick("có người bấm Ctrl-C", "somebody pressed Ctrl-C"),
        "the rehearsal is over" => lang.pick("nghe thử xong", "the rehearsal is over"),
        "the drill is over" => lang.pick("thử nghiệm xong", "the drill is over"),
        other => other,
    }
}

/// Which rows a wrong time brought forth.
/// What a person entered, and under which number.
pub fn by_hand(lang: Language, what: Manual, seq: u64, withdraws: Option<u64>) -> String {
    let what = crate::lang::report::hand_kind(lang, what);
    match withdraws {
        Some(entry) => lang.pick(format!("hủy dòng ghi tay {entry}"), format!("takes back row {entry}")),
        None => lang.pick(format!("{what}; ghi tay, dòng {seq}"), format!("{what}; by hand, row {seq}")),
    }
}

pub fn void(lang: Language, rows: &[u64]) -> String {
    let rows = rows.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    lang.pick(
        format!("các dòng {rows} ghi theo giờ sai, không tính; phát lại theo giờ đúng"),
        format!("rows {rows} were written by a wrong time and do not count; it is owed again"),
    )
}

/// Which fault; in English also what the system said of it, which is English.
pub fn fault(lang: Language, what: FaultEvent, detail: Option<&str>) -> String {
    let what = match what {
        FaultEvent::DeviceLost => standing_fault(lang, FaultCode::DeviceLost).0,
        FaultEvent::NoDevice => standing_fault(lang, FaultCode::NoDevice).0,
        FaultEvent::LogGone => standing_fault(lang, FaultCode::LogGone).0,
        FaultEvent::DeviceBack => lang.pick("thiết bị âm thanh đã nối lại", "the sound device is back"),
        FaultEvent::DeadAir => lang.pick("im lặng giữa buổi phát", "silence within a broadcast"),
        FaultEvent::RowRefused => lang.pick("một dòng nhật ký không ghi được", "the log refused a row"),
    };
    detail.filter(|_| lang == Language::En).map_or_else(|| what.to_owned(), |detail| format!("{what} ({detail})"))
}
