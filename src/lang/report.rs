//! The words of the airtime report. Numbers and dates go by the language's customs: 1.234,5 and 16/12/2026.

use jiff::civil::{Date, DateTime};

use crate::lang::Language;

pub use crate::lang::rundown::{reason, status};

// Numbers and dates.

/// `1.234`
pub fn count(lang: Language, count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(lang.pick('.', ','));
        }
        text.push(digit);
    }
    if count < 0 { format!("-{text}") } else { text }
}

/// `1.234,5` of 12345 tenths.
pub fn tenths(lang: Language, tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let size = i64::try_from(tenths.unsigned_abs()).unwrap_or(i64::MAX);
    format!("{sign}{}{}{}", count(lang, size / 10), lang.pick(',', '.'), size % 10)
}

/// As a person says it: without a zero behind the comma.
pub fn short_tenths(lang: Language, value: i64) -> String {
    if value % 10 == 0 { count(lang, value / 10) } else { tenths(lang, value) }
}

/// Seconds, from milliseconds: `1,25`.
pub fn seconds(lang: Language, ms: i64) -> String {
    let text = format!("{}{}{:03}", count(lang, ms / 1000), lang.pick(',', '.'), ms.abs() % 1000);
    text.trim_end_matches('0').trim_end_matches([',', '.']).to_owned()
}

/// `16/12/2026`; days below 10 and the months 1 and 2 have a leading zero, as official documents write them.
pub fn date(lang: Language, date: Date) -> String {
    match lang {
        Language::Vi => format!("{:02}/{}/{}", date.day(), month(date.month()), date.year()),
        Language::En => date.strftime("%-d %b %Y").to_string(),
    }
}

fn month(month: i8) -> String {
    if month <= 2 { format!("{month:02}") } else { month.to_string() }
}

pub fn moment(lang: Language, at: DateTime) -> String {
    format!("{:02}:{:02} {}", at.hour(), at.minute(), date(lang, at.date()))
}

/// `1:05:00`, `0:45`.
pub fn length(ms: i64) -> String {
    let seconds = ms.saturating_add(500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

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

fn upper(text: &str) -> String {
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
pub struct Opening<'a> {
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

pub fn opening(lang: Language, of: &Opening<'_>) -> String {
    let Opening { span, station, airings, items, first_runs, repeats, programmes, minutes, .. } = of;
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

pub fn nothing_to_compare(lang: Language) -> &'static str {
    lang.pick("chưa có số liệu kỳ trước để so sánh", "there is no data of an earlier period to compare with")
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

pub fn since(lang: Language, days: &str, day: Date) -> String {
    let day = date(lang, day);
    lang.pick(
        format!("{days}; nhật ký chỉ có từ ngày {day}, số liệu kỳ so sánh chưa đủ"),
        format!("{days}; the log begins on {day}, so these days are not complete"),
    )
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
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
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
        format!("Đúng giờ: {percent}% của {begun} lần bắt đầu lệch không quá 1 giây; lệch nhiều nhất {worst} giây."),
        format!("On time: {percent}% of {begun} starts were within 1 second; the worst was {worst} seconds off."),
    )
}

pub fn log_since(lang: Language, day: Date) -> String {
    let day = date(lang, day);
    lang.pick(
        format!("Nhật ký của máy bắt đầu từ ngày {day}; những ngày trước đó chưa có số liệu."),
        format!("The log begins on {day}; there is no data of the days before."),
    )
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
    lang.pick(
        format!("Số liệu tính đến hết ngày {day}; kỳ báo cáo chưa kết thúc."),
        format!("As of {day}; the period is not over."),
    )
}

/// The log's head and whether it is what was written.
pub fn verified(lang: Language, head: &str, good: bool) -> String {
    let result = if good { lang.pick("khớp", "matches") } else { lang.pick("không khớp", "does not match") };
    lang.pick(format!("Mã kiểm tra nhật ký {head}: {result}."), format!("Head of the log {head}: {result}."))
}

pub fn in_file(lang: Language, rows: &str, file: &str, sha256: &str) -> String {
    lang.pick(
        format!("Nhật ký có {rows} dòng, để trong tệp {file} kèm theo báo cáo này. SHA-256 của tệp: {sha256}"),
        format!("The log has {rows} rows, in the file {file} beside this report. SHA-256 of the file: {sha256}"),
    )
}

pub fn stations(lang: Language, names: &str) -> String {
    lang.pick(format!("Số liệu cộng của các đài: {names}."), format!("Added up over the stations: {names}."))
}

// Tables.

pub fn table(lang: Language, id: &str) -> &'static str {
    let (vi, en) = match id {
        "summary" => ("Tổng hợp", "Summary"),
        "by_hand" => ("Phát trực tiếp, tiếp âm (ghi tay)", "Read live or relayed (entered by hand)"),
        "topics" => ("Theo nhóm nội dung", "By topic"),
        "villages" => ("Theo thôn", "By village"),
        "weeks" => ("Theo tuần", "By week"),
        "targets" => ("So với chỉ tiêu", "Against targets"),
        "suppliers" => ("Theo đơn vị cung cấp", "By supplier"),
        "contacts" => ("Mô hình, dịch vụ, số điện thoại", "Models, services and phone numbers"),
        "planned" => ("So với lịch", "Planned against aired"),
        "languages" => ("Theo tiếng", "By language"),
        "log" => ("Nhật ký phát thanh", "As-run log"),
        _ => ("", ""),
    };
    lang.pick(vi, en)
}

/// The head of a column. What a label is depends on the table.
pub fn column(lang: Language, table: &str, column: &str) -> &'static str {
    let (vi, en) = match (table, column) {
        ("summary", "label") => ("Chỉ tiêu", "Figure"),
        ("topics", "label") | ("targets", "label") => ("Nội dung", "Topic"),
        ("villages", "label") => ("Thôn", "Village"),
        ("weeks", "label") => ("Tuần", "Week"),
        ("suppliers", "label") => ("Đơn vị", "Supplier"),
        ("contacts", "label") => ("Tên", "Name"),
        ("planned", "label") => ("Chương trình", "Programme"),
        ("languages", "label") => ("Tiếng", "Language"),
        ("summary", "value") => ("Kỳ báo cáo", "This period"),
        ("targets", "value") => ("Thực hiện", "Done"),
        ("weeks", "airings") => ("Thực hiện (lượt)", "Aired (airings)"),
        ("weeks", "minutes") => ("Thực hiện (phút)", "Aired (minutes)"),
        ("topics", "airings") => ("Tổng lượt", "Airings"),
        ("by_hand", "started_at") => ("Giờ bắt đầu", "Begun"),
        ("log", "title") | (_, "title") => ("Tin, bài", "Item"),
        (_, "number") => ("TT", "No."),
        (_, "unit") => ("ĐVT", "Unit"),
        (_, "compared") => ("Kỳ so sánh", "Compared"),
        (_, "change") => ("Tăng/giảm", "Change"),
        (_, "percent") => ("Tỷ lệ (%)", "%"),
        (_, "items") => ("Tin, bài", "Items"),
        (_, "first_runs") => ("Phát mới", "First runs"),
        (_, "repeats") => ("Phát lại", "Repeats"),
        (_, "airings") => ("Lượt", "Airings"),
        (_, "minutes") => ("Phút", "Minutes"),
        (_, "share") => ("Tỷ trọng (%)", "Share (%)"),
        (_, "silent_days") => ("Số ngày không phát", "Days without sound"),
        (_, "reasons") => ("Nguyên nhân", "Reasons"),
        (_, "planned_airings") => ("Kế hoạch (lượt)", "Planned (airings)"),
        (_, "planned_minutes") => ("Kế hoạch (phút)", "Planned (minutes)"),
        (_, "target") => ("Chỉ tiêu", "Target"),
        (_, "phone_number") => ("Số", "Number"),
        (_, "verified") => ("Ngày kiểm tra", "Last verified"),
        (_, "last_aired") => ("Phát gần nhất", "Last aired"),
        (_, "planned") => ("Theo lịch", "Planned"),
        (_, "aired") => ("Phát đủ", "Aired"),
        (_, "partial") => ("Một phần", "Partial"),
        (_, "missed") => ("Không phát được", "Missed"),
        (_, "skipped") => ("Bỏ phát", "Skipped"),
        (_, "made_up") => ("Phát bù", "Made up"),
        (_, "day") => ("Ngày", "Day"),
        (_, "planned_at") => ("Giờ lịch", "Planned"),
        (_, "started_at") => ("Giờ phát", "Started"),
        (_, "run") => ("PM/PL", "Run"),
        (_, "length") => ("Thời lượng", "Airtime"),
        (_, "outcome") => ("Kết quả", "Outcome"),
        (_, "approver") => ("Người duyệt", "Approved by"),
        (_, "recording") => ("Mã bản thu", "Recording"),
        (_, "actor") => ("Người ghi", "Entered by"),
        (_, "what") => ("Hình thức", "Kind"),
        _ => ("", ""),
    };
    lang.pick(vi, en)
}

/// A line of the summary and its unit.
pub fn indicator(lang: Language, key: &str) -> (&'static str, &'static str) {
    let ((vi, vi_unit), (en, en_unit)) = match key {
        "airtime" => (("Thời lượng tin, bài", "phút"), ("Airtime of announcements", "minutes")),
        "duty_airtime" => (("Trong đó: nhiệm vụ của Đài", "phút"), ("of these: the station's own duties", "minutes")),
        "airings" => (("Số lượt phát", "lượt"), ("Airings", "airings")),
        "first_runs" => (("Trong đó: phát mới", "lượt"), ("of these: first runs", "airings")),
        "repeats" => (("Trong đó: phát lại", "lượt"), ("of these: repeats", "airings")),
        "items" => (("Số tin, bài", "tin, bài"), ("Distinct items", "items")),
        "recordings" => (("Số bản thu", "bản thu"), ("Distinct recordings", "recordings")),
        "broadcasts" => (("Số lần phát có tin, bài", "lần"), ("Broadcasts with announcements", "broadcasts")),
        "times_a_day" => (("Bình quân mỗi ngày", "lần/ngày"), ("Broadcasts a day", "a day")),
        _ => (("", ""), ("", "")),
    };
    lang.pick((vi, vi_unit), (en, en_unit))
}

pub fn unit(lang: Language, airings: bool) -> &'static str {
    if airings { lang.pick("lượt", "airings") } else { lang.pick("phút", "minutes") }
}

pub fn total(lang: Language) -> &'static str {
    lang.pick("Tổng cộng", "Total")
}

pub fn duty_group(lang: Language, duty: bool) -> &'static str {
    if duty {
        lang.pick("Nhiệm vụ của Đài", "The station's own duties")
    } else {
        lang.pick("Nội dung phối hợp", "Supporting topics")
    }
}

pub fn no_topic(lang: Language) -> &'static str {
    lang.pick("Chưa ghi nhóm nội dung", "No topic given")
}

pub fn no_supplier(lang: Language) -> &'static str {
    lang.pick("Đài (không ghi đơn vị)", "The station (no supplier given)")
}

pub fn ordered(lang: Language) -> &'static str {
    lang.pick("Ngoài lịch: phát theo lệnh", "Beside the plan: ordered by a person")
}

pub fn no_data(lang: Language) -> &'static str {
    lang.pick("chưa có số liệu", "no data")
}

pub fn week(lang: Language, number: usize, from: Date, until: Date) -> String {
    let (a, b) = (date(lang, from), date(lang, until));
    lang.pick(format!("Tuần {number} ({a} – {b})"), format!("Week {number} ({a} – {b})"))
}

pub fn planned_note(lang: Language) -> &'static str {
    lang.pick(
        "Kế hoạch là các tin, bài trong lịch phát của những ngày đó; bài của lần phát chưa chốt vì mất điện tính theo độ dài bình quân của chương trình.",
        "Planned are the announcements of those days' rundown; those of a slot that a power cut left unsettled have their programme's mean length.",
    )
}

pub fn slots_note(lang: Language) -> &'static str {
    lang.pick(
        "Mỗi lần phát theo lịch trên mỗi đường ra loa tính một lần. Phát bù: bài bị lỡ được phát theo lệnh trong 7 ngày sau.",
        "Each planned broadcast counts once on each output. Made up: a lost item that was ordered and aired within 7 days.",
    )
}

pub fn villages_note(lang: Language) -> &'static str {
    lang.pick(
        "Thôn có nhiều đường ra loa thì tính đường phát dài nhất; phút của các thôn không cộng với nhau.",
        "Where several outputs serve a village, the longest counts; villages' minutes are not to be added up.",
    )
}

pub fn by_hand_note(lang: Language) -> &'static str {
    lang.pick("Ghi tay, không cộng vào thời lượng của Đài.", "Entered by hand, and not in the station's airtime.")
}

pub fn outputs_note(lang: Language) -> &'static str {
    lang.pick(
        "Bài phát ra nhiều đường ra loa có mỗi đường một dòng, chỉ tính một lượt.",
        "What went to several outputs has a line for each, and counts once.",
    )
}

/// Beside the outcome of what went where nobody hears it.
pub fn on_test_device(lang: Language, outcome: &str) -> String {
    lang.pick(format!("{outcome} (thiết bị thử)"), format!("{outcome} (test device)"))
}

pub fn recordings_note(lang: Language) -> &'static str {
    lang.pick(
        "Mã bản thu là mã SHA-256 của tệp âm thanh; trên giấy ghi 16 ký tự đầu.",
        "A recording goes by the SHA-256 of its file; on paper by the first 16 digits.",
    )
}

pub fn hand_kind(lang: Language, what: &str) -> &'static str {
    if what == "relay" { lang.pick("tiếp âm", "relayed") } else { lang.pick("phát trực tiếp", "read live") }
}

pub fn unplanned_days(lang: Language) -> &'static str {
    lang.pick("không có lịch", "nothing planned")
}

pub fn days_before_log(lang: Language) -> &'static str {
    lang.pick("chưa có nhật ký", "no log yet")
}

pub fn first_run(lang: Language, first: bool) -> &'static str {
    if first { lang.pick("PM", "new") } else { lang.pick("PL", "rep") }
}

/// A language by its tag; one that is not listed goes by its tag.
pub fn language(lang: Language, tag: &str) -> String {
    let (vi, en) = match tag {
        "vi" => ("Tiếng Việt", "Vietnamese"),
        "mtq" => ("Tiếng Mường", "Mường"),
        "tyz" => ("Tiếng Tày", "Tày"),
        "nut" => ("Tiếng Nùng", "Nùng"),
        "hmn" | "mww" | "hnj" => ("Tiếng Mông", "Hmong"),
        "tai" | "blt" | "twh" => ("Tiếng Thái", "Thai (Tai)"),
        "ium" => ("Tiếng Dao", "Dao"),
        "km" => ("Tiếng Khmer", "Khmer"),
        "rad" => ("Tiếng Ê Đê", "Rade"),
        "jra" => ("Tiếng Gia Rai", "Jarai"),
        "bdq" => ("Tiếng Ba Na", "Bahnar"),
        "cjm" => ("Tiếng Chăm", "Cham"),
        "en" => ("Tiếng Anh", "English"),
        "" => ("Không ghi", "Not given"),
        other => return other.to_owned(),
    };
    lang.pick(vi, en).to_owned()
}

// The logbook.

pub fn logbook(lang: Language) -> &'static str {
    lang.pick("SỔ NHẬT KÝ PHÁT THANH", "BROADCAST LOGBOOK")
}

pub fn checked_by(lang: Language) -> [&'static str; 2] {
    lang.pick(["NGƯỜI GHI SỔ", "NGƯỜI KIỂM TRA"], ["KEPT BY", "CHECKED BY"])
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

pub fn chart_topics(lang: Language) -> &'static str {
    lang.pick("Phút theo nhóm nội dung", "Minutes by topic")
}

pub fn chart_weeks(lang: Language) -> [&'static str; 3] {
    lang.pick(["Phút theo tuần", "Kế hoạch", "Thực hiện"], ["Minutes by week", "Planned", "Aired"])
}
