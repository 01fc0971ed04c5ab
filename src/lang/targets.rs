//! The words of a campaign's forecast against its targets.

use jiff::civil::Date;

use crate::lang::{Language, rundown};

pub fn title(lang: Language, name: &str, from: Date, until: Date) -> String {
    let day = |day: Date| lang.pick(day.strftime("%d/%m/%Y").to_string(), day.to_string());
    format!("{}: {name}, {} – {}", lang.pick("Chỉ tiêu của đợt", "Targets of the campaign"), day(from), day(until))
}

pub fn heads(lang: Language) -> [&'static str; 5] {
    lang.pick(
        ["Nhóm nội dung", "Chỉ tiêu", "Đã phát", "Đến hết đợt", "Kết quả"],
        ["Topic", "Target", "Aired", "By the end", "Result"],
    )
}

pub fn no_targets(lang: Language) -> &'static str {
    lang.pick("Đợt này không có chỉ tiêu (`targets`).", "This campaign has no targets.")
}

pub fn airings(lang: Language, count: i64) -> String {
    match (lang, count) {
        (Language::Vi, count) => format!("{count} lượt"),
        (Language::En, 1) => "1 airing".to_owned(),
        (Language::En, count) => format!("{count} airings"),
    }
}

/// To the second; what is missing or has aired is never rounded to nothing.
pub fn airtime(lang: Language, ms: i64) -> String {
    rundown::length(lang, (ms + 999).div_euclid(1000))
}

pub fn hit(lang: Language) -> &'static str {
    lang.pick("đạt", "hit")
}

pub fn missing(lang: Language, amount: &str) -> String {
    lang.pick(format!("thiếu {amount}"), format!("short by {amount}"))
}

pub fn sum(lang: Language, hit: usize, all: usize) -> String {
    lang.pick(
        format!("Dự kiến đạt {hit}/{all} chỉ tiêu nếu mọi lần phát còn lại đều phát đủ."),
        format!("{hit} of {all} targets will be met if all that is still to come airs whole."),
    )
}

/// No such campaign in the plan.
pub fn unknown_campaign(lang: Language, id: &str, known: &str) -> String {
    lang.pick(format!("kế hoạch không có đợt `{id}`; có: {known}"), format!("the plan has no campaign `{id}`; it has: {known}"))
}

/// A warning of a check, and what to do: so many days of the campaign, from `from` to `until`.
pub fn out_of_reach(
    lang: Language,
    campaign: &str,
    topic: &str,
    wanted: &str,
    forecast: &str,
    from: Date,
    until: Date,
) -> (String, String) {
    let day = |day: Date| lang.pick(day.strftime("%d/%m/%Y").to_string(), day.to_string());
    let (from, until) = (day(from), day(until));
    lang.pick(
        (
            format!("đợt `{campaign}` không đạt chỉ tiêu “{topic}”: từ {from} đến {until} cần {wanted}, lịch này chỉ phát được {forecast}"),
            "Thêm lần phát hoặc tin, bài của nhóm này, hoặc giảm chỉ tiêu.".to_owned(),
        ),
        (
            format!("the campaign `{campaign}` will not meet its target for “{topic}”: {wanted} from {from} to {until}, and the plan airs {forecast}"),
            "Add broadcasts or items of that topic, or lower the target.".to_owned(),
        ),
    )
}
