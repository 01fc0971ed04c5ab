//! What is said of a plan: its problems and their remedies.
//!
//! Which of them a fault is told by stands in the table of [`crate::plan::fault`]; here are the words only, as a table: the message in
//! Vietnamese and in English, then the remedy in both (empty where the message says it all). They are of the crate's own, so that one
//! that no fault is told by is dead code and does not pass.

use std::fmt::Display;

use crate::lang::Language;

/// A message and, where there is one, its remedy.
pub type ProblemWords = (String, Option<String>);

macro_rules! said {
    ($($name:ident($($part:ident),*) { $vi:literal, $en:literal; $vi_help:literal, $en_help:literal })*) => {$(
        pub(crate) fn $name(lang: Language $(, $part: impl Display)*) -> ProblemWords {
            let (message, help) = match lang {
                Language::Vi => (format!($vi), format!($vi_help)),
                Language::En => (format!($en), format!($en_help)),
            };
            (message, (!help.is_empty()).then_some(help))
        }
    )*};
}

pub mod form;
mod syntax;
mod values;

pub use form::missing_example;
pub(crate) use syntax::*;
pub use values::cron_field_name;
pub(crate) use values::*;

// The files themselves.
said! {
    unreadable(detail) {
        "không đọc được tệp này: {detail}", "this file cannot be read: {detail}";
        "kiểm tra quyền đọc của tệp", "check who may read the file"
    }
    not_a_file() {
        "đây không phải là tệp thường", "this is not a regular file";
        "chỉ để các tệp .toml thường trong thư mục kế hoạch", "keep only regular .toml files in the plan's folder"
    }
    too_large(limit_mb) {
        "tệp lớn hơn {limit_mb} MB", "the file is larger than {limit_mb} MB";
        "chia kế hoạch thành nhiều tệp trong một thư mục", "split the plan into several files in one folder"
    }
    no_files(folder) {
        "thư mục {folder} không có tệp .toml nào", "there is no .toml file in the folder {folder}";
        "chỉ ra thư mục hoặc tệp của kế hoạch phát thanh", "name the plan's folder or file"
    }
    hidden_ending(name, right) {
        "tệp {name} không được đọc: tên thật của nó có đuôi .txt mà Windows không cho thấy",
        "the file {name} is not read: its real name ends with .txt, which Windows does not show";
        "đổi tên thành {right} (Windows: View → File name extensions để thấy đuôi tệp)",
        "rename it to {right} (Windows: View → File name extensions shows the ending)"
    }
    too_many_files(limit) {
        "thư mục có hơn {limit} tệp .toml", "there are more than {limit} .toml files in the folder";
        "gộp các tệp lại", "join some of them"
    }
    no_folder(folder) {
        "trong thư mục bản thu chưa có thư mục `{folder}`", "there is no folder `{folder}` among the recordings";
        "tạo thư mục ấy, hoặc sửa `path`; chưa có thì chưa có gì để phát từ đó",
        "make it, or mend `path`; until then there is nothing in it to air"
    }
    folder_unreadable(folder, detail) {
        "không đọc được thư mục `{folder}`: {detail}", "the folder `{folder}` cannot be read: {detail}";
        "kiểm tra quyền đọc của thư mục", "check who may read the folder"
    }
    folder_full(folder, limit) {
        "thư mục `{folder}` có hơn {limit} bản thu; chỉ {limit} bản đầu theo tên được dùng",
        "there are more than {limit} recordings in the folder `{folder}`; the first {limit} by name are used";
        "xóa bớt những bản đã cũ", "take out what is old"
    }
    folder_crowded(folder, limit) {
        "thư mục `{folder}` có hơn {limit} tệp; chỉ {limit} tệp được xem", "there are more than {limit} files in the folder `{folder}`; so many are looked at";
        "chỉ để bản thu trong thư mục ấy, xóa bớt những gì đã cũ", "keep only recordings in it, and take out what is old"
    }
    not_a_recording(folder, first) {
        "tệp `{first}` trong thư mục `{folder}` không phải là bản thu theo tên của nó nên không được phát",
        "the file `{first}` in the folder `{folder}` is no recording by its name, and does not air";
        "bản thu là tệp .mp3, .wav, .m4a, .ogg, .flac và những đuôi âm thanh khác; tên không quá 200 byte",
        "a recording is a file .mp3, .wav, .m4a, .ogg, .flac or of another sound's ending; its name has at most 200 bytes"
    }
    not_recordings(folder, first, others) {
        "tệp `{first}` và {others} tệp khác trong thư mục `{folder}` không phải là bản thu theo tên nên không được phát",
        "the file `{first}` and {others} others in the folder `{folder}` are no recordings by their names, and do not air";
        "bản thu là tệp .mp3, .wav, .m4a, .ogg, .flac và những đuôi âm thanh khác; tên không quá 200 byte",
        "a recording is a file .mp3, .wav, .m4a, .ogg, .flac or of another sound's ending; its name has at most 200 bytes"
    }
    include_unreadable(path, detail) {
        "không đọc được tệp `{path}` ghi ở `include`: {detail}", "the file `{path}` of `include` cannot be read: {detail}";
        "đường dẫn tính từ thư mục của tệp này: include = [\"../vietnam-holidays.toml\"]",
        "the path starts at this file's folder: include = [\"../vietnam-holidays.toml\"]"
    }
    include_no_file(path) {
        "`{path}` ghi ở `include` không phải là tệp chữ thường", "`{path}` of `include` is no regular file of text";
        "ghi tên một tệp .toml, không ghi thư mục", "name a .toml file, not a folder"
    }
    include_too_large(path) {
        "tệp `{path}` ghi ở `include` lớn hơn 4 MB", "the file `{path}` of `include` is larger than 4 MB";
        "chia tệp ấy thành nhiều tệp", "split it into several"
    }
    include_twice(path) {
        "kế hoạch đã có một tệp cùng tên với `{path}`", "the plan has a file of the same name as `{path}` already";
        "mỗi tệp chỉ ghi ở `include` một lần; hai tệp cùng tên thì đổi tên một tệp",
        "include a file once; of two files that have one name, rename one"
    }
    include_nested(path) {
        "tệp được `include` không được `include` tiếp `{path}`", "a file that is included cannot include `{path}` itself";
        "ghi cả hai tệp ở `include` của kế hoạch", "name both files in the `include` of the plan"
    }
    not_utf8() {
        "có chữ không phải bảng mã UTF-8", "there are bytes here that are not UTF-8";
        "lưu tệp lại bằng bảng mã UTF-8 (Unicode), rồi gõ lại chữ bị hỏng", "save the file as UTF-8 and type the broken letter again"
    }
    utf16() {
        "tệp này ở bảng mã UTF-16, không đọc được", "this file is in UTF-16 and cannot be read";
        "mở bằng Notepad, chọn Save as (Lưu thành), chọn Encoding: UTF-8 rồi lưu lại", "in Notepad choose Save as, Encoding: UTF-8, and save it again"
    }
    too_deep() {
        "các dấu ngoặc lồng nhau quá nhiều lớp", "brackets within brackets, too deep";
        "kế hoạch không cần quá ba lớp ngoặc", "a plan never needs more than three levels"
    }
}

// Keys and tables.
said! {
    duplicate_key(key, first) {
        "khóa `{key}` viết hai lần", "the key `{key}` is given twice";
        "lần đầu ở {first}; bỏ một trong hai", "the first is at {first}; remove one of them"
    }
    misspelt_key(table, key, nearest) {
        "không có khóa `{key}` trong {table}", "{table} has no key `{key}`";
        "có phải là `{nearest}`?", "did you mean `{nearest}`?"
    }
    unknown_key(table, key, known) {
        "không có khóa `{key}` trong {table}", "{table} has no key `{key}`";
        "các khóa dùng được: {known}", "known keys: {known}"
    }
    misspelt_table(name, nearest) {
        "kế hoạch không có bảng `{name}`", "a plan has no table `{name}`";
        "có phải là `{nearest}`?", "did you mean `{nearest}`?"
    }
    unknown_table(name, known) {
        "kế hoạch không có bảng `{name}`", "a plan has no table `{name}`";
        "các bảng dùng được: {known}", "known tables: {known}"
    }
    not_yet(name) {
        "`{name}` chưa dùng được ở phiên bản này", "`{name}` cannot be used yet in this version";
        "tạm bỏ phần này; phiên bản sau sẽ có", "leave it out for now; a later version will have it"
    }
    wrong_type(key, wanted, found, example) {
        "`{key}` phải là {wanted}, ở đây là {found}", "`{key}` has to be {wanted}, this is {found}";
        "{example}", "{example}"
    }
    needs_two_brackets(name) {
        "bảng `{name}` phải viết là [[{name}]]", "the table `{name}` is written [[{name}]]";
        "hai dấu ngoặc, vì có thể có nhiều bảng như vậy", "two brackets, for there may be many of them"
    }
    needs_one_bracket(name) {
        "bảng `{name}` phải viết là [{name}]", "the table `{name}` is written [{name}]";
        "một dấu ngoặc, vì kế hoạch chỉ có một bảng này", "one bracket, for a plan has only one"
    }
    missing_key(table, key, example) {
        "{table} thiếu khóa `{key}`", "{table} lacks the key `{key}`";
        "{example}", "{example}"
    }
    no_station() {
        "kế hoạch thiếu bảng [station]", "the plan lacks the table [station]";
        "ghi tên, mã, múi giờ và thư mục bản thu của đài", "give the station's name, code, time zone and folder of recordings"
    }
    no_hours() {
        "kế hoạch thiếu bảng [hours]", "the plan lacks the table [hours]";
        "ghi khung giờ được phép phát: [hours] daily = [\"05:30-06:30\"]",
        "say when the loudspeakers may sound: [hours] daily = [\"05:30-06:30\"]"
    }
    no_output() {
        "kế hoạch thiếu bảng [[output]]", "the plan lacks the table [[output]]";
        "ghi ít nhất một đường ra loa: [[output]] id = \"amplifier\", device = \"default\"",
        "name at least one output: [[output]] id = \"amplifier\", device = \"default\""
    }
    repeated_table(name, first) {
        "bảng `{name}` viết hai lần", "the table `{name}` is given twice";
        "lần đầu ở {first}; gộp hai bảng làm một", "the first is at {first}; join the two"
    }
    conflicting_keys(first, second) {
        "`{first}` và `{second}` không được dùng cùng nhau", "`{first}` and `{second}` cannot be used together";
        "giữ một, bỏ một", "keep one of them"
    }
    empty_list(key) {
        "danh sách `{key}` không có gì", "the list `{key}` is empty";
        "ghi ít nhất một phần", "name at least one"
    }
}

// Ids.
said! {
    bad_id(text) {
        "mã `{text}` không dùng được", "`{text}` cannot be an id";
        "mã chỉ gồm chữ thường không dấu, chữ số, - và _, bắt đầu bằng chữ hoặc số, tối đa 64 ký tự",
        "an id has lower-case letters a–z, digits, - and _, begins with a letter or digit, at most 64 of them"
    }
    repeated_id(kind, id, first) {
        "mã `{id}` của {kind} dùng hai lần", "the id `{id}` of {kind} is used twice";
        "lần đầu ở {first}; đặt mã khác", "the first is at {first}; choose another id"
    }
    misspelt_id(kind, id, nearest) {
        "không có {kind} nào mang mã `{id}`", "no {kind} has the id `{id}`";
        "có phải là `{nearest}`?", "did you mean `{nearest}`?"
    }
    unknown_id(kind, id, table) {
        "không có {kind} nào mang mã `{id}`", "no {kind} has the id `{id}`";
        "thêm bảng [[{table}]] có id = \"{id}\", hoặc sửa lại mã", "add a table [[{table}]] with id = \"{id}\", or correct the id"
    }
    refers_to_itself(key) {
        "`{key}` không được chỉ chính nó", "`{key}` cannot name the table it stands in";
        "ghi mã của bảng khác", "name another one"
    }
}

/// What the entries of a table are called.
pub fn entry(table: &'static str, lang: Language) -> &'static str {
    let vi = match table {
        "output" => "đường ra loa",
        "zone" => "thôn (khu vực)",
        "topic" => "nhóm nội dung",
        "supplier" => "đơn vị cung cấp",
        "item" => "tin, bài",
        "contact" => "số liên hệ",
        "programme" => "chương trình",
        "campaign" => "đợt tuyên truyền",
        "holiday" => "ngày lễ",
        "broadcast" => "lịch phát",
        "change" => "thay đổi riêng một ngày",
        "extra" => "lần phát thêm",
        "baseline" => "số liệu kỳ trước",
        "report" => "báo cáo tự lập",
        other => other,
    };
    lang.pick(vi, table)
}

/// What a problem's line begins with.
pub fn error(lang: Language) -> &'static str {
    lang.pick("lỗi", "error")
}

pub fn warning(lang: Language) -> &'static str {
    lang.pick("cảnh báo", "warning")
}

/// What the line of a remedy begins with.
pub fn help(lang: Language) -> &'static str {
    lang.pick("cách sửa", "help")
}

/// After the problems that are shown.
pub fn more(count: usize, lang: Language) -> String {
    lang.pick(format!("… và {count} điều khác"), format!("… and {count} more"))
}

pub fn nothing_there(path: impl Display, lang: Language) -> String {
    lang.pick(format!("không có kế hoạch ở {path}"), format!("there is no plan at {path}"))
}

/// `path` is not there, and the same name with the ending that Windows hides is.
pub fn hidden_beside(path: impl Display, lang: Language) -> String {
    let nothing = nothing_there(&path, lang);
    lang.pick(
        format!("{nothing}, nhưng có tệp {path}.txt: Windows không cho thấy đuôi .txt; hãy đổi tên tệp, bỏ đuôi ấy đi"),
        format!("{nothing}, but there is {path}.txt: Windows hides the ending .txt; rename the file without it"),
    )
}

pub fn neither_file_nor_folder(path: impl Display, lang: Language) -> String {
    lang.pick(format!("{path} không phải là tệp hay thư mục kế hoạch"), format!("{path} is neither a plan's file nor a folder"))
}

pub fn unreadable_plan(path: impl Display, error: impl Display, lang: Language) -> String {
    lang.pick(format!("không đọc được {path}: {error}"), format!("cannot read {path}: {error}"))
}
