//! The sentences of the report. Figures come as they are to be read.

use jiff::civil::{Date, DateTime};

use super::numbers::{count, date};
use crate::lang::Language;

pub fn opening(lang: Language, basis: Option<&str>, issuer: &str, span: &str) -> String {
    let basis = basis.map(|basis| lang.pick(format!("Thực hiện {basis}, "), format!("Under {basis}, "))).unwrap_or_default();
    let text = lang
        .pick(format!("{basis}{issuer} báo cáo kết quả {span} như sau:"), format!("{basis}{issuer} reports on the days {span}:"));
    upper_first(&text)
}

/// What aired in the period.
#[derive(Clone, Debug)]
pub struct Aired<'a> {
    pub airings: &'a str,
    pub items: &'a str,
    pub first_runs: i64,
    pub repeats: i64,
    pub airtime: &'a str,
    pub times: Option<&'a str>,
}

pub fn aired(lang: Language, of: &Aired<'_>) -> String {
    let Aired { airings, items, first_runs, repeats, airtime, .. } = of;
    let runs = [(*first_runs, lang.pick("phát mới", "first runs")), (*repeats, lang.pick("phát lại", "repeats"))];
    let runs = runs.into_iter().filter(|(runs, _)| *runs > 0);
    let run = |(runs, what): (i64, &str)| {
        let runs = count(lang, runs);
        lang.pick(format!("{what} {runs} lượt"), format!("{runs} {what}"))
    };
    let runs = runs.map(run).collect::<Vec<_>>().join(", ");
    let runs = if runs.is_empty() { runs } else { format!(" ({runs})") };
    let times = of.times.map(|times| lang.pick(format!(", bình quân {times} lần/ngày"), format!(", {times} broadcasts a day")));
    let times = times.unwrap_or_default();
    lang.pick(
        format!("Thời lượng. Đài đã phát {airings} lượt của {items} tin, bài{runs}, tổng thời lượng {airtime}{times}"),
        format!("Airtime. {airings} airings of {items} items{runs}, {airtime} in all{times}"),
    )
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Within a sentence. An abbreviation stays as it is.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !chars.clone().next().is_some_and(char::is_uppercase) => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

pub fn nothing_aired(lang: Language) -> &'static str {
    lang.pick("Thời lượng. Đài chưa phát được tin, bài nào", "Airtime. No announcement aired")
}

pub fn nothing_known(lang: Language) -> &'static str {
    lang.pick(
        "Thời lượng. Kỳ này chưa có nhật ký: không có số liệu.",
        "Airtime. There is no log of this period: there is no data.",
    )
}

/// `difference` is without its sign.
pub fn change(lang: Language, up: bool, difference: &str, percent: Option<&str>, with: &str) -> String {
    let percent = percent.map(|percent| format!(" ({percent}%)")).unwrap_or_default();
    let (vi, en) = if up { ("tăng", "up") } else { ("giảm", "down") };
    lang.pick(format!("{vi} {difference}{percent} so với {with}"), format!("{en} {difference}{percent} against {with}"))
}

pub fn no_change(lang: Language, with: &str) -> String {
    lang.pick(format!("bằng {with}"), format!("the same as {with}"))
}

pub fn nothing_to_compare(lang: Language) -> &'static str {
    lang.pick("chưa có số liệu kỳ trước để so sánh", "there is no data of an earlier period to compare with")
}

pub fn not_compared(lang: Language, why: &str) -> String {
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

pub fn campaign(lang: Language, name: &str, airings: &str, airtime: &str, percent: Option<&str>) -> String {
    let done =
        percent.map(|percent| lang.pick(format!(", đạt {percent}% kế hoạch"), format!(", {percent}% of what was planned")));
    let done = done.unwrap_or_default();
    lang.pick(format!("{name}. Phát {airings} lượt, {airtime}{done}"), format!("{name}. {airings} airings, {airtime}{done}"))
}

/// Airtime that no plan asked for: it fulfils none.
pub fn beyond(lang: Language, airtime: &str) -> String {
    lang.pick(format!("; ngoài kế hoạch {airtime}"), format!("; {airtime} beside the plan"))
}

/// How many topics have reached their targets, and which have not.
pub fn targets(lang: Language, reached: &str, all: &str, below: &str) -> String {
    let below = if below.is_empty() {
        String::new()
    } else {
        lang.pick(format!(", còn thiếu {below}"), format!(", still short: {below}"))
    };
    lang.pick(
        format!("; so với chỉ tiêu: đạt {reached}/{all} nhóm{below}"),
        format!("; {reached} of {all} targets reached{below}"),
    )
}

/// How slots ended. `parts` is what did not air whole.
pub fn outcomes(lang: Language, [planned, aired]: [&str; 2], percent: Option<&str>, parts: &str) -> String {
    let percent = percent.map(|percent| format!(" ({percent}%)")).unwrap_or_default();
    let parts = if parts.is_empty() { String::new() } else { format!(", {parts}") };
    lang.pick(
        format!("So với lịch. Trong {planned} lần phát theo lịch, phát đủ {aired} lần{percent}{parts}."),
        format!("The rundown. Of {planned} planned slots {aired} aired whole{percent}{parts}."),
    )
}

/// Names each annex: `I. Tổng hợp`.
pub fn annexes(lang: Language, annexes: &str) -> String {
    lang.pick(format!("Số liệu chi tiết tại các phụ lục: {annexes}."), format!("Details are in the annexes: {annexes}."))
}

/// One sentence in place of a table: what it is about, and its figures.
pub fn told(lang: Language, labels: &str, several: bool, figures: &str) -> String {
    let alike = if several { lang.pick(" như nhau", " alike") } else { "" };
    let about = if labels.is_empty() { String::new() } else { format!("{labels}{alike}: ") };
    upper_first(&format!("{about}{figures}."))
}

/// `cả 8 thôn`
pub fn all_of(lang: Language, count: &str, called: &str) -> String {
    let called = lower_first(called);
    lang.pick(format!("cả {count} {called}"), format!("all {count} ({called})"))
}

/// A figure of a table with the head of its column, within a sentence.
pub fn told_figure(lang: Language, head: &str, column: &str, figure: &str) -> String {
    let unit = match column {
        "airings" => lang.pick("lượt", "airings"),
        "minutes" => lang.pick("phút", "minutes"),
        "items" => lang.pick("tin, bài", "items"),
        "share" | "percent" => return format!("{} {figure}%", lower_first(head.trim_end_matches(" (%)"))),
        _ => return format!("{} {figure}", lower_first(head)),
    };
    format!("{figure} {unit}")
}

pub fn made_up(lang: Language) -> &'static str {
    lang.pick("phát bù", "made up")
}

/// `grown` and `shrunk` are lists; one may be empty.
pub fn topics_changed(lang: Language, grown: &str, shrunk: &str) -> String {
    let grown = (!grown.is_empty()).then(|| lang.pick(format!("tăng nhiều nhất: {grown}"), format!("most growth: {grown}")));
    let shrunk = (!shrunk.is_empty()).then(|| lang.pick(format!("giảm: {shrunk}"), format!("less: {shrunk}")));
    let parts = [grown, shrunk].into_iter().flatten().collect::<Vec<_>>().join("; ");
    lang.pick(format!("Nội dung {parts}."), format!("Topics: {parts}."))
}

pub fn topic_change(lang: Language, topic: &str, up: bool, airtime: &str, percent: Option<&str>) -> String {
    let sign = if up { "+" } else { "−" };
    let percent = percent
        .map(|percent| format!(", {percent}%"))
        .unwrap_or_else(|| lang.pick(", kỳ trước không có", ", none before").to_owned());
    format!("{topic} ({sign}{airtime}{percent})")
}

pub fn closing(lang: Language, subject: &str, issuer: &str, to: &[String]) -> String {
    let to =
        if to.is_empty() { String::new() } else { lang.pick(format!(" {}", to.join(", ")), format!(" to {}", to.join(", "))) };
    lang.pick(
        format!("Trên đây là báo cáo {}, {issuer} kính báo cáo{to}./.", lower_first(subject)),
        format!("This is the report on {}, respectfully submitted by {issuer}{to}.", lower_first(subject)),
    )
}

pub fn counted(lang: Language) -> &'static str {
    lang.pick(
        "Thời lượng tính theo âm thanh đã ra khỏi máy, không gồm nhạc hiệu, lời xướng, tiếp âm.",
        "Airtime is sound that left the machine, without signal tunes, idents and relays.",
    )
}

pub fn duty_share(lang: Language, percent: &str) -> String {
    lang.pick(
        format!("Nhiệm vụ của Đài chiếm {percent}% thời lượng."),
        format!("The station's own duties have {percent}% of all airtime."),
    )
}

pub fn largest_topics(lang: Language, topics: &str) -> String {
    lang.pick(format!("Nội dung có thời lượng nhiều nhất: {topics}."), format!("The topics with most airtime: {topics}."))
}

pub fn lost_none(lang: Language) -> &'static str {
    lang.pick("Không có.", "None.")
}

pub fn lost(lang: Language, what: &str, count: &str, why: &str) -> String {
    let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
    lang.pick(format!("{} {count} lần{why}.", upper_first(what)), format!("{} {count}{why}.", upper_first(what)))
}

pub fn silent_villages(lang: Language, villages: &str, annex: &str) -> String {
    lang.pick(
        format!("Thôn có ngày không có tiếng: {villages}. Chi tiết tại Phụ lục {annex}."),
        format!("Villages with days without sound: {villages}. See annex {annex}."),
    )
}

pub fn village_days(lang: Language, village: &str, days: &str, why: &str) -> String {
    lang.pick(format!("{village}: {days} ngày ({why})"), format!("{village}: {days} days ({why})"))
}

/// A village where several stations are added up.
pub fn village_of(village: &str, station: &str) -> String {
    format!("{village} ({station})")
}

pub fn apart(lang: Language, parts: &str) -> String {
    lang.pick(format!("Ngoài thời lượng trên, không cộng vào: {parts}."), format!("Beside this airtime, and not in it: {parts}."))
}

pub fn apart_part(lang: Language, what: &str, minutes: &str) -> String {
    let (vi, en) = match what {
        "notices" => ("thông báo", "notices"),
        "music" => ("âm nhạc", "music"),
        "signals" => ("nhạc hiệu, lời xướng", "signal tunes and idents"),
        "emergencies" => ("bản thu khẩn cấp", "recordings for emergencies"),
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
