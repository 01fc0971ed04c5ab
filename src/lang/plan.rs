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
    too_many_files(limit) {
        "thư mục có hơn {limit} tệp .toml", "there are more than {limit} .toml files in the folder";
        "gộp các tệp lại", "join some of them"
    }
    not_utf8() {
        "có chữ không phải bảng mã UTF-8", "there are bytes here that are not UTF-8";
        "lưu tệp lại bằng bảng mã UTF-8 (Unicode), rồi gõ lại chữ bị hỏng", "save the file as UTF-8 and type the broken letter again"
    }
    utf16() {
        "có chữ không phải bảng mã UTF-8", "there are bytes here that are not UTF-8";
        "tệp đang ở bảng mã UTF-16; hãy lưu lại bằng bảng mã UTF-8", "the file is in UTF-16; save it again as UTF-8"
    }
    too_deep() {
        "các dấu ngoặc lồng nhau quá nhiều lớp", "brackets within brackets, too deep";
        "kế hoạch không cần quá ba lớp ngoặc", "a plan never needs more than three levels"
    }
}

// Broken syntax.
said! {
    open_quote() {
        "thiếu một dấu nháy", "a quotation mark is missing";
        "chữ phải nằm giữa hai dấu nháy trên cùng một dòng: \"…\"", "a text stands between two quotation marks on one line: \"…\""
    }
    curly_quote() {
        "dấu nháy cong không dùng được ở đây", "curly quotation marks cannot be used here";
        "gõ dấu nháy thẳng: \"…\"", "type straight ones: \"…\""
    }
    unquoted() {
        "chữ phải nằm trong dấu nháy", "text has to stand in quotation marks";
        "thêm dấu nháy thẳng ở hai đầu: \"…\"", "put straight quotation marks around it: \"…\""
    }
    no_equals() {
        "thiếu dấu = sau tên khóa", "an = is missing after the key";
        "mỗi dòng viết: khóa = giá trị", "write each line as: key = value"
    }
    no_value() {
        "thiếu giá trị sau dấu =", "a value is missing after the =";
        "viết: khóa = giá trị", "write: key = value"
    }
    extra_equals() {
        "thừa dấu =", "there is one = too many";
        "mỗi khóa chỉ có một dấu =", "a key has a single ="
    }
    bad_head() {
        "đầu bảng viết sai", "this head of a table cannot be read";
        "viết một mình trên một dòng, đủ dấu ngoặc: [hours] hoặc [[item]]",
        "write it alone on its line, with all its brackets: [hours] or [[item]]"
    }
    open_list() {
        "danh sách chưa đóng", "this list is never closed";
        "thêm dấu ] ở cuối danh sách", "add a ] at its end"
    }
    open_table() {
        "dấu {{ chưa đóng", "this {{ is never closed";
        "thêm dấu }} ở cuối", "add a }} at its end"
    }
    stray_bracket() {
        "thừa dấu ngoặc đóng", "a closing bracket without its opening one";
        "bỏ dấu này, hoặc thêm dấu ngoặc mở", "remove it, or add the opening one"
    }
    no_comma() {
        "thiếu dấu phẩy giữa hai phần", "a comma is missing between two parts";
        "ngăn các phần bằng dấu phẩy: [\"a\", \"b\"]", "part them with commas: [\"a\", \"b\"]"
    }
    extra_comma() {
        "thừa dấu phẩy", "there is one comma too many";
        "bỏ dấu phẩy này", "remove it"
    }
    trailing() {
        "phần này thừa ở cuối dòng", "this does not belong at the end of the line";
        "mỗi dòng chỉ một khóa; ghi chú bắt đầu bằng dấu #", "one key a line; a remark begins with #"
    }
    bad_key() {
        "tên khóa viết sai", "this is no key";
        "tên khóa chỉ gồm chữ không dấu, chữ số, - và _", "a key has only unaccented letters, digits, - and _"
    }
    quote_within() {
        "dấu nháy ở giữa làm chữ bị ngắt tại đây", "a quotation mark within the text ends it here";
        "dấu nháy ở giữa chữ viết là \\\", hoặc dùng “…”", "write it as \\\" within a text, or use “…”"
    }
    bad_escape() {
        "dấu \\ dùng sai trong chữ", "a \\ is misused in this text";
        "viết \\\\ cho một dấu \\; đường dẫn tệp dùng dấu /", "write \\\\ for one \\; paths use /"
    }
    bad_digits() {
        "số viết sai", "this number cannot be read";
        "viết chữ số thường: 5", "write plain digits: 5"
    }
    upper_case_boolean() {
        "giá trị này viết bằng chữ thường", "this is written in lower case";
        "viết true hoặc false", "write true or false"
    }
    stray_character() {
        "có ký tự không nhìn thấy, không được phép", "there is an invisible character that is not allowed";
        "xóa rồi gõ lại dòng này", "delete this line and type it again"
    }
    unreadable_line() {
        "không đọc được dòng này", "this line cannot be read";
        "mỗi dòng viết: khóa = giá trị", "write each line as: key = value"
    }
    not_checked() {
        "phần còn lại của tệp này chưa được kiểm tra", "the rest of this file has not been checked";
        "sửa hết các dòng viết sai của tệp rồi kiểm tra lại; mã đặt trong tệp này chưa bị coi là thiếu",
        "correct the broken lines of the file, then check again; until then no id that it may define is called unknown"
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
    lunar_not_yet() {
        "ngày âm lịch chưa dùng được ở phiên bản này", "days of the lunar calendar cannot be used yet in this version";
        "tạm viết ngày dương lịch của từng năm: dates = {{ from = 2026-02-14, until = 2026-02-22 }}",
        "write the civil dates of the year for now: dates = {{ from = 2026-02-14, until = 2026-02-22 }}"
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

// Values.
said! {
    bad_format(found) {
        "không biết dạng kế hoạch số {found}", "plans of format {found} are not known";
        "viết format = 1; nếu kế hoạch làm cho phiên bản mới hơn, hãy cập nhật loaxa",
        "write format = 1; if the plan was made for a newer version, update loaxa"
    }
    empty_text(key) {
        "`{key}` để trống", "`{key}` is empty";
        "ghi nội dung", "write something"
    }
    hidden_character(code) {
        "có ký tự ẩn {code}, không được phép", "there is a hidden character {code}, which is not allowed";
        "xóa ký tự này, viết trên một dòng; thường do chép dán từ trang web hoặc Word",
        "delete it, and keep the text on one line; it mostly comes from pasting"
    }
    too_long(key, limit) {
        "`{key}` dài quá {limit} ký tự", "`{key}` has more than {limit} characters";
        "viết ngắn lại", "shorten it"
    }
    long_list(key, limit) {
        "danh sách `{key}` có quá {limit} phần", "the list `{key}` has more than {limit} elements";
        "viết ngắn lại", "shorten it"
    }
    bad_number(key, least, most) {
        "`{key}` phải từ {least} đến {most}", "`{key}` has to be from {least} to {most}";
        "", ""
    }
    bad_lufs(least, most) {
        "độ to `lufs` phải từ {least} đến {most}", "`lufs` has to be from {least} to {most}";
        "viết số âm: mức thường của đài là −18; nhỏ hơn, viết lufs = -22", "a negative number: the station's own level is −18; softer is lufs = -22"
    }
    levels_overlap(first) {
        "khung giờ này trùng với khung giờ {first} đã có mức riêng", "these hours overlap {first}, which have a level already";
        "mỗi lúc chỉ có một mức độ to; sửa lại một trong hai khung giờ", "there is one level at a time; correct one of the two"
    }
    misspelt_word(key, text, nearest, known) {
        "`{key}` không nhận giá trị `{text}`", "`{key}` does not know `{text}`";
        "có phải là `{nearest}`? Dùng được: {known}", "did you mean `{nearest}`? Known: {known}"
    }
    unknown_word(key, text, known) {
        "`{key}` không nhận giá trị `{text}`", "`{key}` does not know `{text}`";
        "dùng được: {known}", "known: {known}"
    }
    emergency_planned() {
        "không được lên lịch phát khẩn cấp", "an emergency cannot be planned";
        "khẩn cấp chỉ do người ra lệnh: loaxa play MÃ --priority emergency --reason …; trong kế hoạch dùng \"ordinary\" hoặc \"priority\"",
        "only a person orders one: loaxa play ITEM --priority emergency --reason …; a plan has \"ordinary\" or \"priority\""
    }
    bad_language(text) {
        "`{text}` không phải mã tiếng nói", "`{text}` is no language tag";
        "viết mã BCP 47: tiếng Việt \"vi\", tiếng Mường \"mtq\"", "write a BCP 47 tag: Vietnamese \"vi\", Mường \"mtq\""
    }
    bad_target(text) {
        "không hiểu chỉ tiêu `{text}`", "the target `{text}` cannot be understood";
        "viết \"10m/day\", \"3 airings/week\" hoặc \"300m\" cho cả đợt",
        "write \"10m/day\", \"3 airings/week\", or \"300m\" for the whole campaign"
    }
    bad_device(text) {
        "không hiểu thiết bị `{text}`", "the device `{text}` cannot be understood";
        "viết \"default\", \"null\", \"wav:THƯ-MỤC\" hoặc tên thiết bị âm thanh",
        "write \"default\", \"null\", \"wav:FOLDER\" or the name of a sound device"
    }
    absolute_path() {
        "tên tệp phải viết tương đối", "the file has to be named relative to its folder";
        "chép tệp vào thư mục bản thu của đài rồi chỉ ghi tên tệp",
        "copy it into the station's folder of recordings and write its name only"
    }
    upward_path() {
        "tên tệp không được ra ngoài thư mục (`..`)", "the file may not leave its folder (`..`)";
        "chép tệp vào thư mục bản thu của đài", "copy it into the station's folder of recordings"
    }
    backslash() {
        "đường dẫn không dùng dấu \\", "a path has no \\";
        "dùng dấu /", "use /"
    }
    same_device(device, first) {
        "thiết bị `{device}` đã thuộc đường ra loa `{first}`", "the device `{device}` already belongs to the output `{first}`";
        "mỗi đường ra loa dùng một thiết bị riêng", "give each output a device of its own"
    }
    empty_pick() {
        "`pick` phải có `topic` hoặc `tag`", "a `pick` needs a `topic` or a `tag`";
        "viết {{ pick = 1, topic = \"…\" }}", "write {{ pick = 1, topic = \"…\" }}"
    }
}

// Times and dates.
said! {
    bad_time(text) {
        "`{text}` không phải là giờ", "`{text}` is no time of day";
        "viết hai chữ số giờ, hai chữ số phút: \"05:30\" (00:00 đến 23:59)", "write two digits each: \"05:30\" (00:00 to 23:59)"
    }
    bad_hours(text) {
        "`{text}` không phải là khung giờ", "`{text}` is no stretch of hours";
        "viết \"05:30-06:30\"; cả ngày là \"00:00-24:00\"", "write \"05:30-06:30\"; the whole day is \"00:00-24:00\""
    }
    bad_date(text) {
        "`{text}` không phải là ngày có thật", "`{text}` is no date";
        "viết năm-tháng-ngày: 2026-11-15", "write year-month-day: 2026-11-15"
    }
    bad_month_day(text) {
        "`{text}` không phải là ngày trong năm", "`{text}` is no day of the year";
        "viết tháng-ngày trong dấu nháy: \"11-15\" là ngày 15 tháng 11", "write month-day in quotation marks: \"11-15\" is 15 November"
    }
    bad_duration(text) {
        "`{text}` không phải là thời lượng", "`{text}` is no duration";
        "viết \"45s\", \"10m\" hoặc \"1h30m\"", "write \"45s\", \"10m\" or \"1h30m\""
    }
    long_duration() {
        "thời lượng không được quá 24 giờ", "a duration here is at most 24 hours";
        "", ""
    }
    no_or_long_duration() {
        "thời lượng phải lớn hơn 0, không quá 24 giờ", "a duration here is more than nothing and at most 24 hours";
        "", ""
    }
    five_fields() {
        "cron phải có 6 hoặc 7 phần, ở đây có 5", "a cron has 6 or 7 fields, this has 5";
        "loaxa viết giây trước tiên: \"0 30 5 * * *\" là 05:30 hằng ngày", "seconds come first here: \"0 30 5 * * *\" is 05:30 every day"
    }
    cron_fields(found) {
        "cron phải có 6 hoặc 7 phần, ở đây có {found}", "a cron has 6 or 7 fields, this has {found}";
        "thứ tự: giây phút giờ ngày tháng thứ [năm]; dễ hơn: at = [\"05:30\"]",
        "the order: second minute hour day month weekday [year]; simpler: at = [\"05:30\"]"
    }
    cron_weekday() {
        "thứ trong tuần không được viết bằng số", "days of the week cannot be numbers";
        "viết tên: SUN, MON, TUE, WED, THU, FRI, SAT (SUN–SAT), vì mỗi nơi đánh số một khác",
        "write the names SUN–SAT: SUN, MON, TUE, WED, THU, FRI, SAT; programs count them differently"
    }
    cron_field(index, name, text) {
        "cron: phần {index} ({name}) không hiểu được `{text}`", "cron: field {index} ({name}) cannot be `{text}`";
        "thứ tự: giây phút giờ ngày tháng thứ [năm]; dễ hơn: at = [\"05:30\"]",
        "the order: second minute hour day month weekday [year]; simpler: at = [\"05:30\"]"
    }
    cron_never() {
        "cron này không bao giờ tới", "this cron never comes";
        "xem lại ngày và tháng: 31 tháng 2 không có, năm đã qua không trở lại",
        "look at day and month: there is no 31 February, and past years do not return"
    }
    bad_time_zone(text, nearest) {
        "không có múi giờ `{text}`", "there is no time zone `{text}`";
        "có phải là \"{nearest}\"?", "did you mean \"{nearest}\"?"
    }
    bad_cut(text) {
        "không hiểu ngày chốt kỳ `{text}`", "the cut `{text}` cannot be understood";
        "viết cut = 14 (chốt ngày 14 hằng tháng; từ 1 đến 28) hoặc cut = \"calendar\" (theo tháng dương lịch)",
        "write cut = 14 (a month ends on its 14th; 1 to 28) or cut = \"calendar\""
    }
    bad_due(text) {
        "không hiểu hạn báo cáo `{text}`", "the due day `{text}` cannot be understood";
        "viết due = 1 (một ngày sau ngày cuối kỳ, từ 0 đến 366) hoặc due = \"12-16\" (ngày 16 tháng 12)",
        "write due = 1 (a day after the period's last, 0 to 366) or due = \"12-16\" (16 December)"
    }
    bad_due_days(text) {
        "không hiểu hạn báo cáo `{text}`", "the due day `{text}` cannot be understood";
        "báo cáo tháng, quý: viết số ngày sau ngày cuối kỳ, từ 0 đến 366: due = 3",
        "of a month or quarter, write how many days after its last, 0 to 366: due = 3"
    }
    campaign_of_period() {
        "báo cáo tháng, quý không kèm `campaign`", "a report of a month or quarter has no `campaign`";
        "bỏ dòng này, hoặc viết period = \"campaign\" (báo cáo của đợt) hay period = \"year\" (năm chốt vào ngày cuối của đợt)",
        "leave it out, or write period = \"campaign\" (the campaign's own report) or period = \"year\" (a year that closes with it)"
    }
    no_letterhead() {
        "`to` cần có bảng [letterhead]", "`to` needs a table [letterhead]";
        "thêm [letterhead] có commune = \"xã …\"", "add [letterhead] with commune = \"…\""
    }
    long_airtime() {
        "thời lượng của một kỳ phải lớn hơn 0, không quá 10.000 giờ", "the airtime of a period is more than nothing and at most 10,000 hours";
        "viết \"5h20m\" hoặc \"320m\"", "write \"5h20m\" or \"320m\""
    }
    from_after_until() {
        "ngày kết thúc trước ngày bắt đầu", "the last day comes before the first";
        "`from` là ngày đầu, `until` là ngày cuối (tính cả ngày đó)", "`from` is the first day, `until` the last, itself included"
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
        "broadcast" => "lịch phát",
        "baseline" => "số liệu kỳ trước",
        "report" => "báo cáo tự lập",
        other => other,
    };
    lang.pick(vi, table)
}

/// The fields of a cron, from the first.
pub fn cron_field_name(index: usize, lang: Language) -> &'static str {
    let vi = ["giây", "phút", "giờ", "ngày", "tháng", "thứ", "năm"];
    let en = ["second", "minute", "hour", "day of the month", "month", "day of the week", "year"];
    lang.pick(vi, en).get(index.saturating_sub(1)).copied().unwrap_or("?")
}

/// How a missing key is written.
pub fn missing_example(table: &str, key: &str, lang: Language) -> &'static str {
    let (vi, en) = match (table, key) {
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
        ("levels", "hours") => ("viết hours = \"05:30-06:30\"", "write hours = \"05:30-06:30\""),
        ("levels", "lufs") => ("viết mức độ to: lufs = -22.0", "write the level: lufs = -22.0"),
        ("output", "device") => ("viết device = \"default\"", "write device = \"default\""),
        ("elements", _) => (
            "viết { item = \"mã\" } hoặc { pick = 1, topic = \"mã\" }",
            "write { item = \"id\" } or { pick = 1, topic = \"id\" }",
        ),
        ("letterhead", "commune") => ("ghi tên xã: commune = \"xã Cẩm Tân\"", "name the commune: commune = \"xã Cẩm Tân\""),
        ("report", "period") => (
            "viết period = \"month\", \"quarter\", \"year\" hoặc \"campaign\"",
            "write period = \"month\", \"quarter\", \"year\" or \"campaign\"",
        ),
        ("report", "campaign") => ("ghi mã đợt: campaign = \"action-month\"", "name the campaign: campaign = \"action-month\""),
        ("baseline", "period") => (
            "viết period = { from = 2025-11-15, until = 2025-12-15 }",
            "write period = { from = 2025-11-15, until = 2025-12-15 }",
        ),
        ("baseline", "source") => (
            "ghi số liệu lấy ở đâu: source = \"Sổ nhật ký phát thanh năm 2025\"",
            "say where the figures come from: source = \"the station's logbook of 2025\"",
        ),
        ("baseline", "airtime") => (
            "ghi ít nhất một số liệu: airtime = \"5h20m\", airings = 320 hoặc items = 24",
            "give at least one figure: airtime = \"5h20m\", airings = 320 or items = 24",
        ),
        _ => ("", ""),
    };
    lang.pick(vi, en)
}

/// What a form of value is called, and how it is written: one row for each form.
pub mod form {
    /// Vietnamese and English.
    pub type Two = (&'static str, &'static str);

    pub(crate) const TEXT: (Two, Two) = (("chữ trong dấu nháy", "a text in quotation marks"), ("viết \"…\"", "write \"…\""));
    pub(crate) const TEXTS: (Two, Two) =
        (("danh sách chữ trong dấu nháy", "a list of texts in quotation marks"), ("viết [\"…\", \"…\"]", "write [\"…\", \"…\"]"));
    pub(crate) const INTEGER: (Two, Two) =
        (("số nguyên", "a whole number"), ("viết số không có dấu nháy: 2", "write a number without quotation marks: 2"));
    pub(crate) const FLOAT: (Two, Two) =
        (("số", "a number"), ("viết số không có dấu nháy: -22.0", "write a number without quotation marks: -22.0"));
    pub(crate) const BOOLEAN: (Two, Two) = (
        ("true hoặc false", "true or false"),
        ("viết true hoặc false, không có dấu nháy", "write true or false, without quotation marks"),
    );
    pub(crate) const DATE: (Two, Two) =
        (("ngày", "a date"), ("viết 2026-11-15, không kèm giờ", "write 2026-11-15, without a time"));
    pub(crate) const DATES: (Two, Two) = (("danh sách ngày", "a list of dates"), ("viết [2026-11-25]", "write [2026-11-25]"));
    pub(crate) const TIME_OF_DAY: (Two, Two) = (("giờ trong ngày", "a time of day"), ("viết \"05:30\"", "write \"05:30\""));
    pub(crate) const DURATION: (Two, Two) = (
        ("thời lượng", "a duration"),
        ("viết \"10m\", có đơn vị và dấu nháy", "write \"10m\", with its unit and quotation marks"),
    );
    pub(crate) const MOMENT: (Two, Two) = (("ngày kèm giờ", "a date with a time"), ("", ""));
    pub(crate) const LIST: (Two, Two) = (("danh sách", "a list"), ("", ""));
    pub(crate) const TABLE: (Two, Two) = (("bảng { … }", "a table { … }"), ("viết { khóa = giá trị }", "write { key = value }"));
    pub(crate) const NAMED: (Two, Two) = (
        ("chữ, hoặc bảng theo tiếng { vi, en }", "a text, or a table of languages { vi, en }"),
        ("viết \"…\" hoặc { vi = \"…\", en = \"…\" }", "write \"…\" or { vi = \"…\", en = \"…\" }"),
    );
    pub(crate) const ELEMENT: (Two, Two) = (
        ("danh sách mã tin, bài hoặc { pick = … }", "a list of item ids or { pick = … }"),
        ("viết [\"mã\", { pick = 1, topic = \"mã\" }]", "write [\"id\", { pick = 1, topic = \"id\" }]"),
    );
    pub(crate) const LEVELS: (Two, Two) = (
        ("danh sách khung giờ có mức riêng", "a list of hours with their level"),
        ("viết [{ hours = \"05:30-06:30\", lufs = -22.0 }]", "write [{ hours = \"05:30-06:30\", lufs = -22.0 }]"),
    );
    pub(crate) const EXCEPTION: (Two, Two) = (
        ("ngày hoặc mã đợt tuyên truyền", "a date or a campaign's id"),
        ("viết [2026-11-20, \"mã-đợt\"]", "write [2026-11-20, \"campaign-id\"]"),
    );
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

pub fn neither_file_nor_folder(path: impl Display, lang: Language) -> String {
    lang.pick(format!("{path} không phải là tệp hay thư mục kế hoạch"), format!("{path} is neither a plan's file nor a folder"))
}

pub fn unreadable_plan(path: impl Display, error: impl Display, lang: Language) -> String {
    lang.pick(format!("không đọc được {path}: {error}"), format!("cannot read {path}: {error}"))
}
