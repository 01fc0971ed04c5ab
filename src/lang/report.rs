//! The words of the airtime report. Numbers and dates go by the language's customs: 1.234,5 and 16/12/2026.

mod numbers;
mod sentences;
mod tables;

use jiff::civil::Date;

use crate::lang::Language;

pub use crate::lang::rundown::{nothing_to_pick, reason, status};
pub use numbers::*;
pub use sentences::*;
pub use tables::*;

// What the report is.

/// Room to write into: spaces that no writer takes together or breaks at.
const BLANK: &str = "\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}";

/// Names of agencies that stand in reports, in Vietnamese as in English ones.
pub const AGENCIES: [&str; 11] = [
    "Ủy ban nhân dân",
    "Hội đồng nhân dân",
    "Mặt trận Tổ quốc",
    "Hội Liên hiệp Phụ nữ",
    "Hội Nông dân",
    "Hội Cựu chiến binh",
    "Đoàn Thanh niên",
    "Đài truyền thanh",
    "Trạm Y tế",
    "Công đoàn cơ sở",
    "People's Committee",
];

pub fn banner(lang: Language, simulation: bool) -> &'static str {
    if simulation {
        lang.pick("MÔ PHỎNG – KHÔNG PHẢI THỜI LƯỢNG PHÁT CỦA ĐÀI", "SIMULATION – NONE OF THIS IS THE STATION'S AIRTIME")
    } else {
        lang.pick("NGHE THỬ – KHÔNG PHẢI THỜI LƯỢNG PHÁT CỦA ĐÀI", "REHEARSAL – NONE OF THIS IS THE STATION'S AIRTIME")
    }
}

pub fn nation(lang: Language) -> (&'static str, &'static str) {
    lang.pick(
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
        ("SOCIALIST REPUBLIC OF VIET NAM", "Independence - Freedom - Happiness"),
    )
}

/// The agency above and the issuer below, or the issuer alone.
pub fn issuer(lang: Language, commune: &str, station: &str, by_commune: bool) -> (Option<String>, String) {
    if by_commune {
        (None, upper(&committee(lang, commune)))
    } else {
        (Some(upper(&committee_short(lang, commune))), upper(station))
    }
}

pub fn committee(lang: Language, commune: &str) -> String {
    format!("{} {commune}", lang.pick("Ủy ban nhân dân", "People's Committee of"))
}

/// As it is abbreviated.
pub fn committee_short(lang: Language, commune: &str) -> String {
    format!("{} {commune}", lang.pick("UBND", "People's Committee of"))
}

pub fn upper(text: &str) -> String {
    text.to_uppercase()
}

/// The number is left blank for the clerk.
pub fn number(lang: Language, by_commune: bool) -> String {
    let symbol = if by_commune { "BC-UBND" } else { "BC-ĐTT" };
    format!("{}{BLANK}/{symbol}", lang.pick("Số:", "No.:"))
}

/// `Cẩm Tân, ngày    tháng 12 năm 2026`: the day is left blank for who signs.
pub fn place_and_date(lang: Language, place: &str, year: i16, of_month: i8) -> String {
    match lang {
        Language::Vi => format!("{place}, ngày{BLANK}tháng {} năm {year}", month(of_month)),
        Language::En => format!("{place},{BLANK}{of_month:02}/{year}"),
    }
}

pub fn report(lang: Language) -> &'static str {
    lang.pick("BÁO CÁO", "REPORT")
}

/// What the report is about, under its name: in the plan's words, if it has any.
pub fn subject(lang: Language, of_plan: Option<&str>, period: &str) -> String {
    let subject = of_plan.unwrap_or(lang.pick("Kết quả phát thanh trên loa truyền thanh", "Airtime of the loudspeakers"));
    lang.pick(format!("{subject} {period}"), format!("{subject}, {period}"))
}

pub fn period_year(lang: Language, year: i16) -> String {
    lang.pick(format!("năm {year}"), format!("{year}"))
}

pub fn period_month(lang: Language, year: i16, of_month: i8) -> String {
    lang.pick(format!("tháng {} năm {year}", month(of_month)), format!("{year}-{of_month:02}"))
}

pub fn period_quarter(lang: Language, year: i16, quarter: i8) -> String {
    let roman = ["I", "II", "III", "IV"].get(usize::try_from(quarter - 1).unwrap_or(0)).copied().unwrap_or("I");
    lang.pick(format!("quý {roman} năm {year}"), format!("quarter {quarter} of {year}"))
}

pub fn period_campaign(lang: Language, name: &str, year: i16) -> String {
    lang.pick(format!("trong {name} năm {year}"), format!("{name} {year}"))
}

pub fn span(lang: Language, from: Date, until: Date) -> String {
    let (a, b) = (date(lang, from), date(lang, until));
    lang.pick(format!("từ ngày {a} đến ngày {b}"), format!("{a} to {b}"))
}

pub fn dear(lang: Language) -> &'static str {
    lang.pick("Kính gửi: ", "To: ")
}

pub fn copies_head(lang: Language) -> &'static str {
    lang.pick("Nơi nhận:", "Copies:")
}

pub fn copies(lang: Language) -> [&'static str; 2] {
    lang.pick(["Như trên", "Lưu: VT"], ["As above", "Files"])
}

pub fn on_behalf(lang: Language) -> &'static str {
    lang.pick("TM. ỦY BAN NHÂN DÂN", "ON BEHALF OF THE PEOPLE'S COMMITTEE")
}

pub fn office(lang: Language, by_commune: bool) -> &'static str {
    if by_commune {
        lang.pick("CHỦ TỊCH", "CHAIRPERSON")
    } else {
        lang.pick("NGƯỜI PHỤ TRÁCH ĐÀI", "HEAD OF THE STATION")
    }
}

pub fn heading(lang: Language, which: usize) -> &'static str {
    let vi = ["I. KẾT QUẢ", "II. TỒN TẠI, NGUYÊN NHÂN", "III. KIẾN NGHỊ"];
    let en = ["I. RESULTS", "II. WHAT DID NOT AIR, AND WHY", "III. PROPOSALS"];
    lang.pick(vi, en).get(which).copied().unwrap_or("")
}

/// Stands under a heading that a person fills in.
pub fn left_blank() -> &'static str {
    "…………………………………………………………………………………………"
}

pub fn annex(lang: Language, letter: &str) -> String {
    lang.pick(format!("Phụ lục {letter}"), format!("Annex {letter}"))
}

pub fn with_report(lang: Language, by_commune: bool, issuer: &str) -> String {
    const BLANK: &str = "\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}";
    let symbol = if by_commune { "BC-UBND" } else { "BC-ĐTT" };
    lang.pick(
        format!("(Kèm theo Báo cáo số{BLANK}/{symbol} ngày{BLANK}tháng{BLANK}năm{BLANK}của {issuer})"),
        format!("(With report No.{BLANK}/{symbol} of{BLANK}{BLANK}by {issuer})"),
    )
}

// The logbook.

pub fn logbook(lang: Language) -> &'static str {
    lang.pick("SỔ NHẬT KÝ PHÁT THANH", "BROADCAST LOGBOOK")
}

/// A part of a day, as people name the hours of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayPart {
    Night,
    Morning,
    Noon,
    Afternoon,
    Evening,
}

impl DayPart {
    pub fn of(hour: i8) -> DayPart {
        match hour {
            ..4 => DayPart::Night,
            4..11 => DayPart::Morning,
            11..14 => DayPart::Noon,
            14..18 => DayPart::Afternoon,
            18.. => DayPart::Evening,
        }
    }

    pub fn called(self, lang: Language) -> &'static str {
        let (vi, en) = match self {
            DayPart::Night => ("Đêm", "Night"),
            DayPart::Morning => ("Sáng", "Morning"),
            DayPart::Noon => ("Trưa", "Noon"),
            DayPart::Afternoon => ("Chiều", "Afternoon"),
            DayPart::Evening => ("Tối", "Evening"),
        };
        lang.pick(vi, en)
    }
}

/// Where a programme would stand.
pub fn by_order(lang: Language) -> &'static str {
    lang.pick("Phát theo lệnh", "Ordered by a person")
}

/// Over the lines of the log, behind a logbook's sessions.
pub fn in_detail(lang: Language) -> &'static str {
    lang.pick("Chi tiết từng tin, bài", "Element by element")
}

pub fn checked_by(lang: Language) -> [&'static str; 2] {
    lang.pick(["NGƯỜI GHI SỔ", "NGƯỜI KIỂM TRA"], ["KEPT BY", "CHECKED BY"])
}

/// Below the office of whoever signs a logbook.
pub fn sign_here(lang: Language) -> &'static str {
    lang.pick("(Ký, ghi rõ họ tên)", "(Signature and full name)")
}

pub fn nothing_that_day(lang: Language) -> &'static str {
    lang.pick("Không có lần phát nào.", "Nothing was planned.")
}

pub fn week_sum(lang: Language, airings: &str, minutes: &str) -> String {
    lang.pick(
        format!("Cộng cả tuần: {airings} lượt, {minutes} phút tin, bài."),
        format!("The week: {airings} airings, {minutes} minutes of announcements."),
    )
}

// Charts.

/// The sheet that has them.
pub fn charts(lang: Language) -> &'static str {
    lang.pick("Biểu đồ", "Charts")
}

pub fn chart_topics(lang: Language) -> &'static str {
    lang.pick("Phút theo nhóm nội dung", "Minutes by topic")
}

pub fn chart_weeks(lang: Language) -> [&'static str; 3] {
    lang.pick(["Phút theo tuần", "Kế hoạch", "Thực hiện"], ["Minutes by week", "Planned", "Aired"])
}
