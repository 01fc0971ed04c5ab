//! The words of the command line: help, examples and complaints.
//!
//! `about`, `more` and `argument` are looked up by the command's path (`clock confirm`; empty for `loaxa` itself).

use crate::lang::Language;

/// What clap has in English only.
#[derive(Clone, Copy, Debug)]
pub struct Headings {
    pub usage: &'static str,
    pub commands: &'static str,
    pub command: &'static str,
    pub arguments: &'static str,
    pub options: &'static str,
    pub options_tag: &'static str,
}

pub fn headings(lang: Language) -> Headings {
    lang.pick(
        Headings {
            usage: "Cách dùng:",
            commands: "Lệnh",
            command: "LỆNH",
            arguments: "Tham số",
            options: "Tùy chọn",
            options_tag: "[TÙY CHỌN]",
        },
        Headings {
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
        "clock" => ("Giờ máy", "The machine's clock"),
        "clock confirm" => ("Xác nhận giờ máy đang đúng", "Confirm that the machine's clock is right"),
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

/// Examples and what else is good to know, below the help.
pub fn more(lang: Language, path: &str) -> Option<String> {
    let (lines, note): (&[&str], (&str, &str)) = match path {
        "" => (
            &[
                "loaxa check schedules/cam-tan",
                "loaxa rundown schedules/cam-tan",
                "loaxa run schedules/cam-tan",
                "loaxa status",
                "loaxa log --from 2026-11-15",
            ],
            (
                "Mã kết thúc: 0 tốt, 1 kết quả xấu (kế hoạch có lỗi, nhật ký bị sửa, lệnh bị từ chối), 2 dùng sai, 3 hệ thống lỗi.",
                "Exit codes: 0 good, 1 the answer is bad (plan has errors, log was changed, order refused), 2 wrong use, 3 the system failed.",
            ),
        ),
        "check" => (
            &["loaxa check schedules/cam-tan", "loaxa check schedules/cam-tan --strict", "loaxa check my-plan.toml --json"],
            ("", ""),
        ),
        "rundown" => (
            &[
                "loaxa rundown schedules/cam-tan",
                "loaxa rundown schedules/cam-tan --date 2026-11-15",
                "loaxa rundown schedules/cam-tan --from 2026-11-15 --to 2026-12-15 --csv",
            ],
            ("", ""),
        ),
        "audio" => (&["loaxa audio schedules/cam-tan"], ("", "")),
        "outputs" => (
            &[
                "loaxa outputs",
                "loaxa outputs schedules/cam-tan",
                "loaxa outputs schedules/cam-tan --test amplifier",
                "loaxa outputs --device plughw:CARD=Device,DEV=0 --aloud",
            ],
            (
                "Tiếng thử dài 4 giây, to như bản thu; chỉ kêu trong khung giờ phát, và không bao giờ chen vào lúc đài đang phát.",
                "The tone takes 4 s and is as loud as recordings are; it sounds inside session hours only, and never over a broadcast.",
            ),
        ),
        "run" => (
            &[
                "loaxa run schedules/cam-tan",
                "loaxa run schedules/cam-tan --output wav:./thu",
                "loaxa run schedules/cam-tan --data /var/lib/loaxa --log json",
            ],
            (
                "Tắt đài đúng cách bằng Ctrl-C hoặc SIGTERM. SIGHUP hay tệp kế hoạch thay đổi thì đọc lại kế hoạch.",
                "Ctrl-C or SIGTERM ends the station cleanly. SIGHUP, or a changed plan file, makes it read the plan again.",
            ),
        ),
        "rehearse" => (
            &[
                "loaxa rehearse schedules/cam-tan --next --output wav:./thu",
                "loaxa rehearse schedules/cam-tan --at \"2026-11-15 05:29:50\" --aloud",
            ],
            (
                "Lần nghe thử nào cũng có thư mục dữ liệu riêng; thời lượng nghe thử không bao giờ tính là thời lượng phát của đài.",
                "Each rehearsal has a data folder of its own; its airtime never counts as the station's.",
            ),
        ),
        "simulate" => (
            &[
                "loaxa simulate schedules/cam-tan --from 2026-11-15 --to 2026-12-15 --data ./mo-phong",
                "loaxa log --data ./mo-phong",
            ],
            ("", ""),
        ),
        "status" => (&["loaxa status", "loaxa status --json", "loaxa status --data /var/lib/loaxa"], ("", "")),
        "play" => (
            &[
                "loaxa play hotline-111",
                "loaxa play hotline-111 --output amplifier",
                "loaxa play lu-ve --priority emergency --reason \"Lũ về\" --times 3 --every 10m",
            ],
            (
                "Chỉ phát trong khung giờ phát; mức ưu tiên phát ngay sau tin, bài đang phát. Mức khẩn cấp phát ngay lập tức, vào bất cứ giờ nào, cả khi đài tạm ngừng; phải có lý do (--reason), mặc định có hiệu lực 30 phút.",
                "Inside session hours only; `priority` takes over after the item that sounds. `emergency` sounds at once, at any hour and under a hold; it needs a --reason and holds for 30 minutes unless said.",
            ),
        ),
        "stop" => (
            &["loaxa stop", "loaxa stop amplifier"],
            ("Muốn im hẳn cho đến khi có lệnh: loaxa hold", "To stay silent until told otherwise: loaxa hold"),
        ),
        "hold" => (
            &["loaxa hold", "loaxa hold --until 18:00", "loaxa hold --until \"2026-11-20 06:00\""],
            ("Phát lại: loaxa release", "To air again: loaxa release"),
        ),
        "release" => (&["loaxa release"], ("", "")),
        "skip" => (
            &["loaxa skip everyday-morning 2026-11-20", "loaxa skip everyday-morning 20/11/2026 05:30"],
            (
                "Lần phát bị bỏ vẫn có trong nhật ký, kèm tên người ra lệnh.",
                "What is skipped still ends in the log, with who ordered it.",
            ),
        ),
        "unskip" => (&["loaxa unskip everyday-morning 2026-11-20"], ("", "")),
        "clock" | "clock confirm" => (
            &["loaxa clock confirm"],
            (
                "Hãy so giờ máy (lệnh date) với đồng hồ đúng trước khi xác nhận.",
                "Compare the machine's time (the command date) with a good clock first.",
            ),
        ),
        "log backup" => (
            &["loaxa log backup /media/usb/nhat-ky.sqlite3", "loaxa verify --data /media/usb/nhat-ky.sqlite3"],
            (
                "Làm được cả khi đài đang chạy. Mã kiểm tra được ghi kèm ở TỆP.heads.txt.",
                "Also while the station runs. The head goes beside it, in FILE.heads.txt.",
            ),
        ),
        "log" => (
            &[
                "loaxa log",
                "loaxa log --from 2026-11-15 --to 2026-12-15 --csv",
                "loaxa log --missed",
                "loaxa log --zone thon-3 --from 2026-11-17 --to 2026-11-17 --between 17:00-20:00",
            ],
            ("", ""),
        ),
        "log add" => (
            &[
                "loaxa log add --kind live --from \"2026-11-20 17:30\" --length 20m --title \"Họp dân thôn 3\" --who \"Chị Lan\"",
                "loaxa log add --kind relay --from \"2026-11-20 05:00\" --length 30m --title \"Thời sự Đài tỉnh\"",
            ],
            ("Ghi tay không cộng vào thời lượng của đài.", "What is entered by hand is not in the station's airtime."),
        ),
        "report" => (
            &[
                "loaxa report --month 2026-11 --out bao-cao.html",
                "loaxa report --campaign action-month --year 2026 --out thang-hanh-dong.json",
                "loaxa report --from 2026-11-15 --to 2026-12-15 --compare last-year --out bao-cao.csv",
                "loaxa report --form logbook --from 2026-11-16 --out so-nhat-ky.html",
            ],
            (
                "Không có --out thì in phần lời. Nhiều --data thì cộng số liệu các đài. Số, ngày, chữ ký để trống.",
                "Without --out the text is printed. Several --data add stations up. Number, day and signature are left blank.",
            ),
        ),
        "verify" => (&["loaxa verify", "loaxa verify --head 1042:9f2c…", "loaxa verify --against so-cu.csv"], ("", "")),
        _ => return None,
    };
    let mut text = format!("{}\n", lang.pick("Ví dụ:", "Examples:"));
    for line in lines {
        text.push_str(&format!("  {line}\n"));
    }
    let note = lang.pick(note.0, note.1);
    if !note.is_empty() {
        text.push_str(&format!("\n{note}\n"));
    }
    Some(text.trim_end().to_owned())
}

/// What an argument of a command means.
pub fn argument(lang: Language, path: &str, id: &str) -> Option<&'static str> {
    let (vi, en) = own(path, id).or_else(|| shared(id))?;
    Some(lang.pick(vi, en))
}

/// What stands for a value in the help. What is not listed is the same in both languages, or is an example.
pub fn value_name(lang: Language, name: &str) -> Option<&'static str> {
    let (vi, en) = match name {
        "PLAN" => ("KẾ_HOẠCH", "PLAN"),
        "DIR" => ("THƯ_MỤC", "DIR"),
        "DEVICE" => ("THIẾT_BỊ", "DEVICE"),
        "ITEM" => ("TIN_BÀI", "ITEM"),
        "LEVEL" => ("MỨC", "LEVEL"),
        "TEXT" => ("LÝ_DO", "TEXT"),
        "OUTPUT" => ("ĐƯỜNG_RA", "OUTPUT"),
        "BROADCAST" => ("LỊCH_PHÁT", "BROADCAST"),
        "DATE" => ("NGÀY", "DATE"),
        "TIME" => ("GIỜ", "TIME"),
        "FROM" => ("TỪ", "FROM"),
        "TO" => ("ĐẾN", "TO"),
        "CAMPAIGN" => ("ĐỢT", "CAMPAIGN"),
        "ENTRY" => ("MÃ", "ENTRY"),
        "ZONE" => ("THÔN", "ZONE"),
        "TITLE" => ("TÊN", "TITLE"),
        "WHO" => ("NGƯỜI", "WHO"),
        "SEED" => ("SỐ", "SEED"),
        "TOPIC" => ("NHÓM", "TOPIC"),
        "STATUS" => ("KẾT_QUẢ", "STATUS"),
        "FILE" => ("TỆP", "FILE"),
        "EXPORT" => ("TỆP", "EXPORT"),
        "SEQ:HASH" => ("SỐ:MÃ", "SEQ:HASH"),
        "ADDR|off" => ("ĐỊA_CHỈ|off", "ADDR|off"),
        _ => return None,
    };
    Some(lang.pick(vi, en))
}

type Both = (&'static str, &'static str);

/// Arguments that mean the same wherever they occur.
fn shared(id: &str) -> Option<Both> {
    Some(match id {
        "help" => ("In phần trợ giúp này", "Print this help"),
        "version" => ("In phiên bản", "Print the version"),
        "lang" => (
            "Ngôn ngữ của thông báo khi chưa biết ngôn ngữ của kế hoạch: vi (nếu không nói gì) hoặc en; hoặc đặt LOAXA_LANG",
            "Language of messages before a plan's own is known: vi (unless said) or en; LOAXA_LANG does the same",
        ),
        "data" => (
            "Thư mục dữ liệu (nếu không nói gì: $XDG_STATE_HOME/loaxa; dịch vụ dùng /var/lib/loaxa)",
            "The data folder (unless said: $XDG_STATE_HOME/loaxa; the service uses /var/lib/loaxa)",
        ),
        "json" => ("In một tài liệu JSON", "Print one JSON document"),
        "csv" => ("In bảng CSV", "Print a CSV table"),
        "plan" => ("Tệp hoặc thư mục kế hoạch phát thanh", "The plan: a file or a folder"),
        "from" => (
            "Từ ngày (2026-11-15) hoặc từ lúc (\"2026-11-15 05:00\")",
            "From this day (2026-11-15) or instant (\"2026-11-15 05:00\")",
        ),
        "to" => ("Đến hết ngày, hoặc đến trước lúc", "Through this day, or until before this instant"),
        _ => return None,
    })
}

/// Arguments whose meaning belongs to their command.
fn own(path: &str, id: &str) -> Option<Both> {
    Some(match (path, id) {
        ("check", "strict") => ("Có điều cần xem lại cũng coi là không đạt (mã kết thúc 1)", "Exit with 1 on warnings too"),
        ("rundown", "date") => ("Ngày cần xem (nếu không nói gì: hôm nay)", "The day (unless said: today)"),
        ("rundown", "ics") => ("In lịch iCalendar", "Print an iCalendar"),
        ("run" | "rehearse", "output") => (
            "Dùng thiết bị này thay cho mọi đường ra loa: default, null, wav:THƯ_MỤC hoặc tên thiết bị",
            "Use this device for every output: default, null, wav:FOLDER or a device's name",
        ),
        ("outputs", "plan") => (
            "Tệp hoặc thư mục kế hoạch phát thanh: cho biết thiết bị nào được dùng, và khung giờ phát",
            "The plan, a file or a folder: says which devices are used, and the session hours",
        ),
        ("outputs", "test") => {
            ("Phát tiếng thử ra đường ra loa này của kế hoạch", "Sound a test tone on this output of the plan")
        }
        ("outputs", "device") => (
            "Phát tiếng thử ra thiết bị này: default, null, wav:THƯ_MỤC hoặc tên thiết bị",
            "Sound a test tone on this device: default, null, wav:FOLDER or a device's name",
        ),
        ("outputs", "aloud") => (
            "Cho phép kêu dù đang ngoài khung giờ phát: tắt tăng âm trước",
            "Sound although it is outside session hours: switch the amplifier off first",
        ),
        ("run", "http") => ("Bảng điều khiển trên web: mới chỉ có off", "The web console: only off for now"),
        ("run" | "rehearse", "log") => (
            "Cách ghi thông báo vận hành ra stderr: text (nếu không nói gì) hoặc json",
            "How the trace is written to stderr: text (unless said) or json",
        ),
        ("rehearse", "at") => (
            "Giờ giả định lúc bắt đầu, theo giờ của đài: \"2026-11-15 05:29:50\"",
            "The pretended time to begin at, the station's: \"2026-11-15 05:29:50\"",
        ),
        ("rehearse", "next") => ("Bắt đầu ngay trước lần phát kế tiếp", "Begin shortly before the next broadcast"),
        ("rehearse", "aloud") => (
            "Cho phép phát ra loa thật dù đang ngoài khung giờ phát",
            "Sound on a real device although it is outside the real session hours",
        ),
        ("simulate", "faults") => {
            ("Số gieo cho các sự cố ngẫu nhiên (chưa làm xong)", "A seed for random faults (not built yet)")
        }
        ("play", "item") => ("Mã tin, bài trong kế hoạch", "The item's id in the plan"),
        ("play", "priority") => {
            ("Mức: ordinary (thông thường), priority (ưu tiên), emergency (khẩn cấp)", "ordinary, priority or emergency")
        }
        ("play", "reason") => {
            ("Lý do, ghi vào nhật ký; khẩn cấp thì bắt buộc", "Why; it goes into the log, and an emergency must have one")
        }
        ("play", "times") => ("Số lần phát (chỉ khi khẩn cấp)", "How often (emergency only)"),
        ("play", "every") => {
            ("Khoảng cách giữa hai lần, ví dụ 10m (chỉ khi khẩn cấp)", "How far apart, such as 10m (emergency only)")
        }
        ("play", "for") => ("Hết hiệu lực sau, ví dụ 30m (chỉ khi khẩn cấp)", "When it ends, such as 30m (emergency only)"),
        ("play", "output") => {
            ("Đường ra loa; nhắc lại được; nếu không nói gì: tất cả", "The output; may be repeated; unless said: all")
        }
        ("stop", "output") => ("Đường ra loa (nếu không nói gì: tất cả)", "The output (unless said: all)"),
        ("hold", "until") => ("Đến lúc: 18:00 hoặc \"2026-11-20 06:00\"", "Until: 18:00 or \"2026-11-20 06:00\""),
        ("skip" | "unskip", "broadcast") => ("Mã lịch phát trong kế hoạch", "The broadcast's id in the plan"),
        ("skip" | "unskip", "date") => ("Ngày: 2026-11-20 hoặc 20/11/2026", "The day: 2026-11-20 or 20/11/2026"),
        ("skip" | "unskip", "time") => {
            ("Giờ theo lịch (nếu không nói gì: mọi lần trong ngày)", "The planned time (unless said: every one of the day)")
        }
        ("log backup", "file") => {
            ("Tệp sẽ chứa bản sao; chưa được có sẵn", "The file that the copy goes to; it must not be there yet")
        }
        ("log", "topic") => ("Chỉ nhóm nội dung này", "Only this topic"),
        ("log", "status") => {
            ("Chỉ kết quả này: aired, partial, missed, skipped", "Only this status: aired, partial, missed, skipped")
        }
        ("log", "missed") => ("Chỉ những gì không phát được hoặc phát thiếu", "Only what did not air, or not whole"),
        ("log", "between") => {
            ("Chỉ lần phát có giờ lịch trong khung: 17:00-18:00", "Only what was planned within these hours: 17:00-18:00")
        }
        ("log", "zone") => ("Chỉ thôn này (mã trong kế hoạch)", "Only this village (its id in the plan)"),
        ("log", "all") => ("Mọi loại dòng", "Every kind of row"),
        ("log", "chain") => ("In các dòng đúng như đã ghi, để kiểm tra", "Print the stored rows, for verification"),
        ("log add", "kind") => ("live (phát trực tiếp) hoặc relay (tiếp âm)", "live (read live) or relay"),
        ("log add", "from") => ("Bắt đầu lúc: \"2026-11-20 17:30\"", "When it began: \"2026-11-20 17:30\""),
        ("log add", "length") => ("Dài bao lâu: 20m", "How long: 20m"),
        ("log add", "title") => ("Đã phát gì", "What it was"),
        ("log add", "who") => ("Ai ghi (nếu không nói gì: người dùng máy)", "Who enters it (unless said: the machine's user)"),
        ("report", "month") => ("Tháng: 2026-11", "A month: 2026-11"),
        ("report", "quarter") => ("Quý: 2026-4", "A quarter: 2026-4"),
        ("report", "year") => ("Năm, hoặc năm của đợt tuyên truyền", "A year, or that of the campaign"),
        ("report", "campaign") => ("Mã đợt tuyên truyền trong kế hoạch", "The campaign's id in the plan"),
        ("report", "compare") => (
            "So với: before (kỳ trước), last-year (cùng kỳ năm trước), none (không so), hoặc mã số liệu ghi tay trong kế hoạch",
            "Compare with: before, last-year, none, or the id of a baseline in the plan",
        ),
        ("report", "cut") => (
            "Ngày chốt tháng và quý: 14, hoặc calendar (nếu không nói gì: theo kế hoạch)",
            "Where months and quarters end: 14, or calendar (unless said: as the plan says)",
        ),
        ("report", "form") => ("logbook: sổ nhật ký phát thanh một tuần", "logbook: a week's logbook"),
        ("report", "plan") => ("Lấy tên gọi và đầu báo cáo từ kế hoạch này", "Take names and letterhead from this plan"),
        ("report", "out") => (
            "Tệp báo cáo; đuôi tệp nói định dạng; ghi được nhiều lần",
            "The report's file; its ending says the format; may be given several times",
        ),
        ("report", "entry") => (
            "Báo cáo này của kế hoạch ([[report]]): kỳ vừa kết thúc, hoặc kỳ nêu ở --month, --quarter, --year",
            "This report of the plan ([[report]]): its newest period that is over, or the one named by --month, --quarter, --year",
        ),
        ("report", "draft") => ("Ghi DỰ THẢO trên mọi trang", "Head every page with DRAFT"),
        ("verify", "head") => ("Mã kiểm tra đã in trên giấy: SỐ:MÃ", "A head that is on paper: SEQ:HASH"),
        ("verify", "against") => ("So với một bản đã xuất trước đây", "Compare with an earlier export"),
        _ => return None,
    })
}

pub fn unknown_argument(lang: Language, argument: &str, nearest: Option<&str>) -> String {
    let start = lang.pick(format!("không có tham số `{argument}`"), format!("there is no argument `{argument}`"));
    format!("{start}{}", perhaps(lang, nearest))
}

pub fn unknown_command(lang: Language, command: &str, nearest: Option<&str>) -> String {
    let start = lang.pick(format!("không có lệnh `{command}`"), format!("there is no command `{command}`"));
    format!("{start}{}", perhaps(lang, nearest))
}

fn perhaps(lang: Language, nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => lang.pick(format!("; ý bạn là `{nearest}`?"), format!("; did you mean `{nearest}`?")),
        None => String::new(),
    }
}

pub fn missing_value(lang: Language, argument: &str) -> String {
    lang.pick(format!("`{argument}` cần một giá trị"), format!("`{argument}` needs a value"))
}

pub fn missing_argument(lang: Language, arguments: &str) -> String {
    lang.pick(format!("còn thiếu: {arguments}"), format!("missing: {arguments}"))
}

pub fn missing_command(lang: Language) -> String {
    lang.pick("còn thiếu tên lệnh", "a command is missing").to_owned()
}

pub fn bad_value(lang: Language, argument: &str, value: &str, allowed: Option<&str>) -> String {
    let allowed = allowed.map(|allowed| format!(" ({allowed})")).unwrap_or_default();
    lang.pick(format!("`{value}` không hợp với `{argument}`{allowed}"), format!("`{value}` does not fit `{argument}`{allowed}"))
}

pub fn conflict(lang: Language, argument: &str, other: &str) -> String {
    if other.is_empty() || argument == other {
        return lang.pick(format!("`{argument}` chỉ được viết một lần"), format!("`{argument}` may be given only once"));
    }
    lang.pick(
        format!("`{argument}` và `{other}` không dùng cùng nhau được"),
        format!("`{argument}` and `{other}` exclude each other"),
    )
}

pub fn not_utf8(lang: Language) -> String {
    lang.pick("tham số có ký tự không đọc được (cần UTF-8)", "an argument is not readable text (UTF-8 is needed)").to_owned()
}

pub fn internal_error(lang: Language) -> &'static str {
    lang.pick(
        "lỗi bên trong chương trình; xin gửi những dòng ở trên cho người bảo trì",
        "an internal error; please send the lines above to the maintainer",
    )
}

pub fn day_expected(lang: Language) -> &'static str {
    lang.pick("cần một ngày như 2026-11-15 hoặc 15/11/2026", "a day is expected, such as 2026-11-15 or 15/11/2026")
}

pub fn time_expected(lang: Language) -> &'static str {
    lang.pick("cần giờ như 05:30 hoặc 05:30:00", "a time is expected, such as 05:30 or 05:30:00")
}

pub fn moment_expected(lang: Language) -> &'static str {
    lang.pick("cần ngày và giờ như \"2026-11-15 05:29:50\"", "a day and a time are expected, such as \"2026-11-15 05:29:50\"")
}

pub fn edge_expected(lang: Language) -> &'static str {
    lang.pick(
        "cần một ngày như 2026-11-15, hoặc ngày và giờ như \"2026-11-15 05:29:50\"",
        "a day is expected, such as 2026-11-15, or a day and a time, such as \"2026-11-15 05:29:50\"",
    )
}

pub fn until_expected(lang: Language) -> &'static str {
    lang.pick(
        "cần giờ như 18:00, hoặc ngày và giờ như \"2026-11-20 06:00\"",
        "a time is expected, such as 18:00, or a day and a time, such as \"2026-11-20 06:00\"",
    )
}

pub fn length_expected(lang: Language) -> &'static str {
    lang.pick("cần độ dài như 45s, 10m hoặc 1h30m", "a length is expected, such as 45s, 10m or 1h30m")
}

pub fn count_expected(lang: Language) -> &'static str {
    lang.pick("cần một số từ 1 đến 100", "a number from 1 to 100 is expected")
}

pub fn device_expected(lang: Language) -> &'static str {
    lang.pick(
        "cần default, null, wav:THƯ_MỤC hoặc tên một thiết bị âm thanh",
        "default, null, wav:FOLDER or the name of a sound device is expected",
    )
}

pub fn span_is_too_long(lang: Language, most_days: i64) -> String {
    lang.pick(
        format!("một lần xem nhiều nhất {most_days} ngày; hãy chọn `--from` và `--to` gần nhau hơn"),
        format!("at most {most_days} days can be shown at once; bring `--from` and `--to` closer together"),
    )
}

pub fn span_is_empty(lang: Language) -> &'static str {
    lang.pick("`--to` phải sau `--from`", "`--to` must come after `--from`")
}

pub fn no_console_yet(lang: Language) -> &'static str {
    lang.pick(
        "bảng điều khiển trên web chưa làm xong: đài chạy không có nó (dùng `--http off` để không thấy dòng này)",
        "the web console is not built yet: the station runs without it (`--http off` hides this line)",
    )
}

pub fn no_faults_yet(lang: Language) -> &'static str {
    lang.pick("mô phỏng có sự cố (`--faults`) chưa làm xong", "simulating faults (`--faults`) is not built yet")
}

pub fn simulation_needs_data(lang: Language) -> &'static str {
    lang.pick(
        "mô phỏng cần thư mục dữ liệu riêng: thêm --data THƯ_MỤC",
        "a simulation needs a data folder of its own: add --data DIR",
    )
}

pub fn rehearsed_into(lang: Language, data: &str) -> String {
    lang.pick(
        format!("Xem những gì đã nghe thử: loaxa log --data {data}"),
        format!("What was rehearsed: loaxa log --data {data}"),
    )
}
