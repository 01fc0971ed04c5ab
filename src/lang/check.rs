//! What is said of a plan that loads and may still be mended before air, and how a check ends.

use jiff::civil::Date;

use crate::lang::Language;
use crate::library::{Flaw, Unfit};

/// A message and its remedy.
type Words = (String, String);

fn day(date: Date, lang: Language) -> String {
    lang.pick(format!("{}/{}/{}", date.day(), date.month(), date.year()), date.to_string())
}

pub fn expired(title: &str, until: Date, programme: &str, lang: Language) -> Words {
    let until = day(until, lang);
    lang.pick(
        (
            format!("“{title}” đã hết hạn từ sau ngày {until} nhưng chương trình “{programme}” vẫn dùng"),
            "gia hạn `valid`, hoặc thay tin, bài khác vào chương trình".to_owned(),
        ),
        (
            format!("“{title}” was valid until {until}, and the programme “{programme}” still names it"),
            "extend `valid`, or put another item into the programme".to_owned(),
        ),
    )
}

pub fn old_contact(name: &str, number: &str, verified: Date, lang: Language) -> Words {
    let verified = day(verified, lang);
    lang.pick(
        (
            format!("số {number} ({name}) kiểm tra lần cuối ngày {verified}, đã hơn một năm"),
            "gọi thử số này rồi sửa ngày ở `verified`".to_owned(),
        ),
        (
            format!("the number {number} ({name}) was last verified on {verified}, over a year ago"),
            "call it, then set the day in `verified`".to_owned(),
        ),
    )
}

pub fn zone_twice(broadcast: &str, zone: &str, first: &str, second: &str, lang: Language) -> Words {
    lang.pick(
        (
            format!("lịch phát `{broadcast}` tới {zone} hai lần, qua `{first}` và `{second}`"),
            "bỏ bớt một đường ra loa trong `outputs`, hoặc một thôn trong `zones`".to_owned(),
        ),
        (
            format!("the broadcast `{broadcast}` reaches {zone} twice, by `{first}` and `{second}`"),
            "leave one output out of `outputs`, or the zone out of one output's `zones`".to_owned(),
        ),
    )
}

pub fn unfit(unfit: &Unfit, path: &str, lang: Language) -> Words {
    let replace = lang.pick(
        "ghi lại hoặc chuyển sang Ogg, MP3, FLAC, WAV hay M4A",
        "record it again, or convert it to Ogg, MP3, FLAC, WAV or M4A",
    );
    let (vi, en, help) = match unfit {
        Unfit::Missing => (
            format!("thiếu bản thu {path}"),
            format!("the recording {path} is missing"),
            lang.pick(
                "chép tệp vào thư mục bản thu, hoặc sửa tên trong `file`",
                "copy the file there, or correct its name in `file`",
            ),
        ),
        Unfit::NotAFile => (
            format!("{path} không phải là tệp thường"),
            format!("{path} is not a regular file"),
            lang.pick("chép bản thu thật vào đó", "put the recording itself there"),
        ),
        Unfit::Outside => (
            format!("{path} nằm ngoài thư mục bản thu"),
            format!("{path} leaves the folder of recordings"),
            lang.pick("chép tệp vào thư mục bản thu thay cho liên kết", "copy the file there instead of a link"),
        ),
        Unfit::Format { format } => {
            (format!("không phát được loại tệp {format}: {path}"), format!("{format} cannot be played: {path}"), replace)
        }
        Unfit::Undecodable { detail } => {
            (format!("bản thu {path} bị hỏng: {detail}"), format!("the recording {path} cannot be decoded: {detail}"), replace)
        }
        Unfit::Empty => (format!("bản thu {path} không có âm thanh"), format!("there is no sound in {path}"), replace),
        Unfit::TooMuch => (
            format!("bản thu {path} đòi bộ nhớ hoặc thời gian quá mức"),
            format!("checking {path} took more memory or time than any recording needs"),
            replace,
        ),
        Unfit::Unreadable { detail } => (
            format!("không đọc được bản thu {path}: {detail}"),
            format!("the recording {path} cannot be read: {detail}"),
            lang.pick("kiểm tra quyền đọc của tệp và ổ đĩa", "check who may read the file, and the disk"),
        ),
        Unfit::Unchecked { detail } => (
            format!("chưa kiểm tra được bản thu {path}: {detail}"),
            format!("the recording {path} could not be checked: {detail}"),
            lang.pick("chạy lại lệnh kiểm tra", "run the check again"),
        ),
    };
    (lang.pick(vi, en), help.to_owned())
}

pub fn flaw(flaw: &Flaw, file: &str, lang: Language) -> Words {
    match flaw {
        Flaw::Silent => lang.pick(
            (format!("bản thu {file} hoàn toàn im lặng"), "nghe thử rồi ghi lại".to_owned()),
            (format!("the recording {file} is silent throughout"), "listen to it and record it again".to_owned()),
        ),
        Flaw::CutOff => lang.pick(
            (format!("bản thu {file} bị cắt cụt ở cuối"), "tệp chép dở; chép lại từ bản gốc".to_owned()),
            (format!("the recording {file} is cut off before its end"), "it is half copied; copy it again".to_owned()),
        ),
        Flaw::Short { declared_ms, decoded_ms } => {
            let seconds = |ms: &i64| format!("{}.{}", ms / 1000, ms % 1000 / 100);
            let (declared, decoded) = (seconds(declared_ms), seconds(decoded_ms));
            lang.pick(
                (
                    format!(
                        "bản thu {file} chỉ giải mã được {} giây trong {} giây",
                        decoded.replace('.', ","),
                        declared.replace('.', ",")
                    ),
                    "tệp có thể bị hỏng hoặc chép dở; chép lại từ bản gốc".to_owned(),
                ),
                (
                    format!("only {decoded} s of the {declared} s of {file} can be decoded"),
                    "it may be damaged or half copied; copy it again".to_owned(),
                ),
            )
        }
    }
}

/// The last line of `loaxa check`.
pub fn summary(errors: usize, warnings: usize, lang: Language) -> String {
    match (errors, warnings) {
        (0, 0) => lang.pick("Kế hoạch tốt, không có lỗi.".to_owned(), "The plan is good.".to_owned()),
        (0, warnings) => lang.pick(
            format!("Kế hoạch dùng được, có {warnings} cảnh báo."),
            format!("The plan can be used, with {warnings} {}.", plural(warnings, "warning")),
        ),
        (errors, 0) => lang.pick(
            format!("Kế hoạch có {errors} lỗi, chưa dùng được."),
            format!("The plan has {errors} {} and cannot be used.", plural(errors, "error")),
        ),
        (errors, warnings) => lang.pick(
            format!("Kế hoạch có {errors} lỗi và {warnings} cảnh báo, chưa dùng được."),
            format!(
                "The plan has {errors} {} and {warnings} {} and cannot be used.",
                plural(errors, "error"),
                plural(warnings, "warning")
            ),
        ),
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
