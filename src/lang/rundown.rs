//! The words of the rundown.

use jiff::civil::Date;

use crate::calendar::lunar::LunarDate;
use crate::lang::Language;
use crate::lang::written::weekday;
use crate::terms::*;

pub fn title(lang: Language, station: &str) -> String {
    format!("{}: {station}", lang.pick("Lịch phát", "Rundown"))
}

/// The head of a day.
pub fn day(lang: Language, day: Date) -> String {
    let name = weekday(lang, day.weekday());
    let date = lang.pick(day.strftime("%d/%m/%Y").to_string(), day.to_string());
    lang.pick(format!("{name}, ngày {date}"), format!("{name} {date}"))
}

/// The head of a day with its lunar day beside it, which only Vietnamese readers ask for.
pub fn both_days(lang: Language, day: Date) -> String {
    let head = self::day(lang, day);
    match (lang, lunar(day)) {
        (Language::Vi, Some(lunar)) => format!("{head} ({lunar})"),
        (Language::Vi, None) | (Language::En, _) => head,
    }
}

/// `8/10 âm lịch`, in a leap month `8/6 nhuận âm lịch`.
pub fn lunar(day: Date) -> Option<String> {
    let LunarDate { month, leap, day, .. } = LunarDate::of(day)?;
    Some(format!("{day}/{month}{} âm lịch", if leap { " nhuận" } else { "" }))
}

pub fn nothing(lang: Language) -> &'static str {
    lang.pick("Không có lần phát nào.", "Nothing is planned.")
}

/// What stands in the topic's place for an item that has none.
pub fn kind(lang: Language, kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Announcement => lang.pick("tin, bài", "announcement"),
        ItemKind::Notice => lang.pick("thông báo", "notice"),
        ItemKind::Music => lang.pick("âm nhạc", "music"),
        ItemKind::Signal => lang.pick("nhạc hiệu", "signal tune"),
        ItemKind::Ident => lang.pick("lời xướng", "ident"),
        ItemKind::Emergency => lang.pick("khẩn cấp", "emergency"),
    }
}

/// A slot that will not air, and why.
pub fn left_out(lang: Language, status: Status, reason: Reason) -> String {
    format!("{}: {}", self::status(lang, status), self::reason(lang, reason))
}

/// An element that will not sound, and why.
pub fn silent(lang: Language, reason: Reason) -> String {
    format!("{}: {}", lang.pick("không phát được", "cannot air"), self::reason(lang, reason))
}

pub fn dropped(lang: Language, title: &str, reason: Reason, limit: Option<ItemLimit>) -> String {
    let why = match limit {
        None => self::reason(lang, reason),
        Some(ItemLimit::MaxPerDay) => lang.pick("đã đủ số lần trong ngày", "as often as it may that day"),
        Some(ItemLimit::MinGap) => lang.pick("mới phát, chưa đủ cách nhau", "too soon after it aired"),
    };
    format!("{}: {title} ({why})", lang.pick("bớt", "dropped"))
}

/// A loudness of its hour's own: `độ to −22 LUFS`.
pub fn level(lang: Language, lufs: f32) -> String {
    let number = lang.pick(lufs.to_string().replace('.', ","), lufs.to_string()).replace('-', "−");
    format!("{} {number} LUFS", lang.pick("độ to", "level"))
}

/// A slot whose broadcast airs on its date alone.
pub fn extra(lang: Language) -> &'static str {
    lang.pick("phát thêm, chỉ riêng ngày này", "extra, on this date only")
}

/// What a change of its date made of a slot: `đổi riêng ngày này: dời từ 05:30`.
pub fn changed(lang: Language, parts: &[String]) -> String {
    format!("{}: {}", lang.pick("đổi riêng ngày này", "changed for this date"), parts.join("; "))
}

pub fn skipped(lang: Language) -> String {
    lang.pick("bỏ phát", "skipped").to_owned()
}

pub fn moved(lang: Language, from: &str) -> String {
    lang.pick(format!("dời từ {from}"), format!("moved from {from}"))
}

pub fn in_place_of(lang: Language, programme: &str) -> String {
    lang.pick(format!("thay cho “{programme}”"), format!("in place of “{programme}”"))
}

pub fn other_outputs(lang: Language) -> String {
    lang.pick("đổi đường ra loa", "other outputs").to_owned()
}

/// In the title's place where a pool has nothing to offer.
pub fn empty_pool(lang: Language) -> &'static str {
    lang.pick("(không còn bài để chọn)", "(nothing to pick)")
}

/// What takes the place of an element that had no item.
pub fn nothing_to_pick(lang: Language) -> &'static str {
    lang.pick("(không có bài phù hợp)", "(nothing to pick)")
}

/// A slot that has to wait for what is before it on its output.
pub fn waits(lang: Language, until: &str) -> String {
    lang.pick(
        format!("chờ chương trình trước, bắt đầu khoảng {until}"),
        format!("waits for what is before it, starts at about {until}"),
    )
}

pub fn forecast(lang: Language) -> &'static str {
    lang.pick(
        "~ Bài do máy chọn, mới là dự kiến: chốt trước giờ phát khoảng 10 phút.",
        "~ Picked, and only a forecast: picks settle about 10 minutes before air.",
    )
}

/// The last line: how much airs, how much does not.
pub fn sum(lang: Language, airing: usize, length: &str, left_out: usize) -> String {
    match (lang, left_out) {
        (Language::Vi, 0) => format!("Cộng: {airing} lần phát, {length}."),
        (Language::Vi, out) => format!("Cộng: {airing} lần phát, {length}; {out} lần không phát."),
        (Language::En, 0) => format!("Total: {airing} to air, {length}."),
        (Language::En, out) => format!("Total: {airing} to air, {length}; {out} not."),
    }
}

/// A length in words, to the second.
pub fn length(lang: Language, seconds: i64) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match (lang, minutes, seconds) {
        (Language::Vi, 0, s) => format!("{s} giây"),
        (Language::Vi, m, 0) => format!("{m} phút"),
        (Language::Vi, m, s) => format!("{m} phút {s} giây"),
        (Language::En, 0, s) => format!("{s} s"),
        (Language::En, m, 0) => format!("{m} min"),
        (Language::En, m, s) => format!("{m} min {s} s"),
    }
}

pub fn status(lang: Language, status: Status) -> &'static str {
    match status {
        Status::Aired => lang.pick("đã phát đủ", "aired"),
        Status::Partial => lang.pick("phát một phần", "partial"),
        Status::Missed => lang.pick("không phát được", "missed"),
        Status::Skipped => lang.pick("bỏ phát", "skipped"),
    }
}

pub fn reason(lang: Language, reason: Reason) -> &'static str {
    let (vi, en) = match reason {
        Reason::Operator => ("người vận hành dừng", "stopped by the operator"),
        Reason::Hold => ("tạm ngừng phát", "on hold"),
        Reason::Holiday => ("nghỉ lễ", "holiday"),
        Reason::Mourning => ("Quốc tang", "mourning"),
        Reason::Replaced => ("thay bằng chương trình của đợt", "replaced by the campaign's programme"),
        Reason::Duplicate => ("trùng lịch", "duplicate"),
        Reason::OutsideHours => ("ngoài khung giờ", "outside session hours"),
        Reason::OverQuota => ("vượt thời lượng buổi", "over the session's quota"),
        Reason::PowerOff => ("mất điện", "power off"),
        Reason::Crash => ("máy tự khởi động lại", "restarted by itself"),
        Reason::Stopped => ("máy được tắt", "switched off"),
        Reason::ClockUnset => ("chưa đặt giờ", "clock not set"),
        Reason::ClockStep => ("giờ máy bị nhảy", "clock stepped"),
        Reason::NoPlan => ("không có kế hoạch", "no plan"),
        Reason::NoDevice => ("không có thiết bị âm thanh", "no sound device"),
        Reason::DeviceFault => ("thiết bị âm thanh lỗi", "sound device fault"),
        Reason::OutputBusy => ("chương trình trước kéo dài", "what is before it lasts too long"),
        Reason::Preempted => ("nhường chương trình ưu tiên", "gave way to a priority"),
        Reason::FileMissing => ("thiếu bản thu", "recording missing"),
        Reason::FileError => ("bản thu lỗi", "recording broken"),
        Reason::Unapproved => ("chưa duyệt", "not approved"),
        Reason::NotValid => ("ngoài hạn dùng", "not valid on that day"),
        Reason::Expired => ("lệnh đã hết hạn", "the order's time was over"),
        Reason::PoolEmpty => ("hết tin, bài phù hợp", "nothing to pick"),
        Reason::LogLost => ("mất dữ liệu nhật ký", "log lost"),
        Reason::Internal => ("lỗi phần mềm", "internal error"),
        Reason::Superseded => ("có lệnh khẩn cấp mới hơn", "superseded by a newer emergency"),
    };
    lang.pick(vi, en)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_reasons_have_the_same_words() {
        for lang in [Language::Vi, Language::En] {
            let words: HashSet<&str> = Reason::ALL.iter().map(|why| reason(lang, *why)).collect();
            assert_eq!(words.len(), Reason::ALL.len());
        }
    }
}
