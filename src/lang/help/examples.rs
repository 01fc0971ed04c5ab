//! Examples and what else is good to know, below the help of a command.

use crate::lang::Language;

/// Command lines as they can be typed, and a note in both languages, or none.
type Example = (&'static [&'static str], (&'static str, &'static str));

/// By the command's path.
pub fn more(lang: Language, path: &str) -> Option<String> {
    let (lines, note) = plan(path).or_else(|| station(path)).or_else(|| orders(path)).or_else(|| log(path))?;
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

/// Looking at what is wanted.
fn plan(path: &str) -> Option<Example> {
    Some(match path {
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
            &[
                "loaxa check schedules/cam-tan",
                "loaxa check schedules/cam-tan --strict",
                "loaxa check my-plan.toml --json",
                "loaxa check schedules/cam-tan --explain everyday-morning 2026-11-20",
            ],
            ("", ""),
        ),
        "rundown" => (
            &[
                "loaxa rundown schedules/cam-tan",
                "loaxa rundown schedules/cam-tan --date 2026-11-15",
                "loaxa rundown schedules/cam-tan --from 2026-11-15 --to 2026-12-15 --csv",
                "loaxa rundown schedules/cam-tan --campaign action-month",
            ],
            ("", ""),
        ),
        "add" => (
            &[
                "loaxa add tao-hon.mp3 --plan schedules/cam-tan --topic early_kin_marriage --supplier y-te",
                "loaxa add cat-dien.m4a --kind notice --tag thong-bao --title \"Cắt điện thôn 3\" --until 05/12/2026",
            ],
            (
                "Chú thích và cách trình bày của kế hoạch giữ nguyên. Có lỗi thì không ghi gì cả. Thông báo hằng ngày: xem `[[folder]]`.",
                "Comments and layout of the plan stay. With an error nothing is written. For daily notices see `[[folder]]`.",
            ),
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
        _ => return None,
    })
}

/// Running the station, and what it says of itself.
fn station(path: &str) -> Option<Example> {
    Some(match path {
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
                "loaxa simulate schedules/cam-tan --from 2027-01-01 --to 2027-12-31 --data ./su-co --faults 7",
            ],
            (
                "Với --faults, máy phát chịu mất điện, đồng hồ sai, mất thiết bị, đĩa đầy… rồi nhật ký được đối chiếu với các luật; phạm luật thì thoát với mã 1.",
                "With --faults there are power cuts, wrong clocks, lost devices, full disks and more; then the log is held against the laws of the engine. A broken law ends with exit code 1.",
            ),
        ),
        "person" => (&["loaxa person add \"bác Lan\"", "loaxa person list"], ("", "")),
        "person add" => (
            &["loaxa person add \"bác Lan\" --office \"Văn hóa\"", "loaxa person add \"anh Minh\" --role technician"],
            (
                "Mã PIN được hỏi ngay trên màn hình, không gõ vào dòng lệnh. Chỉ cần khi mở cho cả mạng (loaxa run --http 0.0.0.0:8080).",
                "The PIN is asked for on the screen and never typed as an argument. Only needed where the network may come in (loaxa run --http 0.0.0.0:8080).",
            ),
        ),
        "person list" => (&["loaxa person list", "loaxa person list --json"], ("", "")),
        "person pin" => (&["loaxa person pin \"bác Lan\""], ("", "")),
        "person remove" => (&["loaxa person remove \"bác Lan\""], ("", "")),
        "status" => (&["loaxa status", "loaxa status --json", "loaxa status --data /var/lib/loaxa"], ("", "")),
        _ => return None,
    })
}

/// Orders to a station that runs.
fn orders(path: &str) -> Option<Example> {
    Some(match path {
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
        "drill" => (
            &["loaxa drill lu-ve --to wav:./thu --plan schedules/cam-tan", "loaxa drill lu-ve"],
            (
                "Ra loa thì chỉ trong khung giờ, có lời báo thử nghiệm (drill trong [station]) đọc trước và sau. Nhật ký ghi @drill-…; thời lượng không tính vào báo cáo.",
                "On air inside hours only, with the notice that it is a test (drill in [station]) before and after. In the log it is @drill-…; no report counts its airtime.",
            ),
        ),
        "stop" => (
            &["loaxa stop", "loaxa stop amplifier"],
            ("Muốn im hẳn cho đến khi có lệnh: loaxa hold", "To stay silent until told otherwise: loaxa hold"),
        ),
        "hold" => (
            &["loaxa hold", "loaxa hold --until 18:00", "loaxa hold --until \"20/11/2026 6h\""],
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
        "mourning" => (
            &[
                "loaxa mourning --from 2026-07-25 --until 2026-07-26 --reason \"Quốc tang\"",
                "loaxa mourning --until 26/7/2026 --effect only morning --reason \"Quốc tang\"",
                "loaxa mourning --list",
                "loaxa mourning --withdraw",
            ],
            (
                "Lần phát bị bỏ vẫn có trong nhật ký, lý do Quốc tang. Hết hạn thì tự phát lại, kể cả khi máy khởi động lại.",
                "What stays silent still ends in the log as mourning. It ends by itself, and holds over restarts.",
            ),
        ),
        "clock" | "clock confirm" => (
            &["loaxa clock confirm", "loaxa clock confirm --time \"15/11/2026 5h30\""],
            (
                "Hãy so giờ máy (lệnh date) với đồng hồ đúng trước khi xác nhận.",
                "Compare the machine's time (the command date) with a good clock first.",
            ),
        ),
        _ => return None,
    })
}

/// What aired.
fn log(path: &str) -> Option<Example> {
    Some(match path {
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
                "loaxa log --zone \"Thôn 3\" --date 24/11/2026 --between 17:00-20:00",
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
        "verify" => (&["loaxa verify", "loaxa verify --head 1042:9f2c 4a1b 77e0", "loaxa verify --against so-cu.csv"], ("", "")),
        _ => return None,
    })
}
