//! What stands in and around the tables of the annexes.

use jiff::civil::Date;

use super::date;
use crate::lang::Language;
use crate::terms::Manual;

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
        "sessions" => ("Các buổi phát", "Sessions"),
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
        ("summary", "same_days") => ("Kỳ này, cùng số ngày", "This period, same days"),
        ("summary", "value") => ("Kỳ báo cáo", "This period"),
        ("targets", "value") => ("Thực hiện", "Done"),
        ("weeks", "airings") => ("Thực hiện (lượt)", "Aired (airings)"),
        ("weeks", "minutes") => ("Thực hiện (phút)", "Aired (minutes)"),
        ("topics", "same_days") => ("Phút, cùng số ngày", "Minutes, same days"),
        ("topics", "compared") => ("Phút kỳ so sánh", "Minutes compared"),
        ("topics", "change") => ("Phút tăng/giảm", "Change in minutes"),
        ("topics", "airings") => ("Tổng lượt", "Airings"),
        ("by_hand", "started_at") => ("Giờ bắt đầu", "Begun"),
        ("sessions", "minutes") => ("Thời lượng (phút)", "Airtime (minutes)"),
        (_, "session") => ("Buổi", "Session"),
        (_, "programme") => ("Chương trình", "Programme"),
        (_, "remark") => ("Ghi chú", "Remarks"),
        (_, "on_duty") => ("Người trực", "On duty"),
        (_, "title") => ("Tin, bài", "Item"),
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
        (_, "beyond_minutes") => ("Ngoài kế hoạch (phút)", "Beside the plan (minutes)"),
        (_, "no_data") => ("Không có số liệu", "No data"),
        (_, "output") => ("Đường ra loa", "Output"),
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
        (_, "station") => ("Đài", "Station"),
        _ => ("", ""),
    };
    lang.pick(vi, en)
}

/// The head of a column whose figures are seconds.
pub fn in_seconds(lang: Language, head: &str) -> String {
    lang.pick(format!("{head} (giây)"), format!("{head} (seconds)"))
}

/// The head of a column of durations.
pub fn in_minutes_and_seconds(lang: Language, head: &str) -> String {
    lang.pick(format!("{head} (phút:giây)"), format!("{head} (min:sec)"))
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

pub fn hand_kind(lang: Language, what: Manual) -> &'static str {
    match what {
        Manual::Live => lang.pick("phát trực tiếp", "read live"),
        Manual::Relay => lang.pick("tiếp âm", "relayed"),
    }
}

pub fn other_reasons(lang: Language) -> &'static str {
    lang.pick("khác", "other")
}

pub fn unplanned_days(lang: Language) -> &'static str {
    lang.pick("không có lịch", "nothing planned")
}

pub fn days_before_log(lang: Language) -> &'static str {
    lang.pick("chưa có nhật ký", "no log yet")
}

pub fn days_after_log(lang: Language) -> &'static str {
    lang.pick("không có số liệu", "no data")
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
