//! The words of orders: what became of them, and what to do when they were refused or nobody was there to take them.

use crate::control::message::Failure;
use crate::control::request::{Answer, Choice, DueSlot, Foreseen, OrderEffect, Refusal};
use crate::control::socket::SocketError;
use crate::lang::written::Telling;
use crate::lang::{Language, mourning, rundown, system};
use crate::terms::{BroadcastId, Outcome, OutputId, Reason, Wall};

pub fn answer(told: &Telling<'_>, answer: &Answer) -> String {
    let lang = told.lang;
    match answer {
        Answer::Done(effect) => done(told, effect),
        Answer::Playing { broadcast, title, until: Some(until), short_of, everyday } => {
            let title = title.as_deref().map(|title| format!(" {title}")).unwrap_or_default();
            called(lang, &title, broadcast, &told.when(*until), *short_of) + if *everyday { self::everyday(lang) } else { "" }
        }
        Answer::Playing { broadcast, title, until: None, .. } => {
            let title = title.as_deref().unwrap_or_default();
            lang.pick(
                format!("Đã nhận lệnh phát: {title}. Trong nhật ký là {broadcast}; muốn ngừng: loaxa stop"),
                format!("Taken: {title}. In the log it is {broadcast}; to end it: loaxa stop"),
            )
        }
        Answer::Refused(refusal) => refused(told, refusal),
    }
}

/// What an order has done and will do.
fn done(told: &Telling<'_>, effect: &OrderEffect) -> String {
    let lang = told.lang;
    match effect {
        OrderEffect::Before => lang.pick("Lệnh này đã được nhận từ trước.", "This order was taken before.").to_owned(),
        OrderEffect::Stopped { slots } if slots.is_empty() => lang
            .pick("Không có gì đang phát hay đang chờ phát; loa vẫn im.", "Nothing sounded or waited; it is silent as before.")
            .to_owned(),
        OrderEffect::Stopped { slots } => lang.pick("Đã ngừng:", "Ended:").to_owned() + &listed(told, slots),
        OrderEffect::Held { until, again, silent } => held(told, *until, *again, silent),
        OrderEffect::Released { next: None } => {
            lang.pick("Hết tạm ngừng. Chưa có lần phát nào sắp tới.", "The hold is over. Nothing is planned soon.").to_owned()
        }
        OrderEffect::Released { next: Some(next) } => {
            lang.pick("Hết tạm ngừng. Lần phát tới:", "The hold is over. Next:").to_owned()
                + &listed(told, std::slice::from_ref(next))
        }
        OrderEffect::Skipped { slots, again: false } => {
            lang.pick("Sẽ không phát:", "Will not air:").to_owned() + &listed(told, slots)
        }
        OrderEffect::Skipped { slots, again: true } => {
            lang.pick("Đã bỏ từ trước, vẫn không phát:", "Skipped already, and still will not air:").to_owned()
                + &listed(told, slots)
        }
        OrderEffect::Unskipped { slots } => {
            lang.pick("Lại phát theo lịch:", "Will air after all:").to_owned() + &listed(told, slots)
        }
        OrderEffect::Mourned { mourning, silent, airing } => {
            mourning::taken(lang, mourning, *silent, *airing, &|at| told.when(at))
        }
        OrderEffect::MourningWithdrawn => lang
            .pick("Đã hủy lệnh Quốc tang; đài lại phát theo lịch.", "The mourning is taken back; the plan airs again.")
            .to_owned(),
        OrderEffect::Confirmed { at } => {
            let at = told.whole(*at);
            lang.pick(format!("Đã ghi nhận giờ máy là đúng: {at}."), format!("The clock is taken to be right: {at}."))
        }
    }
}

fn held(told: &Telling<'_>, until: Option<Wall>, again: bool, silent: &Foreseen) -> String {
    let lang = told.lang;
    let before =
        if again { lang.pick("Đài đã tạm ngừng như vậy từ trước. ", "This hold stood already. ") } else { "" };
    let until = match until {
        Some(until) => {
            let (at, left) = (told.when(until), told.until(until));
            lang.pick(format!("Im đến {at} ({left})"), format!("Silent until {at} ({left})"))
        }
        None => lang.pick("Im cho đến khi có lệnh loaxa release", "Silent until loaxa release").to_owned(),
    };
    if silent.slots.is_empty() {
        let nothing = lang.pick("không lần phát nào bị bỏ", "nothing planned is lost");
        return format!("{before}{until}; {nothing}.");
    }
    let what = lang.pick("sẽ không phát:", "will not air:");
    let more = if silent.more > 0 {
        lang.pick(format!("\n  … và {} lần nữa", silent.more), format!("\n  … and {} more", silent.more))
    } else {
        String::new()
    };
    format!("{before}{until}; {what}{}{more}", listed(told, &silent.slots))
}

/// A line for each: when, what it is called, its id.
fn listed(told: &Telling<'_>, slots: &[DueSlot]) -> String {
    let line = |slot: &DueSlot| match &slot.title {
        Some(title) => format!("\n  {}: {title} ({})", told.when(slot.planned_at), slot.broadcast),
        None => format!("\n  {}: {}", told.when(slot.planned_at), slot.broadcast),
    };
    slots.iter().map(line).collect()
}

/// What the station's clock shows, and whether that is right.
pub fn is_it_so(lang: Language, shown: &str) -> String {
    lang.pick(
        format!("Giờ máy: {shown}, đúng không? So với đồng hồ đúng rồi gõ c (có) hoặc k (không): "),
        format!("The clock shows {shown}. Is that right? Compare with a good clock, then type y or n: "),
    )
}

pub fn not_confirmed(lang: Language) -> &'static str {
    lang.pick(
        "Chưa xác nhận; đài không tin giờ này. Đặt giờ cho đúng rồi chạy lại: loaxa clock confirm",
        "Not confirmed. Set the clock right, then again: loaxa clock confirm",
    )
}

pub fn say_the_time(lang: Language) -> &'static str {
    lang.pick(
        "không có ai để hỏi: nói giờ đúng bằng --time, ví dụ --time \"15/11/2026 5h30\"",
        "there is nobody to ask: say what time it is by --time, such as --time \"2026-11-15 05:30\"",
    )
}

/// An order that is carried out, and not yet in the log.
pub fn not_kept(lang: Language) -> &'static str {
    lang.pick(
        "Chú ý: lệnh đã được thực hiện nhưng CHƯA ghi được vào nhật ký vì ổ đĩa chậm hoặc hỏng; nếu mất điện lúc này thì lệnh bị mất.\n\
         Hãy xem loaxa status; khi đĩa ghi lại được, lệnh sẽ tự vào nhật ký.",
        "Mind: the order is carried out but NOT yet in the log, because the disk is slow or fails; a power cut now would forget it.\n\
         See loaxa status; it goes into the log by itself as soon as the disk can be written again.",
    )
}

fn called(lang: Language, title: &str, broadcast: &BroadcastId, until: &str, short_of: u32) -> String {
    let taken = lang.pick(
        format!("Đã nhận lệnh KHẨN CẤP{title}, có hiệu lực đến {until}. Trong nhật ký là {broadcast}; muốn ngừng: loaxa stop"),
        format!("EMERGENCY{title} taken, it holds until {until}. In the log it is {broadcast}; to end it: loaxa stop"),
    );
    let short = lang.pick(
        format!("\nChú ý: {short_of} lần không kịp phát trọn trước lúc đó. Muốn phát đủ, ra lệnh lại với --for dài hơn."),
        format!("\nMind: {short_of} of its times cannot air whole before. For all of them order it again with a longer --for."),
    );
    if short_of > 0 { taken + &short } else { taken }
}

/// Why an emergency is ordered that nobody hears.
pub fn drill(lang: Language) -> &'static str {
    lang.pick("thử nghiệm", "drill")
}

/// What became of it on an output.
pub fn drilled(lang: Language, output: &OutputId, outcome: Outcome) -> String {
    let status = rundown::status(lang, outcome.status);
    let why = outcome.reason.map(|reason| format!(": {}", rundown::reason(lang, reason))).unwrap_or_default();
    format!("{output}: {status}{why}\n")
}

/// Behind an emergency that sounds what airs by plan too.
fn everyday(lang: Language) -> &'static str {
    lang.pick(
        "\nChú ý: bài này không phải bản thu khẩn cấp (kind = \"emergency\"), nên vẫn được chọn vào chương trình hằng ngày và tính thời lượng.",
        "\nMind: this is no recording for emergencies (kind = \"emergency\"), so that programmes pick it too and its airtime counts.",
    )
}

/// Why an order was refused, and the remedy.
pub fn refused(told: &Telling<'_>, refusal: &Refusal) -> String {
    let lang = told.lang;
    let (vi, en) = match refusal {
        Refusal::WhichOne(choices) => return which_one(lang, choices),
        Refusal::ClockDiffers(at) | Refusal::BeforeBuild(at) | Refusal::BehindLog(at) => {
            return clock_refused(lang, refusal, &told.whole(*at));
        }
        Refusal::UnknownItem => (
            "Kế hoạch không có tin, bài này. Xem danh sách: loaxa audio KẾ_HOẠCH",
            "The plan has no such item. To see them: loaxa audio PLAN",
        ),
        Refusal::UnknownOutput => (
            "Kế hoạch không có đường ra loa này. Xem tên đúng: loaxa status",
            "The plan has no such output. To see them: loaxa status",
        ),
        Refusal::UnknownBroadcast => (
            "Kế hoạch không có lịch phát này. Xem tên đúng: loaxa rundown KẾ_HOẠCH",
            "The plan has no such broadcast. To see them: loaxa rundown PLAN",
        ),
        Refusal::UnknownProgramme => (
            "Kế hoạch không có chương trình này. Xem mã đúng ở các bảng [[programme]] của kế hoạch.",
            "The plan has no such programme. Its ids stand in the plan's [[programme]] tables.",
        ),
        Refusal::NoPeriod => (
            "Một đợt Quốc tang dài nhất một năm, ngày cuối không trước ngày đầu.",
            "A mourning lasts a year at most, and its last day does not come before its first.",
        ),
        Refusal::NotPlanned => (
            "Lịch phát này không có lần phát nào vào ngày, giờ đó. Xem: loaxa rundown KẾ_HOẠCH --date NGÀY",
            "The broadcast is not planned for that day and time. See: loaxa rundown PLAN --date D",
        ),
        Refusal::Unplayable(reason) => return unplayable(lang, *reason),
        Refusal::OutsideHours => (
            "Đang ngoài khung giờ phát nên không phát. Hãy đợi buổi phát tới.",
            "It is outside session hours, so nothing airs. Wait for the next session.",
        ),
        Refusal::OverQuota => (
            "Buổi này đã phát hết thời lượng tối đa. Hãy đợi buổi phát tới.",
            "The session's quota is used up. Wait for the next session.",
        ),
        Refusal::TooLong => (
            "Bản thu dài hơn thời gian còn lại của buổi phát. Hãy chọn bài ngắn hơn hoặc đợi buổi phát tới.",
            "It would not end before the session closes. Choose a shorter item or wait for the next session.",
        ),
        Refusal::ClockDoubtful => (
            "Chưa tin được giờ máy nên không phát. Hãy đặt giờ cho đúng rồi chạy: loaxa clock confirm",
            "The machine's clock is not trusted, so nothing airs. Set it right, then run: loaxa clock confirm",
        ),
        Refusal::OnHold => (
            "Đài đang tạm ngừng phát. Cho phát lại trước: loaxa release",
            "The station is on hold. End that first: loaxa release",
        ),
        Refusal::AlreadySounding => (
            "Bài này đang phát rồi. Muốn phát lại từ đầu: loaxa stop trước, rồi ra lệnh lại.",
            "It sounds already. To begin it anew: loaxa stop first, then order it again.",
        ),
        Refusal::NotHeld => (
            "Đài không tạm ngừng, nên không có gì để cho phát lại. Lần phát đã bỏ thì: loaxa unskip",
            "No hold stands, so there is nothing to release. For what was skipped: loaxa unskip",
        ),
        Refusal::NotSkipped => (
            "Lần phát đó không bị bỏ, hoặc đã qua. Đài tạm ngừng thì: loaxa release",
            "That broadcast is not skipped, or is over. To end a hold: loaxa release",
        ),
        Refusal::NotMourning => (
            "Không có lệnh Quốc tang nào như vậy để hủy. Muốn xem: loaxa mourning --list",
            "There is no such mourning to take back. To see what stands: loaxa mourning --list",
        ),
        Refusal::TooLate => {
            ("Lúc đó đã qua rồi. Muốn ngừng bài đang phát: loaxa stop", "That instant has passed. To end what sounds: loaxa stop")
        }
        Refusal::TooFar => (
            "Chỉ tạm ngừng đến một lúc trong vòng một năm. Muốn lâu hơn: loaxa hold (không có --until), khi cần thì loaxa release",
            "A hold ends within a year. For longer: loaxa hold without --until, and loaxa release when it is over",
        ),
        Refusal::NoReason => {
            ("Phát khẩn cấp phải có lý do: thêm --reason \"…\"", "An emergency needs a reason: add --reason \"…\"")
        }
        Refusal::NoEmergency => (
            "Chỉ thử bản thu khẩn cấp (kind = \"emergency\"). Nghe trước bài khác: loaxa rehearse",
            "Only recordings for emergencies (kind = \"emergency\") are drilled. To hear others beforehand: loaxa rehearse",
        ),
        Refusal::NoDrillNotice => (
            "Kế hoạch chưa có lời báo thử nghiệm, nên không phát thử ra loa. Thu một câu “Đây là phát thử nghiệm”, rồi ghi drill = \"MÃ\" \
             trong [station]; hoặc thử không ra loa: --to wav:THƯ_MỤC",
            "The plan has nothing that announces a test, so nothing is tried on air. Record “This is a test” and write drill = \"ID\" in \
             [station]; or try it unheard: --to wav:FOLDER",
        ),
        Refusal::TooMuch => (
            "Lệnh khẩn cấp chỉ được đặt từ 1 đến 100 lần (--times), kéo dài nhiều nhất 24 giờ (--for).",
            "An emergency may sound 1 to 100 times (--times) and hold for 24 hours at most (--for).",
        ),
        Refusal::Internal => (
            "Máy phát gặp lỗi bên trong và không làm theo lệnh. Xem: loaxa status",
            "The engine had an internal error and did not follow the order. See: loaxa status",
        ),
    };
    lang.pick(vi, en).to_owned()
}

fn which_one(lang: Language, choices: &[Choice]) -> String {
    let named = |choice: &Choice| format!("\n  {} ({})", choice.name, choice.id);
    let all: String = choices.iter().map(named).collect();
    match choices {
        [_] => lang.pick(
            format!("Không có tên đó trong kế hoạch. Có phải là:{all}"),
            format!("The plan has no such name. Did you mean:{all}"),
        ),
        _ => lang.pick(
            format!("Tên đó có mấy nơi, hãy ghi mã trong ngoặc:{all}"),
            format!("Several have that name, write the id in brackets:{all}"),
        ),
    }
}

/// Why nobody may vouch for the clock, with the time that the refusal names.
fn clock_refused(lang: Language, refusal: &Refusal, at: &str) -> String {
    let (vi, en) = match refusal {
        Refusal::BeforeBuild(_) => (
            format!(
                "Giờ máy là {at}, trước cả ngày làm ra chương trình, chắc chắn sai. Đặt giờ cho đúng rồi: loaxa clock confirm"
            ),
            format!("The clock shows {at}, before this program was made: it is wrong. Set it right, then: loaxa clock confirm"),
        ),
        Refusal::BehindLog(_) => (
            format!(
                "Nhật ký đã ghi đến {at}, muộn hơn giờ máy. Giờ máy sai thì đặt lại. Nếu giờ máy đúng, và giờ xác nhận lần trước mới là sai: \
                 loaxa clock confirm --back; những gì đã ghi nhầm vì giờ ấy sẽ không được tính."
            ),
            format!(
                "The log reaches {at}, later than the clock. If the clock is wrong, set it. If it is right and what was confirmed before was \
                 wrong: loaxa clock confirm --back; what that time brought into the log will not count."
            ),
        ),
        _ => (
            format!("Giờ máy là {at}, khác giờ vừa nói. Đặt giờ cho đúng rồi xác nhận lại."),
            format!("The clock shows {at}, which is not what was said. Set it right, then confirm again."),
        ),
    };
    lang.pick(vi, en)
}

/// Why a recording cannot sound. Only reasons about recordings come here; the others name themselves.
fn unplayable(lang: Language, reason: Reason) -> String {
    let (vi, en) = match reason {
        Reason::FileMissing => (
            "Thiếu bản thu của bài này. Hãy chép tệp vào thư mục bản thu, rồi: loaxa check KẾ_HOẠCH",
            "The recording of this item is missing. Copy the file into the folder of recordings, then: loaxa check PLAN",
        ),
        Reason::FileError => (
            "Bản thu của bài này bị lỗi, không phát được. Hãy thu lại hoặc chép lại tệp, rồi: loaxa check KẾ_HOẠCH",
            "The recording of this item cannot be played. Record or copy it again, then: loaxa check PLAN",
        ),
        Reason::NotValid => (
            "Bài này chưa đến hạn hoặc đã hết hạn phát. Xem `valid` trong kế hoạch.",
            "This item is not valid today. See `valid` in the plan.",
        ),
        Reason::Unapproved => ("Bài này chưa được duyệt.", "This item is not approved."),
        other => return lang.pick(format!("Bài này không phát được ({other})."), format!("This item cannot air ({other}).")),
    };
    lang.pick(vi, en).to_owned()
}

/// It answered, and not what it was asked.
pub fn strange_answer(lang: Language) -> String {
    unheard(lang, &SocketError::Garbled("another reply than was asked for".to_owned()))
}

/// Why the daemon could not be asked, and what to do.
pub fn unheard(lang: Language, error: &SocketError) -> String {
    match error {
        SocketError::NotRunning(data) => lang.pick(
            format!(
                "Đài không chạy trên thư mục dữ liệu {}. Cho chạy: loaxa run KẾ_HOẠCH; nếu đài dùng thư mục khác: --data THƯ_MỤC (dịch vụ: /var/lib/loaxa)",
                data.display()
            ),
            format!(
                "No daemon is running on the data folder {}. Start it: loaxa run PLAN; if it uses another folder: --data DIR (the service: /var/lib/loaxa)",
                data.display()
            ),
        ),
        SocketError::Forbidden(data) => lang.pick(
            format!(
                "Đài trên {0} chạy bằng tài khoản khác. Dùng tài khoản đó, ví dụ: sudo -u loaxa loaxa status --data {0}",
                data.display()
            ),
            format!(
                "The daemon on {0} belongs to another user. Ask as that user, such as: sudo -u loaxa loaxa status --data {0}",
                data.display()
            ),
        ),
        SocketError::Silent(data) => lang.pick(
            format!("Đài trên {} không trả lời. Thử lại; nếu vẫn vậy, hãy khởi động lại dịch vụ.", data.display()),
            format!("The daemon on {} did not answer. Try again; if it stays so, restart the service.", data.display()),
        ),
        SocketError::Garbled(detail) => lang.pick(
            "Không đọc được câu trả lời của đài: có lẽ khác phiên bản. Hãy dùng đúng bản loaxa mà đài đang chạy.".to_owned(),
            format!("The daemon's answer cannot be read (another version?): {detail}"),
        ),
        SocketError::Failed(failure) => failed(lang, failure),
        SocketError::Io { path, source } => lang.pick(
            format!("Không dùng được {}: {}", path.display(), system::io(lang, source)),
            format!("{} cannot be used: {source}", path.display()),
        ),
    }
}

fn failed(lang: Language, failure: &Failure) -> String {
    match failure {
        Failure::Malformed { detail } => lang.pick(
            "Đài không hiểu lệnh: có lẽ khác phiên bản.".to_owned(),
            format!("The daemon did not understand the order: {detail}"),
        ),
        Failure::TooLong => lang.pick("Lệnh dài quá.", "The order is too long.").to_owned(),
        Failure::TooSlow => lang
            .pick("Lệnh không đến đủ trong thời gian cho phép. Thử lại.", "The order did not arrive in time. Try again.")
            .to_owned(),
        Failure::Forbidden => lang
            .pick("Chỉ tài khoản chạy đài và root mới được ra lệnh.", "Only the daemon's own user and root may give orders.")
            .to_owned(),
        Failure::Unanswered => lang
            .pick(
                "Đài đang tắt hoặc bận, chưa trả lời. Xem lại sau ít phút: loaxa status",
                "The daemon is ending or busy and did not answer. Look again soon: loaxa status",
            )
            .to_owned(),
    }
}

/// What the log calls the tone that leads an emergency in.
pub fn attention_tone(lang: Language) -> &'static str {
    lang.pick("Hiệu lệnh báo tin khẩn", "Attention tone")
}

pub fn emergency_needs_reason(lang: Language) -> &'static str {
    lang.pick("phát khẩn cấp phải có lý do: thêm --reason \"…\"", "an emergency needs a reason: add --reason \"…\"")
}

pub fn emergency_only(lang: Language) -> &'static str {
    lang.pick(
        "--times, --every và --for chỉ dùng với --priority emergency",
        "--times, --every and --for go with --priority emergency only",
    )
}
