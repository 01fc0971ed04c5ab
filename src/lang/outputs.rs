//! The words of `loaxa outputs`: devices, who uses them, and the test tone.

use jiff::SignedDuration;

use crate::control::socket::SocketError;
use crate::lang::{Language, orders, status};
use crate::terms::{Doubt, OutputId};

/// What keeps a device from being opened, by what can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// No device has that name.
    Unknown,
    /// Another program has it.
    Busy,
    /// This user may not.
    Forbidden,
    /// It is not there now, or what leads to it (a sound server) does not run.
    Away,
    /// No file can be written there.
    Folder,
    Other,
}

pub fn devices_head(lang: Language) -> &'static str {
    lang.pick(
        "Thiết bị âm thanh của máy (chép dòng `device = …` vào `[[output]]` của kế hoạch):",
        "Sound devices of this machine (copy the line `device = …` into `[[output]]` of the plan):",
    )
}

pub fn used_by(lang: Language, planned: &[OutputId], open: &[OutputId]) -> String {
    let list = |ids: &[OutputId]| ids.iter().map(OutputId::as_str).collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    if !planned.is_empty() {
        parts.push(lang.pick(format!("đường ra loa {}", list(planned)), format!("output {}", list(planned))));
    }
    if !open.is_empty() {
        parts.push(lang.pick(format!("đài đang mở cho {}", list(open)), format!("open by the station for {}", list(open))));
    }
    if parts.is_empty() { String::new() } else { format!("← {}", parts.join(" · ")) }
}

pub fn no_card(lang: Language) -> &'static str {
    lang.pick(
        "Máy không thấy card âm thanh nào. Cắm card USB rồi chạy lại lệnh này; đã cắm mà không thấy thì đổi cổng, đổi dây.",
        "No sound card is seen. Plug the USB card in and run this again; if it is plugged in, try another port and another cable.",
    )
}

pub fn always(lang: Language) -> &'static str {
    lang.pick(
        "Lúc nào cũng dùng được: device = \"null\" (không ra tiếng), device = \"wav:THƯ_MỤC\" (ghi thành tệp)",
        "Always there: device = \"null\" (silent), device = \"wav:FOLDER\" (into files)",
    )
}

pub fn others_head(lang: Language) -> &'static str {
    lang.pick("Những tên khác mà hệ thống âm thanh ALSA biết (ít khi cần):", "Other names that ALSA knows (seldom needed):")
}

pub fn outputs_head(lang: Language, of_plan: bool) -> &'static str {
    if of_plan {
        lang.pick("Đường ra loa của kế hoạch:", "Outputs of the plan:")
    } else {
        lang.pick("Đường ra loa của đài đang chạy:", "Outputs of the running station:")
    }
}

pub fn not_listed(lang: Language) -> &'static str {
    lang.pick("(KHÔNG THẤY TRÊN MÁY)", "(NOT SEEN ON THIS MACHINE)")
}

/// Of an output whose sound is filtered for horns.
pub fn horn(lang: Language) -> &'static str {
    lang.pick("lọc cho loa nén", "filtered for horns")
}

pub fn how_to_test(lang: Language) -> &'static str {
    lang.pick(
        "Thử tiếng: loaxa outputs KẾ_HOẠCH --test ĐƯỜNG_RA, hoặc --device THIẾT_BỊ",
        "To try one: loaxa outputs PLAN --test OUTPUT, or --device DEVICE",
    )
}

pub fn mute_daemon(lang: Language, error: &SocketError) -> String {
    let why = orders::unheard(lang, error);
    lang.pick(format!("không hỏi được đài đang dùng thiết bị nào: {why}"), format!("cannot ask which devices are in use: {why}"))
}

pub fn unknown_output(lang: Language, name: &str, known: &[&str]) -> String {
    let known = known.join(", ");
    lang.pick(
        format!("kế hoạch không có đường ra loa `{name}`; có: {known}"),
        format!("the plan has no output `{name}`; it has: {known}"),
    )
}

pub fn no_hours(lang: Language) -> &'static str {
    lang.pick(
        "không có kế hoạch thì không biết khung giờ phát: nêu cả kế hoạch, hoặc tắt tăng âm rồi thêm --aloud",
        "without a plan the session hours are not known: name the plan too, or switch the amplifier off and add --aloud",
    )
}

pub fn outside_hours(lang: Language, opens: Option<&str>) -> String {
    let opens = opens.map(|at| lang.pick(format!(" (khung giờ tới: {at})"), format!(" (they open at {at})"))).unwrap_or_default();
    lang.pick(
        format!("đang ngoài khung giờ phát{opens}, cả xã sẽ nghe tiếng thử. Vẫn muốn thử: tắt tăng âm trước, rồi thêm --aloud"),
        format!(
            "it is outside session hours{opens}: the whole commune would hear it. To try all the same, switch the amplifier off, then add --aloud"
        ),
    )
}

pub fn doubtful(lang: Language, why: Option<Doubt>) -> String {
    let why = status::doubtful(lang, why);
    lang.pick(
        format!("giờ máy {why}. Vẫn muốn thử bây giờ: tắt tăng âm trước, rồi thêm --aloud"),
        format!("the clock is {why}. To try now all the same, switch the amplifier off, then add --aloud"),
    )
}

pub fn on_hold(lang: Language) -> &'static str {
    lang.pick(
        "đang có lệnh tạm ngừng phát (cho phát lại: loaxa release). Vẫn muốn thử: tắt tăng âm trước, rồi thêm --aloud",
        "the station is on hold (to end it: loaxa release). To try all the same, switch the amplifier off, then add --aloud",
    )
}

pub fn daemon_sounds(lang: Language, output: &str, device: &str, title: Option<&str>) -> String {
    let title = title.map(|title| format!(" ({title})")).unwrap_or_default();
    lang.pick(
        format!("đài đang dùng `{device}` cho đường ra loa {output}{title}: không phát tiếng thử chen vào. Chờ phát xong, xem: loaxa status"),
        format!("the station has `{device}` open for output {output}{title}: no test tone sounds over it. Wait for its end: loaxa status"),
    )
}

pub fn daemon_soon(lang: Language, output: &str, broadcast: &str, seconds: i64) -> String {
    lang.pick(
        format!(
            "{seconds} giây nữa đài phát {broadcast} ra đường ra loa {output}, có thể qua thiết bị này: chờ phát xong rồi thử"
        ),
        format!("in {seconds} s the station airs {broadcast} on output {output}, perhaps through this device: try after it"),
    )
}

pub fn trying(lang: Language, device: &str) -> String {
    lang.pick(format!("mở `{device}` và phát tiếng thử …"), format!("opening `{device}` for a test tone …"))
}

/// A device that could not be opened: why, and what to do.
pub fn cannot_open(lang: Language, device: &str, obstacle: Obstacle, detail: &str) -> String {
    let (vi, en) = match obstacle {
        Obstacle::Unknown => (
            ("máy không có thiết bị tên này", "Xem tên đúng: loaxa outputs. Card USB thì cắm lại."),
            ("this machine has no device of that name", "To see the names: loaxa outputs. Plug a USB card in again."),
        ),
        Obstacle::Busy => (
            ("chương trình khác đang giữ thiết bị", "Tắt chương trình ấy (trình nghe nhạc, trình duyệt), rồi thử lại."),
            ("another program has it", "End that program (a music player, a browser), then try again."),
        ),
        Obstacle::Forbidden => (
            (
                "người dùng này không có quyền dùng âm thanh",
                "Chạy bằng người dùng của dịch vụ, hoặc: sudo adduser TÊN audio, rồi đăng nhập lại.",
            ),
            ("this user may not use sound", "Run it as the service's user, or: sudo adduser NAME audio, then log in again."),
        ),
        Obstacle::Away => (
            (
                "thiết bị không có đó, hoặc máy chủ âm thanh (PulseAudio, PipeWire) không chạy",
                "Kiểm tra dây USB; xem máy thấy gì: loaxa outputs.",
            ),
            (
                "it is not there, or its sound server (PulseAudio, PipeWire) does not run",
                "Check the USB cable; to see what is there: loaxa outputs.",
            ),
        ),
        Obstacle::Folder => (
            ("không ghi được vào thư mục", "Kiểm tra thư mục có đó không, có quyền ghi không, ổ đĩa còn chỗ không."),
            ("the folder cannot be written to", "Check that it is there, may be written to, and that the disk has room."),
        ),
        Obstacle::Other => (
            ("thiết bị không mở được", "Rút ra cắm lại, thử tên khác của thiết bị: loaxa outputs."),
            ("it cannot be opened", "Plug it in again, or try another of its names: loaxa outputs."),
        ),
    };
    let (why, remedy) = lang.pick(vi, en);
    format!("  {device}: {why} ({detail})\n    → {remedy}")
}

pub fn nothing_opened(lang: Language, output: Option<&str>, failed: &[String]) -> String {
    let through =
        output.map(|output| lang.pick(format!(" ra đường ra loa {output}"), format!(" on output {output}"))).unwrap_or_default();
    let head = lang.pick(format!("không phát được tiếng thử{through}:"), format!("no test tone could sound{through}:"));
    format!("{head}\n{}", failed.join("\n"))
}

pub fn left_off(lang: Language, device: &str) -> String {
    lang.pick(
        format!("đài cần `{device}` nên tiếng thử đã dừng giữa chừng; thử lại sau khi đài phát xong"),
        format!("the station needs `{device}`, so the tone was left off; try again after the broadcast"),
    )
}

pub fn still(lang: Language, device: &str) -> String {
    lang.pick(
        format!(
            "`{device}` mở được nhưng không nhận âm thanh\n  → Rút ra cắm lại; nếu qua máy chủ âm thanh thì khởi động lại nó."
        ),
        format!("`{device}` was opened and takes no sound\n  → Plug it in again; restart the sound server if there is one."),
    )
}

pub fn runaway(lang: Language, device: &str) -> String {
    lang.pick(
        format!("`{device}` nuốt âm thanh nhanh hơn thời gian thật nên không kêu gì\n  → Chọn thiết bị khác: loaxa outputs."),
        format!("`{device}` swallows sound faster than time, so nothing sounds\n  → Choose another: loaxa outputs."),
    )
}

pub fn gone(lang: Language, device: &str) -> String {
    lang.pick(
        format!("mất `{device}` giữa chừng\n  → Kiểm tra dây USB, rồi thử lại."),
        format!("`{device}` was lost while it sounded\n  → Check the USB cable, then try again."),
    )
}

/// What left the machine: no machine knows what a horn did.
pub fn sounded(lang: Language, device: &str, length: SignedDuration, hertz: u32, lufs: f32, heard: bool) -> String {
    let seconds = format!("{:.1}", length.as_secs_f64());
    let seconds = lang.pick(seconds.replace('.', ","), seconds);
    let lufs = format!("{lufs:.0}").replace('-', "−");
    let mut text = lang.pick(
        format!("Đã phát tiếng thử {hertz} Hz trong {seconds} giây ra `{device}`, to như bản thu ({lufs} LUFS).\n"),
        format!("A tone of {hertz} Hz has sounded for {seconds} s on `{device}`, as loud as recordings are ({lufs} LUFS).\n"),
    );
    if heard {
        text.push_str(lang.pick(
            "Tiếng đã ra khỏi máy. Loa ngoài thôn không kêu thì kiểm tra tăng âm, dây và loa.\n",
            "It has left the machine. If the horns were silent, look at the amplifier, the wires and the horns.\n",
        ));
    }
    text
}
