//! What a form of value is called, and how it is written: one row for each form; and how a key that is missing is written.

use crate::lang::Language;

/// Vietnamese and English.
pub type Two = (&'static str, &'static str);

pub(crate) const TEXT: (Two, Two) = (("chữ trong ngoặc kép", "a text in quotation marks"), ("viết \"…\"", "write \"…\""));
pub(crate) const TEXTS: (Two, Two) =
    (("danh sách chữ trong ngoặc kép", "a list of texts in quotation marks"), ("viết [\"…\", \"…\"]", "write [\"…\", \"…\"]"));
pub(crate) const INTEGER: (Two, Two) =
    (("số nguyên", "a whole number"), ("viết số không có ngoặc kép: 2", "write a number without quotation marks: 2"));
pub(crate) const FLOAT: (Two, Two) =
    (("số", "a number"), ("viết số không có ngoặc kép: -22.0", "write a number without quotation marks: -22.0"));
pub(crate) const BOOLEAN: (Two, Two) = (
    ("true hoặc false", "true or false"),
    ("viết true hoặc false, không có ngoặc kép", "write true or false, without quotation marks"),
);
pub(crate) const DATE: (Two, Two) = (("ngày", "a date"), ("viết 2026-11-15, không kèm giờ", "write 2026-11-15, without a time"));
pub(crate) const DATES: (Two, Two) = (("danh sách ngày", "a list of dates"), ("viết [2026-11-25]", "write [2026-11-25]"));
pub(crate) const TIME_OF_DAY: (Two, Two) = (("giờ trong ngày", "a time of day"), ("viết \"05:30\"", "write \"05:30\""));
pub(crate) const DURATION: (Two, Two) =
    (("thời lượng", "a duration"), ("viết \"10m\", có đơn vị và ngoặc kép", "write \"10m\", with its unit and quotation marks"));
pub(crate) const TERM: (Two, Two) =
    (("thời hạn", "a term"), ("viết \"7d\" hoặc \"7 ngày\", có ngoặc kép", "write \"7d\" or \"7 days\", with quotation marks"));
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
    ("ngày, mã đợt tuyên truyền hoặc mã ngày lễ", "a date, or the id of a campaign or holiday"),
    ("viết [2026-11-20, \"mã-đợt\", { lunar = \"01-01\" }]", "write [2026-11-20, \"campaign-id\", { lunar = \"01-01\" }]"),
);

/// How a missing key is written.
pub fn missing_example(table: &str, key: &str, lang: Language) -> &'static str {
    let (vi, en) = match (table, key) {
        ("station", "timezone") => ("viết timezone = \"Asia/Ho_Chi_Minh\"", "write timezone = \"Asia/Ho_Chi_Minh\""),
        ("station", "audio") => {
            ("ghi thư mục bản thu: audio = \"../../audio\"", "name the folder of recordings: audio = \"../../audio\"")
        }
        ("station", "code") => ("ghi mã ngắn của đài: code = \"cam-tan\"", "give the station a short code: code = \"cam-tan\""),
        ("hours", _) => {
            ("viết daily = [\"05:30-06:30\"], hoặc từng thứ: T2 … CN", "write daily = [\"05:30-06:30\"], or days: mon … sun")
        }
        ("quota", _) => ("viết quota = \"45m\"", "write quota = \"45m\""),
        ("broadcast", "at") => ("viết giờ phát: at = [\"05:30\"], hoặc cron", "say when: at = [\"05:30\"], or cron"),
        ("change", "skip") => (
            "ghi thay đổi gì: skip = true, at = \"06:00\", programme = \"mã\" hoặc outputs = [\"mã\"]",
            "say what changes: skip = true, at = \"06:00\", programme = \"id\" or outputs = [\"id\"]",
        ),
        ("change" | "extra", "date") => ("ghi ngày: date = 2026-11-25", "say on which date: date = 2026-11-25"),
        ("change", "broadcast") => ("ghi mã lịch phát: broadcast = \"mã\"", "name the broadcast: broadcast = \"id\""),
        ("extra", "at") => ("viết giờ phát: at = \"06:00\"", "say when: at = \"06:00\""),
        ("campaign" | "except", "yearly") => (
            "viết yearly = { from = \"11-15\", until = \"12-15\" }, hoặc dates, lunar",
            "write yearly = { from = \"11-15\", until = \"12-15\" }, or dates, lunar",
        ),
        ("holiday", "yearly") => (
            "viết yearly = \"09-02\", lunar = \"03-10\" (âm lịch), hoặc dates = 2027-05-03",
            "write yearly = \"09-02\", lunar = \"03-10\" (of the lunar calendar), or dates = 2027-05-03",
        ),
        ("holiday", "effect") => (
            "viết effect = \"only\" với programmes, effect = \"replace\" với broadcasts",
            "write effect = \"only\" with programmes, effect = \"replace\" with broadcasts",
        ),
        ("holiday", "programmes") => (
            "ghi mã các chương trình vẫn phát: programmes = [\"…\"]",
            "name the programmes that air all the same: programmes = [\"…\"]",
        ),
        ("holiday", "broadcasts") => {
            ("ghi mã các lịch phát thay chỗ: broadcasts = [\"…\"]", "name the broadcasts that stand in: broadcasts = [\"…\"]")
        }
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
