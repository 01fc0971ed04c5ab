//! The words of the airtime report. Numbers and dates go by the language's customs: 1.234,5 and 16/12/2026.

mod numbers;
mod tables;

use jiff::civil::{Date, DateTime};

use crate::lang::Language;

pub use crate::lang::log::nothing_to_pick;
pub use crate::lang::rundown::{reason, status};
pub use numbers::*;
pub use tables::*;

// What the report is.

/// Room to write into: spaces that no writer takes together or breaks at.
const BLANK: &str = "\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}";

pub fn banner(lang: Language, simulation: bool) -> &'static str {
    if simulation {
        lang.pick("MÔ PHỎNG – KHÔNG PHẢI THỜI LƯỢNG PHÁT CỦA ĐÀI", "SIMULATION – NONE OF THIS IS THE STATION'S AIRTIME")
    } else {
        lang.pick("DIỄN TẬP – KHÔNG PHẢI THỜI LƯỢNG PHÁT CỦA ĐÀI", "REHEARSAL – NONE OF THIS IS THE STATION'S AIRTIME")
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
    let (long, short) = (lang.pick("Ủy ban nhân dân", "People's Committee of"), lang.pick("UBND", "People's Committee of"));
    if by_commune {
        (None, upper(&format!("{long} {commune}")))
    } else {
        (Some(upper(&format!("{short} {commune}"))), upper(station))
    }
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

/// What the report is about, under its name. `period` as [`period`] or [`campaign_period`] says it.
pub fn subject(lang: Language, period: &str) -> String {
    lang.pick(
        format!(
            "Kết quả tuyên truyền bình đẳng giới và phòng ngừa, ứng phó với bạo lực trên cơ sở giới {period} trên loa truyền thanh"
        ),
        format!("Airtime on gender equality and on preventing gender-based violence, {period}"),
    )
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
    let vi = ["I. KẾT QUẢ", "II. NỘI DUNG CHƯA THỰC HIỆN, NGUYÊN NHÂN", "III. KIẾN NGHỊ"];
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

pub fn with_report(lang: Language, by_commune: bool) -> String {
    let symbol = if by_commune { "BC-UBND" } else { "BC-ĐTT" };
    lang.pick(
        format!("(Kèm theo Báo cáo số{BLANK}/{symbol} ngày{BLANK}tháng{BLANK}năm{BLANK})"),
        format!("(With report No.{BLANK}/{symbol} of{BLANK}{BLANK})"),
    )
}

// Sentences. Figures come as they are to be read.

/// Everything that the paragraph to paste says of the period.
#[derive(Clone, Debug)]
pub struct OpeningFigures<'a> {
    pub basis: Option<&'a str>,
    pub span: &'a str,
    pub station: &'a str,
    pub airings: &'a str,
    pub items: &'a str,
    pub first_runs: &'a str,
    pub repeats: &'a str,
    pub programmes: &'a str,
    pub minutes: &'a str,
    pub times: Option<&'a str>,
}

pub fn opening(lang: Language, of: &OpeningFigures<'_>) -> String {
    let OpeningFigures { span, station, airings, items, first_runs, repeats, programmes, minutes, .. } = of;
    let basis = of.basis.map(|basis| lang.pick(format!("Thực hiện {basis}, "), format!("Under {basis}, "))).unwrap_or_default();
    let times = of.times.map(|times| lang.pick(format!(", bình quân {times} lần/ngày"), format!(", {times} broadcasts a day")));
    let times = times.unwrap_or_default();
    let text = lang.pick(
        format!(
            "{basis}{span}, {station} đã phát {airings} lượt, {items} tin, bài (phát mới {first_runs}, phát lại {repeats}) trong \
             {programmes} chương trình; tổng thời lượng {minutes} phút{times}"
        ),
        format!(
            "{basis}{span}: {station} aired {airings} airings of {items} items ({first_runs} first runs, {repeats} repeats) in \
             {programmes} programmes; {minutes} minutes in all{times}"
        ),
    );
    upper_first(&text)
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

pub fn nothing_aired(lang: Language, span: &str, station: &str) -> String {
    lang.pick(
        upper_first(&format!("{span}, {station} chưa phát được tin, bài nào")),
        upper_first(&format!("{span}: {station} aired no announcement")),
    )
}

pub fn nothing_known(lang: Language, span: &str, station: &str) -> String {
    lang.pick(
        upper_first(&format!("{span}, {station} chưa có nhật ký: không có số liệu")),
        upper_first(&format!("{span}: {station} has no log: there is no data")),
    )
}

/// `difference` is without its sign.
pub fn change(lang: Language, up: bool, difference: &str, percent: Option<&str>, with: &str) -> String {
    let percent = percent.map(|percent| format!(" ({percent}%)")).unwrap_or_default();
    let (vi, en) = if up { ("tăng", "up") } else { ("giảm", "down") };
    lang.pick(
        format!("{vi} {difference} phút{percent} so với {with}"),
        format!("{en} {difference} minutes{percent} against {with}"),
    )
}

pub fn no_change(lang: Language, with: &str) -> String {
    lang.pick(format!("bằng {with}"), format!("the same as {with}"))
}

pub fn nothing_to_compare(lang: Language, why: &str) -> String {
    lang.pick(format!("chưa so sánh được với kỳ trước ({why})"), format!("not compared with an earlier period ({why})"))
}

pub fn not_whole(lang: Language) -> &'static str {
    lang.pick("kỳ báo cáo chưa hết hoặc có ngày không có nhật ký", "the period is not over, or has days without a log")
}

/// Only the days that both periods have.
pub fn same_days(lang: Language, days: &str, from: Date, until: Date) -> String {
    let (a, b) = (date(lang, from), date(lang, until));
    lang.pick(
        format!("{days}; chỉ tính những ngày cả hai kỳ đều có nhật ký, của kỳ này là từ {a} đến {b}"),
        format!("{days}; only days of which both periods have a log, of this one {a} to {b}"),
    )
}

pub fn earlier_days(lang: Language, from: Date, until: Date) -> String {
    let (a, b) = (date(lang, from), date(lang, until));
    lang.pick(format!("kỳ từ {a} đến {b}"), format!("{a} to {b}"))
}

pub fn from_log(lang: Language) -> &'static str {
    lang.pick("theo nhật ký máy", "from the log")
}

pub fn source(lang: Language, days: &str, source: &str) -> String {
    lang.pick(format!("{days} (nguồn: {source})"), format!("{days} (source: {source})"))
}

pub fn campaign(lang: Language, name: &str, airings: &str, minutes: &str, percent: Option<&str>) -> String {
    let done =
        percent.map(|percent| lang.pick(format!(", đạt {percent}% kế hoạch"), format!(", {percent}% of what was planned")));
    let done = done.unwrap_or_default();
    lang.pick(
        format!("Riêng {name} phát {airings} lượt, {minutes} phút{done}."),
        format!("{name} alone: {airings} airings, {minutes} minutes{done}."),
    )
}

/// The same, where the campaign is what the whole report is about.
pub fn campaign_done(lang: Language, name: &str, percent: &str) -> String {
    lang.pick(format!("So với lịch của {name}, đạt {percent}% kế hoạch."), format!("That is {percent}% of what {name} planned."))
}

/// Airtime that no plan asked for: it fulfils none.
pub fn beyond(lang: Language, minutes: &str) -> String {
    lang.pick(format!("Ngoài kế hoạch: {minutes} phút."), format!("Beside the plan: {minutes} minutes."))
}

/// How slots ended; figures in the order planned, aired, partial, missed, skipped, made up.
pub fn outcomes(lang: Language, figures: [&str; 6], why_missed: &str) -> String {
    let [planned, aired, partial, missed, skipped, made_up] = figures;
    let why = if why_missed.is_empty() { String::new() } else { format!(" ({why_missed})") };
    lang.pick(
        format!(
            "Trong {planned} lần phát theo lịch: phát đủ {aired}, phát một phần {partial}, không phát được {missed}{why}, bỏ phát \
             {skipped}; đã phát bù {made_up}."
        ),
        format!(
            "Of {planned} planned slots: {aired} aired whole, {partial} in part, {missed} missed{why}, {skipped} skipped; {made_up} \
             made up."
        ),
    )
}

pub fn counted(lang: Language) -> &'static str {
    lang.pick(
        "Thời lượng tính theo âm thanh đã ra khỏi máy, không gồm nhạc hiệu, lời xướng, tiếp âm.",
        "Airtime is sound that left the machine, without signal tunes, idents and relays.",
    )
}

pub fn duty_share(lang: Language, minutes: &str, percent: &str) -> String {
    lang.pick(
        format!("Nội dung thuộc nhiệm vụ của Đài: {minutes} phút, chiếm {percent}% tổng thời lượng."),
        format!("The station's own duties: {minutes} minutes, {percent}% of all airtime."),
    )
}

pub fn largest_topics(lang: Language, topics: &str) -> String {
    lang.pick(format!("Nhóm nội dung có thời lượng nhiều nhất: {topics}."), format!("The topics with most airtime: {topics}."))
}

pub fn topic_minutes(lang: Language, topic: &str, minutes: &str) -> String {
    lang.pick(format!("{topic} ({minutes} phút)"), format!("{topic} ({minutes} minutes)"))
}

pub fn lost_none(lang: Language) -> &'static str {
    lang.pick("Mọi lần phát theo lịch đã phát đủ.", "Every planned slot aired whole.")
}

pub fn lost(lang: Language, what: &str, count: &str, why: &str) -> String {
    let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
    lang.pick(format!("{} {count} lần{why}.", upper_first(what)), format!("{} {count}{why}.", upper_first(what)))
}

pub fn silent_villages(lang: Language, villages: &str) -> String {
    lang.pick(
        format!("Thôn có ngày không phát: {villages}. Chi tiết tại phụ lục c."),
        format!("Villages with days without sound: {villages}. See annex c."),
    )
}

pub fn village_days(lang: Language, village: &str, days: &str, why: &str) -> String {
    lang.pick(format!("{village}: {days} ngày ({why})"), format!("{village}: {days} days ({why})"))
}

/// A village where several stations are added up.
pub fn village_of(village: &str, station: &str) -> String {
    format!("{village} ({station})")
}

pub fn below_target(lang: Language, topics: &str) -> String {
    lang.pick(format!("Chưa đạt chỉ tiêu: {topics}."), format!("Below target: {topics}."))
}

pub fn apart(lang: Language, parts: &str) -> String {
    lang.pick(format!("Ngoài thời lượng trên, không cộng vào: {parts}."), format!("Beside this airtime, and not in it: {parts}."))
}

pub fn apart_part(lang: Language, what: &str, minutes: &str) -> String {
    let (vi, en) = match what {
        "notices" => ("thông báo", "notices"),
        "music" => ("âm nhạc", "music"),
        "signals" => ("nhạc hiệu, lời xướng", "signal tunes and idents"),
        "live" => ("phát trực tiếp (ghi tay)", "read live (entered by hand)"),
        "relay" => ("tiếp âm (ghi tay)", "relayed (entered by hand)"),
        other => (other, other),
    };
    lang.pick(format!("{vi} {minutes} phút"), format!("{en} {minutes} minutes"))
}

pub fn tests(lang: Language, count: &str) -> String {
    lang.pick(
        format!("{count} lượt chỉ ra thiết bị thử (null, wav), không phải thời lượng phát của Đài."),
        format!("{count} airings went to test devices only (null, wav) and are not the station's airtime."),
    )
}

pub fn punctuality(lang: Language, percent: &str, begun: &str, worst: &str) -> String {
    lang.pick(
        format!("Đúng giờ: {percent}% trong {begun} lần bắt đầu phát lệch không quá 1 giây; lần lệch nhiều nhất là {worst}."),
        format!("On time: {percent}% of {begun} starts were within 1 second; the worst was {worst} off."),
    )
}

pub fn log_since(lang: Language, day: Date) -> String {
    let day = date(lang, day);
    lang.pick(
        format!("Nhật ký của máy bắt đầu từ ngày {day}; những ngày trước đó chưa có số liệu."),
        format!("The log begins on {day}; there is no data of the days before."),
    )
}

/// Since then the machine has written nothing.
pub fn log_until(lang: Language, at: DateTime) -> String {
    let at = format!("{} {:02}:{:02}", date(lang, at.date()), at.hour(), at.minute());
    lang.pick(
        format!("Nhật ký chỉ có đến {at}; từ đó máy không ghi."),
        format!("The log ends at {at}; from then on the machine wrote nothing."),
    )
}

pub fn unknown_slots(lang: Language, count: &str) -> String {
    lang.pick(
        format!("Không có số liệu {count} lần: theo lịch phải phát nhưng máy không ghi."),
        format!("No data of {count} slots that were planned: the machine wrote nothing."),
    )
}

pub fn missing_plans(lang: Language, count: &str) -> String {
    lang.pick(
        format!("Thiếu {count} bản kế hoạch mà nhật ký nhắc tới: không tính được tỷ lệ so với kế hoạch."),
        format!("{count} plans that the log names are not kept: how much of the plan aired cannot be told."),
    )
}

/// Nobody hears a village's broadcasts.
pub fn unserved(lang: Language, test_only: bool) -> &'static str {
    if test_only {
        lang.pick("chỉ có thiết bị thử (null, wav), không ai nghe", "test devices only (null, wav), nobody hears them")
    } else {
        lang.pick("không có đường ra loa nào tới", "no output reaches it")
    }
}

pub fn no_log(lang: Language) -> &'static str {
    lang.pick("Chưa có nhật ký của kỳ này.", "There is no log of this period.")
}

pub fn unreadable(lang: Language, rows: &str) -> String {
    lang.pick(
        format!("{rows} dòng nhật ký không đọc được, không tính vào báo cáo."),
        format!("{rows} rows of the log cannot be read and are not counted."),
    )
}

pub fn unfinished(lang: Language, day: Date) -> String {
    let day = date(lang, day);
    lang.pick(format!("Số liệu tính đến ngày {day}; kỳ báo cáo chưa kết thúc."), format!("As of {day}; the period is not over."))
}

/// The log's head and whether it is what was written.
pub fn verified(lang: Language, head: &str, good: bool) -> String {
    let result = if good { lang.pick("khớp", "matches") } else { lang.pick("không khớp", "does not match") };
    lang.pick(format!("Mã kiểm tra nhật ký {head}: {result}."), format!("Head of the log {head}: {result}."))
}

/// A chain alone can be rebuilt whole: it holds, and nothing says since when.
pub fn not_witnessed(lang: Language, head: &str) -> String {
    lang.pick(
        format!("Mã kiểm tra nhật ký {head}: các dòng nối đúng nhau, nhưng chưa có mã nào để đối chiếu."),
        format!("Head of the log {head}: its rows follow each other, but there is no earlier head to compare with."),
    )
}

pub fn in_file(lang: Language, rows: &str, file: &str, sha256: &str) -> String {
    lang.pick(
        format!("Nhật ký có {rows} dòng, để trong tệp {file} kèm theo báo cáo này. SHA-256 của tệp: {sha256}"),
        format!("The log has {rows} rows, in the file {file} beside this report. SHA-256 of the file: {sha256}"),
    )
}

/// Several stations, where one would stand by its name.
pub fn stations(lang: Language, count: usize, names: &str) -> String {
    lang.pick(format!("{count} đài ({names})"), format!("{count} stations ({names})"))
}

/// A station whose name another has too.
pub fn namesake(lang: Language, name: &str, number: usize) -> String {
    lang.pick(format!("{name} số {number}"), format!("{name} no. {number}"))
}

// The logbook.

pub fn logbook(lang: Language) -> &'static str {
    lang.pick("SỔ NHẬT KÝ PHÁT THANH", "BROADCAST LOGBOOK")
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
