//! What is asked back about a date, a time, a length or a day of the week that could not be read.

use jiff::civil::Date;

use crate::calendar::written::Misread;
use crate::lang::Language;

/// The question with its answers; `None` for what resembles nothing.
pub fn question(lang: Language, why: Misread) -> Option<String> {
    Some(match why {
        Misread::Unknown => return None,
        Misread::Thu => lang.pick(
            "đây là thứ mấy? Thứ Năm viết \"thứ năm\" hoặc \"T5\"; ngày khác: \"T2\" … \"T7\", \"CN\"".to_owned(),
            "which day is it? Thursday is written \"thursday\" or \"T5\"; the others \"mon\" … \"sun\" or \"T2\" … \"CN\""
                .to_owned(),
        ),
        Misread::TodayOr(today, other) => {
            let (today, other) = (slashed(today), slashed(other));
            lang.pick(
                format!("hôm nay hay một tuần nữa hoặc trước? Viết {today} (hôm nay) hoặc {other}"),
                format!("today, or a week from it? Write {today} (today) or {other}"),
            )
        }
        Misread::DayOrMonth(one, other) => {
            let (one, other) = (slashed(one), slashed(other));
            lang.pick(format!("viết rõ hơn: {one} hay {other}?"), format!("which of these: {one} or {other}?"))
        }
        Misread::MonthFirst(day) => lang.pick(
            format!("ngày viết trước, tháng viết sau: có phải {}?", slashed(day)),
            format!("the day comes before the month: did you mean {}?", slashed(day)),
        ),
        Misread::ShortYear(day) => lang.pick(
            format!("năm viết đủ bốn chữ số: có phải {}?", slashed(day)),
            format!("the year has four digits: did you mean {}?", slashed(day)),
        ),
        Misread::Floating => lang.pick(
            "ở đây phải viết đủ ngày, tháng, năm: 25/12/2026".to_owned(),
            "day, month and year have to be written here: 25/12/2026".to_owned(),
        ),
        Misread::HalfDay => lang.pick(
            "giờ viết theo 24 giờ: 5 giờ chiều là 17:00".to_owned(),
            "hours are written from 0 to 24: 5 pm is 17:00".to_owned(),
        ),
        Misread::NoUnit => lang.pick(
            "thiếu đơn vị: 10m là 10 phút, 10s là 10 giây, 1h30m là 1 giờ 30 phút".to_owned(),
            "a unit is missing: 10m is 10 minutes, 10s is 10 seconds, 1h30m is an hour and a half".to_owned(),
        ),
    })
}

fn slashed(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}
