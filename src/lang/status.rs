//! The words of `loaxa status`.

use crate::control::status::{DeviceState, FaultCode, State};
use crate::lang::Language;
pub use crate::lang::rundown::reason as reason_word;
use crate::terms::{Doubt, Evidence, Reason};

pub fn state(lang: Language, state: State) -> &'static str {
    match state {
        State::Idle => lang.pick("CHỜ", "WAITING"),
        State::OnAir => lang.pick("ĐANG PHÁT", "ON AIR"),
        State::Hold => lang.pick("TẠM NGỪNG", "ON HOLD"),
        State::Fault => lang.pick("CÓ SỰ CỐ", "FAULT"),
    }
}

/// The page's headings.
#[derive(Clone, Copy, Debug)]
pub struct Headings {
    pub now: &'static str,
    pub next: &'static str,
    pub outputs: &'static str,
    pub clock: &'static str,
    pub faults: &'static str,
    pub warnings: &'static str,
    pub plan: &'static str,
    pub none: &'static str,
}

pub fn headings(lang: Language) -> Headings {
    lang.pick(
        Headings {
            now: "Đang phát",
            next: "Sắp phát",
            outputs: "Đường ra loa",
            clock: "Giờ máy",
            faults: "Sự cố",
            warnings: "Cần xem lại",
            plan: "Kế hoạch",
            none: "không có",
        },
        Headings {
            now: "On air",
            next: "Next",
            outputs: "Outputs",
            clock: "Clock",
            faults: "Faults",
            warnings: "Warnings",
            plan: "Plan",
            none: "none",
        },
    )
}

pub fn held(lang: Language, until: Option<&str>) -> String {
    match until {
        Some(until) => {
            lang.pick(format!("đến {until}; phát lại ngay: loaxa release"), format!("until {until}; to air now: loaxa release"))
        }
        None => lang.pick("cho đến khi có lệnh: loaxa release".to_owned(), "until released: loaxa release".to_owned()),
    }
}

pub fn emergency(lang: Language) -> &'static str {
    lang.pick("PHÁT KHẨN CẤP", "EMERGENCY")
}

pub fn ordered_by(lang: Language, actor: &str, time: &str) -> String {
    lang.pick(format!("{actor} ra lệnh lúc {time}"), format!("ordered by {actor} at {time}"))
}

pub fn aired_times(lang: Language, aired: u32, times: u32) -> String {
    lang.pick(format!("đã phát trọn {aired}/{times} lần"), format!("{aired} of {times} times aired whole"))
}

pub fn again_at(lang: Language, time: &str) -> String {
    lang.pick(format!("phát tiếp lúc {time}"), format!("again at {time}"))
}

pub fn ends_at(lang: Language, time: &str) -> String {
    lang.pick(format!("hết hiệu lực lúc {time}; ngừng ngay: loaxa stop"), format!("ends at {time}; to end it now: loaxa stop"))
}

pub fn planned_for(lang: Language, time: &str) -> String {
    lang.pick(format!("lịch {time}"), format!("planned {time}"))
}

pub fn until(lang: Language, time: &str) -> String {
    lang.pick(format!("đến {time}"), format!("until {time}"))
}

/// `12 phút 30 giây`.
pub fn length(lang: Language, milliseconds: i64) -> String {
    let seconds = milliseconds.max(0).saturating_add(500) / 1000;
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match (minutes, seconds) {
        (0, s) => lang.pick(format!("{s} giây"), format!("{s} s")),
        (m, 0) => lang.pick(format!("{m} phút"), format!("{m} min")),
        (m, s) => lang.pick(format!("{m} phút {s} giây"), format!("{m} min {s} s")),
    }
}

pub fn left_out(lang: Language, reason: Reason) -> String {
    lang.pick(format!("sẽ không phát: {}", reason_word(lang, reason)), format!("will not air: {}", reason_word(lang, reason)))
}

/// In the place of a length that is not known yet.
pub fn awaited(lang: Language) -> &'static str {
    lang.pick("đang đo bản thu", "its recordings are being measured")
}

pub fn output_state(lang: Language, state: DeviceState) -> &'static str {
    match state {
        DeviceState::Closed => lang.pick("đóng (chưa đến giờ)", "closed (nothing is due)"),
        DeviceState::Opening => lang.pick("đang mở", "opening"),
        DeviceState::Open => lang.pick("sẵn sàng", "open"),
        DeviceState::Lost => lang.pick("MẤT LIÊN LẠC", "LOST"),
    }
}

/// Behind a device that makes no sound.
pub fn unheard(lang: Language) -> &'static str {
    lang.pick("KHÔNG RA LOA: không ai nghe thấy", "NO LOUDSPEAKER: nobody hears it")
}

pub fn evidence(lang: Language, evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Ntp => lang.pick("theo giờ mạng", "set over the network"),
        Evidence::Operator => lang.pick("người vận hành đã xác nhận", "confirmed by the operator"),
        Evidence::Rtc => lang.pick("theo đồng hồ có pin trong máy", "set by the battery clock"),
        Evidence::First => lang.pick("lần chạy đầu tiên, tin giờ máy", "first start, believed"),
        Evidence::Carried => lang.pick("giờ của lần tắt máy trước, chưa chắc đúng", "carried over from before, not certain"),
    }
}

/// Why the clock is doubted, and what to do.
pub fn doubtful(lang: Language, why: Option<Doubt>) -> String {
    let why = match why {
        Some(Doubt::BeforeBuild) => lang.pick("giờ máy trước cả ngày làm ra chương trình", "it is before this program was built"),
        Some(Doubt::BehindLog) => lang.pick("giờ máy lùi lại trước nhật ký", "it is behind the log"),
        Some(Doubt::FarAhead) => lang.pick("giờ máy đi quá xa so với nhật ký", "it is far ahead of the log"),
        Some(Doubt::AwaitingNetwork) => {
            return lang
                .pick(
                    "chờ giờ mạng, tối đa một phút sau khi bật máy, rồi tin đồng hồ có pin trong máy.",
                    "waiting for the network's time, at most a minute after the boot; then the battery clock is believed.",
                )
                .to_owned();
        }
        Some(Doubt::BackwardStep) => lang.pick("giờ máy vừa lùi hơn một giờ", "it has stepped back by more than an hour"),
        Some(Doubt::ForwardStep) => lang.pick("giờ máy vừa nhảy tới hơn một giờ", "it has stepped forward by more than an hour"),
        Some(Doubt::Carried) | None => {
            lang.pick("máy vừa bật lại mà không có nguồn giờ nào", "the machine woke without any source of time")
        }
    };
    lang.pick(
        format!(
            "CHƯA TIN ĐƯỢC: {why}. Đài không phát. So giờ máy với đồng hồ đúng, đặt lại nếu sai, rồi chạy: loaxa clock confirm"
        ),
        format!("DOUBTFUL: {why}. Nothing airs. Compare with a good clock, set it if it is wrong, then run: loaxa clock confirm"),
    )
}

/// What is shown beside a fault. Of some it is what the system said, in English: that is for the trace and for `--json`.
pub fn detail(lang: Language, code: FaultCode, detail: &str) -> Option<&str> {
    use FaultCode as F;
    let is_the_systems = matches!(code, F::NoDevice | F::DeviceLost | F::LogFailing | F::ClockDoubtful | F::Internal);
    Some(detail).filter(|detail| !detail.is_empty() && (lang == Language::En || !is_the_systems))
}

/// A standing fault: what it is, and what to do.
pub fn fault(lang: Language, code: FaultCode) -> (&'static str, &'static str) {
    use FaultCode as F;
    let (vi, en) = match code {
        F::NoDevice => (
            ("không mở được thiết bị âm thanh", "Kiểm tra dây USB và tên thiết bị trong kế hoạch; máy tự thử lại."),
            (
                "no sound device can be opened",
                "Check the USB cable and the device's name in the plan; it is tried again by itself.",
            ),
        ),
        F::DeviceAbsent => (
            (
                "máy không có thiết bị âm thanh này, đến giờ sẽ không phát được",
                "Cắm thiết bị vào, hoặc xem tên đúng rồi sửa trong kế hoạch: loaxa outputs KẾ_HOẠCH",
            ),
            (
                "the machine has no such sound device, and nothing will sound there",
                "Plug it in, or see its right name and mend the plan: loaxa outputs PLAN",
            ),
        ),
        F::DeviceMuted => (
            (
                "âm lượng của thiết bị đang tắt, phát cũng không ra tiếng",
                "Mở tiếng: alsamixer (F6 chọn thiết bị, M bật tiếng, mũi tên tăng), rồi giữ lại: sudo alsactl store",
            ),
            (
                "the device's mixer is muted: it will air without a sound",
                "Unmute it: alsamixer (F6 chooses the device, M unmutes), then keep it so: sudo alsactl store",
            ),
        ),
        F::RecordingExpired => (
            ("bài chưa đến hạn hoặc đã hết hạn, sẽ không phát", "Sửa `valid` của bài, hoặc thay bài khác vào chương trình."),
            (
                "items are not valid when they are planned, and will not air",
                "Change `valid`, or put other items into the programme.",
            ),
        ),
        F::NothingToPick => (
            (
                "không còn tin, bài nào để chọn, chương trình sẽ thiếu hoặc im",
                "Thêm tin, bài cho nhóm ấy, chép bản thu vào thư mục thả, hoặc sửa `pick`; xem: loaxa check KẾ_HOẠCH",
            ),
            (
                "no item is left to pick from, the programme will be short or silent",
                "Add items to that topic, copy recordings into the drop folder, or change `pick`; see: loaxa check PLAN",
            ),
        ),
        F::DoesNotFit => (
            (
                "lịch phát không vừa khung giờ hoặc thời lượng của buổi, sẽ không phát",
                "Đổi giờ phát, rút ngắn chương trình hoặc sửa [hours]; xem: loaxa check KẾ_HOẠCH",
            ),
            (
                "broadcasts do not fit their session's hours or quota and will not air",
                "Change their time, shorten the programme or change [hours]; see: loaxa check PLAN",
            ),
        ),
        F::DiskNearlyFull => (
            (
                "ổ đĩa gần đầy: sắp không ghi được nhật ký, không nhận được bản thu mới",
                "Xóa hoặc chuyển bớt tệp không cần trên ổ đĩa ấy.",
            ),
            (
                "the disk is nearly full: soon neither the log nor new recordings have room",
                "Remove what is not needed from that disk.",
            ),
        ),
        F::ZoneUnreached => (
            (
                "có thôn không đường ra loa nào tới, ở đó không nghe được gì",
                "Thêm thôn ấy vào `zones` của một đường ra loa, hoặc bỏ khỏi kế hoạch.",
            ),
            (
                "no output reaches these villages, which hear nothing",
                "Add them to the `zones` of an output, or take them out of the plan.",
            ),
        ),
        F::DeviceLost => (
            ("mất thiết bị âm thanh", "Cắm lại dây USB; máy tự nối lại."),
            ("the sound device is lost", "Plug the USB cable in again; it comes back by itself."),
        ),
        F::DeviceHangs => (
            ("thiết bị âm thanh bị treo", "Rút dây USB ra rồi cắm lại; nếu vẫn treo thì khởi động lại máy."),
            ("the sound device hangs", "Pull the USB cable out and plug it in again; if it still hangs, restart the machine."),
        ),
        F::PlanRefused => (
            ("kế hoạch mới có lỗi, đài vẫn chạy kế hoạch cũ", "Xem lỗi và sửa: loaxa check KẾ_HOẠCH"),
            ("the new plan has errors, the old one goes on", "See and mend them: loaxa check PLAN"),
        ),
        F::PlanNotKept => (
            (
                "bản lưu của một kế hoạch đã nhận bị hỏng, hoặc chưa lưu được",
                "Đài vẫn chạy. Kiểm tra chỗ trống của thư mục dữ liệu, giữ sẵn một bản kế hoạch đúng và báo người bảo trì.",
            ),
            (
                "an accepted plan is damaged in the data folder, or cannot be kept there",
                "The station goes on. Look at the room of the data folder, and keep a good copy of the plan.",
            ),
        ),
        F::LogFailing => (
            ("không ghi được nhật ký", "Kiểm tra ổ đĩa: còn chỗ không, có bị khóa ghi không."),
            ("the log cannot be written", "Check the disk: is it full, or read-only?"),
        ),
        F::LogHangs => (
            ("ổ đĩa của nhật ký không trả lời", "Kiểm tra thẻ nhớ, ổ đĩa và dây nối; nếu vẫn treo thì khởi động lại máy."),
            ("the log's disk does not answer", "Check the card or disk and its cable; if it still hangs, restart the machine."),
        ),
        F::FilesHang => (
            (
                "một thư mục (USB, ổ đĩa) không trả lời, thay đổi ở đó chưa được nhận",
                "Rút USB ra rồi cắm lại; trong lúc đó đài vẫn phát theo kế hoạch và bản thu đã nhận.",
            ),
            (
                "a folder (a stick, a disk) does not answer, and what changes there is not taken in",
                "Pull the stick out and plug it in again; meanwhile the station airs what it has taken in.",
            ),
        ),
        F::BackupFailed => (
            ("chưa sao lưu được nhật ký hôm nay", "Cắm lại USB và xem còn chỗ không; máy tự thử lại."),
            (
                "today's backup of the log is not made",
                "Plug the stick in and see whether it has room; it is tried again by itself.",
            ),
        ),
        F::ReportFailed => (
            ("chưa ghi được báo cáo đến hạn", "Cắm lại USB, xem thư mục và chỗ trống; máy tự thử lại."),
            (
                "a report that is due is not written",
                "Plug the stick in again, look at the folder and its room; it is tried again by itself.",
            ),
        ),
        F::TargetsBehind => (
            ("chậm so với chỉ tiêu", "Thêm lịch phát hoặc phát bù (loaxa play MÃ) trước hạn báo cáo."),
            ("targets are behind", "Plan more of it, or make up for it (loaxa play ITEM), before the report is due."),
        ),
        F::LogDamaged => (
            ("tệp nhật ký bị hỏng khi máy bắt đầu chạy", "Giữ nguyên tệp hỏng và báo cán bộ kỹ thuật; xem: loaxa log --all"),
            ("the log was damaged when the station started", "Keep the damaged file and call a technician; see: loaxa log --all"),
        ),
        F::ClockWasWrong => (
            (
                "giờ máy trước đó sai; đã đúng lại, các buổi bị ghi nhầm vì giờ sai được phát lại theo giờ đúng",
                "Không phải làm gì. Nếu lặp lại: thay pin đồng hồ trong máy, hoặc để đồng hồ đó theo giờ UTC.",
            ),
            (
                "the clock was wrong and is right again: broadcasts that it had closed are owed again",
                "Nothing needs doing. If it returns: replace the clock's battery, or keep that clock in UTC.",
            ),
        ),
        F::LogGone => (
            (
                "tệp nhật ký bị xóa, bị cắt hoặc bị thay khi đài đang chạy; đài vẫn phát",
                "Đừng động vào thư mục dữ liệu; báo cán bộ kỹ thuật; xem: loaxa log --all, loaxa verify",
            ),
            (
                "the log's file was removed, cut or exchanged while the station ran; it airs on",
                "Leave the data folder alone and call a technician; see: loaxa log --all, loaxa verify",
            ),
        ),
        F::InTheWay => (
            (
                "trong thư mục dữ liệu có thứ không phải của đài; đã đổi tên để sang bên",
                "Xem thứ đó là gì rồi chuyển đi nơi khác; không cần làm gì để đài phát.",
            ),
            (
                "something in the data folder is not the station's; it was renamed and set aside",
                "See what it is and take it elsewhere; nothing needs to be done for the station to air.",
            ),
        ),
        F::NoControl => (
            ("không mở được cổng nhận lệnh", "Kiểm tra quyền và chỗ trống của thư mục dữ liệu; máy tự thử lại."),
            (
                "the control socket cannot be opened",
                "Look at the rights and the room of the data folder; it is tried again by itself.",
            ),
        ),
        F::LogGap => (
            ("nhật ký bị mất một số dòng", "Ghi vào sổ trực; xem: loaxa log --all, loaxa verify"),
            ("the log has lost rows", "Note it in the logbook; see: loaxa log --all, loaxa verify"),
        ),
        F::LogOther => (
            (
                "nhật ký không phải bản của đài trước khi tắt máy",
                "Tìm lại tệp nhật ký cũ và báo cán bộ kỹ thuật; xem: loaxa verify",
            ),
            ("the log is not the one that was here before", "Look for the old file and call a technician; see: loaxa verify"),
        ),
        F::ClockDoubtful => (
            ("chưa tin được giờ máy, đài không phát", "Đặt giờ cho đúng rồi chạy: loaxa clock confirm"),
            ("the clock is doubtful, nothing airs", "Set it right, then run: loaxa clock confirm"),
        ),
        F::ClockPretended => (
            ("đài chạy theo đồng hồ giả lập để thử nghiệm", "Bỏ biến LOAXA_PRETEND_CLOCK rồi khởi động lại đài."),
            ("the station runs on a pretended clock, made for tests", "Start it without the variable LOAXA_PRETEND_CLOCK."),
        ),
        F::ClockPretendedQuietly => (
            (
                "đài chạy theo đồng hồ giả lập để thử nghiệm; không có loa nào phát",
                "Bỏ biến LOAXA_PRETEND_CLOCK rồi khởi động lại đài.",
            ),
            (
                "the station runs on a pretended clock, made for tests; no loudspeaker sounds",
                "Start it without the variable LOAXA_PRETEND_CLOCK.",
            ),
        ),
        F::RecordingMissing => (
            ("thiếu bản thu, sẽ không phát được", "Chép bản thu vào thư mục bản thu; xem bài nào: loaxa audio KẾ_HOẠCH"),
            ("recordings are missing and will not air", "Copy them into the folder of recordings; see which: loaxa audio PLAN"),
        ),
        F::RecordingBroken => (
            ("bản thu lỗi, sẽ không phát được", "Chép lại từ bản gốc; xem lỗi gì: loaxa audio KẾ_HOẠCH"),
            ("recordings are broken and will not air", "Copy them again from the original; see what is wrong: loaxa audio PLAN"),
        ),
        F::RecordingWaiting => (
            ("đo bản thu lâu quá, có thể không kịp phát", "Xem bản thu có dài hay hỏng không: loaxa audio KẾ_HOẠCH"),
            (
                "measuring recordings takes long, they may miss their time",
                "See whether they are long or broken: loaxa audio PLAN",
            ),
        ),
        F::RecordingRefused => (
            (
                "bản thu mới không nhận được, máy vẫn phát bản cũ",
                "Xem lỗi gì: loaxa audio KẾ_HOẠCH; chép lại từ bản gốc, hoặc dọn chỗ trống trên ổ đĩa.",
            ),
            (
                "new recordings cannot be taken over; the old ones go on airing",
                "See what is wrong: loaxa audio PLAN; copy them again from the original, or make room on the disk.",
            ),
        ),
        F::MasterDamaged => (
            (
                "bản lưu của bản thu bị hỏng hoặc mất, máy đang làm lại",
                "Không hết thì chép bản gốc vào thư mục bản thu, và kiểm tra ổ đĩa của thư mục dữ liệu.",
            ),
            (
                "stored copies of recordings are damaged or gone and are being made again",
                "If this stays, put the original into the folder of recordings, and look at the disk of the data folder.",
            ),
        ),
        F::Measuring => (
            ("đang đo bản thu", "Chờ một lát; bài sắp phát được đo trước, đài vẫn phát."),
            ("recordings are being measured", "Wait a moment; what airs next is measured first, and the station airs meanwhile."),
        ),
        F::NoConsole => (
            (
                "không mở được bảng điều khiển trên web; đài vẫn phát",
                "Chạy đài với địa chỉ khác: loaxa run KẾ_HOẠCH --http 127.0.0.1:8081",
            ),
            (
                "the web console cannot be opened; the station airs",
                "Run the station with another address: loaxa run PLAN --http 127.0.0.1:8081",
            ),
        ),
        F::Internal => (
            (
                "lỗi bên trong chương trình",
                "Gửi nhật ký dịch vụ (journalctl -u loaxa), hoặc trace.txt trong thư mục dữ liệu, cho người bảo trì.",
            ),
            (
                "an internal error",
                "Send the service's journal (journalctl -u loaxa), or trace.txt of the data folder, to the maintainer.",
            ),
        ),
    };
    lang.pick(vi, en)
}
