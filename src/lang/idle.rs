//! The words of what stands in a plan and does nothing. Each is a message and what to do about it.

use jiff::civil::{Date, DateTime};

use crate::lang::Language;
use crate::lang::audio::Words;

fn day(lang: Language, day: Date) -> String {
    lang.pick(day.strftime("%d/%m/%Y").to_string(), day.to_string())
}

pub fn zone_unreached(lang: Language, name: &str, id: &str) -> Words {
    lang.pick(
        (
            format!("{name} không nghe được gì: không đường ra loa nào có `{id}`"),
            format!("thêm `{id}` vào `zones` của một [[output]], hoặc bỏ thôn này"),
        ),
        (
            format!("{name} hears nothing: no output has `{id}`"),
            format!("add `{id}` to the `zones` of an [[output]], or remove the zone"),
        ),
    )
}

pub fn campaign_past(lang: Language, id: &str) -> Words {
    lang.pick(
        (
            format!("đợt `{id}` đã qua hơn một năm"),
            "sửa lại năm nếu ghi nhầm; năm nào cũng có thì dùng `yearly` hoặc `lunar`".to_owned(),
        ),
        (
            format!("the campaign `{id}` was over more than a year ago"),
            "correct the year; for what comes every year there are `yearly` and `lunar`".to_owned(),
        ),
    )
}

/// `key` is the list in which they stand.
pub fn dates_past(lang: Language, broadcast: &str, key: &str, first: Date, count: usize) -> Words {
    let first = day(lang, first);
    lang.pick(
        (
            format!("`{key}` của `{broadcast}` có {count} ngày đã qua hơn một năm (sớm nhất {first})"),
            "sửa lại năm nếu ghi nhầm, hoặc bỏ những ngày ấy".to_owned(),
        ),
        (
            format!("`{key}` of `{broadcast}` has {count} dates of more than a year ago (the earliest {first})"),
            "correct the year, or remove these dates".to_owned(),
        ),
    )
}

pub fn campaign_in_vain(lang: Language, id: &str, from: Date, until: Date) -> Words {
    let (from, until) = (day(lang, from), day(lang, until));
    lang.pick(
        (
            format!("đợt `{id}` (từ {from} đến {until}) không có lần phát nào"),
            "ghi `during` vào lịch phát của đợt, xem lại ngày giờ, hoặc bỏ đợt này".to_owned(),
        ),
        (
            format!("the campaign `{id}` ({from} to {until}) meets no broadcast"),
            "name it in the `during` of a broadcast, look at the days, or remove it".to_owned(),
        ),
    )
}

/// `first` is the time as it is written, `airs` when it airs that day.
pub fn time_in_gap(lang: Language, broadcast: &str, first: DateTime, airs: DateTime, count: usize) -> Words {
    let (date, at, airs) = (day(lang, first.date()), first.strftime("%H:%M"), airs.strftime("%H:%M"));
    let often = match (lang, count) {
        (_, 1) => String::new(),
        (Language::Vi, count) => format!(" (cả thảy {count} lần trong một năm tới)"),
        (Language::En, count) => format!(" ({count} times in the coming year)"),
    };
    lang.pick(
        (
            format!("ngày {date} không có {at}, vì đồng hồ vặn tới: `{broadcast}` phát lúc {airs}{often}"),
            "không sao thì để vậy; nếu không, chọn giờ khác".to_owned(),
        ),
        (
            format!("there is no {at} on {date}, because clocks go forward: `{broadcast}` airs at {airs}{often}"),
            "leave it if that is fine, or choose another time".to_owned(),
        ),
    )
}

/// Of an output none of whose devices the machine lists.
pub fn no_such_device(lang: Language, output: &str, devices: &str) -> Words {
    lang.pick(
        (
            format!("máy này không có thiết bị nào của đường ra loa `{output}`: {devices}"),
            "cắm thiết bị rồi kiểm tra lại; `loaxa outputs` kể những thiết bị máy có".to_owned(),
        ),
        (
            format!("this machine has no device of the output `{output}`: {devices}"),
            "plug it in and check again; `loaxa outputs` lists the devices that there are".to_owned(),
        ),
    )
}

/// An item that a broadcast names on days on which it is not valid.
pub fn not_valid_in_use(lang: Language, title: &str, broadcast: &str, first: DateTime, count: u32) -> Words {
    let (date, at) = (day(lang, first.date()), first.strftime("%H:%M"));
    lang.pick(
        (
            format!("“{title}” không còn trong hạn dùng khi `{broadcast}` phát (lần đầu {at} ngày {date}, cả thảy {count} lần trong một năm tới)"),
            "gia hạn `valid`, hoặc thay tin, bài khác vào chương trình".to_owned(),
        ),
        (
            format!("“{title}” is not valid when `{broadcast}` airs it (first {date} {at}, {count} times in the coming year)"),
            "extend `valid`, or put another item into the programme".to_owned(),
        ),
    )
}
