//! What is said of a plan: its problems and their remedies.

use crate::calendar::recur::BadCron;
use crate::lang::Language;
use crate::plan::diagnostic::Place;
use crate::plan::fault::{BadPath, Fault, Form, Kind, Syntax};

/// The message and, where there is one, the remedy. `at` says where a place is, as `file:line`.
pub fn words(fault: &Fault, lang: Language, at: &dyn Fn(Place) -> String) -> (String, Option<String>) {
    let vi = lang == Language::Vi;
    match fault {
        Fault::Unreadable { .. }
        | Fault::NotAFile
        | Fault::TooLarge { .. }
        | Fault::NoFiles { .. }
        | Fault::TooManyFiles { .. }
        | Fault::NotUtf8 { .. } => file(fault, vi),
        Fault::Syntax(kind) => syntax(*kind, vi),
        Fault::TooDeep => (
            lang.pick("các dấu ngoặc lồng nhau quá nhiều lớp", "brackets within brackets, too deep").to_owned(),
            Some(lang.pick("kế hoạch không cần quá ba lớp ngoặc", "a plan never needs more than three levels").to_owned()),
        ),
        Fault::DuplicateKey { .. }
        | Fault::UnknownKey { .. }
        | Fault::UnknownTable { .. }
        | Fault::NotYet { .. }
        | Fault::LunarNotYet
        | Fault::WrongType { .. }
        | Fault::WrongBrackets { .. }
        | Fault::MissingKey { .. }
        | Fault::MissingTable { .. }
        | Fault::RepeatedTable { .. }
        | Fault::ConflictingKeys { .. }
        | Fault::EmptyList { .. } => shape(fault, lang, at),
        Fault::BadId { .. } | Fault::RepeatedId { .. } | Fault::UnknownId { .. } | Fault::RefersToItself { .. } => {
            ids(fault, lang, at)
        }
        Fault::BadFormat { .. }
        | Fault::EmptyText { .. }
        | Fault::HiddenCharacter { .. }
        | Fault::TooLong { .. }
        | Fault::LongList { .. }
        | Fault::BadNumber { .. }
        | Fault::UnknownWord { .. }
        | Fault::EmergencyPlanned
        | Fault::BadLanguage { .. }
        | Fault::BadTarget { .. }
        | Fault::BadDevice { .. }
        | Fault::BadPath { .. }
        | Fault::SameDevice { .. }
        | Fault::EmptyPick => values(fault, vi),
        Fault::BadTime { .. }
        | Fault::BadHours { .. }
        | Fault::BadDate { .. }
        | Fault::BadMonthDay { .. }
        | Fault::BadDuration { .. }
        | Fault::DurationRange { .. }
        | Fault::BadCron(_)
        | Fault::BadTimeZone { .. }
        | Fault::FromAfterUntil => times(fault, lang),
    }
}

/// A message and its remedy, in the language.
fn both(vi: bool, message: (String, String), help: (String, String)) -> (String, Option<String>) {
    let (message, help) = if vi { (message.0, help.0) } else { (message.1, help.1) };
    (message, (!help.is_empty()).then_some(help))
}

fn file(fault: &Fault, vi: bool) -> (String, Option<String>) {
    match fault {
        Fault::Unreadable { detail } => both(
            vi,
            (format!("không đọc được tệp này: {detail}"), format!("this file cannot be read: {detail}")),
            ("kiểm tra quyền đọc của tệp".into(), "check who may read the file".into()),
        ),
        Fault::NotAFile => both(
            vi,
            ("đây không phải là tệp thường".into(), "this is not a regular file".into()),
            (
                "chỉ để các tệp .toml thường trong thư mục kế hoạch".into(),
                "keep only regular .toml files in the plan's folder".into(),
            ),
        ),
        Fault::TooLarge { limit_mb } => both(
            vi,
            (format!("tệp lớn hơn {limit_mb} MB"), format!("the file is larger than {limit_mb} MB")),
            ("chia kế hoạch thành nhiều tệp trong một thư mục".into(), "split the plan into several files in one folder".into()),
        ),
        Fault::NoFiles { folder } => both(
            vi,
            (format!("thư mục {folder} không có tệp .toml nào"), format!("there is no .toml file in the folder {folder}")),
            ("chỉ ra thư mục hoặc tệp của kế hoạch phát thanh".into(), "name the plan's folder or file".into()),
        ),
        Fault::TooManyFiles { limit } => both(
            vi,
            (format!("thư mục có hơn {limit} tệp .toml"), format!("there are more than {limit} .toml files in the folder")),
            ("gộp các tệp lại".into(), "join some of them".into()),
        ),
        _ => {
            let utf16 = matches!(fault, Fault::NotUtf8 { utf16: true });
            let help = if utf16 {
                ("tệp đang ở bảng mã UTF-16; hãy lưu lại bằng bảng mã UTF-8", "the file is in UTF-16; save it again as UTF-8")
            } else {
                (
                    "lưu tệp lại bằng bảng mã UTF-8 (Unicode), rồi gõ lại chữ bị hỏng",
                    "save the file as UTF-8 and type the broken letter again",
                )
            };
            both(
                vi,
                ("có chữ không phải bảng mã UTF-8".into(), "there are bytes here that are not UTF-8".into()),
                (help.0.into(), help.1.into()),
            )
        }
    }
}

fn syntax(kind: Syntax, vi: bool) -> (String, Option<String>) {
    let (message, help) = match kind {
        Syntax::OpenQuote => (
            ("thiếu một dấu nháy", "a quotation mark is missing"),
            (
                "mỗi chữ trong nháy phải kết thúc bằng dấu nháy trên cùng dòng: \"…\"",
                "end the text with a quotation mark on the same line: \"…\"",
            ),
        ),
        Syntax::CurlyQuote => (
            ("dấu nháy cong không dùng được ở đây", "curly quotation marks cannot be used here"),
            ("gõ dấu nháy thẳng: \"…\"", "type straight ones: \"…\""),
        ),
        Syntax::Unquoted => (
            ("chữ phải nằm trong dấu nháy", "text has to stand in quotation marks"),
            ("thêm dấu nháy thẳng ở hai đầu: \"…\"", "put straight quotation marks around it: \"…\""),
        ),
        Syntax::NoEquals => (
            ("thiếu dấu = sau tên khóa", "an = is missing after the key"),
            ("mỗi dòng viết: khóa = giá trị", "write each line as: key = value"),
        ),
        Syntax::NoValue => {
            (("thiếu giá trị sau dấu =", "a value is missing after the ="), ("viết: khóa = giá trị", "write: key = value"))
        }
        Syntax::ExtraEquals => (("thừa dấu =", "there is one = too many"), ("mỗi khóa chỉ có một dấu =", "a key has a single =")),
        Syntax::Head => (
            ("đầu bảng viết sai", "this head of a table cannot be read"),
            (
                "viết một mình trên một dòng, đủ dấu ngoặc: [hours] hoặc [[item]]",
                "write it alone on its line, with all its brackets: [hours] or [[item]]",
            ),
        ),
        Syntax::OpenList => {
            (("danh sách chưa đóng", "this list is never closed"), ("thêm dấu ] ở cuối danh sách", "add a ] at its end"))
        }
        Syntax::OpenTable => (("dấu { chưa đóng", "this { is never closed"), ("thêm dấu } ở cuối", "add a } at its end")),
        Syntax::StrayBracket => (
            ("thừa dấu ngoặc đóng", "a closing bracket without its opening one"),
            ("bỏ dấu này, hoặc thêm dấu ngoặc mở", "remove it, or add the opening one"),
        ),
        Syntax::NoComma => (
            ("thiếu dấu phẩy giữa hai phần", "a comma is missing between two parts"),
            ("ngăn các phần bằng dấu phẩy: [\"a\", \"b\"]", "part them with commas: [\"a\", \"b\"]"),
        ),
        Syntax::ExtraComma => (("thừa dấu phẩy", "there is one comma too many"), ("bỏ dấu phẩy này", "remove it")),
        Syntax::Trailing => (
            ("phần này thừa ở cuối dòng", "this does not belong at the end of the line"),
            ("mỗi dòng chỉ một khóa; ghi chú bắt đầu bằng dấu #", "one key a line; a remark begins with #"),
        ),
        Syntax::Key => (
            ("tên khóa viết sai", "this is no key"),
            ("tên khóa chỉ gồm chữ không dấu, chữ số, - và _", "a key has only unaccented letters, digits, - and _"),
        ),
        Syntax::Text => (
            ("chữ trong dấu nháy viết sai", "this quoted text cannot be read"),
            ("bỏ ký tự lạ; dấu nháy trong chữ viết là \\\"", "remove odd characters; write a quotation mark within it as \\\""),
        ),
        Syntax::Escape => (
            ("dấu \\ dùng sai trong chữ", "a \\ is misused in this text"),
            ("viết \\\\ cho một dấu \\; đường dẫn tệp dùng dấu /", "write \\\\ for one \\; paths use /"),
        ),
        Syntax::Number => (("số viết sai", "this number cannot be read"), ("viết chữ số thường: 5", "write plain digits: 5")),
        Syntax::Boolean => (
            ("giá trị này viết bằng chữ thường", "this is written in lower case"),
            ("viết true hoặc false", "write true or false"),
        ),
        Syntax::Character => (
            ("có ký tự không nhìn thấy, không được phép", "there is an invisible character that is not allowed"),
            ("xóa rồi gõ lại dòng này", "delete this line and type it again"),
        ),
        Syntax::Other => (
            ("không đọc được dòng này", "this line cannot be read"),
            ("mỗi dòng viết: khóa = giá trị", "write each line as: key = value"),
        ),
    };
    both(vi, (message.0.into(), message.1.into()), (help.0.into(), help.1.into()))
}

fn shape(fault: &Fault, lang: Language, at: &dyn Fn(Place) -> String) -> (String, Option<String>) {
    let vi = lang == Language::Vi;
    let none = || (String::new(), String::new());
    match fault {
        Fault::DuplicateKey { key, first } => {
            let first = first.map(at).unwrap_or_default();
            let help = if first.is_empty() {
                none()
            } else {
                (format!("lần đầu ở {first}; bỏ một trong hai"), format!("the first is at {first}; remove one of them"))
            };
            both(vi, (format!("khóa `{key}` viết hai lần"), format!("the key `{key}` is given twice")), help)
        }
        Fault::UnknownKey { key, table, nearest, known } => {
            let help = match nearest {
                Some(nearest) => (format!("có phải là `{nearest}`?"), format!("did you mean `{nearest}`?")),
                None => {
                    let known = known.join(", ");
                    (format!("các khóa dùng được: {known}"), format!("known keys: {known}"))
                }
            };
            both(vi, (format!("không có khóa `{key}` trong {table}"), format!("{table} has no key `{key}`")), help)
        }
        Fault::UnknownTable { name, nearest } => {
            let help =
                nearest.map_or_else(none, |nearest| (format!("có phải là `{nearest}`?"), format!("did you mean `{nearest}`?")));
            both(vi, (format!("kế hoạch không có bảng `{name}`"), format!("a plan has no table `{name}`")), help)
        }
        Fault::NotYet { name } => both(
            vi,
            (format!("`{name}` chưa dùng được ở phiên bản này"), format!("`{name}` cannot be used yet in this version")),
            ("tạm bỏ phần này; phiên bản sau sẽ có".into(), "leave it out for now; a later version will have it".into()),
        ),
        Fault::LunarNotYet => both(
            vi,
            (
                "ngày âm lịch chưa dùng được ở phiên bản này".into(),
                "days of the lunar calendar cannot be used yet in this version".into(),
            ),
            (
                "tạm viết ngày dương lịch của từng năm: dates = { from = 2026-02-14, until = 2026-02-22 }".into(),
                "write the civil dates of the year for now: dates = { from = 2026-02-14, until = 2026-02-22 }".into(),
            ),
        ),
        Fault::WrongType { key, wanted, found } => {
            let (example_vi, example_en) = example(*wanted);
            both(
                vi,
                (
                    format!("`{key}` phải là {}, ở đây là {}", form(*wanted, Language::Vi), form(*found, Language::Vi)),
                    format!("`{key}` has to be {}, this is {}", form(*wanted, Language::En), form(*found, Language::En)),
                ),
                (example_vi.into(), example_en.into()),
            )
        }
        Fault::WrongBrackets { name, list } => {
            let right = if *list { format!("[[{name}]]") } else { format!("[{name}]") };
            both(
                vi,
                (format!("bảng `{name}` phải viết là {right}"), format!("the table `{name}` is written {right}")),
                if *list {
                    (
                        "hai dấu ngoặc, vì có thể có nhiều bảng như vậy".into(),
                        "two brackets, for there may be many of them".into(),
                    )
                } else {
                    ("một dấu ngoặc, vì kế hoạch chỉ có một bảng này".into(), "one bracket, for a plan has only one".into())
                },
            )
        }
        Fault::MissingKey { table, key } => {
            let (example_vi, example_en) = missing(table, key);
            both(
                vi,
                (format!("{table} thiếu khóa `{key}`"), format!("{table} lacks the key `{key}`")),
                (example_vi.into(), example_en.into()),
            )
        }
        Fault::MissingTable { name, list } => {
            let head = if *list { format!("[[{name}]]") } else { format!("[{name}]") };
            let (why_vi, why_en) = match *name {
                "hours" => (
                    "ghi khung giờ được phép phát: [hours] daily = [\"05:30-06:30\"]",
                    "say when the loudspeakers may sound: [hours] daily = [\"05:30-06:30\"]",
                ),
                "output" => (
                    "ghi ít nhất một đường ra loa: [[output]] id = \"amplifier\", device = \"default\"",
                    "name at least one output: [[output]] id = \"amplifier\", device = \"default\"",
                ),
                _ => (
                    "ghi tên, mã, múi giờ và thư mục bản thu của đài",
                    "give the station's name, code, time zone and folder of recordings",
                ),
            };
            both(
                vi,
                (format!("kế hoạch thiếu bảng {head}"), format!("the plan lacks the table {head}")),
                (why_vi.into(), why_en.into()),
            )
        }
        Fault::RepeatedTable { name, first } => {
            let first = at(*first);
            both(
                vi,
                (format!("bảng `{name}` viết hai lần"), format!("the table `{name}` is given twice")),
                (format!("lần đầu ở {first}; gộp hai bảng làm một"), format!("the first is at {first}; join the two")),
            )
        }
        Fault::ConflictingKeys { first, second } => both(
            vi,
            (
                format!("`{first}` và `{second}` không được dùng cùng nhau"),
                format!("`{first}` and `{second}` cannot be used together"),
            ),
            ("giữ một, bỏ một".into(), "keep one of them".into()),
        ),
        Fault::EmptyList { key } => both(
            vi,
            (format!("danh sách `{key}` không có gì"), format!("the list `{key}` is empty")),
            ("ghi ít nhất một phần".into(), "name at least one".into()),
        ),
        _ => (String::new(), None),
    }
}

fn ids(fault: &Fault, lang: Language, at: &dyn Fn(Place) -> String) -> (String, Option<String>) {
    let vi = lang == Language::Vi;
    match fault {
        Fault::BadId { text } => both(
            vi,
            (format!("mã `{text}` không dùng được"), format!("`{text}` cannot be an id")),
            (
                "mã chỉ gồm chữ thường không dấu, chữ số, - và _, bắt đầu bằng chữ hoặc số, tối đa 64 ký tự".into(),
                "an id has lower-case letters a–z, digits, - and _, begins with a letter or digit, at most 64 of them".into(),
            ),
        ),
        Fault::RepeatedId { kind, id, first } => {
            let first = at(*first);
            both(
                vi,
                (
                    format!("mã `{id}` của {} dùng hai lần", kind_name(*kind, Language::Vi)),
                    format!("the id `{id}` of {} is used twice", kind_name(*kind, Language::En)),
                ),
                (format!("lần đầu ở {first}; đặt mã khác"), format!("the first is at {first}; choose another id")),
            )
        }
        Fault::UnknownId { kind, id, nearest } => {
            let table = kind.table();
            let help = match nearest {
                Some(nearest) => (format!("có phải là `{nearest}`?"), format!("did you mean `{nearest}`?")),
                None => (
                    format!("thêm bảng [[{table}]] có id = \"{id}\", hoặc sửa lại mã"),
                    format!("add an [[{table}]] with id = \"{id}\", or correct the id"),
                ),
            };
            both(
                vi,
                (
                    format!("không có {} nào mang mã `{id}`", kind_name(*kind, Language::Vi)),
                    format!("there is no {} with the id `{id}`", kind_bare(*kind)),
                ),
                help,
            )
        }
        Fault::RefersToItself { key } => both(
            vi,
            (format!("`{key}` không được chỉ chính nó"), format!("`{key}` cannot name the table it stands in")),
            ("ghi mã của bảng khác".into(), "name another one".into()),
        ),
        _ => (String::new(), None),
    }
}

fn values(fault: &Fault, vi: bool) -> (String, Option<String>) {
    match fault {
        Fault::BadFormat { found } => {
            let found = found.map_or_else(|| "?".to_owned(), |found| found.to_string());
            both(
                vi,
                (format!("không biết dạng kế hoạch số {found}"), format!("plans of format {found} are not known")),
                ("viết format = 1; nếu kế hoạch làm cho phiên bản mới hơn, hãy cập nhật loaxa".into(), "write format = 1; if the plan was made for a newer version, update loaxa".into()),
            )
        }
        Fault::EmptyText { key } => both(vi, (format!("`{key}` để trống"), format!("`{key}` is empty")), ("ghi nội dung".into(), "write something".into())),
        Fault::HiddenCharacter { character } => {
            let code = format!("U+{:04X}", u32::from(*character));
            both(
                vi,
                (format!("có ký tự ẩn {code}, không được phép"), format!("there is a hidden character {code}, which is not allowed")),
                ("xóa ký tự này, viết trên một dòng; thường do chép dán từ trang web hoặc Word".into(), "delete it, and keep the text on one line; it mostly comes from pasting".into()),
            )
        }
        Fault::TooLong { key, limit } => both(
            vi,
            (format!("`{key}` dài quá {limit} ký tự"), format!("`{key}` has more than {limit} characters")),
            ("viết ngắn lại".into(), "shorten it".into()),
        ),
        Fault::LongList { key, limit } => both(
            vi,
            (format!("danh sách `{key}` có quá {limit} phần"), format!("the list `{key}` has more than {limit} elements")),
            ("viết ngắn lại".into(), "shorten it".into()),
        ),
        Fault::BadNumber { key, least, most } => both(
            vi,
            (format!("`{key}` phải từ {least} đến {most}"), format!("`{key}` has to be from {least} to {most}")),
            (String::new(), String::new()),
        ),
        Fault::UnknownWord { key, text, nearest, known } => {
            let known = known.join(", ");
            let help = match nearest {
                Some(nearest) => (format!("có phải là `{nearest}`? Dùng được: {known}"), format!("did you mean `{nearest}`? Known: {known}")),
                None => (format!("dùng được: {known}"), format!("known: {known}")),
            };
            both(vi, (format!("`{key}` không nhận giá trị `{text}`"), format!("`{key}` does not know `{text}`")), help)
        }
        Fault::EmergencyPlanned => both(
            vi,
            ("không được lên lịch phát khẩn cấp".into(), "an emergency cannot be planned".into()),
            (
                "khẩn cấp chỉ do người ra lệnh: loaxa play MÃ --priority emergency --reason …; trong kế hoạch dùng \"ordinary\" hoặc \"priority\"".into(),
                "only a person orders one: loaxa play ITEM --priority emergency --reason …; a plan has \"ordinary\" or \"priority\"".into(),
            ),
        ),
        Fault::BadLanguage { text } => both(
            vi,
            (format!("`{text}` không phải mã tiếng nói"), format!("`{text}` is no language tag")),
            ("viết mã BCP 47: tiếng Việt \"vi\", tiếng Mường \"mtq\"".into(), "write a BCP 47 tag: Vietnamese \"vi\", Mường \"mtq\"".into()),
        ),
        Fault::BadTarget { text } => both(
            vi,
            (format!("không hiểu chỉ tiêu `{text}`"), format!("the target `{text}` cannot be understood")),
            ("viết \"10m/day\", \"3 airings/week\" hoặc \"300m\" cho cả đợt".into(), "write \"10m/day\", \"3 airings/week\", or \"300m\" for the whole campaign".into()),
        ),
        Fault::BadDevice { text } => both(
            vi,
            (format!("không hiểu thiết bị `{text}`"), format!("the device `{text}` cannot be understood")),
            ("viết \"default\", \"null\", \"wav:THƯ-MỤC\" hoặc tên thiết bị âm thanh".into(), "write \"default\", \"null\", \"wav:FOLDER\" or the name of a sound device".into()),
        ),
        Fault::BadPath { why } => bad_path(*why, vi),
        Fault::SameDevice { device, first } => both(
            vi,
            (format!("thiết bị `{device}` đã thuộc đường ra loa `{first}`"), format!("the device `{device}` already belongs to the output `{first}`")),
            ("mỗi đường ra loa dùng một thiết bị riêng".into(), "give each output a device of its own".into()),
        ),
        Fault::EmptyPick => both(
            vi,
            ("`pick` phải có `topic` hoặc `tag`".into(), "a `pick` needs a `topic` or a `tag`".into()),
            ("viết { pick = 1, topic = \"…\" }".into(), "write { pick = 1, topic = \"…\" }".into()),
        ),
        _ => (String::new(), None),
    }
}

fn bad_path(why: BadPath, vi: bool) -> (String, Option<String>) {
    let (message, help) = match why {
        BadPath::Absolute => (
            ("tên tệp phải viết tương đối", "the file has to be named relative to its folder"),
            (
                "chép tệp vào thư mục bản thu của đài rồi chỉ ghi tên tệp",
                "copy it into the station's folder of recordings and write its name only",
            ),
        ),
        BadPath::Upwards => (
            ("tên tệp không được ra ngoài thư mục (`..`)", "the file may not leave its folder (`..`)"),
            ("chép tệp vào thư mục bản thu của đài", "copy it into the station's folder of recordings"),
        ),
        BadPath::Backslash => (("đường dẫn không dùng dấu \\", "a path has no \\"), ("dùng dấu /", "use /")),
    };
    both(vi, (message.0.into(), message.1.into()), (help.0.into(), help.1.into()))
}

fn times(fault: &Fault, lang: Language) -> (String, Option<String>) {
    let vi = lang == Language::Vi;
    match fault {
        Fault::BadTime { text } => both(
            vi,
            (format!("`{text}` không phải là giờ"), format!("`{text}` is no time of day")),
            (
                "viết hai chữ số giờ, hai chữ số phút: \"05:30\" (00:00 đến 23:59)".into(),
                "write two digits each: \"05:30\" (00:00 to 23:59)".into(),
            ),
        ),
        Fault::BadHours { text } => both(
            vi,
            (format!("`{text}` không phải là khung giờ"), format!("`{text}` is no stretch of hours")),
            (
                "viết \"05:30-06:30\"; cả ngày là \"00:00-24:00\"".into(),
                "write \"05:30-06:30\"; the whole day is \"00:00-24:00\"".into(),
            ),
        ),
        Fault::BadDate { text } => both(
            vi,
            (format!("`{text}` không phải là ngày có thật"), format!("`{text}` is no date")),
            ("viết năm-tháng-ngày: 2026-11-15".into(), "write year-month-day: 2026-11-15".into()),
        ),
        Fault::BadMonthDay { text } => both(
            vi,
            (format!("`{text}` không phải là ngày trong năm"), format!("`{text}` is no day of the year")),
            (
                "viết tháng-ngày trong dấu nháy: \"11-15\" là ngày 15 tháng 11".into(),
                "write month-day in quotation marks: \"11-15\" is 15 November".into(),
            ),
        ),
        Fault::BadDuration { text } => both(
            vi,
            (format!("`{text}` không phải là thời lượng"), format!("`{text}` is no duration")),
            ("viết \"45s\", \"10m\" hoặc \"1h30m\"".into(), "write \"45s\", \"10m\" or \"1h30m\"".into()),
        ),
        Fault::DurationRange { zero } => both(
            vi,
            (
                if *zero {
                    "thời lượng không được quá 24 giờ".into()
                } else {
                    "thời lượng phải lớn hơn 0, không quá 24 giờ".into()
                },
                if *zero {
                    "a duration here is at most 24 hours".into()
                } else {
                    "a duration here is more than nothing and at most 24 hours".into()
                },
            ),
            (String::new(), String::new()),
        ),
        Fault::BadCron(bad) => cron(bad, vi),
        Fault::BadTimeZone { text, nearest } => {
            let nearest = nearest.as_deref().unwrap_or("Asia/Ho_Chi_Minh");
            both(
                vi,
                (format!("không có múi giờ `{text}`"), format!("there is no time zone `{text}`")),
                (format!("có phải là \"{nearest}\"?"), format!("did you mean \"{nearest}\"?")),
            )
        }
        Fault::FromAfterUntil => both(
            vi,
            ("ngày kết thúc trước ngày bắt đầu".into(), "the last day comes before the first".into()),
            (
                "`from` là ngày đầu, `until` là ngày cuối (tính cả ngày đó)".into(),
                "`from` is the first day, `until` the last, itself included".into(),
            ),
        ),
        _ => (String::new(), None),
    }
}

fn cron(bad: &BadCron, vi: bool) -> (String, Option<String>) {
    match bad {
        BadCron::Fields { found } => {
            let (help_vi, help_en) = if *found == 5 {
                (
                    "loaxa viết giây trước tiên: \"0 30 5 * * *\" là 05:30 hằng ngày",
                    "seconds come first here: \"0 30 5 * * *\" is 05:30 every day",
                )
            } else {
                (
                    "thứ tự: giây phút giờ ngày tháng thứ [năm]; dễ hơn: at = [\"05:30\"]",
                    "the order: second minute hour day month weekday [year]; simpler: at = [\"05:30\"]",
                )
            };
            both(
                vi,
                (format!("cron phải có 6 hoặc 7 phần, ở đây có {found}"), format!("a cron has 6 or 7 fields, this has {found}")),
                (help_vi.into(), help_en.into()),
            )
        }
        BadCron::NumericWeekday => both(
            vi,
            ("thứ trong tuần không được viết bằng số".into(), "days of the week cannot be numbers".into()),
            (
                "viết tên: SUN, MON, TUE, WED, THU, FRI, SAT (SUN–SAT), vì mỗi nơi đánh số một khác".into(),
                "write the names SUN–SAT: SUN, MON, TUE, WED, THU, FRI, SAT; programs count them differently".into(),
            ),
        ),
        BadCron::Field { index, text } => {
            let names_vi = ["giây", "phút", "giờ", "ngày", "tháng", "thứ", "năm"];
            let names_en = ["second", "minute", "hour", "day of the month", "month", "day of the week", "year"];
            let name = |names: &[&'static str]| names.get(index.saturating_sub(1)).copied().unwrap_or("?");
            both(
                vi,
                (
                    format!("cron: phần {index} ({}) không hiểu được `{text}`", name(&names_vi)),
                    format!("cron: field {index} ({}) cannot be `{text}`", name(&names_en)),
                ),
                (
                    "thứ tự: giây phút giờ ngày tháng thứ [năm]; dễ hơn: at = [\"05:30\"]".into(),
                    "the order: second minute hour day month weekday [year]; simpler: at = [\"05:30\"]".into(),
                ),
            )
        }
        BadCron::Never => both(
            vi,
            ("cron này không bao giờ tới".into(), "this cron never comes".into()),
            (
                "xem lại ngày và tháng: 31 tháng 2 không có, năm đã qua không trở lại".into(),
                "look at day and month: there is no 31 February, and past years do not return".into(),
            ),
        ),
    }
}

/// What a kind of table is called, with its article in English.
fn kind_name(kind: Kind, lang: Language) -> String {
    match lang {
        Language::Vi => match kind {
            Kind::Output => "đường ra loa",
            Kind::Zone => "thôn (khu vực)",
            Kind::Topic => "nhóm nội dung",
            Kind::Supplier => "đơn vị cung cấp",
            Kind::Item => "tin, bài",
            Kind::Contact => "số liên hệ",
            Kind::Programme => "chương trình",
            Kind::Campaign => "đợt tuyên truyền",
            Kind::Broadcast => "lịch phát",
        }
        .to_owned(),
        Language::En => format!("{} {}", if matches!(kind, Kind::Output | Kind::Item) { "an" } else { "a" }, kind_bare(kind)),
    }
}

fn kind_bare(kind: Kind) -> &'static str {
    kind.table()
}

fn form(form: Form, lang: Language) -> &'static str {
    match form {
        Form::Text => lang.pick("chữ trong dấu nháy", "a text in quotation marks"),
        Form::Texts => lang.pick("danh sách chữ trong dấu nháy", "a list of texts in quotation marks"),
        Form::Integer => lang.pick("số nguyên", "a whole number"),
        Form::Float => lang.pick("số lẻ", "a decimal number"),
        Form::Boolean => lang.pick("true hoặc false", "true or false"),
        Form::Date => lang.pick("ngày", "a date"),
        Form::Dates => lang.pick("danh sách ngày", "a list of dates"),
        Form::TimeOfDay => lang.pick("giờ trong ngày", "a time of day"),
        Form::Duration => lang.pick("thời lượng", "a duration"),
        Form::Moment => lang.pick("ngày kèm giờ", "a date with a time"),
        Form::List => lang.pick("danh sách", "a list"),
        Form::Table => lang.pick("bảng { … }", "a table { … }"),
        Form::Named => lang.pick("chữ, hoặc bảng theo tiếng { vi, en }", "a text, or a table of languages { vi, en }"),
        Form::Element => lang.pick("danh sách mã tin, bài hoặc { pick = … }", "a list of item ids or { pick = … }"),
        Form::Exception => lang.pick("ngày hoặc mã đợt tuyên truyền", "a date or a campaign's id"),
    }
}

/// How a form is written.
fn example(form: Form) -> (&'static str, &'static str) {
    match form {
        Form::Text => ("viết \"…\"", "write \"…\""),
        Form::Texts => ("viết [\"…\", \"…\"]", "write [\"…\", \"…\"]"),
        Form::Integer => ("viết số không có dấu nháy: 2", "write a number without quotation marks: 2"),
        Form::Boolean => ("viết true hoặc false, không có dấu nháy", "write true or false, without quotation marks"),
        Form::Date => ("viết 2026-11-15, không kèm giờ", "write 2026-11-15, without a time"),
        Form::Dates => ("viết [2026-11-25]", "write [2026-11-25]"),
        Form::TimeOfDay => ("viết \"05:30\"", "write \"05:30\""),
        Form::Duration => ("viết \"10m\", có đơn vị và dấu nháy", "write \"10m\", with its unit and quotation marks"),
        Form::Table => ("viết { khóa = giá trị }", "write { key = value }"),
        Form::Named => ("viết \"…\" hoặc { vi = \"…\", en = \"…\" }", "write \"…\" or { vi = \"…\", en = \"…\" }"),
        Form::Element => ("viết [\"mã\", { pick = 1, topic = \"mã\" }]", "write [\"id\", { pick = 1, topic = \"id\" }]"),
        Form::Exception => ("viết [2026-11-20, \"mã-đợt\"]", "write [2026-11-20, \"campaign-id\"]"),
        Form::Float | Form::Moment | Form::List => ("", ""),
    }
}

/// How a missing key is written.
fn missing(table: &str, key: &str) -> (&'static str, &'static str) {
    match (table, key) {
        ("station", "timezone") => ("viết timezone = \"Asia/Ho_Chi_Minh\"", "write timezone = \"Asia/Ho_Chi_Minh\""),
        ("station", "audio") => {
            ("ghi thư mục bản thu: audio = \"../../audio\"", "name the folder of recordings: audio = \"../../audio\"")
        }
        ("station", "code") => ("ghi mã ngắn của đài: code = \"cam-tan\"", "give the station a short code: code = \"cam-tan\""),
        ("hours", _) => {
            ("viết daily = [\"05:30-06:30\"], hoặc từng thứ: mon … sun", "write daily = [\"05:30-06:30\"], or days: mon … sun")
        }
        ("broadcast", "at") => ("viết giờ phát: at = [\"05:30\"], hoặc cron", "say when: at = [\"05:30\"], or cron"),
        ("campaign", "yearly") => (
            "viết yearly = { from = \"11-15\", until = \"12-15\" }, hoặc dates",
            "write yearly = { from = \"11-15\", until = \"12-15\" }, or dates",
        ),
        ("item", "topic") => (
            "tin, bài tuyên truyền phải có nhóm nội dung; nhạc, nhạc hiệu thì ghi kind",
            "an announcement needs a topic; music and signals say so by kind",
        ),
        ("output", "device") => ("viết device = \"default\"", "write device = \"default\""),
        ("elements", _) => (
            "viết { item = \"mã\" } hoặc { pick = 1, topic = \"mã\" }",
            "write { item = \"id\" } or { pick = 1, topic = \"id\" }",
        ),
        _ => ("", ""),
    }
}

/// After the problems that are shown.
pub fn more(count: usize, lang: Language) -> String {
    lang.pick(format!("… và {count} điều khác"), format!("… and {count} more"))
}

/// Why there is nothing to check.
pub fn no_plan(error: &crate::plan::read::ReadError, lang: Language) -> String {
    use crate::plan::read::ReadError;
    match error {
        ReadError::Missing { path } => {
            let path = path.display();
            lang.pick(format!("không có kế hoạch ở {path}"), format!("there is no plan at {path}"))
        }
        ReadError::NotAPlan { path } => {
            let path = path.display();
            lang.pick(
                format!("{path} không phải là tệp hay thư mục kế hoạch"),
                format!("{path} is neither a plan's file nor a folder"),
            )
        }
        ReadError::Io { path, source } => {
            let path = path.display();
            lang.pick(format!("không đọc được {path}: {source}"), format!("cannot read {path}: {source}"))
        }
    }
}
