//! The words of the console's pages.

use jiff::civil::Date;

use crate::calendar::lunar::LunarDate;
use crate::control::message::Failure;
use crate::control::request::{DueSlot, OrderEffect};
use crate::lang::written::{Telling, weekday};
use crate::lang::{Language, mourning, rundown, status};
use crate::terms::{Doubt, PersonRole, Wall};

pub const VIETNAMESE: &str = "Tiếng Việt";

/// One word or sentence of the pages: its name, Vietnamese, English.
macro_rules! page_words {
    ($($name:ident: $vi:literal, $en:literal;)*) => {
        /// What stands on the pages, each in one language.
        #[derive(Clone, Copy, Debug)]
        pub struct ConsoleWords {
            pub lang: Language,
            $(pub $name: &'static str,)*
        }

        pub fn words(lang: Language) -> ConsoleWords {
            ConsoleWords { lang, $($name: lang.pick($vi, $en),)* }
        }
    };
}

page_words! {
    // The frame.
    today: "Hôm nay", "Today";
    schedule: "Lịch", "Schedule";
    log: "Nhật ký", "Log";
    reports: "Báo cáo", "Reports";
    technical: "Kỹ thuật", "Technical";
    pages: "Các trang", "Pages";
    to_content: "Đến nội dung chính", "Skip to the content";
    to_today: "Về trang Hôm nay", "Back to Today";
    sign_out: "Thoát", "Sign out";
    trouble: "Chưa được", "That did not work";
    cancel: "Thôi", "Cancel";
    // Today.
    state: "Tình trạng đài", "The station now";
    lost: "MẤT LIÊN LẠC", "NO CONTACT";
    lost_text: "Trang này không còn nghe được máy phát. Nếu loa còn kêu, hãy tắt tăng âm. Trang tự nối lại khi máy trả lời.",
        "This page has lost the station. If the loudspeakers still sound, switch the amplifier off. It comes back by itself when the machine answers.";
    unsent: "Lệnh CHƯA gửi được: máy phát không trả lời. Nếu loa còn kêu, hãy tắt tăng âm; rồi bấm lại.",
        "NOT sent: the station does not answer. If the loudspeakers still sound, switch the amplifier off; then press again.";
    clock_good: "giờ đúng", "clock is right";
    clock_doubtful: "chưa chắc giờ đúng", "clock is doubtful";
    confirm_clock: "Giờ trên trang này đúng, cho phát", "The time shown here is right: air";
    stop: "Dừng phát ngay", "Stop now";
    release: "Phát tiếp", "Go on airing";
    hold: "Tạm ngừng đến…", "Hold until…";
    hold_until: "Tạm ngừng đến", "Hold until";
    hold_now: "Tạm ngừng", "Hold";
    hold_open: "Để trống: ngừng đến khi bấm “Phát tiếp”.", "Left empty: until somebody presses “Go on airing”.";
    over: "Đã phát", "Aired so far";
    level: "mức âm", "level";
    nothing_next: "Chưa có lần phát nào sắp tới.", "Nothing is planned next.";
    machine: "Máy", "Machine";
    machine_well: "Máy bình thường: loa, đồng hồ, ổ đĩa, nhật ký đều tốt.", "All is well: sound device, clock, disk and log.";
    warnings: "Điều cần xem lại", "Worth a look";
    log_blind: "Chưa đọc được nhật ký của hôm nay.", "Today's log cannot be read now.";
    no_slots: "Hôm nay không có lần phát nào.", "Nothing is planned today.";
    // Orders.
    play: "Phát một bài…", "Play an item…";
    play_now: "Phát ngay", "Play now";
    play_first: "Ưu tiên: nhường sau bài đang phát", "Priority: goes next, after the item on air";
    play_hours: "Chỉ phát trong khung giờ của đài.", "It airs inside the station's hours only.";
    item: "Tin, bài", "Item";
    choose: "– chọn –", "– choose –";
    other_items: "Khác", "Others";
    emergency_items: "Bài khẩn cấp", "Emergency recordings";
    emergency: "Phát khẩn cấp", "Emergency";
    emergency_says: "Phát ngay, cắt mọi thứ đang phát, cả ngoài khung giờ. Chỉ dùng khi có lệnh.",
        "It sounds at once, cuts whatever is on air, also outside hours. Only when it was ordered.";
    reason: "Lý do", "Reason";
    on_order_of: "Theo lệnh của", "On whose order";
    times: "Số lần phát", "How often";
    minutes: "Trong bao nhiêu phút", "For how many minutes";
    pin_again: "Mã PIN của bạn, nhập lại", "Your PIN again";
    five_seconds: "Sau khi bấm còn 5 giây để hủy.", "You then have 5 seconds to call it off.";
    sounds_in: "Sẽ phát sau", "It sounds in";
    call_off: "Hủy, không phát", "Call it off";
    called_off: "Đã hủy. Không phát gì.", "Called off. Nothing sounds.";
    // Schedule.
    earlier: "Trước", "Earlier";
    later: "Sau", "Later";
    planned: "theo lịch", "planned";
    legend_aired: "phát đủ", "aired";
    legend_partial: "phát một phần", "partial";
    legend_missed: "không phát được", "missed";
    legend_out: "bỏ phát", "left out";
    whole_month: "Cả tháng", "The whole month";
    nothing_that_day: "Ngày này không có lần phát nào.", "Nothing is planned or logged on this day.";
    forecast: "dự kiến", "forecast";
    forecast_note: "~ bài do máy chọn, mới là dự kiến: chốt trước giờ phát khoảng 10 phút.",
        "~ picked, and only a forecast: picks settle about 10 minutes before air.";
    skip: "Bỏ lần này", "Skip this one";
    unskip: "Thôi bỏ, vẫn phát", "Air it after all";
    // Log.
    from: "Từ ngày", "From";
    until: "Đến hết ngày", "Through";
    topic: "Nhóm nội dung", "Topic";
    zone: "Thôn", "Village";
    outcome: "Kết quả", "Outcome";
    in_titles: "Trong tên bài", "In titles";
    all: "tất cả", "all";
    show: "Xem", "Show";
    seek: "Chọn ngày, lọc…", "Choose days, filter…";
    by_topic: "Thời lượng theo nhóm nội dung", "Airtime by topic";
    airings: "Lần phát đủ", "Aired whole";
    airtime: "Thời lượng", "Airtime";
    check_chain: "Kiểm tra nhật ký có bị sửa không", "Check that the log was not changed";
    log_cut: "Chỉ hiện 400 dòng đầu; tổng cộng ở trên là của tất cả. Hãy chọn ít ngày hơn để xem hết.",
        "Only the first 400 rows are shown; the sum above is of all. Choose fewer days to see the rest.";
    // Reports.
    month: "Tháng", "Month";
    quarter: "Quý", "Quarter";
    year: "Năm", "Year";
    campaign: "Đợt", "Campaign";
    make: "Lập báo cáo", "Make the report";
    making: "Đang lập báo cáo…", "The report is being made…";
    made_lately: "Vừa lập", "Made lately";
    other_report: "Báo cáo khác", "Another report";
    report_off: "Đã dừng, chưa lập xong.", "Called off: it was not made.";
    // Technical.
    outputs: "Đường ra loa", "Outputs";
    machine_clock: "Giờ máy", "Machine clock";
    data: "Thư mục dữ liệu", "Data folder";
    free: "còn trống", "free";
    log_head: "Dòng cuối của nhật ký", "Head of the log";
    plan: "Kế hoạch", "Plan";
    people: "Người dùng", "People";
    no_people: "Chưa có ai: bảng điều khiển chỉ mở trên máy này.", "Nobody yet: the console is open on this machine only.";
    people_how: "Thêm, đổi mã PIN, bớt người: loaxa person", "To add somebody, change a PIN, or take somebody away: loaxa person";
    program: "Chương trình", "Program";
    // Signing in.
    sign_in: "Đăng nhập", "Sign in";
    your_name: "Tên", "Name";
    pin: "Mã PIN", "PIN";
}

/// `Thứ Hai 16/11/2026 (8/10 âm lịch)`: the lunar day is for Vietnamese readers.
pub fn date_with_lunar(lang: Language, day: Date) -> String {
    let lunar = Some(day).filter(|_| lang == Language::Vi).and_then(rundown::lunar);
    format!("{}{}", date(lang, day), lunar.map(|lunar| format!(" ({lunar})")).unwrap_or_default())
}

/// `8/10`, beside the solar day's number.
pub fn lunar_day(lang: Language, day: Date) -> Option<String> {
    let LunarDate { month, leap, day, .. } = LunarDate::of(day).filter(|_| lang == Language::Vi)?;
    Some(format!("{day}/{month}{}", if leap { "N" } else { "" }))
}

/// `Thứ Hai 16/11/2026`.
pub fn date(lang: Language, day: Date) -> String {
    let written = lang.pick(day.strftime("%d/%m/%Y").to_string(), day.strftime("%-d %B %Y").to_string());
    format!("{} {written}", weekday(lang, day.weekday()))
}

/// Who has signed in.
pub fn person(lang: Language, name: &str, role: PersonRole) -> String {
    format!("{name} · {}", self::role(lang, role))
}

pub fn role(lang: Language, role: PersonRole) -> &'static str {
    match role {
        PersonRole::Operator => lang.pick("vận hành", "operator"),
        PersonRole::Approver => lang.pick("duyệt bài", "approver"),
        PersonRole::Reviewer => lang.pick("theo dõi", "reviewer"),
        PersonRole::Technician => lang.pick("kỹ thuật", "technician"),
    }
}

pub fn rehearsal(lang: Language) -> &'static str {
    lang.pick("NGHE THỬ: giờ giả định, không phải buổi phát thật", "REHEARSAL: a pretended clock, no real broadcast")
}

// What the first page says -----------------------------------------------------------------------------------------------------------

pub fn emergency(lang: Language, title: &str, reason: &str, actor: &str, until: &str) -> String {
    lang.pick(
        format!("PHÁT KHẨN CẤP: {title}. {reason}. {actor} ra lệnh, có hiệu lực đến {until}."),
        format!("EMERGENCY: {title}. {reason}. Ordered by {actor}, holds until {until}."),
    )
}

pub fn held(lang: Language, until: Option<&str>) -> String {
    match until {
        Some(until) => lang.pick(
            format!("Đài im lặng đến {until}, rồi tự phát lại."),
            format!("The station is silent until {until}, then airs again by itself."),
        ),
        None => lang
            .pick("Đài im lặng cho đến khi bấm “Phát tiếp”.", "The station is silent until somebody presses “Go on airing”.")
            .to_owned(),
    }
}

/// Where what sounds stands in its programme, and on which outputs.
pub fn place(lang: Language, programme: &str, element: u32, elements: u32, outputs: &str) -> String {
    let on = if outputs.is_empty() { String::new() } else { format!(" · {outputs}") };
    lang.pick(format!("{programme}, bài {element}/{elements}{on}"), format!("{programme}, item {element} of {elements}{on}"))
}

pub fn left(lang: Language, seconds: i64) -> String {
    let left = format!("{}:{:02}", seconds / 60, seconds % 60);
    lang.pick(format!("còn {left}"), format!("{left} left"))
}

pub fn next(lang: Language, at: &str, name: &str, length: &str) -> String {
    lang.pick(format!("Tiếp theo: {at} {name}, {length}"), format!("Next: {at} {name}, {length}"))
}

pub fn amplifier(lang: Language, before: &str) -> String {
    lang.pick(format!("Nhớ bật tăng âm trước {before}."), format!("Switch the amplifier on before {before}."))
}

pub fn on_air(lang: Language) -> &'static str {
    lang.pick("đang phát", "on air")
}

pub fn waits(lang: Language) -> &'static str {
    lang.pick("chờ đến lượt", "waits for its turn")
}

pub fn left_out(lang: Language) -> &'static str {
    lang.pick("sẽ không phát", "will not air")
}

/// A length as one says it beforehand: to the minute, where it is a minute and more.
pub fn about(lang: Language, ms: i64) -> String {
    let ms = if ms >= 60_000 { (ms + 30_000) / 60_000 * 60_000 } else { ms };
    status::length(lang, ms)
}

pub fn yesterday(lang: Language, aired: usize, owed: usize) -> String {
    lang.pick(format!("Hôm qua: {aired}/{owed} lần phát đủ."), format!("Yesterday: {aired} of {owed} broadcasts aired whole."))
}

// What is answered to orders ---------------------------------------------------------------------------------------------------------

/// What an order has done and will do; `next` is when the next broadcast airs.
pub fn done(told: &Telling<'_>, effect: &OrderEffect, next: Option<Wall>) -> String {
    let lang = told.lang;
    let airs = || match next.map(|next| told.when(next)) {
        Some(next) => lang
            .pick(format!("Lần phát sau, {next}, vẫn phát theo lịch."), format!("The next broadcast, {next}, airs as planned.")),
        None => lang.pick("Chưa có lần phát nào sắp tới.", "Nothing is planned next.").to_owned(),
    };
    match effect {
        OrderEffect::Before => lang.pick("Lệnh này đã được nhận từ trước.", "This order was taken before.").to_owned(),
        OrderEffect::Stopped { slots } if slots.is_empty() => {
            format!("{} {}", lang.pick("Không có gì đang phát.", "Nothing sounded."), airs())
        }
        OrderEffect::Stopped { slots } => format!("{} {}. {}", lang.pick("Đã dừng:", "Stopped:"), named(told, slots), airs()),
        OrderEffect::Held { until, silent, .. } => {
            let until = held(lang, until.map(|until| told.when(until)).as_deref());
            let silent = match silent.slots.as_slice() {
                [] => String::new(),
                slots => format!(
                    " {} {}{}.",
                    lang.pick("Sẽ không phát:", "Will not air:"),
                    named(told, slots),
                    more(lang, silent.more)
                ),
            };
            format!("{} {until}{silent}", lang.pick("Đã tạm ngừng.", "On hold."))
        }
        OrderEffect::Released { .. } => format!("{} {}", lang.pick("Đã cho phát lại.", "The hold is over."), airs()),
        OrderEffect::Skipped { slots, .. } => format!("{} {}.", lang.pick("Sẽ không phát:", "Will not air:"), named(told, slots)),
        OrderEffect::Unskipped { slots } => {
            format!("{} {}.", lang.pick("Lại phát theo lịch:", "Will air after all:"), named(told, slots))
        }
        OrderEffect::Confirmed { at } => {
            let at = told.when(*at);
            let believed = lang.pick(format!("Đã xác nhận giờ máy đúng: {at}."), format!("The clock is confirmed: {at}."));
            format!("{believed} {}", airs())
        }
        OrderEffect::Mourned { mourning, silent, airing } => {
            mourning::taken(lang, mourning, *silent, *airing, &|at| told.when(at))
        }
        OrderEffect::MourningWithdrawn => mourning::withdrawn(lang).to_owned(),
    }
}

/// Slots as people call them.
fn named(told: &Telling<'_>, slots: &[DueSlot]) -> String {
    let one = |slot: &DueSlot| {
        let name = slot.title.as_deref().unwrap_or(slot.broadcast.as_str());
        format!("{name} ({})", told.when(slot.planned_at))
    };
    slots.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn more(lang: Language, more: u32) -> String {
    if more == 0 { String::new() } else { lang.pick(format!(" và {more} lần nữa"), format!(" and {more} more")) }
}

pub fn playing(told: &Telling<'_>, title: &str, until: Option<Wall>) -> String {
    match until.map(|until| told.when(until)) {
        Some(until) => told.lang.pick(
            format!("Đang phát KHẨN CẤP: {title}. Có hiệu lực đến {until}. Muốn ngừng sớm: Dừng phát ngay."),
            format!("The EMERGENCY sounds: {title}. It holds until {until}. To end it: Stop now."),
        ),
        None => told.lang.pick(
            format!("Đã nhận: {title}. Phát ngay khi đến lượt."),
            format!("Taken: {title}. It sounds as soon as it is its turn."),
        ),
    }
}

pub fn not_kept(lang: Language) -> &'static str {
    lang.pick(
        "Chú ý: lệnh CHƯA ghi được vào nhật ký vì ổ đĩa chậm hoặc hỏng; ghi được lúc nào sẽ tự ghi.",
        "Mind: it is NOT yet in the log, because the disk is slow or fails; it will be as soon as the disk can be written.",
    )
}

/// Why the station did not deal with an order.
pub fn unheard(lang: Language, failure: &Failure) -> &'static str {
    match failure {
        Failure::Malformed { .. } | Failure::TooLong => bad_form(lang),
        Failure::TooSlow | Failure::Forbidden | Failure::Unanswered => lang.pick(
            "Máy phát không trả lời. Nếu loa còn kêu, hãy tắt tăng âm; rồi bấm lại.",
            "The station does not answer. If the loudspeakers still sound, switch the amplifier off; then press again.",
        ),
    }
}

pub fn on_order_of(lang: Language, reason: &str, who: &str) -> String {
    lang.pick(format!("{reason} (theo lệnh của {who})"), format!("{reason} (on the order of {who})"))
}

pub fn reason_missing(lang: Language) -> &'static str {
    lang.pick("Hãy ghi lý do: nhật ký giữ lại.", "Give the reason: the log keeps it.")
}

pub fn bad_form(lang: Language) -> &'static str {
    lang.pick(
        "Trang gửi thiếu hoặc sai thông tin. Hãy về trang Hôm nay và làm lại.",
        "The page sent something incomplete. Go back to Today and do it again.",
    )
}

pub fn bad_time(lang: Language) -> &'static str {
    lang.pick(
        "Không hiểu giờ này. Hãy chọn ngày và giờ, hoặc để trống.",
        "That time is not understood. Choose a day and a time, or leave it empty.",
    )
}

// Schedule, log, reports, machine ------------------------------------------------------------------------------------------------------

pub fn month(lang: Language, first: Date) -> String {
    lang.pick(format!("Tháng {}/{}", first.month(), first.year()), first.strftime("%B %Y").to_string())
}

/// From one day through another.
pub fn days(lang: Language, from: Date, until: Date) -> String {
    let day = |day: Date| lang.pick(day.strftime("%d/%m/%Y").to_string(), day.strftime("%-d %B %Y").to_string());
    if from == until { day(from) } else { format!("{} – {}", day(from), day(until)) }
}

pub fn quarter(lang: Language, quarter: i8, year: i16) -> String {
    lang.pick(format!("Quý {quarter}/{year}"), format!("Quarter {quarter} of {year}"))
}

pub fn aired_in_all(lang: Language, airings: usize, airtime: &str) -> String {
    lang.pick(
        format!("Tin, bài: {airings} lượt phát đủ, {airtime}."),
        format!("Announcements: {airings} aired whole, {airtime}."),
    )
}

pub fn log_unread(lang: Language) -> &'static str {
    lang.pick(
        "Chưa đọc được nhật ký: ổ đĩa chậm hoặc hỏng. Hãy thử lại.",
        "The log cannot be read: the disk is slow or fails. Try again.",
    )
}

pub fn not_intact(lang: Language, seq: u64) -> String {
    lang.pick(
        format!("NHẬT KÝ KHÔNG NGUYÊN VẸN từ dòng {seq}. Báo cán bộ kỹ thuật; xem chi tiết: loaxa verify"),
        format!("THE LOG IS NOT WHAT WAS WRITTEN, from row {seq} on. Call a technician; for more: loaxa verify"),
    )
}

pub fn bad_days(lang: Language) -> &'static str {
    lang.pick("Hãy chọn tháng, quý, năm, đợt hoặc hai ngày.", "Choose a month, a quarter, a year, a campaign or two days.")
}

pub fn report_busy(lang: Language) -> &'static str {
    lang.pick(
        "Đang lập một báo cáo khác. Hãy chờ xong rồi bấm lại.",
        "Another report is being made. Wait for it, then press again.",
    )
}

pub fn doubtful(lang: Language, why: Option<Doubt>) -> String {
    status::doubtful(lang, why)
}

/// A size as people say it.
pub fn bytes(lang: Language, bytes: u64) -> String {
    let (size, unit) = match bytes {
        0..1_000_000 => (bytes.div_ceil(1_000), "kB"),
        1_000_000..1_000_000_000 => (bytes / 1_000_000, "MB"),
        _ => return format!("{} GB", lang.pick(tenths(bytes).replace('.', ","), tenths(bytes))),
    };
    format!("{size} {unit}")
}

fn tenths(bytes: u64) -> String {
    let tenths = bytes / 100_000_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

// Who may come in --------------------------------------------------------------------------------------------------------------------

pub fn wrong_host(lang: Language) -> &'static str {
    lang.pick(
        "Trang này không mở được bằng tên đó. Hãy gõ đúng địa chỉ mà máy phát hiện ra, ví dụ http://127.0.0.1:8080/",
        "The console does not go by that name. Type the address that the station shows, such as http://127.0.0.1:8080/",
    )
}

pub fn wrong_origin(lang: Language) -> &'static str {
    lang.pick(
        "Lệnh này không đến từ trang của đài nên không nhận. Hãy mở lại trang Hôm nay rồi bấm lại.",
        "That order does not come from the station's own page and is refused. Open Today again and press there.",
    )
}

pub fn sign_in_first(lang: Language) -> &'static str {
    lang.pick("Hãy đăng nhập trước.", "Sign in first.")
}

pub fn not_yours(lang: Language) -> &'static str {
    lang.pick(
        "Việc này không thuộc quyền của bạn. Hãy nhờ người vận hành hoặc kỹ thuật.",
        "That is not yours to do. Ask the operator or the technician.",
    )
}

pub fn wrong_pin(lang: Language) -> &'static str {
    lang.pick("Tên hoặc mã PIN không đúng.", "That name or PIN is wrong.")
}

pub fn wait(lang: Language, minutes: u64) -> String {
    lang.pick(
        format!("Nhập sai nhiều lần. Hãy chờ {minutes} phút rồi thử lại."),
        format!("Too many wrong tries. Wait {minutes} min and try again."),
    )
}

pub fn no_such_page(lang: Language) -> &'static str {
    lang.pick("Không có trang này.", "There is no such page.")
}

pub fn too_many_pages(lang: Language) -> &'static str {
    lang.pick("Đang có quá nhiều trang mở. Hãy đóng bớt.", "Too many pages are open. Close some.")
}

// What the station says of its console -----------------------------------------------------------------------------------------------

pub fn open_at(lang: Language, address: &str) -> String {
    lang.pick(format!("Bảng điều khiển: http://{address}/"), format!("Console: http://{address}/"))
}

pub fn panicked(lang: Language) -> &'static str {
    lang.pick("lỗi bên trong; đang mở lại", "an internal error; it is opened again")
}

pub fn nobody_yet(lang: Language, address: &str) -> String {
    lang.pick(
        format!("{address} mở cho cả mạng nhưng chưa có ai được phép vào. Thêm người: loaxa person add TÊN"),
        format!("{address} is open to the network and nobody may come in yet. Add somebody: loaxa person add NAME"),
    )
}

pub fn people(lang: Language, why: &str) -> String {
    lang.pick(format!("không đọc được danh sách người dùng: {why}"), format!("the list of people cannot be read: {why}"))
}
