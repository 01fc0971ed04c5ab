//! One fault at a time: each breaks a good plan in one place, and is told once, by its code.

use std::collections::BTreeSet;

use super::*;

/// One plan for each error that a text can have, with the text that is underlined.
pub(super) fn examples() -> Vec<(Code, String, &'static str)> {
    let edit = |code, old: &str, new: &str, underlined| (code, with(old, new), underlined);
    let elements = "[\"signal\", { pick = 2, topic = \"policy_law\" }, { item = \"hotline-111\", times = 2 }]";
    let hours = "[hours]\ndaily = [\"05:30-06:30\", \"17:00-18:00\"]\nsun = []\nquota = \"45m\"\n";
    vec![
        edit(Code::NotUtf8, "Thôn 1", "Th\u{fffd}n 1", "\u{fffd}"),
        edit(Code::Syntax, "name = \"Thôn 1\"", "name = \"Thôn 1", "\"Thôn 1"),
        (Code::TooDeep, format!("{GOOD}\nx = {}", "[".repeat(100_000)), "["),
        edit(Code::NotChecked, "name = \"Thôn 1\"", "name = Thôn", "Thôn"),
        edit(Code::DuplicateKey, "number = \"111\"", "number = \"111\"\nnumber = \"112\"", "number"),
        edit(Code::UnknownKey, "pause = ", "pauze = ", "pauze"),
        edit(
            Code::LevelsOverlap,
            "sun = []",
            "sun = []\nlevels = [{ hours = \"05:30-06:30\", lufs = -22 }, { hours = \"06:00-07:00\", lufs = -20 }]",
            "\"06:00-07:00\"",
        ),
        edit(Code::NotYet, "[[supplier]]", "[[notify]]\n[[supplier]]", "notify"),
        edit(Code::BadCut, "cut = 14", "cut = 31", "31"),
        edit(Code::WrongType, "duty = true", "duty = \"yes\"", "\"yes\""),
        edit(Code::MissingKey, "title = \"Nhạc hiệu\"\n", "", "[[item]]"),
        edit(Code::MissingTable, hours, "", ""),
        edit(Code::RepeatedTable, "[[supplier]]", "[hours]\nmon = []\n[[supplier]]", "[hours]"),
        edit(Code::ConflictingKeys, "days = [\"mon\", \"wed\"]", "cron = \"0 30 5 * * *\"", "at"),
        edit(Code::EmptyList, elements, "[]", "[]"),
        edit(Code::BadId, "id = \"once\"", "id = \"@request-1\"", "\"@request-1\""),
        edit(Code::RepeatedId, "id = \"once\"", "id = \"everyday\"", "\"everyday\""),
        edit(Code::UnknownId, "\"child-111\"]", "\"chlid-111\"]", "\"chlid-111\""),
        edit(Code::RefersToItself, "replaces = [\"everyday\"]", "replaces = [\"action-morning\"]", "\"action-morning\""),
        edit(Code::BadFormat, "format = 1", "format = 2", "2"),
        edit(Code::EmptyText, "\"Nhạc hiệu\"", "\" \"", "\" \""),
        edit(Code::HiddenCharacter, "\"Nhạc hiệu\"", "\"Nhạc\u{202e} hiệu\"", "\u{202e}"),
        (Code::TooLong, with("\"Nhạc hiệu\"", &format!("\"{}\"", "d".repeat(501))), ""),
        edit(Code::BadNumber, "times = 2", "times = 101", "101"),
        edit(Code::UnknownWord, "priority = \"priority\"", "priority = \"urgent\"", "\"urgent\""),
        edit(Code::BadDay, "\"wed\"", "\"thu\"", "\"thu\""),
        edit(Code::EmergencyPlanned, "priority = \"priority\"", "priority = \"emergency\"", "\"emergency\""),
        edit(Code::BadTime, "\"17:15\"", "\"17:75\"", "\"17:75\""),
        edit(Code::BadHours, "05:30-06:30", "05:30-6h30 sáng", "\"05:30-6h30 sáng\""),
        edit(Code::BadDate, "until = 2026-12-15", "until = 2026-02-30", "2026-02-30"),
        edit(Code::BadDuration, "\"10m\"", "\"10\"", "\"10\""),
        edit(Code::BadCron, "0 30 5 * * *", "30 5 * * *", "\"30 5 * * *\""),
        edit(Code::BadTimeZone, "Asia/Ho_Chi_Minh", "Asia/Hanoi", "\"Asia/Hanoi\""),
        edit(Code::BadLanguage, "\"mtq\"", "\"tiếng Mường\"", "\"tiếng Mường\""),
        edit(Code::BadTarget, "10m/day", "10m/month", "\"10m/month\""),
        edit(Code::BadDevice, "\"wav:out\"", "\"wav:\"", "\"wav:\""),
        edit(Code::BadFile, "\"signal.ogg\"", "\"../signal.ogg\"", "\"../signal.ogg\""),
        edit(Code::SameDevice, "\"hw:1\"", "\"default\"", "\"default\""),
        edit(Code::FromAfterUntil, "until = 2026-12-15", "until = 2026-11-14", "2026-11-14"),
        edit(Code::BadNth, "days = [\"mon\", \"wed\"]", "nth = [\"first mon\", \"mon first\"]", "\"mon first\""),
        edit(Code::EmptyPick, "{ pick = 2, topic = \"policy_law\" }", "{ pick = 2 }", "{ pick = 2 }"),
    ]
}

#[test]
fn each_error_is_told_alone_and_underlines_its_text() {
    for (code, text, underlined) in examples() {
        let reading = reading(&text);
        // A warning is told beside the error that it follows from.
        let problems = reading.problems.iter().filter(|problem| problem.severity == code.severity());
        let [problem] = problems.collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{code}: {:#?}", reading.problems));
        assert_eq!(problem.code, code, "{problem:?}");
        assert!(reading.plan.is_none(), "{code}");
        let found = text.get(problem.place.unwrap().range()).unwrap();
        assert!(found == underlined || code == Code::TooLong, "{code}: {found}");
    }
}

#[test]
fn every_code_of_the_reader_has_an_example() {
    let shown: BTreeSet<Code> = examples().into_iter().map(|(code, ..)| code).collect();
    let missing: Vec<Code> = Code::ALL.iter().copied().filter(|code| !shown.contains(code) && !elsewhere(*code)).collect();
    assert_eq!(missing, vec![]);
}

/// Codes that no text of a plan alone can have: their tests stand in `tests/plan_problems.rs` and in the room of checks.
fn elsewhere(code: Code) -> bool {
    use Code::*;
    match code {
        Unreadable | TooLarge | NoFiles | TooManyFiles | HiddenEnding | BadInclude | Folder => true,
        // Until their date: `one_date` beside this file.
        RepeatedChange | AmbiguousChange => true,
        Expired | ChangeInVain | OldContact | ZoneTwice | FileMissing | NoRecordings | FileUnfit | Silent | Short => true,
        Overlap | OutsideHours | OverQuota | PickDropped | PoolEmpty | NeverAirs | Duplicate | TargetOutOfReach => true,
        ZoneUnreached | LongPast | CampaignInVain | TimeInGap | NoSuchDevice => true,
        NotUtf8 | Syntax | TooDeep | NotChecked | DuplicateKey | UnknownKey | NotYet | WrongType | MissingKey | MissingTable
        | RepeatedTable | ConflictingKeys | EmptyList | BadId | RepeatedId | UnknownId | RefersToItself | BadFormat
        | EmptyText | HiddenCharacter | TooLong | BadNumber | UnknownWord | EmergencyPlanned | BadTime | BadHours | BadDay
        | BadDate | BadDuration | BadCron | BadTimeZone | BadLanguage | BadTarget | BadDevice | BadFile | SameDevice
        | FromAfterUntil | EmptyPick | BadNth | BadCut | LevelsOverlap => false,
    }
}

/// A holiday with these further keys, before the contacts.
fn holiday(keys: &str) -> String {
    format!("[[holiday]]\nid = \"tet\"\nname = \"Tết\"\nlunar = {{ from = \"12-30\", until = \"01-04\" }}\n{keys}\n[[contact]]")
}

/// Edits that break one thing each, and the codes they give.
#[test]
fn further_faults_are_told_once() {
    let table: &[(&str, &str, &[&str])] = &[
        ("days = [\"mon\", \"wed\"]", "nth = [\"first mon\", \"last sun\"]", &[]),
        ("days = [\"mon\", \"wed\"]", "nth = \"third tue\"", &[]),
        ("days = [\"mon\", \"wed\"]", "nth = []", &["empty_list"]),
        ("days = [\"mon\", \"wed\"]", "nth = [\"sixth mon\"]", &["bad_nth"]),
        ("days = [\"mon\", \"wed\"]", "days = [\"mon\"]\nnth = [\"first mon\"]", &["conflicting_keys"]),
        ("days = [\"mon\", \"wed\"]", "nth = [\"first mon\"]\non = [2026-11-25]", &["conflicting_keys"]),
        ("pause = \"1s\"", "pause = \"1s\"\nfill = \"10m\"", &[]),
        ("pause = \"1s\"", "pause = \"1s\"\nfill = \"0m\"", &["bad_duration"]),
        (
            "{ pick = 2, topic = \"policy_law\" }, { item = \"hotline-111\", times = 2 }]",
            "\"hotline-111\"]\nfill = \"10m\"",
            &["empty_pick"],
        ),
        ("kind = \"announcement\"\n", "max_per_day = 2\nmin_gap = \"2h\"\n", &[]),
        ("kind = \"announcement\"\n", "max_per_day = 0\n", &["bad_number"]),
        ("kind = \"announcement\"\n", "max_per_day = \"2\"\n", &["wrong_type"]),
        ("kind = \"announcement\"\n", "min_gap = 2\n", &["wrong_type"]),
        ("quota = \"45m\"", "quota = { daily = \"45m\", weekend = \"30m\", sun = \"15m\" }", &[]),
        ("quota = \"45m\"", "quota = { daily = \"45m\", sundy = \"15m\" }", &["unknown_key"]),
        ("quota = \"45m\"", "quota = { sun = \"0m\" }", &["bad_duration"]),
        ("quota = \"45m\"", "quota = 45", &["wrong_type"]),
        ("device = \"default\"", "device = \"default\"\nhours = { daily = [\"05:30-06:00\"], sun = [], quota = \"20m\" }", &[]),
        ("device = \"default\"", "device = \"default\"\nhours = { quota = { weekend = \"20m\" } }", &[]),
        ("device = \"default\"", "device = \"default\"\nhours = {}", &["missing_key"]),
        ("device = \"default\"", "device = \"default\"\nhours = \"05:30-06:00\"", &["wrong_type"]),
        ("device = \"default\"", "device = \"default\"\nhours = { daily = [\"05:30~06:00\"] }", &["bad_hours"]),
        ("device = \"default\"", "device = \"default\"\nhours = { levels = [] }", &["unknown_key"]),
        ("targets = { policy_law = \"10m/day\" }", "hours = { daily = [\"05:00-07:00\"], quota = \"60m\" }", &[]),
        ("targets = { policy_law = \"10m/day\" }", "hours = { dayly = [\"05:00-07:00\"] }", &["unknown_key"]),
        ("kind = \"signal\"", "kind = \"emergency\"", &["emergency_planned"]),
        ("[\"signal\", ", "[{ item = \"signal\" }, ", &[]),
        ("audio = \"../../audio\"", "audio = \"../../audio\"\ndrill = \"signal\"", &[]),
        ("audio = \"../../audio\"", "audio = \"../../audio\"\ndrill = \"nobody\"", &["unknown_id"]),
        (
            "[[contact]]",
            "[[item]]\nid = \"flood\"\nfile = \"flood.ogg\"\ntitle = \"Lũ về\"\nkind = \"emergency\"\n[[contact]]",
            &[],
        ),
        ("period = \"month\"", "period = \"monht\"", &["unknown_word"]),
        ("period = \"month\"\n", "", &["missing_key"]),
        ("period = \"month\"", "period = \"campaign\"", &["missing_key"]),
        ("period = \"month\"", "period = \"month\"\ncampaign = \"action-month\"", &["conflicting_keys"]),
        ("period = \"month\"", "period = \"campaign\"\ncampaign = \"acton-month\"", &["unknown_id"]),
        ("language = \"en\"\naudio", "language = \"en\"\nlanguages = { vi = 70, mtq = 20 }\naudio", &["bad_number"]),
        (
            "language = \"en\"\naudio",
            "language = \"en\"\nlanguages = { vi = 100, \"tiếng\" = 0 }\naudio",
            &["bad_language", "bad_number"],
        ),
        ("language = \"en\"\naudio", "language = \"en\"\nlanguages = \"vi\"\naudio", &["wrong_type"]),
        ("due = 3", "due = \"3 days\"", &["bad_date"]),
        ("due = 3", "due = \"12-16\"", &["bad_date"]),
        ("due = 3", "due = 367", &["bad_date"]),
        ("due = 3", "due = true", &["wrong_type"]),
        ("due = \"12-16\"", "due = 2026-12-16", &["bad_date"]),
        ("draft = 7", "draft = 0", &["bad_number"]),
        ("draft = 7", "draft = \"7d\"", &["wrong_type"]),
        ("formats = [\"docx\", \"pdf\"]", "formats = []", &["empty_list"]),
        ("formats = [\"docx\", \"pdf\"]", "formats = [\"doc\"]", &["unknown_word"]),
        ("formats = [\"docx\", \"pdf\"]", "formats = \"pdf\"", &[]),
        ("folder = \"usb\"", "folder = \"\"", &["empty_text"]),
        ("folder = \"usb\"", "foldr = \"usb\"", &["unknown_key"]),
        ("cron = \"0 30 5 * * *\"", "cron = \"0 30 5 * * 1-5\"", &["bad_cron"]),
        ("cron = \"0 30 5 * * *\"", "cron = \"0 30 5 31 2 *\"", &["bad_cron"]),
        ("cron = \"0 30 5 * * *\"", "cron = \"0 99 5 * * *\"", &["bad_cron"]),
        ("cron = \"0 30 5 * * *\"", "crom = \"0 30 5 * * *\"", &["unknown_key"]),
        ("cron = \"0 30 5 * * *\"\n", "", &["missing_key"]),
        ("days = [\"mon\", \"wed\"]", "days = [\"mon\"]\non = [2026-11-25]", &["conflicting_keys"]),
        ("at = [\"05:30\", \"17:15\"]", "at = []", &["empty_list"]),
        ("at = [\"05:30\", \"17:15\"]", "at = [05:30:00, \"7:5\"]", &["bad_time"]),
        ("at = [\"05:30\", \"17:15\"]", "at = [\"5h30\", \"17 giờ 15\"]", &[]),
        ("at = [\"05:30\", \"17:15\"]", "at = [\"5h30 chiều\"]", &["bad_time"]),
        ("days = [\"mon\", \"wed\"]", "days = [\"thứ hai\", \"T2\", \"CN\", \"mon\", \"weekend\"]", &[]),
        ("days = [\"mon\", \"wed\"]", "days = [\"thứ\", \"T8\"]", &["bad_day", "bad_day"]),
        ("sun = []", "CN = []\n\"thứ năm\" = [\"5h30-6h30\"]", &[]),
        ("sun = []", "sun = []\nCN = []", &["bad_day"]),
        ("sun = []", "thu = []", &["bad_day"]),
        ("late = \"10m\"", "late = \"10 phút\"", &[]),
        ("at = [\"05:30\", \"17:15\"]", "at = [530]", &["wrong_type"]),
        ("[2026-11-20, \"action-month\"]", "[{ lunar = \"01-01\" }]", &[]),
        ("[2026-11-20, \"action-month\"]", "{ lunar = { from = \"12-23\", until = \"01-07\" } }", &[]),
        ("[2026-11-20, \"action-month\"]", "[{ yearly = \"09-02\" }, { dates = 2026-11-20 }]", &[]),
        ("[2026-11-20, \"action-month\"]", "[{ lunar = \"13-01\" }]", &["bad_date"]),
        ("[2026-11-20, \"action-month\"]", "[{ lunra = \"01-01\" }]", &["unknown_key"]),
        ("[2026-11-20, \"action-month\"]", "[{ lunar = \"01-01\", yearly = \"01-01\" }]", &["conflicting_keys"]),
        ("[2026-11-20, \"action-month\"]", "[{}]", &["missing_key"]),
        ("yearly = { from = \"11-15\", until = \"12-15\" }", "lunar = { from = \"12-23\", until = \"01-05\" }", &[]),
        ("yearly = { from = \"11-15\", until = \"12-15\" }", "lunar = { from = \"12-31\", until = \"01-05\" }", &["bad_date"]),
        ("yearly = { from = \"11-15\", until = \"12-15\" }", "lunar = { from = \"12-23\" }", &["missing_key"]),
        ("yearly = { from = \"11-15\", until = \"12-15\" }", "lunar = 1", &["wrong_type"]),
        ("format = 1\n", "format = 1\ninclude = \"other.toml\"\n", &[]),
        ("format = 1\n", "format = 1\ninclude = [\"other.toml\", 5]\n", &["wrong_type"]),
        ("format = 1\n", "format = 1\ninclude = [\"\"]\n", &["empty_text"]),
        ("[[contact]]", "[[holiday]]\nid = \"tet\"\nname = \"Tết\"\nlunar = \"01-01\"\nlaw = \"Điều 112\"\n[[contact]]", &[]),
        ("[[contact]]", "[[holiday]]\nid = \"tet\"\nname = \"Tết\"\n[[contact]]", &["missing_key"]),
        ("[[contact]]", "[[holiday]]\nid = \"action-month\"\nname = \"Tết\"\nlunar = \"01-01\"\n[[contact]]", &["repeated_id"]),
        ("[[contact]]", &holiday("effect = \"silence\"\nlieu = [2027-02-10]"), &[]),
        ("[[contact]]", &holiday("lieu = [\"2027-02-30\"]"), &["bad_date"]),
        ("[[contact]]", &holiday("effect = \"silent\""), &["unknown_word"]),
        ("[[contact]]", &holiday("effect = \"only\""), &["missing_key"]),
        ("[[contact]]", &holiday("effect = \"only\"\nprogrammes = []"), &["empty_list"]),
        ("[[contact]]", &holiday("effect = \"only\"\nprogrammes = [\"morning\"]"), &[]),
        ("[[contact]]", &holiday("effect = \"only\"\nprogrammes = [\"mornign\"]"), &["unknown_id"]),
        ("[[contact]]", &holiday("effect = \"only\"\nbroadcasts = [\"everyday\"]"), &["missing_key", "conflicting_keys"]),
        ("[[contact]]", &holiday("effect = \"replace\"\nbroadcasts = \"everyday\""), &[]),
        ("[[contact]]", &holiday("broadcasts = \"everyday\""), &["missing_key"]),
        ("[2026-11-20, \"action-month\"]", "[\"2026-11-20\"]", &[]),
        ("[2026-11-20, \"action-month\"]", "2026-11-20", &[]),
        ("[2026-11-20, \"action-month\"]", "\"20-11-2026\"", &[]),
        ("[2026-11-20, \"action-month\"]", "[\"20/11\"]", &["bad_date"]),
        ("[2026-11-20, \"action-month\"]", "[\"11/20/2026\"]", &["bad_date"]),
        ("[2026-11-20, \"action-month\"]", "[\"tet\"]", &["unknown_id"]),
        ("late = \"10m\"", "late = \"25h\"", &["bad_duration"]),
        ("late = \"10m\"", "late = \"0s\"", &[]),
        ("late = \"10m\"", "late = 10", &["wrong_type"]),
        ("quota = \"45m\"", "quota = \"0m\"", &["bad_duration"]),
        ("outputs = [\"amplifier\"]", "outputs = []", &["empty_list"]),
        ("outputs = [\"amplifier\"]", "outputs = \"amplifier\"", &[]),
        ("pick = 2", "pick = 0", &["bad_number"]),
        ("pick = 2", "pick = 99999999999999999999999", &["bad_number"]),
        ("pick = 2", "pick = 2.5", &["wrong_type"]),
        ("{ item = \"hotline-111\", times = 2 }", "{ item = \"hotline-111\", pick = 1 }", &["conflicting_keys"]),
        ("{ item = \"hotline-111\", times = 2 }", "{ itme = \"hotline-111\" }", &["unknown_key"]),
        ("{ item = \"hotline-111\", times = 2 }", "{}", &["missing_key"]),
        ("{ item = \"hotline-111\", times = 2 }", "5", &["wrong_type"]),
        ("topic = \"policy_law\"\ntags", "tags", &["missing_key"]),
        ("kind = \"announcement\"\n", "", &[]),
        ("file = \"signal.ogg\"", "file = \"/etc/passwd\"", &["bad_file"]),
        ("file = \"signal.ogg\"", "file = \"a\\\\b.ogg\"", &["bad_file"]),
        ("file = \"signal.ogg\"", "file = \"a\\u001fb.ogg\"", &["hidden_character"]),
        ("title = \"Nhạc hiệu\"", "title = \"\"\"Nhạc\nhiệu\"\"\"", &["hidden_character"]),
        ("title = \"Nhạc hiệu\"", "titel = \"Nhạc hiệu\"", &["unknown_key"]),
        ("translation_of = \"hotline-111\"", "translation_of = \"hotline-muong\"", &["refers_to_itself"]),
        ("yearly = { from = \"11-15\"", "yearly = { from = \"11-31\"", &["bad_date"]),
        ("yearly = { from = \"11-15\", until = \"12-15\" }", "yearly = { from = \"11-15\" }", &["missing_key"]),
        ("yearly = { from = \"11-15\", until = \"12-15\" }", "dates = { from = 2026-11-15, until = 2026-12-15 }", &[]),
        ("yearly = { from = \"11-15\", until = \"12-15\" }", "dates = { from = \"2026-11-15\", until = \"2026-12-15\" }", &[]),
        ("yearly = { from = \"11-15\", until = \"12-15\" }\n", "", &["missing_key"]),
        ("policy_law = \"10m/day\"", "policy_lwa = \"3 airings/week\"", &["unknown_id"]),
        ("policy_law = \"10m/day\"", "policy_law = \"3 airings/week\"", &[]),
        ("policy_law = \"10m/day\"", "policy_law = \"300m\"", &[]),
        ("policy_law = \"10m/day\"", "policy_law = \"10 phút/ngày\"", &[]),
        ("policy_law = \"10m/day\"", "policy_law = \"3 lượt/tuần\"", &[]),
        ("policy_law = \"10m/day\"", "policy_law = \"0m\"", &["bad_target"]),
        ("device = \"default\"", "device = \"\"", &["empty_text"]),
        ("device = \"default\"", "device = []", &["empty_list"]),
        ("device = [\"hw:1\", \"wav:out\"]", "device = [\"null\"]", &[]),
        ("code = \"cam-tan\"", "code = \"Cẩm Tân\"", &["bad_id"]),
        ("language = \"en\"", "language = \"fr\"", &["unknown_word"]),
        ("timezone = \"Asia/Ho_Chi_Minh\"\n", "", &["missing_key"]),
        ("[hours]", "[[hours]]", &["wrong_type"]),
        ("[hours]", "[hour]", &["unknown_key"]),
        ("[[supplier]]", "[supplier]", &["wrong_type"]),
        ("[[zone]]\nid = \"thon-1\"", "[zone]\nid = \"thon-1\"", &["wrong_type"]),
        ("[[contact]]", "[[contacts]]", &["unknown_key"]),
        ("cut = 14", "cut = \"14\"", &["bad_cut"]),
        ("cut = 14", "cut = 0", &["bad_cut"]),
        ("cut = 14", "cut = true", &["wrong_type"]),
        ("commune = \"xã Cẩm Tân\"\n", "", &["missing_key"]),
        ("issuer = \"station\"", "issuer = \"statoin\"", &["unknown_word"]),
        ("airtime = \"31h20m\"\nairings = 620\n", "", &["missing_key"]),
        ("airtime = \"31h20m\"", "airtime = \"10001h\"", &["bad_duration"]),
        ("airtime = \"31h20m\"", "airtime = 31", &["wrong_type"]),
        ("airings = 620", "airings = -1", &["bad_number"]),
        ("from = 2025-11-15, until = 2025-12-15", "from = 2025-12-15, until = 2025-11-15", &["from_after_until"]),
        ("from = 2025-11-15, until = 2025-12-15", "from = 2025-11-15", &["missing_key"]),
        ("source = \"Sổ nhật ký phát thanh năm 2025\"\n", "", &["missing_key"]),
        ("[[contact]]", "[[person]]", &["not_yet"]),
        ("sun = []", "sun = []\nlevel = -3", &["unknown_key"]),
        (
            "sun = []",
            "sun = []\nlevels = [{ hours = \"05:30-06:30\", lufs = -22.0 }, { hours = \"17:00-18:00\", lufs = -20 }]",
            &[],
        ),
        ("sun = []", "sun = []\nlevels = { hours = \"05:30-06:30\", lufs = -22.0 }", &[]),
        ("sun = []", "sun = []\nlevels = []", &[]),
        ("sun = []", "sun = []\nlevels = [\"05:30-06:30\"]", &["wrong_type"]),
        ("sun = []", "sun = []\nlevels = -22.0", &["wrong_type"]),
        ("sun = []", "sun = []\nlevels = [{ hours = \"5:30-6:60\", lufs = -22.0 }]", &["bad_hours"]),
        ("sun = []", "sun = []\nlevels = [{ hours = \"05:30-06:30\" }]", &["missing_key"]),
        ("sun = []", "sun = []\nlevels = [{ lufs = -22.0 }]", &["missing_key"]),
        ("sun = []", "sun = []\nlevels = [{ hours = \"05:30-06:30\", lusf = -22.0 }]", &["unknown_key"]),
        ("sun = []", "sun = []\nlevels = [{ hours = \"05:30-06:30\", lufs = \"-22\" }]", &["wrong_type"]),
        ("sun = []", "sun = []\nlevels = [{ hours = \"05:30-06:30\", lufs = 22.0 }]", &["bad_number"]),
        ("sun = []", "sun = []\nlevels = [{ hours = \"05:30-06:30\", lufs = -60 }]", &["bad_number"]),
        ("sun = []", "sun = []\nlevels = [{ hours = \"05:30-06:30\", lufs = nan }]", &["bad_number"]),
        ("device = \"default\"", "device = \"default\"\nspeaker = \"horn\"", &[]),
        ("device = \"default\"", "device = \"default\"\nspeaker = \"flat\"", &[]),
        ("device = \"default\"", "device = \"default\"\nspeaker = \"Horn\"", &["unknown_word"]),
        ("device = \"default\"", "device = \"default\"\nspeaker = true", &["wrong_type"]),
        ("format = 1\n", "", &[]),
        ("format = 1\n", "format = \"1\"\n", &["wrong_type"]),
        ("name = { vi = \"Chủ trương, chính sách\", en = \"Policy and law\" }", "name = \"Chủ trương\"", &[]),
        ("name = { vi = \"Chủ trương, chính sách\", en = \"Policy and law\" }", "name = { en = \"Policy\" }", &["missing_key"]),
        (
            "name = { vi = \"Chủ trương, chính sách\", en = \"Policy and law\" }",
            "name.vi = \"Chủ trương\"\nname.en = \"Policy\"",
            &[],
        ),
    ];
    let mut wrong = vec![];
    for (old, new, expected) in table {
        let text = with(old, new);
        let found = codes(&text);
        if found != *expected {
            wrong.push(format!("{new}: {found:?}, not {expected:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
