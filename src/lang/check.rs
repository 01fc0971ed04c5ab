//! What is said of a plan that loads and may still be mended before air, and how a check ends.

use jiff::civil::{Date, Time};

use crate::lang::Language;
use crate::lang::audio::Words;
pub use crate::lang::audio::{flaw, unfit};

fn day(date: Date, lang: Language) -> String {
    lang.pick(format!("{}/{}/{}", date.day(), date.month(), date.year()), date.to_string())
}

pub fn expired(title: &str, until: Date, programme: &str, lang: Language) -> Words {
    let until = day(until, lang);
    lang.pick(
        (
            format!("“{title}” đã hết hạn từ sau ngày {until} nhưng chương trình “{programme}” vẫn dùng"),
            "gia hạn `valid`, hoặc thay tin, bài khác vào chương trình".to_owned(),
        ),
        (
            format!("“{title}” was valid until {until}, and the programme “{programme}” still names it"),
            "extend `valid`, or put another item into the programme".to_owned(),
        ),
    )
}

pub fn old_contact(name: &str, number: &str, verified: Date, lang: Language) -> Words {
    let verified = day(verified, lang);
    lang.pick(
        (
            format!("số {number} ({name}) kiểm tra lần cuối ngày {verified}, đã hơn một năm"),
            "gọi thử số này rồi sửa ngày ở `verified`".to_owned(),
        ),
        (
            format!("the number {number} ({name}) was last verified on {verified}, over a year ago"),
            "call it, then set the day in `verified`".to_owned(),
        ),
    )
}

pub fn zone_twice(broadcast: &str, zone: &str, first: &str, second: &str, lang: Language) -> Words {
    lang.pick(
        (
            format!("lịch phát `{broadcast}` tới {zone} hai lần, qua `{first}` và `{second}`"),
            "bỏ bớt một đường ra loa trong `outputs`, hoặc một thôn trong `zones`".to_owned(),
        ),
        (
            format!("the broadcast `{broadcast}` reaches {zone} twice, by `{first}` and `{second}`"),
            "leave one output out of `outputs`, or the zone out of one output's `zones`".to_owned(),
        ),
    )
}

pub fn no_recordings(folder: &str, items: usize, lang: Language) -> Words {
    lang.pick(
        (
            format!("trong thư mục {folder} không có bản thu nào của kế hoạch (cần {items} bản)"),
            "sửa `audio` cho đúng thư mục bản thu, hoặc cắm lại USB có bản thu".to_owned(),
        ),
        (
            format!("the folder {folder} has none of the plan's {items} recordings"),
            "correct `audio`, or plug the stick with the recordings in again".to_owned(),
        ),
    )
}

pub fn level_in_vain(hours: &str, lang: Language) -> Words {
    lang.pick(
        (
            format!("mức độ to cho {hours} nằm ngoài khung giờ phát, không bao giờ dùng đến"),
            "sửa lại giờ trong `levels`, hoặc bỏ đi".to_owned(),
        ),
        (
            format!("the level for {hours} lies outside the session hours and is never used"),
            "correct the hours in `levels`, or leave it out".to_owned(),
        ),
    )
}

/// A change of an airing that its date does not have.
pub fn change_in_vain(broadcast: &str, date: Date, time: Option<Time>, lang: Language) -> Words {
    let at = time.map(|time| time.strftime("%H:%M").to_string());
    let (vi_at, en_at) = match &at {
        Some(at) => (format!(" lúc {at}"), format!(" at {at}")),
        None => (String::new(), String::new()),
    };
    let day = day(date, lang);
    lang.pick(
        (
            format!("thay đổi ngày {day} không có tác dụng: hôm ấy `{broadcast}` không có lần phát nào{vi_at}"),
            "sửa lại `date`, `time` hoặc `broadcast`; muốn phát thêm thì dùng [[extra]]".to_owned(),
        ),
        (
            format!("the change of {day} is in vain: `{broadcast}` does not air{en_at} on that date"),
            "correct its `date`, `time` or `broadcast`; for one airing more there is [[extra]]".to_owned(),
        ),
    )
}

/// The last line of `loaxa check`.
pub fn summary(errors: usize, warnings: usize, lang: Language) -> String {
    match (errors, warnings) {
        (0, 0) => lang.pick("Kế hoạch tốt, không có lỗi.".to_owned(), "The plan is good.".to_owned()),
        (0, warnings) => lang.pick(
            format!("Kế hoạch dùng được, có {warnings} cảnh báo."),
            format!("The plan can be used, with {warnings} {}.", plural(warnings, "warning")),
        ),
        (errors, 0) => lang.pick(
            format!("Kế hoạch có {errors} lỗi, chưa dùng được."),
            format!("The plan has {errors} {} and cannot be used.", plural(errors, "error")),
        ),
        (errors, warnings) => lang.pick(
            format!("Kế hoạch có {errors} lỗi và {warnings} cảnh báo, chưa dùng được."),
            format!(
                "The plan has {errors} {} and {warnings} {} and cannot be used.",
                plural(errors, "error"),
                plural(warnings, "warning")
            ),
        ),
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
