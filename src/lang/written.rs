//! Dates and times as they are told to people, and what is asked back about one that could not be read.

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};

use crate::calendar::timezone::Timezone;
use crate::calendar::written::Misread;
use crate::lang::Language;
use crate::terms::Wall;

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

/// Tells instants by the station's clock, seen from now.
#[derive(Clone, Copy)]
pub struct Telling<'a> {
    pub lang: Language,
    pub zone: &'a Timezone,
    pub now: Wall,
}

impl Telling<'_> {
    /// `05:00 ngày mai, thứ Ba 01/12`.
    pub fn when(&self, at: Wall) -> String {
        let (civil, now) = (self.zone.civil(at), self.zone.civil(self.now));
        let clock = civil.strftime(if civil.second() == 0 { "%H:%M" } else { "%H:%M:%S" });
        let date = civil.strftime(if civil.year() == now.year() { "%d/%m" } else { "%d/%m/%Y" });
        let day = format!("{} {date}", weekday_within(self.lang, civil.weekday()));
        match civil.date() {
            on if on == now.date() => self.lang.pick(format!("{clock} hôm nay"), format!("{clock} today")),
            on if now.date().tomorrow().is_ok_and(|tomorrow| tomorrow == on) => {
                self.lang.pick(format!("{clock} ngày mai, {day}"), format!("{clock} tomorrow, {day}"))
            }
            _ => format!("{clock} {day}"),
        }
    }

    /// `07:00:12 thứ Tư 01/01/2020`.
    pub fn whole(&self, at: Wall) -> String {
        let civil = self.zone.civil(at);
        format!("{} {} {}", civil.strftime("%H:%M:%S"), weekday_within(self.lang, civil.weekday()), civil.strftime("%d/%m/%Y"))
    }

    /// `19 giờ 5 phút`: how long until then.
    pub fn until(&self, at: Wall) -> String {
        let minutes = (at - self.now + SignedDuration::from_secs(30)).as_mins().max(1);
        let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let parts = [(days, "ngày", "d"), (hours, "giờ", "h"), (if days > 0 { 0 } else { minutes }, "phút", "min")];
        let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
        parts.map(|(count, vi, en)| format!("{count} {}", self.lang.pick(vi, en))).collect::<Vec<_>>().join(" ")
    }
}

/// As it stands at the head of a line.
pub fn weekday(lang: Language, day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => lang.pick("Thứ Hai", "Monday"),
        Weekday::Tuesday => lang.pick("Thứ Ba", "Tuesday"),
        Weekday::Wednesday => lang.pick("Thứ Tư", "Wednesday"),
        Weekday::Thursday => lang.pick("Thứ Năm", "Thursday"),
        Weekday::Friday => lang.pick("Thứ Sáu", "Friday"),
        Weekday::Saturday => lang.pick("Thứ Bảy", "Saturday"),
        Weekday::Sunday => lang.pick("Chủ nhật", "Sunday"),
    }
}

/// As it stands within a sentence: `thứ Hai`, but `Chủ nhật`.
pub fn weekday_within(lang: Language, day: Weekday) -> String {
    weekday(lang, day).replacen("Thứ", "thứ", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_told_by_the_day_that_people_call_it() {
        let zone = Timezone::named("Asia/Ho_Chi_Minh").unwrap();
        let at = |text: &str| zone.instant(text.parse().unwrap());
        let vi = Telling { lang: Language::Vi, zone: &zone, now: at("2026-11-30T09:55") };
        let en = Telling { lang: Language::En, ..vi };
        assert_eq!(vi.when(at("2026-12-01T05:00")), "05:00 ngày mai, thứ Ba 01/12");
        assert_eq!(
            (vi.when(at("2026-11-30T17:00")), en.when(at("2026-11-30T17:00:05"))),
            ("17:00 hôm nay".into(), "17:00:05 today".into())
        );
        assert_eq!(
            (vi.when(at("2026-12-06T05:30")), en.when(at("2020-01-01T07:00"))),
            ("05:30 Chủ nhật 06/12".into(), "07:00 Wednesday 01/01/2020".into())
        );
        assert_eq!(vi.whole(at("2020-01-01T07:00")), "07:00:00 thứ Tư 01/01/2020");
        assert_eq!(
            (vi.until(at("2026-12-01T05:00")), vi.until(at("2026-11-30T10:00"))),
            ("19 giờ 5 phút".into(), "5 phút".into())
        );
        assert_eq!((en.until(at("2026-12-03T10:00")), vi.until(at("2026-11-30T09:55:10"))), ("3 d".into(), "1 phút".into()));
    }
}
