//! The words of `--help`.
//!
//! [`about`], [`more`] and [`argument`] are looked up by the command's path (`clock confirm`; empty for `loaxa` itself).

mod arguments;
mod examples;

pub use arguments::{argument, value_name};
pub use examples::more;

use crate::lang::Language;

/// What clap has in English only.
#[derive(Clone, Copy, Debug)]
pub struct HelpHeadings {
    pub usage: &'static str,
    pub commands: &'static str,
    pub command: &'static str,
    pub arguments: &'static str,
    pub options: &'static str,
    pub options_tag: &'static str,
}

pub fn headings(lang: Language) -> HelpHeadings {
    lang.pick(
        HelpHeadings {
            usage: "Cách dùng:",
            commands: "Lệnh",
            command: "LỆNH",
            arguments: "Tham số",
            options: "Tùy chọn",
            options_tag: "[TÙY CHỌN]",
        },
        HelpHeadings {
            usage: "Usage:",
            commands: "Commands",
            command: "COMMAND",
            arguments: "Arguments",
            options: "Options",
            options_tag: "[OPTIONS]",
        },
    )
}

/// What a command does, in one line.
pub fn about(lang: Language, path: &str) -> Option<&'static str> {
    let (vi, en) = match path {
        "" => (
            "Loaxa: phát thanh theo lịch cho đài truyền thanh xã không có người trực, kèm nhật ký kiểm chứng được",
            "Loaxa: unattended broadcasting for a commune loudspeaker station, with an airtime log that can be checked",
        ),
        "check" => {
            ("Kiểm tra kế hoạch phát thanh: nêu mọi lỗi và điều cần xem lại", "Check a plan: every error and every warning")
        }
        "rundown" => ("Xem sẽ phát gì, lúc nào, dài bao lâu", "Show what will air, when, and for how long"),
        "add" => (
            "Thêm một bản thu vào kế hoạch: chép tệp, kiểm tra, ghi bài, và nói khi nào phát",
            "Add a recording to the plan: copy it, check it, write its item, and say when it will air",
        ),
        "audio" => {
            ("Xem từng bản thu: độ dài, định dạng, độ to, lỗi", "Show every recording: length, format, loudness, problems")
        }
        "outputs" => (
            "Xem máy có những thiết bị âm thanh nào, và thử tiếng",
            "List the sound devices of this machine, and try them with a tone",
        ),
        "run" => (
            "Chạy đài: phát đúng giờ theo kế hoạch cho đến khi được tắt",
            "Run the station: air the plan on time until told to end",
        ),
        "rehearse" => (
            "Nghe thử: máy và âm thanh thật, giờ giả định, nhật ký riêng",
            "Rehearse: the real engine and real sound on a pretended clock, with its own log",
        ),
        "simulate" => (
            "Mô phỏng: chạy thật nhanh trên giờ ảo, không có tiếng",
            "Simulate: the real engine on a virtual clock, without sound, as fast as it goes",
        ),
        "status" => (
            "Xem đài đang làm gì: đang phát, sắp phát, thiết bị, sự cố",
            "Show what the station is doing: on air, coming, devices, faults",
        ),
        "play" => ("Phát ngay một tin, bài", "Play an item now"),
        "drill" => (
            "Thử một bản thu khẩn cấp: ghi ra tệp, hoặc phát ra loa trong khung giờ kèm lời báo thử nghiệm",
            "Try a recording for emergencies: into a file, or on air inside hours, announced as a test",
        ),
        "stop" => (
            "Ngừng ngay những gì đang phát và đang chờ; các lần phát sau vẫn phát",
            "Silence at once what sounds or waits; later broadcasts still air",
        ),
        "hold" => (
            "Tạm ngừng phát cho đến khi có lệnh phát lại (kể cả khi máy khởi động lại)",
            "Stay silent until released, also over a restart",
        ),
        "release" => ("Cho phát lại sau khi tạm ngừng", "End a hold"),
        "skip" => ("Bỏ một lần phát", "Skip a broadcast on one day"),
        "unskip" => ("Hủy lệnh bỏ phát", "Take a skip back"),
        "mourning" => (
            "Quốc tang: trong những ngày ấy loa im, hoặc chỉ phát chương trình được kể tên",
            "Mourning: for some days silence, or only the programmes that are named",
        ),
        "clock" => ("Giờ máy", "The machine's clock"),
        "clock confirm" => ("Xác nhận giờ máy đang đúng", "Confirm that the machine's clock is right"),
        "person" => ("Những người được vào bảng điều khiển trên web", "The people who may come into the web console"),
        "person add" => ("Thêm một người và đặt mã PIN", "Let somebody in, with a PIN"),
        "person list" => ("Xem những ai được vào", "Show who may come in"),
        "person pin" => ("Đổi mã PIN của một người", "Give somebody another PIN"),
        "person remove" => ("Bớt một người", "Let somebody in no more"),
        "log" => {
            ("Xem nhật ký phát thanh: đã phát gì, chưa phát gì, vì sao", "Show the as-run log: what aired, what did not, and why")
        }
        "log backup" => ("Sao lưu nhật ký vào một tệp", "Copy the log into one file"),
        "log add" => {
            ("Ghi tay vào nhật ký những gì đã phát trực tiếp hoặc tiếp âm", "Enter by hand what was read live or relayed")
        }
        "verify" => ("Kiểm tra nhật ký có bị sửa hay không", "Check that the log was not changed"),
        "report" => ("Lập báo cáo thời lượng phát từ nhật ký", "Make an airtime report from the log"),
        _ => return None,
    };
    Some(lang.pick(vi, en))
}
