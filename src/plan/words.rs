//! Which words a fault is told by. The words themselves stand in [`crate::lang::plan`].

use crate::calendar::recur::BadCron;
use crate::lang::Language;
use crate::lang::plan::{self as say, Words, form};
use crate::plan::diagnostic::Place;
use crate::plan::fault::{BadPath, Fault, Form, Syntax};

/// The message and, where there is one, the remedy: a table with a row for each fault. `at` says where a place is, as `file:line`.
pub fn words(fault: &Fault, lang: Language, at: &dyn Fn(Place) -> String) -> Words {
    match fault {
        Fault::Unreadable { detail } => say::unreadable(lang, detail),
        Fault::NotAFile => say::not_a_file(lang),
        Fault::TooLarge { limit_mb } => say::too_large(lang, limit_mb),
        Fault::NoFiles { folder } => say::no_files(lang, folder),
        Fault::TooManyFiles { limit } => say::too_many_files(lang, limit),
        Fault::NotUtf8 { utf16: true } => say::utf16(lang),
        Fault::NotUtf8 { utf16: false } => say::not_utf8(lang),
        Fault::Syntax(kind) => syntax(*kind, lang),
        Fault::TooDeep => say::too_deep(lang),
        Fault::DuplicateKey { key, first } => duplicate(key, first.map(at), lang),
        Fault::UnknownKey { key, table, nearest, known } => match nearest {
            Some(nearest) => say::misspelt_key(lang, table, key, nearest),
            None => say::unknown_key(lang, table, key, known.join(", ")),
        },
        Fault::UnknownTable { name, nearest, known } => match nearest {
            Some(nearest) => say::misspelt_table(lang, name, nearest),
            None => say::unknown_table(lang, name, known.join(", ")),
        },
        Fault::NotYet { name } => say::not_yet(lang, name),
        Fault::LunarNotYet => say::lunar_not_yet(lang),
        Fault::WrongType { key, wanted, found } => {
            let ((vi, en), (vi_example, en_example)) = shown(*wanted);
            let ((vi_found, en_found), _) = shown(*found);
            say::wrong_type(lang, key, lang.pick(vi, en), lang.pick(vi_found, en_found), lang.pick(vi_example, en_example))
        }
        Fault::WrongBrackets { name, list: true } => say::needs_two_brackets(lang, name),
        Fault::WrongBrackets { name, list: false } => say::needs_one_bracket(lang, name),
        Fault::MissingKey { table, key } => say::missing_key(lang, table, key, say::missing_example(table, key, lang)),
        Fault::MissingStation => say::no_station(lang),
        Fault::MissingHours => say::no_hours(lang),
        Fault::MissingOutput => say::no_output(lang),
        Fault::RepeatedTable { name, first } => say::repeated_table(lang, name, at(*first)),
        Fault::ConflictingKeys { first, second } => say::conflicting_keys(lang, first, second),
        Fault::EmptyList { key } => say::empty_list(lang, key),
        Fault::BadId { text } => say::bad_id(lang, text),
        Fault::RepeatedId { kind, id, first } => say::repeated_id(lang, say::entry(kind.table(), lang), id, at(*first)),
        Fault::UnknownId { kind, id, nearest } => match nearest {
            Some(nearest) => say::misspelt_id(lang, say::entry(kind.table(), lang), id, nearest),
            None => say::unknown_id(lang, say::entry(kind.table(), lang), id, kind.table()),
        },
        Fault::RefersToItself { key } => say::refers_to_itself(lang, key),
        Fault::EmptyText { key } => say::empty_text(lang, key),
        Fault::HiddenCharacter { character } => say::hidden_character(lang, format_args!("U+{:04X}", u32::from(*character))),
        Fault::TooLong { key, limit } => say::too_long(lang, key, limit),
        Fault::LongList { key, limit } => say::long_list(lang, key, limit),
        Fault::BadNumber { key, least, most } => say::bad_number(lang, key, least, most),
        Fault::BadLufs { least, most } => say::bad_lufs(lang, lufs(*least), lufs(*most)),
        Fault::LevelsOverlap { first } => say::levels_overlap(lang, first),
        Fault::UnknownWord { key, text, nearest, known } => match nearest {
            Some(nearest) => say::misspelt_word(lang, key, text, nearest, known.join(", ")),
            None => say::unknown_word(lang, key, text, known.join(", ")),
        },
        Fault::BadFormat { found: Some(found) } => say::bad_format(lang, found),
        Fault::BadFormat { found: None } => say::bad_format(lang, "?"),
        Fault::EmergencyPlanned => say::emergency_planned(lang),
        Fault::BadTime { text } => say::bad_time(lang, text),
        Fault::BadHours { text } => say::bad_hours(lang, text),
        Fault::BadDate { text } => say::bad_date(lang, text),
        Fault::BadMonthDay { text } => say::bad_month_day(lang, text),
        Fault::BadDuration { text } => say::bad_duration(lang, text),
        Fault::DurationRange { zero: true } => say::long_duration(lang),
        Fault::DurationRange { zero: false } => say::no_or_long_duration(lang),
        Fault::BadCron(bad) => cron(bad, lang),
        Fault::BadTimeZone { text, nearest } => say::bad_time_zone(lang, text, nearest.as_deref().unwrap_or("Asia/Ho_Chi_Minh")),
        Fault::BadLanguage { text } => say::bad_language(lang, text),
        Fault::BadTarget { text } => say::bad_target(lang, text),
        Fault::BadDevice { text } => say::bad_device(lang, text),
        Fault::BadPath { why: BadPath::Absolute } => say::absolute_path(lang),
        Fault::BadPath { why: BadPath::Upwards } => say::upward_path(lang),
        Fault::BadPath { why: BadPath::Backslash } => say::backslash(lang),
        Fault::SameDevice { device, first } => say::same_device(lang, device, first),
        Fault::FromAfterUntil => say::from_after_until(lang),
        Fault::EmptyPick => say::empty_pick(lang),
        Fault::BadCut { text } => say::bad_cut(lang, text),
        Fault::LongAirtime => say::long_airtime(lang),
        Fault::BadDue { text, yearly: true } => say::bad_due(lang, text),
        Fault::BadDue { text, yearly: false } => say::bad_due_days(lang, text),
        Fault::CampaignOfPeriod => say::campaign_of_period(lang),
        Fault::NoLetterhead => say::no_letterhead(lang),
    }
}

fn lufs(value: i8) -> String {
    format!("{value}").replace('-', "−")
}

fn duplicate(key: &str, first: Option<String>, lang: Language) -> Words {
    let (message, help) = say::duplicate_key(lang, key, first.as_deref().unwrap_or_default());
    (message, help.filter(|_| first.is_some()))
}

fn syntax(kind: Syntax, lang: Language) -> Words {
    match kind {
        Syntax::OpenQuote => say::open_quote(lang),
        Syntax::CurlyQuote => say::curly_quote(lang),
        Syntax::Unquoted => say::unquoted(lang),
        Syntax::NoEquals => say::no_equals(lang),
        Syntax::NoValue => say::no_value(lang),
        Syntax::ExtraEquals => say::extra_equals(lang),
        Syntax::Head => say::head(lang),
        Syntax::OpenList => say::open_list(lang),
        Syntax::OpenTable => say::open_table(lang),
        Syntax::StrayBracket => say::stray_bracket(lang),
        Syntax::NoComma => say::no_comma(lang),
        Syntax::ExtraComma => say::extra_comma(lang),
        Syntax::Trailing => say::trailing(lang),
        Syntax::Key => say::bad_key(lang),
        Syntax::Text => say::bad_text(lang),
        Syntax::Escape => say::bad_escape(lang),
        Syntax::Number => say::bad_digits(lang),
        Syntax::Boolean => say::upper_case_boolean(lang),
        Syntax::Character => say::stray_character(lang),
        Syntax::Other => say::unreadable_line(lang),
    }
}

fn cron(bad: &BadCron, lang: Language) -> Words {
    match bad {
        BadCron::Fields { found: 5 } => say::five_fields(lang),
        BadCron::Fields { found } => say::cron_fields(lang, found),
        BadCron::NumericWeekday => say::cron_weekday(lang),
        BadCron::Field { index, text } => say::cron_field(lang, index, say::cron_field_name(*index, lang), text),
        BadCron::Never => say::cron_never(lang),
    }
}

/// What a form is called, and how it is written.
fn shown(form: Form) -> (form::Two, form::Two) {
    match form {
        Form::Text => form::TEXT,
        Form::Texts => form::TEXTS,
        Form::Integer => form::INTEGER,
        Form::Float => form::FLOAT,
        Form::Boolean => form::BOOLEAN,
        Form::Date => form::DATE,
        Form::Dates => form::DATES,
        Form::TimeOfDay => form::TIME_OF_DAY,
        Form::Duration => form::DURATION,
        Form::Moment => form::MOMENT,
        Form::List => form::LIST,
        Form::Table => form::TABLE,
        Form::Named => form::NAMED,
        Form::Element => form::ELEMENT,
        Form::Exception => form::EXCEPTION,
        Form::Levels => form::LEVELS,
    }
}
