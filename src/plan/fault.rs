//! What can be wrong with a plan: the one table of codes, of the faults that have them, and of the words that tell each.
//!
//! A fault is a row here and a row in [`crate::lang::plan`]; without either nothing compiles. The words are made when all the files have
//! been read, because the station's language stands in them.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::calendar::recur::BadCron;
use crate::calendar::written::Misread;
use crate::lang::plan::{self as say, ProblemWords, form};
use crate::lang::{Language, system};
use crate::plan::source::Place;
use crate::terms::{Unlisted, closed};

closed! {
    /// The tables of which there may be many, by their names. A change has no id, and an extra may leave it out.
    Kind {
        Output = "output", Zone = "zone", Topic = "topic", Supplier = "supplier", Item = "item", Folder = "folder", Contact = "contact",
        Programme = "programme", Campaign = "campaign", Holiday = "holiday", Broadcast = "broadcast",
        Change = "change", Extra = "extra", Baseline = "baseline", Report = "report",
    }
}

closed! {
    /// An error keeps the plan from being used; a warning does not.
    Severity { Error = "error", Warning = "warning" }
}

/// Why a name of a file cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPath {
    Absolute,
    Upwards,
    Backslash,
}

/// Why a file that another includes cannot be part of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadInclude {
    /// The system's number of the error.
    Unreadable(Option<i32>),
    NotAFile,
    TooLarge,
    /// The plan has a file of this name already.
    Twice,
    /// It stands in a file that is itself included.
    Nested,
}

macro_rules! forms {
    ($($(#[$doc:meta])* $form:ident = $words:ident),* $(,)?) => {
        /// A form that a value has or should have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Form { $($(#[$doc])* $form),* }

        impl Form {
            /// What it is called, and how it is written.
            fn shown(self) -> (form::Two, form::Two) {
                match self { $(Form::$form => form::$words),* }
            }
        }
    };
}

forms! {
    Text = TEXT,
    Texts = TEXTS,
    Integer = INTEGER,
    Float = FLOAT,
    Boolean = BOOLEAN,
    Date = DATE,
    Dates = DATES,
    TimeOfDay = TIME_OF_DAY,
    Duration = DURATION,
    /// Days and weeks as well.
    Term = TERM,
    Moment = MOMENT,
    List = LIST,
    Table = TABLE,
    /// A text, or a table of texts by language.
    Named = NAMED,
    /// An item's id or a table with `item` or `pick`.
    Element = ELEMENT,
    /// A date, a campaign's or a holiday's id, or a table of days.
    Exception = EXCEPTION,
    /// Stretches of hours with their loudness.
    Levels = LEVELS,
}

/// `severity Code = "name" { Fault { fields } => words; … }`: the language and what tells a place as `file:line` are named at the head.
macro_rules! faults {
    (|$lang:ident, $at:ident| $($severity:ident $code:ident = $name:literal {
        $($(#[$doc:meta])* $fault:ident $({ $($field:ident: $type:ty),* })? => $words:expr;)*
    })*) => {
        closed! {
            /// What kind of problem it is. The names are stable: tools may rely on them.
            Code { $($code = $name),* }
        }

        impl Code {
            pub fn severity(self) -> Severity {
                match self { $(Code::$code => Severity::$severity),* }
            }
        }

        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum PlanFault { $($($(#[$doc])* $fault $({ $($field: $type),* })?,)*)* }

        impl PlanFault {
            pub fn code(&self) -> Code {
                match self { $($(PlanFault::$fault { .. } => Code::$code,)*)* }
            }

            /// The message and, where there is one, the remedy.
            pub fn words(&self, $lang: Language, $at: &dyn Fn(Place) -> String) -> ProblemWords {
                match self { $($(PlanFault::$fault $({ $($field),* })? => $words,)*)* }
            }
        }
    };
}

faults! {
    |lang, at|
    // The files themselves.
    Error Unreadable = "unreadable" {
        /// The system's number of the error.
        Unreadable { number: Option<i32> } => say::unreadable(lang, system::numbered(lang, *number));
        NotAFile => say::not_a_file(lang);
    }
    Error TooLarge = "too_large" { TooLarge { limit_mb: usize } => say::too_large(lang, limit_mb); }
    Error NoFiles = "no_files" { NoFiles { folder: String } => say::no_files(lang, folder); }
    Warning HiddenEnding = "hidden_ending" {
        /// `plan.toml.txt`, which Windows shows as `plan.toml`.
        HiddenEnding { name: String, right: String } => say::hidden_ending(lang, name, right);
    }
    Error TooManyFiles = "too_many_files" { TooManyFiles { limit: usize } => say::too_many_files(lang, limit); }
    Error BadInclude = "bad_include" {
        BadInclude { path: String, why: BadInclude } => match why {
            BadInclude::Unreadable(number) => say::include_unreadable(lang, path, system::numbered(lang, *number)),
            BadInclude::NotAFile => say::include_no_file(lang, path),
            BadInclude::TooLarge => say::include_too_large(lang, path),
            BadInclude::Twice => say::include_twice(lang, path),
            BadInclude::Nested => say::include_nested(lang, path),
        };
    }
    Warning Folder = "folder" {
        /// A folder of recordings that is not there.
        NoFolder { folder: String } => say::no_folder(lang, folder);
        FolderUnreadable { folder: String, number: Option<i32> } => say::folder_unreadable(lang, folder, system::numbered(lang, *number));
        FolderFull { folder: String, limit: usize } => say::folder_full(lang, folder, limit);
        FolderCrowded { folder: String, limit: usize } => say::folder_crowded(lang, folder, limit);
        /// Files in it that are none, by their names.
        NotRecordings { folder: String, first: String, count: usize } => match count {
            1 => say::not_a_recording(lang, folder, first),
            _ => say::not_recordings(lang, folder, first, count - 1),
        };
    }
    Error NotUtf8 = "not_utf8" {
        NotUtf8 => say::not_utf8(lang);
        Utf16 => say::utf16(lang);
    }

    // The syntax of a line.
    Error Syntax = "syntax" {
        OpenQuote => say::open_quote(lang);
        CurlyQuote => say::curly_quote(lang);
        Unquoted => say::unquoted(lang);
        /// `[05:30-06:30]`
        BareHours { text: String } => say::bare_hours(lang, text);
        /// `-22,0`
        DecimalComma { text: String } => say::decimal_comma(lang, text, text.replace(',', "."));
        BadDigits => say::bad_digits(lang);
        UpperCaseBoolean => say::upper_case_boolean(lang);
        BadEscape => say::bad_escape(lang);
        QuoteWithin => say::quote_within(lang);
        NoEquals => say::no_equals(lang);
        ExtraEquals => say::extra_equals(lang);
        NoValue => say::no_value(lang);
        BadHead => say::bad_head(lang);
        BadKey => say::bad_key(lang);
        OpenList => say::open_list(lang);
        OpenTable => say::open_table(lang);
        StrayBracket => say::stray_bracket(lang);
        NoComma => say::no_comma(lang);
        ExtraComma => say::extra_comma(lang);
        Trailing => say::trailing(lang);
        StrayCharacter => say::stray_character(lang);
        /// Whatever else the parser refuses.
        UnreadableLine => say::unreadable_line(lang);
    }
    Error TooDeep = "too_deep" { TooDeep => say::too_deep(lang); }
    Warning NotChecked = "not_checked" {
        /// Of a file with broken syntax only the syntax is judged.
        NotChecked => say::not_checked(lang);
    }

    // Keys and tables.
    Error DuplicateKey = "duplicate_key" { DuplicateKey { key: String, first: Place } => say::duplicate_key(lang, key, at(*first)); }
    Error UnknownKey = "unknown_key" {
        UnknownKey { key: String, table: &'static str, nearest: Option<&'static str>, known: Vec<&'static str> } => match nearest {
            Some(nearest) => say::misspelt_key(lang, table, key, nearest),
            None => say::unknown_key(lang, table, key, known.join(", ")),
        };
        UnknownTable { name: String, nearest: Option<&'static str>, known: Vec<&'static str> } => match nearest {
            Some(nearest) => say::misspelt_table(lang, name, nearest),
            None => say::unknown_table(lang, name, known.join(", ")),
        };
    }
    Error NotYet = "not_yet" { NotYet { name: String } => say::not_yet(lang, name); }
    Error WrongType = "wrong_type" {
        WrongType { key: String, wanted: Form, found: Form } => wrong_type(lang, key, *wanted, *found);
        /// `[item]` for `[[item]]`, or the other way round.
        WrongBrackets { name: String, list: bool } => match list {
            true => say::needs_two_brackets(lang, name),
            false => say::needs_one_bracket(lang, name),
        };
    }
    Error MissingKey = "missing_key" {
        MissingKey { table: &'static str, key: &'static str } =>
            say::missing_key(lang, table, key, say::missing_example(table, key, lang));
    }
    Error MissingTable = "missing_table" {
        MissingStation => say::no_station(lang);
        MissingHours => say::no_hours(lang);
        MissingOutput => say::no_output(lang);
        NoLetterhead => say::no_letterhead(lang);
    }
    Error RepeatedTable = "repeated_table" {
        RepeatedTable { name: String, first: Place } => say::repeated_table(lang, name, at(*first));
    }
    Error ConflictingKeys = "conflicting_keys" {
        ConflictingKeys { first: &'static str, second: &'static str } => say::conflicting_keys(lang, first, second);
        /// A month or quarter closes with no campaign.
        CampaignOfPeriod => say::campaign_of_period(lang);
    }
    Error EmptyList = "empty_list" { EmptyList { key: String } => say::empty_list(lang, key); }

    // Ids.
    Error BadId = "bad_id" { BadId { text: String } => say::bad_id(lang, text); }
    Error RepeatedId = "repeated_id" {
        RepeatedId { kind: Kind, id: String, first: Place } =>
            say::repeated_id(lang, say::entry(kind.as_str(), lang), id, at(*first));
    }
    Error UnknownId = "unknown_id" {
        UnknownId { kind: Kind, id: String, nearest: Option<String> } => match nearest {
            Some(nearest) => say::misspelt_id(lang, say::entry(kind.as_str(), lang), id, nearest),
            None => say::unknown_id(lang, say::entry(kind.as_str(), lang), id, kind.as_str()),
        };
    }
    Error RefersToItself = "refers_to_itself" { RefersToItself { key: &'static str } => say::refers_to_itself(lang, key); }

    // Values.
    Error BadFormat = "bad_format" {
        BadFormat { found: Option<i64> } => say::bad_format(lang, found.map_or_else(|| "?".to_owned(), |found| found.to_string()));
    }
    Error EmptyText = "empty_text" { EmptyText { key: String } => say::empty_text(lang, key); }
    Error HiddenCharacter = "hidden_character" {
        HiddenCharacter { character: char } => say::hidden_character(lang, format_args!("U+{:04X}", u32::from(*character)));
    }
    Error TooLong = "too_long" {
        TooLong { key: String, limit: usize } => say::too_long(lang, key, limit);
        LongList { key: String, limit: usize } => say::long_list(lang, key, limit);
    }
    Error BadNumber = "bad_number" {
        BadNumber { key: String, least: i64, most: i64 } => say::bad_number(lang, key, least, most);
        /// Percents that do not make a whole.
        BadShares { sum: i64 } => say::bad_shares(lang, sum);
        BadLufs { least: i8, most: i8 } => say::bad_lufs(lang, lufs(*least), lufs(*most));
    }
    Error UnknownWord = "unknown_word" {
        UnknownWord { key: String, text: String, nearest: Option<&'static str>, known: &'static [&'static str] } => match nearest {
            Some(nearest) => say::misspelt_word(lang, key, text, nearest, known.join(", ")),
            None => say::unknown_word(lang, key, text, known.join(", ")),
        };
    }
    Error EmergencyPlanned = "emergency_planned" {
        EmergencyPlanned => say::emergency_planned(lang);
        /// A programme names a recording for emergencies.
        EmergencyInProgramme { item: String } => say::emergency_in_programme(lang, item);
    }
    Error RepeatedChange = "repeated_change" {
        /// Two changes of one airing.
        RepeatedChange { broadcast: String, first: Place } => say::repeated_change(lang, broadcast, at(*first));
    }
    Error AmbiguousChange = "ambiguous_change" {
        /// A new time for a broadcast that has several on that date.
        AmbiguousChange { broadcast: String, times: String } => say::ambiguous_change(lang, broadcast, times);
    }
    Error BadTime = "bad_time" {
        BadTime { text: String, why: Misread } => asked(say::bad_time(lang, text), lang, *why);
        /// One that is read only with quotation marks.
        BareTime { text: String, time: Time } => say::bare_time(lang, text, time.strftime("%H:%M"));
    }
    Error BadHours = "bad_hours" { BadHours { text: String, why: Misread } => asked(say::bad_hours(lang, text), lang, *why); }
    Error BadDay = "bad_day" {
        BadDay { text: String, why: Misread } => asked(say::bad_day(lang, text), lang, *why);
        /// Two keys of one day of the week.
        SameDay { first: String, second: String } => say::same_day(lang, first, second);
    }
    Error BadDate = "bad_date" {
        BadDate { text: String, why: Misread } => asked(say::bad_date(lang, text), lang, *why);
        BareDate { text: String, date: Date } => say::bare_date(lang, text, date);
        BadMonthDay { text: String } => say::bad_month_day(lang, text);
        BadLunarDay { text: String } => say::bad_lunar_day(lang, text);
        /// `yearly` says whether a day of the year would do.
        BadDue { text: String, yearly: bool } => match yearly {
            true => say::bad_due(lang, text),
            false => say::bad_due_days(lang, text),
        };
    }
    Error BadDuration = "bad_duration" {
        BadDuration { text: String, why: Misread } => asked(say::bad_duration(lang, text), lang, *why);
        /// How long something stays on air by itself.
        BadTerm { text: String, why: Misread } => asked(say::bad_term(lang, text), lang, *why);
        TermRange => say::term_range(lang);
        DurationRange { zero: bool } => match zero {
            true => say::long_duration(lang),
            false => say::no_or_long_duration(lang),
        };
        LongAirtime => say::long_airtime(lang);
    }
    Error BadCron = "bad_cron" { BadCron { why: BadCron } => cron(lang, why); }
    Error BadTimeZone = "bad_time_zone" {
        BadTimeZone { text: String, nearest: Option<String> } =>
            say::bad_time_zone(lang, text, nearest.as_deref().unwrap_or("Asia/Ho_Chi_Minh"));
    }
    Error BadLanguage = "bad_language" { BadLanguage { text: String } => say::bad_language(lang, text); }
    Error BadTarget = "bad_target" { BadTarget { text: String } => say::bad_target(lang, text); }
    Error BadDevice = "bad_device" { BadDevice { text: String } => say::bad_device(lang, text); }
    Error BadFile = "bad_file" {
        BadPath { why: BadPath } => match why {
            BadPath::Absolute => say::absolute_path(lang),
            BadPath::Upwards => say::upward_path(lang),
            BadPath::Backslash => say::backslash(lang),
        };
    }
    Error SameDevice = "same_device" { SameDevice { device: String, first: String } => say::same_device(lang, device, first); }
    Error FromAfterUntil = "from_after_until" { FromAfterUntil => say::from_after_until(lang); }
    Error EmptyPick = "empty_pick" {
        EmptyPick => say::empty_pick(lang);
        /// A programme that is to be filled, and picks nothing.
        NothingToFillWith => say::nothing_to_fill_with(lang);
    }
    Error BadNth = "bad_nth" { BadNth { text: String, why: Misread } => asked(say::bad_nth(lang, text), lang, *why); }
    Error BadCut = "bad_cut" { BadCut { text: String } => say::bad_cut(lang, text); }
    Error LevelsOverlap = "levels_overlap" {
        /// Two stretches of hours that both have a loudness.
        LevelsOverlap { first: String } => say::levels_overlap(lang, first);
    }

    // What the room of checks warns of, in words of its own: of the plan and the day, of the recordings, of a year of rundowns.
    Warning Expired = "expired" {}
    Warning ChangeInVain = "change_in_vain" {}
    Warning OldContact = "old_contact" {}
    Warning ZoneTwice = "zone_twice" {}
    Warning FileMissing = "file_missing" {}
    Warning NoRecordings = "no_recordings" {}
    Warning FileUnfit = "file_unfit" {}
    Warning Silent = "silent" {}
    Warning Short = "short" {}
    Warning Overlap = "overlap" {}
    Warning OutsideHours = "outside_hours" {}
    Warning OverQuota = "over_quota" {}
    Warning PickDropped = "pick_dropped" {}
    Warning PoolEmpty = "pool_empty" {}
    Warning NeverAirs = "never_airs" {}
    Warning Duplicate = "duplicate" {}
    Warning TargetOutOfReach = "target_out_of_reach" {}
    Warning ZoneUnreached = "zone_unreached" {}
    Warning LongPast = "long_past" {}
    Warning CampaignInVain = "campaign_in_vain" {}
    Warning TimeInGap = "time_in_gap" {}
    Warning NoSuchDevice = "no_such_device" {}
}

fn wrong_type(lang: Language, key: &str, wanted: Form, found: Form) -> ProblemWords {
    let ((vi, en), (vi_example, en_example)) = wanted.shown();
    let ((vi_found, en_found), _) = found.shown();
    say::wrong_type(lang, key, lang.pick(vi, en), lang.pick(vi_found, en_found), lang.pick(vi_example, en_example))
}

/// A question in place of the remedy, where there is one.
fn asked((message, remedy): ProblemWords, lang: Language, why: Misread) -> ProblemWords {
    (message, crate::lang::written::question(lang, why).or(remedy))
}

fn lufs(value: i8) -> String {
    format!("{value}").replace('-', "−")
}

fn cron(lang: Language, why: &BadCron) -> ProblemWords {
    match why {
        BadCron::Fields { found: 5 } => say::five_fields(lang),
        BadCron::Fields { found } => say::cron_fields(lang, found),
        BadCron::NumericWeekday => say::cron_weekday(lang),
        BadCron::Field { index, text } => say::cron_field(lang, index, say::cron_field_name(*index, lang), text),
        BadCron::Never => say::cron_never(lang),
    }
}
