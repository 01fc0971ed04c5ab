//! What the arguments of commands mean, and what stands for their values.

use crate::lang::Language;

/// What an argument of a command means.
pub fn argument(lang: Language, path: &str, id: &str) -> Option<&'static str> {
    let (vi, en) = station(path, id).or_else(|| orders(path, id)).or_else(|| log(path, id)).or_else(|| shared(id))?;
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
        "EFFECT" => ("CÁCH", "EFFECT"),
        "STATUS" => ("KẾT_QUẢ", "STATUS"),
        "FILE" => ("TỆP", "FILE"),
        "EXPORT" => ("TỆP", "EXPORT"),
        "NAME" => ("TÊN", "NAME"),
        "ROLE" => ("QUYỀN", "ROLE"),
        "OFFICE" => ("CHỨC_VỤ", "OFFICE"),
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

/// Of the commands about the plan and the station.
fn station(path: &str, id: &str) -> Option<Both> {
    Some(match (path, id) {
        ("check", "strict") => ("Có điều cần xem lại cũng coi là không đạt (mã kết thúc 1)", "Exit with 1 on warnings too"),
        ("rundown", "date") => ("Ngày cần xem (nếu không nói gì: hôm nay)", "The day (unless said: today)"),
        ("check", "explain") => (
            "Giải thích vì sao lịch phát này phát hay không phát vào ngày ấy, từng quy tắc theo thứ tự",
            "Say why this broadcast airs on that day or does not, rule by rule in the order in which they decide",
        ),
        ("rundown", "campaign") => (
            "Dự kiến từng chỉ tiêu của đợt này: đã phát bao nhiêu, đến hết đợt được bao nhiêu, thiếu bao nhiêu",
            "Forecast each target of this campaign: aired so far, by the end, and what will be missing",
        ),
        ("rundown", "ics") => ("In lịch iCalendar", "Print an iCalendar"),
        ("run" | "rehearse", "output") => (
            "Dùng thiết bị này thay cho mọi đường ra loa: default, null, wav:THƯ_MỤC hoặc tên thiết bị",
            "Use this device for every output: default, null, wav:FOLDER or a device's name",
        ),
        ("add", "file") => ("Bản thu cần thêm", "The recording"),
        ("add", "plan") => (
            "Tệp hoặc thư mục kế hoạch; không ghi là thư mục plan trong thư mục dữ liệu, nếu có",
            "The plan, a file or a folder; unless said the folder plan in the data folder, if there is one",
        ),
        ("add", "topic") => ("Nhóm nội dung (mã hoặc tên); tin, bài phải có", "Its topic (id or name); an announcement has one"),
        ("add", "title") => (
            "Tên bài; không ghi thì lấy tên có sẵn trong bản thu, rồi tên tệp",
            "Its title; unless said the one in the recording, else the file's name",
        ),
        ("add", "kind") => (
            "announcement (nếu không nói gì), notice, music, signal, ident, emergency",
            "announcement (unless said), notice, music, signal, ident, emergency",
        ),
        ("add", "tag") => {
            ("Nhãn, để chương trình chọn; ghi được nhiều lần", "A tag from which programmes pick; may be given several times")
        }
        ("add", "language") => ("Tiếng nói trong bài: vi, mtq", "The language that is spoken: vi, mtq"),
        ("add", "supplier") => ("Đơn vị cung cấp (mã hoặc tên)", "Who supplied it (id or name)"),
        ("add", "until") => ("Ngày cuối còn phát, tính cả ngày ấy", "The last day on which it airs, itself included"),
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
        ("run", "http") => (
            "Địa chỉ của bảng điều khiển trên web (nếu không nói gì: 127.0.0.1:8080, chỉ trên máy này), hoặc off",
            "The web console's address (unless said: 127.0.0.1:8080, this machine only), or off",
        ),
        ("rehearse", "http") => {
            ("Địa chỉ của bảng điều khiển trên web (nếu không nói gì: off)", "The web console's address (unless said: off)")
        }
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
        ("simulate", "faults") => (
            "Thêm sự cố ngẫu nhiên theo số gieo này: cùng số thì cùng diễn biến",
            "Let things go wrong by this seed: the same seed, the same run",
        ),
        ("person add" | "person pin" | "person remove", "name") => {
            ("Tên người đó, như sẽ ghi trong nhật ký", "The person's name, as the log will have it")
        }
        ("person add", "role") => (
            "Quyền: operator (vận hành, nếu không nói gì), approver (duyệt bài), reviewer (chỉ xem), technician (kỹ thuật)",
            "operator (unless said), approver, reviewer (looks only) or technician",
        ),
        ("person add", "office") => ("Chức vụ", "The person's office"),
        _ => return None,
    })
}

/// Of orders.
fn orders(path: &str, id: &str) -> Option<Both> {
    Some(match (path, id) {
        ("play", "item") => ("Tin, bài trong kế hoạch (mã hoặc tên)", "The item in the plan (its id or title)"),
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
        ("drill", "item") => ("Mã bản thu khẩn cấp trong kế hoạch", "The id of a recording for emergencies in the plan"),
        ("drill", "output") => {
            ("Đường ra loa; nhắc lại được; nếu không nói gì: tất cả", "The output; may be repeated; unless said: all")
        }
        ("drill", "to") => (
            "Ghi ra tệp trong thư mục này, không ra loa, giờ nào cũng được; cần --plan",
            "Into a file in this folder, unheard, at any hour; needs --plan",
        ),
        ("drill", "plan") => ("Tệp hoặc thư mục kế hoạch phát thanh, khi ghi ra tệp", "The plan, where it goes into a file"),
        ("stop", "output") => ("Đường ra loa (nếu không nói gì: tất cả)", "The output (unless said: all)"),
        ("hold", "until") => {
            ("Đến lúc: 18:00, \"ngày mai 6h\", \"20/11/2026 6h\"", "Until: 18:00, \"tomorrow 6h\", \"2026-11-20 06:00\"")
        }
        ("skip" | "unskip", "broadcast") => {
            ("Lịch phát: mã, hoặc tên chương trình", "The broadcast: its id, or the name of its programme")
        }
        ("skip" | "unskip", "date") => {
            ("Ngày: 20/11/2026, 20/11, \"ngày mai\", \"thứ ba\"", "The day: 2026-11-20, 20/11, tomorrow, tuesday")
        }
        ("clock confirm", "time") => (
            "Giờ đúng lúc này, thay cho câu hỏi: 5h30 hoặc \"15/11/2026 5h30\"",
            "The right time now, instead of the question: 05:30 or \"2026-11-15 05:30\"",
        ),
        ("clock confirm", "back") => (
            "Lần xác nhận trước là sai: những gì nhật ký ghi nhầm vì nó không được tính",
            "An earlier confirmation was wrong: what it brought into the log does not count",
        ),
        ("skip" | "unskip", "time") => {
            ("Giờ theo lịch (nếu không nói gì: mọi lần trong ngày)", "The planned time (unless said: every one of the day)")
        }
        ("mourning", "from") => (
            "Ngày đầu (nếu không nói gì: hôm nay); với --withdraw: đợt bắt đầu ngày này",
            "The first day (unless said: today); with --withdraw: the one that begins on it",
        ),
        ("mourning", "until") => ("Ngày cuối, tính cả ngày ấy", "The last day, itself included"),
        ("mourning", "effect") => (
            "silence: loa im (nếu không nói gì); only rồi mã các chương trình vẫn phát",
            "silence (unless said); or only and the programmes that air all the same",
        ),
        ("mourning", "reason") => ("Lý do, ghi vào nhật ký", "Why; it goes into the log"),
        ("mourning", "withdraw") => ("Hủy lệnh Quốc tang", "Take a mourning back"),
        ("mourning", "list") => ("Xem lệnh Quốc tang đang có", "Show what stands"),
        _ => return None,
    })
}

/// Of the log and what is made of it.
fn log(path: &str, id: &str) -> Option<Both> {
    Some(match (path, id) {
        ("log backup", "file") => {
            ("Tệp sẽ chứa bản sao; chưa được có sẵn", "The file that the copy goes to; it must not be there yet")
        }
        ("log", "date") => (
            "Chỉ ngày này (2026-11-24, 24/11/2026, hôm qua, thứ ba)",
            "Only this day (2026-11-24, 24/11/2026, yesterday, tuesday)",
        ),
        ("log", "topic") => ("Chỉ nhóm nội dung này (mã hoặc tên)", "Only this topic (its id or name)"),
        ("log", "status") => {
            ("Chỉ kết quả này: aired, partial, missed, skipped", "Only this status: aired, partial, missed, skipped")
        }
        ("log", "missed") => ("Chỉ những gì không phát được hoặc phát thiếu", "Only what did not air, or not whole"),
        ("log", "between") => {
            ("Chỉ lần phát có giờ lịch trong khung: 17:00-18:00", "Only what was planned within these hours: 17:00-18:00")
        }
        ("log", "zone") => ("Chỉ thôn này (mã hoặc tên)", "Only this village (its id or name)"),
        ("log", "all") => ("Mọi loại dòng", "Every kind of row"),
        ("log", "chain") => ("In các dòng đúng như đã ghi, để kiểm tra", "Print the stored rows, for verification"),
        ("log add", "kind") => ("live (phát trực tiếp) hoặc relay (tiếp âm)", "live (read live) or relay"),
        ("log add", "from") => ("Bắt đầu lúc: \"2026-11-20 17:30\"", "When it began: \"2026-11-20 17:30\""),
        ("log add", "length") => ("Dài bao lâu: 20m", "How long: 20m"),
        ("log add", "title") => ("Đã phát gì", "What it was"),
        ("log add", "withdraw") => (
            "Hủy dòng ghi tay có số này: dòng vẫn còn trong nhật ký nhưng không được tính",
            "Take back the entry of this number: it stays in the log and does not count",
        ),
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
        ("report", "annex") => (
            "full: đưa cả nhật ký vào báo cáo, dài bao nhiêu cũng vậy; sổ nhật ký thì ghi chi tiết từng tin, bài",
            "full: the whole log within the report, however long; in a logbook, element by element",
        ),
        ("report", "plan") => ("Lấy tên gọi và đầu báo cáo từ kế hoạch này", "Take names and letterhead from this plan"),
        ("report", "out") => (
            "Tệp báo cáo; đuôi tệp nói định dạng; ghi được nhiều lần",
            "The report's file; its ending says the format; may be given several times",
        ),
        ("report", "force") => ("Ghi đè lên tệp đã có", "Overwrite files that are there"),
        ("report", "entry") => (
            "Báo cáo này của kế hoạch ([[report]]): kỳ vừa kết thúc, hoặc kỳ nêu ở --month, --quarter, --year",
            "This report of the plan ([[report]]): its newest period that is over, or the one named by --month, --quarter, --year",
        ),
        ("report", "draft") => ("Ghi DỰ THẢO trên mọi trang", "Head every page with DRAFT"),
        ("verify", "head") => (
            "Mã kiểm tra trên giấy, 12 chữ số đầu là đủ: SỐ:MÃ",
            "A head that is on paper, its first 12 digits will do: SEQ:HASH",
        ),
        ("verify", "against") => (
            "So với một bản đã xuất, hoặc một báo cáo csv, json, html",
            "Compare with an earlier export, or a report as csv, json or html",
        ),
        _ => return None,
    })
}
