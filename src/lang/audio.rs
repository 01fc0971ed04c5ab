//! The words for recordings: what is wrong with one, what to do, and the table that shows them all.

use jiff::SignedDuration;

use crate::lang::{Language, system};
use crate::library::{CHAINED_OGG, Damage, Flaw, Unfit};

/// A message and its remedy.
pub type Words = (String, String);

/// Kinds of file that [`crate::audio::format`] knows and that are no sound at all.
const NO_SOUND: &[&str] = &[
    "MIDI",
    "PDF",
    "ZIP/Office",
    "Office",
    "RAR",
    "7z",
    "gzip",
    "PNG",
    "JPEG",
    "GIF",
    "HEIC",
    "EXE",
    "ELF",
    "Windows shortcut",
    "text",
];

/// Why a recording cannot air; `file` is its name as the plan has it.
pub fn unfit(unfit: &Unfit, file: &str, lang: Language) -> Words {
    let ((vi, en), (vi_help, en_help)): ((String, String), (&str, &str)) = match unfit {
        Unfit::Missing => (
            (format!("thiếu bản thu {file}"), format!("the recording {file} is missing")),
            ("chép tệp vào thư mục bản thu, hoặc sửa tên trong `file`", "copy the file there, or correct its name in `file`"),
        ),
        Unfit::NotAFile => (
            (format!("{file} không phải là tệp thường"), format!("{file} is not a regular file")),
            ("chép bản thu thật vào đó", "put the recording itself there"),
        ),
        Unfit::Outside => (
            (format!("{file} nằm ngoài thư mục bản thu"), format!("{file} leaves the folder of recordings")),
            (
                "chép tệp vào thư mục bản thu; không dùng `..`, đường dẫn tuyệt đối hay liên kết dẫn ra ngoài",
                "copy the file into the folder; no `..`, no absolute path, no link that leads out",
            ),
        ),
        Unfit::Format { format } => return refused(format, file, lang),
        Unfit::Undecodable { damage } => return undecodable(*damage, file, lang),
        Unfit::Empty => (
            (format!("bản thu {file} không có âm thanh"), format!("there is no sound in {file}")),
            ("ghi lại, hoặc chép lại từ bản gốc", "record it again, or copy it again"),
        ),
        Unfit::Unmeasured => (
            (format!("bản thu {file} đang được đo"), format!("the recording {file} is being measured")),
            ("chờ một lát; bài sắp phát được đo trước", "wait a moment; what airs next is measured first"),
        ),
        Unfit::TooLong { declared_ms } => {
            let hours = *declared_ms as f32 / 3_600_000.0;
            (
                (
                    format!(
                        "bản thu {file} ghi là dài {} giờ; đài chỉ nhận bản thu không quá 12 giờ",
                        number(hours, 1, Language::Vi)
                    ),
                    format!("{file} says that it is {hours:.1} hours long; no recording may be longer than 12 hours"),
                ),
                ("cắt ngắn, hoặc chép lại từ bản gốc nếu độ dài ấy sai", "cut it, or export it again if that length is wrong"),
            )
        }
        Unfit::TooMuch => (
            (
                format!("bản thu {file} đòi bộ nhớ hoặc thời gian quá mức"),
                format!("checking {file} took more memory or time than any recording needs"),
            ),
            (
                "tệp bị hỏng, dài quá 12 giờ hoặc lớn quá 4 GB; chép lại từ bản gốc hay cắt ngắn",
                "it is broken, longer than 12 hours or larger than 4 GB; copy it again or cut it",
            ),
        ),
        Unfit::Unreadable { detail } => (
            (
                format!("không đọc được bản thu {file}: {}", system::retold(lang, detail)),
                format!("the recording {file} cannot be read: {detail}"),
            ),
            ("kiểm tra quyền đọc của tệp, rồi thẻ nhớ hay USB", "check who may read the file, then the card or stick"),
        ),
        Unfit::Changing => (
            (format!("bản thu {file} đang được chép hoặc sửa"), format!("the recording {file} is being copied or changed")),
            ("chờ chép xong rồi chạy lại lệnh này", "wait until it is copied, then run this again"),
        ),
        Unfit::NoRoom => (
            (
                format!("ổ đĩa không còn chỗ cho bản phát của {file}"),
                format!("there is no room on the disk for the master of {file}"),
            ),
            (
                "xoá bớt tệp không cần nữa; mỗi giờ âm thanh cần khoảng 300 MB",
                "remove what is no longer needed; an hour of sound takes some 300 MB",
            ),
        ),
        Unfit::Unchecked { detail } => (
            (
                format!("chưa kiểm tra được bản thu {file}: {}", system::retold(lang, detail)),
                format!("the recording {file} could not be checked: {detail}"),
            ),
            ("chạy lại lệnh này; kiểm tra ổ đĩa còn chỗ trống", "run this again; look whether the disk is full"),
        ),
    };
    lang.pick((vi, vi_help.to_owned()), (en, en_help.to_owned()))
}

fn undecodable(damage: Damage, file: &str, lang: Language) -> Words {
    let again = ("chép lại từ bản gốc", "copy it again from the original");
    let export = (
        "nghe thử trên máy tính; nếu nghe được thì xuất lại thành MP3 hay WAV, nếu không thì chép lại từ bản gốc",
        "listen to it on a computer; if it sounds, export it as MP3 or WAV, else copy it again from the original",
    );
    let ((vi, en), (vi_help, en_help)) = match damage {
        Damage::Unknown => {
            ((format!("không nhận ra {file} là loại tệp gì"), format!("what kind of file {file} is cannot be told")), export)
        }
        Damage::Variety => {
            let convert = convert(file, "-vn -ac 2");
            return lang.pick(
                (
                    format!("{file} được mã hóa theo kiểu mà máy không phát được"),
                    format!("{}; hoặc chuyển sang MP3 hay WAV hai kênh rồi sửa `file`, ví dụ: {convert}", install(lang)),
                ),
                (
                    format!("{file} is coded in a way that cannot be played"),
                    format!("{}; or convert it to MP3 or WAV of two channels and correct `file`: {convert}", install(lang)),
                ),
            );
        }
        Damage::EndsEarly => ((format!("tệp {file} bị cụt, chép chưa trọn"), format!("the file {file} ends too early")), again),
        Damage::Garbled => (
            (
                format!("bản thu {file} bị hỏng, không giải mã được"),
                format!("the recording {file} is damaged and cannot be decoded"),
            ),
            export,
        ),
        Damage::Changes => (
            (
                format!("bản thu {file} đổi tần số lấy mẫu hoặc số kênh giữa chừng"),
                format!("the recording {file} changes its sample rate or channels in the middle"),
            ),
            ("xuất lại thành một tệp MP3 hay WAV", "export it anew as one MP3 or WAV"),
        ),
    };
    lang.pick((vi, vi_help.to_owned()), (en, en_help.to_owned()))
}

fn refused(format: &str, file: &str, lang: Language) -> Words {
    if NO_SOUND.contains(&format) {
        let name = if format == "text" { lang.pick("văn bản", "text") } else { format };
        return lang.pick(
            (format!("{file} không phải là âm thanh mà là {name}"), "chép đúng tệp bản thu vào đó".to_owned()),
            (format!("{file} is no sound but {name}"), "put the recording itself there".to_owned()),
        );
    }
    let chained = lang.pick("Ogg gồm nhiều bản thu nối nhau", CHAINED_OGG);
    let format = if format == CHAINED_OGG { chained } else { format };
    let convert = convert(file, "-vn");
    let phone = lang.pick(
        "; lần sau chọn định dạng M4A, MP3 hoặc WAV trong ứng dụng ghi âm của điện thoại",
        "; next time choose M4A, MP3 or WAV in the phone's recorder",
    );
    let phone = if format.starts_with("AMR") { phone } else { "" };
    lang.pick(
        (
            format!("không phát được loại tệp {format} khi máy chưa có ffmpeg: {file}"),
            format!("{}; hoặc chuyển sang MP3 hay WAV rồi sửa `file`, ví dụ: {convert}{phone}", install(lang)),
        ),
        (
            format!("{format} cannot be played without ffmpeg: {file}"),
            format!("{}; or convert it to MP3 or WAV and correct `file`: {convert}{phone}", install(lang)),
        ),
    )
}

/// What makes the station read more kinds of recordings: it looks for the program again every time.
fn install(lang: Language) -> &'static str {
    lang.pick("cài ffmpeg trên máy này: sudo apt install ffmpeg", "install ffmpeg on this machine: sudo apt install ffmpeg")
}

/// A command that makes an MP3 beside the file, to be copied into a shell as it stands.
fn convert(file: &str, options: &str) -> String {
    let (name, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    // The file itself may be called MP3 already.
    let made = if ending == "mp3" { format!("{name}-2.mp3") } else { format!("{name}.mp3") };
    format!("ffmpeg -i {} {options} {}", quoted(file), quoted(&made))
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '/' | '-');
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// What is wrong with a recording that airs all the same.
pub fn flaw(flaw: &Flaw, file: &str, lang: Language) -> Words {
    let ((vi, en), (vi_help, en_help)) = match flaw {
        Flaw::Silent => (
            (format!("bản thu {file} hoàn toàn im lặng"), format!("the recording {file} is silent throughout")),
            ("nghe thử rồi ghi lại", "listen to it and record it again"),
        ),
        Flaw::CutOff => (
            (format!("bản thu {file} bị cắt cụt ở cuối"), format!("the recording {file} is cut off before its end")),
            ("tệp chép dở; chép lại từ bản gốc", "it is half copied; copy it again"),
        ),
        Flaw::Damaged => (
            (format!("bản thu {file} có chỗ bị hỏng"), format!("parts of the recording {file} are damaged")),
            ("nghe thử; chép lại từ bản gốc", "listen to it; copy it again from the original"),
        ),
        Flaw::Short { declared_ms, decoded_ms } => {
            let (declared, decoded) = (*declared_ms as f32 / 1000.0, *decoded_ms as f32 / 1000.0);
            (
                (
                    format!(
                        "bản thu {file} chỉ giải mã được {} giây trong {} giây",
                        number(decoded, 1, Language::Vi),
                        number(declared, 1, Language::Vi)
                    ),
                    format!("only {decoded:.1} s of the {declared:.1} s of {file} can be decoded"),
                ),
                ("tệp bị hỏng ở giữa hoặc chép dở; chép lại từ bản gốc", "it is damaged inside or half copied; copy it again"),
            )
        }
    };
    lang.pick((vi, vi_help.to_owned()), (en, en_help.to_owned()))
}

/// A number as the language writes it: 3,5 and −18,0.
pub fn number(value: f32, decimals: usize, lang: Language) -> String {
    let text = format!("{value:.decimals$}");
    let text = if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) { text.replace('-', "") } else { text };
    lang.pick(text.replace('.', ","), text).replace('-', "−")
}

/// The heads of the table's columns.
pub fn columns(lang: Language) -> [&'static str; 8] {
    lang.pick(
        ["Tin, bài", "Dài", "Loại", "Kênh", "Độ to (LUFS)", "Đỉnh (dBTP)", "Chỉnh (dB)", "Lặng đầu/cuối (giây)"],
        ["Item", "Length", "Kind", "Channels", "Loudness (LUFS)", "Peak (dBTP)", "Gain (dB)", "Silence at start/end (s)"],
    )
}

/// In the place of the figures for a recording that cannot air.
pub fn cannot_air(lang: Language) -> &'static str {
    lang.pick("không phát được", "cannot air")
}

pub fn long_silence(lead: SignedDuration, tail: SignedDuration, lang: Language) -> Words {
    let (lead, tail) = (lead.as_secs_f32(), tail.as_secs_f32());
    lang.pick(
        (
            format!("im lặng {} giây ở đầu, {} giây ở cuối", number(lead, 1, lang), number(tail, 1, lang)),
            "cắt bớt phần im lặng".to_owned(),
        ),
        (format!("{lead:.1} s of silence at the start, {tail:.1} s at the end"), "cut it off".to_owned()),
    )
}

pub fn too_quiet(level_lufs: f32, lang: Language) -> Words {
    let level = number(level_lufs, 1, lang);
    lang.pick(
        (format!("thu quá nhỏ: chỉ nâng được đến {level} LUFS"), "ghi lại gần micrô hơn".to_owned()),
        (
            format!("recorded too quietly: it can only be raised to {level} LUFS"),
            "record it again, nearer to the microphone".to_owned(),
        ),
    )
}

/// What a horn cannot give back is most of this recording.
pub fn too_deep(level_lufs: f32, lang: Language) -> Words {
    let level = number(level_lufs, 1, lang);
    lang.pick(
        (
            format!("gần như chỉ có tiếng trầm: qua loa nén chỉ nâng được đến {level} LUFS"),
            "ghi lại, không chỉnh tăng tiếng trầm; nhạc thì chọn bài khác".to_owned(),
        ),
        (
            format!("little but bass: for horns it can only be raised to {level} LUFS"),
            "record it again without a bass boost; of music, choose another piece".to_owned(),
        ),
    )
}

/// The head of the column for outputs with horns.
pub fn horn_column(lang: Language) -> &'static str {
    lang.pick("Loa nén (dB)", "Horn (dB)")
}

/// The last line.
pub fn summary(count: usize, length: SignedDuration, unfit: usize, flawed: usize, lang: Language) -> String {
    let seconds = length.as_secs();
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    lang.pick(
        format!("{count} bản thu, dài {minutes} phút {seconds} giây; {unfit} không phát được, {flawed} cần xem lại."),
        format!("{count} recordings, {minutes} min {seconds} s; {unfit} cannot air, {flawed} to look at."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_copied_whatever_the_file_is_called() {
        assert_eq!(convert("tin.amr", "-vn"), "ffmpeg -i tin.amr -vn tin.mp3");
        assert_eq!(convert("tin.mp3", "-vn"), "ffmpeg -i tin.mp3 -vn tin-2.mp3");
        assert_eq!(convert("Bản tin sáng/a.amr", "-vn"), "ffmpeg -i 'Bản tin sáng/a.amr' -vn 'Bản tin sáng/a.mp3'");
        assert_eq!(convert("it's", "-vn"), r"ffmpeg -i 'it'\''s' -vn 'it'\''s.mp3'");
    }
}
